"""Who asks: the project tells the registry's pages who may read what the rules do not publish."""

import datetime as dt

import pytest
from django.test import Client

from cdm import units
from cdm.registry_viewer import viewer_of
from registry import book, outside
from registry.stories import PUBLIC
from tests.given import World
from tests.registry import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("who", "reads"),
    [("developer", True), ("administrator", True), ("buyer", False), ("secretary", False), ("", False)],
)
def test_reasons_are_for_the_holder_and_the_administrator(world: World, who: str, reads: bool) -> None:
    developer = world.organisations["developer"]
    account = given.holding(holder=developer.name, holder_reference=units.reference_of(developer))
    given.forwarded(given.issued(100, 2).issuance, (account, 98))
    book.cancel(source=account, **given.asked(10))
    client = Client()
    if who:
        client.force_login(world.people[who])
    page = client.get("/registry/serials/", {"serial": "BR 3"}).content.decode()
    assert ("asked by the holder" in page) is reads
    statement = client.get(f"/registry/statements/{account.identifier}.csv")
    assert statement.status_code == (200 if reads else 404)


def test_who_is_not_signed_in_is_the_public() -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert viewer_of(request) is PUBLIC


def test_para_33_the_registry_asks_the_recorded_list_whether_a_party_is_eligible() -> None:
    """Bulgaria could not acquire units from 28 June 2010 to 3 February 2011; Brazil is not in Annex I."""
    for party, day, expected in (
        ("BG", dt.date(2010, 6, 27), True),
        ("BG", dt.date(2010, 6, 28), False),
        ("BG", dt.date(2011, 2, 3), False),
        ("BG", dt.date(2011, 2, 4), True),
        ("BR", dt.date(2010, 6, 28), True),
        ("XX", dt.date(2010, 6, 28), None),
    ):
        assert outside.is_eligible(party, day) is expected, (party, day)
