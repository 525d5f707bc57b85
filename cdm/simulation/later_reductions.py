"""What the focal points do in a world that lives beyond 2020: acknowledge the risk, request the transition (2.16)."""

from __future__ import annotations

from typing import Any

from cdm.acts import provisional
from cdm.models import User
from cdm.rules.sets import rule_set_on
from cdm.simulation.world import World


def acknowledge(world: World, request: Any, by: User) -> bool:
    """The risk of a provisional request is acknowledged, so that the DOE can submit it."""
    return world.attempt(
        "acknowledge risk",
        lambda: provisional.acknowledge_risk(request, by=by, at=world.at),
        subject=request,
        counts=True,
    )


def request_transition(world: World, request: Any, by: User) -> bool:
    """The activity is to move to the Article 6.4 mechanism from the earliest day on."""
    earliest = rule_set_on(world.today).day("article_6_4.effective_from", world.today)
    return world.attempt(
        "request transition",
        lambda: provisional.request_transition(request.project, effective_on=earliest, by=by, at=world.at),
        subject=request.project,
        counts=True,
    )
