"""Renewals and post-registration changes of the made-up world: begun by whim, completed and validated when asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cdm import crediting_periods
from cdm.acts import registered_changes as acts
from cdm.models import Document, Project, RegisteredChange, User
from cdm.simulation.giving import TEXT, attach
from cdm.simulation.world import World

Kind, Track = RegisteredChange.Kind, RegisteredChange.Track


def begin(world: World, project: Project, by: User) -> None:
    """A renewal where one is due; otherwise, seldom, a change."""
    chance = crediting_periods.renewable(project, world.today)
    if not chance.sentence and crediting_periods.standing_renewal(project) is None:
        world.attempt(
            "notify renewal",
            lambda: acts.prepare_renewal(project, by=by, at=world.at),
            subject=project,
            counts=True,
        )
    if world.is_calm or project.changes.filter(state__in=crediting_periods.STANDING).exists():
        return
    if world.happens(0.02):
        _begin_change(world, project, by)


def _begin_change(world: World, project: Project, by: User) -> None:
    kind = world.one_of((Kind.CORRECTION, Kind.MONITORING_PLAN, Kind.TEMPORARY_DEVIATION, Kind.START_DATE))
    period = project.monitoring_periods.filter(state__in=["being_prepared", "submitted"]).first()
    track = Track.PRIOR_APPROVAL
    if kind == Kind.START_DATE:
        track = Track.NOTIFICATION
    elif period is not None and world.happens(0.5):
        track = Track.WITH_ISSUANCE
    details: dict[str, Any] = {"applies_from": world.today}
    if kind == Kind.TEMPORARY_DEVIATION:
        details["applies_until"] = world.today + dt.timedelta(days=30)
    if kind == Kind.START_DATE and project.crediting_starts_on is not None:
        details = {"new_starts_on": project.crediting_starts_on + dt.timedelta(days=60)}
    if track == Track.WITH_ISSUANCE:
        details["monitoring_period"] = period
    world.attempt(
        "begin change",
        lambda: acts.prepare_change(
            project,
            kind=kind,
            track=track,
            description=TEXT,
            doe=world.one_of(world.cast.bodies["doe"]),
            **details,
            by=by,
            at=world.at,
        ),
        subject=project,
        counts=True,
    )


def complete(world: World, change: RegisteredChange, by: User) -> bool:
    """The DOE chosen anew, since the last may be suspended, everything stated, the revised document attached."""
    doe = world.one_of(world.cast.bodies["doe"])
    if change.is_renewal and change.renewed_from is not None:
        years = range(change.renewed_from.year, change.renewed_until(world.today).year + 1)
        world.attempt(
            "state renewal",
            lambda: acts.state_renewal(
                change,
                baseline="updated",
                description=TEXT,
                applied=[(code, version) for code, version in change.methodologies],
                estimates=dict.fromkeys(years, 10_000),
                doe=doe,
                by=by,
                at=world.at,
            ),
            subject=change,
            counts=True,
        )
    else:
        world.attempt(
            "state change",
            lambda: acts.state_change(
                change,
                description=TEXT,
                doe=doe,
                applies_from=change.applies_from,
                applies_until=change.applies_until,
                monitoring_period=change.monitoring_period,
                new_starts_on=change.new_starts_on,
                by=by,
                at=world.at,
            ),
            subject=change,
            counts=True,
        )
    if (
        change.track != Track.NOTIFICATION
        and not change.documents.filter(kind=Document.Kind.PROJECT_DESIGN).exists()
    ):
        attach(world, change, by, Document.Kind.PROJECT_DESIGN)
    return True


def report(world: World, change: RegisteredChange, by: User) -> bool:
    """The validation report, before the opinion."""
    if not change.documents.filter(kind=Document.Kind.VALIDATION_REPORT).exists():
        attach(world, change, by, Document.Kind.VALIDATION_REPORT)
    return True
