"""Preparing the renewal of a crediting period or a post-registration change, and stating what it is (2.9, 2.10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from cdm import crediting_periods
from cdm.acts.acting import Act, NotOpen, Problem, acting, refuse
from cdm.modalities import speaking_problem
from cdm.models import ChangeEstimate, MonitoringPeriod, Organisation, Project, RegisteredChange, User
from cdm.permissions import Denied
from cdm.rules import methodologies
from cdm.rules.days import in_words
from cdm.rules.errors import RuleError
from cdm.workflow import opening
from cdm.workflow.conditions.registered_changes import change_problems, known_problems
from cdm.workflow.roles import Role

Kind, Track = RegisteredChange.Kind, RegisteredChange.Track


def prepare_renewal(project: Project, *, by: User, at: dt.datetime) -> RegisteredChange:
    """Notify the intention to renew the crediting period; its documents are prepared from then on.

    In time from 270 to 180 days before the period ends; later it is taken, and days are lost. Raises Denied, NotOpen
    where another is under way, Unmet where it is too early, too late or not renewable.
    """
    with acting(project, "prepare_change", by=by, at=at, states=("registered",)) as act:
        _speaks(act)
        standing = crediting_periods.standing_renewal(act.project)
        if standing is not None:
            raise NotOpen(f"“{standing}” is under way already. Complete or withdraw that one.")
        chance = crediting_periods.renewable(act.project, act.day)
        refuse(Problem(chance.sentence) if chance.sentence else None)
        if chance.period is None:
            raise NotOpen(chance.sentence)
        change = RegisteredChange(
            project=act.project,
            number=_next_number(act.project),
            kind=Kind.RENEWAL,
            track=Track.PRIOR_APPROVAL,
            created_at=at,
            expires_on=chance.period.ends_on,
            is_late=chance.is_late_on(act.day),
        )
        change.methodologies = [
            [row.code, row.methodology_version] for row in act.project.methodologies.all()
        ]
        refuse(*known_problems(change, act.day))
        late = " late" if change.is_late else ""
        opening.begin(
            change,
            sentence=f"{change}: intention notified{late}",
            by=by,
            role=act.role,
            at=at,
            tells=(Role.SECRETARIAT, Role.DNA),
        )
    return change


def prepare_change(
    project: Project,
    *,
    kind: str,
    track: str,
    description: str,
    by: User,
    at: dt.datetime,
    doe: Organisation | None = None,
    **details: Any,
) -> RegisteredChange:
    """Begin a post-registration change; `details` as in `state_change`. Raises Denied, NotOpen, Unmet."""
    with acting(project, "prepare_change", by=by, at=at, states=("registered",)) as act:
        _speaks(act)
        refuse(
            Problem("Choose the kind of change.", "kind")
            if kind not in Kind.values or kind == Kind.RENEWAL
            else None,
            Problem("Choose how it is approved.", "track") if track not in Track.values else None,
        )
        change = RegisteredChange(
            project=act.project, number=_next_number(act.project), kind=kind, track=track, created_at=at
        )
        _take(change, act, description=description, doe=doe, **details)
        refuse(*known_problems(change, act.day), *change_problems(change, act.day))
        opening.begin(change, sentence=f"{change}: being prepared", by=by, role=act.role, at=at)
    return change


def state_change(
    change: RegisteredChange,
    *,
    description: str,
    by: User,
    at: dt.datetime,
    doe: Organisation | None = None,
    applies_from: dt.date | None = None,
    applies_until: dt.date | None = None,
    monitoring_period: MonitoringPeriod | None = None,
    new_starts_on: dt.date | None = None,
    capacity_mw: Decimal | None = None,
    savings_gwh: Decimal | None = None,
    expected_version: int | None = None,
) -> RegisteredChange:
    """State a change while it is being prepared: what, why, from when, and which DOE validates it.

    `capacity_mw` in MW, `savings_gwh` in GWh a year, for a change of the design. Raises Denied, NotOpen, Stale, Unmet.
    """
    with _editing(change, by=by, at=at, expected_version=expected_version) as act:
        _speaks(act)
        if act.subject.is_renewal:
            raise NotOpen("This is a renewal. State its baseline, methodologies and estimates.")
        _take(
            act.subject,
            act,
            description=description,
            doe=doe,
            applies_from=applies_from,
            applies_until=applies_until,
            monitoring_period=monitoring_period,
            new_starts_on=new_starts_on,
            capacity_mw=capacity_mw,
            savings_gwh=savings_gwh,
        )
        refuse(*change_problems(act.subject, act.day))
        _save(act)
    return act.subject  # type: ignore[no-any-return]


def state_renewal(
    change: RegisteredChange,
    *,
    baseline: str,
    description: str,
    applied: Sequence[tuple[str, str]],
    estimates: Mapping[int, int],
    by: User,
    at: dt.datetime,
    doe: Organisation | None = None,
    expected_version: int | None = None,
) -> RegisteredChange:
    """State a renewal while it is being prepared: baseline, methodologies with versions, reductions of each year.

    `estimates`: calendar year -> whole t CO2e of 0 or more. Raises Denied, NotOpen, Stale, Unmet.
    """
    with _editing(change, by=by, at=at, expected_version=expected_version) as act:
        _speaks(act)
        subject: RegisteredChange = act.subject
        if not subject.is_renewal or subject.renewed_from is None:
            raise NotOpen("This is a change, not a renewal. State what changes.")
        first, last = subject.renewed_from, subject.renewed_until(act.day)
        refuse(
            None
            if baseline in RegisteredChange.Baseline.values
            else Problem("Say whether the original baseline is still valid or was updated.", "baseline"),
            *_methodology_problems(applied),
            *(
                Problem(
                    f"{year} lies outside the renewed period, {in_words(first)} to {in_words(last)}. Leave it out.",
                    "estimates",
                )
                for year in estimates
                if not first.year <= year <= last.year
            ),
            *(
                Problem(f"{year}: reductions are whole tonnes of 0 or more.", "estimates")
                for year, value in estimates.items()
                if isinstance(value, bool) or not isinstance(value, int) or value < 0
            ),
            _doe_problem(doe),
        )
        subject.baseline, subject.description, subject.doe = baseline, description.strip(), doe
        subject.methodologies = [[methodologies.methodology(code).code, version] for code, version in applied]
        subject.estimates.all().delete()
        ChangeEstimate.objects.bulk_create(
            ChangeEstimate(change=subject, year=year, reductions_t=value)
            for year, value in sorted(estimates.items())
        )
        _save(act, estimates=[list(pair) for pair in sorted(estimates.items())])
    return act.subject  # type: ignore[no-any-return]


def _editing(change: RegisteredChange, *, by: User, at: dt.datetime, expected_version: int | None) -> Any:
    return acting(
        change,
        "prepare_change",
        by=by,
        at=at,
        states=("being_prepared",),
        expected_version=expected_version,
    )


def _speaks(act: Act) -> None:
    """Once modalities are in force, the focal points for scope (c) speak for the participants (rulebook 2.4)."""
    if why := speaking_problem(act.project, act.by, act.day):
        raise Denied(why)


def _take(
    change: RegisteredChange, act: Act, *, description: str, doe: Organisation | None, **details: Any
) -> None:
    """Put what was given on the change; what its kind and track do not know is left out."""
    period = details.get("monitoring_period")
    refuse(
        Problem("Say what changes, and why.", "description") if not description.strip() else None,
        _doe_problem(doe),
        Problem("The monitoring period is not one of this project.", "monitoring_period")
        if period is not None and period.project_id != act.project.pk
        else None,
        Problem("The last day is before the first.", "applies_until")
        if details.get("applies_from")
        and details.get("applies_until")
        and details["applies_until"] < details["applies_from"]
        else None,
    )
    change.description = description.strip()
    change.doe = None if change.track == Track.NOTIFICATION else doe
    starts_anew = change.kind == Kind.START_DATE
    change.applies_from = None if starts_anew else details.get("applies_from")
    change.applies_until = None if starts_anew else details.get("applies_until")
    change.new_starts_on = details.get("new_starts_on") if starts_anew else None
    change.monitoring_period = period if change.track == Track.WITH_ISSUANCE else None
    for name in ("capacity_mw", "savings_gwh"):
        fits = change.kind in (Kind.PROJECT_DESIGN, Kind.CORRECTION)
        setattr(change, name, details.get(name) if fits else None)


def _save(act: Act, **more: Any) -> None:
    change: RegisteredChange = act.subject
    change.version += 1
    change.save()
    named = ("description", "applies_from", "applies_until", "new_starts_on", "capacity_mw", "savings_gwh")
    data = {name: getattr(change, name) for name in (*named, "baseline", "methodologies")}
    data = {name: value for name, value in data.items() if value not in (None, "", [])}
    act.record(
        f"{change}: stated",
        data={**data, "doe": change.doe_id, "monitoring_period": change.monitoring_period_id, **more},
        is_public=False,
    )


def _methodology_problems(applied: Iterable[tuple[str, str]]) -> Iterable[Problem]:
    named: set[str] = set()
    for code, version in applied:
        try:
            chosen = methodologies.methodology(code).code
        except RuleError as error:
            yield Problem(str(error), "methodologies")
            continue
        if not methodologies.is_version(version):
            yield Problem(f"Give the version of {chosen}, such as 4 or 3.0.1.", "methodologies")
        if chosen in named:
            yield Problem(f"{chosen} is named twice. Name each methodology once.", "methodologies")
        named.add(chosen)
    if not named:
        yield Problem("Name at least one methodology.", "methodologies")


def _doe_problem(doe: Organisation | None) -> Problem | None:
    if doe is not None and doe.kind != Organisation.Kind.DOE:
        return Problem(f"{doe} is not a designated operational entity.", "doe")
    return None


def _next_number(project: Project) -> int:
    return project.changes.count() + 1
