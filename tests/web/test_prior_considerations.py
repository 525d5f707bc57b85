"""Prior consideration on the pages and by the API: the public list, the notice, and who reads what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cdm.models import PriorConsideration
from tests.api.conftest import Program, good
from tests.given import World
from tests.web.reading import count, words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]
LIST = "/prior-considerations/"


def test_notice_is_given_from_the_draft_and_acknowledged(world: World, visit: Visit) -> None:
    project = world.on("2019-07-07").draft(others=(), started_on="2019-01-07")
    address = reverse("cdm:notify_consideration", args=[project.pk])
    assert "Give notice of prior consideration" in words(visit("developer").get(project.get_absolute_url()))
    page = words(visit("developer").get(address))
    assert "within 180 days of the start date" in page
    sent = {
        "host_party": "BR", "location": "Nova Iguaçu", "description": "Gas is burnt.",
        "started_on_day": "7", "started_on_month": "1", "started_on_year": "2019",
    }  # fmt: skip
    # day 181
    answer = visit("developer").post(address, sent)
    assert answer.status_code == 422
    assert "had to be notified by 6 July 2019, within 180 days of its start" in words(answer)
    assert count(PriorConsideration) == 0
    answer = visit("developer").post(address, {**sent, "started_on_day": "8"}, follow=True)
    assert "The host Party's authority and the secretariat have been told." in words(answer)
    notice = PriorConsideration.objects.get()
    # the list is public, the description is not, nor is the draft
    for who in ("", "validator", "buyer"):
        shown = words(visit(who).get(LIST))
        assert "Brazil NovaGerar Landfill Gas to Energy Project Brazil Nova Iguaçu 8 January 2019" in shown, (
            who
        )
        page = words(visit(who).get(notice.get_absolute_url()))
        assert "Gas is burnt." not in page, who
        assert visit(who).get(project.get_absolute_url()).status_code == 404
    for who in ("developer", "dna BR", "secretary"):
        assert "Gas is burnt." in words(visit(who).get(notice.get_absolute_url())), who
    move = reverse("cdm:move", args=["prior_consideration", notice.pk, "acknowledge"])
    assert visit("dna BR").post(move).status_code == 403
    assert visit("secretary").post(move, {"expected_version": notice.version}).status_code == 302
    assert "Acknowledged" in words(visit("").get(LIST))
    assert "No notice answers to this." in words(visit("").get(f"{LIST}?words=hydro"))
    assert "1 notice" in words(visit("").get(f"{LIST}?host=BR"))


def test_the_same_by_programs(world: World) -> None:
    project = world.on("2019-02-04").draft(others=(), started_on="2019-01-07")
    developer, secretary = Program(world, "developer"), Program(world, "secretary")
    body = {
        "host_party": "BR", "location": "Nova Iguaçu", "description": "Gas.", "started_on": "2018-01-07",
    }  # fmt: skip
    address = f"projects/{project.pk}/prior-considerations/"
    refused = developer.post(address, body)
    assert refused.status_code == 422
    assert "had to be notified by 6 July 2018" in refused.content.decode()
    notice = good(developer.post(address, {**body, "started_on": "2019-01-07"}), 201)
    assert (notice["description"], notice["standing"]["state"]) == ("Gas.", "notified")
    assert secretary.post(address, body).status_code == 404
    one = f"prior-considerations/{notice['id']}/"
    assert good(Program(world).get(one))["description"] is None
    assert good(secretary.get(one))["description"] == "Gas."
    (listed,) = good(Program(world).get("prior-considerations/", host_party="BR"))["results"]
    assert (listed["title"], listed["notified_on"]) == (project.title, "2019-02-04")
    moved = good(secretary.post(f"{one}moves/acknowledge/"))
    assert moved["standing"]["state"] == "acknowledged"


def test_the_list_says_what_is_asked_on_its_day(world: World) -> None:
    """EB 48 annex 61: for starts from 2 August 2008 on six months, later 180 days."""
    for day, sentence in (
        ("2008-08-01", "No notice is asked of an activity that starts today"),
        ("2008-08-02", "within 6 months of the start (EB 48 annex 61, paras 2 and 3"),
        ("2019-06-03", "within 180 days of the start"),
    ):
        page = words(world.on(day) and Client().get(reverse("cdm:prior_considerations")))
        assert sentence in page
        assert ("EB 48" in page) is (day > "2008-08-01")
