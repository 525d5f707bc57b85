"""Requests about reductions after 31 December 2020: taken, then provisional, then closed (rulebook 2.16)."""

from __future__ import annotations

import datetime as dt

import pytest

from cdm.acts import provisional
from cdm.models import BoardRequest, Organisation, Project, Record, Task
from cdm.workflow import engine
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from registry.models import Issuance
from tests.given import World

pytestmark = pytest.mark.django_db
PROVISIONAL = "Provisionally approved, pending CMP 16"


@pytest.fixture
def project(world: World) -> Project:
    """Validated in October 2020; it is to be credited from 2021 on."""
    return world.on("2020-09-01").validated(crediting_from="2021-01-01", others=())


def refused(world: World, request: BoardRequest, sentence: str) -> None:
    with pytest.raises(Unmet, match=sentence):
        world.do(request, "submit", "validator")
    request.refresh_from_db()
    assert (request.state, request.rule_set_key) == ("being_prepared", "")


def nothing_changed(act: object, refusal: type[Exception], match: str) -> None:
    before = Record.objects.count()
    with pytest.raises(refusal, match=match):
        act()  # type: ignore[operator]
    assert Record.objects.count() == before


@pytest.mark.rule("2.16-1", "2.16-2")
def test_registration_for_crediting_from_2021_is_taken_then_provisional_then_closed(
    world: World, project: Project
) -> None:
    request = world.request_for(project, "validator")
    # EB 108: from 16 December 2020 provisional, with the form of the focal point
    world.on("2020-12-16")
    refused(world, request, "provisionally; the focal point signs CDM-RAA-FORM.*has not been signed")
    # 2/CMP.16: received until requests for transition can be made, on 30 June 2023
    world.on("2023-06-29")
    refused(world, request, "has not been signed")
    world.on("2023-06-30")
    refused(world, request, "can no longer be made.*Article 6.4")
    nothing_changed(
        lambda: provisional.acknowledge_risk(request, by=world.people["developer"], at=world.at),
        NotOpen,
        "not provisional today",
    )


@pytest.mark.rule("2.16-1")
def test_the_day_before_the_temporary_measures_it_is_taken(world: World, project: Project) -> None:
    request = world.request_for(project, "validator")
    world.on("2020-12-15")
    nothing_changed(
        lambda: provisional.acknowledge_risk(request, by=world.people["developer"], at=world.at),
        NotOpen,
        "not provisional today",
    )
    world.do(request, "submit", "validator")
    assert (request.rule_set_key, request.is_provisional) == ("project-cycle-2019", False)


@pytest.mark.rule("2.16-1")
def test_the_focal_points_for_scope_c_acknowledge_the_risk_and_nobody_else(
    world: World, project: Project
) -> None:
    world.seat("agent", "Carbon Agents", Organisation.Kind.PARTICIPANT, party="CH")
    world.modalities(project, other=("joint", ("developer", "agent")), forwarding=("sole", ("agent",)))
    request = world.request_for(project, "validator")
    world.on("2021-02-01")
    for who in ("validator", "secretary", "dna BR", "buyer"):
        nothing_changed(
            lambda who=who: provisional.acknowledge_risk(request, by=world.people[who], at=world.at),
            Denied,
            "focal point",
        )
    text = provisional.acknowledge_risk(request, by=world.people["agent"], at=world.at)
    assert (text.state, [str(one) for one in text.still_to_sign()]) == ("being_signed", ["EcoSecurities"])
    # one signature of two is not enough; a second form is not put beside the first
    refused(world, request, "has not been signed")
    nothing_changed(
        lambda: provisional.acknowledge_risk(request, by=world.people["developer"], at=world.at),
        NotOpen,
        "being signed already",
    )
    nothing_changed(lambda: world.sign(text, "validator"), Denied, "Only")
    world.sign(text, "developer")
    assert (text.state, text.form) == ("signed", "CDM-RAA-FORM")
    nothing_changed(
        lambda: provisional.acknowledge_risk(request, by=world.people["developer"], at=world.at),
        NotOpen,
        "acknowledged already",
    )
    world.do(request, "submit", "validator")
    assert request.is_provisional


@pytest.mark.rule("2.16-1", "2.16-2")
def test_a_provisional_registration_rests_and_is_rejected_when_it_does_not_move(
    world: World, project: Project
) -> None:
    request = world.on("2021-02-01").provisional_request(project, "validator")
    assert (request.state, request.is_provisional) == ("published", True)
    world.after_window(request)
    project.refresh_from_db()
    assert (request.state, request.place.public, request.place.label) == (
        "provisional",
        "Provisional",
        PROVISIONAL,
    )
    decision = request.decisions.get()
    assert decision.outcome == "approve_provisionally"
    assert "pending CMP 16" in decision.reasons
    # not registered: no number, no date, no monitoring
    assert (project.state, project.reference_number, project.registered_on) == (
        "requesting_registration",
        None,
        None,
    )
    # the last day of the measures, and the day after: it can only move to Article 6.4
    world.on("2023-06-29")
    request.refresh_from_db()
    assert request.state == "provisional"
    world.on("2023-06-30 00:00")
    request.refresh_from_db()
    assert request.state == "awaiting_transition"
    assert Task.objects.filter(
        machine_name="board_request", what__contains="Request the transition", due_on="2023-12-31"
    ).exists()
    # the last day for requests for transition, and the day after
    world.on("2023-12-31 23:59")
    request.refresh_from_db()
    assert request.state == "awaiting_transition"
    world.on("2024-01-01 00:00")
    request.refresh_from_db()
    project.refresh_from_db()
    assert (request.state, project.state) == ("rejected", "rejected")
    assert "2/CMP.16" in request.decisions.latest("id").reasons


