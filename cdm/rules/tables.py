"""Reads the files of facts (CSV) strictly: every mistake is told with file, line and reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from cdm.rules.confidence import Confidence, confidence
from cdm.rules.errors import RuleFileError

FOLDER: Final = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True)
class Line:
    """One row of a file, with readers for its cells that raise RuleFileError."""

    path: Path
    number: int
    cells: dict[str, str]

    def fail(self, reason: str) -> RuleFileError:
        return RuleFileError(self.path, self.number, reason)

    def text(self, column: str) -> str:
        """A cell that must not be empty."""
        found = self.cells[column]
        if not found:
            raise self.fail(f"“{column}” is empty.")
        return found

    def day(self, column: str) -> date | None:
        """A day such as 2005-02-16, or None for an empty cell."""
        found = self.cells[column]
        try:
            return date.fromisoformat(found) if found else None
        except ValueError:
            raise self.fail(f"“{found}” in “{column}” is not a day such as 2005-02-16.") from None

    def number_in(self, column: str) -> Decimal | None:
        """A number, exactly, or None for an empty cell."""
        found = self.cells[column]
        try:
            number = Decimal(found) if found else None
        except InvalidOperation:
            number = Decimal("NaN")
        if number is not None and not number.is_finite():
            raise self.fail(f"“{found}” in “{column}” is not a number.")
        return number

    def words(self, column: str, separator: str = ";") -> tuple[str, ...]:
        """A cell that lists words."""
        return tuple(word.strip() for word in self.cells[column].split(separator) if word.strip())

    def confidence(self, column: str = "confidence") -> Confidence:
        try:
            return confidence(self.text(column))
        except RuleFileError:
            raise
        except ValueError as error:
            raise self.fail(str(error)) from None


def lines(path: Path, columns: tuple[str, ...]) -> Iterator[Line]:
    """The rows of a CSV file whose header must be exactly `columns`."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        if tuple(header) != columns:
            raise RuleFileError(path, 1, f"the header must be {','.join(columns)}.")
        for row in reader:
            if len(row) != len(columns):
                raise RuleFileError(
                    path, reader.line_num, f"the row has {len(row)} cells, the header {len(columns)}."
                )
            yield Line(
                path, reader.line_num, {name: cell.strip() for name, cell in zip(columns, row, strict=True)}
            )
