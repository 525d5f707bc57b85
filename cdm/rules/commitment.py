"""The commitment periods of the Protocol, and how a span of days is divided between them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from cdm.rules.days import ONE_DAY, in_words
from cdm.rules.errors import RuleError

FIRST, SECOND = 1, 2
EARLIEST_ON: Final = date(2000, 1, 1)
"""Kyoto Protocol, Article 12.10: reductions from the year 2000 on, before 2008, count in the first period."""

ENDS_ON: Final = {FIRST: date(2012, 12, 31), SECOND: date(2020, 12, 31)}
LATER: Final = 3
"""No commitment period: the number under which reductions after 31 December 2020 are kept (EB 108). No unit has it."""

SOURCE: Final = "Kyoto Protocol, Articles 3.1 and 12.10; 1/CMP.8, annex I (Doha Amendment)"


class OutsideCommitmentPeriods(RuleError):
    """A day on which no commitment period runs."""


def commitment_period_of(day: date) -> int:
    """1 from 1 January 2000 to 31 December 2012, 2 to 31 December 2020. Takes days or aware datetimes.

    Raises OutsideCommitmentPeriods for any other day.
    """
    if isinstance(day, datetime):
        if day.tzinfo is None:
            raise ValueError("A date and time without a time zone cannot be placed on a day. Give it in UTC.")
        day = day.astimezone(UTC).date()
    if day < EARLIEST_ON:
        raise OutsideCommitmentPeriods(
            f"{in_words(day)} is before 1 January 2000; no reduction of that day can be certified "
            "(Kyoto Protocol, Article 12.10)."
        )
    for period, ends_on in ENDS_ON.items():
        if day <= ends_on:
            return period
    raise OutsideCommitmentPeriods(
        f"{in_words(day)} is after 31 December 2020, when the second commitment period ended. "
        "The period must end on or before that day."
    )


def split(start: date, end: date) -> tuple[tuple[int, date, date], ...]:
    """The parts (commitment period, first day, last day) of the span from `start` to `end`, both days inside.

    The parts follow each other without overlap or gap. Raises RuleError where the end is before the start,
    OutsideCommitmentPeriods where a day belongs to no period.
    """
    if end < start:
        raise RuleError(
            f"The end ({in_words(end)}) is before the start ({in_words(start)}). Check the two dates."
        )
    last = commitment_period_of(end)
    parts: list[tuple[int, date, date]] = []
    for period in range(commitment_period_of(start), last + 1):
        ends_on = min(end, ENDS_ON[period])
        parts.append((period, start, ends_on))
        start = ends_on + ONE_DAY
    return tuple(parts)


def split_with_later(start: date, end: date) -> tuple[tuple[int, date, date], ...]:
    """As `split`, and the days after 31 December 2020 as a part of their own, numbered LATER (rulebook 2.12, point 2).

    For requests that are taken provisionally; no unit is ever issued for that part.
    """
    last_on = ENDS_ON[SECOND]
    if end <= last_on:
        return split(start, end)
    if end < start:
        raise RuleError(
            f"The end ({in_words(end)}) is before the start ({in_words(start)}). Check the two dates."
        )
    later = (LATER, max(start, last_on + ONE_DAY), end)
    return (*split(start, last_on), later) if start <= last_on else (later,)


def name_of(number: int) -> str:
    """“commitment period 2”, or for later days “the time after 31 December 2020”."""
    return f"the time after {in_words(ENDS_ON[SECOND])}" if number == LATER else f"commitment period {number}"
