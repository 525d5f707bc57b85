"""Renewal of the crediting period: rulebook 2.10, 1.G para 49(a), 7.2 (renewal.*)."""

from __future__ import annotations

import datetime as dt

import pytest

from cdm.acts import monitoring
from cdm.acts import registered_changes as acts
from cdm.models import Deadline, Project, RegisteredChange
from cdm.workflow import engine
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.changes import D, approved, renewal, requested, state, validated
from tests.given import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(world: World) -> Project:
    """Credited for seven years from 1 January 2012 to 31 December 2018."""
    return world.on("2011-03-01").registered(
        others=(), crediting_from="2012-01-01", methodology=("ACM0001", "11")
    )


def spans(project: Project) -> list[tuple[int, str, str, str]]:
    return [
        (one.number, f"{one.starts_on}", f"{one.credited_from}", f"{one.ends_on}")
        for one in project.crediting_periods.all()
    ]


def test_2_10_a_renewal_in_time_begins_the_day_after_and_counts_from_there(
    world: World, project: Project
) -> None:
    world.on("2018-05-01")  # 244 days before the end
    change = renewal(world, project)
    assert not change.is_late
    request = approved(world, change)
    project.refresh_from_db()
    assert (change.state, request.state, project.state) == ("approved", "approved", "registered")
    assert spans(project) == [
        (1, "2012-01-01", "2012-01-01", "2018-12-31"),
        (2, "2019-01-01", "2019-01-01", "2025-12-31"),
    ]
    # the design document stays as it was registered
    assert f"{project.crediting_starts_on} {project.crediting_ends_on}" == "2012-01-01 2018-12-31"
    assert [(row.code, row.methodology_version) for row in project.methodologies.all()] == [("ACM0001", "11")]
    first, second = project.crediting_periods.all()
    assert (first.methodologies, second.methodologies) == ([["ACM0001", "11"]], [["ACM0001", "15.0"]])
    record = project.records.get(machine_name="registered_change", verb="approve")
    assert record.data["methodologies_before"] == [["ACM0001", "11"]]


def test_3_3_a_renewal_costs_no_fee_and_takes_seven_and_twenty_three_days_of_checks(
    world: World, project: Project
) -> None:
    world.on("2018-05-01")
    request = world.submitted_request(validated(world, renewal(world, project)), "validator")
    assert request.state == "completeness_check"
    assert not request.invoices.exists()
    deadline = Deadline.objects.get(
        machine_name="board_request", subject_id=request.pk, closed_at__isnull=True
    )
    assert (deadline.last_day, deadline.kind) == (D("2018-05-07"), "target")
    world.do(request, "pass_completeness", "secretary")
    world.do(request, "pass_information", "secretary")
    assert request.window_last_day == D("2018-05-28")


@pytest.mark.parametrize(
    ("day", "is_refused", "is_late"),
    [
        ("2018-04-04", True, False),  # 271 days before 31 December 2018
        ("2018-04-05", False, False),  # 270
        ("2018-07-04", False, False),  # 180
        ("2018-07-05", False, True),  # 179
    ],
)
def test_2_10_the_intention_is_notified_from_270_to_180_days_before_the_end(
    world: World, project: Project, day: str, is_refused: bool, is_late: bool
) -> None:
    world.on(day)
    if is_refused:
        with pytest.raises(Unmet, match="from 5 April 2018 on, and in time until 4 July 2018"):
            acts.prepare_renewal(project, by=world.people["developer"], at=world.at)
        assert not project.changes.exists()
        return
    made = acts.prepare_renewal(project, by=world.people["developer"], at=world.at)
    assert made.is_late is is_late


def test_2_10_after_a_late_request_nothing_counts_until_the_request_came_in(
    world: World, project: Project
) -> None:
    world.on("2018-05-01")
    change = renewal(world, project)
    world.on("2019-03-15")
    request = approved(world, change)
    assert request.submitted_at is not None and request.submitted_at.date() == D("2019-03-15")
    assert spans(project)[1] == (2, "2019-01-01", "2019-03-15", "2025-12-31")
    # what is monitored goes on where reductions count again
    by = world.people["developer"]
    world.on("2020-02-01")
    monitoring.open_period(project, starts_on=D("2012-01-01"), ends_on=D("2018-12-31"), by=by, at=world.at)
    with pytest.raises(Unmet, match="must lie inside one crediting period"):
        monitoring.open_period(
            project, starts_on=D("2019-01-01"), ends_on=D("2019-12-31"), by=by, at=world.at
        )
    with pytest.raises(Unmet, match="has to start on 15 March 2019"):
        monitoring.open_period(
            project, starts_on=D("2019-03-16"), ends_on=D("2019-12-31"), by=by, at=world.at
        )
    made = monitoring.open_period(
        project, starts_on=D("2019-03-15"), ends_on=D("2019-12-31"), by=by, at=world.at
    )
    assert made.number == 2


