"""Tells Django about the registry and puts the database's walls up after every migrate."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


def take_walls_down(using: str, plan: list[Any], **_: Any) -> None:
    """Before a migration on SQLite: it remakes tables under the triggers, which then name what is not there.

    All of them, the other app's too: a trigger on one table may read another. They are up again when the
    migration is over; PostgreSQL alters tables in place and keeps them up.
    """
    connection = connections[using]
    if not plan or connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def put_walls_up(using: str, **_: Any) -> None:
    """Install the walls; not in a migration, because SQLite drops triggers when it remakes a table."""
    from registry import account_walls, attestation_walls, guards

    guards.install(using=using)
    attestation_walls.install(using=using)
    account_walls.install(using=using)


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "Registry of units"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # tables of their own rooms
        from registry import models_accounts, models_attestations, models_movements  # noqa: F401

        pre_migrate.connect(take_walls_down, sender=self, dispatch_uid="registry.guards.take_down")
        post_migrate.connect(put_walls_up, sender=self, dispatch_uid="registry.guards.install")
