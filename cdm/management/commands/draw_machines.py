"""Draws the pages of the law into docs/machines/ and docs/movements.md, or says which drawn page is stale."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cdm.workflow import drawing
from registry.movements import drawing as movements


class Command(BaseCommand):
    help = "Draws every machine as Markdown with a state diagram into docs/machines/."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if a page is stale")
        parser.add_argument("--into", default=str(settings.ROOT / "docs" / "machines"), help="the folder")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["into"])
        # the table of movements stands beside the folder of the machines
        beside = f"../{movements.FILE}"
        drawn = drawing.pages() | {beside: movements.page()}
        stale = [name for name, text in drawn.items() if _kept(folder / name) != text]
        left_over = sorted(path for path in folder.glob("*.md") if path.name not in drawn)
        if options["check"]:
            wrong = [*stale, *(path.name for path in left_over)]
            if wrong:
                raise CommandError(
                    f"Stale in {folder}: {', '.join(wrong)}. Run `manage.py draw_machines` and commit the result."
                )
            self.stdout.write(f"{len(drawn)} drawn pages are fresh.")
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name in stale:
            (folder / name).write_text(drawn[name], encoding="utf-8")
            self.stdout.write(f"drawn: {name}")
        for path in left_over:
            path.unlink()
            self.stdout.write(f"removed: {path.name}")


def _kept(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
