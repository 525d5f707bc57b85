"""Who acts for the Board: members in office, alternates for the absent, who presides, quorum and votes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max, QuerySet

from cdm import permissions
from cdm.models import Attendance, BoardMatter, BoardOffice, Meeting, Membership, MemberSuspension
from cdm.rules import board, sets, windows
from cdm.rules.sets import RuleSet

if TYPE_CHECKING:
    from cdm.models import User

MEMBER_WITHOUT_OATH = (
    "You have not made the written oath of service yet; the secretariat records it (para 8(e))."
)


def serving(day: dt.date) -> QuerySet[Membership]:
    """Everybody in office on a day, members and alternates."""
    return Membership.objects.serving_on(day).select_related("user", "alternate_of__user")


def membership_of(user: User, day: dt.date) -> Membership | None:
    """The office a person holds on the Board, if any."""
    return serving(day).filter(user=user).order_by("-starts_on").first()


def member_problem(user: User, day: dt.date) -> str:
    """Why a person does not act as a member outside a meeting; nothing where they do."""
    office = membership_of(user, day)
    if office is None:
        return "You hold no office on the Board today: only a member in office does this."
    if office.oath_on is None:
        return MEMBER_WITHOUT_OATH
    if suspended().filter(membership=office).exists():
        return "The Board has suspended you (para 10); until that is lifted you take no part in its work."
    if office.alternate_of is not None:
        return (
            f"You are the alternate of {office.alternate_of.user}. An alternate acts only in a meeting, and only "
            "while the member is absent."
        )
    return ""


def suspended() -> QuerySet[MemberSuspension]:
    """The suspensions that stand now (para 10)."""
    return MemberSuspension.objects.filter(ended_at__isnull=True)


def present_at(meeting: Meeting) -> list[Membership]:
    """Those in the meeting room now who have made the oath."""
    inside = Attendance.objects.filter(
        meeting=meeting, left_at__isnull=True, membership__oath_on__isnull=False
    )
    return list(
        Membership.objects.filter(pk__in=inside.values("membership"))
        .exclude(pk__in=suspended().values("membership"))
        .select_related("user", "alternate_of__user")
    )


@dataclass(frozen=True)
class Acting:
    """A person in the room who acts: for the own seat, or as alternate for an absent member."""

    seat: Membership
    by: Membership

    @property
    def user(self) -> User:
        return self.by.user


def acting_at(meeting: Meeting) -> list[Acting]:
    """Who acts in the meeting now: the members present, and the alternates of those who are not."""
    inside = present_at(meeting)
    members = {one.pk for one in inside if not one.is_alternate}
    found = [Acting(one, one) for one in inside if not one.is_alternate]
    found += [
        Acting(one.alternate_of, one)
        for one in inside
        if one.alternate_of is not None and one.alternate_of.pk not in members
    ]
    return found


def acting_as(user: User, meeting: Meeting) -> Acting | None:
    return next((one for one in acting_at(meeting) if one.user.pk == user.pk), None)


def acting_problem(user: User, meeting: Meeting, day: dt.date) -> str:
    """Why a person does not act in the meeting now; nothing where they do."""
    if acting_as(user, meeting) is not None:
        return ""
    office = membership_of(user, day)
    if office is None:
        return "You hold no office on the Board today: only a member in office does this."
    if office.oath_on is None:
        return MEMBER_WITHOUT_OATH
    if not any(one.pk == office.pk for one in present_at(meeting)):
        return f"You are not entered as present at {meeting}. Enter your attendance first."
    return (
        f"You are the alternate of {office.alternate_of.user if office.alternate_of else 'a member'}, who is present: "
        "an alternate acts only while the member is absent."
    )


def quorum_problems(meeting: Meeting, rules: RuleSet, day: dt.date) -> list[str]:
    """What is missing for a quorum now (para 14), as sentences."""
    in_office = Counter(one.group for one in serving(day) if not one.is_alternate)
    acting = acting_at(meeting)
    if not rules.yes("board.alternates_count", day):
        acting = [one for one in acting if not one.by.is_alternate]
    present = Counter(one.seat.group for one in acting)
    return board.quorum_problems(rules, present=present, members=in_office, on=day)


def officers(year: int) -> dict[str, BoardOffice]:
    """Chair and vice-chair of a year, by office; until they are elected, those of the last year that had any."""
    last = BoardOffice.objects.filter(year__lte=year).aggregate(last=Max("year"))["last"]
    return {
        one.office: one for one in BoardOffice.objects.filter(year=last).select_related("membership__user")
    }


def _may_preside(user: User, day: dt.date) -> bool:
    """In office and not suspended."""
    found = serving(day).filter(user=user)
    return found.exclude(pk__in=suspended().values("membership")).exists()


def president(matter: BoardMatter | None, meeting: Meeting | None, day: dt.date) -> User | None:
    """Who presides: the chair; the vice-chair where the chair is away or has a conflict of interest in the matter."""
    elected = officers(day.year)
    inside = {one.user.pk for one in acting_at(meeting)} if meeting is not None else None
    for office in (BoardOffice.Office.CHAIR, BoardOffice.Office.VICE_CHAIR):
        if office not in elected:
            continue
        user = elected[office].membership.user
        if not (user.pk in inside if inside is not None else _may_preside(user, day)):
            continue
        if matter is not None and permissions.is_barred(user, matter):
            continue
        return user
    return None


def president_problem(user: User, matter: BoardMatter | None, meeting: Meeting | None, day: dt.date) -> str:
    """Why it is not for this person to speak for the Board; nothing where it is."""
    presiding = president(matter, meeting, day)
    if presiding is None:
        where = (
            "No chair and no vice-chair who could preside is in the meeting"
            if meeting
            else "There is no chair"
        )
        return f"{where}: elect one for {day.year}, or enter who has come."
    if presiding.pk != user.pk:
        return f"{presiding} presides and does this for the Board."
    return ""


@dataclass(frozen=True)
class Count:
    """The votes on the text last put, and who may still vote."""

    in_favour: int
    against: int
    abstaining: int
    may_vote: int


def count(matter: BoardMatter) -> Count:
    votes = Counter(matter.votes.filter(motion=matter.motion).values_list("choice", flat=True))
    may = 0
    if matter.meeting is not None and matter.meeting.is_open:
        barred = set(permissions.conflicts_about(matter).values_list("user_id", flat=True))
        may = sum(one.user.pk not in barred for one in acting_at(matter.meeting))
    return Count(votes["in_favour"], votes["against"], votes["abstain"], may)


def next_meeting(matter: BoardMatter, day: dt.date, *, after: Meeting | None = None) -> Meeting | None:
    """The meeting on whose agenda a matter of this day goes: the next one that is far enough away.

    `after`: the meeting at which it was deferred; the one after that takes it, however near. The days before a meeting
    are those of the procedures on reviews of requests: a matter about an entity goes to the next one in any case.
    """
    meetings = Meeting.objects.filter(closed_at__isnull=True).order_by("starts_on")
    if after is not None:
        return meetings.filter(starts_on__gt=after.starts_on).first()
    cut_off = (
        windows.find_window(rules_of(matter), "review.agenda_cut_off", on=day)
        if matter.entity_id is None
        else None
    )
    earliest = cut_off.acts_on(day) if cut_off is not None else day
    return meetings.filter(ends_on__gte=day, starts_on__gte=earliest).first() or (
        meetings.filter(ends_on__gte=day).first() if cut_off is None else None
    )


def last_meeting_for(matter: BoardMatter, rules: RuleSet) -> Meeting | None:
    """The second meeting after the review was requested, where the rules end a review there (para 41(b))."""
    if matter.request is None or matter.is_issuance or rules.text("review.end_rule") != "second_meeting":
        return None
    asked = matter.request.review_requests.order_by("at").last()
    if asked is None:
        return None
    later = Meeting.objects.filter(starts_on__gt=permissions.day_of(asked.at)).order_by("starts_on")
    return later[1] if later.count() > 1 else None


def rules_of(matter: BoardMatter) -> RuleSet:
    return sets.rule_set(matter.rule_set_key)
