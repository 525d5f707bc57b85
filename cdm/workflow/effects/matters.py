"""What comes before the Board, what is kept of it, and what a decision brings about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cdm import board, files
from cdm.models import BoardMatter, BoardRequest, Document, Objection, Question, RulingNote
from cdm.workflow import judging
from cdm.workflow.board_matter import APPROVE, CORRECT, NOTE, REJECT
from cdm.workflow.effects.entity_matters import carry_out
from cdm.workflow.effects.naming import effect
from cdm.workflow.roles import Role
from cdm.workflow.step import Step

ENDED = ("decided", "lapsed")
# which move of the request an outcome brings about
BRINGS_ABOUT = {APPROVE: "approve", CORRECT: "ask_for_corrections", REJECT: "reject"}


@effect
def bring_review_before_the_board(step: Step) -> None:
    """A review that is due comes before the Board by itself."""
    request = step.subject
    matter = BoardMatter(
        kind=BoardMatter.Kind.REVIEW,
        project=step.project,
        request=request,
        rule_set_key=judging.rules_of(request, step.day).key,
        opened_on=step.day,
    )
    step.begin(matter, f"{matter} comes before the Board")
    step.follow(matter, "take_up")


@effect
def bring_withdrawal_before_the_board(step: Step) -> None:
    """A letter withdrawn while a request is before the Board is on its next agenda, to take note of."""
    letter = step.subject
    waiting = step.project.requests.filter(published_on__isnull=False).exclude(
        state__in=BoardRequest.machine.end_names
    )
    if not waiting.exists():
        return
    matter = BoardMatter(
        kind=BoardMatter.Kind.WITHDRAWN_LETTER,
        project=step.project,
        letter=letter,
        rule_set_key=judging.rules_of(waiting[0], step.day).key,
        opened_on=step.day,
        outcome=NOTE,
        reasons=f"{letter.party_name} withdrew its letter of approval: {step.note}",
        motion=1,
    )
    step.begin(matter, f"{matter} comes before the Board")
    step.follow(matter, "take_up")


@effect
def keep_text(step: Step) -> None:
    """The text that the Board is asked to adopt; an earlier one stays in the records."""
    matter = step.subject
    matter.outcome, matter.reasons = step.given["outcome"], step.given["reasons"].strip()
    matter.corrections = (step.given.get("corrections") or "").strip()
    matter.scopes, matter.excess = step.given.get("scopes") or [], step.given.get("excess")
    matter.motion += 1
    step.facts.update(outcome=matter.outcome, reasons=matter.reasons, corrections=matter.corrections)
    if matter.affair is not None:
        step.facts.update(scopes=matter.scopes, excess=matter.excess)


@effect
def circulate(step: Step) -> None:
    step.subject.circulated_on = step.day


@effect
def put_on_agenda(step: Step) -> None:
    """The next meeting that is far enough away; where none is convened yet, the one that will be."""
    _put(step, board.next_meeting(step.subject, step.day))


@effect
def put_on_next_agenda(step: Step) -> None:
    _put(step, board.next_meeting(step.subject, step.day, after=step.subject.meeting))


def _put(step: Step, meeting: Any) -> None:
    step.subject.meeting = meeting
    step.facts["meeting"] = str(meeting) if meeting is not None else "the next meeting to be convened"


@effect
def keep_objection(step: Step) -> None:
    office = board.membership_of(step.person, step.day)
    if office is None:
        raise TypeError("an objection is a member's, and the condition of the row has let nobody else in")
    Objection.objects.create(
        matter=step.subject, motion=step.subject.motion, membership=office, reasons=step.note, at=step.at
    )


@effect
def keep_question(step: Step) -> None:
    """From today the clocks of the state that is left stand."""
    clocks = [clock.name for clock in step.subject.machine.state(step.source).clocks]
    Question.objects.create(
        matter=step.subject,
        motion=step.subject.motion,
        asked_of=step.given["asked_of"],
        asked_from=step.source,
        clocks=clocks,
        text=step.given["text"].strip(),
        asked_by=step.person,
        asked_at=step.at,
        asked_on=step.day,
    )
    step.facts.update(asked_of=step.given["asked_of"], question=step.given["text"].strip())


@effect
def keep_answer(step: Step) -> None:
    question = step.subject.questions.get(ended_on__isnull=True)
    question.answer, question.answered_by = step.given["text"].strip(), step.person
    if file := step.given.get("file"):
        question.document = files.store(
            step.subject.request,
            kind=Document.Kind.REVIEW_REPLY,
            title=f"Answer to question {question.pk}",
            file=file,
            by=step.person,
            at=step.at,
        )
    _end(step, question)


@effect
def end_question(step: Step) -> None:
    """Without an answer it ends with its last day: the clocks run again from the day after."""
    _end(step, step.subject.questions.get(ended_on__isnull=True))


@effect
def end_open_question(step: Step) -> None:
    for question in step.subject.questions.filter(ended_on__isnull=True):
        _end(step, question)


def _end(step: Step, question: Question) -> None:
    question.ended_on = _ended_on(step)
    question.save()
    step.facts.update(answer=question.answer, clock_stood_days=question.stood_days)


def _ended_on(step: Step) -> dt.date:
    """The clock acts at the first instant it may, however late the beat that brings it comes round."""
    if step.role is not Role.CLOCK:
        return step.day
    from cdm.models import Deadline

    last: Any = Deadline.objects.filter(
        machine_name="board_matter", subject_id=step.subject.pk, clock="answer", closed_at__isnull=True
    ).first()
    return last.acts_at.date() if last is not None else step.day


@effect
def keep_decision(step: Step) -> None:
    """The decision with its reasons; what it decides about the request follows at once."""
    matter = step.subject
    matter.decided_on = step.day
    matter.decided_by = {
        "become_final": "silence",
        "adopt_by_consensus": "consensus",
        "adopt_by_vote": "vote",
    }[step.move.name]
    votes = board.count(matter)
    step.facts.update(
        outcome=matter.outcome,
        reasons=matter.reasons,
        corrections=matter.corrections,
        decided_by=matter.decided_by,
        meeting=str(matter.meeting or ""),
        in_favour=votes.in_favour,
        against=votes.against,
        abstaining=votes.abstaining,
    )
    if matter.request is not None:
        reasons = "\n\n".join(part for part in (matter.reasons, matter.corrections) if part)
        step.follow(matter.request, BRINGS_ABOUT[matter.outcome], reasons=reasons)
    carry_out(step)


@effect
def keep_ruling_note(step: Step) -> None:
    words = {name: step.given[name].strip() for name in ("facts", "rule", "rationale")}
    RulingNote.objects.create(matter=step.subject, by=step.person, at=step.at, **words)
    step.facts.update(words)


@effect
def keep_corrections(step: Step) -> None:
    """The revised documents came in today; a corrected amount takes the place of the one certified."""
    request = step.subject
    request.corrected_on = step.day
    period = request.monitoring_period
    for number, tonnes in (step.given.get("corrected") or {}).items():
        period.amounts.filter(commitment_period=number).update(verified_t=tonnes, certified_t=tonnes)
    if period is not None:
        request.requested_t = period.certified_t
        step.facts["requested_t"] = request.requested_t


@effect
def tell_board_of_withdrawal(step: Step) -> None:
    for matter in step.subject.matters.exclude(state__in=[*ENDED, "awaiting_ruling_note"]):
        step.follow(matter, "lapse", note=step.note)
