"""Reading days out of text: cells of spreadsheets and names of files, in the ways people write them.

A day may be read in more than one way (01/02/2013); then every reading is kept, and a mismatch is said only
where none of them fits.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from cdm.rules.days import in_words

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME: Final = r"(?P<{0}>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_PATTERNS: Final = (
    r"(?P<y1>\d{4})[-/. ](?P<m1>\d{1,2})[-/. ](?P<d1>\d{1,2})(?!\d)",
    r"(?P<a2>\d{1,2})[-/. ](?P<b2>\d{1,2})[-/. ](?P<y2>\d{4})(?!\d)",
    r"(?P<d3>\d{1,2})(?:st|nd|rd|th)?[\s\-./]*(?:of\s+)?"
    + _NAME.format("n3")
    + r"[\s\-./,]*(?P<y3>\d{4})(?!\d)",
    _NAME.format("n4") + r"\s*(?P<d4>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y4>\d{4})(?!\d)",
    r"(?P<y5>(?:19|20)\d{2})(?P<m5>\d{2})(?P<d5>\d{2})(?!\d)",
    r"(?P<a6>\d{2})(?P<b6>\d{2})(?P<y6>(?:19|20)\d{2})(?!\d)",
)
_DAY: Final = re.compile(r"(?<![\da-z])(?:" + "|".join(_PATTERNS) + ")", re.IGNORECASE)


@dataclass(frozen=True)
class WrittenDay:
    """A day as written, with every day it can mean."""

    text: str
    readings: tuple[dt.date, ...]

    def can_be(self, day: dt.date) -> bool:
        return day in self.readings


@dataclass(frozen=True)
class WrittenPeriod:
    """Two days written as the first and the last of a period."""

    first: WrittenDay
    last: WrittenDay

    def can_be(self, starts_on: dt.date, ends_on: dt.date) -> bool:
        return self.first.can_be(starts_on) and self.last.can_be(ends_on)

    @property
    def text(self) -> str:
        return f"{self.first.text} to {self.last.text}"


def days_in(text: str) -> list[WrittenDay]:
    """The days written in a text, in their order. What is no real day is left out."""
    found = []
    for match in _DAY.finditer(text):
        readings = tuple(dict.fromkeys(_readings(match)))
        if readings:
            found.append(WrittenDay(match.group().strip(), readings))
    return found


def period_in(text: str) -> WrittenPeriod | None:
    """The period a text names: where exactly two days are written in it."""
    days = days_in(text)
    return WrittenPeriod(days[0], days[1]) if len(days) == 2 else None


def period_in_file_name(name: str) -> WrittenPeriod | None:
    """The period named by a file: “MR_2013-01-01_to_2013-12-31_v2.pdf”."""
    stem = name.rpartition(".")[0] or name
    return period_in(re.sub(r"[_()\[\]]+", " ", stem))


def exact(day: dt.date) -> WrittenDay:
    """A day that needs no reading, such as a date cell."""
    return WrittenDay(in_words(day), (day,))


def _readings(match: re.Match[str]) -> list[dt.date]:
    group = match.groupdict()
    triples: list[tuple[str | None, str | int | None, str | None]] = [
        (group["y1"], group["m1"], group["d1"]),
        (group["y2"], group["b2"], group["a2"]),
        (group["y2"], group["a2"], group["b2"]),
        (group["y3"], _month(group["n3"]), group["d3"]),
        (group["y4"], _month(group["n4"]), group["d4"]),
        (group["y5"], group["m5"], group["d5"]),
        (group["y6"], group["b6"], group["a6"]),
        (group["y6"], group["a6"], group["b6"]),
    ]
    found = []
    for year, month, day in triples:
        if year is None or month is None or day is None:
            continue
        try:
            found.append(dt.date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found


def _month(name: str | None) -> int | None:
    return MONTHS.index(name[:3].lower()) + 1 if name else None
