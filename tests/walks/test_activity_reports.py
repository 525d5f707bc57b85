"""3/CMP.1 annex, para 27(g): each entity reports on its activities every year."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cdm.acts import activity_reports
from cdm.models import ActivityReport, Notice
from cdm.workflow.refusals import Denied, Unmet
from tests.given import World

pytestmark = pytest.mark.django_db


def hand_in(
    world: World, year: int, who: str = "validator", text: str = "We validated one project."
) -> ActivityReport:
    return activity_reports.hand_in(
        doe=world.organisations["validator"], year=year, text=text, by=world.people[who], at=world.at
    )


def test_para_27g_an_entity_reports_on_a_year_and_may_correct_it(world: World) -> None:
    world.on("2018-03-01").validated()
    world.on("2019-01-15")
    Notice.objects.all().delete()
    first = hand_in(world, 2018)
    assert first.figures == {
        "engagements_for_validation": 1,
        "engagements_for_verification": 0,
        "positive_validation_opinions": 1,
        "negative_validation_opinions": 0,
        "certifications": 0,
        "negative_verification_opinions": 0,
    }
    told = Notice.objects.filter(sentence="Det Norske Veritas handed in its activity report on 2018")
    assert {"secretary@example.org", "member.1@example.org"} <= set(
        told.values_list("user__email", flat=True)
    )
    second = hand_in(world, 2018, text="We validated one project and began another.")
    assert (second.number, str(second)) == (2, "Report on 2018, correction 1")
    with pytest.raises(Unmet, match="a year that is over: 2018 or an earlier one"):
        hand_in(world, 2019)
    with pytest.raises(Unmet, match="Write the report"):
        hand_in(world, 2018, text=" ")
    for who in ("verifier", "developer", "secretary"):
        with pytest.raises(Denied):
            hand_in(world, 2018, who)
    assert ActivityReport.objects.count() == 2


def test_para_27g_the_report_is_handed_in_and_read_on_the_page(world: World) -> None:
    doe = world.organisations["validator"]
    page, form = (reverse(f"cdm:{name}", args=[doe.pk]) for name in ("entity", "report_activities"))

    def client(who: str) -> Client:
        one = Client()
        if who:
            one.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
        return one

    answer = client("validator").post(
        form, {"year": "2018", "text": "Two complaints were settled."}, follow=True
    )
    assert "Report on 2018 is with the Board." in answer.content.decode()
    for who, sees in (
        ("member 1", True),
        ("secretary", True),
        ("validator", True),
        ("verifier", False),
        ("", False),
    ):
        assert ("Two complaints were settled." in client(who).get(page).content.decode()) is sees, who
    assert client("verifier").get(form).status_code == 404
