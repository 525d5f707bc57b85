"""Counting days, months and years by the calendar, and the instants at which the UNFCCC's days begin.

The UNFCCC's days are GMT days; instants are kept in UTC (rulebook 7.3). Nothing here knows local time,
so daylight saving cannot move a deadline.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

ONE_DAY = timedelta(days=1)


def as_instant(day: date) -> datetime:
    """The instant at which `day` begins: 00:00 UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def day_of(at: datetime) -> date:
    """The UNFCCC's (GMT) day that the aware datetime `at` falls in. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("A date and time without a time zone cannot be placed on a day. Give it in UTC.")
    return at.astimezone(UTC).date()


def add_months(day: date, months: int) -> date:
    """The same day `months` calendar months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February in a year without one."""
    return add_months(day, 12 * years)


def last_day_of_span(starts_on: date, *, years: int = 0, months: int = 0) -> date:
    """The last day of a span of whole years and months that begins on `starts_on`, both days inside.

    Seven years from 1 July 2004 end on 30 June 2011. Where the month of the end has no such day (29, 30, 31)
    the span ends with that month: one year from 29 February 2008 ends on 28 February 2009.
    """
    same_day = add_months(starts_on, 12 * years + months)
    return same_day - ONE_DAY if same_day.day == starts_on.day else same_day


def months_of_span(starts_on: date, ends_on: date) -> int:
    """The length of a span, both days inside, in whole months, rounded up; 0 where it ends before it starts."""
    after = ends_on + ONE_DAY
    months = (after.year - starts_on.year) * 12 + after.month - starts_on.month
    return max(months + (after.day > starts_on.day), 0)


def add_working_days(day: date, days: int) -> date:
    """The day reached after `days` days of Monday to Friday following `day`. Holidays are not known here."""
    reached, left = day, days
    while left > 0:
        reached += ONE_DAY
        if reached.weekday() < 5:
            left -= 1
    return reached


def in_words(day: date) -> str:
    """The day as people read it: 5 March 2019."""
    return f"{day.day} {day:%B} {day.year}"


def instant_in_words(at: datetime) -> str:
    """The aware instant as people read it, to the minute: 5 March 2019, 14:05 UTC."""
    return f"{in_words(day_of(at))}, {at.astimezone(UTC):%H:%M} UTC"
