"""Rulebook 4.3: representatives and participants are told of number, transaction and serial numbers."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from cdm import post
from cdm.models import BoardRequest, Notice
from registry.models import Entry
from registry.models_accounts import TrustedAccount
from registry.movements import doors
from registry.movements.table import MovementKind
from tests.given import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(world: World) -> BoardRequest:
    """1,000 units of Brazil issued: BR 1-20 for adaptation, BR 21-1000 wait."""
    project = world.on("2017-03-01").registered(crediting_from="2018-01-01")
    world.on("2019-03-01")
    return world.issued(project, "2018-01-01", "2018-12-31", {2: 1_000})


def told(world: World, who: str) -> str:
    """The last notice to the person."""
    return Notice.objects.filter(user=world.people[who]).latest("id").sentence


def test_4_3_what_is_forwarded_is_told_with_transaction_serials_and_amount(
    world: World, issued: BoardRequest
) -> None:
    world.approve(issued.project, "NL")
    ours, fund = world.account(), world.account("buyer", "NL")
    asked = world.forwarding_asked(issued, [(ours, 2, 600), (fund, 2, 380)])
    Notice.objects.all().delete()
    world.do(asked, "carry_out", "administrator")
    entry = Entry.objects.latest("id")
    to_us = f"600 units, from {entry.spent.get().account.identifier}, to {ours.identifier}: serial numbers BR 21-620"
    to_the_fund = f"to {fund.identifier}: serial numbers BR 621-1000"
    for who in ("developer", "buyer"):  # the participants: all of it, and once
        sentence = told(world, who)
        assert f"transaction {entry.transaction_number} of 29 March 2019: " in sentence
        assert to_us in sentence
        assert to_the_fund in sentence
        assert Notice.objects.filter(user=world.people[who]).count() == 1
    # who represents one account hears of what came into that one
    assert to_us in told(world, "second developer")
    assert to_the_fund not in told(world, "second developer")
    assert to_the_fund in told(world, "second buyer")
    assert Notice.objects.count() == 4
    mail.outbox.clear()
    post.send_waiting(at=world.at)
    letters = {letter.to[0]: str(letter.body) for letter in mail.outbox}
    assert "BR 621-1000" in letters["second.buyer@example.org"]
    assert asked.get_absolute_url() in letters["second.buyer@example.org"]


def test_4_3_a_cancellation_and_a_transfer_are_told_to_the_accounts_they_concern(
    world: World, issued: BoardRequest
) -> None:
    world.approve(issued.project, "NL")
    ours, fund = world.account(), world.account("buyer", "NL")
    world.do(world.forwarding_asked(issued, [(ours, 2, 980)]), "carry_out", "administrator")

    TrustedAccount.objects.create(account=ours, trusted=fund, from_at=world.at)

    def moved(kind: MovementKind, units: int, **where: object) -> str:
        number = issued.project.reference_number
        line = doors.Units(party="BR", project_number=number, unit_type=5, period=2, quantity=units)
        movement = doors.propose(
            kind=kind,
            units=[line],
            source=ours, by=world.people["developer"], at=world.at, reason="As agreed", key=f"told:{kind}", **where,
        )  # fmt: skip
        Notice.objects.all().delete()
        doors.approve(movement=movement, by=world.people["second developer"], at=world.at)
        return Entry.objects.latest("id").transaction_number

    number = moved(MovementKind.VOLUNTARY_CANCELLATION, 100, beneficiary="Ana", purpose="Her flights")
    assert Notice.objects.count() == 2
    for who in ("developer", "second developer"):
        assert re.search(
            rf"^Voluntary cancellation M\d+ completed: transaction {number} of 29 March 2019: 100 units, "
            rf"from {ours.identifier}, to CDM-230-\S+: serial numbers BR 21-120$",
            told(world, who),
        )
    number = moved(MovementKind.INTERNAL_TRANSFER, 1, target=fund)
    for who in ("developer", "second developer", "buyer", "second buyer"):
        assert f"transaction {number}" in told(world, who)
        assert told(world, who).endswith(
            f"1 unit, from {ours.identifier}, to {fund.identifier}: serial numbers BR 121"
        )
    assert Notice.objects.count() == 4
