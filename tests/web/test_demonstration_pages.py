"""One-click sign-in and the clock control: what they do in the demonstration, and that they exist nowhere else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from pytest_django import Settings

from cdm import clock
from tests.given import World, instant
from tests.web.reading import words

pytestmark = pytest.mark.django_db
PEOPLE = "/demonstration/people/"
CLOCK = "/demonstration/clock/"


@pytest.fixture
def cast(db: None) -> World:
    """A cast whose clock is the real one: here the clock itself is moved."""
    return World()


@pytest.fixture
def demonstration(settings: Settings, cast: World) -> World:
    settings.DEMONSTRATION = True
    settings.ONE_CLICK_SIGN_IN = True
    clock.start(instant("2019-06-03 09:00"))
    return cast


def test_outside_the_demonstration_neither_page_exists(
    client: Client, cast: World, settings: Settings
) -> None:
    user = cast.people["developer"]
    for one_click in (False, True):
        settings.ONE_CLICK_SIGN_IN = one_click
        for url in (PEOPLE, CLOCK):
            assert client.get(url).status_code == 404
            assert client.post(url, {"person": str(user.pk), "how": "days", "days": "5"}).status_code == 404
        html = client.get("/accounts/login/").content.decode()
        assert "demonstration" not in html.lower()
        assert user.name not in html
    assert "_auth_user_id" not in client.session
    client.force_login(user)
    assert client.get(CLOCK).status_code == 404


def test_without_one_click_sign_in_people_sign_in_with_passwords(
    client: Client, demonstration: World, settings: Settings
) -> None:
    settings.ONE_CLICK_SIGN_IN = False
    assert client.get(PEOPLE).status_code == 404
    assert client.post(PEOPLE, {"person": "1"}).status_code == 404
    assert "No password is needed" not in words(client.get("/accounts/login/"))
    assert client.get(CLOCK).status_code == 200


def test_one_click_signs_in(client: Client, demonstration: World) -> None:
    user = demonstration.people["dna BR"]
    for url in (PEOPLE, "/accounts/login/"):
        page = words(client.get(url))
        assert "No password is needed." in page
        assert f"Sign in as {user.name} Designated national authority DNA of BR" in page
    answer = client.post(PEOPLE, {"person": str(user.pk)}, follow=True)
    assert answer.redirect_chain[-1][0] == "/tasks/"
    assert "DNA of BR" in words(answer)


def test_one_click_leads_back_to_where_one_was_but_nowhere_else(client: Client, demonstration: World) -> None:
    user = demonstration.people["secretary"]
    answer = client.post(PEOPLE, {"person": str(user.pk), "next": "/secretariat/"})
    assert answer["Location"] == "/secretariat/"
    answer = client.post(PEOPLE, {"person": str(user.pk), "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/tasks/"


def test_only_those_with_a_seat_are_offered(client: Client, demonstration: World) -> None:
    user = demonstration.people["buyer"]
    user.seats.update(until_on=dt.date(2019, 1, 1))
    for person in (str(user.pk), "0", "", "x", "-1"):
        assert client.post(PEOPLE, {"person": person}).status_code == 404, person
    assert "_auth_user_id" not in client.session


def test_one_click_needs_the_token_of_its_page(demonstration: World) -> None:
    client = Client(enforce_csrf_checks=True)
    person = str(demonstration.people["buyer"].pk)
    assert client.post(PEOPLE, {"person": person}).status_code == 403
    assert client.post(CLOCK, {"how": "days", "days": "5"}).status_code == 403


def test_the_clock_moves_by_days_and_windows_close_on_the_way(client: Client, demonstration: World) -> None:
    demonstration.at = clock.now()
    project = demonstration.published(others=())
    page = words(client.get(CLOCK))
    assert "It is 3 June 2019" in page
    assert "Comments: the last day is 2 July 2019." in page  # 30 days, 3 June being the first
    answer = client.post(CLOCK, {"how": "days", "days": "29"}, follow=True)
    assert "It is now 2 July 2019" in words(answer)
    project.refresh_from_db()
    assert project.state == "open_for_comments"
    client.post(CLOCK, {"how": "days", "days": "1"})
    project.refresh_from_db()
    assert project.state == "in_validation"


def test_the_clock_moves_past_the_next_deadline(client: Client, demonstration: World) -> None:
    demonstration.at = clock.now()
    project = demonstration.published(others=())
    answer = client.post(CLOCK, {"how": "deadline"}, follow=True)
    assert "It is now 3 July 2019, 00:00 UTC" in words(answer)
    project.refresh_from_db()
    assert project.state == "in_validation"
    page = words(client.get(CLOCK))
    assert "No window is open." in page
    assert "To the next deadline" not in page
    assert client.post(CLOCK, {"how": "deadline"}).status_code == 422


def test_the_clock_moves_to_a_day_and_never_back(client: Client, demonstration: World) -> None:
    def to(day: str) -> dict[str, str]:
        year, month, number = day.split("-")
        return {"how": "day", "to_year": year, "to_month": month, "to_day": number}

    client.post(CLOCK, to("2021-03-01"))
    assert clock.today() == dt.date(2021, 3, 1)
    for sent, sentence in (
        (to("2019-06-03"), "never goes back"),
        (to("2021-03-01"), "It is 1 March 2021 already. Choose a later day."),
        (to("2021-02-30"), "Day must be a real date."),
        ({"how": "day"}, "Enter the day."),
        ({"how": "days", "days": "0"}, "Days must be 1 or more."),
        ({"how": "days", "days": "5000"}, "Days must be 3,653 or less."),
        ({"how": "days", "days": "-3"}, "Days must be 1 or more."),
        ({"how": "days", "days": ""}, "Enter the days."),
    ):
        answer = client.post(CLOCK, sent)
        assert answer.status_code == 422, sent
        assert sentence in words(answer), (sent, words(answer))
    assert client.post(CLOCK, {"how": "magic"}).status_code == 422
    assert clock.today() == dt.date(2021, 3, 1)


def test_the_clock_shows_only_windows_the_reader_may_see(client: Client, demonstration: World) -> None:
    demonstration.at = clock.now()
    project = demonstration.validated(others=(), title="A project under validation")
    demonstration.submitted_request(project, "validator")
    hidden = demonstration.submitted(others=(), title="Hidden from the public")
    assert hidden.title not in words(client.get(CLOCK))
    assert project.title in words(client.get(CLOCK))
