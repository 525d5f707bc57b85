"""Writes entries into the tables of the book. Only `registry.book` calls this room, after its own checks.

Each database has its own way: functions of one round trip on PostgreSQL, the same steps from here on SQLite.
Both take what is asked as one plain object, take the locks, look at what only a lock makes sure (accounts
open, enough units, key unused), and give back what they did or why they did not; then nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, Protocol, TypedDict

from django.db import DEFAULT_DB_ALIAS, connections


class Outcome(TypedDict, total=False):
    """What became of one asking.

    `outcome` is `done`, `again` (this key did it before), or why nothing was written: `key_reused`,
    `not_open` with the `account`, `too_few` with what is `available`, `overlaps` with `start` and `end` of
    the monitoring period issued for, `issued_before`, `no_serials`, `no_account`, `here_already`.
    """

    outcome: str
    entry: int
    gross_units: int
    issuance: int
    first: int
    account: int
    available: int
    start: str
    end: str


Asked = dict[str, Any]
"""Plain values only: numbers, texts, days and instants as ISO texts, and `targets` as pairs of account and
units.
"""

MOST_AT_ONCE: Final = 1_000
"""Rows that one transaction of a batch writes: large enough to be fast, small enough not to hold locks
long.
"""


class Writer(Protocol):
    """The acts of the book, singly and many in one transaction, each row done or refused by itself."""

    def issue(self, asked: Asked) -> Outcome: ...

    def move(self, asked: Asked) -> Outcome: ...

    def arrive(self, asked: Asked) -> Outcome: ...

    def issue_many(self, rows: list[Asked]) -> list[Outcome]: ...

    def move_many(self, rows: list[Asked]) -> list[Outcome]: ...


def writer() -> Writer:
    """The writer of the database in use, for one act or one batch."""
    return _writers()[connections[DEFAULT_DB_ALIAS].vendor]()


@cache
def _writers() -> dict[str, Callable[[], Writer]]:
    from registry.posting.postgresql import PostgreSQL
    from registry.posting.sqlite import SQLite

    return {"postgresql": PostgreSQL, "sqlite": SQLite}
