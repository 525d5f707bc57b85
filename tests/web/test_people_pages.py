"""Organisations, people, seats, accreditations and conflicts of interest on the web, and the next number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cdm import permissions
from cdm.acts import people
from cdm.models import Accreditation, ConflictOfInterest, Organisation, Record, ReferenceNumbers, Seat, User
from cdm.workflow.refusals import Denied
from cdm.workflow.roles import Role
from tests.given import World
from tests.web.reading import count, words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]
KEEPERS = ("administrator", "secretary")
OTHERS = ("developer", "validator", "dna BR", "member 1")


def test_people_are_kept_by_two_seats_only(world: World, visit: Visit) -> None:
    body = world.organisations["developer"]
    person = world.people["developer"]
    seat = person.seats.get()
    addresses = [
        reverse("cdm:people"),
        reverse("cdm:open_organisation"),
        reverse("cdm:add_person"),
        reverse("cdm:organisation", args=[body.pk]),
        reverse("cdm:grant_seat", args=[body.pk]),
        reverse("cdm:person", args=[person.pk]),
        reverse("cdm:record_conflict", args=[person.pk]),
        reverse("cdm:end_seat", args=[seat.pk]),
        reverse("cdm:accredit", args=[world.organisations["validator"].pk]),
    ]
    before = count(Record)
    for url in addresses:
        for who in KEEPERS:
            assert visit(who).get(url).status_code == 200, (url, who)
        for who in OTHERS:
            for answer in (visit(who).get(url), visit(who).post(url, {"reason": "x", "name": "x"})):
                assert answer.status_code == 403, (url, who)
                assert "Only the registry administrator or the secretariat can do this." in words(answer)
        assert visit("").get(url).status_code == 302
    assert count(Record) == before


def test_an_organisation_is_entered(world: World, visit: Visit) -> None:
    url = reverse("cdm:open_organisation")
    sent = {"name": "Ministry of Environment, Chile", "kind": "dna", "party": "CL", "email": ""}
    answer = visit("administrator").post(url, sent, follow=True)
    assert "Ministry of Environment, Chile is entered." in words(answer)
    assert Organisation.objects.get(party="CL").kind == "dna"
    for changed, sentence in (
        ({"name": "Another"}, "This Party has a designated national authority already."),
        ({"name": "Second", "party": ""}, "A designated national authority speaks for a Party."),
        ({"party": "PE"}, "There is an organisation of this name already."),
        ({"name": ""}, "Enter the name."),
        ({"kind": "bank"}, "select one of the choices in the list"),
        ({"email": "nobody"}, "must be an e-mail address"),
    ):
        answer = visit("administrator").post(url, {**sent, **changed})
        assert answer.status_code == 422, changed
        assert sentence in words(answer), changed
    assert Organisation.objects.filter(kind="dna").count() == 5


def test_a_person_is_entered_with_a_first_seat_or_not_at_all(world: World, visit: Visit) -> None:
    url = reverse("cdm:add_person")
    body = world.organisations["validator"]
    sent = {"name": "Ana Ribeiro", "email": "Ana@Example.org", "organisation": str(body.pk)}
    answer = visit("secretary").post(url, sent, follow=True)
    assert "Ana Ribeiro is entered." in words(answer)
    ana = User.objects.get(email="ana@example.org")
    assert permissions.roles_of(ana, world.at) == {Role.DOE}
    assert not ana.has_usable_password()
    before = count(User)
    answer = visit("secretary").post(url, {**sent, "name": "Ana Again"})
    assert answer.status_code == 422
    assert "A person with this e-mail address is entered already." in words(answer)
    assert count(User) == before


def test_a_seat_is_given_and_ended_at_once(world: World, visit: Visit) -> None:
    body = world.organisations["secretary"]
    person = world.people["buyer"]
    url = reverse("cdm:grant_seat", args=[body.pk])
    answer = visit("administrator").post(url, {"user": str(person.pk)}, follow=True)
    assert "Buyer sits for UNFCCC secretariat." in words(answer)
    assert visit("buyer").get("/secretariat/").status_code == 200
    again = visit("administrator").post(url, {"user": str(person.pk)})
    assert again.status_code == 422
    assert "Buyer sits for UNFCCC secretariat already." in words(again)
    seat = Seat.objects.get(user=person, organisation=body)
    ending = reverse("cdm:end_seat", args=[seat.pk])
    assert visit("administrator").post(ending, {"reason": ""}).status_code == 422
    visit("administrator").post(ending, {"reason": "Left the secretariat"})
    assert visit("buyer").get("/secretariat/").status_code == 403
    answer = visit("administrator").post(ending, {"reason": "Again"})
    assert answer.status_code == 409
    assert "This seat has ended already." in words(answer)
    page = words(visit("administrator").get(reverse("cdm:organisation", args=[body.pk])))
    assert "Buyer" in page
    assert "Ended" in page


def test_an_accreditation_is_entered(world: World, visit: Visit) -> None:
    doe = world.organisations["verifier"]
    url = reverse("cdm:accredit", args=[doe.pk])
    sent = {
        "function": "verification",
        "sectoral_scopes": ["1", "16"],
        "from_on_day": "1",
        "from_on_month": "6",
        "from_on_year": "2019",
    }
    before = count(Accreditation)
    late = {"until_on_day": "1", "until_on_month": "5", "until_on_year": "2019"}
    answer = visit("secretary").post(url, {**sent, **late})
    assert answer.status_code == 422
    assert "The accreditation ends before it starts." in words(answer)
    assert "Select at least one of the sectoral scopes." in words(
        visit("secretary").post(url, {**sent, "sectoral_scopes": []})
    )
    assert count(Accreditation) == before
    visit("secretary").post(url, sent)
    assert count(Accreditation) == before + 2
    page = words(visit("secretary").get(reverse("cdm:organisation", args=[doe.pk])))
    assert "16 Carbon capture and storage" in page
    other = reverse("cdm:accredit", args=[world.organisations["developer"].pk])
    assert visit("secretary").get(other).status_code == 404


def test_everybody_records_their_own_conflicts_and_nobody_ends_them_alone(world: World, visit: Visit) -> None:
    project = world.published(others=())
    url = reverse("cdm:own_conflict")
    assert visit("").get(url).status_code == 302
    answer = visit("secretary").post(url, {"reason": "Worked there"})
    assert answer.status_code == 422
    assert "Say with whom or what the conflict is." in words(answer)
    visit("secretary").post(url, {"project": str(project.pk), "reason": "Worked there"})
    conflict = ConflictOfInterest.objects.get()
    assert (conflict.user, conflict.project) == (world.people["secretary"], project)
    assert "Worked there" in words(visit("secretary").get(reverse("cdm:account")))
    assert Role.SECRETARIAT not in permissions.roles_on(world.people["secretary"], project, world.at)
    ending = reverse("cdm:end_conflict", args=[conflict.pk])
    answer = visit("secretary").post(ending, {"reason": "Over"})
    assert answer.status_code == 403
    assert "Nobody ends a conflict of interest of their own. Ask a colleague." in words(answer)
    with pytest.raises(Denied):
        people.end_conflict(conflict, reason="Over", by=world.people["developer"], at=world.at)
    visit("administrator").post(ending, {"reason": "Sold the shares"})
    assert Role.SECRETARIAT in permissions.roles_on(world.people["secretary"], project, world.at)
    assert visit("administrator").post(ending, {"reason": "Again"}).status_code == 409


def test_a_keeper_records_the_conflict_of_another(world: World, visit: Visit) -> None:
    member = world.people["member 1"]
    url = reverse("cdm:record_conflict", args=[member.pk])
    visit("administrator").post(url, {"party": "BR", "reason": "National of Brazil"})
    conflict = ConflictOfInterest.objects.get()
    assert (conflict.user, conflict.party) == (member, "BR")
    assert conflict.recorded_by == world.people["administrator"]
    assert "National of Brazil" in words(visit("member 1").get(reverse("cdm:account")))


def test_the_list_is_narrowed_and_its_queries_do_not_grow(world: World, visit: Visit) -> None:
    client = visit("administrator")
    client.get("/people/")
    with CaptureQueriesContext(connection) as few:
        page = words(client.get("/people/"))
    assert "EcoSecurities" in page
    for number in range(5):
        world.seat(f"extra {number}", f"Extra organisation {number}", Organisation.Kind.PARTICIPANT, "BR")
    with CaptureQueriesContext(connection) as many:
        client.get("/people/")
    assert len(many) <= len(few)
    page = words(client.get("/people/?kind=doe"))
    assert "Det Norske Veritas" in page
    assert "EcoSecurities" not in page
    assert "Extra organisation 3" in words(client.get("/people/?words=extra+3"))
    assert "No organisation answers to this." in words(client.get("/people/?words=nobody+at+all"))
    User.objects.create_user(email="waits@example.org", name="Waits For A Seat")
    assert "Waits For A Seat" in words(client.get("/people/"))


def test_the_next_number_is_set_by_the_secretariat_and_only_raised(world: World, visit: Visit) -> None:
    url = reverse("cdm:reference_number")
    for who in ("administrator", "developer", "member 1"):
        assert visit(who).get(url).status_code == 403
    visit("secretary").post(url, {"number": "1,346", "reason": "As in the real registry"})
    assert ReferenceNumbers.objects.get().next_number == 1346
    for number, sentence in (
        ("8", "The next number is 1346; it can only be raised."),
        ("0", "must be 1 or more"),
        ("-5", "must be 1 or more"),
        ("2.5", "without decimals"),
    ):
        answer = visit("secretary").post(url, {"number": number, "reason": "x"})
        assert answer.status_code == 422
        assert sentence in words(answer)
    assert ReferenceNumbers.objects.get().next_number == 1346
    assert "1346" in words(visit("secretary").get("/secretariat/"))


def test_what_does_not_exist_is_not_found(visit: Visit, world: World) -> None:
    for name in (
        "organisation",
        "person",
        "end_seat",
        "end_conflict",
        "grant_seat",
        "record_conflict",
        "accredit",
    ):
        assert visit("administrator").get(reverse(f"cdm:{name}", args=[999_999])).status_code == 404, name
