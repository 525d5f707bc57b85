"""What the database itself refuses in the life-cycle app: a record, a document version changed or deleted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

WRITTEN_ONCE = (
    "cdm_record",
    "cdm_documentversion",
    "cdm_payment",
    "cdm_boarddecision",
    "cdm_opinion",
    "cdm_cmpdecision",
    "cdm_replacementcancellation",
    "cdm_focalpointwithdrawal",
    "cdm_justifiedabsence",
    "cdm_activityreport",
)
SENTENCE = "is written once and cannot be changed or deleted"


def install(using: str = "default", **_: Any) -> None:
    """Put the walls up; after every migrate, because SQLite drops triggers when it remakes a table."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in WRITTEN_ONCE:
            if table in tables:
                for statement in _statements(connection.vendor, table):
                    cursor.execute(statement)


def take_down(using: str = "default") -> None:
    """Take the walls down; a transactional test's flush needs it."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table in WRITTEN_ONCE:
            for verb in ("update", "delete", "truncate"):
                if connection.vendor == "postgresql":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}")
                else:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")


@contextmanager
def lifted(using: str = "default") -> Iterator[None]:
    """The walls down for a while; only for emptying a test database."""
    take_down(using)
    try:
        yield
    finally:
        install(using)


def _statements(vendor: str, table: str) -> Iterator[str]:
    if vendor == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION cdm_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '% {SENTENCE}', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
            "END $$"
        )
        for verb in ("update", "delete"):
            yield (
                f"CREATE OR REPLACE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION cdm_written_once()"
            )
        yield (
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION cdm_written_once()"
        )
    else:
        for verb in ("update", "delete"):
            yield f"DROP TRIGGER IF EXISTS {table}_no_{verb}"
            yield (
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} {SENTENCE}'); END"
            )
