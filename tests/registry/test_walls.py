"""The database itself refuses: every wall attacked by raw SQL, as the owner of the tables, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from registry import book, guards, verify
from registry.codes import AccountType
from registry.models import Account, Block, Entry, Issuance
from tests.registry import given

pytestmark = pytest.mark.django_db

BLOCK = (
    "INSERT INTO registry_block (party, first, last, unit_type, original_period, applicable_period, project_number,"
    " lulucf, track, expires_on, account_id, born_by_id, spent_by_id) VALUES "
)
ENTRY = 'INSERT INTO registry_entry (kind, "key", content, units, gross_units, by_id, at, reason) VALUES '
NEW_ENTRY = "(SELECT max(id) FROM registry_entry)"
BEFORE_IT = "(SELECT max(id) FROM registry_entry WHERE id < (SELECT max(id) FROM registry_entry))"
LIVE = "(SELECT min(id) FROM registry_block WHERE account_id = {holding} AND spent_by_id IS NULL)"


def entry(kind: str = "transfer", units: int = 10, key: str = "forged") -> str:
    return f"{ENTRY} ('{kind}', '{key}', 'x', {units}, {units}, NULL, '2009-01-01 00:00:00+00:00', 'forged')"


def block(
    run: str, *, account: str = "{other}", born: str = NEW_ENTRY, spent: str = "NULL", kind: str = "5"
) -> str:
    return f"{BLOCK} ('BR', {run}, {kind}, 1, 1, 8, 0, 0, NULL, {account}, {born}, {spent})"


def parts(one: str, other: str) -> str:
    """Two blocks by one statement: PostgreSQL looks at an entry when its blocks are written."""
    return f"{one}, {other.removeprefix(BLOCK)}"


def spend(entry_id: str = NEW_ENTRY, which: str = LIVE) -> str:
    return f"UPDATE registry_block SET spent_by_id = {entry_id} WHERE id = {which}"


OLD_ENTRY = "(SELECT id FROM registry_entry WHERE kind = 'forwarding')"
ISSUANCE = (
    "INSERT INTO registry_issuance (entry_id, party, project_number, unit_type, commitment_period, first, last,"
    " monitoring_start, monitoring_end, request_reference, correction) VALUES "
    "({}, '{}', 8, 5, 1, {}, '2010-01-01', '2010-01-02', '{}', '')"
)
DEDUCTION = (
    "INSERT INTO registry_deduction (issuance_id, entry_id, rate_percent, units, first, last, rule, exemption)"
    " VALUES ({}, {}, 2.00, {}, 'rule', '{}')"
)

# What stands: issuance BR 1-1000, BR 1-20 in the adaptation account, BR 21-1000 in {holding}; BR 21-30 were
# cancelled from it, so that BR 31-1000 is its live block. {other} is an empty holding account.
ATTACKS: dict[str, list[str]] = {
    # an entry is written once
    "change what an entry moved": ["UPDATE registry_entry SET units = units + 1"],
    "change who made an entry": ["UPDATE registry_entry SET reason = 'another'"],
    "delete an entry": ["DELETE FROM registry_entry WHERE id = (SELECT max(id) FROM registry_entry)"],
    "give an entry no reason": [
        f"{ENTRY} ('transfer', 'k', 'x', 1, 1, NULL, '2009-01-01 00:00:00+00:00', '')"
    ],
    "give an entry no key": [entry("arrival", 10, key=""), block("2001, 2010")],
    "name fewer units than what is spent, backwards": [
        entry("arrival", 10).replace("10, 10,", "11, 10,"),
        block("2001, 2010"),
    ],
    "use a key twice": [entry(key="first")],
    "move nothing": [entry(units=0)],
    "make up a kind of entry": [entry(kind="gift")],
    # blocks
    "delete a block": ["DELETE FROM registry_block WHERE id = " + LIVE],
    "move a block by hand": ["UPDATE registry_block SET account_id = {other} WHERE id = " + LIVE],
    "lengthen a block": ["UPDATE registry_block SET last = last + 1 WHERE id = " + LIVE],
    "shift a block": ["UPDATE registry_block SET first = first - 1 WHERE id = " + LIVE],
    "give a block to another Party": ["UPDATE registry_block SET party = 'HN' WHERE id = " + LIVE],
    "give a block to another project": ["UPDATE registry_block SET project_number = 9 WHERE id = " + LIVE],
    "carry a block into another period": [
        "UPDATE registry_block SET applicable_period = 2 WHERE id = " + LIVE
    ],
    "change a block's unit type": ["UPDATE registry_block SET unit_type = 3 WHERE id = " + LIVE],
    "change a block while spending it": [
        entry(units=970),
        f"UPDATE registry_block SET last = 999, spent_by_id = {NEW_ENTRY} WHERE id = {LIVE}",
    ],
    "revive a spent block": ["UPDATE registry_block SET spent_by_id = NULL WHERE spent_by_id IS NOT NULL"],
    "spend a block twice": [
        entry(units=1000),
        spend(which="(SELECT min(id) FROM registry_block WHERE spent_by_id IS NOT NULL)"),
    ],
    "spend a block by an old entry": [spend(OLD_ENTRY)],
    "spend a block by the issuance": [spend("(SELECT id FROM registry_entry WHERE kind = 'issuance')")],
    "bear a block from an old entry": [block("1001, 1010", born=OLD_ENTRY)],
    "bear a block that is spent already": [entry(), block("1001, 1010", spent=OLD_ENTRY)],
    "bear a serial that lives elsewhere": [entry("arrival", 10), block("995, 1004")],
    "bear one serial that lives elsewhere": [entry("arrival", 1), block("31, 31")],
    "bear a block around one that lives": [entry("arrival", 1200), block("1, 1200")],
    "bear a reversed range": [entry("arrival", 1), block("2001, 2000")],
    "bear serial 0": [entry("arrival", 1), block("0, 0")],
    "bear a serial of 16 digits": [entry("arrival", 1), block("1000000000000000, 1000000000000000")],
    "bear a unit type that is none": [entry("arrival", 10), block("2001, 2010", kind="9")],
    "bear a CER that expires": [
        entry("arrival", 10),
        block("2001, 2010").replace("NULL, {other}", "'2020-12-31', {other}"),
    ],
    "bear a tCER that does not expire": [entry("arrival", 10), block("2001, 2010", kind="6")],
    "bear units of no Party": [entry("arrival", 10), block("2001, 2010").replace("'BR'", "'b1'")],
    "bear for a period that is none": [
        entry("arrival", 10),
        block("2001, 2010").replace("5, 1, 1, 8", "5, 1, 3, 8"),
    ],
    "bear of a period that was none": [
        entry("arrival", 10),
        block("2001, 2010").replace("5, 1, 1, 8", "5, 0, 1, 8"),
    ],
    "bear for a project of eight digits": [
        entry("arrival", 10),
        block("2001, 2010").replace("1, 1, 8,", "1, 1, 10000000,"),
    ],
    "bear of a use of land that is none": [
        entry("arrival", 10),
        block("2001, 2010").replace("8, 0, 0,", "8, 8, 0,"),
    ],
    "bear on a track that is none": [
        entry("arrival", 10),
        block("2001, 2010").replace("8, 0, 0,", "8, 0, 3,"),
    ],
    "carry units over beyond the last period": [
        entry("carry_over", 970),
        spend(),
        block("31, 1000").replace("5, 1, 1, 8", "5, 1, 2, 8"),
        entry("carry_over", 970, key="again"),
        spend(which="(SELECT max(id) FROM registry_block)"),
        block("31, 1000").replace("5, 1, 1, 8", "5, 1, 3, 8"),
    ],
    # inputs are outputs
    "bear out of nothing": [entry(units=10), block("2001, 2010")],
    "bear more than was spent": [entry(units=970), spend(), block("31, 1000"), block("1001, 1001")],
    "bear other serials than were spent": [entry(units=970), spend(), block("2031, 3000")],
    "bear another unit type than was spent": [entry(units=970), spend(), block("31, 1000", kind="3")],
    "bear for another project than was spent": [
        entry(units=970),
        spend(),
        block("31, 1000").replace("1, 1, 8,", "1, 1, 9,"),
    ],
    "issue without an issuance": [entry("issuance", 10), block("1001, 1010", account="{pending}")],
    "issue into a holding account": [
        entry("issuance", 10),
        ISSUANCE.format(NEW_ENTRY, "BR", "1001, 1010", "r"),
        block("1001, 1010"),
    ],
    "take units out of a cancellation account": [
        entry(units=10),
        spend(which="(SELECT id FROM registry_block WHERE account_id = {cancelled})"),
        block("21, 30"),
    ],
    # issuances, deductions and counters
    "change an issuance": ["UPDATE registry_issuance SET last = last + 1"],
    "delete an issuance": ["DELETE FROM registry_issuance"],
    "leave a gap between issuances": [
        entry("issuance", 10),
        ISSUANCE.format(NEW_ENTRY, "BR", "1002, 1011", "r"),
        block("1002, 1011", account="{pending}"),
    ],
    "start a Party at 2": [entry("issuance", 10), ISSUANCE.format(NEW_ENTRY, "HN", "2, 11", "r")],
    "issue by an entry that does not": [ISSUANCE.format(OLD_ENTRY, "BR", "1001, 1010", "r")],
    "issue twice for one request": [
        entry("issuance", 10),
        ISSUANCE.format(NEW_ENTRY, "BR", "1001, 1010", "request 1"),
        block("1001, 1010", account="{pending}"),
    ],
    "issue for a period that ends before it starts": [
        entry("issuance", 10),
        ISSUANCE.format(NEW_ENTRY, "BR", "1001, 1010", "r").replace("'2010-01-02'", "'2009-01-01'"),
    ],
    "issue units that other registries issue": [
        entry("issuance", 10),
        ISSUANCE.format(NEW_ENTRY, "BR", "1001, 1010", "r").replace("8, 5, 1,", "8, 1, 1,"),
        block("1001, 1010", account="{pending}", kind="1"),
    ],
    "issue for a period that is none": [
        entry("issuance", 10),
        ISSUANCE.format(NEW_ENTRY, "BR", "1001, 1010", "r").replace("8, 5, 1,", "8, 5, 3,"),
        block("1001, 1010", account="{pending}").replace("5, 1, 1, 8", "5, 3, 3, 8"),
    ],
    "issue for no project": [
        entry("issuance", 10),
        ISSUANCE.format(NEW_ENTRY, "BR", "1001, 1010", "r").replace("8, 5, 1,", "0, 5, 1,"),
        block("1001, 1010", account="{pending}").replace("1, 1, 8,", "1, 1, 0,"),
    ],
    "issue a reversed range": [
        entry("issuance", 10),
        ISSUANCE.format(NEW_ENTRY, "BR", "1001, 1000", "r"),
    ],
    "issue for another period than the block's": [
        entry("issuance", 10),
        ISSUANCE.format(NEW_ENTRY, "BR", "1001, 1010", "r"),
        block("1001, 1010", account="{pending}").replace("5, 1, 1, 8", "5, 2, 2, 8"),
    ],
    "deduct by no rule": [
        DEDUCTION.format("{bare}", "NULL", "0, NULL, NULL", "exempt").replace("'rule'", "''")
    ],
    "deduct at more than a hundred per cent": [
        DEDUCTION.format("{bare}", "NULL", "0, NULL, NULL", "exempt").replace("2.00", "100.01")
    ],
    "deduct a negative number": [DEDUCTION.format("{bare}", "NULL", "-1, NULL, NULL", "exempt")],
    "deduct nothing, with serials": [DEDUCTION.format("{bare}", "NULL", "0, 1001, 1000", "exempt")],
    "bring a counter beyond 15 digits": ["UPDATE registry_partycounter SET last_serial = 1000000000000000"],
    "change a deduction": ["UPDATE registry_deduction SET units = 0"],
    "delete a deduction": ["DELETE FROM registry_deduction"],
    "deduct a second time": [DEDUCTION.format("{issuance}", "NULL", "0, NULL, NULL", "exempt")],
    "deduct another amount than the rate": [DEDUCTION.format("{bare}", "NULL", "0, NULL, NULL", "")],
    "deduct and exempt at once": [DEDUCTION.format("{bare}", OLD_ENTRY, "20, 1001, 1020", "exempt")],
    "deduct other serials than the first": [DEDUCTION.format("{bare}", OLD_ENTRY, "20, 1002, 1021", "")],
    "deduct without moving": [DEDUCTION.format("{bare}", OLD_ENTRY, "20, 1001, 1020", "")],
    "set a counter back": ["UPDATE registry_partycounter SET last_serial = last_serial - 1"],
    "delete a counter": ["DELETE FROM registry_partycounter"],
    "make a counter below 0": ["INSERT INTO registry_partycounter VALUES ('HN', -1)"],
    "make a counter of no Party": ["INSERT INTO registry_partycounter VALUES ('h1', 0)"],
    # accounts and their records
    "delete an account": ["DELETE FROM registry_account WHERE id = {other}"],
    "make a cancellation account a holding": [
        "UPDATE registry_account SET type = 'holding', party = 'BR' WHERE id = {cancelled}"
    ],
    "open a second pending account": [
        "INSERT INTO registry_account (type, party, holder, holder_reference, state)"
        " VALUES ('pending', '', 'me', '', 'open')"
    ],
    "put an account in a state that is none": [
        "UPDATE registry_account SET state = 'frozen' WHERE id = {other}"
    ],
    "open an account again that was closed": [
        "UPDATE registry_account SET state = 'closed' WHERE id = {other}",
        "UPDATE registry_account SET state = 'open' WHERE id = {other}",
    ],
    "change the record of an account": ["UPDATE registry_accountrecord SET reason = 'none'"],
    "delete the record of an account": ["DELETE FROM registry_accountrecord"],
}
SQLITE_ATTACKS: dict[str, list[str]] = {
    "replace an entry": [
        entry("transfer", 10)
        .replace("INSERT", "INSERT OR REPLACE")
        .replace('("key"', '(id, "key"')
        .replace('(kind, "key"', '(id, kind, "key"')
        .replace("VALUES  (", "VALUES (1, ")
    ],
    "replace an entry by its key": [entry(key="first").replace("INSERT", "INSERT OR REPLACE")],
    "replace a block": [
        entry("arrival", 10),
        block("2001, 2010")
        .replace("INSERT", "INSERT OR REPLACE")
        .replace("(party", "(id, party")
        .replace("VALUES  (", "VALUES (1, "),
    ],
    "replace an account": [
        "INSERT OR REPLACE INTO registry_account (id, type, party, holder, holder_reference, state)"
        " VALUES ({cancelled}, 'holding', 'BR', 'me', '', 'open')"
    ],
    "replace the pending account": [
        "INSERT OR REPLACE INTO registry_account (type, party, holder, holder_reference, state)"
        " VALUES ('pending', '', 'me', '', 'open')"
    ],
    "replace a counter": ["INSERT OR REPLACE INTO registry_partycounter VALUES ('BR', 0)"],
    "replace an issuance": [
        entry("issuance", 10),
        ISSUANCE.format(NEW_ENTRY, "BR", "1001, 1010", "request 1").replace("INSERT", "INSERT OR REPLACE"),
    ],
    "replace a deduction": [
        DEDUCTION.format("{issuance}", "NULL", "0, NULL, NULL", "x").replace("INSERT", "INSERT OR REPLACE")
    ],
    "bear a fraction of a serial": [entry("arrival", 10), block("2001.5, 2010")],
    "bear a serial that is a word": [entry("arrival", 10), block("'many', 2010")],
    "go on after an entry that bore nothing": [entry("arrival", 10), entry("arrival", 10, key="next")],
    "write an entry before others": [
        entry("arrival", 10).replace("(kind", "(id, kind").replace("VALUES  (", "VALUES (-5, ")
    ],
}
POSTGRESQL_ATTACKS: dict[str, list[str]] = {
    # what the set-up left to be looked at must be looked at first, or PostgreSQL refuses for that reason
    **{
        f"empty {table}": ["SET CONSTRAINTS ALL IMMEDIATE", f"TRUNCATE {table} CASCADE"]
        for table in guards.TABLES
    },
    "write an entry that bears nothing": [entry("arrival", 10)],
    "spend without bearing": [entry(units=970), spend()],
    "bear less than was spent": [entry(units=970), spend(), block("31, 999")],
    # units that go on at once are born spent, but never by an entry that does not account for them
    "bear a block that an old entry spent": [
        entry("arrival", 10),
        block("2001, 2010", born="(SELECT min(id) FROM registry_entry)", spent=OLD_ENTRY),
    ],
    "bear a block that an entry to come spends": [
        entry("arrival", 10),
        block("2001, 2010", spent="(SELECT max(id) + 1 FROM registry_entry)"),
        entry(key="next"),
    ],
    "bear a block that an arrival spends": [
        entry("arrival", 10, key="before"),
        entry("arrival", 10),
        block("2001, 2010", born=BEFORE_IT, spent=NEW_ENTRY),
        block("2001, 2010"),
    ],
    "bear a block born spent that nothing bears again": [
        entry("arrival", 10, key="before"),
        entry(),
        block("2001, 2010", born=BEFORE_IT, spent=NEW_ENTRY),
    ],
    "bring a serial twice by blocks born spent": [
        entry("arrival", 10, key="before"),
        entry(),
        block("995, 1004", born=BEFORE_IT, spent=NEW_ENTRY),
        block("995, 1004"),
    ],
    "bear a block in an account that is not there": [
        entry("arrival", 10),
        block("2001, 2010", account="999999"),
    ],
    "issue by an entry to come": [
        ISSUANCE.format("(SELECT max(id) + 1 FROM registry_entry)", "BR", "1001, 1010", "r"),
        entry("issuance", 10),
        block("1001, 1010", account="{pending}"),
    ],
    "deduct from an issuance that is not there": [
        DEDUCTION.format("999999", "NULL", "0, NULL, NULL", "exempt")
    ],
    "deduct by an entry that is not there": [DEDUCTION.format("{bare}", "999999", "20, 1001, 1020", "")],
    "renumber an account": ["UPDATE registry_account SET id = 999999 WHERE id = {other}"],
    "spend a block by an entry to come": [
        spend("(SELECT max(id) + 1 FROM registry_entry)"),
        entry(units=970),
        block("31, 1000"),
    ],
    "bear for an entry to come": [
        block("2001, 2010", born="(SELECT max(id) + 1 FROM registry_entry)"),
        entry("arrival", 10),
    ],
    "bear by two statements": [entry(units=970), spend(), block("31, 40"), block("41, 1000")],
    "bear twice what was spent": [entry(units=970), spend(), block("31, 1000"), block("31, 1000")],
    "bear twice what was spent, born spent": [
        entry(units=970),
        spend(),
        block("31, 1000"),
        entry(units=970, key="next"),
        block("31, 1000", born=BEFORE_IT, spent=NEW_ENTRY),
    ],
    "complete an entry, then spend more by it": [
        entry(units=970),
        spend(),
        block("31, 1000"),
        "SET CONSTRAINTS ALL IMMEDIATE",
        spend(
            which="(SELECT id FROM registry_block WHERE party = 'BR' AND first = 1 AND spent_by_id IS NULL)"
        ),
    ],
}


@pytest.fixture
def book_stands() -> Iterator[dict[str, int]]:
    """The small book that is attacked; afterwards it must still be true."""
    holding, other = given.holding(), given.holding(holder="Another holder")
    issued = given.issued(1_000, 20, forward_to=[(holding, 980)], key="first", request_reference="request 1")
    book.cancel(source=holding, **given.asked(10))
    # an issuance whose deduction an attack may try to write: of another Party, and without one yet
    names = {
        "holding": holding.pk,
        "other": other.pk,
        "pending": Account.objects.get(type=AccountType.PENDING).pk,
        "cancelled": Account.objects.get(type=AccountType.VOLUNTARY_CANCELLATION).pk,
        "issuance": issued.issuance.pk,
        "bare": "(SELECT max(id) FROM registry_issuance)",
    }
    yield names
    assert verify.verify_book().ok


BARE_ISSUANCE = [
    entry("issuance", 1000, key="bare"),
    ISSUANCE.format(NEW_ENTRY, "BR", "1001, 2000", "request 2"),
    block("1001, 2000", account="{pending}"),
]


def attack(statements: list[str], names: dict[str, int]) -> None:
    """Run the statements as one transaction, looked at in the end as a commit would."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(**names))
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("name", ATTACKS)
def test_the_wall_holds(name: str, book_stands: dict[str, int]) -> None:
    before = given.contents()
    statements = ATTACKS[name]
    if any("{bare}" in statement for statement in statements):
        statements = BARE_ISSUANCE + statements
    with pytest.raises(IntegrityError):
        attack(statements, book_stands)
    assert given.contents() == before


