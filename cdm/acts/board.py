"""The Board's own affairs: members and alternates entered, sworn in, ended; chair and vice-chair elected."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cdm import permissions
from cdm.acts.acting import NotOpen, Problem, refuse
from cdm.models import BoardOffice, Membership, Organisation, Seat, User
from cdm.rules import board, sets
from cdm.rules.days import in_words
from cdm.workflow import recording
from cdm.workflow.roles import Role

CHAIN = "board"


def enter_member(
    *,
    user: User,
    constituency: str,
    group: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    alternate_of: Membership | None = None,
    succeeds: Membership | None = None,
    by: User,
    at: dt.datetime,
) -> Membership:
    """Enter a member, or the alternate of one, as elected (paras 7-9, 11). Whom they succeed leaves the day before.

    Without `ends_on` the term is a full one. Raises Unmet with everything that para 7 or 8 does not allow.
    """
    role = permissions.require(by, "keep_the_board", at=at)
    rules = sets.rule_set_on(starts_on)
    with transaction.atomic():
        _lock()
        ends_on = ends_on or board.term_ends_on(rules, starts_on)
        if succeeds is not None:
            succeeds = Membership.objects.select_for_update(no_key=True, of=("self",)).get(pk=succeeds.pk)
        refuse(
            *_person_problems(user, succeeds),
            *_place_problems(constituency, group, starts_on, alternate_of, succeeds),
            board.term_problem(rules, starts_on, ends_on)
            and Problem(board.term_problem(rules, starts_on, ends_on), "ends_on"),
            None
            if alternate_of is not None
            else board.terms_problem(rules, _terms_before(user, starts_on), starts_on) or None,
        )
        if succeeds is not None and succeeds.ended_on is None:
            succeeds.ended_on = starts_on - dt.timedelta(days=1)
            succeeds.end_reason = f"Succeeded by {user}"
            succeeds.save(update_fields=["ended_on", "end_reason"])
            _give_up_seat(succeeds)
        made = Membership.objects.create(
            user=user,
            constituency=constituency,
            group=group,
            alternate_of=alternate_of,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        if succeeds is not None and alternate_of is None:
            # the alternate of the member who left goes on as the new one's until a successor is entered
            Membership.objects.filter(alternate_of=succeeds, ended_on__isnull=True).update(alternate_of=made)
        if not Seat.objects.held_on(starts_on).filter(user=user, organisation__kind="board").exists():
            Seat.objects.create(user=user, organisation=_organisation(), from_on=starts_on, granted_by=by)
        what = f"alternate of {alternate_of}" if alternate_of else "member"
        _record(
            "enter_member",
            f"{user} enters the Board as {what}, for {made.get_constituency_display()}",
            by,
            role,
            at,
            {"membership": made.pk, "starts_on": starts_on, "ends_on": ends_on, "group": group},
        )
    return made


def _person_problems(user: User, succeeds: Membership | None) -> list[Problem | None]:
    office = Membership.objects.filter(user=user, ended_on__isnull=True)
    if succeeds is not None:
        office = office.exclude(pk=succeeds.pk)
    interested = Seat.objects.filter(
        user=user,
        until_on__isnull=True,
        organisation__kind__in=[Organisation.Kind.DOE, Organisation.Kind.PARTICIPANT],
    ).select_related("organisation")
    return [
        Problem(f"{user} holds an office on the Board already.", "user") if office.exists() else None,
        *(
            Problem(
                f"{user} sits for {seat.organisation}: no member has an interest in a project activity or a "
                "designated operational entity (para 8(f)).",
                "user",
            )
            for seat in interested
        ),
    ]


def _place_problems(
    constituency: str,
    group: str,
    day: dt.date,
    alternate_of: Membership | None,
    succeeds: Membership | None,
) -> list[Problem | None]:
    """Whether the constituency has a place left (para 7), and an alternate fits the member (para 9)."""
    known = board.BY_CODE.get(constituency)
    if known is None or group not in board.GROUPS:
        return [Problem("Choose the constituency and the group.", "constituency")]
    in_office = Membership.objects.filter(ended_on__isnull=True, starts_on__lte=day)
    if succeeds is not None:
        in_office = in_office.exclude(pk=succeeds.pk)
    if alternate_of is None:
        full = in_office.filter(constituency=constituency, alternate_of__isnull=True).count() >= known.seats
    else:
        full = in_office.filter(alternate_of=alternate_of).exists()
    return [
        Problem(f"{known.label} nominate members of {board.GROUPS[known.group]}.", "group")
        if known.group and known.group != group
        else None,
        Problem("Every place of it is taken. Say whom the new one succeeds.", "succeeds") if full else None,
        Problem("An alternate is of the same constituency as the member (para 9).", "alternate_of")
        if alternate_of is not None
        and (alternate_of.constituency != constituency or alternate_of.group != group)
        else None,
    ]


def _terms_before(user: User, starts_on: dt.date) -> int:
    """Terms as a member that the new one would follow without a gap; terms as an alternate do not count."""
    terms, first = 0, starts_on
    for term in Membership.objects.filter(user=user, alternate_of__isnull=True).order_by("-starts_on"):
        if term.starts_on < first and (term.ended_on or term.ends_on) >= first - dt.timedelta(days=1):
            terms, first = terms + 1, term.starts_on
    return terms


def record_oath(membership: Membership, *, on: dt.date, by: User, at: dt.datetime) -> Membership:
    """Record the written oath of service (para 8(e)); until then nobody takes up the duties."""
    role = permissions.require(by, "keep_the_board", at=at)
    with transaction.atomic():
        found = Membership.objects.select_for_update(no_key=True, of=("self",)).get(pk=membership.pk)
        if found.oath_on is not None:
            raise NotOpen(f"The oath is on record: {in_words(found.oath_on)}.")
        refuse(Problem("The oath cannot be of a day to come.", "on") if on > permissions.day_of(at) else None)
        found.oath_on = on
        found.save(update_fields=["oath_on"])
        _record("record_oath", f"{found} made the written oath of service", by, role, at, {"on": on})
    return found


def end_membership(membership: Membership, *, reason: str, by: User, at: dt.datetime) -> Membership:
    """End an office before a successor is there: a resignation, or a termination by the CMP (paras 10-11)."""
    role = permissions.require(by, "keep_the_board", at=at)
    with transaction.atomic():
        found = Membership.objects.select_for_update(no_key=True, of=("self",)).get(pk=membership.pk)
        if found.ended_on is not None:
            raise NotOpen("This office has ended already.")
        refuse(None if reason.strip() else Problem("Say why the office ends.", "reason"))
        # the last day is yesterday, so that it has effect at once
        found.ended_on = max(permissions.day_of(at) - dt.timedelta(days=1), found.starts_on)
        found.end_reason = reason.strip()
        found.save(update_fields=["ended_on", "end_reason"])
        _give_up_seat(found)
        _record("end_membership", f"{found} left the Board", by, role, at, {"membership": found.pk}, reason)
    return found


def elect(
    *, chair: Membership, vice_chair: Membership, year: int, by: User, at: dt.datetime
) -> list[BoardOffice]:
    """Record the election of chair and vice-chair for a year (para 12), in place of an earlier one of that year."""
    role = permissions.require(by, "keep_the_board", at=at)
    with transaction.atomic():
        _lock()
        before = BoardOffice.objects.filter(year=year - 1, office=BoardOffice.Office.CHAIR).first()
        refuse(
            *(
                Problem(f"{one} is not a member in office: {why}.", name)
                for name, one in (("chair", chair), ("vice_chair", vice_chair))
                if (why := _no_member(one, permissions.day_of(at)))
            ),
            *board.election_problems(
                chair=chair.group,
                vice_chair=vice_chair.group,
                chair_before=before.membership.group if before else "",
            ),
        )
        made = [
            BoardOffice.objects.update_or_create(
                year=year, office=office, defaults={"membership": one, "elected_at": at}
            )[0]
            for office, one in (
                (BoardOffice.Office.CHAIR, chair),
                (BoardOffice.Office.VICE_CHAIR, vice_chair),
            )
        ]
        _record(
            "elect",
            f"{chair} elected chair and {vice_chair} vice-chair of the Board for {year}",
            by,
            role,
            at,
            {"chair": chair.pk, "vice_chair": vice_chair.pk, "year": year},
        )
    return made


def _no_member(one: Membership, day: dt.date) -> str:
    if one.is_alternate:
        return "an alternate"
    if one.ended_on is not None and one.ended_on < day:
        return "the office has ended"
    return "" if one.oath_on else "the oath is not on record"


def _give_up_seat(office: Membership) -> None:
    """With the office goes the seat, and with the seat what a member may do and read."""
    Seat.objects.filter(user=office.user, organisation__kind="board", until_on__isnull=True).update(
        until_on=office.ended_on
    )


def _organisation() -> Organisation:
    """The Board itself, entered with its first member where nobody has entered it."""
    found, _ = Organisation.objects.get_or_create(
        kind=Organisation.Kind.BOARD, defaults={"name": "CDM Executive Board"}
    )
    return found


def _lock() -> None:
    """One turnstile for all that counts places: the row of the Board."""
    Organisation.objects.select_for_update(no_key=True).get(pk=_organisation().pk)


def _record(
    verb: str, sentence: str, by: User, role: Role, at: dt.datetime, data: dict[str, object], note: str = ""
) -> None:
    recording.append(
        verb=verb, sentence=sentence, by=by, role=role, at=at, chain_name=CHAIN, data=data, note=note.strip()
    )
