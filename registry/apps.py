"""Tells Django about the registry and puts the database's walls up after every migrate."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def put_walls_up(using: str, **_: Any) -> None:
    """Install the walls; not in a migration, because SQLite drops triggers when it remakes a table."""
    from registry import attestation_walls, guards

    guards.install(using=using)
    attestation_walls.install(using=using)


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "Registry of units"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from registry import models_attestations  # noqa: F401  tables of their own room

        post_migrate.connect(put_walls_up, sender=self, dispatch_uid="registry.guards.install")
