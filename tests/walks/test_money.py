"""Advance, calendar year, deferred fee, repayment and the statement of account (rulebook 3.1, 3.2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from cdm import money, statement
from cdm.acts import accounts
from cdm.models import BoardRequest, Project, Refund
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.given import World

pytestmark = pytest.mark.django_db


def ten_projects(world: World, number: int = 10) -> World:
    """Brazil has its ten projects, so the registration fee is not put off."""
    accounts.count_registered_elsewhere(
        party="BR",
        number=number,
        counted_on=dt.date(2015, 1, 1),
        source="UNFCCC project search",
        by=world.people["secretary"],
        at=world.at,
    )
    return world


def account(project: Project) -> statement.Statement:
    return statement.of_project(project, project.requests.all())


def instructed(world: World, project: Project, first: str, last: str, quantity: int) -> BoardRequest:
    """Approved by the Board with its share worked out; nothing paid."""
    request = world.published_request(world.certified(project, first, last, {2: quantity}), "verifier")
    world.after_window(request)
    world.do(request, "instruct_issuance", "member 1")
    return request


def test_3_2_the_advance_is_used_across_years_until_nothing_is_left(world: World) -> None:
    """100,000 t a year: USD 18,500 in advance; the first 15,000 units of each year of requests cost USD 0.10."""
    ten_projects(world.on("2016-03-01"))
    project = world.registered(others=(), yearly_t=87_500, crediting_from="2016-07-01")
    assert money.prepaid(project) == 18_500
    expected = [
        # (today, days monitored, units, tariff, from the advance, to pay, left)
        ("2018-02-01", "2016-07-01", "2016-12-31", 40_000, "6500", "6500", "0", "12000"),
        # the same calendar year: all of it at USD 0.20
        ("2018-08-01", "2017-01-01", "2017-06-30", 50_000, "10000", "10000", "0", "2000"),
        # another year: 1,500 + 5,000, and the advance runs out
        ("2019-02-01", "2017-07-01", "2017-12-31", 40_000, "6500", "2000", "4500", "0"),
        ("2019-08-01", "2018-01-01", "2018-06-30", 10_000, "2000", "0", "2000", "0"),
    ]
    for today, first, last, quantity, tariff, used, due, left in expected:
        request = instructed(world.on(today), project, first, last, quantity)
        invoice = request.invoices.get()
        assert (invoice.tariff_usd, invoice.prepaid_used_usd, invoice.due_usd) == (
            Decimal(tariff),
            Decimal(used),
            Decimal(due),
        ), today
        assert money.prepaid(project) == Decimal(left), today
        if request.state == "awaiting_share_of_proceeds":
            world.pay(request, "record_share_of_proceeds")
        world.do(request, "issue", "administrator")
    shown = account(project)
    # 18,500 + 6,500 + 10,000 + 6,500 + 2,000 charged; 18,500 + 4,500 + 2,000 paid, 18,500 set off
    assert (shown.charged_usd, shown.credited_usd) == (43_500, 43_500)
    assert (shown.balance_usd, shown.advance_usd, shown.to_pay_back_usd) == (0, 0, 0)
    assert [line.on for line in shown.lines] == sorted(line.on for line in shown.lines)


def test_2_cmp_5_a_fee_put_off_is_asked_for_after_the_first_issuance_and_is_an_advance_then(
    world: World,
) -> None:
    ten_projects(world.on("2016-03-01"), 9)
    project = world.registered(others=(), yearly_t=87_500, crediting_from="2016-07-01")
    put_off = project.invoices.get()
    assert (put_off.due_usd, put_off.deferred_usd) == (0, 18_500)
    assert account(project).balance_usd == 0
    request = instructed(world.on("2018-02-01"), project, "2016-07-01", "2016-12-31", 20_000)
    world.pay(request, "record_share_of_proceeds")
    assert request.invoices.get().due_usd == 2_500
    world.do(request, "issue", "administrator")
    fee = request.invoices.get(kind="registration_fee")
    assert (fee.due_usd, account(project).balance_usd) == (18_500, 18_500)
    given = {"paid_on": world.at.date(), "bank_reference": "FEE 1"}
    with pytest.raises(Unmet, match=r"USD 18,000.00 is less than the USD 18,500.00 due"):
        world.do(request, "record_fee", "secretary", amount_usd=Decimal(18_000), **given)
    with pytest.raises(Denied):
        world.do(request, "record_fee", "developer", amount_usd=Decimal(18_500), **given)
    world.do(request, "record_fee", "secretary", amount_usd=Decimal(18_500), **given)
    assert (request.state, account(project).balance_usd, money.prepaid(project)) == ("issued", 0, 18_500)
    with pytest.raises(NotOpen):
        world.do(request, "record_fee", "secretary", amount_usd=Decimal(18_500), **given)
    second = instructed(world.on("2018-08-01"), project, "2017-01-01", "2017-06-30", 50_000)
    # USD 0.20 for all of it, from the advance; and the fee is not asked for twice
    assert (second.state, second.invoices.get().prepaid_used_usd) == ("instructed", 10_000)
    world.do(second, "issue", "administrator")
    assert second.invoices.count() == 1


def requested(world: World, yearly_t: int) -> BoardRequest:
    project = ten_projects(world.on("2019-03-04")).validated(others=(), yearly_t=yearly_t)
    return world.published_request(project, "validator")


def rejected(world: World, request: BoardRequest) -> None:
    world.under_review(request)
    world.decided(request, "reject", "Not additional.")


def withdrawn(world: World, request: BoardRequest) -> None:
    world.do(request, "withdraw", "developer", "The plant is not built.")


@pytest.mark.parametrize("end", [rejected, withdrawn])
def test_eb_37_a20_para_7_what_was_paid_above_30_000_is_paid_back(world: World, end: Any) -> None:
    """2,000,000 t a year: USD 350,000 at most; not registered, USD 320,000 of it goes back."""
    request = requested(world, 1_750_000)
    assert request.invoices.get().due_usd == 350_000
    end(world, request)
    refund = Refund.objects.get()
    assert (refund.amount_usd, refund.owed_since) == (320_000, world.at.date())
    assert (account(request.project).balance_usd, account(request.project).to_pay_back_usd) == (
        -320_000,
        320_000,
    )
    assert money.prepaid(request.project) == 0
    given = {"amount_usd": Decimal(320_000), "paid_on": world.at.date(), "bank_reference": "OUT 1"}
    bad = {
        "amount_usd": (Decimal(350_000), "USD 320,000.00 is to be paid back, not USD 350,000.00"),
        "paid_on": (world.at.date() + dt.timedelta(days=1), "in the future"),
    }
    for name, (value, sentence) in bad.items():
        with pytest.raises(Unmet, match=sentence):
            world.do(request, "record_refund", "secretary", **{**given, name: value})
    with pytest.raises(Denied):
        world.do(request, "record_refund", "developer", **given)
    refund.refresh_from_db()
    assert refund.paid_on is None
    state = request.state
    world.do(request, "record_refund", "secretary", **given)
    shown = account(request.project)
    assert (request.state, shown.balance_usd, shown.to_pay_back_usd) == (state, 0, 0)
    with pytest.raises(NotOpen):
        world.do(request, "record_refund", "secretary", **given)


def test_eb_37_a20_para_7_nothing_goes_back_of_30_000_or_less(world: World) -> None:
    request = requested(world, 87_500)
    withdrawn(world, request)
    assert not Refund.objects.exists()
    with pytest.raises(NotOpen):
        world.do(request, "record_refund", "secretary")
    assert account(request.project).balance_usd == 0


def test_a_fee_of_a_withdrawn_request_is_no_longer_asked_for(world: World) -> None:
    project = ten_projects(world.on("2019-03-04")).validated(others=(), yearly_t=87_500)
    request = world.request_for(project, "validator")
    world.do(request, "submit", "validator")
    assert account(project).balance_usd == 18_500
    withdrawn(world, request)
    assert account(project).balance_usd == 0
