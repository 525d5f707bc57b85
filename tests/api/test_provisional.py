"""The temporary measures and the transition for programs: asked for, signed, read, and refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tests.api.conftest import Program, good, problem
from tests.given import World

pytestmark = pytest.mark.django_db


@pytest.mark.rule("2.16-1", "2.16-5")
def test_a_program_acknowledges_the_risk_and_moves_the_activity(
    world: World, program: Callable[[str], Program]
) -> None:
    project = world.on("2020-09-01").validated(crediting_from="2021-01-01", others=())
    request = world.on("2021-02-01").request_for(project, "validator")
    place = f"board-requests/{request.pk}/"
    found = problem(program("validator").post(f"{place}moves/submit/", {}), 422, "unmet")
    assert [one["field"] for one in found["problems"]] == ["risk_acknowledgement"]
    problem(program("validator").post(f"{place}risk-acknowledgements/", {}), 403, "denied")
    made = good(program("developer").post(f"{place}risk-acknowledgements/", {}), 201)
    assert (made["standing"]["state"], made["form"]) == ("signed", "CDM-RAA-FORM")
    problem(program("developer").post(f"{place}risk-acknowledgements/", {}), 409, "not-open")
    good(program("validator").post(f"{place}moves/submit/", {}))
    assert good(program("").get(place))["is_provisional"] is True
    request.refresh_from_db()
    if request.state == "awaiting_fee":
        world.pay(request)

    asked = {"effective_on": "2021-01-01"}
    problem(program("developer").post(f"projects/{project.pk}/transitions/", asked), 422, "unmet")
    world.on("2023-06-30")
    problem(program("dna BR").post(f"projects/{project.pk}/transitions/", asked), 403, "denied")
    moving = good(program("developer").post(f"projects/{project.pk}/transitions/", asked), 201)
    assert (moving["standing"]["state"], moving["requested_on"]) == ("requested", "2023-06-30")
    assert good(program("").get(place))["standing"]["state"] == "in_transition"
    place = f"transitions/{moving['id']}/"
    problem(program("developer").post(f"{place}moves/approve/", {}), 403, "denied")
    good(program("dna BR").post(f"{place}moves/approve/", {}))
    (listed,) = good(program("").get("transitions/", state="approved"))["results"]
    assert listed["effective_on"] == "2021-01-01"
    (deadlines,) = [good(program("").get("deadlines/"))["results"]]
    assert deadlines == []
    assert dt.date.fromisoformat(listed["requested_on"]) == world.at.date()
