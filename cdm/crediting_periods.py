"""The crediting periods of a registered project activity: which one a day lies in, and what may be renewed next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cdm.models import CreditingPeriod, Project, RegisteredChange
from cdm.rules import crediting, days, estimates, renewal, sets
from cdm.rules.days import ONE_DAY, in_words

STANDING = RegisteredChange.machine.open_names


def holding(project: Project, day: dt.date) -> CreditingPeriod | None:
    """The crediting period in which reductions of that day count; None where they count in none."""
    return project.crediting_periods.filter(credited_from__lte=day, ends_on__gte=day).first()


def latest(project: Project) -> CreditingPeriod | None:
    """The crediting period that began last."""
    return project.crediting_periods.order_by("-number").first()


def next_credited_day(project: Project, after: dt.date) -> dt.date:
    """The first day after `after` that can be monitored: days between two periods that count in none are left out."""
    day = after + ONE_DAY
    if holding(project, day) is not None:
        return day
    later = project.crediting_periods.filter(credited_from__gt=after).order_by("number").first()
    return later.credited_from if later is not None else day


def estimate_t(project: Project, day: dt.date, year: int) -> int:
    """What is estimated for a year, in t CO2e: by the design document, or by the renewal in which `day` lies."""
    period = holding(project, day)
    of_renewal = period.renewal if period is not None else None
    stated = project.estimates if of_renewal is None else of_renewal.estimates
    found = stated.filter(year=year).first()
    return found.reductions_t if found is not None else 0


def running(project: Project, day: dt.date) -> CreditingPeriod | None:
    """The crediting period that runs on the day, or else ran last; before the first has begun, that one."""
    periods = project.crediting_periods
    return periods.filter(starts_on__lte=day).order_by("-number").first() or periods.first()


def estimated(period: CreditingPeriod) -> estimates.Totals:
    """Total and yearly average of what is estimated for a period: by the design document, or by its renewal."""
    of = period.project if period.renewal is None else period.renewal
    quantities = [max(row.reductions_t, 0) for row in of.estimates.all()]
    return estimates.totals(quantities, months=max(days.months_of_span(period.starts_on, period.ends_on), 1))


def in_words_of(project: Project) -> str:
    """The crediting periods as people read them: “1 July 2004 to 30 June 2011 and …”."""
    found = []
    for period in project.crediting_periods.all():
        late = (
            f" (credited from {in_words(period.credited_from)})"
            if period.credited_from > period.starts_on
            else ""
        )
        found.append(f"{in_words(period.starts_on)} to {in_words(period.ends_on)}{late}")
    return " and ".join(found)


@dataclass(frozen=True)
class Renewable:
    """Whether the latest crediting period can be renewed on a day: `sentence` says why not; days where known."""

    period: CreditingPeriod | None
    sentence: str = ""
    first_day: dt.date | None = None
    last_day_in_time: dt.date | None = None
    last_day: dt.date | None = None

    def is_late_on(self, day: dt.date) -> bool:
        """Whether a notice of that day comes late, so that the days until the renewal takes effect do not count."""
        return self.last_day_in_time is not None and day > self.last_day_in_time


def renewable(project: Project, day: dt.date) -> Renewable:
    """What the rules of that day say about renewing the latest crediting period (rulebook 2.10)."""
    period = latest(project)
    if not project.is_registered or period is None:
        return Renewable(None, "The project is not registered, so there is no crediting period to renew.")
    if project.state != "registered":
        return Renewable(
            period, f"The project is “{project.place.label}”. Its crediting period is not renewed."
        )
    rules = sets.rule_set_on(day)
    allowed = crediting.maximum_renewals(project.crediting_kind, rules=rules)
    if period.number > allowed:
        sentence = (
            "A fixed crediting period is not renewed (3/CMP.1 annex, para 49(b))."
            if not allowed
            else f"The crediting period has been renewed {allowed} times, which is all the rules allow "
            "(3/CMP.1 annex, para 49(a))."
        )
        return Renewable(period, sentence)
    last_day = renewal.last_day_to_request(rules, period.ends_on)
    if last_day is not None and day > last_day:
        return Renewable(
            period,
            f"The crediting period ended on {in_words(period.ends_on)}. Its renewal had to be requested by "
            f"{in_words(last_day)} and is no longer possible (EB 100, para 32).",
        )
    notice = renewal.notice_days(rules, period.ends_on)
    if notice is None:
        return Renewable(period, last_day=last_day)
    if day < notice[0]:
        return Renewable(
            period,
            f"The crediting period ends on {in_words(period.ends_on)}. The intention to renew it is notified from "
            f"{in_words(notice[0])} on, and in time until {in_words(notice[1])}.",
            *notice,
            last_day,
        )
    return Renewable(period, "", *notice, last_day)


def standing_renewal(project: Project) -> RegisteredChange | None:
    """The renewal that is under way, if there is one."""
    return project.changes.filter(kind=RegisteredChange.Kind.RENEWAL, state__in=STANDING).first()
