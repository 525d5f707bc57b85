"""The book's writer on PostgreSQL: calls the functions of `registry/sql/postgresql/book.sql`."""

from __future__ import annotations

import json
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from registry.posting import Asked, Outcome
from registry.prepared import ask


class PostgreSQL:
    """One round trip for one asking, or for many."""

    def issue(self, asked: Asked) -> Outcome:
        return _call("SELECT registry_issue_one(%s::jsonb)", asked)[0]

    def move(self, asked: Asked) -> Outcome:
        return _call("SELECT registry_move(%s::jsonb)", asked)[0]

    def arrive(self, asked: Asked) -> Outcome:
        return _call("SELECT registry_arrive(%s::jsonb)", asked)[0]

    def issue_many(self, rows: list[Asked]) -> list[Outcome]:
        return _call("SELECT * FROM registry_issue(%s::jsonb)", rows)

    def move_many(self, rows: list[Asked]) -> list[Outcome]:
        return _call("SELECT * FROM registry_move_many(%s::jsonb)", rows)


def _call(query: str, asked: Any) -> list[Outcome]:
    """Call a function of the book with its argument apart from the statement, which is then read and planned once."""
    return [
        json.loads(outcome) for (outcome,) in ask(connections[DEFAULT_DB_ALIAS], query, [json.dumps(asked)])
    ]
