"""Meetings of the Board: convened by the secretariat, opened and closed by who presides; who is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Q

from cdm import board, notices, permissions
from cdm.acts.acting import NotOpen, Problem, refuse
from cdm.models import Attendance, BoardMatter, Meeting, Membership, User
from cdm.rules.days import in_words
from cdm.workflow import recording, waiting
from cdm.workflow.refusals import Denied
from cdm.workflow.roles import Role

CHAIN = "board"


def convene(
    *, number: int, starts_on: dt.date, ends_on: dt.date, place: str, by: User, at: dt.datetime
) -> Meeting:
    """Convene a meeting. What waits for one, and is early enough, comes on its agenda by itself (para 13; 2.7)."""
    role = permissions.require(by, "convene_meeting", at=at)
    day = permissions.day_of(at)
    with transaction.atomic():
        refuse(
            Problem("A meeting of this number has been convened already.", "number")
            if Meeting.objects.filter(number=number).exists()
            else None,
            Problem("A meeting is convened for a day to come, or for today.", "starts_on")
            if starts_on < day
            else None,
            Problem("The meeting ends before it starts.", "ends_on") if ends_on < starts_on else None,
            None if place.strip() else Problem("Say where it is held.", "place"),
        )
        meeting = Meeting.objects.create(
            number=number, starts_on=starts_on, ends_on=ends_on, place=place.strip(), convened_at=at
        )
        taken = _take_waiting(day)
        _record(
            "convene_meeting", f"{meeting} convened for {in_words(starts_on)}", by, role, at, meeting, taken
        )
        notices.tell_users(
            [one.user for one in board.serving(day)],
            f"{meeting} is convened: {in_words(starts_on)} to {in_words(ends_on)}, {meeting.place}",
            url=meeting.get_absolute_url(),
            at=at,
        )
    return meeting


def _take_waiting(day: dt.date) -> list[BoardMatter]:
    """Put what is on no agenda, or on that of a meeting that was never held, on that of the next early enough."""
    moved = []
    never_held = Q(meeting__ends_on__lt=day, meeting__opened_at__isnull=True)
    waiting = BoardMatter.objects.filter(Q(meeting__isnull=True) | never_held, state="on_agenda")
    for matter in waiting.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        if (meeting := board.next_meeting(matter, day)) is not None:
            matter.meeting = meeting
            matter.save(update_fields=["meeting"])
            moved.append(matter)
    return moved


def open_meeting(meeting: Meeting, *, by: User, at: dt.datetime) -> Meeting:
    """Open it, on its days; by who presides among those present."""
    with _conducting(meeting, by, at) as found:
        if found.opened_at is not None:
            raise NotOpen(f"{found} was opened already.")
        day = permissions.day_of(at)
        refuse(
            None
            if found.starts_on <= day <= found.ends_on
            else f"{found} is convened for {in_words(found.starts_on)} to {in_words(found.ends_on)}.",
            board.president_problem(by, None, found, day) or None,
        )
        found.opened_at = at
        found.save(update_fields=["opened_at"])
        _record("open_meeting", f"{found} opened", by, Role.BOARD_MEMBER, at, found)
    return found


def close_meeting(meeting: Meeting, *, by: User, at: dt.datetime) -> Meeting:
    """Close it; what was not decided goes on the agenda of the next."""
    with _conducting(meeting, by, at) as found:
        if not found.is_open:
            raise NotOpen(f"{found} is not open; it is {found.standing.lower()}.")
        day = permissions.day_of(at)
        refuse(board.president_problem(by, None, found, day) or None)
        found.closed_at = at
        found.save(update_fields=["closed_at"])
        Attendance.objects.filter(meeting=found, left_at__isnull=True).update(left_at=at)
        undecided = BoardMatter.objects.filter(state="on_agenda", meeting=found)
        left = list(undecided.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        for matter in left:
            matter.meeting = _after(found)
            matter.save(update_fields=["meeting"])
        _record("close_meeting", f"{found} closed", by, Role.BOARD_MEMBER, at, found, left)
    return found


def _after(meeting: Meeting) -> Meeting | None:
    return (
        Meeting.objects.filter(starts_on__gt=meeting.starts_on, closed_at__isnull=True)
        .order_by("starts_on")
        .first()
    )


def come(meeting: Meeting, *, membership: Membership, by: User, at: dt.datetime) -> Attendance:
    """Enter somebody as present: oneself, or by the secretariat anybody in office who has made the oath."""
    with _attending(meeting, membership, by, at) as (found, role):
        day = permissions.day_of(at)
        if found.closed_at is not None:
            raise NotOpen(f"{found} is closed.")
        refuse(
            None
            if board.serving(day).filter(pk=membership.pk).exists()
            else f"{membership} holds no office on the Board today.",
            None
            if membership.oath_on
            else f"{membership} has not made the written oath of service yet (para 8(e)).",
            f"{membership} is entered as present already."
            if Attendance.objects.filter(meeting=found, membership=membership, left_at__isnull=True).exists()
            else None,
        )
        stay = Attendance.objects.create(meeting=found, membership=membership, came_at=at)
        _record("come_to_meeting", f"{membership} is present at {found}", by, role, at, found)
    return stay


def leave(meeting: Meeting, *, membership: Membership, by: User, at: dt.datetime) -> Attendance:
    """Enter that somebody left; from then on the alternate who is present acts."""
    with _attending(meeting, membership, by, at) as (found, role):
        stay = Attendance.objects.filter(meeting=found, membership=membership, left_at__isnull=True).first()
        if stay is None:
            raise NotOpen(f"{membership} is not entered as present at {found}.")
        stay.left_at = at
        stay.save(update_fields=["left_at"])
        _record("leave_meeting", f"{membership} left {found}", by, role, at, found)
    return stay


@contextmanager
def _conducting(meeting: Meeting, by: User, at: dt.datetime) -> Iterator[Meeting]:
    permissions.require(by, "conduct_meeting", at=at)
    with transaction.atomic():
        yield Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)


@contextmanager
def _attending(
    meeting: Meeting, membership: Membership, by: User, at: dt.datetime
) -> Iterator[tuple[Meeting, Role]]:
    roles = permissions.roles_for(by, "attend_meeting", at=at)
    if not roles:
        permissions.require(by, "attend_meeting", at=at)
    role = Role.SECRETARIAT if Role.SECRETARIAT in roles else Role.BOARD_MEMBER
    if role is Role.BOARD_MEMBER and membership.user_id != by.pk:
        raise Denied("You enter your own attendance; the secretariat enters that of others.")
    with transaction.atomic():
        yield Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk), role


def _record(
    verb: str,
    sentence: str,
    by: User,
    role: Role,
    at: dt.datetime,
    meeting: Meeting,
    matters: list[BoardMatter] | None = None,
) -> None:
    """Written in the Board's chain; what the matters that it moved wait for follows."""
    record = recording.append(
        verb=verb,
        sentence=sentence,
        by=by,
        role=role,
        at=at,
        chain_name=CHAIN,
        data={"meeting": meeting.number, "matters": [matter.pk for matter in matters or []]},
    )
    for matter in matters or []:
        waiting.settle(matter, at=at, record=record)
