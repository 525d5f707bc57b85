"""Post-registration changes: rulebook 2.9, 1.H para 57."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cdm.acts import registered_changes as acts
from cdm.models import Project, RegisteredChange
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.changes import D, approved, change, requested, validated
from tests.given import World

pytestmark = pytest.mark.django_db

SEEN = {"visited_on": D("2019-06-03"), "opinion": "Verified."}


@pytest.fixture
def project(world: World) -> Project:
    """Registered on 31 March 2017 at the latest, credited from 1 January 2018; it is 3 June 2019."""
    registered = world.on("2017-03-01").registered(others=(), crediting_from="2018-01-01")
    world.on("2019-06-03")
    return registered


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("temporary_deviation", {"applies_until": D("2019-09-30")}),
        ("correction", {}),
        ("monitoring_plan", {}),
        ("project_design", {"capacity_mw": Decimal("12.5")}),
    ],
)
def test_2_9_each_kind_is_validated_requested_and_approved(
    world: World, project: Project, kind: str, about: dict[str, object]
) -> None:
    made = change(world, project, kind, **about)
    request = approved(world, made)
    assert (made.state, request.state, request.kind) == ("approved", "approved", "post_registration_change")
    assert not request.invoices.exists()
    assert made.effective_on == D("2019-06-03")
    project.refresh_from_db()
    assert project.capacity_mw == about.get("capacity_mw")


def test_2_9_a_change_of_the_design_keeps_what_was_there_in_the_record(world: World) -> None:
    project = world.on("2017-03-01").registered(
        others=(), crediting_from="2018-01-01", scale="small", methodology=("AMS-I.D", "18")
    )
    world.on("2019-06-03")
    approved(world, change(world, project, "project_design", capacity_mw=Decimal("9")))
    record = project.records.get(machine_name="registered_change", verb="approve")
    assert record.data["changed"] == {"capacity_mw": {"before": "5.000", "after": "9.000"}}
    project.refresh_from_db()
    assert project.capacity_mw == Decimal("9")


def test_2_9_a_change_never_makes_a_small_project_large(world: World) -> None:
    project = world.on("2017-03-01").registered(
        others=(), crediting_from="2018-01-01", scale="small", methodology=("AMS-I.D", "18")
    )
    world.on("2019-06-03")
    with pytest.raises(Unmet, match="A change must not alter the scale"):
        change(world, project, "project_design", capacity_mw=Decimal("15.001"))
    change(world, project, "project_design", capacity_mw=Decimal("15"))


def test_1_h_57_a_change_of_the_monitoring_plan_is_justified_and_validated(
    world: World, project: Project
) -> None:
    with pytest.raises(Unmet, match="Say what changes, and why"):
        change(world, project, description=" ")
    made = change(world, project)
    with pytest.raises(NotOpen):
        world.request_for(made, "validator")
    world.do(made, "submit", "developer")
    world.attach(made, "validation_report", "validator")
    with pytest.raises(Unmet, match="has to be confirmed"):
        world.do(made, "give_positive_opinion", "validator", opinion="Fine.", confirmed=False)
    world.do(made, "give_negative_opinion", "validator", opinion="Less is measured than before.")
    assert made.state == "validation_negative"


@pytest.mark.parametrize(
    ("track", "new", "problem"),
    [
        ("notification", "2019-01-01", ""),  # a year later
        ("notification", "2019-01-02", r"moved by 1 year at most here.*By up to 2 years"),
        ("prior_approval", "2020-01-01", ""),  # two years later
        ("prior_approval", "2020-01-02", "moved by 2 years at most"),
        ("notification", "2018-01-01", "starts already"),
        ("notification", "2017-01-01", "before the project was registered"),
    ],
)
def test_2_9_the_start_moves_by_a_year_on_notice_and_by_two_with_a_does_opinion(
    world: World, project: Project, track: str, new: str, problem: str
) -> None:
    world.on("2017-06-01")
    about = {"track": track, "new_starts_on": D(new), "applies_from": None}
    if problem:
        with pytest.raises(Unmet, match=problem):
            change(world, project, "start_date", **about)
        return
    made = change(world, project, "start_date", **about)
    if track == "notification":
        world.do(made, "notify", "developer")
    else:
        approved(world, made)
    project.refresh_from_db()
    period = project.crediting_periods.get()
    assert (made.state, period.starts_on, period.credited_from) == ("approved", D(new), D(new))
    assert period.ends_on == D(new).replace(year=D(new).year + 7) - (D("2000-01-02") - D("2000-01-01"))
    assert (project.crediting_starts_on, project.crediting_ends_on) == (period.starts_on, period.ends_on)


def test_the_start_does_not_move_once_something_is_monitored(world: World, project: Project) -> None:
    world.period(project, "2018-01-01", "2018-12-31", {2: 5})
    with pytest.raises(Unmet, match="before anything is monitored"):
        change(world, project, "start_date", track="notification", new_starts_on=D("2018-06-01"))


def test_2_9_a_change_with_issuance_is_approved_when_the_issuance_is(world: World, project: Project) -> None:
    period = world.in_verification(project, "2018-01-01", "2018-12-31", {2: 5_000})
    about = {"track": "with_issuance", "monitoring_period": period, "applies_from": D("2018-03-01")}
    made = change(world, project, "temporary_deviation", applies_until=D("2018-04-30"), **about)
    world.attach(period, "verification_report", "verifier")
    world.do(period, "certify", "verifier", verified={2: 5_000}, certified={2: 5_000}, **SEEN)
    with pytest.raises(Unmet, match="goes with this request and is not validated yet"):
        world.submitted_request(period, "verifier")
    validated(world, made)
    with pytest.raises(NotOpen, match="with the request for issuance"):
        world.request_for(made, "validator")
    request = period.requests.get()
    world.do(request, "submit", "verifier")
    made.refresh_from_db()
    assert made.state == "requesting_approval"
    # withdrawn and submitted again, it goes with it
    world.do(request, "withdraw", "verifier", "A figure was wrong.")
    made.refresh_from_db()
    assert made.state == "validated"
    again = world.published_request(period, "verifier")
    world.after_window(again)
    made.refresh_from_db()
    assert (again.state, made.state) == ("awaiting_instruction", "approved")


def test_2_9_a_change_with_a_rejected_issuance_is_rejected(world: World, project: Project) -> None:
    period = world.in_verification(project, "2018-01-01", "2018-12-31", {2: 5_000})
    made = change(
        world,
        project,
        "correction",
        track="with_issuance",
        monitoring_period=period,
        applies_from=D("2018-03-01"),
    )
    validated(world, made)
    world.attach(period, "verification_report", "verifier")
    world.do(period, "certify", "verifier", verified={2: 5_000}, certified={2: 5_000}, **SEEN)
    request = world.published_request(period, "verifier")
    world.under_review(request, ground="documentation")
    world.decided(request, "reject", "It was not monitored as planned.")
    made.refresh_from_db()
    assert made.state == "rejected"


@pytest.mark.parametrize("kind", ["project_design", "start_date", "afforestation"])
def test_2_9_what_needs_prior_approval_does_not_go_with_an_issuance(
    world: World, project: Project, kind: str
) -> None:
    period = world.period(project, "2018-01-01", "2018-12-31", {2: 5})
    with pytest.raises(Unmet, match="needs the Board's approval before issuance is requested"):
        change(world, project, kind, track="with_issuance", monitoring_period=period)


def test_2_9_issuance_waits_for_a_change_of_its_days_that_needs_prior_approval(
    world: World, project: Project
) -> None:
    made = change(world, project, "monitoring_plan", applies_from=D("2018-12-31"))
    later = change(world, project, "correction", applies_from=D("2019-01-01"))
    period = world.certified(project, "2018-01-01", "2018-12-31", {2: 5_000})
    with pytest.raises(Unmet, match="concerns days of this period") as refusal:
        world.submitted_request(period, "verifier")
    assert len(refusal.value.problems) == 1
    world.do(made, "withdraw", "developer", "Not needed.")
    world.do(period.requests.get(), "submit", "verifier")
    assert later.state == "being_prepared"


def test_the_board_reviews_a_change_and_may_reject_it(world: World, project: Project) -> None:
    made = validated(world, change(world, project))
    request = requested(world, made)
    world.under_review(request, ground="additionality")
    world.decided(request, "reject", "Less is measured.")
    made.refresh_from_db()
    assert (request.state, made.state) == ("rejected", "rejected")
    world.do(made, "reopen", "developer", "A third meter is added.")
    assert made.state == "being_prepared"


def test_under_the_modalities_of_2005_there_was_no_such_request(world: World) -> None:
    project = world.on("2005-01-03").registered(others=(), crediting_from="2005-07-01")
    with pytest.raises(Unmet, match="knows no permanent change of the monitoring plan"):
        change(world, project)


def test_bad_input_and_wrong_hands_change_nothing(world: World, project: Project) -> None:
    for kind, about, sentence in (
        ("renewal", {}, "Choose the kind of change"),
        ("correction", {"track": "by_myself"}, "Choose how it is approved"),
        ("correction", {"applies_from": None}, "Say from which day"),
        ("correction", {"applies_from": D("2017-01-01")}, "before the project was registered"),
        ("temporary_deviation", {}, "has a last day"),
        ("temporary_deviation", {"applies_until": D("2019-06-02")}, "before the first"),
        ("monitoring_plan", {"track": "notification"}, "Only a change of the start date is notified"),
        ("correction", {"track": "with_issuance"}, "Choose a monitoring period"),
        ("afforestation", {}, "not one of afforestation"),
        ("correction", {"doe": world.organisations["developer"]}, "not a designated operational entity"),
    ):
        with pytest.raises(Unmet, match=sentence):
            change(world, project, kind, **about)
    assert not project.changes.exists()
    with pytest.raises(Denied):
        acts.prepare_change(
            project,
            kind="correction",
            track="prior_approval",
            description="x",
            by=world.people["dna BR"],
            at=world.at,
        )
    made = change(world, project)
    before = RegisteredChange.objects.values().get(pk=made.pk)
    with pytest.raises(Unmet, match="Say from which day"):
        acts.state_change(made, description="New.", by=world.people["developer"], at=world.at)
    assert RegisteredChange.objects.values().get(pk=made.pk) == before
    acts.state_change(
        made, description="New.", applies_from=D("2019-07-01"), by=world.people["developer"], at=world.at
    )
    # no DOE is named any more
    made.refresh_from_db()
    with pytest.raises(Unmet, match="Choose the DOE that validates it"):
        world.do(made, "submit", "developer")
