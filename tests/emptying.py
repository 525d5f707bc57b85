"""Empties the database after a test that commits: the walls that refuse deletion come down just for that."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.test import TransactionTestCase


@contextmanager
def walls_down() -> Iterator[None]:
    """Without the databases' own refusals; SQLite's come back with the post_migrate of the flush."""
    for connection in connections.all():
        with connection.cursor() as cursor:
            for statement in _statements(connection, cursor, down=True):
                cursor.execute(statement)
    yield
    for connection in connections.all():
        with connection.cursor() as cursor:
            for statement in _statements(connection, cursor, down=False):
                cursor.execute(statement)


def _statements(connection: Any, cursor: Any, *, down: bool) -> list[str]:
    quote = connection.ops.quote_name
    if connection.vendor == "sqlite":
        if not down:
            return []
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return [f"DROP TRIGGER {quote(name)}" for (name,) in cursor.fetchall()]
    cursor.execute(
        "SELECT DISTINCT relname FROM pg_trigger"
        " JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
    )
    word = "DISABLE" if down else "ENABLE"
    return [f"ALTER TABLE {quote(name)} {word} TRIGGER USER" for (name,) in cursor.fetchall()]


def empty_with_walls_down() -> None:
    """Make every later test that commits end with walls_down() around its flush."""
    flush = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        with walls_down():
            flush(case)

    TransactionTestCase._fixture_teardown = teardown
