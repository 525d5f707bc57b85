"""Crediting periods: how long, from when, and the early start before registration. 3/CMP.1 annex, para 49."""

from __future__ import annotations

from datetime import date
from typing import Final

from cdm.rules.days import ONE_DAY, in_words, last_day_of_span
from cdm.rules.early_start import EarlyStart, early_start_allowed
from cdm.rules.errors import RuleError
from cdm.rules.sets import RuleSet, rule_set_on

__all__ = [
    "FIXED",
    "KINDS",
    "RENEWABLE",
    "EarlyStart",
    "early_start_allowed",
    "last_day",
    "maximum_renewals",
    "maximum_years",
    "moved_end",
    "next_start",
    "problems",
]

FIXED: Final = "fixed"
RENEWABLE: Final = "renewable"
KINDS: Final = (FIXED, RENEWABLE)


_LATEST_RULES: Final = date(2019, 1, 1)
"""The day whose rules answer where no rule set is given; the lengths never changed."""


def maximum_years(kind: str, is_afforestation: bool, *, rules: RuleSet | None = None) -> int:
    """The greatest length of one crediting period, in years: 7 or 10; 20 or 30 for afforestation."""
    prefix = "afforestation_" if is_afforestation else ""
    chosen = rules or rule_set_on(_LATEST_RULES)
    return chosen.integer(f"crediting.{prefix}{_checked(kind)}_years")


def maximum_renewals(kind: str, *, rules: RuleSet | None = None) -> int:
    """How often a crediting period may be renewed: twice where it is renewable, otherwise never."""
    chosen = rules or rule_set_on(_LATEST_RULES)
    return chosen.integer("crediting.renewals") if _checked(kind) == RENEWABLE else 0


def last_day(start: date, *, years: int = 0, months: int = 0) -> date:
    """The last day of a period of that length, both days inside: 7 years from 2004-07-01 end 2011-06-30."""
    if years < 0 or months < 0 or years + months == 0:
        raise RuleError("The crediting period has no length. Enter a length of at least one month.")
    return last_day_of_span(start, years=years, months=months)


def next_start(ended_on: date) -> date:
    """The first day of the renewed period: the day after the previous one ended (rulebook 2.10)."""
    return ended_on + ONE_DAY


def moved_end(starts_on: date, ends_on: date, months: int, new_start: date) -> date:
    """The end of a crediting period of the same length from `new_start`.

    A period of whole months stays so: leap days must not make seven years a day shorter, or longer than allowed.
    """
    if last_day(starts_on, months=months) == ends_on:
        return last_day(new_start, months=months)
    return ends_on + (new_start - starts_on)


def problems(
    *,
    kind: str,
    starts_on: date,
    ends_on: date,
    is_afforestation: bool = False,
    renewals_before: int = 0,
    activity_started_on: date | None = None,
    registered_on: date | None = None,
    early_start: EarlyStart | None = None,
    rules: RuleSet | None = None,
) -> list[str]:
    """What is wrong with a crediting period, as sentences a person can act on. Empty: nothing.

    `ends_on` is the last day inside. `registered_on` is the effective date of registration where it is known:
    the period may not begin before it unless `early_start` allows it. `renewals_before` counts renewals.
    """
    if kind not in KINDS:
        return [_unknown(kind)]
    found: list[str] = []
    chosen = rules or rule_set_on(registered_on or starts_on if starts_on >= _FIRST_RULES else _FIRST_RULES)
    if ends_on < starts_on:
        return ["The crediting period ends before it starts. Check the two dates."]
    maximum = maximum_years(kind, is_afforestation, rules=chosen)
    latest = last_day(starts_on, years=maximum)
    if ends_on > latest:
        what = "afforestation or reforestation project" if is_afforestation else "project"
        found.append(
            f"A {kind} crediting period of this {what} lasts at most {maximum} years: starting on "
            f"{in_words(starts_on)} it ends on {in_words(latest)} at the latest."
        )
    if renewals_before > maximum_renewals(kind, rules=chosen):
        found.append(f"A {kind} crediting period {_renewed(maximum_renewals(kind, rules=chosen))}.")
    earliest = chosen.day("crediting.earliest_on")
    if starts_on < earliest:
        found.append(f"No reduction made before {in_words(earliest)} can be credited. Choose a later start.")
    if activity_started_on is not None:
        if starts_on < activity_started_on:
            found.append(
                f"The crediting period cannot start before the project activity itself "
                f"({in_words(activity_started_on)})."
            )
        if is_afforestation and starts_on != activity_started_on and renewals_before == 0:
            found.append(
                "The crediting period of afforestation or reforestation starts with the project activity, on "
                f"{in_words(activity_started_on)} (5/CMP.1 annex, para 23)."
            )
    if registered_on is not None and starts_on < registered_on:
        found += _before_registration(starts_on, registered_on, early_start, is_afforestation)
    return found


def _before_registration(
    starts_on: date, registered_on: date, early_start: EarlyStart | None, is_afforestation: bool
) -> list[str]:
    """The sentence for a start before registration that nothing allows."""
    if is_afforestation or (early_start and early_start.allowed):
        return []
    why = f" {early_start.sentence}" if early_start else ""
    return [
        f"The crediting period starts on {in_words(starts_on)}, before the effective date of registration "
        f"({in_words(registered_on)}).{why} Choose a start on or after that day."
    ]


_FIRST_RULES: Final = date(2001, 11, 10)


def _renewed(times: int) -> str:
    if times == 0:
        return "cannot be renewed"
    return "may be renewed at most once" if times == 1 else f"may be renewed at most {times} times"


def _unknown(kind: str) -> str:
    return f"“{kind}” is not a kind of crediting period. It is “{FIXED}” or “{RENEWABLE}”."


def _checked(kind: str) -> str:
    if kind not in KINDS:
        raise RuleError(_unknown(kind))
    return kind
