"""What comes up for a body before it is anybody's task: a crediting period that ends, the report on a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from cdm import crediting_periods
from cdm.models import Accreditation, ActivityReport, CreditingPeriod, Organisation, Project
from cdm.rules.days import in_words

# how long before its end a crediting period is looked at where the rules name no day, and how long after it
BEFORE_THE_END = dt.timedelta(days=270)
AFTER_THE_END = dt.timedelta(days=366)


@dataclass(frozen=True)
class RenewalDue:
    """A crediting period that can be renewed now, and whose renewal nobody has notified yet; till when, and why."""

    project: Project
    sentence: str
    due_on: dt.date | None


def renewals_due(bodies: Iterable[Organisation], day: dt.date) -> list[RenewalDue]:
    """The renewals that participants or focal points among the bodies have to ask for now, the most urgent first."""
    named = [body.pk for body in bodies]
    mine = Project.objects.filter(
        Q(participations__organisation__in=named)
        | Q(
            modalities_statements__state="in_force",
            modalities_statements__scopes__focal_points__in=named,
        ),
        state="registered",
    )
    later = CreditingPeriod.objects.filter(project=OuterRef("project"), number__gt=OuterRef("number"))
    last = CreditingPeriod.objects.filter(
        ~Exists(later),
        project__in=mine.values("pk"),
        ends_on__range=(day - AFTER_THE_END, day + AFTER_THE_END),
    )
    found = [due for period in last.select_related("project") for due in _due(period, day)]
    return sorted(found, key=lambda one: (one.due_on or dt.date.max, one.project.pk))


def _due(period: CreditingPeriod, day: dt.date) -> Iterator[RenewalDue]:
    project, ends_on = period.project, period.ends_on
    chance = crediting_periods.renewable(project, day)
    if chance.sentence or crediting_periods.standing_renewal(project) is not None:
        return
    if chance.first_day is None and day < ends_on - BEFORE_THE_END:
        return
    ends = f"The crediting period {'ends' if day <= ends_on else 'ended'} on {in_words(ends_on)}."
    in_time = chance.last_day_in_time
    if in_time is not None and day <= in_time:
        yield RenewalDue(
            project, f"{ends} The renewal is notified in time until {in_words(in_time)}.", in_time
        )
        return
    late = (
        " The notice comes late now: the days until the renewal takes effect do not count." if in_time else ""
    )
    last = (
        f" The renewal is requested by {in_words(chance.last_day)} at the latest."
        if chance.last_day is not None
        else ""
    )
    yield RenewalDue(project, f"{ends}{late}{last}", chance.last_day)


def year_to_report(doe: Organisation, day: dt.date) -> int | None:
    """The year that is over and on which the entity has not reported, though it was accredited in it (para 27(g))."""
    year = day.year - 1
    held = Accreditation.objects.filter(doe=doe, from_on__lte=dt.date(year, 12, 31)).filter(
        Q(until_on__isnull=True) | Q(until_on__gte=dt.date(year, 1, 1))
    )
    if not held.exists() or ActivityReport.objects.filter(doe=doe, year=year).exists():
        return None
    return year
