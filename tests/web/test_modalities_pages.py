"""Modalities, signatures, participants and the lists of para 34 on the web, with their refusals."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cdm.models import ForwardingRequest, ModalitiesStatement, Organisation, ParticipantChange, Signature
from tests.given import World
from tests.web.reading import count, standing, words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]


def sent(world: World, **scopes: tuple[str, tuple[str, ...]]) -> dict[str, object]:
    """The form of a statement: the developer alone where nothing else is said."""
    form: dict[str, object] = {}
    for scope in ("forwarding", "participants", "other"):
        held, names = scopes.get(scope, ("sole", ("developer",)))
        form[f"{scope}_held"] = held
        form[f"{scope}_focal_points"] = [str(world.organisations[who].pk) for who in names]
    return form


def test_a_statement_is_stated_changed_and_signed_on_the_pages(world: World, visit: Visit) -> None:
    project = world.on("2019-03-04").submitted()
    url = reverse("cdm:state_modalities", args=[project.pk])
    assert "Form in use: CDM-MOC-FORM" in words(visit("developer").get(url))
    answer = visit("developer").post(url, sent(world, forwarding=("sole", ("developer", "buyer"))))
    assert answer.status_code == 422
    assert "a scope held solely has one focal point" in words(answer)
    assert count(ModalitiesStatement) == 0
    answer = visit("developer").post(
        url, sent(world, forwarding=("joint", ("developer", "buyer"))), follow=True
    )
    assert "Still to sign: Netherlands Clean Development Facility." in words(answer)
    statement = ModalitiesStatement.objects.get()

    # the fund has the page open while the developer changes the text
    signing = reverse("cdm:sign", args=["modalities_statement", statement.pk])
    page = visit("buyer").get(signing)
    assert "You sign for Netherlands Clean Development Facility." in words(page)
    found = re.search(r'name="content_sha256" value="([0-9a-f]{64})"', page.content.decode())
    assert found is not None
    change = reverse("cdm:change_modalities", args=[statement.pk])
    visit("developer").post(change, {**sent(world), "reason": "Only we."})
    before = (standing(statement), count(Signature))
    answer = visit("buyer").post(signing, {"content_sha256": found[1]})
    assert answer.status_code == 422
    assert "The text was changed after you opened it" in words(answer)
    assert (standing(statement), count(Signature)) == before
    assert visit("verifier").post(signing, {"content_sha256": found[1]}).status_code in (403, 404)

    statement.refresh_from_db()
    answer = visit("buyer").post(signing, {"content_sha256": statement.content_sha256}, follow=True)
    assert "Signed for Netherlands Clean Development Facility." in words(answer)
    page = words(visit("buyer").get(statement.get_absolute_url()))
    assert "In force" in page and "Void: Only we." in page
    # a participant signs for itself; the history calls nobody a focal point for that
    assert "Buyer · Signatory of Netherlands Clean Development Facility" in page
    assert "Developer · Signatory of EcoSecurities" in page and "· Focal point" not in page
    page = words(visit("developer").get(reverse("cdm:project_participants", args=[project.pk])))
    assert "Who speaks for them" in page and "Cannot receive" in page


def test_a_participant_is_added_from_the_form_once_its_party_authorises_it(
    world: World, visit: Visit
) -> None:
    world.seat("tokyo", "Tokyo Carbon", Organisation.Kind.PARTICIPANT, party="JP")
    world.seat("dna JP", "DNA of JP", Organisation.Kind.DNA, party="JP")
    project = world.on("2019-03-04").registered()
    url = reverse("cdm:ask_participant_change", args=[project.pk, "add"])
    body = str(world.organisations["tokyo"].pk)
    form = {"organisation": body, "party": "JP", "reason": "Buys half."}
    assert visit("buyer").post(url, form).status_code == 403
    assert visit("developer").post(url, {**form, "party": ""}).status_code == 422
    answer = visit("developer").post(url, form, follow=True)
    assert "Still to sign: Tokyo Carbon." in words(answer)
    change = ParticipantChange.objects.get()
    assert "Sign the change of participants" in words(visit("tokyo").get("/tasks/"))
    signing = reverse("cdm:sign", args=["participant_change", change.pk])
    visit("tokyo").post(signing, {"content_sha256": change.content_sha256})
    carrying = reverse("cdm:move", args=["participant_change", change.pk, "carry_out"])
    change.refresh_from_db()
    answer = visit("secretary").post(carrying, {"expected_version": change.version})
    assert answer.status_code == 422
    assert "No standing letter of approval of Japan authorises Tokyo Carbon." in words(answer)

    # within two clicks of signing in the DNA has its pipeline, its letter and what waits for it
    home = visit("dna JP").get("/", follow=True).content.decode()
    assert 'href="/dna/"' in home
    desk = words(visit("dna JP").get("/dna/"))
    assert "National pipeline" in desk and "Decide on the letter of approval" in desk
    assert "Brazil NovaGerar" in desk and "Requested" in desk
    world.approve_added(project, "JP", "tokyo")
    visit("secretary").post(carrying, {"expected_version": change.version})
    page = words(visit("").get(reverse("cdm:project_participants", args=[project.pk])))
    assert "Tokyo Carbon" in page


def test_joint_focal_points_forward_on_the_pages(world: World, visit: Visit) -> None:
    project = world.on("2004-06-01").registered(started_on="2004-01-15", crediting_from="2004-07-01")
    world.on("2009-03-02")
    world.modalities(project, forwarding=("joint", ("developer", "buyer")))
    request = world.issued(project, "2004-07-01", "2007-12-31", {1: 67_303})
    box = f"units_1_{world.account().pk}"
    url = reverse("cdm:ask_forwarding", args=[request.pk])
    answer = visit("developer").post(url, {box: "100"}, follow=True)
    assert "Still to sign: Netherlands Clean Development Facility." in words(answer)
    asked = ForwardingRequest.objects.get()
    change = reverse("cdm:change_forwarding", args=[asked.pk])
    answer = visit("buyer").post(change, {box: "200", "reason": ""})
    assert answer.status_code == 422
    answer = visit("buyer").post(change, {box: "200", "reason": "Twice that."}, follow=True)
    assert "Asked for: 200 units. Still to sign: EcoSecurities." in words(answer)
    asked.refresh_from_db()
    signing = reverse("cdm:sign", args=["forwarding_request", asked.pk])
    assert "200 units of commitment period 1" in words(visit("developer").get(signing))
    visit("developer").post(signing, {"content_sha256": asked.content_sha256})
    asked.refresh_from_db()
    assert (asked.state, asked.quantity) == ("requested", 200)
    page = words(visit("developer").get(asked.get_absolute_url()))
    assert "Developer · Focal point" in page and "Signatory" not in page


def test_who_is_no_focal_point_is_told_who_is(world: World, visit: Visit) -> None:
    project = world.on("2004-06-01").registered(started_on="2004-01-15", crediting_from="2004-07-01")
    world.on("2008-01-20")
    request = world.issued(project, "2004-07-01", "2007-12-31", {1: 67_303})
    url = reverse("cdm:ask_forwarding", args=[request.pk])
    sentence = "Only a focal point for scope (a) asks for forwarding (rulebook 4.3): EcoSecurities."
    assert sentence in words(visit("buyer").get(url))
    box = f"units_1_{world.account().pk}"
    answer = visit("buyer").post(url, {box: "100"})
    assert answer.status_code == 403
    assert sentence in words(answer)
    assert count(ForwardingRequest) == 0


def test_para_34_the_lists_are_public(world: World, visit: Visit) -> None:
    """Greece was not eligible from 17 April to 12 November 2008."""
    none = "None is recorded."
    for day, is_listed in (
        ("2008-04-16", False),
        ("2008-04-17", True),
        ("2008-11-12", True),
        ("2008-11-13", False),
    ):
        page = words(visit("").get("/parties/") if world.on(day) else None)
        assert (none not in page) is is_listed, day
    assert "Brazil" in page


def test_a_focal_point_withdraws_from_its_office_on_the_page(world: World, visit: Visit) -> None:
    project = world.on("2019-03-04").submitted()
    statement = world.modalities(project, other=("shared", ("developer", "buyer")))
    url = reverse("cdm:leave_office", args=[statement.pk])
    shown = visit("buyer").get(statement.get_absolute_url())
    assert url in shown.content.decode()
    assert "This cannot be taken back" in words(visit("buyer").get(url))
    body = world.organisations["buyer"].pk
    answer = visit("buyer").post(url, {"organisation": body, "reason": ""})
    assert answer.status_code == 422
    assert visit("developer").post(url, {"organisation": body, "reason": "Theirs"}).status_code == 422
    answer = visit("buyer").post(url, {"organisation": body, "reason": "The contract ended."}, follow=True)
    assert "Netherlands Clean Development Facility is no focal point any more." in words(answer)
    assert "Netherlands Clean Development Facility (withdrew on 4 March 2019)" in words(answer)
    assert url not in answer.content.decode()


@pytest.mark.rule("2.15-1")
def test_a_de_registration_is_called_so_and_cites_its_own_rule(world: World, visit: Visit) -> None:
    project = world.on("2019-03-04").registered()
    asking = reverse("cdm:ask_participant_change", args=[project.pk, "deregister"])
    assert "voluntary deregistration (rulebook 2.15)" in words(visit("developer").get(asking))
    adding = reverse("cdm:ask_participant_change", args=[project.pk, "add"])
    assert "Rulebook 2.4 (annex 2 of the form)" in words(visit("developer").get(adding))
    change = world.change_asked(project, "deregister", "developer")
    page = words(visit("buyer").get(change.get_absolute_url()))
    assert "De-registration of the project activity, asked for by EcoSecurities" in page
    assert "Sign the de-registration" in page and "change of participants" not in page
    page = words(visit("buyer").get(reverse("cdm:sign", args=["participant_change", change.pk])))
    assert "voluntary deregistration (rulebook 2.15)" in page
    world.sign(change, "buyer")
    for move, who in (("carry_out", "secretary"), ("withdraw", "developer")):
        page = words(visit(who).get(reverse("cdm:move", args=["participant_change", change.pk, move])))
        assert "voluntary deregistration (rulebook 2.15)" in page
        assert "2.4" not in page
