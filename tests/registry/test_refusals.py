"""What the book refuses: each with a sentence a person can act on, and a book that has not changed."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from registry import book, queries
from registry.codes import AccountType, UnitType
from registry.models import Account, Entry, Issuance
from registry.serials import AccountIdentifier, BadSerials, SerialRange
from tests.registry import given

pytestmark = pytest.mark.django_db


def refused(says: str, act: Callable[[], Any], *, kind: type[book.Refused] = book.Refused) -> None:
    """The act is refused with these words and leaves everything as it was."""
    before = given.contents()
    with pytest.raises(kind, match=says) as caught:
        act()
    assert (
        caught.value.sentence[0].isupper()
        or caught.value.sentence[0].isdigit()
        or "“" in caught.value.sentence
    )
    assert caught.value.sentence.endswith(".")
    assert given.contents() == before


@pytest.fixture
def source() -> Account:
    """A holding account with BR 1-1000, and every registry account open."""
    account = given.held(1_000)
    for kind in (AccountType.VOLUNTARY_CANCELLATION, AccountType.ADAPTATION_SHARE):
        book.own_account(kind, at=given.AT)
    return account


@pytest.fixture
def target(source: Account) -> Account:
    return given.holding(holder="Another holder")


BAD_QUANTITIES = [
    (0, "At least one unit"),
    (-5, "At least one unit"),
    (1.5, "whole number"),
    (2.0, "whole number"),
    (float("nan"), "whole number"),
    (float("inf"), "whole number"),
    (Decimal(7), "whole number"),
    ("10", "whole number"),
    (True, "whole number"),
    (10**18, "more than"),
]


@pytest.mark.parametrize(("quantity", "says"), BAD_QUANTITIES)
def test_an_amount_is_a_whole_number_of_units(
    source: Account, target: Account, quantity: Any, says: str
) -> None:
    issuance = given.issued(100, 2).issuance
    refused(says, lambda: book.transfer(source=source, target=target, **given.asked(quantity)))
    refused(says, lambda: book.cancel(source=source, **given.asked(quantity)))
    refused(says, lambda: given.forwarded(issuance, (target, quantity)))
    refused(says, lambda: given.issued(quantity, 0))


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ({"party": "bra"}, "not a Party's code"),
        ({"party": ""}, "not a Party's code"),
        ({"project_number": 0}, "not a project number"),
        ({"project_number": 10_000_000}, "not a project number"),
        ({"unit_type": UnitType.AAU}, "CERs, tCERs and lCERs only"),
        ({"commitment_period": 3}, "no commitment period 3"),
        ({"monitoring_end": dt.date(2004, 6, 1)}, "before it starts"),
        ({"monitoring_end": dt.date(2013, 1, 1)}, "each period's units separately"),
        ({"commitment_period": 2}, "each period's units separately"),
        ({"unit_type": UnitType.TCER}, "needs its expiry date"),
        ({"unit_type": UnitType.LCER}, "needs its expiry date"),
        ({"expires_on": dt.date(2020, 12, 31)}, "does not expire"),
        ({"reason": "  "}, "reason is empty"),
        ({"key": ""}, "key"),
        ({"key": "k" * 121}, "key"),
        ({"share": book.ShareOfProceeds(3, Decimal(2), "rule")}, "is 2, not 3"),
        ({"share": book.ShareOfProceeds(2, Decimal(2), "rule", "exempt")}, "is 0, not 2"),
        ({"share": book.ShareOfProceeds(2, Decimal(2), " ")}, "Name the rule"),
        ({"share": book.ShareOfProceeds(2, Decimal("NaN"), "rule")}, "not a percentage"),
        ({"share": book.ShareOfProceeds(2, Decimal(-2), "rule")}, "not a percentage"),
        ({"share": book.ShareOfProceeds(2, Decimal("2.001"), "rule")}, "two decimals"),
    ],
)
def test_an_issuance_that_does_not_fit(source: Account, extra: dict[str, Any], says: str) -> None:
    refused(says, lambda: given.issued(100, 2, **extra))


def test_no_day_is_issued_for_twice_unless_a_correction_is_recorded(source: Account) -> None:
    days = {"monitoring_start": dt.date(2010, 9, 26), "monitoring_end": dt.date(2012, 3, 27)}
    given.issued(443_588, 8_872, party="CN", project_number=1177, **days)
    again = {"monitoring_start": dt.date(2012, 3, 27), "monitoring_end": dt.date(2012, 3, 28)}
    refused(
        "already issued for 26 September 2010 to 27 March 2012",
        lambda: given.issued(100, 2, party="CN", project_number=1177, **again),
        kind=book.PeriodOverlaps,
    )
    given.issued(100, 2, party="CN", project_number=1178, **again)
    given.issued(100, 2, party="IN", project_number=1177, **again)
    given.issued(100, 2, party="CN", project_number=1177, correction="Reissued: EB 70.", **again)


def test_more_than_there_is(source: Account, target: Account) -> None:
    issuance = given.issued(100, 2).issuance
    refused(
        "only 1000 of the 1001 CERs",
        lambda: book.transfer(source=source, target=target, **given.asked(1_001)),
    )
    refused("only 1000 of", lambda: book.cancel(source=source, **given.asked(1_001)))
    refused("only 98 of this issuance", lambda: given.forwarded(issuance, (target, 99)))
    refused("98 units remain", lambda: given.issued(100, 2, forward_to=[(target, 99)]))
    wanted = SerialRange("BR", 999, 1_001)
    refused(
        "only 2 of the 3 units BR 999-1001",
        lambda: book.cancel(source=source, **given.asked(None, serials=wanted)),
    )


def test_units_of_another_kind_do_not_count(source: Account, target: Account) -> None:
    for extra in (
        {"party": "HN"},
        {"project_number": 9},
        {"commitment_period": 2},
        {"unit_type": UnitType.TCER},
    ):
        asked = given.asked(1, **extra)
        refused("only 0 of", lambda asked=asked: book.transfer(source=source, target=target, **asked))


def test_ranges_reversed_of_another_party_or_named_beside_an_amount(source: Account, target: Account) -> None:
    with pytest.raises(BadSerials, match="before the first"):
        SerialRange("BR", 9, 3)
    run = SerialRange("HN", 1, 5)
    refused("not of the Party BR", lambda: book.cancel(source=source, **given.asked(None, serials=run)))
    run = SerialRange("BR", 1, 5)
    refused("either an amount or a range", lambda: book.cancel(source=source, **given.asked(5, serials=run)))
    refused("either an amount or a range", lambda: book.cancel(source=source, **given.asked(None)))


def test_accounts_that_may_not_take_part(source: Account, target: Account) -> None:
    issuance = given.issued(100, 2).issuance
    pending = book.own_account(AccountType.PENDING, at=given.AT)
    adaptation = book.own_account(AccountType.ADAPTATION_SHARE, at=given.AT)
    cancelled = book.own_account(AccountType.VOLUNTARY_CANCELLATION, at=given.AT)
    refused("in that account already", lambda: book.transfer(source=source, target=source, **given.asked(1)))
    refused(
        "forwarded by their issuance", lambda: book.transfer(source=pending, target=target, **given.asked(1))
    )
    for account in (pending, adaptation, cancelled):
        refused(
            "cannot be transferred",
            lambda a=account: book.transfer(source=source, target=a, **given.asked(1)),
        )
    for account in (pending, cancelled):
        refused("cannot be forwarded", lambda a=account: given.forwarded(issuance, (a, 1)))
    refused("named twice", lambda: given.forwarded(issuance, (target, 1), (target, 2)))
    refused("at least one account", lambda: given.forwarded(issuance))
    refused(
        "not a kind of cancellation",
        lambda: book.cancel(source=source, kind=AccountType.HOLDING, **given.asked(1)),
    )


def test_suspended_and_closed_accounts_stand_still(source: Account, target: Account) -> None:
    issuance = given.issued(100, 2).issuance
    act = {"by": None, "at": given.AT, "reason": "ordered by a court"}
    book.suspend_account(account=target, **act)
    refused("is suspended", lambda: book.transfer(source=source, target=target, **given.asked(1)))
    refused("is suspended", lambda: given.forwarded(issuance, (target, 1)))
    refused("is suspended", lambda: given.issued(100, 2, forward_to=[(target, 1)]))
    refused("is suspended", lambda: book.suspend_account(account=target, **act), kind=book.WrongAccount)
    book.reopen_account(account=target, **act)
    book.suspend_account(account=source, **act)
    refused("is suspended", lambda: book.cancel(source=source, **given.asked(1)), kind=book.AccountNotOpen)
    book.reopen_account(account=source, **act)
    refused("still holds units", lambda: book.close_account(account=source, **act))
    book.transfer(source=source, target=target, **given.asked(1_000))
    book.close_account(account=source, **act)
    refused("is closed", lambda: book.transfer(source=target, target=source, **given.asked(1)))
    refused("is closed", lambda: book.reopen_account(account=source, **act))
    acts = source.records.values_list("act", flat=True)
    assert list(acts) == ["opened", "suspended", "reopened", "closed"]


def test_accounts_are_opened_for_somebody_and_the_registrys_own_are_not() -> None:
    act: dict[str, Any] = {"by": None, "at": given.AT, "reason": "asked for"}
    kind = AccountType.HOLDING
    refused("Name the holder", lambda: book.open_account(type=kind, holder=" ", party="BR", **act))
    refused("not a Party's code", lambda: book.open_account(type=kind, holder="X", party="Brazil", **act))
    refused(
        "reason is empty",
        lambda: book.open_account(type=kind, holder="X", party="BR", **act | {"reason": ""}),
    )
    pending = AccountType.PENDING
    refused("keeps its one account", lambda: book.open_account(type=pending, holder="X", party="BR", **act))
    refused("belong to holders", lambda: book.own_account(AccountType.HOLDING, at=given.AT))
    own = book.own_account(pending, at=given.AT)
    refused("itself needs", lambda: book.close_account(account=own, **act))


def test_a_naive_instant_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="aware"):
        given.issued(100, 2, at=dt.datetime(2008, 5, 8))


def test_the_same_request_twice_is_done_once(source: Account, target: Account) -> None:
    days = {"monitoring_start": dt.date(2009, 1, 1), "monitoring_end": dt.date(2009, 12, 31)}
    issue = {"key": "request 1", "forward_to": [(target, 50)], **days}
    one, two = given.issued(100, 2, **issue), given.issued(100, 2, **issue)
    assert (one.again, two.again) == (False, True)
    assert (one.issuance, one.serials, one.share_serials, one.rest_serials, one.entries) == (
        two.issuance,
        two.serials,
        two.share_serials,
        two.rest_serials,
        two.entries,
    )
    later = given.AT + dt.timedelta(days=1)
    acts: list[Callable[..., book.Moved]] = [
        lambda **extra: given.forwarded(one.issuance, (target, 10), key="forward 1", **extra),
        lambda **extra: book.transfer(
            source=source, target=target, **given.asked(10, key="transfer 1", **extra)
        ),
        lambda **extra: book.cancel(source=source, **given.asked(10, key="cancel 1", **extra)),
    ]
    for act in acts:
        first, second = act(), act(at=later)
        assert (first.again, second.again) == (False, True)
        assert (first.entry, first.quantity, first.parts) == (second.entry, second.quantity, second.parts)
    assert queries.balance(target) == 50 + 10 + 10
    assert Issuance.objects.filter(monitoring_start=dt.date(2009, 1, 1)).count() == 1


def test_a_key_is_not_taken_for_something_else(source: Account, target: Account) -> None:
    book.transfer(source=source, target=target, **given.asked(10, key="one"))
    other = given.holding(holder="A third holder")
    says = "This was sent before, with other contents"
    refused(says, lambda: book.transfer(source=source, target=target, **given.asked(11, key="one")))
    refused(says, lambda: book.transfer(source=source, target=other, **given.asked(10, key="one")))
    refused(says, lambda: book.transfer(source=target, target=source, **given.asked(10, key="one")))
    refused(says, lambda: book.cancel(source=source, **given.asked(10, key="one")), kind=book.KeyReused)
    refused(says, lambda: given.issued(100, 2, key="one"))
    assert Entry.objects.filter(key="one").count() == 1


def test_an_account_is_found_by_its_printed_identifier_only() -> None:
    account = given.holding()
    assert queries.account(account.identifier) == account
    with pytest.raises(BadSerials, match="check digits"):
        queries.account(account.identifier[:-1] + ("1" if account.identifier[-1] != "1" else "2"))
    with pytest.raises(queries.NoSuchAccount):
        queries.account(str(AccountIdentifier("BR", 100, 999_999)))
