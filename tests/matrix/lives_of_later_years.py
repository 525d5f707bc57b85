"""Subjects of the temporary measures and of the transition, in every state, each reached from nothing.

They live from 2021 to 2024, so the clock is set back where something has to stand in an earlier state; each is of a
project of its own, so nobody's life runs backwards.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from cdm.acts import provisional
from cdm.models import (
    BoardRequest,
    MonitoringPeriod,
    Project,
    RegisteredChange,
    RiskAcknowledgement,
    Transition,
)
from tests import changes
from tests.given import World

Lives = dict[str, Any]
NOTE = "For the reasons on file."
JOINTLY = {"other": ("joint", ("developer", "agent"))}
LATER = "2021-01-01"


def validated(world: World, names: tuple[str, ...]) -> dict[str, Project]:
    """Validated in the autumn of 2020, to be credited from 2021 on."""
    world.on("2020-09-01")
    made = {name: world.published(crediting_from=LATER) for name in names}
    for project in made.values():
        world.after_comments(project)
        world.attach(project, "validation_report", "validator")
        world.do(project, "give_positive_opinion", "validator", opinion="All is met.")
    return made


def provisional_requests(world: World) -> Lives:
    """Requests for registration in the states of the temporary measures."""
    names = ("provisional", "awaiting_transition", "in_transition", "transitioned")
    projects = validated(world, names)
    made: Lives = {}
    for name in names[1:]:
        world.on("2021-02-01")
        made[name] = world.provisional_request(projects[name], "validator")
    world.after_window(made["transitioned"])
    world.on("2023-06-30")
    moving = {name: asked(world, projects[name]) for name in ("in_transition", "transitioned")}
    world.do(moving["transitioned"], "approve", "dna BR")
    world.on("2021-02-01")
    made["provisional"] = world.provisional_request(projects["provisional"], "validator")
    world.after_window(made["provisional"])
    return made


def transitioned_project(world: World) -> Project:
    """A registered project that has moved to the Article 6.4 mechanism."""
    project = world.on("2019-09-01").registered(crediting_from="2020-01-01")
    world.on("2023-06-30").do(asked(world, project), "approve", "dna BR")
    project.refresh_from_db()
    return project


def transitioned_period(world: World) -> MonitoringPeriod:
    """A monitoring period of 2021 whose provisional request moved with its project."""
    project = world.on("2019-09-01").registered(crediting_from="2020-01-01")
    world.on("2021-08-02")
    period = world.certified(project, "2020-01-01", "2021-06-30", {2: 1_000, 3: 500})
    world.after_window(world.provisional_request(period, "verifier"))
    world.on("2023-06-30").do(asked(world, project), "approve", "dna BR")
    period.refresh_from_db()
    return period


def transitioned_renewal(world: World) -> RegisteredChange:
    """A renewal from 2021 on, taken provisionally, that moved with its project."""
    project = world.on("2013-09-01").registered(crediting_from="2014-01-01")
    world.on("2020-06-01")
    change = changes.renewal(world, project)
    world.on("2021-02-01")
    world.after_window(world.provisional_request(changes.validated(world, change), "validator"))
    world.on("2023-06-30").do(asked(world, project), "approve", "dna BR")
    change.refresh_from_db()
    return change


def risk_acknowledgements(world: World) -> Lives:
    """Each state of the acknowledgement of risk; two focal points sign it, of which one is no participant."""
    names = ("being_signed", "signed", "withdrawn")
    projects = validated(world, names)
    world.on("2021-02-01")
    made: dict[str, RiskAcknowledgement] = {}
    for name, project in projects.items():
        world.modalities(project, **JOINTLY)
        request: BoardRequest = world.request_for(project, "validator")
        made[name] = provisional.acknowledge_risk(request, by=world.people["developer"], at=world.at)
    world.sign(made["signed"], "agent")
    world.do(made["withdrawn"], "withdraw", "agent", NOTE)
    return dict(made)


def transitions(world: World) -> Lives:
    """Each state of the transition of a registered project."""
    world.on("2019-09-01")
    names = ("lapsed", "being_signed", "requested", "approved", "refused", "withdrawn")
    projects = {name: world.published(crediting_from="2020-01-01") for name in names}
    for project in projects.values():
        world.after_comments(project)
        world.attach(project, "validation_report", "validator")
        world.do(project, "give_positive_opinion", "validator", opinion="All is met.")
    registering = [world.published_request(project, "validator") for project in projects.values()]
    for request in registering:
        world.after_window(request)
    made: dict[str, Transition] = {}
    for name, project in projects.items():
        world.on("2023-07-03")
        world.modalities(project, **JOINTLY)
        made[name] = asked(world, project)
        if name == "lapsed":
            world.on("2024-01-01")
        elif name != "being_signed":
            world.sign(made[name], "agent")
    world.do(made["approved"], "approve", "dna BR")
    world.do(made["refused"], "refuse", "dna BR", NOTE)
    world.do(made["withdrawn"], "withdraw", "agent", NOTE)
    return dict(made)


def asked(world: World, project: Project) -> Transition:
    """The developer asks that it move, with effect from 1 January 2021."""
    project.refresh_from_db()
    return provisional.request_transition(
        project, effective_on=dt.date(2021, 1, 1), by=world.people["developer"], at=world.at
    )
