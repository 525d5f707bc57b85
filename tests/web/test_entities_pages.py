"""Operational entities on the pages: the public list, the own desk, an application, a hearing, a replacement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cdm import units
from cdm.models import BoardMatter, EntityAccreditation, ExcessIssuance, Meeting, Organisation
from registry import account_requests, book
from registry.models import Account
from registry.models_accounts import AccountRequest
from tests import entities
from tests.given import World
from tests.web.reading import count, standing, words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]


def move_of(subject: EntityAccreditation | ExcessIssuance | BoardMatter, name: str) -> str:
    return reverse("cdm:move", args=[subject.machine.name, subject.pk, name])


def test_the_public_sees_the_entities_with_scopes_dates_and_states(world: World, visit: Visit) -> None:
    entities.entity(world)
    entities.designated(world)
    entities.entity(world, "applicant", "Third Pole Certification")
    entities.applied(world, "applicant")
    page = words(visit("").get("/entities/"))
    assert "Carbon Check 1, 13 1, 13 3 June 2019 to 2 June 2024" in page
    assert "Accredited and designated" in page
    assert "Third Pole" not in page, "an applicant is not on the list"
    narrowed = words(visit("").get("/entities/", {"function": "verification", "scope": "13"}))
    assert "Carbon Check" in narrowed and "3 entities found" in narrowed
    assert "No entity holds this today" in words(visit("").get("/entities/", {"scope": "16"}))
    doe = world.organisations["entity"]
    one = words(visit("").get(f"/entities/{doe.pk}/"))
    assert "Validation 1, 13 3 June 2019 2 June 2024 Held" in one
    assert "Held today: 1 Energy industries" in one
    assert "Decision 9/CMP.14, 3 June 2019" in one
    applicant = world.organisations["applicant"]
    assert visit("").get(f"/entities/{applicant.pk}/").status_code == 404
    assert visit("secretary").get(f"/entities/{applicant.pk}/").status_code == 200


def test_para_27f_an_entitys_projects_are_a_public_list(world: World, visit: Visit) -> None:
    doe = world.organisations["validator"]
    before = world.submitted(title="Not public yet")
    world.approve(before)
    world.engaged(before)
    page = words(visit("").get(f"/entities/{doe.pk}/"))
    assert "Projects it was engaged for None that is public." in page
    public = world.published(title="Landfill gas of Salvador")
    page = words(visit("").get(f"/entities/{doe.pk}/"))
    assert str(public) in page and "Not public yet" not in page


def test_the_list_asks_no_more_for_more_entities(world: World, visit: Visit) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert visit("").get("/entities/").status_code == 200
        return len(found)

    entities.entity(world)
    entities.designated(world)
    first = asked()
    entities.entity(world, "second", "Second Certification")
    entities.designated(world, "second")
    assert asked() == first


def test_a_doe_sees_what_it_may_take_within_two_clicks_of_signing_in(world: World, visit: Visit) -> None:
    entities.entity(world)
    term = entities.designated(world, functions=("validation",))
    project = world.submitted()
    world.approve(project)
    world.engaged(project, "validation", "entity")
    client = visit("entity")
    first = client.get("/tasks/").content.decode()  # where signing in leads
    assert f'href="{reverse("cdm:own_entity")}"' in first
    page = words(client.get(reverse("cdm:own_entity")))
    for expected in (
        "Validation 1 Energy industries",
        "13 Waste handling and disposal. Until 2 June 2024. Not: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16",
        "Verification and certification Nothing today",
        f"Open engagements Project Function Since With you now {project}",
        "Publish the project design document for comments",
        f"Accreditation {term.pk} Designated UNFCCC: Accredited and designated 3 June 2019 2 June 2024",
    ):
        assert expected in page, expected
    world.do(term, "order_spot_check", "member 1", "Complaints")
    world.do(term, "offer_hearing", "member 1", "No staff")
    page = words(client.get(reverse("cdm:own_entity")))
    assert "Be heard, or decline the hearing" in page and "17 June 2019" in page
    world.do(term, "decline_hearing", "entity")
    page = words(client.get(reverse("cdm:own_entity")))
    assert f"Decision on accreditation {term.pk} of Carbon Check Awaiting the recommendation" in page
    entities.board_decides(world, term, "suspend", "No staff")
    page = words(client.get(reverse("cdm:own_entity")))
    assert "Nothing is held today, so no work may be taken or gone on with." in page
    assert "Open engagements None." in page and "Suspended until the CMP decides" in page
    assert visit("developer").get(reverse("cdm:own_entity")).status_code == 403


def test_an_entity_applies_and_the_board_decides_on_the_pages(world: World, visit: Visit) -> None:
    doe = entities.entity(world)
    url = reverse("cdm:apply_as_entity", args=[doe.pk])
    client = visit("entity")
    refused = client.post(url, {"statement": "All of Appendix A."})
    assert refused.status_code == 422 and "Choose at least one function" in words(refused)
    assert count(EntityAccreditation) == 0
    sent = {"statement": "All of Appendix A.", "validation": ["1", "13"], "verification": ["13"]}
    page = client.post(url, sent, follow=True)
    term = EntityAccreditation.objects.get()
    assert "The application is with the secretariat." in words(page)
    assert "1 Energy industries" in words(page) and "Asked for" in words(page)
    assert visit("").get(term.get_absolute_url()).status_code == 404
    assert visit("verifier").get(term.get_absolute_url()).status_code == 404
    assert visit("verifier").get(url).status_code == 404
    secretary = visit("secretary")
    assert "Take up the application for assessment" in words(secretary.get(term.get_absolute_url()))
    assert secretary.post(move_of(term, "take_up"), {"note": ""}).status_code == 302
    sent = {"standards_are_met": "yes", "assessment": "All is met."}
    assert secretary.post(move_of(term, "record_assessment"), sent).status_code == 302
    before = standing(term)
    for who in ("entity", "member 1"):
        assert visit(who).post(move_of(term, "accredit"), {"note": "Please"}).status_code == 403
    assert standing(term) == before
    matter = entities.matter_of(term)
    assert f'href="{matter.get_absolute_url()}"' in secretary.get("/tasks/").content.decode()
    form = words(secretary.get(move_of(matter, "recommend")))
    assert "Accredit the entity Refuse the accreditation Ask for a further assessment" in form
    assert "Suspend the entity" not in form and "in excess" not in form
    sent = {"outcome": "accredit", "reasons": "As the accreditation panel recommends."}
    assert secretary.post(move_of(matter, "recommend"), sent).status_code == 302
    for who in ("", "verifier"):
        assert visit(who).get(matter.get_absolute_url()).status_code == 404
    # one click from the first page, and the second is the decision itself
    home = visit("member 2").get("/")
    assert f'href="{matter.get_absolute_url()}"' in home.content.decode()
    assert f"Decision on accreditation {term.pk} of Carbon Check" in words(home)
    page = words(visit("member 2").get(matter.get_absolute_url()))
    assert "As the accreditation panel recommends." in page and "Assessment All is met." in page
    assert "Carbon Check On the agenda of a meeting" in words(visit("member 2").get("/board/"))
    meeting = world.meeting(300)
    assert "Accreditation of an operational entity –" in words(visit("").get(meeting.get_absolute_url()))
    assert visit("member 3").post(move_of(matter, "adopt_by_consensus"), {"note": ""}).status_code == 302
    decided = words(visit("").get(matter.get_absolute_url()))
    assert "Decided Accredit the entity, 3 June 2019 Consensus" in decided
    assert "As the accreditation panel recommends." in decided, "a decision is published with its reasons"
    listed = words(visit("").get(f"/entities/{doe.pk}/"))
    assert f"Decision on accreditation {term.pk} of Carbon Check Decided EB 300 3 June 2019" in listed
    public = words(visit("").get(term.get_absolute_url()))
    assert "Accredited and provisionally designated" in public
    assert "All of Appendix A." not in public, "the application is for those who decide on it"
    again = client.get(f"{url}?follows={term.pk}")
    assert "it takes the place of" in words(again) and again.content.decode().count("checked") == 3
    assert client.get(f"{url}?follows=999").status_code == 404


def test_the_board_is_told_on_the_page_that_a_hearing_comes_first(world: World, visit: Visit) -> None:
    entities.entity(world)
    term = entities.designated(world)
    world.do(term, "order_spot_check", "member 1", "Complaints")
    before = standing(term)
    bringing = reverse("cdm:bring_before_board", args=["accreditation", term.pk])
    page = visit("member 1").post(bringing, {"reason": "At once"})
    assert page.status_code == 422
    assert "The entity has had no possibility of a hearing (3/CMP.1 annex, para 21)." in words(page)
    assert standing(term) == before
    matter = entities.matter_of(entities_hearing_over(world, term))
    recommending = visit("secretary").get(move_of(matter, "recommend"))
    assert "Validation: 13 Waste handling and disposal" in words(recommending)
    wrong = {"outcome": "withdraw_scopes", "reasons": "No staff"}
    page = visit("secretary").post(move_of(matter, "recommend"), wrong)
    assert page.status_code == 422 and "Functions and sectoral scopes: this is needed." in words(page)
    sent = {"outcome": "withdraw", "reasons": "No staff"}
    assert visit("secretary").post(move_of(matter, "recommend"), sent).status_code == 302
    world.on("2019-06-04").meeting(300)
    BoardMatter.objects.update(meeting=Meeting.objects.get(number=300))
    # whoever presides puts another text
    text = reverse("cdm:put_motion", args=[matter.pk])
    assert "Validation: 13 Waste handling and disposal" in words(visit("member 3").get(text))
    page = visit("member 3").post(text, {**wrong, "scopes": ["validation:13"]}, follow=True)
    assert "Withdrawn: validation, 13 Waste handling and disposal. It takes effect at once." in words(page)
    assert visit("member 3").post(move_of(matter, "adopt_by_consensus"), {"note": ""}).status_code == 302
    done = words(visit("member 1").get(term.get_absolute_url()))
    assert "Designation withdrawn for some sectoral scopes" in done
    assert "13 Waste handling and disposal 3 June 2019 3 June 2019 Ended" in done


def entities_hearing_over(world: World, term: EntityAccreditation) -> EntityAccreditation:
    world.do(term, "offer_hearing", "member 1", "No staff")
    world.do(term, "decline_hearing", "entity")
    return term


def test_a_list_entered_before_terms_were_kept_is_taken_over(world: World, visit: Visit) -> None:
    doe = world.organisations["validator"]
    client = visit("administrator")
    page = client.get(reverse("cdm:organisation", args=[doe.pk]))
    assert "Take over the accreditations as a term" in words(page)
    assert visit("member 1").post(reverse("cdm:take_over", args=[doe.pk])).status_code == 403
    assert "is entered as designated" in words(
        client.post(reverse("cdm:take_over", args=[doe.pk]), follow=True)
    )
    term = doe.entity_accreditations.get()
    assert (term.state, term.accredited_on, term.scopes.count()) == ("designated", dt.date(2003, 1, 1), 30)


def test_papers_are_not_attached_to_an_accreditation(world: World, visit: Visit) -> None:
    term = entities.taken_over(world, "validator")
    assert visit("validator").get(reverse("cdm:attach", args=["accreditation", term.pk])).status_code == 404


def test_excess_issuance_is_replaced_on_the_pages(world: World, visit: Visit) -> None:
    world.on("2019-01-07")
    project = world.registered(crediting_from="2019-04-01")
    world.on("2020-02-03")
    request = world.issued(project, "2019-04-01", "2019-12-31", {2: 5_000})
    world.do(world.forwarding_asked(request, [(world.account(), 2, 4_900)]), "carry_out", "administrator")
    entities.suspended(world, entities.taken_over(world, "verifier"), "verifier")
    doe: Organisation = world.organisations["verifier"]
    member = visit("member 1")
    assert "Open a review of a report" in words(member.get(f"/entities/{doe.pk}/"))
    sent = {"project": str(project.pk), "reason": "Meters were read twice."}
    assert member.post(reverse("cdm:open_excess_review", args=[doe.pk]), sent).status_code == 302
    excess = ExcessIssuance.objects.get()
    matter = entities.matter_of(excess)
    assert f'href="{matter.get_absolute_url()}"' in member.get(excess.get_absolute_url()).content.decode()
    sent = {"outcome": "determine", "reasons": "Read twice.", "excess": "100"}
    refused = visit("secretary").post(move_of(matter, "recommend"), sent)
    assert refused.status_code == 422 and "possibility of a hearing (para 23): this is needed" in words(
        refused
    )
    sent["participants_could_be_heard"] = "on"
    assert visit("secretary").post(move_of(matter, "recommend"), sent).status_code == 302
    world.meeting(300)
    assert "In excess: 100 units." in words(member.get(matter.get_absolute_url()))
    assert member.post(move_of(matter, "adopt_by_consensus"), {"note": ""}).status_code == 302
    client = visit("verifier")
    page = words(client.get(excess.get_absolute_url()))
    assert "Issued in excess 100 units" in page and "Still due 100 units" in page
    # it cannot open one by itself, and both pages say who does
    opens = (
        "CDM registry administrator opens accounts: one of its people asks for it here, and another approves."
    )
    assert f"None yet. {opens}" in page
    assert f"Your organisation has no account. {opens}" in words(client.get("/registry/accounts/"))
    assert client.get(reverse("cdm:open_account")).status_code == 403
    sent = {"organisation": str(doe.pk), "party": "GB", "reason": "To replace excess issuance"}
    assert visit("administrator").post(reverse("cdm:open_account"), sent).status_code == 302
    asked = AccountRequest.objects.latest("id")
    by = world.people["second administrator"]
    account_requests.approve(request=asked, by=by, at=world.at, reason="As asked.")
    book.transfer(
        source=Account.objects.get(holder="EcoSecurities"),
        target=Account.objects.get(holder=doe.name),
        party="BR", project_number=1, commitment_period=2, quantity=300,
        by=world.people["administrator"], at=world.at, reason="Sold", key="sale",
    )  # fmt: skip
    form = words(client.get(move_of(excess, "cancel_units")))
    assert "300 CERs of BR, project 0001, commitment period 2" in form
    key = next(iter(units.holdings_of(doe)))
    before = standing(excess)
    too_many = client.post(move_of(excess, "cancel_units"), {"holding": key, "quantity": "101"})
    assert too_many.status_code == 422 and "101 units are more than is due" in words(too_many)
    assert standing(excess) == before
    done = client.post(move_of(excess, "cancel_units"), {"holding": key, "quantity": "100"}, follow=True)
    assert "Excess issuance replaced in full" in words(done) and "Cancelled so far 100 units" in words(done)
    public = words(visit("").get(excess.get_absolute_url()))
    assert "Replaced in full" in public and "Its registration is not affected" in public
    assert f"Excess issuance {excess.pk}" in words(visit("").get(f"/entities/{doe.pk}/"))
