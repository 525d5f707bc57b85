"""The book's writer on PostgreSQL: calls the functions of `registry/sql/postgresql/book.sql`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections

from registry.posting import Asked, Outcome
from registry.prepared import ask
from registry.serials import LARGEST_SERIAL

HEADING: Final = ("key", "content", "by", "at", "reason", "movement")
UNITS_ISSUED: Final = (
    *("party", "project_number", "unit_type", "period", "quantity", "monitoring_start", "monitoring_end"),
    *(
        "request_reference",
        "correction",
        "expires_on",
        "lulucf",
        "share_units",
        "rate_percent",
        "rule",
        "exemption",
    ),
)
UNITS_MOVED: Final = ("source", "party", "project_number", "unit_type", "period")


class PostgreSQL:
    """One round trip for one asking, or for many. One alone comes as arguments, many as one text."""

    def issue(self, asked: Asked) -> Outcome:
        places, units = zip(*asked["targets"], strict=True) if asked["targets"] else ((), ())
        reached = (0, *accumulate(units))
        targets = (_array(places), _array(units), _array(reached[:-1]), reached[-1])
        return _call("registry_issue_one", [*_these(asked, UNITS_ISSUED), *targets, *_these(asked, HEADING)])[
            0
        ]

    def move(self, asked: Asked) -> Outcome:
        places, units = zip(*asked["targets"], strict=True)
        becomes = asked.get("becomes")
        return _call(
            "registry_move_units",
            [
                *_these(asked, UNITS_MOVED),
                asked["first"] or 1,
                asked["last"] or LARGEST_SERIAL,
                _array(places),
                _array(units),
                asked.get("from") or 0,
                asked.get("for") or 0,
                json.dumps(becomes) if becomes else None,
                asked["kind"],
                *_these(asked, HEADING),
            ],
        )[0]

    def arrive(self, asked: Asked) -> Outcome:
        return _call("registry_arrive", [json.dumps(asked)])[0]

    def issue_many(self, rows: list[Asked]) -> list[Outcome]:
        return _call("registry_issue", [json.dumps(rows)])

    def move_many(self, rows: list[Asked]) -> list[Outcome]:
        return _call("registry_move_many", [json.dumps(rows)])


def _these(asked: Asked, names: Iterable[str]) -> list[Any]:
    return [asked.get(name) for name in names]


def _array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _call(function: str, arguments: list[Any]) -> list[Outcome]:
    answers = ask(connections[DEFAULT_DB_ALIAS], _statement(function, len(arguments)), arguments)
    return [json.loads(answer) for (answer,) in answers]


@cache
def _statement(function: str, arguments: int) -> str:
    return f"SELECT {function}({', '.join(['%s'] * arguments)})::text"
