"""How Django knows the life-cycle app."""

from django.apps import AppConfig


class CdmConfig(AppConfig):
    name = "cdm"
    verbose_name = "Clean Development Mechanism"

    def ready(self) -> None:
        from cdm import checks  # noqa: F401  registers the system checks
