"""Needs of an accreditation: an assessment, a hearing, a decision of the CMP, scopes that are really held."""

from __future__ import annotations

from collections.abc import Iterator

from cdm.models import Accreditation, BoardRequest, EntityAccreditation
from cdm.rules.days import in_words
from cdm.workflow.accreditation_moves import STANDING
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.conditions.validation import accreditation_problem
from cdm.workflow.step import Problem, Step


def scope_key(row: Accreditation) -> str:
    """How a move names one function and sectoral scope: “validation:13”."""
    return f"{row.function}:{row.sectoral_scope}"


@condition
def assessment_is_positive(step: Step) -> Answer:
    """3/CMP.1 annex, para 20(a): entities that meet the standards of Appendix A are accredited."""
    if step.subject.standards_are_met:
        return None
    return (
        "The assessment found that the entity does not meet the standards of Appendix A. Refuse the accreditation, "
        "or ask for a further assessment."
    )


@condition
def former_term_is_settled(step: Step) -> Answer:
    """A term under spot-check or suspended is not continued before that is decided."""
    former = step.subject.follows
    if former is None or former.state in STANDING or former.place.ending:
        return None
    return f"{former} is in the state “{former.place.label}”. Decide on that first."


def hearing_problem(term: EntityAccreditation) -> str:
    """3/CMP.1 annex, para 21: nothing is taken away before the entity had the possibility of a hearing."""
    if term.hearing_settled_on is not None:
        return ""
    if term.hearing_offered_on is None:
        return (
            "The entity has had no possibility of a hearing (3/CMP.1 annex, para 21). Offer it a hearing; when it was "
            "heard, has declined, or its time is over, the matter comes before the Board by itself."
        )
    return (
        "The hearing that was offered is still open (3/CMP.1 annex, para 21). When the entity was heard, has declined, "
        "or its time is over, the matter comes before the Board by itself."
    )


@condition
def cmp_decision_is_in_order(step: Step) -> Iterator[Problem]:
    """A decision cannot be dated later than it is recorded."""
    dated_on = step.given.get("dated_on")
    if dated_on is not None and dated_on > step.day:
        yield Problem(
            f"The decision is dated {in_words(dated_on)}, which has not come yet. Correct the date.",
            "dated_on",
        )


@condition
def scopes_are_a_part(step: Step) -> Iterator[Problem]:
    """Some of the scopes held, and not all of them: that is a withdrawal of the whole."""
    chosen = step.given.get("scopes")
    held = {scope_key(row) for row in step.subject.scopes_held(step.day)}
    if not chosen:
        if len(held) < 2:
            yield Problem("Only one scope is held. Withdraw the whole accreditation instead.")
        return
    for unknown in sorted(set(chosen) - held):
        yield Problem(f"“{unknown}” is not held now. Choose among the scopes held.", "scopes")
    if held and held <= set(chosen):
        yield Problem("These are all the scopes held. Withdraw the whole accreditation instead.", "scopes")


@condition
def scopes_await_the_cmp(step: Step) -> Answer:
    """3/CMP.1 annex, para 21: the withdrawal for some scopes is provisional until the CMP's final decision."""
    if step.subject.scopes_awaiting_the_cmp().exists():
        return None
    return "No sectoral scope waits for a decision of the CMP: none was withdrawn, or it has decided already."


@condition
def requesting_entity_is_accredited(step: Step) -> Answer:
    """3/CMP.1 annex, paras 20-21 and 27: a suspended, withdrawn or expired entity submits nothing."""
    request: BoardRequest = step.subject
    function = (
        Accreditation.Function.VERIFICATION if request.is_issuance else Accreditation.Function.VALIDATION
    )
    return accreditation_problem(request.doe, step.project, function, step.day)
