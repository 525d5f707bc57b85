"""When a verification has to visit the site, by the numbers of the rule set (rulebook 2.11, VVS)."""

from __future__ import annotations

import datetime as dt

from cdm.models import MonitoringPeriod
from cdm.rules import sets
from cdm.rules.days import add_months, in_words

EVERY_MONTHS = "verification.visit_every_months"
OVER_T = "verification.visit_over_t"


def why_needed(period: MonitoringPeriod, *, on: dt.date, verified_t: int) -> str:
    """Why the site has to be visited for a verification that ends on a day; empty where it need not be.

    `verified_t` is what is verified now, in t CO2e; it counts with what was certified since the last visit. Rule sets
    without these numbers, those of before the Board's procedures, ask for no visit.
    """
    rules = sets.rule_set_on(on)
    if not (rules.has(EVERY_MONTHS, on) and rules.has(OVER_T, on)):
        return ""
    others = period.project.monitoring_periods.exclude(pk=period.pk).exclude(state="withdrawn")
    earlier = list(others.filter(certified_at__isnull=False, starts_on__lt=period.starts_on))
    if not earlier:
        return "this is the first verification of the project"
    visited = [one for one in earlier if one.visited_on is not None]
    if not visited:
        return "no inspection of the site is on record for this project"
    last = max(visited, key=lambda one: (one.visited_on, one.number))
    day = last.visited_on
    months, over_t = rules.integer(EVERY_MONTHS, on), rules.integer(OVER_T, on)
    if day is not None and on > add_months(day, months):
        return f"more than {_span(months)} have passed since the last inspection, on {in_words(day)}"
    since_t = verified_t + sum(one.certified_t for one in earlier if one.starts_on > last.ends_on)
    if day is not None and since_t > over_t:
        return (
            f"{since_t:,} t CO2e have been verified since the last inspection, on {in_words(day)}, which is more than "
            f"{over_t:,}"
        )
    return ""


def _span(months: int) -> str:
    return f"{months // 12} years" if months % 12 == 0 else f"{months} months"
