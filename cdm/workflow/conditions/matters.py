"""Needs of a matter before the Board: who presides, who is there, what is put, how the votes fell."""

from __future__ import annotations

from collections.abc import Iterator

from cdm import board
from cdm.files import file_problems
from cdm.models import Assessment, Document
from cdm.rules import board as rules_of_the_board
from cdm.rules import commitment
from cdm.workflow import judging
from cdm.workflow.board_matter import CORRECT
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.roles import Role
from cdm.workflow.step import Problem, Step

NO_MEETING = "No meeting has it on its agenda. The secretariat convenes one."


@condition
def assessments_are_complete(step: Step) -> Iterator[Problem]:
    """Rulebook 2.7: the secretariat's and an expert's; a second expert's only where those two disagree."""
    missing = missing_assessments(step)
    if Assessment.Side.SECRETARIAT in missing:
        yield Problem("The secretariat's assessment is missing.")
    if Assessment.Side.EXPERT in missing:
        yield Problem("The independent expert's assessment is missing.")
    if Assessment.Side.SECOND_EXPERT in missing:
        yield Problem(
            "The two assessments disagree: a second expert's is needed before a decision is proposed."
        )


def missing_assessments(step: Step) -> tuple[str, ...]:
    """Which sides have still to assess."""
    made = {one.side: one.recommendation for one in step.subject.assessments.all()}
    first = tuple(side for side in (Assessment.Side.SECRETARIAT, Assessment.Side.EXPERT) if side not in made)
    if first or len(set(made.values())) == 1 or Assessment.Side.SECOND_EXPERT in made:
        return first
    return (Assessment.Side.SECOND_EXPERT,)


@condition
def outcome_is_complete(step: Step) -> Answer:
    outcome, corrections = step.given.get("outcome"), (step.given.get("corrections") or "").strip()
    return outcome_problem(outcome, corrections)


def outcome_problem(outcome: str | None, corrections: str) -> Problem | None:
    """Corrections go with the one outcome that requires them, and with no other."""
    if outcome == CORRECT and not corrections:
        return Problem("Say which corrections are required, and in which document.", "corrections")
    if outcome and outcome != CORRECT and corrections:
        return Problem(
            "Corrections belong only to “approve, with corrections”. Leave them out.", "corrections"
        )
    return None


@condition
def question_is_yours(step: Step) -> Iterator[Problem]:
    question = step.subject.questions.filter(ended_on__isnull=True).first()
    # a focal point speaks for the participants
    side = Role.PARTICIPANT if step.role is Role.FOCAL_POINT else step.role
    if question is not None and question.asked_of != str(side):
        who = question.get_asked_of_display().lower()
        yield Problem(f"The question was put to the {who}; they answer it.")
    if file := step.given.get("file"):
        yield from file_problems(file)


@condition
def you_are_a_member(step: Step) -> Answer:
    """A member in office who has made the oath (paras 8-9)."""
    return board.member_problem(step.person, step.day) or None


@condition
def a_member_asks_in_person(step: Step) -> Answer:
    """The secretariat may stop the clock, and a member; an alternate does not."""
    return you_are_a_member(step) if step.role is Role.BOARD_MEMBER else None


@condition
def you_preside(step: Step) -> Answer:
    if step.subject.meeting is None:
        return None
    return board.president_problem(step.person, step.subject, step.subject.meeting, step.day) or None


@condition
def you_are_in_the_chair(step: Step) -> Answer:
    return board.president_problem(step.person, step.subject, None, step.day) or None


@condition
def meeting_is_open(step: Step) -> Answer:
    meeting = step.subject.meeting
    if meeting is None:
        return NO_MEETING
    return None if meeting.is_open else f"{meeting} is not open; it is {meeting.standing.lower()}."


@condition
def meeting_is_not_open(step: Step) -> Answer:
    meeting = step.subject.meeting
    if meeting is not None and meeting.is_open:
        return f"{meeting} is open and has it on its agenda: decide it there."
    return None


@condition
def quorum_is_present(step: Step) -> Iterator[Problem]:
    """Para 14: two thirds of the members, and a majority of each group."""
    meeting = step.subject.meeting
    if meeting is not None and meeting.is_open:
        rules = judging.rules_of(step.subject, step.day)
        for sentence in board.quorum_problems(meeting, rules, step.day):
            yield Problem(f"There is no quorum: {sentence}")


@condition
def text_is_put(step: Step) -> Answer:
    return None if step.subject.outcome else "No text is before the Board. Put one first."


@condition
def nobody_is_against(step: Step) -> Answer:
    """Para 15: consensus whenever possible; a vote against is none."""
    against = board.count(step.subject).against
    if against:
        return f"{against} voted against: there is no consensus. Record the vote."
    return None


@condition
def majority_is_reached(step: Step) -> Answer:
    """Para 15: three quarters of those present and voting; who abstains does not vote."""
    votes, rules = board.count(step.subject), judging.rules_of(step.subject, step.day)
    if rules_of_the_board.is_carried(rules, in_favour=votes.in_favour, against=votes.against, on=step.day):
        return None
    voting = votes.in_favour + votes.against
    if not voting:
        return "Nobody has voted on the text yet."
    needed = rules_of_the_board.least_in_favour(rules, voting, step.day)
    return f"{votes.in_favour} of {voting} voted in favour; {needed} are needed. Put another text, or defer the matter."


@condition
def another_meeting_may_decide(step: Step) -> Answer:
    """Para 41(b): a review of a registration is finished no later than the second meeting after the request."""
    meeting = step.subject.meeting
    last = board.last_meeting_for(step.subject, judging.rules_of(step.subject, step.day))
    if meeting is not None and last is not None and meeting.starts_on >= last.starts_on:
        return f"{meeting} is the second meeting after the review was requested: it is decided here (para 41(b))."
    return None


@condition
def corrected_documents_are_attached(step: Step) -> Answer:
    decided = step.subject.decisions.filter(outcome="ask_for_corrections").last()
    if decided is None:
        return None
    # sent back, it needs papers newer than those that were sent back
    since = max(decided.at, step.subject.entered_state_at)
    newer = step.subject.documents.filter(kind=Document.Kind.CORRECTION, versions__uploaded_at__gte=since)
    if not newer.exists():
        return Problem("Attach the corrected documents to the request first.", "documents")
    return None


@condition
def corrected_amounts_are_in_order(step: Step) -> Iterator[Problem]:
    """Rulebook 2.12, point 5: a corrected quantity is a lower one."""
    corrected = step.given.get("corrected") or {}
    period = step.subject.monitoring_period
    if period is None:
        if corrected:
            yield Problem("A registration has no amounts to correct. Leave them out.", "corrected")
        return
    certified = {amount.commitment_period: amount.certified_t or 0 for amount in period.amounts.all()}
    for number, tonnes in corrected.items():
        if number not in certified:
            yield Problem(f"The period has no reductions in {commitment.name_of(number)}.", "corrected")
        elif tonnes > certified[number]:
            yield Problem(
                f"{tonnes:,} t is more than the {certified[number]:,} t certified for {commitment.name_of(number)}.",
                "corrected",
            )