def test_a_late_notice_costs_the_days_up_to_the_request_even_before_the_end(
    world: World, project: Project
) -> None:
    world.on("2018-10-01")
    change = renewal(world, project)
    assert change.is_late
    approved(world, change)
    # the request came in before the period ended: no day lies between
    assert spans(project)[1][2] == "2019-01-01"


def test_2_11_no_monitoring_period_reaches_over_two_crediting_periods(world: World, project: Project) -> None:
    world.on("2018-05-01")
    approved(world, renewal(world, project))
    world.on("2019-08-01")
    with pytest.raises(Unmet, match="must lie inside one crediting period"):
        monitoring.open_period(
            project,
            starts_on=D("2012-01-01"),
            ends_on=D("2019-06-30"),
            by=world.people["developer"],
            at=world.at,
        )


def test_eb_100_para_32_the_last_day_to_request_is_one_year_after_the_end(
    world: World, project: Project
) -> None:
    world.on("2019-02-01")
    change = validated(world, renewal(world, project))
    deadline = Deadline.objects.get(machine_name="registered_change", closed_at__isnull=True)
    assert (deadline.last_day, deadline.kind, deadline.then) == (D("2019-12-31"), "law", "lapse")
    world.on("2019-12-31 23:59")
    request = world.submitted_request(change, "validator")
    change.refresh_from_db()
    assert (request.state, change.state) == ("completeness_check", "requesting_approval")


def test_eb_100_para_32_a_day_later_it_lapses_by_itself(world: World, project: Project) -> None:
    world.on("2019-02-01")
    change = validated(world, renewal(world, project))
    request = world.request_for(change, "validator")
    world.on("2020-01-01 00:00")
    engine.run_clocks(at=world.at)
    change.refresh_from_db()
    request.refresh_from_db()
    assert (change.state, request.state) == ("lapsed", "withdrawn")
    with pytest.raises(Unmet, match="no longer possible"):
        acts.prepare_renewal(project, by=world.people["developer"], at=world.at)


def test_a_renewal_only_notified_lapses_too(world: World, project: Project) -> None:
    world.on("2019-02-01")
    made = acts.prepare_renewal(project, by=world.people["developer"], at=world.at)
    world.on("2020-01-01 00:00")
    engine.run_clocks(at=world.at)
    made.refresh_from_db()
    assert made.state == "lapsed"


def test_before_2019_there_was_no_last_day(world: World) -> None:
    project = world.on("2009-01-05").registered(others=(), crediting_from="2009-07-01", years=7)
    world.on("2018-06-30")  # two years after the period ended
    approved(world, renewal(world, project))
    assert spans(project)[1] == (2, "2016-07-01", "2018-06-30", "2023-06-30")


def test_1_g_49_a_a_period_is_renewed_twice_and_no_more(world: World) -> None:
    project = world.on("2005-01-03").registered(others=(), crediting_from="2005-07-01", years=7)
    for day in ("2011-11-01", "2018-11-01"):
        world.on(day)
        approved(world, renewal(world, project))
    assert [one[0] for one in spans(project)] == [1, 2, 3]
    world.on("2025-12-01")
    with pytest.raises(Unmet, match="renewed 2 times, which is all the rules allow"):
        acts.prepare_renewal(project, by=world.people["developer"], at=world.at)


def test_1_g_49_b_a_fixed_period_is_not_renewed(world: World) -> None:
    project = world.on("2005-01-03").registered(
        others=(), crediting_from="2005-07-01", years=10, kind="fixed"
    )
    world.on("2014-11-01")
    with pytest.raises(Unmet, match="A fixed crediting period is not renewed"):
        acts.prepare_renewal(project, by=world.people["developer"], at=world.at)


def test_1_g_49_a_without_the_does_opinion_no_renewal(world: World, project: Project) -> None:
    world.on("2018-05-01")
    change = renewal(world, project)
    world.do(change, "submit", "developer")
    with pytest.raises(Unmet, match="Attach the validation report"):
        world.do(change, "give_positive_opinion", "validator", opinion="Fine.", confirmed=True)
    world.attach(change, "validation_report", "validator")
    with pytest.raises(Unmet, match="has to be confirmed"):
        world.do(change, "give_positive_opinion", "validator", opinion="Fine.", confirmed=False)
    with pytest.raises(NotOpen):
        world.request_for(change, "validator")
    world.do(change, "give_negative_opinion", "validator", opinion="The baseline is no longer valid.")
    assert change.state == "validation_negative"
    world.do(change, "reopen", "developer", "The baseline will be updated.")
    assert change.state == "being_prepared"


def test_2_10_a_review_of_a_renewal_ends_in_a_rejection_or_an_approval(
    world: World, project: Project
) -> None:
    world.on("2018-05-01")
    change = validated(world, renewal(world, project))
    request = requested(world, change)
    world.under_review(request)
    world.decided(request, "reject", "The baseline is no longer valid.")
    change.refresh_from_db()
    assert (request.state, change.state) == ("rejected", "rejected")
    assert spans(project) == [(1, "2012-01-01", "2012-01-01", "2018-12-31")]
    # the reasons addressed, it comes again
    world.do(change, "reopen", "developer", "The baseline was updated.")
    again = requested(world, validated(world, change))
    world.under_review(again)
    world.decided(again, "approve")
    change.refresh_from_db()
    assert (again.state, change.state) == ("approved", "approved")
    assert spans(project)[1][:2] == (2, "2019-01-01")


