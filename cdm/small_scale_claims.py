"""What a small-scale project may claim for a year in which its limit was exceeded (EB 20, para 58(a))."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal

from cdm import crediting_periods
from cdm.models import MonitoringPeriod, PeriodYear, Project
from cdm.rules import sets, small_scale
from cdm.workflow.step import Problem

CAP = "small_scale.cap_at_estimate"
MEASURES = {
    small_scale.TYPE_I: "Greatest output in the year, in MW",
    small_scale.TYPE_II: "Energy saved in the year, in GWh",
}
"""What is stated of a year; a project of type III is measured by the reductions themselves."""


def is_capped(project: Project, on: dt.date) -> bool:
    """Whether the claims of the project are compared with its estimates, by the rules of a day."""
    rules = sets.rule_set_on(on)
    is_measured = project.is_small_scale and not project.is_afforestation and bool(project.small_scale_type)
    return is_measured and rules.has(CAP, on) and rules.yes(CAP, on)


def years_of(period: MonitoringPeriod) -> range:
    """The calendar years that the period touches."""
    return range(period.starts_on.year, period.ends_on.year + 1)


def evenly(period: MonitoringPeriod, reported: Mapping[int, int]) -> dict[int, int]:
    """What is reported for each commitment period, laid over its calendar years by their days, in whole t CO2e.

    For made-up worlds: a real monitoring report knows what was reduced in each year.
    """
    found: dict[int, int] = {}
    for amount in period.amounts.all():
        total, given = reported[amount.commitment_period], 0
        all_days = (amount.ends_on - amount.starts_on).days + 1
        for year in range(amount.starts_on.year, amount.ends_on.year + 1):
            last = min(amount.ends_on, dt.date(year, 12, 31))
            until = total * ((last - amount.starts_on).days + 1) // all_days
            found[year], given = until - given, until
    return found


def room_in(period: MonitoringPeriod, year: int) -> int:
    """The estimate of the year less what other periods claim of it, in t CO2e; below 0 where they claim more."""
    others = (
        period.project.monitoring_periods.exclude(pk=period.pk)
        .exclude(state__in=("withdrawn", "not_claimed"))
        .filter(starts_on__lte=dt.date(year, 12, 31), ends_on__gte=dt.date(year, 1, 1))
    )
    estimate_t = crediting_periods.estimate_t(period.project, period.starts_on, year)
    return estimate_t - sum(_claimed_in(other, year) for other in others)


def _claimed_in(period: MonitoringPeriod, year: int) -> int:
    """What a period claims of a year: as stated, else by its days in the year, rounded up."""
    stated = period.years.filter(year=year).first()
    if stated is not None:
        return stated.reported_t
    total = period.certified_t or period.reported_t
    first, last = max(period.starts_on, dt.date(year, 1, 1)), min(period.ends_on, dt.date(year, 12, 31))
    days, all_days = (last - first).days + 1, (period.ends_on - period.starts_on).days + 1
    return -(-total * days // all_days)


def problems(period: MonitoringPeriod, on: dt.date) -> Iterator[Problem]:
    """What keeps the claim from being made: a year that is not stated, or one that is claimed above its estimate.

    Nothing is asked where all of the claim has room in each of its years.
    """
    if not is_capped(period.project, on):
        return
    rooms = {year: room_in(period, year) for year in years_of(period)}
    if period.reported_t <= min(rooms.values()):
        return
    stated = {row.year: row for row in period.years.all()}
    for year, room in rooms.items():
        row = stated.get(year)
        if row is None:
            yield Problem(
                f"State the reductions of {year} by themselves: more is claimed than the {max(room, 0):,} t that the "
                "design document estimates for it and no other period claims.",
                "years",
            )
        elif row.reported_t > room:
            yield from _above_the_estimate(period.project, row, max(room, 0), on)


def _above_the_estimate(project: Project, row: PeriodYear, room: int, on: dt.date) -> Iterator[Problem]:
    """Why more than the estimate is claimed for a year without its limit being shown to have been kept."""
    limit = small_scale.limit(project.small_scale_type, on=on)
    output = measured(project, row)
    if output is None:
        yield Problem(
            f"{row.reported_t:,} t are claimed for {row.year}, more than the {room:,} t that were estimated. "
            f"{MEASURES[project.small_scale_type]} has to be stated, to show that the limit of small scale was kept.",
            "years",
        )
    elif small_scale.problem(project.small_scale_type, output, on=on):
        yield Problem(
            f"The limit of small scale was exceeded in {row.year} ({output.normalize():f}, at most {limit.value} "
            f"{limit.unit}), so no more than the estimate of that year can be claimed: {room:,} t instead of "
            f"{row.reported_t:,} t (EB 20, para 58(a)).",
            "years",
        )


def measured(project: Project, row: PeriodYear) -> Decimal | None:
    """The size by which the year is compared with the limit, in its unit; None where it has to be stated."""
    if project.small_scale_type == small_scale.TYPE_III:
        others = sum(
            _claimed_in(other, row.year)
            for other in project.monitoring_periods.exclude(pk=row.monitoring_period_id)
            .exclude(state="withdrawn")
            .filter(starts_on__lte=dt.date(row.year, 12, 31), ends_on__gte=dt.date(row.year, 1, 1))
        )
        return Decimal(row.reported_t + others) / 1000
    return row.output


def verified_problems(period: MonitoringPeriod, verified: dict[int, int], on: dt.date) -> Iterator[Problem]:
    """A verification cannot give back what the cap took: where it applies, no more is verified than was reported."""
    if not is_capped(period.project, on):
        return
    rooms = {year: room_in(period, year) for year in years_of(period)}
    amounts = {amount.commitment_period: amount for amount in period.amounts.all()}
    for number, tonnes in verified.items():
        amount = amounts.get(number)
        if amount is None or tonnes <= (amount.reported_t or 0):
            continue
        of_amount = [
            room for year, room in rooms.items() if amount.starts_on.year <= year <= amount.ends_on.year
        ]
        if tonnes > min(of_amount):
            yield Problem(
                f"{tonnes:,} t are more than the monitoring report claims ({amount.reported_t or 0:,} t) and than was "
                "estimated. Hand the report back, so that each year is stated and compared with the limit of small "
                "scale (EB 20, para 58(a)).",
                "verified",
            )
