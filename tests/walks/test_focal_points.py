"""Rulebook 2.4: focal points for scope (c) speak for the participants, and a focal point may leave its office."""

from __future__ import annotations

from typing import Any

import pytest

from cdm.acts import focal_points, requests
from cdm.models import BoardRequest, ModalitiesStatement, Notice, Organisation, Project
from cdm.models.people import Organisation as Body
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.given import World

pytestmark = pytest.mark.django_db


def agent(world: World) -> None:
    """A focal point that is no participant."""
    world.seat("agent", "Carbon Agents", Organisation.Kind.PARTICIPANT, party="BR")


def published(world: World, **scopes: Any) -> BoardRequest:
    """A request for registration in its window; the participants have stated who speaks for them."""
    project = world.on("2019-03-01").validated()
    world.modalities(project, **scopes)
    return world.published_request(project, "validator")


def leave(world: World, statement: ModalitiesStatement, who: str, body: Body | None = None) -> None:
    focal_points.withdraw(
        statement, organisation=body or world.organisations[who], reason="Our contract has ended.",
        by=world.people[who], at=world.at,
    )  # fmt: skip


def test_2_4_a_reply_to_a_review_comes_from_a_focal_point_for_scope_c(world: World) -> None:
    agent(world)
    request = published(world, other=("sole", ("agent",)))
    requests.ask_for_review(
        request, grounds=["additionality"], reasons="It", by=world.people["dna BR"], at=world.at
    )
    for who in ("developer", "buyer"):
        with pytest.raises(Denied, match=r"Only a focal point for scope \(c\) speaks .*: Carbon Agents"):
            requests.reply(request, text="It is shown.", by=world.people[who], at=world.at)
    assert (
        requests.reply(request, text="It is shown.", by=world.people["agent"], at=world.at).side
        == "participant"
    )
    # the DOE replies for itself, whatever the participants have stated
    assert requests.reply(request, text="So it is.", by=world.people["validator"], at=world.at).side == "doe"


def test_2_4_a_request_is_withdrawn_by_a_focal_point_for_scope_c(world: World) -> None:
    request = published(world, other=("shared", ("buyer", "developer")), forwarding=("sole", ("developer",)))
    world.do(request, "withdraw", "buyer", note="To be resubmitted.")
    assert request.state == "withdrawn"


def test_2_4_a_focal_point_for_another_scope_withdraws_nothing(world: World) -> None:
    agent(world)
    request = published(world, other=("sole", ("buyer",)), forwarding=("sole", ("agent",)))
    for who in ("developer", "agent"):
        with pytest.raises(
            Unmet, match=r"Only a focal point for scope \(c\) .*: Netherlands Clean Development"
        ):
            world.do(request, "withdraw", who, note="To be resubmitted.")
    world.do(request, "withdraw", "buyer", note="To be resubmitted.")


def test_2_4_before_modalities_are_in_force_any_participant_speaks(world: World) -> None:
    agent(world)
    project = world.on("2019-03-01").published()
    statement = world.stated(project, other=("sole", ("agent",)))
    assert statement.state == "being_signed"
    with pytest.raises(Unmet, match="is not in force yet"):
        world.do(project, "withdraw", "agent", note="Given up.")
    world.do(project, "withdraw", "buyer", note="Given up.")


@pytest.fixture
def registered(world: World) -> Project:
    return world.on("2017-03-01").registered(crediting_from="2018-01-01")


def test_annex_3_a_focal_point_withdraws_and_those_left_hold_its_scopes(
    world: World, registered: Project
) -> None:
    agent(world)
    statement = world.modalities(
        registered, forwarding=("joint", ("developer", "agent")), other=("sole", ("agent",))
    )
    world.on("2019-03-01")
    request = world.issued(registered, "2018-01-01", "2018-12-31", {2: 1_000})
    asked = world.forwarding_asked(request, [(world.account(), 2, 980)])
    assert (asked.state, asked.still_to_sign()) == ("being_signed", [world.organisations["agent"]])

    with pytest.raises(Denied, match="Only Carbon Agents withdraws from its office"):
        leave(world, statement, "developer", world.organisations["agent"])
    with pytest.raises(Unmet, match="is not a focal point of this statement"):
        leave(world, statement, "buyer")
    Notice.objects.all().delete()
    leave(world, statement, "agent")

    # the developer, who had signed, holds scope (a) alone; nothing waits for the agent any more
    asked.refresh_from_db()
    assert asked.state == "requested"
    assert statement.rule_of("forwarding").organisations == (world.organisations["developer"],)
    # nobody is left for scope (c): it is for all participants
    assert set(statement.rule_of("other").organisations) == {
        world.organisations["developer"],
        world.organisations["buyer"],
    }
    told = Notice.objects.filter(sentence__startswith="Carbon Agents withdrew as focal point")
    assert sorted(told.values_list("user__email", flat=True)) == [
        "buyer@example.org", "developer@example.org", "secretary@example.org",
    ]  # fmt: skip
    with pytest.raises((Unmet, Denied)):
        leave(world, statement, "agent")
    # what was signed stays as it was signed
    assert [one["name"] for one in statement.content["scopes"]["other"]["focal_points"]] == ["Carbon Agents"]


def test_annex_3_with_no_focal_point_left_all_participants_sign(world: World, registered: Project) -> None:
    agent(world)
    statement = world.modalities(registered, forwarding=("sole", ("agent",)))
    world.on("2019-03-01")
    request = world.issued(registered, "2018-01-01", "2018-12-31", {2: 1_000})
    leave(world, statement, "agent")
    assert statement.scopes_left_to_all() == ["forwarding"]
    asked = world.forwarding_asked(request, [(world.account(), 2, 980)])
    assert asked.still_to_sign() == [world.organisations["buyer"]]
    world.sign(asked, "buyer")
    assert asked.state == "requested"


def test_annex_3_only_a_statement_in_force_is_left(world: World, registered: Project) -> None:
    statement = world.stated(registered, other=("sole", ("buyer",)))
    with pytest.raises(NotOpen, match="in force"):
        leave(world, statement, "buyer")
