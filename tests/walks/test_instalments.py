"""The administrative share in instalments (CDM-EB96-A11-AMEN, EB 106), with units in proportion (rulebook 3.1, 4.6)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from cdm import money, units
from cdm.models import BoardRequest, Payment, Record, Task
from cdm.workflow import engine
from cdm.workflow.refusals import NotOpen, Unmet
from registry import queries, verify
from tests.given import World

pytestmark = pytest.mark.django_db

# rulebook 3.1: 60,000 units cost 15,000 x 0.10 + 45,000 x 0.20 = USD 10,500; 1,200 of them are for adaptation


def approved(world: World, on: str, quantity: int = 60_000) -> BoardRequest:
    """A project too small for a registration fee; its issuance instructed on `on`, nothing paid yet."""
    project = world.on("2016-03-01").registered(others=(), yearly_t=10_000, crediting_from="2016-07-01")
    before = dt.date.fromisoformat(on) - dt.timedelta(days=60)
    world.on(f"{before}")
    period = world.certified(project, "2016-07-01", "2016-12-31", {2: quantity})
    request = world.published_request(period, "verifier")
    world.after_window(request)
    world.on(on)
    world.do(request, "instruct_issuance", "member 1")
    assert request.state == "awaiting_share_of_proceeds"
    return request


def pays(world: World, request: BoardRequest, amount: str, reference: str = "", **changed: Any) -> None:
    given = {
        "amount_usd": Decimal(amount),
        "paid_on": world.at.date(),
        "bank_reference": reference or f"SOP {Payment.objects.count() + 1}",
    }
    world.do(request, "record_share_of_proceeds", "secretary", **{**given, **changed})


def free(request: BoardRequest) -> int:
    return units.available(request).free


def test_eb_96_three_instalments_make_units_available_in_proportion(world: World) -> None:
    request = approved(world, "2019-06-03")
    pays(world, request, "3500")
    assert request.state == "instructed"
    world.do(request, "issue", "administrator")
    # 60,000 x 3,500 / 10,500 = 20,000 are paid for; 1,200 went to adaptation first
    assert units.available(request) == units.Available(waiting=58_800, paid_for=20_000, free=18_800)
    account = world.account()
    with pytest.raises(Unmet, match="18,801 units are asked for, but 18,800 may be forwarded now"):
        world.forwarding_asked(request, [(account, 2, 18_801)])
    # two requests, each within what is paid for: the second is too much once the first is carried out
    first, second = (world.forwarding_asked(request, [(account, 2, 10_000)]) for _ in range(2))
    world.do(first, "carry_out", "administrator")
    with pytest.raises(Unmet, match="10,000 units are asked for, but 8,800 may be forwarded now"):
        world.do(second, "carry_out", "administrator")
    assert (free(request), queries.balance(account)) == (8_800, 10_000)
    assert Task.objects.filter(subject_id=request.pk, key__startswith="issued", closed_at=None).count() == 2
    # 60,000 x 5,000.01 / 10,500 = 28,571.49: rounded down
    pays(world, request, "1500.01")
    assert (money.units_paid_for(request.invoices.get()), free(request)) == (28_571, 17_371)
    world.do(second, "carry_out", "administrator")
    # the third is the last before EB 106, so it is the remainder
    with pytest.raises(Unmet, match=r"At most 3 instalments .* pay the remaining USD 5,499.99"):
        pays(world, request, "2000")
    pays(world, request, "5499.99")
    assert (request.state, free(request)) == ("issued", 38_800)
    rest = world.forwarding_asked(request, [(account, 2, 38_800)])
    world.do(rest, "carry_out", "administrator")
    assert queries.balance(account) == 58_800
    assert not Task.objects.filter(subject_id=request.pk, closed_at=None).exists()
    with pytest.raises(NotOpen):
        pays(world, request, "1500")
    names = [move.name for move in engine.open_moves(request, by=world.people["secretary"], at=world.at)]
    assert names == []
    assert verify.verify_book().ok


def test_eb_106_any_number_of_instalments(world: World) -> None:
    request = approved(world, "2020-07-01")
    for _ in range(4):
        pays(world, request, "2000")
    assert (request.state, money.units_paid_for(request.invoices.get())) == ("instructed", 45_714)
    pays(world, request, "2500")
    world.do(request, "issue", "administrator")
    assert free(request) == 58_800


def test_the_remainder_may_be_below_usd_1500(world: World) -> None:
    request = approved(world, "2019-06-03")
    pays(world, request, "10000")
    pays(world, request, "500")
    assert request.invoices.get().open_usd == 0


def refused(
    world: World, request: BoardRequest, amount: str, field: str, sentence: str, **changed: Any
) -> None:
    """A payment is not taken, with a sentence at its field, and nothing has changed."""
    before = (request.version, Payment.objects.count(), Record.objects.count())
    with pytest.raises(Unmet, match=sentence) as refusal:
        pays(world, request, amount, **changed)
    assert [problem.field for problem in refusal.value.problems] == [field]
    request.refresh_from_db()
    assert (request.version, Payment.objects.count(), Record.objects.count()) == before
    assert request.state == "awaiting_share_of_proceeds"


def test_eb_96_a_payment_that_is_not_taken_changes_nothing(world: World) -> None:
    request, other = approved(world, "2019-06-03"), approved(world, "2019-06-03", 20_000)
    pays(world, other, "2500", "REF-77")
    refused(world, request, "1499.99", "amount_usd", "at least USD 1,500.00")
    refused(world, request, "10500.01", "amount_usd", "more than the USD 10,500.00")
    refused(world, request, "0.00", "amount_usd", "must be above")
    refused(world, request, "3500", "bank_reference", "already", bank_reference=" ref-77 ")
    refused(world, request, "3500", "bank_reference", "needed", bank_reference=" ")
    tomorrow = world.at.date() + dt.timedelta(days=1)
    refused(world, request, "3500", "paid_on", "in the future", paid_on=tomorrow)


def test_7_cmp_1_para_37_before_eb_96_the_whole_share_in_one_payment(world: World) -> None:
    request = approved(world, "2017-09-21")
    refused(world, request, "3500", "amount_usd", "paid in one payment")
    pays(world, request, "10500")
    assert request.state == "instructed"


def test_7_cmp_1_para_37_nothing_is_issued_on_no_payment_at_all(world: World) -> None:
    request = approved(world, "2019-06-03")
    with pytest.raises(NotOpen):
        world.do(request, "issue", "administrator")
