"""What the database itself refuses, on PostgreSQL and on SQLite; put up after every migrate.

The walls stand whatever program writes: the ORM, raw SQL, or the owner of the tables at a prompt. They are
SQL, in `registry/sql/<database>/walls.sql`. Here is only how they get there, together with the functions of
PostgreSQL's writer.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from registry import codes
from registry.models import Account, AccountRecord, Block, Deduction, Entry, Issuance, PartyCounter
from registry.models_movements import Movement, MovementCheck, MovementLine, MovementRecord

TABLES = [
    model._meta.db_table
    for model in (
        *(Account, AccountRecord, PartyCounter, Entry, Block, Issuance, Deduction),
        *(Movement, MovementLine, MovementCheck, MovementRecord),
    )
]


@cache
def statements(vendor: str, name: str = "walls") -> str:
    """The text of the walls for a database, with the lists of `registry.codes` filled in."""
    text = (Path(__file__).parent / "sql" / vendor / f"{name}.sql").read_text(encoding="utf-8")
    for list_name, types in (
        ("final_accounts", codes.FINAL_ACCOUNTS),
        ("registry_accounts", codes.REGISTRY_ACCOUNTS),
        ("entry_kinds", codes.EntryKind),
    ):
        text = text.replace(f"{{{list_name}}}", ", ".join(f"'{one.value}'" for one in types))
    return text.replace("{users}", f'"{get_user_model()._meta.db_table}"')


def install(*, using: str = "default") -> None:
    """Put every wall up, in place of what stood there. Does nothing until the registry's tables exist."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if not set(TABLES) <= set(connection.introspection.table_names(cursor)):
            return
        with transaction.atomic(using=using):
            if connection.vendor == "postgresql":
                for name in ("walls", "movements", "book", "one_act"):
                    cursor.execute(statements("postgresql", name))
            else:
                for name in standing(connection):
                    cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
                for name in ("walls", "movements"):
                    for statement in statements("sqlite", name).split("\n;;\n"):
                        cursor.execute(statement)


def standing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the walls that stand now as triggers on the registry's tables."""
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'registry\\_%' ORDER BY 1"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'registry_*' ORDER BY 1"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]
