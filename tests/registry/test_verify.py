"""`verify_book` sees what is false: the walls are taken down, something is spoilt, and the check names it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from registry import book, verify
from registry.models import BookCheck
from registry.tasks import verify_book as verify_book_task
from tests.emptying import walls_down
from tests.registry import given

pytestmark = pytest.mark.django_db

# Each spoils a true book and names the checks that must see it. {holding} has the live block BR 31-1000.
LIVE = "WHERE account_id = {holding} AND spent_by_id IS NULL"
SPOILT: dict[str, tuple[str, set[str]]] = {
    "an issuance after a gap": (
        "UPDATE registry_issuance SET first = 1011, last = 1110 WHERE first = 1001",
        {"I1.serials", "I5", "I6", "I7"},
    ),
    "a counter that ran ahead": ("UPDATE registry_partycounter SET last_serial = 1101", {"I1.counter", "I3"}),
    "two live blocks with one serial": (
        "UPDATE registry_block SET last = 1001 " + LIVE,
        {"I2", "I3", "I4", "I5", "I8"},
    ),
    "a block that was shortened": (
        "UPDATE registry_block SET last = 999 " + LIVE,
        {"I3", "I4", "I8"},
    ),
    "a block that vanished": ("DELETE FROM registry_block " + LIVE, {"I3", "I4", "I8"}),
    "a block of another project": ("UPDATE registry_block SET project_number = 9 " + LIVE, {"I4", "I5"}),
    "a block carried to another period": (
        "UPDATE registry_block SET applicable_period = 2 " + LIVE,
        {"I4", "I16"},
    ),
    "an issuance without its deduction": ("DELETE FROM registry_deduction WHERE first = 1", {"I7"}),
    "a deduction that is one too small": (
        "UPDATE registry_deduction SET units = 19, last = 19 WHERE first = 1",
        {"I7", "I7.moved"},
    ),
    "a share that lies with the holder": (
        "UPDATE registry_block SET account_id = {holding} WHERE first = 1 AND last = 20",
        {"I7.moved"},
    ),
    "an entry that says it moved more": (
        "UPDATE registry_entry SET units = 11, gross_units = 2000 WHERE kind = 'cancellation'",
        {"I8", "I8.moved"},
    ),
    "a cancelled unit that moved": (
        "UPDATE registry_block SET spent_by_id = (SELECT max(id) FROM registry_entry)"
        " WHERE account_id = {cancelled}",
        {"I3", "I4", "I8", "I8.moved", "I13", "final", "balances"},
    ),
    "a block spent before it was born": (
        "UPDATE registry_entry SET at = '2001-01-01 00:00:00+00:00' WHERE kind = 'cancellation'",
        {"I13"},
    ),
    "a closed account with units": (
        "UPDATE registry_account SET state = 'closed' WHERE id = {holding}",
        {"closed"},
    ),
    "units that moved without an entry": (
        "UPDATE registry_block SET account_id = {other} " + LIVE,
        {"I8.moved"},
    ),
}

if connection.vendor == "postgresql":  # SQLite's foreign keys stay up when its triggers are down
    SPOILT |= {
        "a block in an account that is not there": (
            "UPDATE registry_block SET account_id = 999999 " + LIVE,
            {"there", "I8.moved"},
        ),
        "a block of an entry that is not there": (
            "UPDATE registry_block SET born_by_id = 999999 WHERE first = 21 AND last = 1000 AND account_id = {holding}",
            {"there", "I8", "I8.moved", "balances"},
        ),
        "an issuance by an entry that is not there": (
            "UPDATE registry_issuance SET entry_id = 999999 WHERE first = 1001",
            {"there", "I6.entries"},
        ),
        "a deduction by an entry that is not there": (
            "UPDATE registry_deduction SET entry_id = 999999 WHERE first = 1",
            {"there", "I7.moved"},
        ),
    }


@pytest.fixture
def true_book() -> dict[str, int]:
    holding, other = given.holding(), given.holding(holder="Another holder")
    given.issued(1_000, 20, forward_to=[(holding, 980)])
    given.issued(100, 2)
    moved = book.cancel(source=holding, **given.asked(10))
    return {"holding": holding.pk, "other": other.pk, "cancelled": moved.parts[0][0].pk}


@pytest.fixture
def without_walls(true_book: dict[str, int]) -> Iterator[dict[str, int]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE registry_block DROP CONSTRAINT block_serial_lives_once")
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
    manager = walls_down()
    manager.__enter__()
    yield true_book
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def test_a_true_book_is_found_true(true_book: dict[str, int]) -> None:
    result = verify.verify_book()
    assert result.ok, result.findings
    assert (result.units, result.entries) == (1_100, 6)
    assert {"I1.serials", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "balances"} <= result.checked.keys()


def test_an_empty_book_is_true() -> None:
    assert verify.verify_book().ok


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_spoilt_is_named(name: str, without_walls: dict[str, int]) -> None:
    statement, codes = SPOILT[name]
    assert verify.verify_book().ok
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**without_walls))
        assert cursor.rowcount == 1
    result = verify.verify_book()
    assert {finding.code for finding in result.findings} == codes
    assert all(finding.row for finding in result.findings)


def test_the_three_balances_are_compared(
    without_walls: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replay does not trust the column that says whether a block is live."""

    class OneUnitShort(verify.Replay):
        def __init__(self) -> None:
            super().__init__()
            self.balances[without_walls["holding"]] -= 1

    monkeypatch.setattr(verify, "Replay", OneUnitShort)
    findings = verify.verify_book().findings
    assert [finding.code for finding in findings] == ["balances"]
    assert findings[0].row == {
        "account": str(without_walls["holding"]),
        "live_blocks": "970",
        "entries": "970",
        "replay": "969",
    }


def test_the_command_ends_with_0_only_for_a_true_book(without_walls: dict[str, int]) -> None:
    out = StringIO()
    call_command("verify_book", stdout=out)
    assert "The book is true" in out.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_partycounter SET last_serial = 5")
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("verify_book", "--json", stdout=out)
    assert error.value.returncode == 1
    said = json.loads(out.getvalue())
    assert said["verified"] is False
    assert said["findings"][0]["code"] == "I1.counter"
    assert said["findings"][0]["row"] == {"party": "BR", "last_serial": "5", "issued": "1100"}


def test_the_nightly_check_keeps_its_result(true_book: dict[str, int]) -> None:
    assert verify_book_task() is True
    kept = BookCheck.objects.get()
    assert kept.verified
    assert kept.result["units"] == "1100"
