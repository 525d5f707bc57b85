"""Re-reads the whole book by ways of its own and says whether it is true.

Every balance is computed three times: from the live blocks, from what the entries bore and spent, and by a
replay of the entries from nothing. The checks of `registry/sql/verify/checks.sql` follow, each a query for
a false row. Nothing here calls the code that writes the book.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from registry import codes

_CHECK = re.compile(r"^-- name: (\S+) (.+)\n((?:(?!-- name: ).*\n)+)", re.MULTILINE)
BLOCKS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Check:
    """A query that finds a row for which the sentence is not true."""

    code: str
    sentence: str
    query: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The first row for which a sentence about the book is false."""

    code: str
    sentence: str
    row: dict[str, str]

    def __str__(self) -> str:
        values = ", ".join(f"{name} {value}" for name, value in self.row.items())
        return f"{self.code}: not true: {self.sentence} First false row: {values}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what was found false."""

    findings: tuple[Finding, ...]
    checked: dict[str, str] = field(default_factory=dict)
    entries: int = 0
    blocks: int = 0
    units: int = 0

    @property
    def ok(self) -> bool:
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """For printing; units are a string, because they may pass what a JSON reader holds exactly."""
        return {
            "verified": self.ok,
            "entries": self.entries,
            "blocks": self.blocks,
            "units": str(self.units),
            "checked": self.checked,
            "findings": [{"code": f.code, "sentence": f.sentence, "row": f.row} for f in self.findings],
        }


@cache
def checks() -> tuple[Check, ...]:
    """The checks of the named file, in its order."""
    text = (Path(__file__).parent / "sql" / "verify" / "checks.sql").read_text(encoding="utf-8")
    final = ", ".join(f"'{account_type.value}'" for account_type in codes.FINAL_ACCOUNTS)
    return tuple(
        Check(code, sentence.strip(), query.strip())
        for code, sentence, query in _CHECK.findall(text.replace("{final_accounts}", final))
    )


def verify_book() -> Verification:
    """Look at the whole book in one snapshot.

    The result names the first false row of every check that fails. Nothing is written.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # Every check reads whole tables. After a large batch the statistics are old, and a loop inside a
                # loop that seemed short would take minutes.
                cursor.execute("SET LOCAL enable_nestloop = off")
        checked: dict[str, str] = {}
        findings: list[Finding] = []
        for check in checks():
            checked[check.code] = check.sentence
            rows = _rows(check.query)
            if rows:
                findings.append(Finding(check.code, check.sentence, {k: str(v) for k, v in rows[0].items()}))
        sentence = (
            "Live blocks, sums of entries and a replay from nothing give every account the same balance."
        )
        checked["balances"] = sentence
        replay = Replay()
        findings += _compare_balances(replay, sentence)
    return Verification(
        tuple(findings), checked, replay.entries, replay.blocks, sum(replay.balances.values())
    )


def _rows(query: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class Replay:
    """The book read from its first entry on into an empty one, in memory."""

    def __init__(self) -> None:
        self.entries = 0
        self.blocks = 0
        self.live: dict[int, tuple[int, str, int, int]] = {}
        self.balances: dict[int, int] = defaultdict(int)
        self.fault: dict[str, str] = {}
        self._run()

    def _run(self) -> None:
        """Each entry in turn takes its blocks out, and puts in the ones it bears."""
        current = 0
        for entry_id, spends, block_id, account_id, party, first, last in _legs():
            if entry_id != current:
                current, self.entries = entry_id, self.entries + 1
            units = last - first + 1
            if spends:
                if self.live.pop(block_id, None) is None:
                    self.fault = self.fault or {"entry": str(entry_id), "block": str(block_id)}
                self.balances[account_id] -= units
            else:
                self.blocks += 1
                self.live[block_id] = (account_id, party, first, last)
                self.balances[account_id] += units


def _legs() -> Iterator[tuple[int, int, int, int, str, int, int]]:
    """Every spending and bearing: entry, whether it spends, block, account, Party, first, last; spendings
    first.
    """
    query = """
        SELECT entry_id, spends, id, account_id, party, first, last FROM (
            SELECT spent_by_id AS entry_id, 1 AS spends, id, account_id, party, first, last
            FROM registry_block WHERE spent_by_id IS NOT NULL
            UNION ALL
            SELECT born_by_id, 0, id, account_id, party, first, last FROM registry_block) AS legs
        ORDER BY entry_id, spends DESC, id"""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(BLOCKS_AT_ONCE):
            yield from rows


def _compare_balances(replay: Replay, sentence: str) -> list[Finding]:
    """The three balances of every account, side by side; the first difference is the finding."""
    if replay.fault:
        return [Finding("balances", sentence, replay.fault)]
    query = """
        SELECT account_id, sum(CASE WHEN spent_by_id IS NULL THEN last - first + 1 ELSE 0 END) AS live
        FROM registry_block GROUP BY account_id"""
    live = {row["account_id"]: int(row["live"]) for row in _rows(query)}
    query = """
        SELECT account_id, sum(units) AS units FROM (
            SELECT b.account_id, b.last - b.first + 1 AS units
            FROM registry_entry e JOIN registry_block b ON b.born_by_id = e.id
            UNION ALL
            SELECT b.account_id, -(b.last - b.first + 1)
            FROM registry_entry e JOIN registry_block b ON b.spent_by_id = e.id) AS sides
        GROUP BY account_id"""
    booked = {row["account_id"]: int(row["units"]) for row in _rows(query)}
    for account_id in sorted(live.keys() | booked.keys() | replay.balances.keys()):
        three = (live.get(account_id, 0), booked.get(account_id, 0), replay.balances.get(account_id, 0))
        if len(set(three)) > 1:
            names = ("live_blocks", "entries", "replay")
            row = {"account": str(account_id), **{n: str(v) for n, v in zip(names, three, strict=True)}}
            return [Finding("balances", sentence, row)]
    return []
