"""What comes up, on the start page and the tasks of those whom it concerns: renewals due, the report on a year."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.given import World
from tests.web.reading import words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]
RENEWAL = "Notify the renewal of the crediting period"


@pytest.mark.rule("2.10-1")
def test_a_renewal_comes_up_from_the_first_day_of_its_notice_until_it_is_notified_or_impossible(
    world: World, visit: Visit
) -> None:
    """Credited from 1 January 2012 to 31 December 2018: 270 and 180 days before it, and a year after it (EB 100)."""
    project = world.on("2011-03-01").registered(crediting_from="2012-01-01")
    for day, sentence in (
        ("2018-04-04", ""),
        (
            "2018-04-05",
            "The crediting period ends on 31 December 2018. The renewal is notified in time until 4 July",
        ),
        ("2018-07-04", "is notified in time until 4 July 2018"),
        ("2018-07-05", "The notice comes late now: the days until the renewal takes effect do not count."),
        ("2019-12-31", "ended on 31 December 2018. The notice comes late now"),
        ("2019-12-31", "The renewal is requested by 31 December 2019 at the latest."),
        ("2020-01-01", ""),
    ):
        world.on(day)
        for who in ("developer", "buyer"):
            for page in ("/", "/tasks/"):
                shown = words(visit(who).get(page))
                assert (RENEWAL in shown) is bool(sentence), (day, who, page)
                assert sentence in shown
        for who in ("", "validator", "secretary"):
            assert RENEWAL not in words(visit(who).get("/"))
    world.on("2018-05-02")
    url = reverse("cdm:project_changes", args=[project.pk])
    assert f'href="{url}"' in visit("developer").get("/").content.decode()
    visit("developer").post(reverse("cdm:prepare_renewal", args=[project.pk]))
    shown = words(visit("developer").get("/"))
    assert RENEWAL not in shown and "Complete it and hand it to a DOE" in shown


def test_an_entity_finds_the_report_on_the_last_year_among_its_next_steps_until_it_is_handed_in(
    world: World, visit: Visit
) -> None:
    world.on("2019-03-04")
    label, url = (
        "Report on the activities of 2018",
        reverse("cdm:report_activities", args=[world.organisations["verifier"].pk]),
    )
    pages = ("/", "/tasks/", reverse("cdm:own_entity"))
    for page in pages:
        answer = visit("verifier").get(page)
        assert label in words(answer)
        assert f'href="{url}"' in answer.content.decode()
    assert label not in words(visit("developer").get("/"))
    visit("verifier").post(url, {"year": "2018", "text": "We verified two activities."})
    for page in pages:
        assert label not in words(visit("verifier").get(page))
    assert "Report on the activities of 2019" in words(world.on("2020-01-01") and visit("verifier").get("/"))
