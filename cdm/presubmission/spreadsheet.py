"""Opening an uploaded spreadsheet: the cells that hold something, and the formulae whose result was not kept.

Nothing is calculated and no macro is run: what stands in a cell is the result its program kept when it was saved.
"""

from __future__ import annotations

import datetime as dt
import re
import struct
import zipfile
import zlib
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import IO, Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_UNPACKED_BYTES: Final = 100 * 1024 * 1024
MOST_ROWS: Final = 4000
MOST_COLUMNS: Final = 120
MOST_CELLS: Final = 120_000
MOST_SHEETS: Final = 40

# two letters together: a label or a heading, and no year, number or sign
WORDS: Final = re.compile(r"[^\W\d_]{2}")
UNIT: Final = re.compile(
    r"[\[(]?\s*(in\s+)?(t|tonnes?|tons?|metric tonnes?)?\s*(of\s+)?(CO2\s*-?(e|eq\.?|equivalents?)?)?"
    r"(\s*(/|per|a)\s*(y|yr|year|annum))?\s*[\])]?",
    re.IGNORECASE,
)

Value = str | Decimal | dt.date
Place = tuple[int, int]


class CannotRead(ValueError):
    """The file cannot be read as a spreadsheet; the message says why and what to do."""


@dataclass
class Sheet:
    """One sheet: what stands in its cells, by (row, column) from 1, and where a formula has no kept result."""

    name: str
    cells: dict[Place, Value] = field(default_factory=dict)
    without_result: set[Place] = field(default_factory=set)

    @cached_property
    def _words_by_column(self) -> dict[int, list[int]]:
        """Rows with words in them that are more than a unit, for each column, in order."""
        found: dict[int, list[int]] = defaultdict(list)
        for (row, column), value in sorted(self.cells.items(), key=lambda item: item[0]):
            if isinstance(value, str) and WORDS.search(value) and not UNIT.fullmatch(value):
                found[column].append(row)
        return found

    @cached_property
    def _words_by_row(self) -> dict[int, list[int]]:
        """Columns with words in them that are more than a unit, for each row, in order."""
        found: dict[int, list[int]] = defaultdict(list)
        for (row, column), value in sorted(self.cells.items(), key=lambda item: item[0]):
            if isinstance(value, str) and WORDS.search(value) and not UNIT.fullmatch(value):
                found[row].append(column)
        return found

    def words_above(self, place: Place) -> str:
        """The nearest words above a cell, in its column; empty where there are none."""
        row, column = place
        rows = self._words_by_column.get(column, [])
        at = bisect_left(rows, row)
        return str(self.cells[rows[at - 1], column]) if at else ""

    def words_left_of(self, place: Place) -> str:
        """The nearest words to the left of a cell, in its row; empty where there are none."""
        row, column = place
        columns = self._words_by_row.get(row, [])
        at = bisect_left(columns, column)
        return str(self.cells[row, columns[at - 1]]) if at else ""

    def where(self, place: Place) -> str:
        """The cell as people name it: “ER calculation”, cell D12."""
        return f"sheet “{self.name}”, cell {get_column_letter(place[1])}{place[0]}"


def sheets_of(file: IO[bytes], size_bytes: int) -> tuple[list[Sheet], str]:
    """The sheets of an .xlsx file, and a remark where it is too large to be read to its end (else empty).

    Raises CannotRead.
    """
    if size_bytes > MOST_BYTES:
        raise CannotRead(
            f"it has more than {MOST_BYTES // 1024 // 1024} MB, which is more than this check opens"
        )
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise CannotRead("it unpacks to more than this check opens")
        file.seek(0)
        results = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        file.seek(0)
        formulae = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        return _read(results, formulae)
    except CannotRead:
        raise
    except (
        *(zipfile.BadZipFile, zlib.error, struct.error, InvalidFileException, ParseError, OSError),
        *(LookupError, ValueError, TypeError, AttributeError, EOFError, RuntimeError),
    ) as error:
        raise CannotRead("it is damaged, locked with a password, or not a spreadsheet") from error


def _read(results: Any, formulae: Any) -> tuple[list[Sheet], str]:
    found: list[Sheet] = []
    counted, remark = 0, ""
    for name in results.sheetnames[:MOST_SHEETS]:
        shown, written = results[name], formulae[name]
        if not hasattr(shown, "iter_rows"):
            continue  # a sheet that is one chart
        sheet = Sheet(str(name))
        for each in (shown, written):
            each.reset_dimensions()  # what a file says of its own size need not be true
        rows = zip(
            shown.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True),
            written.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True),
            strict=False,
        )
        for row, (values, formulas) in enumerate(rows, start=1):
            for column, (value, formula) in enumerate(zip(values, formulas, strict=False), start=1):
                kept = _value(value)
                if kept is not None:
                    sheet.cells[row, column] = kept
                    counted += 1
                elif isinstance(formula, str) and formula.startswith("="):
                    sheet.without_result.add((row, column))
            if counted > MOST_CELLS:
                remark = f"only its first {MOST_CELLS:,} filled cells were read"
                break
        found.append(sheet)
        if remark:
            break
    return found, remark


def _value(value: Any) -> Value | None:
    """What stands in a cell as text, number or day; None for nothing, errors and truth values."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, int | float):
        number = Decimal(str(value))
        return number if number.is_finite() else None
    if isinstance(value, str):
        text = " ".join(value.split())[:500]
        return text if text and not text.startswith("#") else None
    return None
