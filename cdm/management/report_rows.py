"""The rows of the CDM registry's public reports, read strictly; what is wrong with one is said in a sentence."""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import CommandError

from registry.codes import UnitType
from registry.serials import SerialRange

UNIT_TYPES = {kind.label: kind for kind in UnitType}
CANCELLATION_COLUMNS = {
    *("completed_at", "party", "project_ref", "unit_type", "commitment_period"),
    *("serial_start", "serial_end", "quantity"),
}
ISSUANCE_COLUMNS = {
    *CANCELLATION_COLUMNS,
    *("issuance_process_id", "issuance_date", "monitoring_start", "monitoring_end"),
}


class BadRow(ValueError):
    """A row of the file does not say what it must; the message is for the reader."""


@dataclass(frozen=True)
class Row:
    """One row of either file, read strictly."""

    raw: dict[str, str]
    party: str
    project_number: int
    unit_type: UnitType
    commitment_period: int
    serials: SerialRange
    completed_at: dt.datetime

    @classmethod
    def read(cls, raw: dict[str, str]) -> Row:
        """Raises BadRow with what is wrong."""
        kind = next((k for label, k in UNIT_TYPES.items() if label.lower() == raw["unit_type"].lower()), None)
        if kind is None:
            raise BadRow(f"“{raw['unit_type']}” is not a type of Kyoto unit.")
        number = re.fullmatch(r"(?:[A-Z]{2}-)?0*([0-9]{1,7})", raw["project_ref"])
        if number is None:
            raise BadRow(f"“{raw['project_ref']}” is not a project number.")
        try:
            serials = SerialRange(raw["party"], int(raw["serial_start"]), int(raw["serial_end"]))
            quantity, period = int(raw["quantity"]), int(raw["commitment_period"])
            at = dt.datetime.fromisoformat(raw["completed_at"])
        except ValueError as error:
            raise BadRow(str(error)) from None
        if serials.units != quantity:
            raise BadRow(f"The serials {serials} are {serials.units} units, not {quantity}.")
        at = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
        return cls(raw, raw["party"], int(number[1]), kind, period, serials, at)


def read(path: Path, columns: set[str]) -> list[dict[str, str]]:
    """All rows of a file that has these columns. Raises CommandError where it cannot be read or lacks one."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = columns - set(reader.fieldnames or ())
            if missing:
                raise CommandError(f"{path} lacks the columns {', '.join(sorted(missing))}.")
            return list(reader)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def day(text: str) -> dt.date | None:
    """The day a cell begins with, or None for an empty one. Raises BadRow for anything else."""
    if not text.strip():
        return None
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        raise BadRow(f"“{text}” is not a day such as 2012-12-31.") from None
