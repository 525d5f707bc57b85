"""The pages of movements: a preview that writes nothing, a proposal that is one, and a decision that warns first."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cdm import units
from registry import book
from registry.models import Account
from registry.models_movements import Movement
from registry.movements import doors
from registry.movements.doors import Units
from registry.movements.table import KINDS, MovementKind
from tests.given import World
from tests.registry import given

pytestmark = pytest.mark.django_db

LIST = "/registry/movements/"


@pytest.fixture
def people() -> given.People:
    return given.People()


@pytest.fixture
def source(people: given.People) -> Account:
    """1,000 CERs of BR-0008 and 500 of BR-0028, with two representatives."""
    account = given.held(1000)
    given.issued(
        500, 0, project_number=28, share=given.share(0, exemption="a test"), forward_to=[(account, 500)]
    )
    people.represents(account, "first", "second")
    return account


def as_(user: AbstractBaseUser) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(answer: HttpResponse) -> str:
    """The text of the page itself."""
    main = answer.content.decode().partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def start(kind: str, account: Account | None = None) -> str:
    return f"{LIST}propose/{kind}/" + (f"?from={account.identifier}" if account else "")


def hidden(answer: HttpResponse) -> dict[str, str]:
    """What the preview's form would send."""
    form = answer.content.decode().rpartition("<form")[2]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


BASKET = {
    "amount_BR_8_5_1": "1",
    "serials_BR_28_5_1": "1,001-1,010; BR 1021",
    "beneficiary": "Oslo Marathon",
    "purpose": "The race of 2008",
    "reason": "asked by the organiser",
}


def test_from_the_preview_to_the_attestation(people: given.People, source: Account) -> None:
    first, second = as_(people["first"]), as_(people["second"])
    address = start("voluntary_cancellation", source)
    assert "1,000 held" in words(first.get(address))
    before = (given.contents(), Movement.objects.count())

    preview = first.post(address, {**BASKET, "step": "preview"})
    text = words(preview)
    assert preview.status_code == 200
    assert (
        "BR-0008 CER, commitment period 1 1 BR 1 BR-0028 CER, commitment period 1 10 BR 1001-1010 BR-0028"
        in text
    )
    assert "Share of proceeds for adaptation None" in text
    assert "The units can never move again. Nobody can undo this, not the registry either." in text
    assert "Not evaluated 5002 Nobody has approved yet." in text
    assert (given.contents(), Movement.objects.count()) == before, "a preview writes nothing"

    sent = {**hidden(preview), "step": "propose"}
    done = first.post(address, sent)
    again = first.post(address, sent)
    made = Movement.objects.get()
    assert done.status_code == again.status_code == 302
    assert done["Location"] == again["Location"] == f"{LIST}{made.pk}/"

    assert "Awaiting your decision M" in words(second.get(LIST))
    assert "Your own proposals that wait" in words(first.get(LIST))
    page = words(second.get(f"{LIST}{made.pk}/"))
    assert "Serial numbers reserved BR 1, BR 1001-1010, BR 1021" in page
    assert "Units reserved until" in page
    confirm = words(second.get(f"{LIST}{made.pk}/approve/"))
    assert confirm.index("can never move again") < confirm.index("Approve, finally: 12 units")
    assert second.post(f"{LIST}{made.pk}/approve/", {"reason": ""}).status_code == 302

    shown = second.get(f"{LIST}{made.pk}/")
    assert "Serial numbers moved BR 1, BR 1001-1010, BR 1021" in words(shown)
    pdf = re.search(r'href="(/registry/attestations/[^"]+\.pdf)"', shown.content.decode())
    assert pdf is not None
    assert Client().get(pdf[1])["Content-Type"] == "application/pdf"
    assert "Nothing waits for your decision" in words(second.get(LIST))
    # pressed again by who had decided: where it stands now
    assert second.post(f"{LIST}{made.pk}/approve/", {}).status_code == 409


@pytest.mark.parametrize(("act", "who"), [("reject", "second"), ("take-back", "first")])
def test_a_refusal_needs_a_reason_and_frees_the_units(
    people: given.People, source: Account, act: str, who: str
) -> None:
    made = proposed(people["first"], source)
    client, address = as_(people[who]), f"{LIST}{made.pk}/{act}/"
    assert client.get(address).status_code == 200
    without = client.post(address, {"reason": " "})
    assert without.status_code == 422
    assert "Say why: the reason is kept on the record." in words(without)
    assert Movement.objects.get().is_open
    assert client.post(address, {"reason": "A mistake"}).status_code == 302
    assert "A mistake" in words(client.get(f"{LIST}{made.pk}/"))
    assert not Movement.objects.get().is_open


