"""Says whether the book of units is true: `manage.py verify_book [--json]`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from registry.management.tables import OnTables
from registry.verify import verify_book


class Command(OnTables):
    help = "Re-reads the whole book of units; ends with 0 when it is true, else names the first false rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        result = verify_book()
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), indent=2))
        else:
            for finding in result.findings:
                self.stdout.write(str(finding))
            if result.ok:
                self.stdout.write(
                    f"The book is true: {len(result.checked)} checks over {result.entries} entries, "
                    f"{result.blocks} blocks and {result.units} units."
                )
        if not result.ok:
            raise CommandError(f"The book is not true: {len(result.findings)} checks failed.", returncode=1)
