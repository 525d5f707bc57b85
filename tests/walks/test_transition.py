"""The transition to the Article 6.4 mechanism, as far as the CDM has to do with it (rulebook 2.15, 2.16)."""

from __future__ import annotations

import datetime as dt

import pytest

from cdm.acts import provisional
from cdm.models import BoardRequest, Project, Record, Task, Transition
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from registry.models import Issuance
from tests.given import World

pytestmark = pytest.mark.django_db
EARLIEST = dt.date(2021, 1, 1)


@pytest.fixture
def registered(world: World) -> Project:
    """Credited from 2020 to 2026; nothing issued yet."""
    return world.on("2019-09-01").registered(crediting_from="2020-01-01", others=())


@pytest.fixture
def listed(world: World) -> BoardRequest:
    """A request for registration, provisionally approved."""
    project = world.on("2020-09-01").validated(crediting_from="2021-01-01", others=())
    request = world.on("2021-02-01").provisional_request(project, "validator")
    world.after_window(request)
    return request


def asked(world: World, project: Project, effective_on: dt.date = EARLIEST) -> Transition:
    project.refresh_from_db()
    return provisional.request_transition(
        project, effective_on=effective_on, by=world.people["developer"], at=world.at
    )


def nothing_changed(act: object, refusal: type[Exception], match: str) -> None:
    before = (Record.objects.count(), Transition.objects.count())
    with pytest.raises(refusal, match=match):
        act()  # type: ignore[operator]
    assert (Record.objects.count(), Transition.objects.count()) == before


@pytest.mark.rule("2.16-5", "2.16-4")
def test_a_registered_activity_is_de_registered_and_what_was_reduced_before_is_still_issued(
    world: World, registered: Project
) -> None:
    first = world.on("2021-08-02").certified(registered, "2020-01-01", "2020-12-31", {2: 1_000})
    earlier = world.request_for(first, "verifier")
    second = world.certified(registered, "2021-01-01", "2021-06-30", {3: 500})
    later = world.provisional_request(second, "verifier")
    world.after_window(later)
    unsent = world.request_for(world.certified(registered, "2021-07-01", "2021-07-31", {3: 50}), "verifier")
    world.on("2023-06-30")
    transition = asked(world, registered)
    later.refresh_from_db()
    assert (transition.state, transition.requested_on, later.state) == (
        "requested",
        dt.date(2023, 6, 30),
        "in_transition",
    )
    # only the host Party's authority approves
    for who in ("developer", "dna NL", "secretary", "member 1", "administrator"):
        nothing_changed(lambda who=who: world.do(transition, "approve", who), Denied, "Only")
    assert Task.objects.get(machine_name="transition", closed_at=None).due_on == dt.date(2025, 12, 31)
    world.on("2025-12-31 23:59").do(transition, "approve", "dna BR")
    for one in (registered, later, second, first, unsent, earlier):
        one.refresh_from_db()
    assert (transition.state, registered.state, registered.place.public) == (
        "approved",
        "transitioned",
        "De-registered",
    )
    assert (later.state, second.state, first.state) == ("transitioned", "transitioned", "certified")
    # prepared and never submitted: what is about later reductions ends, what is about earlier ones goes on
    assert (unsent.state, earlier.state) == ("withdrawn", "being_prepared")
    record = Record.objects.filter(machine_name="transition", verb="approve").get()
    assert record.data["effective_on"] == "2021-01-01"
    # no unit of a later reduction, and those of an earlier one as ever
    assert not Issuance.objects.exists()
    world.do(earlier, "submit", "verifier")
    world.do(earlier, "pass_completeness", "secretary")
    world.do(earlier, "pass_information", "secretary")
    world.after_window(earlier)
    world.do(earlier, "instruct_issuance", "member 3")
    if earlier.state == "awaiting_share_of_proceeds":
        world.pay(earlier, "record_share_of_proceeds")
    world.do(earlier, "issue", "administrator")
    assert Issuance.objects.get().quantity == 1_000
    nothing_changed(
        lambda: world.period(registered, "2021-08-01", "2021-12-31", {3: 1}), Unmet, "31 December 2020"
    )
    nothing_changed(lambda: asked(world, registered), NotOpen, "requested already")


