"""Commands that work on what lies in the database: one without any table gets its tables first."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection


class OnTables(BaseCommand):
    """A command for a fresh machine too: nobody has to know that `migrate` comes first."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Make the tables where there is none at all, then run the command."""
        if not connection.introspection.table_names():
            call_command("migrate", interactive=False, verbosity=0)
        return super().execute(*args, **options)
