"""Loads the demonstration: an invented cast and, unless only the cast is wanted, the history of its projects."""

import argparse
import datetime as dt
import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from cdm import clock, demonstration
from registry.management.tables import OnTables


class Command(OnTables):
    help = (
        "Loads the demonstration into an empty database. Only in demonstration mode (CDM_DEMONSTRATION=yes)."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--date",
            type=_date,
            metavar="YYYY-MM-DD",
            help="the day it opens on (default: CDM_DEMONSTRATION_DATE); history goes up to that day",
        )
        parser.add_argument("--cast-only", action="store_true", help="people and organisations, no project")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["date"] or dt.date.fromisoformat(settings.DEMONSTRATION_DATE)
        began = time.monotonic()
        try:
            projects = demonstration.load(
                opens_at=dt.datetime.combine(day, dt.time(9), dt.UTC), cast_only=options["cast_only"]
            )
        except demonstration.AlreadyLoaded as error:
            raise CommandError(str(error)) from error
        except clock.NotTheDemonstration as error:
            raise CommandError(
                "The demonstration is loaded in demonstration mode only: set CDM_DEMONSTRATION=yes."
            ) from error
        if options["verbosity"]:
            self.stdout.write(
                f"{len(demonstration.people())} people and {projects} projects, {day:%-d %B %Y}, "
                f"in {time.monotonic() - began:.1f} seconds."
            )


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2019-06-03") from None
