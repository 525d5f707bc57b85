"""What is done about a matter before the Board besides moving it: assessing, putting a text, voting."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cdm import board
from cdm.acts.acting import Act, NotOpen, Problem, acting, refuse
from cdm.models import Assessment, BoardMatter, Meeting, Task, User, Vote
from cdm.workflow import judging, routes
from cdm.workflow.board_matter import NOTE, OF_A_REVIEW, OUTCOMES
from cdm.workflow.conditions.entity_matters import decision_problems
from cdm.workflow.conditions.matters import outcome_problem
from cdm.workflow.refusals import Denied
from cdm.workflow.roles import Role
from cdm.workflow.step import Step

Side = Assessment.Side


def assess(matter: BoardMatter, *, recommendation: str, text: str, by: User, at: dt.datetime) -> Assessment:
    """Give an assessment: the secretariat's, an expert's, or a second expert's where the first two disagree.

    It is a task given to one person; another who holds the seat has it handed over first (rulebook 2.7).
    """
    with acting(matter, "assess", by=by, at=at, states=("being_assessed",)) as act:
        side = _side(act)
        _require_task(act, by)
        refuse(
            Problem("Choose what you recommend.", "recommendation")
            if recommendation not in dict(OF_A_REVIEW)
            else None,
            None if text.strip() else Problem("Write the assessment.", "text"),
        )
        made = Assessment.objects.create(
            matter=act.subject, side=side, recommendation=recommendation, text=text.strip(), by=by, at=at
        )
        act.record(
            f"Assessment given: {made}",
            data={"side": side, "recommendation": recommendation, "text": made.text},
            is_public=False,
        )
    return made


def _side(act: Act) -> str:
    made = set(act.subject.assessments.values_list("side", flat=True))
    if act.role is Role.SECRETARIAT:
        if Side.SECRETARIAT in made:
            raise NotOpen("The secretariat has given its assessment already.")
        return Side.SECRETARIAT
    if Side.EXPERT not in made:
        return Side.EXPERT
    asking = Step(subject=act.subject, move=act.subject.machine.moves[0], by=act.by, role=act.role, at=act.at)
    if routes.named("second_assessment_is_needed")(asking):
        return Side.SECOND_EXPERT
    raise NotOpen(
        "An independent expert has assessed it already; a second one is asked only on disagreement."
    )


def _require_task(act: Act, by: User) -> None:
    """The assessment is its person's: a task that is another's, or that an assessor could not be given, refuses."""
    if by.pk in act.subject.barred_from_tasks():
        raise Denied("You have assessed this already. A second assessment is another person's.")
    if act.role is not Role.EXPERT:
        return
    task = Task.objects.filter(
        machine_name="board_matter", subject_id=act.subject.pk, role=act.role, closed_at__isnull=True
    ).first()
    if task is not None and task.assigned_to_id != by.pk:
        whose = (
            f"It is given to {task.assigned_to}." if task.assigned_to else "It is not given to anybody yet."
        )
        raise Denied(
            f"This assessment is not your task. {whose} Take it, or have it handed over, under Tasks."
        )


def put_motion(
    matter: BoardMatter,
    *,
    outcome: str,
    reasons: str,
    corrections: str = "",
    by: User,
    at: dt.datetime,
    **particulars: Any,
) -> BoardMatter:
    """Put another text to the meeting; by who presides. Votes on the text before it no longer count.

    `particulars` are what an outcome about an entity needs besides: `scopes`, `excess`, `participants_could_be_heard`.
    """
    with acting(matter, "put_motion", by=by, at=at, states=("on_agenda",)) as act:
        found: BoardMatter = act.subject
        meeting = _open_meeting(found)
        given = {name: value for name, value in particulars.items() if value}
        refuse(
            board.president_problem(by, found, meeting, act.day) or None,
            *_outcome_problems(found, outcome, given, at),
            None if reasons.strip() else Problem("Reasons: this is needed.", "reasons"),
            outcome_problem(outcome, corrections.strip()),
        )
        found.outcome, found.reasons, found.corrections = outcome, reasons.strip(), corrections.strip()
        found.scopes, found.excess = given.get("scopes") or [], given.get("excess")
        found.motion += 1
        found.version += 1
        found.save()
        act.record(
            f"{found}: text {found.motion} put to {meeting}: {found.get_outcome_display()}",
            data={"outcome": outcome, "reasons": found.reasons, "corrections": found.corrections, **given},
            is_public=False,
        )
    return found


def _outcome_problems(
    matter: BoardMatter, outcome: str, given: dict[str, Any], at: dt.datetime
) -> list[Problem]:
    """Whether the Board may decide so: about an entity, what its accreditation or excess issuance allows now."""
    if matter.affair is not None:
        return list(decision_problems(matter, outcome, given, at=at))
    permitted = OF_A_REVIEW if matter.is_review else ((NOTE, dict(OUTCOMES)[NOTE]),)
    return [
        *([] if outcome in dict(permitted) else [Problem("Choose the outcome.", "outcome")]),
        *(Problem("Only a matter about an entity needs this; leave it out.", name) for name in given),
    ]


def vote(matter: BoardMatter, *, choice: str, by: User, at: dt.datetime) -> Vote:
    """Vote on the text that is put: a member, or the alternate of an absent one, without a conflict (paras 8-9, 15).

    Refused without a quorum, from outside the room, and a second time.
    """
    with acting(matter, "vote", by=by, at=at, states=("on_agenda",)) as act:
        found: BoardMatter = act.subject
        meeting = _open_meeting(found)
        refuse(board.acting_problem(by, meeting, act.day) or None)
        person = board.acting_as(by, meeting)
        if person is None:
            raise Denied("You do not act for a member in this meeting.")
        rules = judging.rules_of(found, act.day)
        refuse(
            None if found.outcome else "No text is before the Board yet.",
            *(f"There is no quorum: {problem}" for problem in board.quorum_problems(meeting, rules, act.day)),
            None if choice in Vote.Choice.values else Problem("Choose how you vote.", "choice"),
            "This member's vote on the text is on record already."
            if found.votes.filter(motion=found.motion, seat=person.seat).exists()
            else None,
        )
        cast = Vote.objects.create(
            matter=found, motion=found.motion, seat=person.seat, by=by, choice=choice, at=at
        )
        as_alternate = f", for {person.seat}" if person.by.is_alternate else ""
        act.record(
            f"{found}: {by} voted{as_alternate}: {cast.get_choice_display().lower()}",
            data={"choice": choice, "text": found.motion, "seat": person.seat.pk},
            is_public=False,
        )
    return cast


def _open_meeting(matter: BoardMatter) -> Meeting:
    """The meeting that has it on its agenda, locked, so that nobody comes or leaves while a vote is counted."""
    if matter.meeting_id is None:
        raise NotOpen("It is on the agenda of no meeting yet.")
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=matter.meeting_id)
    if not meeting.is_open:
        raise NotOpen(f"{meeting} is not open; it is {meeting.standing.lower()}.")
    return meeting