@pytest.mark.rule("2.16-5")
def test_a_provisional_registration_moves_without_ever_having_been_registered(
    world: World, listed: BoardRequest
) -> None:
    project = listed.project
    world.on("2023-06-29")
    nothing_changed(lambda: asked(world, project), Unmet, "cannot be requested yet")
    world.on("2023-12-31 23:00")
    transition = asked(world, project, dt.date(2022, 1, 1))
    world.on("2024-06-03").do(transition, "approve", "dna BR")
    listed.refresh_from_db()
    project.refresh_from_db()
    assert (listed.state, project.state, project.reference_number) == ("transitioned", "transitioned", None)


@pytest.mark.rule("2.16-2", "2.16-5")
def test_late_refused_lapsed_and_withdrawn(world: World, listed: BoardRequest) -> None:
    project = listed.project
    world.on("2023-07-03").on("2023-07-04")
    # refused in time: the requests wait again, and it may be asked for once more
    first = asked(world, project)
    with pytest.raises(Unmet, match="Reason"):
        world.do(first, "refuse", "dna BR")
    world.do(first, "refuse", "dna BR", "It is not in our list of activities.")
    listed.refresh_from_db()
    assert (first.state, listed.state) == ("refused", "awaiting_transition")
    second = asked(world, project)
    world.do(second, "withdraw", "developer", "We wait for the methodology.")
    listed.refresh_from_db()
    assert (second.state, listed.state) == ("withdrawn", "awaiting_transition")
    third = asked(world, project)
    # the day after the host Party's last day
    world.on("2025-12-31 23:59")
    third.refresh_from_db()
    assert third.state == "requested"
    world.on("2026-01-01 00:00")
    for one in (third, listed, project):
        one.refresh_from_db()
    assert (third.state, listed.state, project.state) == ("lapsed", "rejected", "rejected")
    nothing_changed(lambda: world.do(third, "approve", "dna BR"), NotOpen, "not possible now")


@pytest.mark.rule("2.16-5")
def test_what_cannot_move_and_who_cannot_ask(world: World, registered: Project) -> None:
    ended = world.on("2019-09-01").registered(
        title="Credited for the year 2020 alone",
        crediting_from="2020-01-01",
        years=1,
        kind="fixed",
        others=(),
    )
    world.on("2023-07-03")
    for who in ("validator", "secretary", "dna BR", "member 1", "buyer"):
        nothing_changed(
            lambda who=who: provisional.request_transition(
                registered, effective_on=EARLIEST, by=world.people[who], at=world.at
            ),
            Denied,
            "Only a focal point",
        )
    nothing_changed(lambda: asked(world, ended), Unmet, "active on 1 January 2021")
    for effective_on in (dt.date(2020, 12, 31), dt.date(2023, 7, 4)):
        nothing_changed(
            lambda effective_on=effective_on: asked(world, registered, effective_on),
            Unmet,
            "1 January 2021 at the earliest, and not later than today",
        )
    world.on("2024-01-01")
    nothing_changed(lambda: asked(world, registered), Unmet, "until 31 December 2023")


@pytest.mark.rule("2.16-5")
def test_a_transition_that_not_all_have_signed_lapses(world: World, registered: Project) -> None:
    world.on("2023-07-03")
    world.modalities(registered, other=("joint", ("developer", "buyer")))
    transition = asked(world, registered)
    assert transition.state == "being_signed"
    world.on("2023-12-31 23:59")
    transition.refresh_from_db()
    assert transition.state == "being_signed"
    world.on("2024-01-01 00:00")
    transition.refresh_from_db()
    registered.refresh_from_db()
    assert (transition.state, registered.state) == ("lapsed", "registered")
    nothing_changed(lambda: world.sign(transition, "buyer"), NotOpen, "not signed any more")


@pytest.mark.rule("2.16-5")
def test_afforestation_does_not_move(world: World) -> None:
    forest = world.on("2019-09-01").registered(
        methodology=("AR-ACM0003", "2"),
        crediting_from="2020-01-01",
        years=20,
        others=(),
        removal_unit="tCER",
        is_afforestation=True,
    )
    world.on("2023-07-03")
    nothing_changed(lambda: asked(world, forest), Unmet, "Afforestation and reforestation")
