"""Writes tables as CSV and XLSX, row by row, so that no cell of a reader's making becomes a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int
"""Text, or a number of units. Serial numbers and project numbers are text: no program may round or pad them."""

_FORMULA: Final = re.compile(r"^[\s\"'\u200b\ufeff]*[=+\-@\uff0b\uff0d\uff1d\uff20]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]+")
_EXACT_IN_SPREADSHEETS: Final = 10**15
"""Spreadsheets keep 15 digits of a number; a longer one is written as text."""

LONGEST_CELL: Final = 32_767
MOST_ROWS: Final = 1_048_576
"""Excel's limits for a cell and for a sheet; further rows go to further sheets."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` in files, `label` on pages, `is_quantity` for numbers of units.

    `on_page` is False for what files have for the sake of their layout, and no reader of a page misses.
    """

    name: str
    label: str
    is_quantity: bool = False
    is_serial: bool = False
    width: int = 16
    on_page: bool = True


def defused(text: str) -> str:
    """Text that a spreadsheet reads as text: an apostrophe goes before what would begin a formula.

    What stands behind white space or quotation marks counts as the beginning, because some programs drop
    these; line breaks and other control characters become spaces, so that no cell begins in the middle of one.
    """
    plain = _CONTROL.sub(" ", text)
    return f"'{plain}" if _FORMULA.match(plain) else plain


class _Echo:
    """A file that gives back what is written, for csv to write into a stream."""

    def write(self, text: str) -> str:
        return text


def as_csv(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The lines of the file, in UTF-8 with CRLF (RFC 4180), the names of the columns first."""
    writer = csv.writer(_Echo())
    yield str(writer.writerow([column.name for column in columns])).encode()
    for row in rows:
        cells = [defused(cell) if isinstance(cell, str) else cell for cell in row]
        yield str(writer.writerow(cells)).encode()


def as_xlsx(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str, file: IO[bytes]
) -> None:
    """Write a workbook into `file`, one row in memory at a time.

    Every cell but a quantity is typed as text and marked as such, so that Excel neither calculates it nor
    drops leading zeros nor rounds a serial of 15 digits.
    """
    book = Workbook(write_only=True)
    sheet: Any = None
    written, sheets = MOST_ROWS, 0
    for row in rows:
        if written == MOST_ROWS:
            sheets += 1
            sheet, written = _sheet(book, columns, title, sheets), 1
        sheet.append([_cell(sheet, cell) for cell in row])
        written += 1
    if sheet is None:
        _sheet(book, columns, title, 1)
    book.save(file)


def _sheet(book: Any, columns: Sequence[Column], title: str, number: int) -> Any:
    sheet = book.create_sheet(title if number == 1 else f"{title} {number}")
    sheet.freeze_panes = "A2"
    for at, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    heads = []
    for column in columns:
        head = WriteOnlyCell(sheet, value=column.name)
        head.font = Font(bold=True)
        heads.append(head)
    sheet.append(heads)
    return sheet


def _cell(sheet: Any, value: Cell) -> Any:
    """A number, or a cell that is text whatever stands in it; None for nothing."""
    if isinstance(value, int) and abs(value) < _EXACT_IN_SPREADSHEETS:
        return value
    if value == "":
        return None
    cell = WriteOnlyCell(sheet)
    # to look the format up anew for every cell would take most of the time of a large report
    cell._style = _text_style(sheet.parent)
    cell._value = _CONTROL.sub(" ", str(value))[:LONGEST_CELL]
    cell.data_type = "s"
    return cell


def _text_style(book: Any) -> Any:
    """The style "text, as typed", entered once in each workbook's list of styles."""
    known = getattr(book, "registry_text_style", None)
    if known is None:
        pattern = WriteOnlyCell(book.worksheets[0])
        pattern.number_format = "@"
        pattern.quotePrefix = True
        known = book.registry_text_style = pattern._style
    return known
