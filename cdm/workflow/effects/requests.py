"""What submission, payment, checks and decisions of a request to the Board bring about."""

from __future__ import annotations

import datetime as dt

from cdm.models import BoardDecision, SecretariatCheck
from cdm.rules import sets, windows
from cdm.workflow import judging, waiting
from cdm.workflow.effects.naming import effect
from cdm.workflow.effects.payments import invoice_registration_fee
from cdm.workflow.effects.registered_changes import changes_before_the_board_with, changes_with
from cdm.workflow.step import Step


@effect
def keep_submission(step: Step) -> None:
    """The request freezes the rule set in force on the day it is submitted (rulebook 2.0).

    Submitted again within the grace period it keeps its set; later it takes the one then in force.
    """
    request = step.subject
    in_force = sets.rule_set_on(step.day)
    if not request.rule_set_key or not _within_grace(step):
        request.rule_set_key = in_force.key
    request.submitted_at = step.at
    if request.is_issuance:
        request.requested_t = request.monitoring_period.certified_t
    if request.is_registration:
        invoice_registration_fee(step)
    step.facts.update(rule_set=request.rule_set_key, requested_t=request.requested_t)
    if request.is_registration and step.project.state == "validated":
        step.follow(step.project, "request_registration")
    if request.is_issuance and request.monitoring_period.state == "certified":
        step.follow(request.monitoring_period, "request_issuance")
        for change in changes_with(request.monitoring_period).filter(state="validated"):
            step.follow(change, "request_approval")
    if request.change is not None and request.change.state == "validated":
        step.follow(request.change, "request_approval")


def _within_grace(step: Step) -> bool:
    """Whether an incomplete request comes back soon enough to be judged by its old rules (EB93-A11)."""
    returned = step.subject.checks.filter(passed=False).order_by("-at").first()
    if returned is None:
        return True
    window = windows.find_window(sets.rule_set_on(step.day), "resubmission.grace", scale=step.project.scale)
    return window is None or window.is_open(returned.at.date(), step.at)


@effect
def keep_passed_check(step: Step) -> None:
    SecretariatCheck.objects.create(
        request=step.subject, stage=_stage(step), passed=True, by=step.person, at=step.at, reasons=step.note
    )


@effect
def keep_returned_check(step: Step) -> None:
    SecretariatCheck.objects.create(
        request=step.subject,
        stage=_stage(step),
        passed=False,
        sections=list(step.given["sections"]),
        reasons=step.given["reasons"],
        by=step.person,
        at=step.at,
    )
    step.facts.update(sections=list(step.given["sections"]), reasons=step.given["reasons"])


def _stage(step: Step) -> str:
    return "completeness" if step.source == "completeness_check" else "information"


@effect
def open_review_window(step: Step) -> None:
    """The window counts from receipt: publication, or under the 2005 modalities the day the fee came in (EB 8)."""
    request = step.subject
    request.published_on = step.given.get("paid_on") or step.day
    clock = request.machine.state("published").clocks[0]
    window = waiting.window_of(request, clock, request.published_on)
    request.window_last_day = window.last_day(request.published_on)
    step.facts.update(
        published_on=request.published_on,
        last_day_for_review_requests=request.window_last_day,
        rule=window.source,
    )


@effect
def register_project(step: Step) -> None:
    """Effective on the day the complete request came in; before 3/CMP.6 on the day it became final.

    Where a review required corrections, on the day the revised documents came in (rulebook 2.6, points 12-13).
    """
    request = step.subject
    rules = judging.rules_of(request, step.day)
    submitted_on = request.submitted_at.date()
    if rules.value("registration.effective_date", step.day) != "submission":
        request.effective_on = _final_on(step)
    elif request.corrected_on and _counts_from_revised_documents(rules, step.day):
        request.effective_on = request.corrected_on
    else:
        request.effective_on = submitted_on
    step.facts["effective_on"] = request.effective_on
    step.follow(step.project, "register", effective_on=request.effective_on, submitted_on=submitted_on)


def _counts_from_revised_documents(rules: sets.RuleSet, day: dt.date) -> bool:
    key = "registration.effective_date_after_corrections"
    return rules.has(key, day) and rules.value(key, day) == "submission_of_revised_documents"


def _final_on(step: Step) -> dt.date:
    """The day a request became final: the day after the window, or the day of the Board's decision."""
    if step.source == "published":
        last_day: dt.date = step.subject.window_last_day
        return last_day + dt.timedelta(days=1)
    return step.day


@effect
def keep_board_decision(step: Step) -> None:
    """Nobody speaks for the Board where the decision became final because no member objected."""
    reasons = step.given.get("reasons") or step.note
    BoardDecision.objects.create(
        request=step.subject, outcome=step.move.name, reasons=reasons, by=step.by, at=step.at
    )
    step.facts.update(decision=step.move.name, reasons=reasons)


@effect
def tell_subject_of_rejection(step: Step) -> None:
    step.follow(step.subject.about, "reject")
    for change in changes_before_the_board_with(step.subject):
        step.follow(change, "reject")


@effect
def tell_subject_of_withdrawal(step: Step) -> None:
    """Whatever was waiting for the Board goes back to where it stood before the request."""
    waiting_for_board = step.subject.about
    if waiting_for_board.state in ("requesting_registration", "requesting_issuance", "requesting_approval"):
        step.follow(waiting_for_board, "return_from_request")
    for change in changes_before_the_board_with(step.subject):
        step.follow(change, "return_from_request")
