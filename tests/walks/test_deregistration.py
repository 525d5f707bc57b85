"""A registered project given up by all its participants: rulebook 2.15."""

from __future__ import annotations

import pytest

from cdm.acts import registered_changes
from cdm.models import Project
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from registry import verify
from registry.models import Issuance
from tests.given import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def registered(world: World) -> Project:
    return world.on("2018-03-01").registered(crediting_from="2018-07-01")


def deregistered(world: World, project: Project) -> None:
    made = world.change_asked(project, "deregister", "developer", reason="It was never built.")
    world.sign(made, "buyer")
    world.do(made, "carry_out", "secretary")
    project.refresh_from_db()


def test_2_15_all_participants_sign_and_the_authorities_are_told(world: World, registered: Project) -> None:
    made = world.change_asked(registered, "deregister", "developer", reason="It was never built.")
    assert [str(one) for one in made.still_to_sign()] == ["Netherlands Clean Development Facility"]
    with pytest.raises(NotOpen):
        world.do(made, "carry_out", "secretary")
    world.sign(made, "buyer")
    with pytest.raises(Denied):
        world.do(made, "carry_out", "developer")
    world.do(made, "carry_out", "secretary")
    registered.refresh_from_db()
    assert (registered.state, registered.place.public) == ("deregistered", "De-registered")
    told = world.people["dna BR"].notices.filter(project=registered).values_list("sentence", flat=True)
    assert any("De-registered at the request of all participants" in sentence for sentence in told)


def test_2_15_nothing_is_issued_or_asked_for_any_more_and_units_stay(
    world: World, registered: Project
) -> None:
    world.on("2019-08-01")
    world.issued(registered, "2018-07-01", "2018-12-31", {2: 1_000})
    open_one = world.published_request(
        world.certified(registered, "2019-01-01", "2019-03-31", {2: 500}), "verifier"
    )
    approved = world.published_request(
        world.certified(registered, "2019-04-01", "2019-05-31", {2: 300}), "verifier"
    )
    later = world.certified(registered, "2019-06-01", "2019-06-30", {2: 400})
    world.after_window(approved)
    world.do(approved, "instruct_issuance", "member 1")
    world.pay(approved, "record_share_of_proceeds")
    assert approved.state == "instructed"
    deregistered(world, registered)
    open_one.refresh_from_db()
    approved.refresh_from_db()
    assert (open_one.state, approved.state) == ("withdrawn", "withdrawn")
    with pytest.raises(NotOpen):
        world.do(approved, "issue", "administrator")
    with pytest.raises(Unmet, match="Nothing is monitored for it any more"):
        world.period(registered, "2019-07-01", "2019-07-31", {2: 1})
    with pytest.raises(Unmet, match="The project was de-registered"):
        world.submitted_request(later, "verifier")
    with pytest.raises(NotOpen):
        registered_changes.prepare_renewal(registered, by=world.people["developer"], at=world.at)
    with pytest.raises(NotOpen):
        world.change_asked(registered, "deregister", "developer", reason="Again.")
    assert sum(one.quantity for one in Issuance.objects.all()) == 1_000
    assert verify.verify_book().ok


def test_2_15_who_asks_does_so_for_itself_and_once(world: World, registered: Project) -> None:
    with pytest.raises(Unmet, match="for which you ask yourself"):
        world.change_asked(registered, "deregister", "buyer", who="developer", reason="No.")
    world.change_asked(registered, "deregister", "developer", reason="It was never built.")
    with pytest.raises(NotOpen, match="asked for already"):
        world.change_asked(registered, "deregister", "buyer", who="buyer", reason="Neither.")


def test_2_15_a_project_that_is_not_registered_is_not_given_up_so(world: World) -> None:
    project = world.on("2018-03-01").validated()
    world.modalities(project)
    with pytest.raises(NotOpen, match="after registration"):
        world.change_asked(project, "deregister", "developer", reason="No.")
