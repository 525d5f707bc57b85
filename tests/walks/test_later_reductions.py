"""Requests about reductions after 31 December 2020: taken, then provisional only, then closed (rulebook 2.16)."""

from __future__ import annotations

import datetime as dt

import pytest

from cdm.models import BoardRequest, Project
from cdm.workflow.refusals import Unmet
from tests.given import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(world: World) -> Project:
    """Validated in October 2020; it is to be credited from 2021 on."""
    return world.on("2020-09-01").validated(crediting_from="2021-01-01", others=())


def refused(world: World, request: BoardRequest, sentence: str) -> None:
    with pytest.raises(Unmet, match=sentence):
        world.do(request, "submit", "validator")
    request.refresh_from_db()
    assert (request.state, request.rule_set_key) == ("being_prepared", "")


@pytest.mark.rule("2.16-1", "2.16-2")
def test_registration_for_crediting_from_2021_is_taken_then_provisional_then_closed(
    world: World, project: Project
) -> None:
    request = world.request_for(project, "validator")
    # EB 108: from 16 December 2020 provisional, with the form of the focal point
    world.on("2020-12-16")
    refused(
        world, request, "provisionally; the focal point signs CDM-RAA-FORM.*keeps no provisional requests"
    )
    world.on("2021-11-12")
    refused(world, request, "keeps no provisional requests")
    # 2/CMP.16: closed
    world.on("2021-11-13")
    refused(world, request, "can no longer be made.*Article 6.4")


@pytest.mark.rule("2.16-1")
def test_the_day_before_the_temporary_measures_it_is_taken(world: World, project: Project) -> None:
    request = world.request_for(project, "validator")
    world.on("2020-12-15")
    world.do(request, "submit", "validator")
    assert request.rule_set_key == "project-cycle-2019"


@pytest.mark.rule("2.16-4")
def test_crediting_that_began_in_2020_and_reductions_up_to_its_end_go_on(world: World) -> None:
    project = world.on("2019-09-01").registered(crediting_from="2020-01-01", others=())
    world.on("2022-02-01")
    request = world.issued(project, "2020-01-01", "2020-12-31", {2: 1_000})
    assert request.state == "issued"
    assert request.submitted_at.date() == dt.date(2022, 2, 1)
