"""The database itself refuses false movements and false reservations: attacked by raw SQL, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from registry import verify
from registry.models import Block
from registry.models_movements import Movement, MovementCheck, MovementLine, MovementRecord
from registry.movements import doors
from registry.movements.table import MovementKind
from registry.serials import SerialRange
from tests.registry import given
from tests.registry.test_walls import attack, block, entry, spend

pytestmark = pytest.mark.django_db

ENDED = "decided_at = '2009-01-01 00:00:00+00:00'"
RESERVED = "(SELECT id FROM registry_block WHERE reserved_for = {open} AND spent_by_id IS NULL)"
FREE = "(SELECT min(id) FROM registry_block WHERE account_id = {holding} AND reserved_for = 0 AND spent_by_id IS NULL)"


def of(movement: str, statement: str) -> str:
    """The entry of a movement."""
    return statement.replace("reason) VALUES", "reason, movement_id) VALUES").replace(
        "'forged')", f"'forged', {movement})"
    )


def reserved(run: str, movement: str) -> str:
    """A block borne as reserved for a movement, in the account where it was."""
    return (
        block(run, account="{holding}")
        .replace("spent_by_id)", "spent_by_id, reserved_for)")
        .replace("NULL)", f"NULL, {movement})")
    )


# What stands: BR 1-1000 in {holding}; movement {open} awaits approval and holds BR 1-100; movement {done} has
# cancelled BR 101-110; {proposer} proposed both, {approver} approved one.
ATTACKS: dict[str, list[str]] = {
    "approve by hand what has not moved": [
        "UPDATE registry_movement SET state = 'completed', decided_by_id = {approver}, "
        + ENDED
        + " WHERE id = {open}"
    ],
    "end it and keep the units": [
        "UPDATE registry_movement SET state = 'cancelled', " + ENDED + " WHERE id = {open}"
    ],
    "approve one's own": [
        of("{open}", entry("cancellation", 100)),
        spend(which=RESERVED),
        block("1, 100", account="{cancelled}"),
        "UPDATE registry_movement SET state = 'completed', decided_by_id = {proposer}, "
        + ENDED
        + " WHERE id = {open}",
    ],
    "ask for more afterwards": ["UPDATE registry_movement SET units = 200 WHERE id = {open}"],
    "let it go elsewhere": ["UPDATE registry_movement SET target_id = {holding} WHERE id = {open}"],
    "hold it longer": ["UPDATE registry_movement SET reserved_until = NULL WHERE id = {open}"],
    "say somebody else proposed it": [
        "UPDATE registry_movement SET proposed_by_id = {approver} WHERE id = {open}"
    ],
    "open what was completed": [
        "UPDATE registry_movement SET state = 'awaiting_approval', decided_at = NULL WHERE id = {done}"
    ],
    "reject what was completed": ["UPDATE registry_movement SET state = 'rejected' WHERE id = {done}"],
    "change why it was decided": ["UPDATE registry_movement SET decision = 'x' WHERE id = {done}"],
    "delete a movement": ["DELETE FROM registry_movement WHERE id = {open}"],
    "begin with the end": [
        "INSERT INTO registry_movement (kind, state, source_id, units, key, content, proposed_by_id, proposed_as,"
        " proposed_at, reason, decided_by_id, decided_at, decision, beneficiary, purpose, basis, share_units,"
        " share_rule) SELECT kind, 'completed', source_id, units, 'forged', content, proposed_by_id, proposed_as,"
        " proposed_at, reason, {approver}, proposed_at, '', '', '', '', 0, '' FROM registry_movement WHERE id = {open}"
    ],
    "change what was to move": ["UPDATE registry_movementline SET quantity = 1"],
    "delete what was to move": ["DELETE FROM registry_movementline"],
    "change what a check said": ["UPDATE registry_movementcheck SET outcome = 'passed', sentence = 'x'"],
    "delete what a check said": ["DELETE FROM registry_movementcheck"],
    "change the record": ["UPDATE registry_movementrecord SET reason = 'x'"],
    "delete the record": ["DELETE FROM registry_movementrecord"],
    # reservations
    "take reserved units by another entry": [
        entry("transfer", 100),
        spend(which=RESERVED),
        block("1, 100", account="{other}"),
    ],
    "take reserved units for another movement": [
        of("{done}", entry("cancellation", 100)),
        spend(which=RESERVED),
        block("1, 100", account="{cancelled}"),
    ],
    "free reserved units by hand": ["UPDATE registry_block SET reserved_for = 0 WHERE id = " + RESERVED],
    "reserve free units by hand": ["UPDATE registry_block SET reserved_for = {open} WHERE id = " + FREE],
    "reserve for a movement that has ended": [
        of("{done}", entry("reservation", 890)),
        spend(which=FREE),
        reserved("111, 1000", "{done}"),
    ],
    "reserve for a movement that is none": [
        entry("reservation", 890),
        spend(which=FREE),
        reserved("111, 1000", "987654"),
    ],
    "reserve for a movement by an entry of none": [
        entry("reservation", 890),
        spend(which=FREE),
        reserved("111, 1000", "{open}"),
    ],
    # what units may become
    "make another unit by a transfer": [
        entry("transfer", 890),
        spend(which=FREE),
        block("111, 1000", kind="3"),
    ],
    "convert a CER": [
        entry("conversion", 890),
        spend(which=FREE),
        block("111, 1000", kind="7").replace("NULL, {other}", "'2020-12-31', {other}"),
    ],
    "carry over by two periods": [
        entry("carry_over", 890),
        spend(which=FREE),
        block("111, 1000").replace("5, 1, 1, 8", "5, 1, 3, 8"),
    ],
    "carry over and change the project": [
        entry("carry_over", 890),
        spend(which=FREE),
        block("111, 1000").replace("5, 1, 1, 8", "5, 1, 2, 9"),
    ],
    "give a CER an expiry date": [
        entry("expiry_date_change", 890),
        spend(which=FREE),
        block("111, 1000").replace("NULL, {other}", "'2020-12-31', {other}"),
    ],
    "change the original period": [
        entry("carry_over", 890),
        spend(which=FREE),
        block("111, 1000").replace("5, 1, 1, 8", "5, 2, 2, 8"),
    ],
}
HONEST: dict[str, list[str]] = {
    "move reserved units by their own movement": [
        of("{open}", entry("cancellation", 100)),
        spend(which=RESERVED),
        block("1, 100", account="{cancelled}"),
        "UPDATE registry_movement SET state = 'completed', decided_by_id = {approver}, "
        + ENDED
        + " WHERE id = {open}",
    ],
    "let reserved units go": [
        of("{open}", entry("release", 100)),
        spend(which=RESERVED),
        block("1, 100", account="{holding}"),
        "UPDATE registry_movement SET state = 'cancelled', " + ENDED + " WHERE id = {open}",
    ],
    "reserve more for a movement that awaits approval": [
        of("{open}", entry("reservation", 890)),
        spend(which=FREE),
        reserved("111, 1000", "{open}"),
    ],
    "carry over a CER": [
        entry("carry_over", 890),
        spend(which=FREE),
        block("111, 1000").replace("5, 1, 1, 8", "5, 1, 2, 8"),
    ],
}
POSTGRESQL_ATTACKS: dict[str, list[str]] = {
    "write an entry of a movement that is none": [
        of("987654", entry("transfer", 890)),
        spend(which=FREE),
        block("111, 1000"),
    ],
    **{
        f"write a {what} of a movement that is none": [
            f"CREATE TEMPORARY TABLE forged ON COMMIT DROP AS SELECT * FROM {table} LIMIT 1",
            "UPDATE forged SET id = 987654, movement_id = 987654",
            f"INSERT INTO {table} SELECT * FROM forged",
        ]
        for what, table in (
            ("line", "registry_movementline"),
            ("check", "registry_movementcheck"),
            ("record", "registry_movementrecord"),
        )
    },
}
SQLITE_ATTACKS: dict[str, list[str]] = {
    "replace a movement": [
        "INSERT OR REPLACE INTO registry_movement SELECT * FROM registry_movement WHERE id = {open}"
    ],
    "replace a line": ["INSERT OR REPLACE INTO registry_movementline SELECT * FROM registry_movementline"],
    "replace a check": ["INSERT OR REPLACE INTO registry_movementcheck SELECT * FROM registry_movementcheck"],
    "replace a record": [
        "INSERT OR REPLACE INTO registry_movementrecord SELECT * FROM registry_movementrecord"
    ],
}


@pytest.fixture
def movements_stand() -> Iterator[dict[str, int]]:
    """The small book that is attacked; afterwards it must still be true."""
    people = given.People()
    holding, other = given.held(1_000), given.holding(holder="Another")
    made = []
    for run in ((1, 100), (101, 110)):
        made.append(
            doors.propose(
                kind=MovementKind.VOLUNTARY_CANCELLATION,
                source=holding,
                units=[
                    doors.Units(
                        party="BR",
                        project_number=8,
                        unit_type=5,
                        period=1,
                        serials=SerialRange("BR", *run),
                    )
                ],
                by=people["administrator"],
                at=given.AT,
                reason="asked",
                key=given.key(),
            )
        )
    doors.approve(movement=made[1], by=people["other administrator"], at=given.AT)
    assert made[1].target_id is not None
    yield {
        "holding": holding.pk,
        "other": other.pk,
        "open": made[0].pk,
        "done": made[1].pk,
        "proposer": people["administrator"].pk,
        "approver": people["other administrator"].pk,
        "cancelled": made[1].target_id,
    }
    assert verify.verify_book().ok


def everything() -> list[object]:
    tables = (Movement, MovementLine, MovementCheck, MovementRecord)
    return [*given.contents(), *(row for t in tables for row in t.objects.order_by("pk").values_list())]


@pytest.mark.parametrize("name", ATTACKS)
def test_the_wall_holds(name: str, movements_stand: dict[str, int]) -> None:
    before = everything()
    with pytest.raises(IntegrityError):
        attack(ATTACKS[name], movements_stand)
    assert everything() == before


OF_THIS_DATABASE = POSTGRESQL_ATTACKS if connection.vendor == "postgresql" else SQLITE_ATTACKS


@pytest.mark.parametrize("name", OF_THIS_DATABASE)
def test_the_wall_of_this_database_holds(name: str, movements_stand: dict[str, int]) -> None:
    before = everything()
    with pytest.raises(IntegrityError):
        attack(OF_THIS_DATABASE[name], movements_stand)
    assert everything() == before


@pytest.mark.parametrize("name", HONEST)
def test_the_wall_stops_only_what_is_false(name: str, movements_stand: dict[str, int]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        attack(HONEST[name], movements_stand)
        raise ZeroDivisionError


FALSE_BOOKS: dict[str, tuple[str, str]] = {
    "I9": (
        "registry_movement_kept",
        "UPDATE registry_movement SET state = 'cancelled', " + ENDED + " WHERE id = {open}",
    ),
    "I10": ("registry_movementrecord_", "UPDATE registry_movementrecord SET source = 'checked'"),
    "I11": ("registry_movement_kept", "UPDATE registry_movement SET units = 11 WHERE id = {done}"),
}


@pytest.mark.parametrize("code", FALSE_BOOKS)
def test_verification_finds_what_stands_behind_a_wall_that_fell(
    code: str, movements_stand: dict[str, int]
) -> None:
    wall, statement = FALSE_BOOKS[code]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        with connection.cursor() as cursor:
            fall(cursor, wall)
            cursor.execute(statement.format(**movements_stand))
        found = verify.verify_book()
        assert code in {finding.code for finding in found.findings}
        raise ZeroDivisionError


def fall(cursor: object, wall: str) -> None:
    """Take a wall down inside the transaction that is undone."""
    execute = cursor.execute  # type: ignore[attr-defined]
    if connection.vendor == "sqlite":
        execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{wall}%"])
        for (name,) in cursor.fetchall():  # type: ignore[attr-defined]
            execute(f"DROP TRIGGER {name}")
    else:
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute("SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE tgname LIKE %s", [f"{wall}%"])
        for name, table in cursor.fetchall():  # type: ignore[attr-defined]
            execute(f"DROP TRIGGER {name} ON {table}")


def test_the_reservation_is_in_the_book(movements_stand: dict[str, int]) -> None:
    """What the attacks start from."""
    held = Block.objects.get(reserved_for=movements_stand["open"], spent_by=None)
    assert (held.first, held.last, held.born_by.kind) == (1, 100, "reservation")
    assert held.born_by.at == given.AT.astimezone(dt.UTC)
