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
        from cdm import account_requests, checks, checks_pages  # noqa: F401  registers the system checks
        from registry.account_requests import happened

        happened.connect(account_requests.keep_and_tell, dispatch_uid="cdm.account_requests.keep_and_tell")
        post_migrate.connect(put_walls_up, sender=self, dispatch_uid="cdm.walls.install")
