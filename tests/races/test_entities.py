"""A suspension and an engagement at once, on PostgreSQL: no engagement slips in behind the end of all others."""

from __future__ import annotations

from typing import Any

import pytest

from cdm.acts import engagement
from cdm.models import BoardMatter, Engagement, ExcessIssuance, Project
from cdm.workflow import engine
from cdm.workflow.refusals import NotOpen, Unmet
from registry import book, verify
from registry.models import Account
from tests import entities
from tests.given import World
from tests.races.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return World()


def test_a_suspension_and_many_engagements_at_once_leave_none_open(world: World) -> None:
    """And nobody waits for the other in a ring: an organisation is locked before projects, by everybody."""
    world.on("2019-03-01")
    doe, by, at = world.organisations["validator"], world.people["developer"], world.at
    projects = [world.submitted(others=()) for _ in range(7)]
    for project in projects[:3]:
        world.engaged(project)
    term = entities.heard(world, entities.taken_over(world, "validator"), "validator")
    world.meeting(300)
    matter, chair = entities.recommended(world, term, "suspend"), world.people[world.chair]

    def suspend() -> Any:
        return engine.perform(BoardMatter.objects.get(pk=matter.pk), "adopt_by_consensus", by=chair, at=at)

    def engage(key: int) -> Any:
        return engagement.engage(Project.objects.get(pk=key), doe=doe, function="validation", by=by, at=at)

    results = at_once([suspend, *(lambda key=project.pk: engage(key) for project in projects[3:])])
    assert not isinstance(results[0], Exception), results[0]
    assert all(isinstance(one, Engagement | Unmet) for one in results[1:]), results
    assert not Engagement.objects.filter(doe=doe, until_at__isnull=True).exists()
    ended = [one for one in results[1:] if isinstance(one, Engagement)]
    assert Engagement.objects.count() == 3 + len(ended)


def test_cancellations_at_once_never_replace_more_than_is_due(world: World) -> None:
    world.on("2019-01-07")
    project = world.registered(crediting_from="2019-04-01", others=())
    world.on("2020-02-03")
    request = world.issued(project, "2019-04-01", "2019-12-31", {2: 5_000})
    world.do(world.forwarding_asked(request, [(world.account(), 2, 4_900)]), "carry_out", "administrator")
    entities.suspended(world, entities.taken_over(world, "verifier"), "verifier")
    excess = entities.determined(world, project, 100)
    book.transfer(
        source=Account.objects.get(holder="EcoSecurities"), target=entities.account(world), party="BR",
        project_number=1, commitment_period=2, quantity=1_000, by=world.people["administrator"], at=world.at,
        reason="Sold", key="sale",
    )  # fmt: skip
    key, by, at = entities.holding(excess), world.people["verifier"], world.at

    def cancel() -> Any:
        fresh = ExcessIssuance.objects.get(pk=excess.pk)
        return engine.perform(fresh, "cancel_units", by=by, at=at, holding=key, quantity=30)

    results = at_once([cancel] * 6)
    refused = [one for one in results if isinstance(one, Unmet | NotOpen)]
    assert [one for one in results if isinstance(one, Exception) and one not in refused] == []
    assert len(results) - len(refused) == 3
    excess.refresh_from_db()
    assert (excess.replaced, excess.remaining, excess.state) == (90, 10, "due")
    assert verify.verify_book().ok
