"""What the database itself refuses about attestations; put up after every migrate, beside registry.guards."""

from __future__ import annotations

from pathlib import Path

from django.db import connections, transaction

TABLES = {"registry_attestation", "registry_attestedcancellation"}


def install(*, using: str = "default") -> None:
    """Put the walls up, in place of what stood there. Does nothing until the tables exist."""
    connection = connections[using]
    path = Path(__file__).parent / "sql" / connection.vendor / "attestations.sql"
    with connection.cursor() as cursor:
        if not set(connection.introspection.table_names(cursor)) >= TABLES:
            return
        with transaction.atomic(using=using):
            for statement in path.read_text(encoding="utf-8").split("\n;;\n"):
                cursor.execute(statement)
