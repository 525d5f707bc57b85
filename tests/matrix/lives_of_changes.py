"""A renewal or post-registration change in every state, all of one project registered in 2011."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cdm.acts import registered_changes as acts
from cdm.models import Project
from tests import changes
from tests.given import World
from tests.matrix.lives_of_later_years import transitioned_renewal

NOTE = "For the reasons on file."


def registered_changes(world: World) -> dict[str, Any]:
    """Each state: the renewal of its first crediting period lapses, the others are changes."""
    project = world.on("2011-03-01").registered(crediting_from="2012-01-01")
    made: dict[str, Any] = {}
    world.on("2019-02-01")
    made["lapsed"] = changes.renewal(world, project)
    world.on("2020-02-03")
    made["being_prepared/bare"] = acts.prepare_change(
        project,
        kind="correction",
        track="prior_approval",
        description="A figure was wrong.",
        applies_from=dt.date(2012, 1, 1),
        by=world.people["developer"],
        at=world.at,
    )
    made["being_prepared/notified"] = changes.change(
        world, project, "start_date", track="notification", new_starts_on=dt.date(2012, 6, 1)
    )
    for name in ("being_prepared", "withdrawn", "in_validation", "in_validation/bare", "validation_negative"):
        made[name] = changes.change(world, project)
    world.do(made["withdrawn"], "withdraw", "developer", NOTE)
    for name in ("in_validation", "in_validation/bare", "validation_negative"):
        world.do(made[name], "submit", "developer")
    for name in ("in_validation", "validation_negative"):
        world.attach(made[name], "validation_report", "validator")
    world.do(made["validation_negative"], "give_negative_opinion", "validator", opinion="Less is measured.")
    for name in ("validated", "requesting_approval", "approved", "rejected"):
        made[name] = changes.validated(world, changes.change(world, project))
    asked = {name: changes.requested(world, made[name]) for name in ("approved", "rejected")}
    world.under_review(asked["rejected"])
    world.decided(asked["rejected"], "reject", "Less is measured.")
    world.after_window(asked["approved"])
    world.submitted_request(made["requesting_approval"], "validator")
    # the others have been left behind by then
    world.on("2020-06-01")
    made["transitioned"] = transitioned_renewal(world)
    return made


def deregistered_project(world: World) -> Project:
    """A registered project that all its participants gave up."""
    project = world.on("2018-03-01").registered(crediting_from="2019-04-01")
    made = world.change_asked(project, "deregister", "developer", reason="It was never built.")
    world.sign(made, "buyer")
    world.do(made, "carry_out", "secretary")
    project.refresh_from_db()
    return project
