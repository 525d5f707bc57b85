"""The book's writer on SQLite: the steps of `registry/sql/postgresql/book.sql`, one statement after the
other.

SQLite lets one transaction write at a time, so the locks are the transaction itself (`BEGIN IMMEDIATE`). An
entry is complete before the next begins, and spends before it bears: the walls of this database look at it
in that order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from registry.posting import Asked, Outcome
from registry.serials import LARGEST_SERIAL

BEAR = """
    INSERT INTO registry_block (party, first, last, unit_type, original_period, applicable_period,
    project_number,
                                lulucf, track, expires_on, reserved_for, account_id, born_by_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""

LIVE = """
    FROM registry_block
    WHERE account_id = %s AND party = %s AND project_number = %s AND unit_type = %s AND applicable_period = %s
      AND reserved_for = %s AND spent_by_id IS NULL AND first <= %s"""

OF_BLOCK = (
    "party, unit_type, original_period, applicable_period, project_number, lulucf, track, expires_on,"
    " reserved_for"
)

Live = tuple[int, int, int, list[Any]]
"""A live block: its number, first and last serial, and the values of `OF_BLOCK`."""


class SQLite:
    """Every step by itself, inside the transaction that the door has begun."""

    def __init__(self) -> None:
        self.cursor = connection.cursor()

    def issue_many(self, rows: list[Asked]) -> list[Outcome]:
        return [self.issue(asked) for asked in rows]

    def move_many(self, rows: list[Asked]) -> list[Outcome]:
        return [self.move(asked) for asked in rows]

    def issue(self, asked: Asked) -> Outcome:
        """Issue, deduct and forward, each by its own entry."""
        party, quantity, share = asked["party"], asked["quantity"], asked["share_units"]
        standing = self._counter(party)
        own = dict(
            self._rows("SELECT type, id FROM registry_account WHERE type IN ('pending', 'adaptation_share')")
        )
        if (refusal := self._refused_issue(asked, standing, list(own.values()))) is not None:
            return refusal
        low, high = standing + 1, standing + quantity
        self._do("UPDATE registry_partycounter SET last_serial = %s WHERE party = %s", high, party)
        entry = self._entry(asked, "issuance", "", quantity, quantity)
        issuance = self._issuance(asked, entry, low, high)
        kind = [
            *(party, asked["unit_type"], asked["period"], asked["period"], asked["project_number"]),
            *(asked["lulucf"], 0, asked["expires_on"], 0),
        ]
        block = self._bear(kind, low, high, own["pending"], entry)
        later: int | None = None
        if share:
            later = self._entry(asked, "adaptation_share", ":share", share, quantity)
            self._spend([block], later)
            self._bear(kind, low, low + share - 1, own["adaptation_share"], later)
            if share < quantity:
                block = self._bear(kind, low + share, high, own["pending"], later)
        self._deduction(asked, issuance, later, low)
        if asked["targets"]:
            self._forward(asked, kind=kind, block=block, low=low + share, high=high, pending=own["pending"])
        return {"outcome": "done", "entry": entry, "issuance": issuance, "first": low}

    def _forward(
        self, asked: Asked, *, kind: list[Any], block: int, low: int, high: int, pending: int
    ) -> None:
        entry = self._entry(
            asked, "forwarding", ":forward", sum(units for _, units in asked["targets"]), high - low + 1
        )
        self._spend([block], entry)
        for account, units in asked["targets"]:
            self._bear(kind, low, low + units - 1, account, entry)
            low += units
        if low <= high:
            self._bear(kind, low, high, pending, entry)

    def move(self, asked: Asked) -> Outcome:
        """Walk the live blocks, lowest serial first, until there is enough; write the entry, spend and
        bear.
        """
        low, high = asked["first"] or 1, asked["last"] or LARGEST_SERIAL
        if (refusal := self._done_before(asked)) is not None:
            return refusal
        held = [account for account, _ in asked["targets"]]
        if (refusal := self._not_open([*held, asked["source"]])) is not None:
            return refusal
        spent: list[Live] = []
        missing = wanted = sum(units for _, units in asked["targets"])
        for block_id, first, last, *kind in self._walk(asked, low, high):
            spent.append((block_id, first, last, kind))
            missing -= min(last, high) - max(first, low) + 1
            if missing <= 0:
                break
        if missing > 0:
            return {"outcome": "too_few", "available": wanted - missing}
        gross = sum(last - first + 1 for _, first, last, _ in spent)
        entry = self._entry(asked, asked["kind"], "", wanted, gross)
        self._spend([block_id for block_id, *_ in spent], entry)
        self._bear_parts(asked, spent, entry, low, high)
        return {"outcome": "done", "entry": entry, "gross_units": gross}

    def _walk(self, asked: Asked, low: int, high: int) -> Any:
        """A cursor of its own over the blocks, so that only those taken are read."""
        kind = [asked[name] for name in ("source", "party", "project_number", "unit_type", "period")]
        kind.append(asked.get("from") or 0)
        start = self._rows(f"SELECT first {LIVE} ORDER BY first DESC LIMIT 1", *kind, low)
        with connection.cursor() as walking:
            walking.execute(
                f"SELECT id, first, last, {OF_BLOCK} {LIVE} AND first >= %s AND last >= %s ORDER BY first",
                [*kind, high, start[0][0] if start else low, low],
            )
            yield from iter(walking.fetchone, None)

    def _bear_parts(self, asked: Asked, spent: Sequence[Live], entry: int, low: int, high: int) -> None:
        """To each account its units in order; what remains of a cut block is born again where it was."""
        waiting = [list(target) for target in asked["targets"]]
        for _, first, last, kind in spent:
            here = max(first, low)
            if here > first:
                self._bear(kind, first, here - 1, asked["source"], entry)
            while waiting and here <= min(last, high):
                account, due = waiting[0]
                until = min(last, high, here + due - 1)
                self._bear(_moved(kind, asked), here, until, account, entry)
                waiting[0][1] -= until - here + 1
                if not waiting[0][1]:
                    waiting.pop(0)
                here = until + 1
            if here <= last:
                self._bear(kind, here, last, asked["source"], entry)

    def arrive(self, asked: Asked) -> Outcome:
        """Bear units that were issued elsewhere."""
        account, units = asked["targets"][0]
        if (refusal := self._done_before(asked) or self._not_open([account])) is not None:
            return refusal
        query = "SELECT 1 FROM registry_block WHERE party = %s AND spent_by_id IS NULL AND first <= %s AND last >= %s"
        if self._rows(query, asked["party"], asked["last"], asked["first"]):
            return {"outcome": "here_already"}
        entry = self._entry(asked, asked["kind"], "", units, units)
        names = (
            "party",
            "unit_type",
            "original_period",
            "period",
            "project_number",
            "lulucf",
            "track",
            "expires_on",
        )
        self._bear([*(asked[name] for name in names), 0], asked["first"], asked["last"], account, entry)
        return {"outcome": "done", "entry": entry, "gross_units": units}

    # What every act looks at

    def _counter(self, party: str) -> int:
        self._do(
            "INSERT INTO registry_partycounter (party, last_serial) SELECT %s, 0"
            " WHERE NOT EXISTS (SELECT 1 FROM registry_partycounter WHERE party = %s)",
            party,
            party,
        )
        counters = self._rows("SELECT last_serial FROM registry_partycounter WHERE party = %s", party)
        return int(counters[0][0])

    def _done_before(self, asked: Asked) -> Outcome | None:
        found = self._rows('SELECT id, content FROM registry_entry WHERE "key" = %s', asked["key"])
        if not found:
            return None
        if found[0][1] == asked["content"]:
            return {"outcome": "again", "entry": found[0][0]}
        return {"outcome": "key_reused"}

    def _not_open(self, accounts: Iterable[int]) -> Outcome | None:
        for account in accounts:
            if self._rows("SELECT state FROM registry_account WHERE id = %s", account) != [("open",)]:
                return {"outcome": "not_open", "account": account}
        return None

    def _refused_issue(self, asked: Asked, standing: int, own: list[int]) -> Outcome | None:
        if (refusal := self._done_before(asked)) is not None:
            return refusal
        if len(own) < 2:
            return {"outcome": "no_account"}
        if (refusal := self._not_open([*own, *(account for account, _ in asked["targets"])])) is not None:
            return refusal
        if not asked["correction"]:
            overlapping = self._rows(
                "SELECT monitoring_start, monitoring_end FROM registry_issuance WHERE party = %s"
                " AND project_number = %s AND monitoring_start <= %s AND monitoring_end >= %s LIMIT 1",
                *(
                    asked["party"],
                    asked["project_number"],
                    asked["monitoring_end"],
                    asked["monitoring_start"],
                ),
            )
            if overlapping:
                return {"outcome": "overlaps", "start": str(overlapping[0][0]), "end": str(overlapping[0][1])}
        query = (
            "SELECT 1 FROM registry_issuance"
            " WHERE request_reference = %s AND party = %s AND commitment_period = %s"
        )
        if self._rows(query, asked["request_reference"], asked["party"], asked["period"]):
            return {"outcome": "issued_before"}
        return {"outcome": "no_serials"} if standing + asked["quantity"] > LARGEST_SERIAL else None

    # What is written

    def _entry(self, asked: Asked, kind: str, suffix: str, units: int, gross_units: int) -> int:
        at = dt.datetime.fromisoformat(asked["at"]).astimezone(dt.UTC).replace(tzinfo=None)
        return self._do(
            'INSERT INTO registry_entry (kind, "key", content, units, gross_units, by_id, at, reason, movement_id)'
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            *(kind, asked["key"] + suffix, asked["content"], units, gross_units),
            *(asked["by"], at.isoformat(" "), asked["reason"], asked.get("movement")),
        )

    def _issuance(self, asked: Asked, entry: int, low: int, high: int) -> int:
        return self._do(
            "INSERT INTO registry_issuance (entry_id, party, project_number, unit_type, commitment_period,"
            " first, last, monitoring_start, monitoring_end, request_reference, correction)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            *(entry, asked["party"], asked["project_number"], asked["unit_type"], asked["period"], low, high),
            *(asked["monitoring_start"], asked["monitoring_end"]),
            *(asked["request_reference"], asked["correction"]),
        )

    def _deduction(self, asked: Asked, issuance: int, entry: int | None, low: int) -> None:
        share = asked["share_units"]
        self._do(
            "INSERT INTO registry_deduction (issuance_id, entry_id, rate_percent, units, first, last, rule,"
            " exemption) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            *(issuance, entry, asked["rate_percent"], share),
            *((low, low + share - 1) if share else (None, None)),
            *(asked["rule"], asked["exemption"]),
        )

    def _bear(self, kind: list[Any], first: int, last: int, account: int, entry: int) -> int:
        return self._do(BEAR, kind[0], first, last, *kind[1:], account, entry)

    def _spend(self, blocks: list[int], entry: int) -> None:
        for block in blocks:
            self._do("UPDATE registry_block SET spent_by_id = %s WHERE id = %s", entry, block)

    def _do(self, statement: str, *values: Any) -> int:
        """Run one statement; the number of the row it inserted, where it inserted one."""
        self.cursor.execute(statement, values)
        return self.cursor.lastrowid or 0

    def _rows(self, query: str, *values: Any) -> list[Any]:
        self.cursor.execute(query, values)
        return list(self.cursor.fetchall())


def _moved(kind: list[Any], asked: Asked) -> list[Any]:
    """What the moved part of a block is from now on, and which movement it is reserved for."""
    names = [name.strip() for name in OF_BLOCK.split(",")]
    becomes = dict(asked.get("becomes") or {})
    if "period" in becomes:
        becomes["applicable_period"] = becomes.pop("period")
    becomes["reserved_for"] = asked.get("for") or 0
    return [becomes.get(name, value) for name, value in zip(names, kind, strict=True)]
