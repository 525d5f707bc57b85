"""What submission, letters and withdrawal bring about."""

from __future__ import annotations

import datetime as dt

from cdm import files, permissions
from cdm.models import LetterOfApproval, ReferenceNumbers
from cdm.rules import crediting
from cdm.workflow.board_request import BEFORE_DECISION, BOARD_REQUEST
from cdm.workflow.effects.naming import effect
from cdm.workflow.effects.registered_changes import open_first_period
from cdm.workflow.provisional import RESTING
from cdm.workflow.registered_change import BEFORE_THE_REQUEST
from cdm.workflow.roles import Role
from cdm.workflow.step import Step


@effect
def keep_project_submission(step: Step) -> None:
    step.project.submitted_at = step.at
    step.facts["round"] = step.project.round


@effect
def ask_for_letters(step: Step) -> None:
    """One letter for each Party involved: a new row, or the one that lapsed, was refused or withdrawn asked again."""
    project = step.project
    for party in permissions.party_codes(project):
        letter = project.letters.filter(party=party).first()
        if letter is None:
            new = LetterOfApproval(project=project, party=party, requested_at=step.at)
            step.begin(new, f"{new}: asked for", tells=(Role.DNA,))
        elif letter.state in ("lapsed", "refused", "withdrawn"):
            step.follow(letter, "request_again", note="The design document was submitted again.")


@effect
def let_open_letters_lapse(step: Step) -> None:
    for letter in step.project.letters.filter(state="requested"):
        step.follow(letter, "lapse")


@effect
def start_another_round(step: Step) -> None:
    """3/CMP.1 annex, para 42: all procedures again; what was said in earlier rounds stays on record."""
    project = step.project
    project.round += 1
    project.rule_set_key = ""
    project.published_on = project.comments_close_on = None
    step.facts["round"] = project.round


@effect
def keep_letter(step: Step) -> None:
    letter, given = step.subject, step.given
    letter.number = given["number"]
    letter.dated_on = given["dated_on"]
    letter.is_voluntary = bool(given["is_voluntary"])
    letter.contributes_to_sustainable_development = bool(given.get("contributes_to_sustainable_development"))
    if given.get("letter") is not None:
        letter.document = files.store(
            letter, kind="letter", title=str(letter), file=given["letter"], by=step.person, at=step.at
        )
        step.facts["document_sha256"] = letter.document.sha256
    participants = list(given.get("participants") or [])
    letter.authorised.set(participants)
    step.facts.update(
        number=letter.number,
        dated_on=letter.dated_on,
        authorises=[organisation.name for organisation in participants],
        contributes_to_sustainable_development=letter.contributes_to_sustainable_development,
    )


@effect
def tell_project_of_approval(step: Step) -> None:
    if step.subject.is_host and step.project.state == "awaiting_host_approval":
        step.follow(step.project, "record_host_approval")


@effect
def tell_project_of_lost_approval(step: Step) -> None:
    """Without the host's approval a project does not stand as approved, and no request for its registration goes on."""
    if not step.subject.is_host:
        return
    if step.project.state == "host_approved":
        step.follow(step.project, "lose_host_approval")
    for request in step.project.requests.filter(kind="registration").exclude(
        state__in=BOARD_REQUEST.end_names
    ):
        step.follow(request, "withdraw", note=f"{step.subject.party_name} withdrew its letter of approval.")


@effect
def end_what_is_open(step: Step) -> None:
    """Rulebook 2.15: nothing is requested any more for an activity that is de-registered; what was issued stays."""
    note = "The activity was de-registered."
    for request in step.project.requests.order_by("pk"):
        if request.state in (*BEFORE_DECISION, *RESTING):
            step.follow(request, "withdraw", note=note)
        elif not request.place.ending:
            # approved already, but nothing is issued any more
            step.follow(request, "end_with_registration", note=note)
    for change in step.project.changes.filter(state__in=BEFORE_THE_REQUEST):
        step.follow(change, "withdraw", note=note)


@effect
def give_reference_number(step: Step) -> None:
    """The next number of the one counter, and the effective date; crediting starts no earlier than that date.

    An earlier start stands only by the early-start rule (Art. 12.10; rulebook 1.O); otherwise the crediting period
    is moved to the effective date with its length kept (rulebook 2.6, point 14).
    """
    project, effective_on = step.project, step.given["effective_on"]
    counter = ReferenceNumbers.locked()
    project.reference_number = counter.next_number
    counter.next_number += 1
    counter.save(update_fields=["next_number"])
    project.registered_on = effective_on
    project.registration_recorded_at = step.at
    step.facts.update(reference_number=project.reference, effective_on=effective_on)
    _place_crediting_period(step, effective_on)
    open_first_period(step)


def _place_crediting_period(step: Step, effective_on: dt.date) -> None:
    """Move a crediting period that would start too early to the effective date."""
    project = step.project
    starts_on = project.crediting_starts_on
    if starts_on is None or starts_on >= effective_on or project.is_afforestation:
        # removals are credited from the start of the activity itself (5/CMP.1 annex, para 23)
        return
    early = crediting.early_start_allowed(
        started_on=project.started_on or starts_on,
        requested_on=step.given["submitted_on"],
        validation_requested_on=project.published_on,
        registered_on=effective_on,
    )
    if early.allowed and early.earliest_on is not None and early.earliest_on <= starts_on:
        step.facts["crediting_before_registration"] = early.sentence
        return
    if project.crediting_ends_on is not None:
        project.crediting_ends_on = crediting.moved_end(
            starts_on, project.crediting_ends_on, project.crediting_months, effective_on
        )
    project.crediting_starts_on = effective_on
    step.facts["crediting_moved_to"] = effective_on
