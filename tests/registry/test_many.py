"""Many orders in few transactions do what the same orders do one by one, refusals included."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from registry import book, posting, verify
from registry.codes import AccountType, EntryKind, UnitType
from registry.models import Block
from registry.serials import SerialRange, UnitBlockIdentifier
from tests.registry import given

pytestmark = pytest.mark.django_db


def order(key: str, quantity: int = 100, *, day: int = 0, **extra: Any) -> book.IssuanceOrder:
    wanted: dict[str, Any] = {
        "party": "BR",
        "project_number": 8,
        "commitment_period": 1,
        "quantity": quantity,
        "share": given.share((2 * quantity + 49) // 100),
        "monitoring_start": dt.date(2004, 7, 1) + dt.timedelta(days=day),
        "monitoring_end": dt.date(2004, 7, 1) + dt.timedelta(days=day),
        "by": None,
        "at": given.AT,
        "reason": "a test",
        "key": key,
    }
    return book.IssuanceOrder(**(wanted | extra))


def test_a_clean_batch_of_several_parties() -> None:
    holder, other = given.holding(), given.holding("HN")
    orders = [
        order("a", 1_000, day=0, forward_to=[(holder, 900), (other, 80)]),
        order("b", 500, day=0, party="HN", forward_to=[(other, 10)]),
        order("c", 26, day=1),
        order("d", 10, day=1, party="HN", share=given.share(0, exemption="a test"), forward_to=[(other, 10)]),
    ]
    results = book.issue_many(orders=orders)
    assert [r.serials for r in results if isinstance(r, book.Issued)] == [
        SerialRange("BR", 1, 1_000),
        SerialRange("HN", 1, 500),
        SerialRange("BR", 1_001, 1_026),
        SerialRange("HN", 501, 510),
    ]
    live = Block.objects.filter(spent_by__isnull=True).order_by("party", "first")
    assert [(b.party, b.first, b.last, b.account.type) for b in live] == [
        ("BR", 1, 20, "adaptation_share"),
        ("BR", 21, 920, "holding"),
        ("BR", 921, 1_000, "holding"),
        ("BR", 1_001, 1_001, "adaptation_share"),
        ("BR", 1_002, 1_026, "pending"),
        ("HN", 1, 10, "adaptation_share"),
        ("HN", 11, 20, "holding"),
        ("HN", 21, 500, "pending"),
        ("HN", 501, 510, "holding"),
    ]
    assert verify.verify_book().ok


def test_each_order_is_refused_by_itself_and_takes_no_serials() -> None:
    given.issued(100, 2, key="before")
    closed = given.holding(holder="closed")
    book.close_account(account=closed, by=None, at=given.AT, reason="a test")
    results = book.issue_many(
        orders=[
            order("a", day=10),
            order("b", day=10),
            order("a", day=10),
            order("a", 101, day=11),
            order("c", day=12, forward_to=[(closed, 5)]),
            order("d", 0, day=13, share=given.share(0)),
            order("e", day=14, request_reference="one"),
            order("f", day=15, request_reference="one"),
            order("g", day=10, correction="recorded"),
        ]
    )
    assert [type(r).__name__ for r in results] == [
        *("Issued", "PeriodOverlaps", "Issued", "KeyReused", "AccountNotOpen", "NotAQuantity"),
        *("Issued", "PeriodOverlaps", "Issued"),
    ]
    done = [r for r in results if isinstance(r, book.Issued)]
    assert [(r.serials.first, r.again) for r in done] == [
        (101, False),
        (101, True),
        (201, False),
        (301, False),
    ]
    assert verify.verify_book().ok


def test_a_batch_longer_than_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "MOST_AT_ONCE", 3)
    results = book.issue_many(orders=[order(f"k{n}", day=n) for n in range(8)])
    assert [r.serials.first for r in results if isinstance(r, book.Issued)] == [n * 100 + 1 for n in range(8)]
    assert book.issue_many(orders=[]) == []


def test_movements_in_turn_each_done_or_refused() -> None:
    source, target = given.held(100), given.holding(holder="Another")
    cancelled = book.own_account(AccountType.VOLUNTARY_CANCELLATION, at=given.AT)
    asked = {"source": source, "party": "BR", "project_number": 8, "commitment_period": 1}
    asked |= {"by": None, "at": given.AT, "reason": "a test"}
    run = SerialRange("BR", 50, 59)
    orders = [
        book.MovementOrder(kind=EntryKind.TRANSFER, target=target, quantity=30, key="a", **asked),
        book.MovementOrder(kind=EntryKind.CANCELLATION, target=cancelled, serials=run, key="b", **asked),
        book.MovementOrder(kind=EntryKind.CANCELLATION, target=cancelled, serials=run, key="c", **asked),
        book.MovementOrder(kind=EntryKind.TRANSFER, target=target, quantity=61, key="d", **asked),
        book.MovementOrder(kind=EntryKind.TRANSFER, target=source, quantity=1, key="e", **asked),
    ]
    results = book.move_many(orders=orders)
    assert [type(r).__name__ for r in results] == [
        *("Moved", "Moved", "NotEnoughUnits", "NotEnoughUnits", "WrongAccount")
    ]
    live = [b.serials for b in source.blocks.filter(spent_by__isnull=True).order_by("first")]
    assert live == [SerialRange("BR", 31, 49), SerialRange("BR", 60, 100)]
    assert verify.verify_book().ok


def test_units_of_another_registry_come_in_move_and_are_cancelled() -> None:
    account, target = given.holding("RO"), given.holding("RO", holder="Another")
    units = UnitBlockIdentifier(SerialRange("RO", 3_319_283_423, 3_319_454_772), 4, 1, 1, 0, 1_000_080, 2)
    asked: dict[str, Any] = {
        "account": account,
        "units": units,
        "by": None,
        "at": given.AT,
        "reason": "a test",
    }
    first, again = book.receive(key="r", **asked), book.receive(key="r", **asked)
    assert (first.quantity, first.again, again.again) == (171_350, False, True)
    assert str(account.blocks.get()) == "RO-4-3319283423-3319454772-1-1-0-1000080-2"
    with pytest.raises(book.WrongUnits, match="lie in this registry already"):
        book.receive(key="other", **asked)
    kind = given.asked(10, party="RO", project_number=1_000_080, unit_type=UnitType.ERU_FROM_RMU)
    book.transfer(source=account, target=target, **kind)
    moved = book.cancel(source=target, **(kind | {"key": given.key()}))
    assert moved.parts[0][1] == SerialRange("RO", 3_319_283_423, 3_319_283_432)
    given.issued(100, 2)
    own = UnitBlockIdentifier(SerialRange("BR", 500, 600), 5, 1, 1, 0, 8)
    with pytest.raises(book.WrongUnits, match="an issuance of this registry only"):
        book.receive(key="own", **(asked | {"units": own}))
    pending = book.own_account(AccountType.PENDING, at=given.AT)
    with pytest.raises(book.WrongAccount, match="cannot come into"):
        book.receive(key="pending", **(asked | {"account": pending}))
    assert verify.verify_book().ok
