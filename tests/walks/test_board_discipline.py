"""3/CMP.1 annex, para 10: missed meetings are counted, a member is suspended for cause, and how that ends."""

from __future__ import annotations

import pytest

from cdm import absences, board, permissions
from cdm.acts import meetings, requests, suspensions
from cdm.models import Meeting, Membership, Notice, Record
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from cdm.workflow.roles import Role
from tests.given import World

pytestmark = pytest.mark.django_db


def held(world: World, number: int, day: str, present: tuple[int, ...]) -> Meeting:
    """A meeting of one day, opened and closed, with these members present."""
    meeting = world.on(day).meeting(number, present=present)
    meetings.close_meeting(meeting, by=world.people[world.chair], at=world.at)
    return meeting


def suspended(world: World, who: str = "member 9", **about: object) -> object:
    given = {
        "cause": "missed_meetings",
        "reason": "Nobody heard of it.",
        "in_favour": 9,
        "against": 0,
        **about,
    }
    return suspensions.suspend(world.office(who), **given, by=world.people[world.chair], at=world.at)  # type: ignore[arg-type]


ALL = tuple(range(1, 11))
BUT_NINE = tuple(number for number in ALL if number != 9)


def missed(world: World, who: str) -> list[int]:
    office = world.office(who)
    return [meeting.number for meeting in absences.missed_in_a_row([office])[office.pk]]


def test_para_10_two_meetings_missed_in_a_row_are_a_cause_unless_one_is_justified(world: World) -> None:
    held(world, 100, "2019-03-04", BUT_NINE)
    assert missed(world, "member 9") == [100]
    held(world, 101, "2019-05-06", ALL)
    assert missed(world, "member 9") == [], "who came again begins anew"
    held(world, 102, "2019-07-01", BUT_NINE)
    third = held(world, 103, "2019-09-02", BUT_NINE)
    assert (missed(world, "member 9"), missed(world, "member 1")) == ([103, 102], [])

    meeting = world.on("2019-11-04").meeting(104, present=BUT_NINE)
    with pytest.raises(Unmet, match="9 members act in EB 104 besides"):
        suspended(world, in_favour=10)
    with pytest.raises(Unmet, match=r"5 in favour and 3 against do not carry it; three quarters"):
        suspended(world, in_favour=5, against=3)
    with pytest.raises(Denied, match="presides"):
        suspensions.suspend(
            world.office("member 9"), cause="missed_meetings", reason="It", in_favour=9,
            by=world.people["member 5"], at=world.at,
        )  # fmt: skip
    suspensions.justify(
        world.office("member 9"),
        meeting=third,
        reason="Was in hospital.",
        by=world.people["secretary"],
        at=world.at,
    )
    assert missed(world, "member 9") == [], "the row is broken by the meeting that is excused"
    with pytest.raises(Unmet, match="has missed 0 meetings in a row without justification; 2 are a cause"):
        suspended(world)
    with pytest.raises(Unmet, match="is justified already"):
        suspensions.justify(
            world.office("member 9"), meeting=third, reason="Again", by=world.people["secretary"], at=world.at
        )
    with pytest.raises(Unmet, match=r"was at EB 103"):
        suspensions.justify(
            world.office("member 1"), meeting=third, reason="?", by=world.people["secretary"], at=world.at
        )
    meetings.close_meeting(meeting, by=world.people[world.chair], at=world.at)
    assert missed(world, "member 9") == [104]


def test_para_10_a_suspended_member_takes_no_part_until_it_is_lifted(world: World) -> None:
    for number, day in ((100, "2019-03-04"), (101, "2019-05-06")):
        held(world, number, day, BUT_NINE)
    request = world.published_request(world.on("2019-06-03").validated(), "validator")
    meeting = world.on("2019-06-10").meeting(102, present=ALL)
    Notice.objects.all().delete()
    made = suspended(world)
    office, person = world.office("member 9"), world.people["member 9"]
    assert Role.BOARD_MEMBER not in permissions.roles_of(person, world.at)
    assert office.pk not in {one.seat.pk for one in board.acting_at(meeting) if not one.by.is_alternate}
    with pytest.raises(Denied):
        requests.ask_for_review(request, grounds=["additionality"], reasons="It", by=person, at=world.at)
    told = Notice.objects.filter(sentence__contains="suspended by the Board, which recommends to the CMP")
    assert sorted(told.values_list("user__email", flat=True)) == [
        "member.9@example.org",
        "secretary@example.org",
    ]
    assert Record.objects.filter(verb="suspend_member", chain__name="board").count() == 1
    with pytest.raises(NotOpen, match="suspended already"):
        suspended(world)
    # still a member: no successor may be counted beside it, and its alternate acts
    world.comes(meeting, "alternate 9")
    assert office.pk in {one.seat.pk for one in board.acting_at(meeting)}

    with pytest.raises(Denied):
        suspensions.end(made, ending="lifted", decision="EB 103", by=person, at=world.at)  # type: ignore[arg-type]
    suspensions.end(made, ending="lifted", decision="EB 103", by=world.people["secretary"], at=world.at)  # type: ignore[arg-type]
    assert Role.BOARD_MEMBER in permissions.roles_of(person, world.at)
    requests.ask_for_review(request, grounds=["additionality"], reasons="It", by=person, at=world.at)


def test_para_10_the_cmp_ends_the_term(world: World) -> None:
    world.on("2019-06-10").meeting(102, present=ALL)
    made = suspended(world, cause="conflict_of_interest", reason="Shares in a project it decided on.")
    world.on("2019-12-16")
    suspensions.end(made, ending="terminated", decision="5/CMP.15", by=world.people["secretary"], at=world.at)  # type: ignore[arg-type]
    office = Membership.objects.get(pk=world.office("member 9").pk)
    assert office.ended_on is not None
    assert office.end_reason == "The CMP ended the membership (5/CMP.15)"


def test_para_10_the_board_suspends_in_a_meeting_with_a_quorum(world: World) -> None:
    with pytest.raises(NotOpen, match="in a meeting, and none is open"):
        suspended(world, cause="other")
    world.on("2019-06-10").meeting(102, present=(1, 3, 4, 5))
    with pytest.raises(Unmet, match="4 members are present; 7 are needed"):
        suspended(world, cause="other", in_favour=4)