def proposed(by: Any, source: Account, units: int = 100, **other: Any) -> Movement:
    wanted = {
        "kind": MovementKind.VOLUNTARY_CANCELLATION,
        "units": [Units(party="BR", project_number=8, unit_type=5, period=1, quantity=units)],
        "source": source,
        "by": by,
        "at": timezone.now(),
        "reason": "asked for",
        "key": given.key(),
    }
    return doors.propose(**(wanted | other))


def test_a_preview_says_what_fails_and_offers_no_button(people: given.People, source: Account) -> None:
    target = given.holding(holder="Buyer")
    client, address = as_(people["first"]), start("internal_transfer", source)
    asked = {"amount_BR_8_5_1": "1001", "target_identifier": target.identifier, "reason": "sold"}
    page = client.post(address, {**asked, "step": "preview"})
    assert page.status_code == 200
    text = words(page)
    assert "Check 3001: The account" in text and "holds only 1,000 of the 1,001 CERs" in text
    assert "Check 4003: The account" in text and "list of trusted accounts" in text
    assert 'value="propose"' not in page.content.decode()
    # whoever sends it all the same gets it kept with its checks
    kept = client.post(address, {**asked, "step": "propose", "key": "0" * 32})
    assert kept.status_code == 302
    shown = words(client.get(kept["Location"]))
    assert "It did not pass its checks" in shown and "Terminated" in shown
    # changing something keeps what was filled in
    again = client.post(address, {**asked, "step": "change"})
    assert again.status_code == 200
    assert 'value="1001"' in again.content.decode()


def test_units_that_changed_since_the_preview_are_shown_again(people: given.People, source: Account) -> None:
    client, address = as_(people["first"]), start("voluntary_cancellation", source)
    asked = {"amount_BR_8_5_1": "10", "reason": "for the race"}
    page = client.post(address, {**asked, "step": "preview"}).content.decode()
    hidden = dict(re.findall(r'name="(seen|key)" value="([0-9a-f-]+)"', page))
    book.cancel(source=source, **given.asked(7))
    send = {**asked, **hidden, "step": "propose"}
    shown = client.post(address, send)
    assert shown.status_code == 200 and "Other units would be taken now" in words(shown)
    assert not Movement.objects.exists()
    hidden = dict(re.findall(r'name="(seen|key)" value="([0-9a-f-]+)"', shown.content.decode()))
    for _ in range(2):
        assert client.post(address, {**asked, **hidden, "step": "propose"}).status_code == 302
    assert Movement.objects.count() == 1


def test_an_amount_with_a_point_is_not_guessed_at(people: given.People, source: Account) -> None:
    client, address = as_(people["first"]), start("voluntary_cancellation", source)
    page = client.post(address, {"amount_BR_8_5_1": "1.000", "reason": "x", "step": "preview"})
    assert page.status_code == 422 and "Write the amount without a point" in words(page)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "Say how many units are to move, or which"),
        ({"amount_BR_8_5_1": "0"}, "An amount is at least one unit"),
        ({"amount_BR_8_5_1": "1.5"}, "Amount"),
        ({"amount_BR_8_5_1": "5", "serials_BR_8_5_1": "1-5"}, "Give either an amount or serial numbers"),
        ({"serials_BR_8_5_1": "9-1"}, "The last serial 1 lies before the first, 9."),
        ({"serials_BR_8_5_1": "1-5; 4-6"}, "overlap; name each unit once"),
        ({"amount_BR_8_5_1": "5", "target_identifier": "BR-100-1-0-99"}, "BR-100-1-0-99"),
        ({"amount_BR_8_5_1": "5", "target_identifier": ""}, "Enter the identifier of the account"),
        ({"amount_BR_8_5_1": "5", "reason": ""}, "Say why: whoever approves reads it"),
    ],
)
def test_what_is_filled_in_wrong_is_said(
    people: given.People, source: Account, asked: dict[str, str], sentence: str
) -> None:
    target = given.holding(holder="Buyer")
    whole = {"target_identifier": target.identifier, "reason": "sold", **asked, "step": "preview"}
    answer = as_(people["first"]).post(start("internal_transfer", source), whole)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not Movement.objects.exists()


