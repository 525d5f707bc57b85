"""The pages of the Board: what needs a decision today, the matter, the meeting, the members."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cdm.acts import people
from cdm.models import Assessment, BoardMatter, BoardOffice, Meeting, Membership, Vote
from tests.given import Kind, World
from tests.web.reading import words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]


@pytest.fixture
def matter(world: World) -> BoardMatter:
    """A proposed rejection, open to objections."""
    request = world.published_request(world.validated(others=()), "validator")
    world.under_review(request)
    return world.proposed(request, "reject", "Not additional.")


def url_of(matter: BoardMatter, name: str) -> str:
    return reverse(f"cdm:{name}", args=[matter.pk])


def moving(matter: BoardMatter, move: str) -> str:
    return reverse("cdm:move", args=["board_matter", matter.pk, move])


def test_a_member_finds_what_needs_a_decision_within_two_clicks(visit: Visit, matter: BoardMatter) -> None:
    home = visit("member 2").get("/")
    assert "Before the Board" in words(home)
    # one click: it is on the first page after signing in
    assert f'href="{matter.get_absolute_url()}"' in home.content.decode()
    page = visit("member 2").get(matter.get_absolute_url())
    assert "Not additional." in words(page)
    # two: the button of the decision itself
    assert moving(matter, "object") in page.content.decode()
    assert "To be decided" in words(visit("member 2").get("/board/"))


def test_a_member_with_a_conflict_is_not_shown_it(world: World, visit: Visit, matter: BoardMatter) -> None:
    people.record_conflict(
        user=world.people["member 2"],
        project=matter.project,
        reason="Advised it.",
        by=world.people["member 2"],
        at=world.at,
    )
    assert matter.get_absolute_url() not in visit("member 2").get("/").content.decode()
    assert "recorded conflict of interest" in words(visit("member 2").get("/board/"))
    answer = visit("member 2").post(moving(matter, "object"), {"note": "No."})
    assert answer.status_code == 403
    assert "recorded conflict of interest" in words(answer)
    assert visit("member 2").post(url_of(matter, "vote"), {"choice": "against"}).status_code == 403


def test_the_public_reads_a_decision_when_it_is_one(world: World, visit: Visit, matter: BoardMatter) -> None:
    before = words(visit("").get(matter.get_absolute_url()))
    assert "open to objections" in before
    assert "Not additional." not in before
    assert "As follows." not in before
    world.on(f"{world.at.date() + dt.timedelta(days=20)}")
    after = words(visit("").get(matter.get_absolute_url()))
    assert "Not additional." in after
    assert "No member objected" in after
    assert "As follows." not in after


def test_from_an_objection_to_the_vote_by_the_pages(world: World, visit: Visit, matter: BoardMatter) -> None:
    visit("member 2").post(moving(matter, "object"), {"note": "The barrier is shown."})
    day = world.at.date() + dt.timedelta(days=14)
    convene = reverse("cdm:convene_meeting")
    waits = "Waits for the next meeting: none that can take it is convened yet"
    for who, address in (("secretary", matter.get_absolute_url()), ("member 3", reverse("cdm:board"))):
        assert waits in words(visit(who).get(address))
    assert convene in visit("secretary").get(matter.get_absolute_url()).content.decode()
    assert "Convene the meeting of the Board that decides it" in words(visit("secretary").get("/tasks/"))
    dates = {
        f"{name}_{part}": value
        for name in ("starts_on", "ends_on")
        for part, value in (("day", day.day), ("month", day.month), ("year", day.year))
    }
    assert visit("member 3").post(convene, {"number": "103", "place": "Bonn", **dates}).status_code == 403
    page = visit("secretary").post(convene, {"number": "103", "place": "Bonn", **dates}, follow=True)
    assert "EB 103 is convened" in words(page)
    meeting = Meeting.objects.get()
    world.on(f"{day}")
    assert "Review of the request for registration" in words(visit("").get(meeting.get_absolute_url()))
    for number in (1, 2, 4, 5, 6, 8):
        office = world.office(f"member {number}")
        visit("secretary").post(reverse("cdm:enter_attendance", args=[meeting.pk, office.pk]))
    chair = visit("member 3")
    open_it = reverse("cdm:open_meeting", args=[meeting.pk])
    refused = chair.post(open_it, {})
    assert refused.status_code == 422
    assert "Member 1 presides" in words(refused)
    chair.post(reverse("cdm:attend_meeting", args=[meeting.pk]), {})
    assert "The meeting is open." in words(chair.post(open_it, {}, follow=True))
    assert "There is a quorum." in words(visit("").get(meeting.get_absolute_url()))
    chair.post(url_of(matter, "put_motion"), {"outcome": "approve", "reasons": "Shown after all."})
    for number in (1, 2, 3, 4, 5, 6):
        visit(f"member {number}").post(url_of(matter, "vote"), {"choice": "in_favour"})
    refused = visit("alternate 2").post(url_of(matter, "vote"), {"choice": "against"})
    assert refused.status_code == 422
    visit("member 8").post(url_of(matter, "vote"), {"choice": "against"})
    assert Vote.objects.count() == 7
    page = words(chair.get(matter.get_absolute_url()))
    assert "6 in favour, 1 against, 0 abstaining, of 7 who may vote. 6 in favour carry." in page
    matter.refresh_from_db()
    answer = chair.post(moving(matter, "adopt_by_vote"), {"expected_version": matter.version}, follow=True)
    assert answer.status_code == 200
    matter.refresh_from_db()
    assert (matter.state, matter.outcome) == ("decided", "approve")
    chair.post(reverse("cdm:close_meeting", args=[meeting.pk]), {})
    assert "Approve" in words(visit("").get(meeting.get_absolute_url()))


def test_an_expert_finds_the_task_and_assesses(world: World, visit: Visit) -> None:
    request = world.published_request(world.validated(others=()), "validator")
    matter = world.under_review(request)
    expert = world.expert_of(matter)
    who = next(name for name, user in world.people.items() if user == expert)
    assert matter.get_absolute_url() in visit(who).get("/").content.decode()
    assert url_of(matter, "assess") in visit(who).get(matter.get_absolute_url()).content.decode()
    assert visit("developer").get(url_of(matter, "assess")).status_code == 403
    empty = visit(who).post(url_of(matter, "assess"), {"recommendation": "approve", "text": ""})
    assert empty.status_code == 422
    assert not Assessment.objects.exists()
    visit(who).post(url_of(matter, "assess"), {"recommendation": "approve", "text": "Shown."})
    assert Assessment.objects.get().side == "expert"


def test_members_are_entered_sworn_in_and_elected(world: World, visit: Visit) -> None:
    world.seat("newcomer", "African Group", Kind.EXPERTS)
    secretary, url = visit("secretary"), reverse("cdm:enter_member")
    given = {
        "user": world.people["newcomer"].pk,
        "constituency": "african",
        "group": "non_annex_i",
        "starts_on_day": "1",
        "starts_on_month": "6",
        "starts_on_year": "2019",
    }
    assert visit("member 1").post(url, given).status_code == 403
    refused = secretary.post(url, given)
    assert refused.status_code == 422
    assert "Say whom the new one succeeds." in words(refused)
    page = secretary.post(url, {**given, "succeeds": world.office("member 1").pk}, follow=True)
    assert "Newcomer is entered. The duties begin with the oath." in words(page)
    came = Membership.objects.get(user=world.people["newcomer"])
    assert "Oath not made yet" in words(visit("").get("/board/members/"))
    oath = reverse("cdm:record_oath", args=[came.pk])
    secretary.post(oath, {"on_day": "2", "on_month": "6", "on_year": "2019"})
    elect = reverse("cdm:elect_chair")
    refused = secretary.post(
        elect,
        {"year": "2019", "chair": world.office("member 3").pk, "vice_chair": world.office("member 5").pk},
    )
    assert "different groups" in words(refused)
    secretary.post(elect, {"year": "2019", "chair": world.office("member 5").pk, "vice_chair": came.pk})
    assert BoardOffice.objects.get(year=2019, office="vice_chair").membership == came
    page = words(visit("").get("/board/members/"))
    assert re.search(r"Newcomer Vice-chair. Oath 2 June 2019", page)
    secretary.post(reverse("cdm:end_membership", args=[world.office("member 2").pk]), {"reason": "Resigned."})
    assert "9 of 10 places are taken." in words(visit("").get("/board/members/"))
