"""What the temporary measures for reductions after 2020, and the transition, bring about (rulebook 2.16)."""

from __future__ import annotations

from cdm import provisional
from cdm.models import BoardDecision, BoardRequest
from cdm.rules import later_reductions
from cdm.workflow.effects.matters import ENDED
from cdm.workflow.effects.naming import effect
from cdm.workflow.effects.registered_changes import changes_before_the_board_with
from cdm.workflow.registered_change import BEFORE_THE_REQUEST
from cdm.workflow.step import Step

PROVISIONALLY_APPROVED = (
    "Provisionally approved, pending CMP 16 (EB 108, temporary measures). The activity is not registered and no units "
    "are issued by this decision."
)
NOT_MOVED = "2/CMP.16: provisional requests that do not move to the Article 6.4 mechanism are rejected."


@effect
def keep_how_it_is_taken(step: Step) -> None:
    """Whether it is provisional is settled on the day it is submitted (EB 108)."""
    request = step.subject
    request.is_provisional = provisional.is_taken_provisionally(request, step.day)
    if request.is_provisional:
        signed = provisional.acknowledgement_of(request)
        step.facts.update(
            is_provisional=True, risk_acknowledgement_sha256=signed.content_sha256 if signed else ""
        )


@effect
def keep_provisional_decision(step: Step) -> None:
    reasons = step.given.get("reasons") or step.note
    _keep_decision(step, "approve_provisionally", f"{PROVISIONALLY_APPROVED} {reasons}".strip())


@effect
def tell_board_that_measures_are_over(step: Step) -> None:
    """Nothing is left that the Board could decide on it in the CDM."""
    for matter in step.subject.matters.exclude(state__in=[*ENDED, "awaiting_ruling_note"]):
        step.follow(matter, "lapse", note="The temporary measures are over (2/CMP.16).")


@effect
def keep_end_of_provisional(step: Step) -> None:
    _keep_decision(step, "reject", f"{NOT_MOVED} {step.note}".strip())


def _keep_decision(step: Step, outcome: str, reasons: str) -> None:
    BoardDecision.objects.create(
        request=step.subject, outcome=outcome, reasons=reasons, by=step.by, at=step.at
    )
    step.facts.update(decision=outcome, reasons=reasons)


@effect
def tell_period_of_transition(step: Step) -> None:
    """Nothing is issued for the monitoring period in the CDM any more, and no crediting period renewed."""
    period, change = step.subject.monitoring_period, step.subject.change
    if period is not None and period.state == "requesting_issuance":
        step.follow(period, "transition")
    if change is not None and change.state == "requesting_approval":
        step.follow(change, "transition")
    for with_it in changes_before_the_board_with(step.subject):
        step.follow(with_it, "transition")


@effect
def withdraw_risk_acknowledgement(step: Step) -> None:
    """Nobody is asked to sign for a request that is withdrawn."""
    for text in step.subject.risk_acknowledgements.filter(state="being_signed"):
        step.follow(text, "withdraw", note="The request was withdrawn.")


@effect
def keep_transition_request(step: Step) -> None:
    step.subject.requested_on = step.day
    step.facts.update(effective_on=step.subject.effective_on, content_sha256=step.subject.content_sha256)


@effect
def hold_provisional_requests(step: Step) -> None:
    """Provisional requests of the activity wait for the host Party with it."""
    for request in _requests(step, "awaiting_transition"):
        step.follow(request, "join_transition")


@effect
def release_provisional_requests(step: Step) -> None:
    """They wait for another request for transition, while there is time for one."""
    for request in _requests(step, "in_transition"):
        step.follow(request, "leave_transition", note=step.note)


@effect
def end_held_requests(step: Step) -> None:
    for request in _requests(step, "in_transition"):
        step.follow(request, "end_provisional", note="The host Party did not approve the transition in time.")


@effect
def carry_out_transition(step: Step) -> None:
    """The activity is de-registered, and its provisional requests move with it (3/CMA.3)."""
    step.facts["effective_on"] = step.subject.effective_on
    step.follow(step.project, "transition")
    for change in step.project.changes.filter(state__in=BEFORE_THE_REQUEST):
        step.follow(change, "withdraw", note="The activity moved to the Article 6.4 mechanism.")
    for request in _requests(step, "in_transition"):
        step.follow(request, "move_to_article_6_4")
    for request in _requests(step, "being_prepared"):
        answer = provisional.how_taken(request, step.day)
        if answer is not None and answer.mode == later_reductions.CLOSED:
            step.follow(request, "withdraw", note="The activity moved to the Article 6.4 mechanism.")


def _requests(step: Step, state: str) -> list[BoardRequest]:
    return list(step.project.requests.filter(state=state).order_by("pk"))
