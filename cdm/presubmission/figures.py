"""Finding the figures that count in a spreadsheet: totals, averages, years and the period, by their labels."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Final

from cdm.presubmission.spreadsheet import Place, Sheet
from cdm.presubmission.written_days import WrittenDay, WrittenPeriod, days_in, exact, period_in

TOTAL: Final = re.compile(r"(?<![a-z-])(?<!sub )(?<!sub-)(grand total|totals?|sum)(?![a-z])", re.IGNORECASE)
AVERAGE: Final = re.compile(r"\b(averages?|mean)\b", re.IGNORECASE)
REDUCTIONS: Final = re.compile(
    r"emissions? reductions?|\breductions?\b|\bCERs?\b|\bERs?\b|\bER_?y\b|\bcertified\b", re.IGNORECASE
)
OTHER: Final = re.compile(
    r"baseline|project emission|leakage|electricit|\bMWh\b|\bGWh\b|generation|consumption|\bfuel\b|\bcosts?\b|\bUSD\b"
    r"|\bshare\b|factor|per cent|%",
    re.IGNORECASE,
)
YEAR: Final = re.compile(r"^(?:year\s*)?(20\d{2}|199\d)\b(?!\s*[-/]\s*\d{4})", re.IGNORECASE)
PERIOD: Final = re.compile(
    r"(monitoring|reporting|verification)\s+period|period (covered|under)", re.IGNORECASE
)
FIRST: Final = re.compile(r"\b(from|start(s|ing)?|begin(s|ning)?|first day)\b", re.IGNORECASE)
LAST: Final = re.compile(r"\b(to|until|end(s|ing)?|last day)\b", re.IGNORECASE)
COLUMNS_ON = 14
MOST_FIGURES = 500


@dataclass(frozen=True)
class Figure:
    """A labelled figure. `is_reductions`: the label or its column says that it is about emission reductions.

    `values` has more than one number where a row gives several and no heading tells which one is meant.
    """

    kind: str
    label: str
    where: str
    values: tuple[Decimal, ...]
    is_reductions: bool

    def states(self, expected: int) -> bool:
        """Whether it says the expected whole number; what a spreadsheet shows unrounded counts as the same."""
        return any(abs(value - expected) < 1 for value in self.values)

    def nearest(self, expected: int) -> Decimal:
        return min(self.values, key=lambda value: abs(value - expected))


@dataclass(frozen=True)
class YearFigure:
    """Reductions of one calendar year, in t CO2e."""

    year: int
    value: Decimal
    where: str


@dataclass(frozen=True)
class StatedPeriod:
    """A monitoring period named in cells."""

    period: WrittenPeriod
    where: str


@dataclass
class Figures:
    """Everything that was recognised in one spreadsheet."""

    totals: list[Figure] = field(default_factory=list)
    averages: list[Figure] = field(default_factory=list)
    years: list[YearFigure] = field(default_factory=list)
    periods: list[StatedPeriod] = field(default_factory=list)
    without_result: list[str] = field(default_factory=list)


def figures_in(sheets: list[Sheet]) -> Figures:
    """The totals, averages, years and periods of all sheets, by their labels."""
    found = Figures()
    for sheet in sheets:
        for place, text in [(place, value) for place, value in sheet.cells.items() if isinstance(value, str)]:
            _total_or_average(sheet, place, text, found)
            _period(sheet, place, text, found)
        found.years += islice(_years(sheet), MOST_FIGURES)
    for kept in (found.totals, found.averages, found.years, found.periods, found.without_result):
        del kept[MOST_FIGURES:]
    return found


def _total_or_average(sheet: Sheet, place: Place, text: str, found: Figures) -> None:
    is_average = bool(AVERAGE.search(text))
    if not is_average and not TOTAL.search(text):
        return
    about, not_about = bool(REDUCTIONS.search(text)), bool(OTHER.search(text))
    if not_about and not about:
        return
    numbers = _numbers_right_of(sheet, place)
    headed = [one for one in numbers if _is_headed_reductions(sheet, one)]
    if headed and not about:
        chosen, about = headed, True
    elif numbers:
        chosen = headed or numbers
    else:
        chosen = _numbers_below(sheet, place)
    if not chosen:
        found.without_result += [
            f"{sheet.where(one)}, beside “{text}”" for one in _without_result_near(sheet, place)[:1]
        ]
        return
    values = tuple(value for one in chosen if isinstance(value := sheet.cells[one], Decimal))
    figure = Figure(
        kind="average" if is_average else "total",
        label=text,
        where=sheet.where(chosen[0]),
        values=values,
        is_reductions=about and not (not_about and not headed),
    )
    (found.averages if is_average else found.totals).append(figure)


def _numbers_right_of(sheet: Sheet, place: Place) -> list[Place]:
    """Cells with a number to the right of a label, as far as the next label that is no unit."""
    row, column = place
    found = []
    for step in range(1, COLUMNS_ON + 1):
        value = sheet.cells.get((row, column + step))
        if isinstance(value, Decimal):
            found.append((row, column + step))
        elif isinstance(value, str) and (TOTAL.search(value) or AVERAGE.search(value)):
            break
    return found


def _numbers_below(sheet: Sheet, place: Place) -> list[Place]:
    """The first number under a heading, at most three rows below it."""
    row, column = place
    below = [(row + step, column) for step in range(1, 4)]
    return [one for one in below if isinstance(sheet.cells.get(one), Decimal)][:1]


def _without_result_near(sheet: Sheet, place: Place) -> list[Place]:
    row, column = place
    right = [(row, column + step) for step in range(1, COLUMNS_ON + 1)]
    return [one for one in [*right, (row + 1, column)] if one in sheet.without_result]


def _is_headed_reductions(sheet: Sheet, place: Place) -> bool:
    heading = sheet.words_above(place)
    return bool(REDUCTIONS.search(heading)) and not OTHER.search(heading)


def _year_of(value: object) -> int | None:
    if isinstance(value, Decimal) and value == value.to_integral_value() and 1990 <= value <= 2100:
        return int(value)
    if isinstance(value, str) and (match := YEAR.match(value)):
        return int(match[1])
    return None


def _years(sheet: Sheet) -> Iterator[YearFigure]:
    """Reductions by year: down a table whose column, or along one whose row, is headed as reductions."""
    for place, value in list(sheet.cells.items()):
        year = _year_of(value)
        if year is None:
            continue
        row, column = place
        for step in range(1, COLUMNS_ON + 1):
            beside = (row, column + step)
            amount = sheet.cells.get(beside)
            if isinstance(amount, Decimal) and _is_headed_reductions(sheet, beside):
                yield YearFigure(year, amount, sheet.where(beside))
        for step in range(1, 31):
            below = (row + step, column)
            amount = sheet.cells.get(below)
            if isinstance(amount, Decimal) and _is_row_of_reductions(sheet, below):
                yield YearFigure(year, amount, sheet.where(below))


def _is_row_of_reductions(sheet: Sheet, place: Place) -> bool:
    """Whether the row is named as one of emission reductions."""
    words = sheet.words_left_of(place)
    return bool(REDUCTIONS.search(words)) and not OTHER.search(words)


def _period(sheet: Sheet, place: Place, text: str, found: Figures) -> None:
    if not PERIOD.search(text):
        return
    row, column = place
    period = period_in(text)
    if period is None:
        beside = [day for step in range(1, 7) for day in _days(sheet, (row, column + step))]
        if len(beside) == 2:
            period = WrittenPeriod(beside[0], beside[1])
    if period is None:
        period = _first_and_last(sheet, place, text)
    if period is not None:
        found.periods.append(StatedPeriod(period, sheet.where(place)))


def _first_and_last(sheet: Sheet, place: Place, text: str) -> WrittenPeriod | None:
    """“Start of the monitoring period” and “End …” in rows of their own, or “From” and “To” below the label."""
    row, column = place
    if LAST.search(text) and not FIRST.search(text):
        return None  # its start stands in another row, and is found from there
    first: WrittenDay | None = None
    last: WrittenDay | None = None
    for down in range(4):
        for across in range(3):
            label = sheet.cells.get((row + down, column + across))
            if not isinstance(label, str):
                continue
            days = [day for step in range(1, 4) for day in _days(sheet, (row + down, column + across + step))]
            if len(days) != 1:
                continue
            if FIRST.search(label) and first is None:
                first = days[0]
            elif LAST.search(label) and last is None:
                last = days[0]
    return WrittenPeriod(first, last) if first and last else None


def _days(sheet: Sheet, place: Place) -> list[WrittenDay]:
    value = sheet.cells.get(place)
    if isinstance(value, dt.date):
        return [exact(value)]
    return days_in(value) if isinstance(value, str) else []