def test_trusted_accounts_are_offered(people: given.People, source: Account) -> None:
    target = given.holding(holder="Buyer")
    people.trusted(source, target)
    client, address = as_(people["first"]), start("internal_transfer", source)
    assert f"{target.identifier}, Buyer" in words(client.get(address))
    asked = {
        "serials_BR_8_5_1": "41-140",
        "target": target.identifier,
        "reason": "sold",
        "step": "preview",
    }
    assert "BR 41-140" in words(client.post(address, asked))


def test_the_administrator_sees_all_and_is_offered_the_other_kinds(
    people: given.People, source: Account
) -> None:
    made = proposed(people["first"], source)
    client = as_(people["administrator"])
    assert f"{made.number}" in words(client.get(LIST))
    chosen = words(client.get(f"{LIST}propose/", {"from": source.identifier}))
    assert "Administrative cancellation" in chosen
    assert "Administrative cancellation" not in words(
        as_(people["first"]).get(f"{LIST}propose/", {"from": source.identifier})
    )
    start_page = words(client.get(f"{LIST}propose/"))
    assert "Arrival from another registry" in start_page and "Reissue after" in start_page
    blocks = {"blocks": "NL-1-1-50-1-1-0-0", "target_identifier": source.identifier, "reason": "sent"}
    arrival = {**blocks, "basis": "Notification 7", "step": "preview"}
    shown = words(client.post(start("arrival"), arrival))
    assert "Another registry" in shown and "NL 1-50" in shown
    for kind, found in (("kind", 1), ("retirement", 0)):
        asked = {"kind": "voluntary_cancellation" if kind == "kind" else kind, "account": source.identifier}
        assert words(client.get(LIST, asked)).count(made.number) == found
    wrong = client.get(LIST, {"account": "BR-1"})
    assert wrong.status_code == 422


def test_a_stranger_and_nobody(people: given.People, source: Account) -> None:
    made = proposed(people["first"], source)
    stranger = as_(people["stranger"])
    assert stranger.get(LIST).status_code == 403
    assert stranger.get(f"{LIST}{made.pk}/").status_code == 404
    assert stranger.post(f"{LIST}{made.pk}/approve/", {}).status_code == 404
    assert stranger.get(start("voluntary_cancellation", source)).status_code == 404
    first = as_(people["first"])
    assert first.get(f"{LIST}{made.pk}/approve/").status_code == 403
    assert first.post(f"{LIST}{made.pk}/approve/", {}).status_code == 403
    assert first.get(start("administrative_cancellation", source)).status_code == 403
    assert first.get(start("forwarding", source)).status_code == 422
    assert first.get(start("gift", source)).status_code == 404
    assert Client().get(LIST).status_code == 302
    assert Movement.objects.get().is_open


def test_a_suspended_account_says_why_not(people: given.People, source: Account) -> None:
    book.suspend_account(account=source, by=None, at=given.AT, reason="phishing")
    sentence = f"The account {source.identifier} is suspended; units neither leave nor enter it."
    client = as_(people["first"])
    assert sentence in words(client.get(f"{LIST}propose/", {"from": source.identifier}))
    refused = client.get(start("voluntary_cancellation", source))
    assert refused.status_code == 422 and sentence in words(refused)
    page = words(as_(people["administrator"]).get(f"{LIST}propose/", {"from": source.identifier}))
    assert sentence in page


def test_the_page_of_an_account_offers_what_its_holder_may_propose(people: given.People) -> None:
    world = World()
    developer = world.organisations["developer"]
    account = given.holding(holder=developer.name, holder_reference=units.reference_of(developer))
    people.represented_by(account, world.people["developer"])
    address = reverse("cdm:registry_account", args=[account.identifier])
    page = as_(world.people["developer"]).get(address)
    assert "Move units Cancel units Other movements" in words(page)
    assert start("voluntary_cancellation", account) in page.content.decode()
    assert f"{LIST}?account={account.identifier}" in page.content.decode()
    book.suspend_account(account=account, by=None, at=given.AT, reason="phishing")
    closed = words(as_(world.people["administrator"]).get(address))
    assert f"The account {account.identifier} is suspended; units neither leave nor enter it." in closed
    assert "Move units" not in closed


def test_the_table_is_public() -> None:
    page = words(Client().get("/registry/movement-kinds/"))
    for row in KINDS.values():
        assert row.kind.label in page
    assert "3002 So many of them are not reserved for another movement." in page
    assert "Awaiting approval Completed another person who approves Approve" in page