@pytest.mark.rule("2.16-2")
def test_the_day_the_measures_end_closes_what_is_still_under_way(world: World, project: Project) -> None:
    """Under a check and under review it can only move on; returned as incomplete it is over."""
    other = world.on("2020-09-01").validated(crediting_from="2021-01-01", others=())
    third = world.validated(crediting_from="2021-01-01", others=())
    world.on("2023-05-25")
    reviewed = world.provisional_request(third, "validator")
    matter = world.under_review(reviewed)
    checked = world.provisional_submission(project, "validator")
    returned = world.provisional_submission(other, "validator")
    world.do(returned, "return", "secretary", sections=["fee"], reasons="No proof of payment.")
    world.on("2023-06-30")
    for one in (reviewed, checked, returned, matter, other):
        one.refresh_from_db()
    assert (reviewed.state, checked.state, returned.state) == (
        "awaiting_transition",
        "awaiting_transition",
        "rejected",
    )
    assert (matter.state, other.state) == ("lapsed", "rejected")
    # done twice, done once
    assert engine.run_clocks(at=world.at).done == ()


@pytest.mark.rule("2.16-1")
def test_a_provisional_request_can_be_reviewed_rejected_and_withdrawn(world: World, project: Project) -> None:
    other = world.on("2020-09-01").validated(crediting_from="2021-01-01", others=())
    third = world.validated(crediting_from="2021-01-01", others=())
    world.on("2021-02-01")
    approved, rejected, withdrawn = (
        world.provisional_request(one, "validator") for one in (project, other, third)
    )
    world.under_review(approved)
    world.under_review(rejected)
    world.proposed(rejected, "reject")
    world.decided(approved, "approve")
    rejected.refresh_from_db()
    assert (approved.state, rejected.state) == ("provisional", "rejected")
    assert approved.decisions.get().reasons.endswith("As assessed.")
    world.after_window(withdrawn)
    assert withdrawn.state == "provisional"
    world.do(withdrawn, "withdraw", "developer", "We register elsewhere.")
    third.refresh_from_db()
    assert (withdrawn.state, third.state) == ("withdrawn", "validated")


@pytest.fixture
def registered(world: World) -> Project:
    return world.on("2019-09-01").registered(crediting_from="2020-01-01", others=())


@pytest.mark.rule("2.16-1", "2.12-2")
def test_a_period_over_the_end_of_2020_is_split_and_its_request_is_provisional(
    world: World, registered: Project
) -> None:
    world.on("2021-08-02")
    amounts = {2: 1_000, 3: 500}
    with pytest.raises(Unmet, match="after 31 December 2020"):
        world.certified(registered, "2020-01-01", "2021-06-30", {2: 1_000})
    period = registered.monitoring_periods.get()
    assert [(one.part, one.starts_on, one.ends_on) for one in period.amounts.all()] == [
        ("commitment period 2", dt.date(2020, 1, 1), dt.date(2020, 12, 31)),
        ("the time after 31 December 2020", dt.date(2021, 1, 1), dt.date(2021, 6, 30)),
    ]
    # 5.3: AR4 up to the end of 2020, then the lowest of three reports (CH4 21, N2O 265)
    early, late = period.amounts.all()
    assert early.potentials.startswith("CH4 counts 25, N2O 298")
    assert late.potentials.startswith("CH4 counts 21, N2O 265")
    world.do(period, "withdraw", "developer", "Stated anew.")
    period = world.certified(registered, "2020-01-01", "2021-06-30", amounts)
    request = world.provisional_request(period, "verifier")
    world.after_window(request)
    assert (request.state, request.requested_t) == ("provisional", 1_500)
    # nothing is invoiced, instructed or issued
    assert not request.invoices.exists()
    assert not Issuance.objects.exists()
    with pytest.raises(NotOpen):
        world.do(request, "instruct_issuance", "member 1")
    world.on("2023-06-30").on("2024-01-01")
    period.refresh_from_db()
    assert period.state == "rejected"
    # 2.16-4: what was reduced up to the end of 2020 can still be issued, by a shorter period
    world.do(period, "withdraw", "developer", "Ends on 31 December 2020 now.")
    issued = world.issued(registered, "2020-01-01", "2020-12-31", {2: 1_000})
    assert issued.state == "issued"


@pytest.mark.rule("2.16-2")
def test_no_period_after_2020_once_the_measures_are_over(world: World, registered: Project) -> None:
    world.on("2023-06-30")
    with pytest.raises(Unmet, match="on or before that day"):
        world.period(registered, "2020-01-01", "2021-06-30", {2: 1})
    assert not registered.monitoring_periods.exists()


@pytest.mark.rule("2.16-4")
def test_crediting_that_began_in_2020_and_reductions_up_to_its_end_go_on(world: World) -> None:
    project = world.on("2019-09-01").registered(crediting_from="2020-01-01", others=())
    world.on("2022-02-01")
    request = world.issued(project, "2020-01-01", "2020-12-31", {2: 1_000})
    assert (request.state, request.is_provisional) == ("issued", False)
    assert request.submitted_at.date() == dt.date(2022, 2, 1)
