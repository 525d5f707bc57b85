"""How Django knows the life-cycle app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def put_walls_up(using: str, **_: Any) -> None:
    """What is written once stays: not in a migration, because SQLite drops triggers when it remakes a table."""
    from cdm import units
    from cdm.models import walls

    walls.install(using=using)
    units.install(using=using)


def take_rules_of_the_operator() -> None:
    """Add the rule sets of CDM_RULES and choose CDM_MECHANISM; a mistake stops the start with line and reason."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    from cdm.rules import sets
    from cdm.rules.errors import RuleError

    try:
        if settings.RULES_FOLDER:
            sets.add_folder(settings.RULES_FOLDER)
        sets.choose(settings.MECHANISM)
    except RuleError as error:
        where = f"CDM_RULES={settings.RULES_FOLDER or ''}, CDM_MECHANISM={settings.MECHANISM}"
        raise ImproperlyConfigured(f"The rules cannot be taken: {error} ({where})") from error


class CdmConfig(AppConfig):
    name = "cdm"
    verbose_name = "Clean Development Mechanism"

    def ready(self) -> None:
        take_rules_of_the_operator()  # first: what is loaded after it may ask for the rules
        from cdm import account_requests, checks, checks_pages, movements_told  # noqa: F401  registers system checks
        from registry.account_requests import happened
        from registry.movements import doors

        happened.connect(account_requests.keep_and_tell, dispatch_uid="cdm.account_requests.keep_and_tell")
        doors.happening.connect(movements_told.rows, dispatch_uid="cdm.movements_told.rows")
        doors.happened.connect(movements_told.tell, dispatch_uid="cdm.movements_told.tell")
        post_migrate.connect(put_walls_up, sender=self, dispatch_uid="cdm.walls.install")