OF_THIS_DATABASE = POSTGRESQL_ATTACKS if connection.vendor == "postgresql" else SQLITE_ATTACKS


@pytest.mark.parametrize("name", OF_THIS_DATABASE)
def test_the_wall_of_this_database_holds(name: str, book_stands: dict[str, int]) -> None:
    before = given.contents()
    with pytest.raises(IntegrityError):
        attack(OF_THIS_DATABASE[name], book_stands)
    assert given.contents() == before


HONEST: dict[str, list[str]] = {
    "spend and bear the same serials": [entry(units=970), spend(), block("31, 1000")],
    "spend and bear in two parts": [entry(units=970), spend(), parts(block("31, 40"), block("41, 1000"))],
    "issue the next serials": BARE_ISSUANCE,
    "receive a foreign unit": [entry("arrival", 10), block("2001, 2010").replace("'BR'", "'RO'")],
    "bring a counter up": ["UPDATE registry_partycounter SET last_serial = last_serial + 1"],
}

if connection.vendor == "postgresql":
    HONEST["bear a block that goes on at once"] = [
        entry("arrival", 10, key="before"),
        entry(),
        block("2001, 2010", born=BEFORE_IT, spent=NEW_ENTRY).replace("'BR'", "'RO'"),
        block("2001, 2010").replace("'BR'", "'RO'"),
    ]


@pytest.mark.parametrize("name", HONEST)
def test_the_wall_stops_only_what_is_false(name: str, book_stands: dict[str, int]) -> None:
    """The attacks above fail for what they do, not because raw SQL of this form fails at all."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        attack(HONEST[name], book_stands)
        raise ZeroDivisionError


def test_all_walls_stand_after_they_are_put_up_again() -> None:
    before = guards.standing(connection)
    assert len(before) > 20
    guards.install()
    assert guards.standing(connection) == before


def test_the_orm_meets_the_same_walls(book_stands: dict[str, int]) -> None:
    for act in (
        lambda: Entry.objects.all().delete(),
        lambda: Block.objects.filter(spent_by__isnull=True).update(account=book_stands["other"]),
        lambda: Issuance.objects.update(project_number=9),
        lambda: Account.objects.filter(pk=book_stands["other"]).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
