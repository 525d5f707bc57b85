"""Reads of the book: balances then and now, holdings, statements, stories."""

import datetime as dt
import itertools

import pytest

from registry import book, queries
from registry.codes import AccountType, UnitType
from registry.serials import BadSerials, SerialRange
from tests.registry import given

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def test_a_balance_at_any_past_instant() -> None:
    account, other = given.holding(), given.holding(holder="Another")
    issuance = given.issued(100, 2).issuance
    given.forwarded(issuance, (account, 60), at=given.AT + DAY)
    book.transfer(source=account, target=other, **given.asked(25, at=given.AT + 2 * DAY))
    book.cancel(source=account, **given.asked(5, at=given.AT + 3 * DAY))
    at = [queries.balance(account, at=given.AT + n * DAY) for n in range(4)]
    assert at == [0, 60, 35, 30]
    assert queries.balance(account, at=given.AT + DAY - dt.timedelta(microseconds=1)) == 0
    assert queries.balance(account) == 30
    assert queries.balance(other) == 25


def test_a_statement_has_a_line_for_each_entry_and_a_running_balance() -> None:
    account, other = given.holding(), given.holding(holder="Another")
    issuance = given.issued(100, 2).issuance
    given.forwarded(issuance, (account, 60), at=given.AT + DAY)
    book.transfer(source=account, target=other, **given.asked(25, at=given.AT + 2 * DAY))
    book.transfer(source=other, target=account, **given.asked(5, at=given.AT + 3 * DAY))
    lines = queries.statement(account)
    assert [(line.units_in, line.units_out, line.balance) for line in lines] == [
        (60, 0, 60),
        (0, 25, 35),
        (5, 0, 40),
    ]
    assert [line.serials for line in lines] == [
        (SerialRange("BR", 3, 62),),
        (SerialRange("BR", 3, 27),),
        (SerialRange("BR", 3, 7),),
    ]
    since = queries.statement(account, since=given.AT + 2 * DAY, until=given.AT + 3 * DAY)
    assert [(line.units_out, line.balance) for line in since] == [(25, 35)]
    assert lines[0].entry.transaction_number.startswith("CDM")


def test_holdings_are_grouped_and_narrowed() -> None:
    account = given.held(100)
    given.issued(50, 1, party="HN", project_number=28, forward_to=[(account, 49)])
    rows = queries.holdings(account=account)
    assert [(r.party, r.project_number, r.unit_type, r.commitment_period, r.units) for r in rows] == [
        ("BR", 8, UnitType.CER, 1, 100),
        ("HN", 28, UnitType.CER, 1, 49),
    ]
    everything = queries.holdings(party="HN")
    assert {(r.account.type, r.units) for r in everything} == {
        (AccountType.HOLDING, 49),
        (AccountType.ADAPTATION_SHARE, 1),
    }
    assert queries.holdings(project_number=28, unit_type=UnitType.TCER) == []


def test_the_story_of_a_serial() -> None:
    account = given.holding()
    issuance = given.issued(100, 2).issuance
    given.forwarded(issuance, (account, 98))
    book.cancel(source=account, **given.asked(None, serials=SerialRange("BR", 50, 59)))
    story = queries.story_of(party="BR", serial=55)
    assert [(step.entry.kind, step.account.type, step.serials.units) for step in story] == [
        ("issuance", "pending", 100),
        ("adaptation_share", "pending", 98),
        ("forwarding", "holding", 98),
        ("cancellation", "voluntary_cancellation", 10),
    ]
    assert [step.spent_by == after.entry for step, after in itertools.pairwise(story)] == [True] * 3
    assert story[-1].spent_by is None
    with pytest.raises(BadSerials, match="never issued"):
        queries.story_of(party="BR", serial=101)


def test_the_issuances_of_a_project() -> None:
    one, two = given.issued(100, 2), given.issued(30, 1)
    given.issued(30, 1, project_number=9)
    found = list(queries.issuances_of(party="BR", project_number=8))
    assert found == [one.issuance, two.issuance]
    assert [(i.quantity, i.deduction.units, queries.waiting(i)) for i in found] == [(100, 2, 98), (30, 1, 29)]
