"""Runs a made-up world of hundreds of projects through the doors and checks that every law of it holds in the end."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from typing import Any

from django.core.management.base import CommandError

from cdm import simulation
from registry.management.tables import OnTables


class Command(OnTables):
    help = (
        "Lives through a made-up world in an empty database: all actors, random refusals, reviews, suspensions, clock "
        "jumps, by a fixed seed. Then checks: no legal clock overdue, a way out of every state, the book "
        "verified, every record chain unbroken. Ends with 1 where anything is wrong."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--projects", type=int, default=200, help="how many projects are filed (default 200)"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="the dice; the same seed, the same world (default 1)"
        )
        parser.add_argument(
            "--from",
            dest="begins_on",
            type=_date,
            default=dt.date(2016, 1, 4),
            metavar="YYYY-MM-DD",
            help="the first day (default 2016-01-04)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["projects"] < 1:
            raise CommandError("A world has at least one project: give --projects 1 or more.")
        plan = simulation.Plan(
            projects=options["projects"], seed=options["seed"], begins_on=options["begins_on"]
        )
        try:
            tally = simulation.run(plan)
        except simulation.NotEmpty as error:
            raise CommandError(str(error)) from error
        text = json.dumps(tally.as_json(), indent=2) if options["json"] else "\n".join(tally.lines())
        self.stdout.write(text)
        if not tally.ok:
            sys.exit(1)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2016-01-04") from None