def test_2_7_corrections_to_a_renewal_are_checked_before_it_is_approved(
    world: World, project: Project
) -> None:
    world.on("2018-05-01")
    request = requested(world, validated(world, renewal(world, project)))
    world.under_review(request)
    world.decided(request, "approve_with_corrections", corrections="Correct the emission factor in B.6.")
    assert request.state == "corrections_requested"
    world.attach(request, "correction", "validator")
    world.do(request, "submit_corrections", "validator", "B.6 corrected.")
    world.do(request, "accept_corrections", "secretary")
    assert request.state == "approved"
    assert len(spans(project)) == 2


def test_a_withdrawn_request_leaves_the_renewal_validated(world: World, project: Project) -> None:
    world.on("2018-05-01")
    change = validated(world, renewal(world, project))
    request = requested(world, change)
    world.do(request, "withdraw", "validator", "A figure was wrong.")
    change.refresh_from_db()
    assert change.state == "validated"
    assert requested(world, change).state == "published"


def test_a_suspended_doe_hands_a_renewal_back(world: World, project: Project) -> None:
    world.on("2018-05-01")
    change = renewal(world, project)
    world.do(change, "submit", "developer")
    engine.follow(change, "hand_back", by=None, at=world.at, note="Suspended.")
    change.refresh_from_db()
    assert change.state == "being_prepared"
    state(world, change, doe=world.organisations["verifier"])
    world.do(change, "submit", "developer")
    with pytest.raises(Denied):
        world.do(change, "give_negative_opinion", "validator", opinion="No.")


def test_wrong_hands_and_wrong_figures_change_nothing(world: World, project: Project) -> None:
    world.on("2018-05-01")
    with pytest.raises(Denied):
        acts.prepare_renewal(project, by=world.people["validator"], at=world.at)
    change = renewal(world, project)
    with pytest.raises(NotOpen, match="under way already"):
        acts.prepare_renewal(project, by=world.people["developer"], at=world.at)
    for stated, sentence in (
        ({"baseline": "perhaps"}, "still valid or was updated"),
        ({"applied": [("ACM9999", "1")]}, "not a methodology of the list"),
        ({"applied": [("ACM0001", "")]}, "Give the version of ACM0001"),
        ({"applied": []}, "Name at least one methodology"),
        ({"estimates": {2030: 1}}, "outside the renewed period, 1 January 2019 to 31 December 2025"),
        ({"estimates": {2019: -1}}, "whole tonnes of 0 or more"),
        ({"doe": world.organisations["developer"]}, "not a designated operational entity"),
    ):
        before = RegisteredChange.objects.values().get(pk=change.pk)
        with pytest.raises(Unmet, match=sentence):
            state(world, change, **stated)
        assert RegisteredChange.objects.values().get(pk=change.pk) == before
    state(world, change, estimates={2019: 600_000})
    with pytest.raises(Unmet, match="There is no estimate for 2020"):
        world.do(change, "submit", "developer")


def test_without_the_hosts_letter_nothing_is_renewed(world: World, project: Project) -> None:
    world.on("2018-05-01")
    change = validated(world, renewal(world, project))
    world.do(project.letters.get(party="BR"), "withdraw", "dna BR", "The project does harm.")
    with pytest.raises(Unmet, match="has not been issued"):
        world.submitted_request(change, "validator")


def test_the_first_crediting_period_stands_where_registration_moved_it(world: World) -> None:
    project = world.on("2012-03-01").registered(others=(), crediting_from="2012-03-02")
    assert spans(project) == [
        (1, f"{project.registered_on}", f"{project.registered_on}", f"{project.crediting_ends_on}")
    ] or project.crediting_starts_on == dt.date(2012, 3, 2)


def test_2_16_a_renewal_from_2021_on_is_provisional_and_moves_or_ends(world: World) -> None:
    project = world.on("2013-09-01").registered(crediting_from="2014-01-01")
    world.on("2020-06-01")
    change = renewal(world, project)
    world.on("2021-02-01")
    validated(world, change)
    unsigned = world.request_for(change, "validator")
    with pytest.raises(Unmet, match="CDM-RAA-FORM"):
        world.do(unsigned, "submit", "validator")
    world.do(unsigned, "withdraw", "validator", "Not signed yet.")
    request = world.provisional_request(change, "validator")
    world.after_window(request)
    change.refresh_from_db()
    # nothing is renewed by it
    assert (request.state, change.state) == ("provisional", "requesting_approval")
    assert len(spans(project)) == 1
    world.on("2024-01-01 00:00")
    engine.run_clocks(at=world.at)
    request.refresh_from_db()
    change.refresh_from_db()
    assert (request.state, change.state) == ("rejected", "rejected")
    assert len(spans(project)) == 1
