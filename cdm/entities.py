"""What an operational entity may do on a day: its scopes by function with their days, and the work it has open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet

from cdm import queries
from cdm.models import (
    Accreditation,
    Engagement,
    EntityAccreditation,
    MonitoringPeriod,
    Organisation,
    Project,
)
from cdm.rules import scopes
from cdm.rules.days import ONE_DAY

Function = Accreditation.Function


@dataclass
class Span:
    """Sectoral scopes of one function with the same days and the same standing. Both days are inside."""

    function: str
    from_on: dt.date
    last_day: dt.date | None
    term: EntityAccreditation | None
    is_held: bool
    sectoral_scopes: list[int] = field(default_factory=list)

    @property
    def function_label(self) -> str:
        return str(Function(self.function).label)

    def standing_on(self, day: dt.date) -> str:
        """Held, or in a word why not."""
        if self.is_held:
            return "Held"
        if self.from_on > day:
            return "Not yet"
        if self.last_day is not None and self.last_day < day:
            return "Ended"
        return "Suspended"


def spans_of(doe: Organisation, day: dt.date) -> list[Span]:
    """All functions and scopes a DOE ever held, those with the same days together, the latest first."""
    held = set(Accreditation.objects.held_on(day).filter(doe=doe).values_list("pk", flat=True))
    found: dict[tuple[object, ...], Span] = {}
    rows = doe.accreditations.select_related("entity_accreditation__doe")
    for row in rows.order_by("function", "-from_on", "sectoral_scope"):
        last = row.until_on
        if row.ended_on is not None:
            last = row.ended_on - ONE_DAY
        key = (row.function, row.from_on, last, row.entity_accreditation_id, row.pk in held)
        span = found.setdefault(
            key, Span(row.function, row.from_on, last, row.entity_accreditation, row.pk in held)
        )
        span.sectoral_scopes.append(row.sectoral_scope)
    return list(found.values())


def may_take(doe: Organisation, day: dt.date) -> dict[str, tuple[list[int], list[int]]]:
    """For each function the sectoral scopes in which the DOE may work on that day, and those in which it may not."""
    held = held_by([doe], day)[doe.pk]
    return {
        function: (sorted(numbers), sorted(set(scopes.SECTORAL_SCOPES) - numbers))
        for function, numbers in held.items()
    }


def held_by(does: Iterable[Organisation], day: dt.date) -> dict[int, dict[str, set[int]]]:
    """For each entity, by key, and each function the sectoral scopes held on that day; one query for all."""
    found: dict[int, dict[str, set[int]]] = {
        doe.pk: {function: set() for function in Function.values} for doe in does
    }
    rows = Accreditation.objects.held_on(day).filter(doe__in=found)
    for key, function, number in rows.values_list("doe", "function", "sectoral_scope"):
        found[key][function].add(number)
    return found


def open_engagements(doe: Organisation) -> QuerySet[Engagement]:
    """What the DOE is engaged for now."""
    return doe.engagements.filter(until_at__isnull=True).select_related("project").order_by("function", "pk")


def not_to_verify(doe: Organisation) -> QuerySet[Project]:
    """Large-scale projects that it validated and so may not verify (para 27(e)), save by the Board's leave."""
    return (
        Project.objects.filter(
            opinions__doe=doe,
            opinions__monitoring_period__isnull=True,
            opinions__change__isnull=True,
            opinions__is_positive=True,
        )
        .exclude(scale=Project.Scale.SMALL)
        .exclude(same_entity_waivers__doe=doe)
        .distinct()
    )


def projects_of(doe: Organisation, at: dt.datetime) -> QuerySet[Project]:
    """The public list of what it was engaged for (para 27(f))."""
    public = queries.visible_projects(None, at).order_by().values("pk")
    return Project.objects.filter(pk__in=public, engagements__doe=doe).distinct().order_by("-pk")


def listed(*, function: str = "", scope: int | None = None, day: dt.date) -> QuerySet[Organisation]:
    """The entities of the public list (para 20(c)): all that ever held a scope; or those that hold this one today."""
    rows = Organisation.objects.filter(kind=Organisation.Kind.DOE, accreditations__isnull=False)
    if function or scope is not None:
        held = Accreditation.objects.held_on(day)
        held = held.filter(function=function) if function else held
        held = held.filter(sectoral_scope=scope) if scope is not None else held
        rows = rows.filter(pk__in=held.values("doe"))
    terms = EntityAccreditation.objects.filter(state__in=queries.PUBLIC_ACCREDITATION_STATES)
    return (
        rows.distinct()
        .order_by("name")
        .prefetch_related(Prefetch("entity_accreditations", terms.order_by("-pk"), to_attr="terms"))
    )


def terms_seen(doe: Organisation, *, is_concerned: bool) -> QuerySet[EntityAccreditation]:
    """The terms of an entity, the latest first; applications are for those concerned."""
    rows = doe.entity_accreditations.select_related("doe").order_by("-pk")
    return rows if is_concerned else rows.filter(state__in=queries.PUBLIC_ACCREDITATION_STATES)


def work_of(engagement: Engagement) -> list[MonitoringPeriod]:
    """The monitoring periods that wait with the DOE under an engagement to verify."""
    if engagement.function != Function.VERIFICATION:
        return []
    with_the_doe = Q(state__in=("submitted", "in_verification", "certified"))
    return list(engagement.project.monitoring_periods.filter(with_the_doe))
