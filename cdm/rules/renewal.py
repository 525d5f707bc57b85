"""When the renewal of a crediting period may be notified and requested. Rulebook 2.10."""

from __future__ import annotations

from datetime import date, timedelta

from cdm.rules.sets import RuleSet
from cdm.rules.windows import find_window


def notice_days(rule_set: RuleSet, ends_on: date) -> tuple[date, date] | None:
    """First and last day to notify the intention to renew; None: the set has no such rule."""
    if not rule_set.has("renewal.notice_from_days_before"):
        return None
    first = rule_set.integer("renewal.notice_from_days_before")
    last = rule_set.integer("renewal.notice_until_days_before")
    return ends_on - timedelta(days=first), ends_on - timedelta(days=last)


def last_day_to_request(rule_set: RuleSet, ends_on: date) -> date | None:
    """The last day to request renewal: one year after expiry since 2019; None: no limit."""
    window = find_window(rule_set, "renewal.latest_after_expiry")
    return None if window is None else window.last_day(ends_on)
