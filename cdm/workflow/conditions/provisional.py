"""Needs of the temporary measures for reductions after 2020, and of the transition (rulebook 2.16)."""

from __future__ import annotations

from collections.abc import Iterator

from cdm import provisional
from cdm.models import Transition
from cdm.rules import later_reductions
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.conditions.proposal import host_letter_is_issued
from cdm.workflow.step import Problem, Step


@condition
def rules_still_take_this_request(step: Step) -> Answer:
    """EB 108, 2/CMP.16: no request about reductions after 31 December 2020 once the temporary measures are over."""
    answer = provisional.how_taken(step.subject, step.day)
    if answer is None or answer.mode != later_reductions.CLOSED:
        return None
    return f"{answer.sentence} ({answer.source})"


@condition
def risk_is_acknowledged(step: Step) -> Answer:
    """EB 108: a provisional request comes with the risk acknowledgement, signed by the focal point."""
    request = step.subject
    answer = provisional.how_taken(request, step.day)
    if answer is None or answer.mode != later_reductions.PROVISIONAL:
        return None
    if provisional.acknowledgement_of(request) is not None:
        return None
    return Problem(
        f"{answer.sentence} It has not been signed for what is requested now. It is signed on the page of "
        "this request.",
        "risk_acknowledgement",
    )


@condition
def host_letter_of_registration_is_issued(step: Step) -> Answer:
    """3/CMP.1 annex, para 40(a): the host Party's letter stands, where registration is asked for."""
    return host_letter_is_issued(step) if step.subject.is_registration else None


@condition
def transition_is_in_order(step: Step) -> Iterator[Problem]:
    """3/CMA.3 annex, chapter XI.A: in time, of an activity that can move, effective from a day that is allowed."""
    transition: Transition = step.subject
    for field, sentence in provisional.transition_problems(step.project, transition.effective_on, step.day):
        yield Problem(sentence, field)


@condition
def activity_can_still_move(step: Step) -> Answer:
    """What leaves the CDM is registered, or its request for registration is provisional."""
    if step.project.state not in ("registered", "requesting_registration"):
        return f"The activity is “{step.project.place.label}” by now, so there is nothing that could move."
    return None
