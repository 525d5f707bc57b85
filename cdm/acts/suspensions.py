"""The Board suspends a member for cause and recommends to the CMP that the term be ended (3/CMP.1 annex, para 10)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cdm import absences, board, notices, permissions
from cdm.acts import board as board_acts
from cdm.acts.acting import NotOpen, Problem, refuse
from cdm.models import (
    Attendance,
    JustifiedAbsence,
    Meeting,
    Membership,
    MemberSuspension,
    Organisation,
    Seat,
    User,
)
from cdm.permissions import Denied
from cdm.rules import board as board_rules
from cdm.rules import sets
from cdm.workflow import recording
from cdm.workflow.roles import Role

Cause = MemberSuspension.Cause
Ending = MemberSuspension.Ending


def suspend(
    membership: Membership,
    *,
    cause: str,
    reason: str,
    in_favour: int,
    against: int = 0,
    by: User,
    at: dt.datetime,
) -> MemberSuspension:
    """Who presides over the open meeting records that the Board suspends a member and recommends the end of the term.

    The votes are those of the members who act in the meeting, without the one concerned; a consensus is all of them in
    favour. From then on the member holds no seat. Raises Denied, NotOpen, Unmet.
    """
    permissions.require(by, "conduct_meeting", at=at)
    day = permissions.day_of(at)
    with transaction.atomic():
        found = Membership.objects.select_for_update(no_key=True, of=("self",)).get(pk=membership.pk)
        meeting = Meeting.objects.filter(opened_at__isnull=False, closed_at__isnull=True).first()
        if meeting is None:
            raise NotOpen("The Board suspends a member in a meeting, and none is open.")
        if problem := board.president_problem(by, None, meeting, day):
            raise Denied(problem)
        if found.ended_on is not None or found.suspensions.filter(ended_at__isnull=True).exists():
            raise NotOpen(f"{found} has left the Board, or is suspended already.")
        refuse(*_problems(found, cause, reason, in_favour, against, meeting, day))
        made = MemberSuspension.objects.create(
            membership=found,
            meeting=meeting,
            cause=cause,
            reason=reason.strip(),
            in_favour=in_favour,
            against=against,
            from_on=day,
            by=by,
            at=at,
        )
        Attendance.objects.filter(membership=found, left_at__isnull=True).update(left_at=at)
        Seat.objects.filter(
            user=found.user, organisation__kind=Organisation.Kind.BOARD, until_on__isnull=True
        ).update(until_on=day - dt.timedelta(days=1))
        sentence = f"{found} suspended by the Board, which recommends to the CMP to end the term"
        _record(
            "suspend_member", sentence, by, Role.BOARD_MEMBER, at, made,
            cause=cause, in_favour=in_favour, against=against,
        )  # fmt: skip
        notices.tell_users(
            [found.user, *_secretariat(at)], f"{sentence}: {made.reason}", url="/board/members/", at=at
        )
    return made


def end(
    suspension: MemberSuspension, *, ending: str, decision: str, by: User, at: dt.datetime
) -> MemberSuspension:
    """Record how it ended: the CMP ended the membership, or the suspension was lifted and the seat is held again."""
    role = permissions.require(by, "keep_the_board", at=at)
    with transaction.atomic():
        found = MemberSuspension.objects.select_for_update(no_key=True, of=("self",)).get(pk=suspension.pk)
        if found.ended_at is not None:
            raise NotOpen(f"It has ended already: {found.get_ending_display()}.")
        refuse(
            None if ending in Ending.values else Problem("Say how it ended.", "ending"),
            None if decision.strip() else Problem("Name the decision, for example 5/CMP.8.", "decision"),
        )
        found.ending, found.decision, found.ended_at, found.ended_by = ending, decision.strip(), at, by
        found.save(update_fields=["ending", "decision", "ended_at", "ended_by"])
        _record(
            "end_suspension",
            f"{found}: {found.get_ending_display()}",
            by,
            role,
            at,
            found,
            decision=decision,
        )
        if ending == Ending.TERMINATED:
            board_acts.end_membership(
                found.membership, reason=f"The CMP ended the membership ({found.decision})", by=by, at=at
            )
        else:
            Seat.objects.create(
                user=found.membership.user,
                organisation=Organisation.objects.get(kind=Organisation.Kind.BOARD),
                from_on=permissions.day_of(at),
                granted_by=by,
            )
    return found


def justify(
    membership: Membership, *, meeting: Meeting, reason: str, by: User, at: dt.datetime
) -> JustifiedAbsence:
    """Record that a member had a proper reason for missing a meeting; it does not count then."""
    role = permissions.require(by, "keep_the_board", at=at)
    with transaction.atomic():
        if Meeting.objects.get(pk=meeting.pk).closed_at is None:
            raise NotOpen(f"{meeting} is not over yet.")
        refuse(
            None if reason.strip() else Problem("Give the reason.", "reason"),
            f"{membership} was at {meeting}."
            if Attendance.objects.filter(membership=membership, meeting=meeting).exists()
            else None,
            f"The absence of {membership} from {meeting} is justified already."
            if membership.justified_absences.filter(meeting=meeting).exists()
            else None,
        )
        made = JustifiedAbsence.objects.create(
            membership=membership, meeting=meeting, reason=reason.strip(), by=by, at=at
        )
        recording.append(
            verb="justify_absence", sentence=f"{membership}: absence from {meeting} justified", by=by, role=role,
            at=at, chain_name=board_acts.CHAIN, data={"meeting": meeting.number}, note=made.reason,
        )  # fmt: skip
    return made


def _problems(
    office: Membership, cause: str, reason: str, in_favour: int, against: int, meeting: Meeting, day: dt.date
) -> list[Problem | str | None]:
    rules = sets.rule_set_on(day)
    acting = [one for one in board.acting_at(meeting) if office.pk not in (one.seat.pk, one.by.pk)]
    found: list[Problem | str | None] = [
        None if cause in Cause.values else Problem("Name the cause.", "cause"),
        None if reason.strip() else Problem("Give the reasons of the Board.", "reason"),
        *board.quorum_problems(meeting, rules, day),
    ]
    if in_favour < 0 or against < 0 or in_favour + against > len(acting):
        found.append(
            Problem(
                f"{len(acting)} members act in {meeting} besides {office}; no more can have voted.",
                "in_favour",
            )
        )
    elif not board_rules.is_carried(rules, in_favour=in_favour, against=against, on=day):
        found.append(
            Problem(
                f"{in_favour} in favour and {against} against do not carry it; three quarters of those voting are "
                "needed (para 15).",
                "in_favour",
            )
        )
    if cause == Cause.MISSED_MEETINGS:
        missed, least = absences.missed_in_a_row([office])[office.pk], absences.limit(day)
        if len(missed) < least:
            found.append(
                Problem(
                    f"{office} has missed {len(missed)} meetings in a row without justification; {least} are a cause.",
                    "cause",
                )
            )
    return found


def _secretariat(at: dt.datetime) -> list[User]:
    seats = Seat.objects.held_on(permissions.day_of(at)).filter(
        organisation__kind=Organisation.Kind.SECRETARIAT
    )
    return [seat.user for seat in seats.select_related("user")]


def _record(
    verb: str, sentence: str, by: User, role: Role, at: dt.datetime, about: MemberSuspension, **data: object
) -> None:
    recording.append(
        verb=verb, sentence=sentence, by=by, role=role, at=at, chain_name=board_acts.CHAIN, note=about.reason,
        data={"membership": about.membership_id, "suspension": about.pk, **data},
    )  # fmt: skip
