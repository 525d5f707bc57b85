"""Meetings that members of the Board missed without justification, in a row (3/CMP.1 annex, para 10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from cdm.models import Attendance, JustifiedAbsence, Meeting, Membership, MemberSuspension
from cdm.rules import sets

MISSED_IN_A_ROW = "board.missed_meetings"


def limit(on: dt.date) -> int:
    """How many meetings missed in a row are a cause for suspension, by the rules of a day."""
    return sets.rule_set_on(on).integer(MISSED_IN_A_ROW, on)


def missed_in_a_row(members: Iterable[Membership]) -> dict[int, list[Meeting]]:
    """By membership: the closed meetings it has missed without justification since the last it attended or excused.

    Meetings before the term began do not count, nor those held while the member was suspended. The latest comes first.
    """
    offices = list(members)
    meetings = list(Meeting.objects.filter(closed_at__isnull=False).order_by("-starts_on", "-id"))
    keys = [one.pk for one in offices]
    excused = {
        *Attendance.objects.filter(membership__in=keys).values_list("membership", "meeting"),
        *JustifiedAbsence.objects.filter(membership__in=keys).values_list("membership", "meeting"),
    }
    suspended = list(MemberSuspension.objects.filter(membership__in=keys))
    found: dict[int, list[Meeting]] = {}
    for office in offices:
        row: list[Meeting] = []
        for meeting in meetings:
            if meeting.starts_on < office.starts_on or (office.pk, meeting.pk) in excused:
                break
            if not _is_suspended(suspended, office, meeting):
                row.append(meeting)
        found[office.pk] = row
    return found


def _is_suspended(rows: list[MemberSuspension], office: Membership, meeting: Meeting) -> bool:
    return any(
        row.membership_id == office.pk
        and row.from_on <= meeting.starts_on
        and (row.ended_at is None or row.ended_at.date() > meeting.starts_on)
        for row in rows
    )
