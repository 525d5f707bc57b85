"""What the database itself refuses about representatives, trusted accounts and requests; put up after every migrate."""

from __future__ import annotations

from pathlib import Path

from django.db import connections, transaction

TABLES = {
    "registry_accountrepresentative",
    "registry_accountrequest",
    "registry_requestedchange",
    "registry_trustedaccount",
}


def install(*, using: str = "default") -> None:
    """Put the walls up, in place of what stood there. Does nothing until the tables exist."""
    connection = connections[using]
    path = Path(__file__).parent / "sql" / connection.vendor / "accounts.sql"
    with connection.cursor() as cursor:
        if not set(connection.introspection.table_names(cursor)) >= TABLES:
            return
        with transaction.atomic(using=using):
            for statement in path.read_text(encoding="utf-8").split("\n;;\n"):
                cursor.execute(statement)
