"""Loads the UNFCCC's list of real projects, and where they lie, as historical records.

See docs/history-import.md. Safe to run again: what is there and equal is skipped, what differs is refused.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from cdm import clock
from cdm.models import HistoricalMethodology, HistoricalParty, HistoricalProject
from cdm.rules import methodologies, parties
from cdm.rules.errors import RuleError
from registry.management.tables import OnTables

PROJECT_COLUMNS = (
    *("ref", "title", "status", "registered_on", "host_parties", "other_parties"),
    *("methodologies", "reductions_tpa"),
)
LOCATION_COLUMNS = ("ref", "scale", "lat", "lon")
STATUSES = {status.label: status for status in HistoricalProject.Status}
# the list's mark for an entry that has neither a date nor an outcome: nothing that can be cited
NO_OUTCOME = "NoDate"
FIELD_NAMES = {
    "title": "title",
    "status": "status",
    "registered_on": "effective date",
    "annual_reductions_t": "reductions a year",
    "methodologies_text": "methodologies",
    "involved": "Parties",
    "place": "place",
}
FIVE_DIGITS = Decimal("0.00001")
BATCH = 1000


class BadRow(ValueError):
    """A row cannot be taken; the message says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Scale and coordinates (WGS 84, decimal degrees) of a project, from the file of locations."""

    scale: str
    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True)
class Entry:
    """One row, read. `involved` are (code, is_host); `applied` are (methodology, version)."""

    reference_number: int
    title: str
    status: str
    registered_on: dt.date | None
    annual_reductions_t: int
    methodologies_text: str
    involved: tuple[tuple[str, bool], ...]
    applied: tuple[tuple[str, str], ...]
    place: Place | None = None


@dataclass
class Report:
    """What happened, for people and for programs. `refused` rows were not taken; `remarks` stop nothing."""

    loaded: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    already_there: int = 0
    left_out: int = 0
    placed: int = 0
    refused: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Command(OnTables):
    help = "Loads real projects of the UNFCCC's list (registered, rejected, withdrawn) as historical records."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--projects", required=True, type=Path, help="CSV of the project search list")
        parser.add_argument("--locations", type=Path, help="CSV of coordinates and scale")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        report = Report()
        places = dict(_places(options["locations"], report)) if options["locations"] else {}
        with transaction.atomic():
            _load(list(_entries(options["projects"], places, report)), report, at=clock.now())
        report.seconds = round(time.monotonic() - began, 1)
        self.stdout.write(
            json.dumps(asdict(report), ensure_ascii=False) if options["json"] else _told(report)
        )
        if report.refused:
            raise CommandError(f"{len(report.refused)} rows were refused; the others are in.")


def _told(report: Report) -> str:
    loaded = ", ".join(f"{number:,} {label.lower()}" for label, number in report.loaded.items())
    lines = [
        f"Loaded: {loaded}.",
        f"Places added: {report.placed:,}.",
        f"Already there and equal: {report.already_there:,}.",
        f"Left out, because the list gives them no outcome ({NO_OUTCOME}): {report.left_out:,}.",
        *(f"Remark: {remark}" for remark in report.remarks),
        *(f"Refused: {sentence}" for sentence in report.refused),
        f"{report.seconds} seconds. Source: UNFCCC project search.",
    ]
    return "\n".join(lines)


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, row) of a CSV file with at least these columns; CommandError where it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise CommandError(
                    f"{path.name} has no column “{missing[0]}”. It needs: {', '.join(columns)}."
                )
            for row in reader:
                yield reader.line_num, {name: (row[name] or "").strip() for name in columns}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path} cannot be read: {error}. Give a CSV file in UTF-8.") from error


def _entries(path: Path, places: dict[int, Place], report: Report) -> Iterator[Entry]:
    seen: set[int] = set()
    for line, row in _rows(path, PROJECT_COLUMNS):
        if row["status"] == NO_OUTCOME:
            report.left_out += 1
            continue
        try:
            entry = _entry(row, places)
            if entry.reference_number in seen:
                raise BadRow("The reference number stands in the file twice. Keep one row.")
        except BadRow as error:
            report.refused.append(f"{path.name}, line {line}, project {row['ref']}: {error}")
            continue
        seen.add(entry.reference_number)
        yield entry


def _entry(row: dict[str, str], places: dict[int, Place]) -> Entry:
    number = _number(row["ref"])
    if row["status"] not in STATUSES:
        raise BadRow(f"“{row['status']}” is no status of the list. Known: {', '.join(STATUSES)}.")
    status = STATUSES[row["status"]]
    registered_on = _day(row["registered_on"])
    if (registered_on is not None) != (status is HistoricalProject.Status.REGISTERED):
        raise BadRow("A registered project has an effective date, any other has none. Check the row.")
    if not row["reductions_tpa"].isdecimal():
        raise BadRow(f"“{row['reductions_tpa']}” is not a whole number of tonnes a year.")
    hosts, others = _codes(row["host_parties"]), _codes(row["other_parties"])
    if not hosts:
        raise BadRow("It names no host Party.")
    return Entry(
        reference_number=number,
        title=html.unescape(row["title"]),
        status=str(status),
        registered_on=registered_on,
        annual_reductions_t=int(row["reductions_tpa"]),
        methodologies_text=row["methodologies"],
        involved=(*((code, True) for code in hosts), *((code, False) for code in others)),
        applied=_applied(row["methodologies"]),
        place=places.get(number),
    )


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or not int(text):
        raise BadRow(f"“{text}” is not a reference number such as 0008.")
    return int(text)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise BadRow(f"“{text}” is not a date such as 2004-11-18.") from None


def _codes(names: str) -> list[str]:
    """The codes of Parties named with “/” between them, each once. Every name must resolve."""
    try:
        found = [parties.party_named(name.strip()).code for name in names.split("/") if name.strip()]
    except RuleError as error:
        raise BadRow(f"{error} Add it to cdm/rules/data/parties.csv as another name.") from error
    return list(dict.fromkeys(found))


def _applied(text: str) -> tuple[tuple[str, str], ...]:
    try:
        found = [methodologies.parse(each) for each in text.split("/") if each.strip()]
    except RuleError as error:
        raise BadRow(str(error)) from error
    if not found:
        raise BadRow("It names no methodology.")
    return tuple(dict.fromkeys(found))


def _places(path: Path, report: Report) -> Iterator[tuple[int, Place]]:
    """Places by reference number. One that lies nowhere on the earth is left out with a remark."""
    scales = {scale.name: str(scale) for scale in HistoricalProject.Scale}
    for line, row in _rows(path, LOCATION_COLUMNS):
        where = f"{path.name}, line {line}, project {row['ref']}"
        try:
            latitude, longitude = Decimal(row["lat"]), Decimal(row["lon"])
        except InvalidOperation:
            report.remarks.append(f"{where}: the coordinates are no numbers; loaded without a place.")
            continue
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            report.remarks.append(
                f"{where}: {row['lat']}, {row['lon']} is no place on the earth; loaded without a place."
            )
            continue
        if not row["ref"].isdecimal() or row["scale"] not in scales:
            report.remarks.append(f"{where}: number or scale cannot be read; loaded without a place.")
            continue
        place = Place(scales[row["scale"]], latitude.quantize(FIVE_DIGITS), longitude.quantize(FIVE_DIGITS))
        yield int(row["ref"]), place


def _load(entries: list[Entry], report: Report, *, at: dt.datetime) -> None:
    """Keep what is new; skip what is there and equal; add a place where there is none; refuse what differs."""
    there = _kept()
    fresh, only_placed = [], []
    for entry in entries:
        kept = there.get(entry.reference_number)
        if kept is None:
            fresh.append(entry)
        elif different := _difference(kept, entry):
            report.refused.append(
                f"Project {entry.reference_number:04d} is in the archive already, with another {different}. "
                "A historical record is not overwritten: correct the file, or remove the record first."
            )
        else:
            report.already_there += 1
            if kept.place is None and entry.place is not None:
                only_placed.append(entry)
    _keep(fresh, at=at)
    _place(only_placed)
    for entry in fresh:
        report.loaded[HistoricalProject.Status(entry.status).label] += 1
    report.placed = sum(entry.place is not None for entry in fresh) + len(only_placed)


def _difference(kept: Entry, entry: Entry) -> str:
    """What differs, in words; empty where nothing does. A place on one side only is no difference."""
    return ", ".join(
        words
        for name, words in FIELD_NAMES.items()
        if getattr(kept, name) != getattr(entry, name)
        and not (name == "place" and None in (kept.place, entry.place))
    )


def _place(entries: list[Entry]) -> None:
    """Add the place to records that were loaded without one."""
    rows = HistoricalProject.objects.in_bulk(
        [entry.reference_number for entry in entries], field_name="reference_number"
    )
    for entry in entries:
        if entry.place is not None:
            row = rows[entry.reference_number]
            row.scale, row.latitude, row.longitude = (
                entry.place.scale,
                entry.place.latitude,
                entry.place.longitude,
            )
    HistoricalProject.objects.bulk_update(rows.values(), ["scale", "latitude", "longitude"], batch_size=BATCH)


def _kept() -> dict[int, Entry]:
    """Everything in the archive by reference number, in the shape of the file."""
    found = {}
    for row in HistoricalProject.objects.prefetch_related("parties", "methodologies").iterator(BATCH):
        place = None
        if row.latitude is not None and row.longitude is not None:
            place = Place(row.scale, row.latitude, row.longitude)
        found[row.reference_number] = Entry(
            reference_number=row.reference_number,
            title=row.title,
            status=row.status,
            registered_on=row.registered_on,
            annual_reductions_t=row.annual_reductions_t,
            methodologies_text=row.methodologies_text,
            involved=tuple((each.party, each.is_host) for each in row.parties.all()),
            applied=tuple((each.code, each.methodology_version) for each in row.methodologies.all()),
            place=place,
        )
    return found


def _keep(entries: list[Entry], *, at: dt.datetime) -> None:
    projects = HistoricalProject.objects.bulk_create(
        [
            HistoricalProject(
                reference_number=entry.reference_number,
                title=entry.title,
                status=entry.status,
                registered_on=entry.registered_on,
                annual_reductions_t=entry.annual_reductions_t,
                methodologies_text=entry.methodologies_text,
                scale=entry.place.scale if entry.place else "",
                latitude=entry.place.latitude if entry.place else None,
                longitude=entry.place.longitude if entry.place else None,
                imported_at=at,
            )
            for entry in entries
        ],
        batch_size=BATCH,
    )
    pairs = list(zip(projects, entries, strict=True))
    HistoricalParty.objects.bulk_create(
        [
            HistoricalParty(project=project, party=code, is_host=is_host)
            for project, entry in pairs
            for code, is_host in entry.involved
        ],
        batch_size=BATCH,
    )
    HistoricalMethodology.objects.bulk_create(
        [
            HistoricalMethodology(project=project, code=code, methodology_version=version)
            for project, entry in pairs
            for code, version in entry.applied
        ],
        batch_size=BATCH,
    )
