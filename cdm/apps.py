"""How Django knows the life-cycle app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def put_walls_up(using: str, **_: Any) -> None:
    """What is written once stays: not in a migration, because SQLite drops triggers when it remakes a table."""
    from cdm.models import walls

    walls.install(using=using)


class CdmConfig(AppConfig):
    name = "cdm"
    verbose_name = "Clean Development Mechanism"

    def ready(self) -> None:
        from cdm import checks, checks_pages, registry_viewer  # noqa: F401  registers the system checks
        from registry import account_requests

        account_requests.happened.connect(
            registry_viewer.keep_record, dispatch_uid="cdm.registry_viewer.keep_record"
        )
        post_migrate.connect(put_walls_up, sender=self, dispatch_uid="cdm.walls.install")
