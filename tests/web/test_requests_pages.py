"""Requests to the Board on the web: the public list, one request, its review, and the desks that decide."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cdm.acts import people
from cdm.models import BoardRequest, Project, ReviewReply, ReviewRequest
from tests.given import World
from tests.web.reading import count, standing, words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]
GROUND = "The project activity is not shown to be additional"


@pytest.fixture
def published(world: World) -> BoardRequest:
    """A request for registration whose window is open, in June 2019."""
    return world.published_request(world.validated(others=()), "validator")


def review_url(request: BoardRequest) -> str:
    return reverse("cdm:request_review", args=[request.pk])


def reasoned(**changed: object) -> dict[str, object]:
    return {"grounds": ["additionality"], "reasons": "The barrier is not shown.", **changed}


# --- preparing -----------------------------------------------------------------------------------------------


def test_the_doe_prepares_a_request_once(world: World, visit: Visit) -> None:
    project = world.validated(others=())
    url = reverse("cdm:prepare_registration", args=[project.pk])
    assert "Nothing is sent to the secretariat until you submit it." in words(visit("validator").get(url))
    for who in ("developer", "secretary", "dna BR"):
        answer = visit(who).post(url)
        assert answer.status_code == 403, who
        assert "Only the designated operational entity engaged for it can do this." in words(answer)
    assert visit("").post(url).status_code == 302
    assert count(BoardRequest) == 0
    answer = visit("validator").post(url, follow=True)
    assert "Request for registration is being prepared." in words(answer)
    again = visit("validator").post(url)
    assert again.status_code == 409
    assert "There is a request for registration already. Complete that one." in words(again)
    assert count(BoardRequest) == 1


def test_a_request_is_not_prepared_before_its_time(world: World, visit: Visit) -> None:
    project = world.published()
    answer = visit("validator").post(reverse("cdm:prepare_registration", args=[project.pk]))
    assert answer.status_code == 409
    assert "it is in the state “Open for comments”" in words(answer)


def test_a_request_being_prepared_is_hidden_from_the_public(world: World, visit: Visit) -> None:
    request = world.request_for(world.validated(others=()), "validator")
    assert visit("").get(request.get_absolute_url()).status_code == 404
    assert visit("validator").get(request.get_absolute_url()).status_code == 200
    assert visit("developer").get(request.get_absolute_url()).status_code == 200


# --- one request ---------------------------------------------------------------------------------------------


def test_a_request_says_by_which_rules_it_is_judged_and_until_when_review_is_asked(
    world: World, visit: Visit, published: BoardRequest
) -> None:
    answer = visit("").get(published.get_absolute_url())
    page = words(answer)
    assert "Project cycle procedure of 1 January 2019" in page
    assert reverse("cdm:rule_set", args=["project-cycle-2019"]) in answer.content.decode()
    assert "Published: open for requests for review" in page
    assert "UNFCCC: Requesting registration, issuance or approval" in page
    # 28 days, the day of publication being the first
    assert published.published_on is not None
    assert "24:00 GMT" in page
    assert "Completeness check: passed" in page
    assert "Information and reporting check: passed" in page
    assert "Registration fee" in page
    assert "What you can do now" not in page


def test_a_returned_request_says_why(world: World, visit: Visit) -> None:
    request = world.submitted_request(world.validated(others=()), "validator")
    world.do(
        request, "return", "secretary", sections=["d", "letters"], reasons="The barrier analysis is cut off."
    )
    page = words(visit("").get(request.get_absolute_url()))
    assert "Completeness check: returned" in page
    assert "(d) Additionality" in page
    assert "Letters of approval" in page
    assert "The barrier analysis is cut off." in page


def test_the_fee_of_2004_is_shown_with_its_working(world: World, visit: Visit) -> None:
    world.on("2004-06-01")
    project = world.validated(crediting_from="2004-07-01", others=())
    request = world.submitted_request(project, "validator")
    page = words(visit("").get(request.get_absolute_url()))
    assert "Amount due USD 30,000" in page
    assert "USD 30,000 received on" in page
    assert "REF 1" in page
    assert "2005" in page  # the modalities that judge it


def test_a_registered_request_shows_its_effective_date_and_number(world: World, visit: Visit) -> None:
    project = world.registered(others=())
    page = words(visit("").get(project.requests.get().get_absolute_url()))
    assert "Effective date of registration" in page
    assert "Reference number 0001" in page


# --- review --------------------------------------------------------------------------------------------------


def test_a_party_involved_brings_about_a_review(world: World, visit: Visit, published: BoardRequest) -> None:
    page = words(visit("dna BR").get(review_url(published)))
    assert "One Party involved is enough for a review, or 3 Board members" in page
    assert GROUND in page
    answer = visit("dna BR").post(review_url(published), reasoned(), follow=True)
    assert "Your request for review is on record." in words(answer)
    published.refresh_from_db()
    assert published.state == "review_requested"
    page = words(visit("").get(published.get_absolute_url()))
    assert "Party involved: Brazil" in page
    assert GROUND in page
    assert "The barrier is not shown." in page


def test_three_members_bring_about_a_review_and_none_asks_twice(
    world: World, visit: Visit, published: BoardRequest
) -> None:
    for number in (1, 2):
        visit(f"member {number}").post(review_url(published), reasoned())
    published.refresh_from_db()
    assert published.state == "published"
    again = visit("member 1").post(review_url(published), reasoned())
    assert again.status_code == 422
    assert "You have asked for a review already." in words(again)
    assert "Ask for a review" not in words(visit("member 1").get(published.get_absolute_url()))
    visit("member 3").post(review_url(published), reasoned())
    published.refresh_from_db()
    assert published.state == "review_requested"
    assert visit("member 4").post(review_url(published), reasoned()).status_code == 409


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"grounds": []}, "Select at least one of the grounds."),
        ({"grounds": ["weather"]}, "select one of the choices in the list"),
        ({"reasons": "  "}, "Enter the reasons."),
    ],
)
def test_a_review_needs_permitted_grounds_and_reasons(
    visit: Visit, published: BoardRequest, changed: dict[str, object], sentence: str
) -> None:
    before = standing(published)
    answer = visit("dna BR").post(review_url(published), reasoned(**changed))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert standing(published) == before
    assert count(ReviewRequest) == 0


def test_only_parties_involved_and_members_ask(visit: Visit, published: BoardRequest) -> None:
    before = standing(published)
    for who in ("dna UG", "developer", "validator", "secretary", "administrator"):
        answer = visit(who).post(review_url(published), reasoned())
        assert answer.status_code == 403, who
        assert (
            "Only the designated national authority of the Party concerned or an Executive Board member"
            in words(answer)
        )
    assert standing(published) == before


def test_a_conflict_of_interest_bars_a_member(world: World, visit: Visit, published: BoardRequest) -> None:
    member = world.people["member 1"]
    people.record_conflict(
        user=member, project=published.project, reason="Advised it", by=member, at=world.at
    )
    answer = visit("member 1").post(review_url(published), reasoned())
    assert answer.status_code == 403
    assert "You have a recorded conflict of interest in this project." in words(answer)
    page = words(visit("member 1").get("/board/"))
    assert "1 request is not shown: you have a recorded conflict of interest." in page
    assert published.project.title not in page
    assert published.project.title in words(visit("member 2").get("/board/"))


def test_the_last_day_counts_and_the_day_after_does_not(
    world: World, visit: Visit, published: BoardRequest
) -> None:
    world.at = world.at.replace(
        year=published.window_last_day.year,
        month=published.window_last_day.month,
        day=published.window_last_day.day,
        hour=23,
        minute=59,
    )
    assert visit("dna BR").get(review_url(published)).status_code == 200
    assert "Last day today" in words(visit("").get(published.get_absolute_url()))
    world.after_window(published)
    answer = visit("dna BR").post(review_url(published), reasoned())
    assert answer.status_code == 409
    assert count(ReviewRequest) == 0


def test_replies_and_the_boards_decision(world: World, visit: Visit, published: BoardRequest) -> None:
    visit("dna BR").post(review_url(published), reasoned())
    url = reverse("cdm:request_reply", args=[published.pk])
    assert visit("secretary").post(url, {"text": "Mine"}).status_code == 403
    assert "Enter the reply." in words(visit("developer").post(url, {"text": ""}))
    assert count(ReviewReply) == 0
    answer = visit("developer").post(url, {"text": "The analysis is in annex 3."}, follow=True)
    assert "Your reply is on record." in words(answer)
    assert visit("developer").post(url, {"text": "Again"}).status_code == 422
    visit("validator").post(url, {"text": "We saw the analysis on site."})
    published.refresh_from_db()
    assert published.state == "under_review"
    assert "Being assessed" in words(visit("member 1").get("/board/"))
    world.decided(published, "reject", "Not additional.")
    page = words(visit("").get(published.get_absolute_url()))
    for said in (
        "The analysis is in annex 3.",
        "We saw the analysis on site.",
        "Rejected",
        "Not additional.",
    ):
        assert said in page
    assert Project.objects.get().state == "rejected"


# --- lists and desks -----------------------------------------------------------------------------------------


def test_the_public_list_shows_what_is_public_and_is_narrowed(world: World, visit: Visit) -> None:
    hidden = world.request_for(world.validated(others=(), title="Hidden wind farm"), "validator")
    published = world.published_request(world.validated(others=()), "validator")
    page = words(visit("").get("/requests/"))
    assert "1 request" in page
    assert published.project.title in page
    assert hidden.project.title not in page
    for query, is_there in (
        ("?kind=registration", True),
        ("?kind=issuance", False),
        ("?state=published", True),
        ("?state=review", False),
        ("?words=novagerar", True),
        ("?words=8", False),
        ("?words=%00", True),  # what cannot be read narrows nothing
        ("?kind=nonsense", True),
        ("?page=99", True),
    ):
        answer = visit("").get(f"/requests/{query}")
        assert answer.status_code == 200
        assert (published.get_absolute_url() in answer.content.decode()) is is_there, query


def test_the_queries_of_the_lists_do_not_grow(world: World, visit: Visit, published: BoardRequest) -> None:
    pages = [("", "/requests/"), ("secretary", "/secretariat/"), ("member 1", "/board/"), ("dna BR", "/dna/")]
    clients = {who: visit(who) for who, _ in pages}
    few = {}
    for who, url in pages:
        clients[who].get(url)
        with CaptureQueriesContext(connection) as seen:
            clients[who].get(url)
        few[url] = len(seen)
    for number in range(3):
        world.published_request(world.validated(others=(), title=f"Wind farm {number}"), "validator")
    for who, url in pages:
        with CaptureQueriesContext(connection) as seen:
            answer = clients[who].get(url)
        assert "Wind farm 2" in words(answer), url
        assert len(seen) <= few[url], (url, few[url], len(seen))


@pytest.mark.parametrize(
    ("url", "seat", "holder"),
    [
        ("/secretariat/", "Secretariat", "secretary"),
        ("/board/", "Executive Board member", "member 1"),
        ("/dna/", "Designated national authority", "dna BR"),
    ],
)
def test_a_desk_is_for_its_seat(visit: Visit, url: str, seat: str, holder: str) -> None:
    assert visit(holder).get(url).status_code == 200
    assert visit("").get(url).status_code == 302
    for who in {"secretary", "member 1", "dna BR", "developer", "validator"} - {holder}:
        answer = visit(who).get(url)
        assert answer.status_code == 403
        assert f"This page is for those who hold the seat “{seat}”." in words(answer)


def test_the_secretariat_sees_what_is_due(world: World, visit: Visit) -> None:
    request = world.submitted_request(world.validated(others=()), "validator")
    page = words(visit("secretary").get("/secretariat/"))
    assert "To be checked" in page
    assert "7 days left" in page or "6 days left" in page
    assert request.doe.name in page
    world.on("2019-12-01")
    page = words(visit("secretary").get("/secretariat/"))
    assert "1 Past their target" in page
    assert "days overdue" in page


def test_a_dna_sees_the_pipeline_of_its_party(world: World, visit: Visit) -> None:
    world.on("2004-06-01")
    project = world.registered(started_on="2004-01-15", crediting_from="2004-07-01")
    world.on("2008-01-20")
    world.issued(project, "2004-07-01", "2007-12-31", {1: 67_303})
    asked = world.submitted(title="Salto Santo", others=())
    page = words(visit("dna BR").get("/dna/"))
    assert "Letters to decide on" in page
    assert asked.letters.get().get_absolute_url() in visit("dna BR").get("/dna/").content.decode()
    # eight calendar years of 670,133 t in a crediting period of seven years
    assert "765,866" in page
    assert "67,303" in page  # issued as host
    buyer = words(visit("dna NL").get("/dna/"))
    assert "Party involved" in buyer
    assert "Salto Santo" not in buyer
