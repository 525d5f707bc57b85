"""Opening a monitoring period and stating the reductions its report claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cdm import small_scale_claims
from cdm.acts.acting import NotOpen, Problem, acting, refuse
from cdm.models import MonitoringPeriod, PeriodAmount, PeriodYear, Project, User
from cdm.rules import commitment, later_reductions
from cdm.rules.days import in_words
from cdm.rules.errors import RuleError
from cdm.workflow import opening
from cdm.workflow.conditions.monitoring import period_problems


@dataclass(frozen=True, slots=True)
class Year:
    """What a small-scale project reports of a calendar year: t CO2e, and its output in MW or savings in GWh."""

    year: int
    reported_t: int
    output: Decimal | None = None


def open_period(
    project: Project, *, starts_on: dt.date, ends_on: dt.date, by: User, at: dt.datetime
) -> MonitoringPeriod:
    """Open the next monitoring period, both days inside; it is split where a commitment period ends in it.

    Raises Unmet where it lies outside the crediting period, overlaps another or leaves a gap.
    """
    with acting(project, "open_monitoring_period", by=by, at=at) as act:
        if not act.project.is_registered:
            raise NotOpen("Monitoring periods are opened after registration.")
        period = MonitoringPeriod(
            project=act.project,
            number=act.project.monitoring_periods.count() + 1,
            starts_on=starts_on,
            ends_on=ends_on,
            created_at=at,
        )
        refuse(*period_problems(period, starts_on=starts_on, ends_on=ends_on, day=act.day))
        parts = _parts(starts_on, ends_on, act.day)
        opening.begin(
            period,
            sentence=f"{period} opened: {in_words(starts_on)} to {in_words(ends_on)}",
            by=by,
            role=act.role,
            at=at,
        )
        _keep_parts(period, parts)
    return period


def change_days(
    period: MonitoringPeriod,
    *,
    starts_on: dt.date,
    ends_on: dt.date,
    by: User,
    at: dt.datetime,
    expected_version: int | None = None,
) -> MonitoringPeriod:
    """Change the days of a period that is still being prepared; its stated amounts have to be stated again."""
    with _editing(period, by=by, at=at, expected_version=expected_version) as act:
        refuse(*period_problems(act.subject, starts_on=starts_on, ends_on=ends_on, day=act.day))
        parts = _parts(starts_on, ends_on, act.day)
        act.subject.starts_on, act.subject.ends_on = starts_on, ends_on
        act.subject.version += 1
        act.subject.save()
        act.subject.amounts.all().delete()
        act.subject.years.all().delete()
        _keep_parts(act.subject, parts)
        act.record(f"{act.subject}: days changed to {in_words(starts_on)} to {in_words(ends_on)}")
    return act.subject  # type: ignore[no-any-return]


def state_amounts(
    period: MonitoringPeriod,
    *,
    reported: Mapping[int, int],
    years: Sequence[Year] = (),
    by: User,
    at: dt.datetime,
    expected_version: int | None = None,
) -> MonitoringPeriod:
    """State the reductions the report claims: commitment period -> whole t CO2e of 0 or more.

    `years` states a small-scale project's claim by calendar year too, all of it, where that is asked for; it replaces
    what was stated of the years before.
    """
    with _editing(period, by=by, at=at, expected_version=expected_version) as act:
        amounts = {amount.commitment_period: amount for amount in act.subject.amounts.all()}
        refuse(
            *(
                Problem(f"The period has no days in {commitment.name_of(number)}. Leave it out.", "amounts")
                for number in reported.keys() - amounts.keys()
            ),
            *(
                Problem("Reductions are whole tonnes of 0 or more.", "amounts")
                for value in reported.values()
                if isinstance(value, bool) or not isinstance(value, int) or value < 0
            ),
            *_year_problems(act.subject, reported, years),
        )
        for number, value in reported.items():
            amounts[number].reported_t = value
            amounts[number].save(update_fields=["reported_t"])
        act.subject.years.all().delete()
        PeriodYear.objects.bulk_create(
            PeriodYear(
                monitoring_period=act.subject, year=row.year, reported_t=row.reported_t, output=row.output
            )
            for row in years
        )
        act.subject.version += 1
        act.subject.save()
        act.record(
            f"{act.subject}: reductions stated",
            data={
                **{f"commitment_period_{number}": value for number, value in reported.items()},
                **{f"year_{row.year}": [row.reported_t, row.output] for row in years},
            },
        )
    return act.subject  # type: ignore[no-any-return]


def _year_problems(
    period: MonitoringPeriod, reported: Mapping[int, int], years: Sequence[Year]
) -> Iterator[Problem]:
    """Each year of the period once, and together what is stated for the commitment periods."""
    if not years:
        return
    wanted = small_scale_claims.years_of(period)
    if not period.project.is_small_scale:
        yield Problem("Years are stated by small-scale projects only; leave them out.", "years")
    if sorted(row.year for row in years) != list(wanted):
        yield Problem(f"State each year from {wanted[0]} to {wanted[-1]}, and each once.", "years")
        return
    if any(row.reported_t < 0 or (row.output is not None and row.output < 0) for row in years):
        yield Problem("Reductions, output and savings of a year are 0 or more.", "years")
    for amount in period.amounts.all():
        stated = reported.get(amount.commitment_period, amount.reported_t)
        inside = [row for row in years if amount.starts_on.year <= row.year <= amount.ends_on.year]
        if stated is not None and sum(row.reported_t for row in inside) != stated:
            yield Problem(
                f"The years of commitment period {amount.commitment_period} come to "
                f"{sum(row.reported_t for row in inside):,} t together, but {stated:,} t are stated for it.",
                "years",
            )


def _editing(period: MonitoringPeriod, *, by: User, at: dt.datetime, expected_version: int | None):  # type: ignore[no-untyped-def]
    return acting(
        period,
        "edit_monitoring_period",
        by=by,
        at=at,
        states=("being_prepared",),
        expected_version=expected_version,
    )


def _parts(starts_on: dt.date, ends_on: dt.date, day: dt.date) -> tuple[tuple[int, dt.date, dt.date], ...]:
    """One part a commitment period; while provisional requests are taken, one for the days after 2020 too (EB 108)."""
    try:
        if later_reductions.takes_provisionally(day):
            return commitment.split_with_later(starts_on, ends_on)
        return commitment.split(starts_on, ends_on)
    except RuleError as error:
        refuse(Problem(str(error), "ends_on"))
        raise


def _keep_parts(period: MonitoringPeriod, parts: tuple[tuple[int, dt.date, dt.date], ...]) -> None:
    PeriodAmount.objects.bulk_create(
        PeriodAmount(monitoring_period=period, commitment_period=number, starts_on=first, ends_on=last)
        for number, first, last in parts
    )
