"""Joint focal points at the same moment, on PostgreSQL: each signs once, and nobody signs what is being changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cdm.acts import forwarding, signing
from cdm.models import ForwardingRequest, Record
from cdm.workflow.refusals import NotOpen, Unmet
from tests.given import World
from tests.races.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return World()


@pytest.fixture
def asked(world: World) -> ForwardingRequest:
    """100 units asked for by the developer, who signed with that; the fund still has to."""
    project = world.on("2017-03-01").registered(crediting_from="2018-01-01")
    world.modalities(project, forwarding=("joint", ("developer", "buyer")))
    request = world.on("2019-03-01").issued(project, "2018-01-01", "2018-12-31", {2: 1_000})
    return world.forwarding_asked(request, [(world.account(), 2, 100)])


def signs(world: World, asked: ForwardingRequest, who: str) -> Callable[[], Any]:
    """Signs the text that was on the page before anybody pressed."""
    sha256, by, at = asked.content_sha256, world.people[who], world.at

    def act() -> Any:
        fresh = ForwardingRequest.objects.get(pk=asked.pk)
        return signing.sign(fresh, content_sha256=sha256, by=by, at=at)

    return act


def test_pressed_four_times_it_is_signed_once(world: World, asked: ForwardingRequest) -> None:
    results = at_once([signs(world, asked, "buyer") for _ in range(4)])
    refusals = [result for result in results if isinstance(result, Exception)]
    assert len(refusals) == 3
    assert all(isinstance(refusal, NotOpen) for refusal in refusals), refusals
    asked.refresh_from_db()
    assert (asked.state, asked.standing_signatures.count()) == ("requested", 2)
    submitted = Record.objects.filter(machine_name="forwarding_request", subject_id=asked.pk, verb="submit")
    assert submitted.count() == 1


def test_signed_and_changed_at_once_no_signature_stands_under_another_text(
    world: World, asked: ForwardingRequest
) -> None:
    account = asked.shares.get().account

    def change() -> Any:
        fresh = ForwardingRequest.objects.get(pk=asked.pk)
        return forwarding.change(
            fresh, shares=[(account, 2, 900)], reason="All.", by=world.people["developer"], at=world.at
        )

    signed, changed = at_once([signs(world, asked, "buyer"), change])
    assert not isinstance(changed, Exception), changed
    assert not isinstance(signed, Exception) or isinstance(signed, Unmet)
    asked.refresh_from_db()
    # whoever came first, the changed text has the developer's signature alone
    assert (asked.state, asked.quantity) == ("being_signed", 900)
    assert [row.organisation.name for row in asked.standing_signatures] == ["EcoSecurities"]
    assert all(row.content_sha256 == asked.content_sha256 for row in asked.standing_signatures)
