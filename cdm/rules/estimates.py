"""Totals and averages of the yearly estimates of a project, in whole tonnes of CO2 equivalent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cdm.rules.days import in_words
from cdm.rules.errors import RuleError


@dataclass(frozen=True)
class Totals:
    """`total_t` over the crediting period and `average_annual_t`, both in t CO2e."""

    total_t: int
    average_annual_t: int


def total(quantities: Iterable[int]) -> int:
    """The sum, in t CO2e. Raises RuleError where one is negative or not whole."""
    found = 0
    for quantity in quantities:
        if isinstance(quantity, bool) or not isinstance(quantity, int):
            raise RuleError(f"“{quantity}” is not a whole number of tonnes. Round each year to whole tonnes.")
        if quantity < 0:
            raise RuleError(f"{quantity:,} tonnes is negative. Enter 0 or more for each year.")
        found += quantity
    return found


def totals(quantities: Sequence[int], *, months: int) -> Totals:
    """Total and yearly average over a crediting period of `months` months.

    The tables are by calendar year, so a period of 84 months may have eight rows: the average divides by the
    length of the period, not by the number of rows. It is rounded down, so that a fee that begins at 15,000
    tonnes is not charged on 14,999.6. Raises RuleError where the length is not positive.
    """
    if months < 1:
        raise RuleError("The crediting period has no length. Enter its start and length first.")
    sum_t = total(quantities)
    return Totals(sum_t, sum_t * 12 // months)


def problems(rows: Iterable[tuple[int, int]], *, starts_on: date, ends_on: date) -> list[str]:
    """What is wrong with rows of (calendar year, t CO2e) of a crediting period, as sentences."""
    found: list[str] = []
    years: list[int] = []
    for year, quantity in rows:
        if year in years:
            found.append(f"The year {year} is entered twice. Keep one row for each year.")
        years.append(year)
        if not starts_on.year <= year <= ends_on.year:
            found.append(
                f"The year {year} lies outside the crediting period ({in_words(starts_on)} to {in_words(ends_on)})."
            )
        if quantity < 0:
            found.append(f"The estimate for {year} is negative. Enter 0 or more tonnes.")
    missing = [str(year) for year in range(starts_on.year, ends_on.year + 1) if year not in years]
    if missing:
        found.append(f"There is no estimate for {', '.join(missing)}. Enter 0 where nothing is expected.")
    return found
