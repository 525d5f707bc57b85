"""Given: a registered project, and the steps of a renewal or a post-registration change in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cdm.acts import registered_changes as acts
from cdm.models import BoardRequest, Project, RegisteredChange
from tests.given import World

D = dt.date.fromisoformat


def renewal(world: World, project: Project, **stated: Any) -> RegisteredChange:
    """The intention notified today and everything stated, the revised document attached; not yet with the DOE."""
    change = acts.prepare_renewal(project, by=world.people["developer"], at=world.at)
    return state(world, change, **stated)


def state(world: World, change: RegisteredChange, **stated: Any) -> RegisteredChange:
    """What the participants state of a renewal: the baseline updated, 600,000 t a year."""
    assert change.renewed_from is not None
    first = change.renewed_from.year
    given: dict[str, Any] = {
        "baseline": "updated",
        "description": "The grid's emission factor was determined anew.",
        "applied": [("ACM0001", "15.0")],
        "estimates": {year: 600_000 for year in range(first, first + 7 + (change.renewed_from.month > 1))},
        "doe": world.organisations["validator"],
        **stated,
    }
    acts.state_renewal(change, by=world.people["developer"], at=world.at, **given)
    world.attach(change, "project_design", "developer")
    change.refresh_from_db()
    return change


def change(world: World, project: Project, kind: str = "monitoring_plan", **about: Any) -> RegisteredChange:
    """A post-registration change stated, with the revised document; not yet with the DOE."""
    given: dict[str, Any] = {
        "track": "prior_approval",
        "description": "The flow is metered at two places instead of one.",
        "doe": world.organisations["validator"],
        "applies_from": world.at.date(),
        **about,
    }
    made = acts.prepare_change(project, kind=kind, by=world.people["developer"], at=world.at, **given)
    if given["track"] != "notification":
        world.attach(made, "project_design", "developer")
    made.refresh_from_db()
    return made


def validated(world: World, made: RegisteredChange) -> RegisteredChange:
    """Handed to the DOE, which reports and gives a positive opinion."""
    world.do(made, "submit", "developer")
    world.attach(made, "validation_report", "validator")
    world.do(made, "give_positive_opinion", "validator", opinion="The requirements are met.", confirmed=True)
    return made


def requested(world: World, made: RegisteredChange) -> BoardRequest:
    """The request submitted and through the secretariat's checks, open for requests for review."""
    return world.published_request(made, "validator")


def approved(world: World, made: RegisteredChange) -> BoardRequest:
    """Validated, requested, the window closed without a request for review."""
    request = requested(world, validated(world, made))
    world.after_window(request)
    made.refresh_from_db()
    return request
