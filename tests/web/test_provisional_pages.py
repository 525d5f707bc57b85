"""The temporary measures and the transition to the Article 6.4 mechanism on the web, with their refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cdm.models import RiskAcknowledgement, Transition
from tests.given import World
from tests.web.reading import count, standing, words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]
FROM_2021 = {
    "effective_on_day": "1",
    "effective_on_month": "1",
    "effective_on_year": "2021",
    "remarks": "As agreed.",
}


@pytest.mark.rule("2.16-1", "2.16-2")
def test_a_provisional_request_is_acknowledged_and_submitted_and_its_page_says_what_it_means(
    world: World, visit: Visit
) -> None:
    project = world.on("2020-09-01").validated(crediting_from="2021-01-01", others=())
    request = world.on("2021-02-01").request_for(project, "validator")
    submit = reverse("cdm:move", args=["board_request", request.pk, "submit"])
    before = standing(request)
    answer = visit("validator").post(submit, {"note": ""})
    assert answer.status_code == 422
    assert "taken provisionally; the focal point signs CDM-RAA-FORM" in words(answer)
    assert standing(request) == before

    url = reverse("cdm:acknowledge_risk", args=[request.pk])
    assert "Acknowledge the risk of a provisional request" in words(
        visit("developer").get(request.get_absolute_url())
    )
    page = words(visit("developer").get(url))
    assert "It may be rejected in the end" in page
    assert "1 January 2021 to 31 December 2027" in page
    assert visit("validator").post(url).status_code == 403
    assert count(RiskAcknowledgement) == 0
    answer = visit("developer").post(url, follow=True)
    assert "Signed. The DOE can submit the request now." in words(answer)
    assert visit("developer").post(url).status_code == 409
    text = RiskAcknowledgement.objects.get()
    assert "CDM-RAA-FORM" in words(visit("validator").get(text.get_absolute_url()))
    assert visit("").get(text.get_absolute_url()).status_code == 404

    answer = visit("validator").post(submit, {"note": ""}, follow=True)
    assert "Provisional." in words(answer)
    # public with the request, like every paper of it
    assert visit("").get(text.get_absolute_url()).status_code == 200
    request.refresh_from_db()
    if request.state == "awaiting_fee":
        world.pay(request)
    world.do(request, "pass_completeness", "secretary")
    world.do(request, "pass_information", "secretary")
    world.after_window(request)
    page = words(visit("").get(request.get_absolute_url()))
    assert "This request is provisionally approved, pending CMP 16" in page
    assert "No activity is registered and no unit is issued by it." in page
    assert "What becomes of it is for CMP 16 to decide." in page
    assert "2/CMP.16" not in page and "Article 6.4" not in page
    assert "UNFCCC: Provisional" in page
    page = words(visit("").get(project.get_absolute_url()))
    assert "No activity is registered and no unit is issued by it." in page
    assert "UNFCCC: Provisional" in page
    listed = visit("").get(reverse("cdm:projects"), {"status": "Provisional"})
    assert project.title in words(listed)
    for status in ("Requesting Registration", "Registered"):
        assert project.title not in words(visit("").get(reverse("cdm:projects"), {"status": status}))
    found = words(visit("").get(reverse("cdm:requests"), {"state": "provisional"}))
    assert "1 request" in found
    assert "Provisional" in found


def test_a_page_cites_what_was_decided_by_its_day_and_nothing_later(world: World, visit: Visit) -> None:
    """EB 108 met in December 2020; the sixteenth session of the CMP ended on 13 November 2021."""
    project = world.on("2019-06-03").registered(crediting_from="2020-01-01", others=())
    period, measures, closed = reverse("cdm:open_monitoring", args=[project.pk]), "EB 108", "(2/CMP.16)"
    for day, cited in (
        ("2020-12-15", ()),
        ("2020-12-16", (measures,)),
        ("2023-06-29", (measures,)),
        ("2023-06-30", (closed,)),
    ):
        page = words(world.on(day) and visit("developer").get(period))
        assert [one for one in (measures, closed) if one in page] == list(cited), day

    later = world.on("2020-12-17").validated(crediting_from="2021-01-01", others=())
    world.on("2021-02-01").provisional_request(later, "validator")
    for day, is_decided in (("2021-02-02", False), ("2021-11-12", False), ("2021-11-13", True)):
        page = words(world.on(day) and visit("").get(later.get_absolute_url()))
        assert ("Under decision 2/CMP.16 it can only move to the Article 6.4 mechanism" in page) is is_decided
        assert ("CMP.16" in page) is is_decided, day
    assert "Requests can be made from 30 June 2023 on." in page


@pytest.mark.rule("2.16-5")
def test_a_transition_is_requested_approved_and_listed(world: World, visit: Visit) -> None:
    project = world.on("2019-09-01").registered(crediting_from="2020-01-01")
    statement = world.on("2023-06-29").modalities(project, other=("joint", ("developer", "buyer")))
    assert statement.state == "in_force"
    url = reverse("cdm:request_transition", args=[project.pk])
    label = "Request the transition to the Article 6.4 mechanism"
    assert label not in words(visit("developer").get(project.get_absolute_url()))
    answer = visit("developer").post(url, FROM_2021)
    assert answer.status_code == 422
    assert "cannot be requested yet" in words(answer)
    opens = "its process is not in operation. Requests can be made from 30 June 2023 on."
    for who, address in (("developer", url), ("", reverse("cdm:transitions"))):
        page = words(visit(who).get(address))
        assert opens in page
        assert "From which day does the activity leave the CDM?" not in page

    world.on("2023-06-30")
    assert "From which day does the activity leave the CDM?" in words(visit("developer").get(url))
    assert label in words(visit("developer").get(project.get_absolute_url()))
    answer = visit("developer").post(url, {**FROM_2021, "effective_on_year": "2020"})
    assert answer.status_code == 422
    assert "1 January 2021 at the earliest" in words(answer)
    assert count(Transition) == 0
    answer = visit("developer").post(url, FROM_2021, follow=True)
    assert "Signed. Still to sign: Netherlands Clean Development Facility." in words(answer)
    transition = Transition.objects.get()
    assert visit("").get(transition.get_absolute_url()).status_code == 404
    assert "0 transitions" in words(visit("").get(reverse("cdm:transitions")))

    signing = reverse("cdm:sign", args=["transition", transition.pk])
    assert "Effective from 1 January 2021" in words(visit("buyer").get(signing))
    answer = visit("buyer").post(signing, {"content_sha256": transition.content_sha256}, follow=True)
    assert "Requested: awaiting the host Party" in words(answer)
    assert "Approval of the transition by the host Party" in words(answer)
    assert "31 December 2025" in words(visit("developer").get(project.get_absolute_url()))

    approve = reverse("cdm:move", args=["transition", transition.pk, "approve"])
    before = standing(transition)
    assert visit("dna NL").post(approve, {"note": ""}).status_code == 403
    assert standing(transition) == before
    visit("dna BR").post(approve, {"note": ""})
    listed = words(visit("").get(reverse("cdm:transitions")))
    assert "1 transition" in listed
    assert "Approved by the host Party" in listed
    page = words(visit("").get(project.get_absolute_url()))
    assert "no longer one of the CDM from 1 January 2021 on" in page
    assert "De-registered" in page


@pytest.mark.rule("2.16-3", "2.12-2")
def test_the_form_of_the_reductions_says_which_potentials_count(world: World, visit: Visit) -> None:
    project = world.on("2019-09-01").registered(crediting_from="2020-01-01", others=())
    period = world.on("2021-08-02").period(project, "2020-01-01", "2021-06-30", {2: 1_000, 3: 500})
    form = words(visit("developer").get(reverse("cdm:state_amounts", args=[period.pk])))
    assert "Commitment period 2. Whole tonnes, as in the report. CH4 counts 25, N2O 298" in form
    assert "The time after 31 December 2020. Whole tonnes" in form
    assert "CH4 counts 21, N2O 265: EB 108" in form
    page = words(visit("developer").get(period.get_absolute_url()))
    assert "The time after 31 December 2020" in page
    assert "no unit is issued for any part of it" in page
    world.on("2023-06-30")
    page = words(visit("developer").get(period.get_absolute_url()))
    assert "Issuance can no longer be requested for a period that ends after 31 December 2020" in page
