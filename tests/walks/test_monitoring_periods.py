"""Monitoring periods: inside crediting, over, consecutive, certified as verified, split at a commitment period."""

from __future__ import annotations

import datetime as dt

import pytest

from cdm.acts import monitoring
from cdm.models import MonitoringPeriod, Project
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from registry import queries, verify
from registry.models import Issuance
from tests.given import World

pytestmark = pytest.mark.django_db

D = dt.date.fromisoformat


@pytest.fixture
def project(world: World) -> Project:
    """Registered in 2017, credited from 2018-01-01 to 2024-12-31; it is 3 June 2019."""
    registered = world.on("2017-03-01").registered(others=(), crediting_from="2018-01-01")
    world.on("2019-06-03")
    return registered


def opened(world: World, project: Project, starts_on: str, ends_on: str) -> MonitoringPeriod:
    return monitoring.open_period(
        project, starts_on=D(starts_on), ends_on=D(ends_on), by=world.people["developer"], at=world.at
    )


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "sentence"),
    [
        pytest.param("2017-12-31", "2018-06-30", "inside the crediting period", id="a day before crediting"),
        pytest.param("2018-01-01", "2025-01-01", "inside the crediting period", id="a day after crediting"),
        pytest.param("2018-01-01", "2019-06-03", "not over yet", id="ending today"),
        pytest.param("2018-06-30", "2018-01-01", "before it starts", id="end before start"),
        pytest.param(
            "2018-01-02", "2018-06-30", "has to start on 1 January 2018", id="a gap of one day at the start"
        ),
    ],
)
def test_rulebook_2_11_a_period_in_the_wrong_place_is_refused(
    world: World, project: Project, starts_on: str, ends_on: str, sentence: str
) -> None:
    with pytest.raises(Unmet, match=sentence):
        opened(world, project, starts_on, ends_on)
    assert not project.monitoring_periods.exists()


def test_a_period_may_end_yesterday_and_last_one_day(world: World, project: Project) -> None:
    assert opened(world, project, "2018-01-01", "2018-01-01").number == 1
    assert opened(world, project, "2018-01-02", "2019-06-02").number == 2


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "sentence"),
    [
        pytest.param("2018-06-30", "2018-12-31", "overlaps monitoring period 1", id="overlap by one day"),
        pytest.param("2018-02-01", "2018-02-28", "overlaps monitoring period 1", id="inside the first"),
        pytest.param("2018-01-01", "2018-12-31", "overlaps monitoring period 1", id="around the first"),
        pytest.param("2018-07-02", "2018-12-31", "has to start on 1 July 2018", id="gap of one day"),
    ],
)
def test_rulebook_2_11_periods_follow_each_other(
    world: World, project: Project, starts_on: str, ends_on: str, sentence: str
) -> None:
    opened(world, project, "2018-01-01", "2018-06-30")
    with pytest.raises(Unmet, match=sentence):
        opened(world, project, starts_on, ends_on)
    opened(world, project, "2018-07-01", "2018-12-31")


def test_a_withdrawn_period_makes_room(world: World, project: Project) -> None:
    period = opened(world, project, "2018-01-01", "2018-06-30")
    world.do(period, "withdraw", "developer", note="A longer one is better.")
    assert opened(world, project, "2018-01-01", "2018-12-31").number == 2


def test_only_a_registered_project_is_monitored_and_only_by_its_participants(
    world: World, project: Project
) -> None:
    with pytest.raises(NotOpen):
        opened(world, world.validated(), "2018-01-01", "2018-06-30")
    with pytest.raises(Denied):
        monitoring.open_period(
            project,
            starts_on=D("2018-01-01"),
            ends_on=D("2018-06-30"),
            by=world.people["verifier"],
            at=world.at,
        )


def test_changed_days_have_to_be_in_order_too(world: World, project: Project) -> None:
    opened(world, project, "2018-01-01", "2018-06-30")
    period = opened(world, project, "2018-07-01", "2018-12-31")
    by = world.people["developer"]
    with pytest.raises(Unmet, match="overlaps"):
        monitoring.change_days(period, starts_on=D("2018-06-01"), ends_on=D("2018-12-31"), by=by, at=world.at)
    changed = monitoring.change_days(
        period, starts_on=D("2018-07-01"), ends_on=D("2019-03-31"), by=by, at=world.at
    )
    assert changed.ends_on == D("2019-03-31")


def test_an_unfinished_report_is_not_handed_over(world: World, project: Project) -> None:
    """No amount, no report, no DOE: all of it is said at once."""
    period = opened(world, project, "2018-01-01", "2018-12-31")
    with pytest.raises(Unmet) as refused:
        world.do(period, "submit", "developer")
    assert {problem.field for problem in refused.value.problems} == {"amounts", "documents", "engage"}
    period.refresh_from_db()
    assert period.state == "being_prepared"


@pytest.mark.parametrize("amount", [-1, True, 1.5, "900"])
def test_reductions_are_whole_tonnes_of_0_or_more(world: World, project: Project, amount: object) -> None:
    period = opened(world, project, "2018-01-01", "2018-12-31")
    with pytest.raises(Unmet, match="whole tonnes"):
        monitoring.state_amounts(
            period,
            reported={2: amount},
            by=world.people["developer"],
            at=world.at,  # type: ignore[dict-item]
        )


@pytest.mark.parametrize(
    ("verified", "certified", "sentence"),
    [
        pytest.param({2: 900}, {2: 899}, "must be equal", id="a tonne less"),
        pytest.param({2: 900}, {2: 901}, "must be equal", id="a tonne more"),
        pytest.param(
            {2: 900}, {1: 900}, "State the certified reductions", id="for another commitment period"
        ),
        pytest.param({1: 5, 2: 900}, {1: 5, 2: 900}, "no days in commitment period 1", id="for one too many"),
        pytest.param({2: 0}, {2: 0}, "Nothing is certified", id="nothing"),
    ],
)
def test_paras_61_to_64_certified_equals_verified(
    world: World, project: Project, verified: dict[int, int], certified: dict[int, int], sentence: str
) -> None:
    period = world.in_verification(project, "2018-01-01", "2018-12-31", {2: 900})
    world.attach(period, "verification_report", "verifier")
    with pytest.raises(Unmet, match=sentence):
        world.do(period, "certify", "verifier", verified=verified, certified=certified, opinion="Verified.")
    period.refresh_from_db()
    assert (period.state, period.certified_t) == ("in_verification", 0)


def test_across_31_december_2012_two_amounts_and_two_blocks(world: World) -> None:
    """Rulebook 0.1, finding 3, with real exact halves: 14,725 gives 294 (not 295), 7,275 gives 145 (not 146)."""
    project = world.on("2011-06-01").registered(others=(), crediting_from="2012-07-01")
    world.on("2014-02-03")
    period = opened(world, project, "2012-07-01", "2013-09-30")
    assert [(part.commitment_period, part.starts_on, part.ends_on) for part in period.amounts.all()] == [
        (1, D("2012-07-01"), D("2012-12-31")),
        (2, D("2013-01-01"), D("2013-09-30")),
    ]
    world.do(period, "withdraw", "developer", note="Once more, with its papers.")
    world.issued(project, "2012-07-01", "2013-09-30", {1: 14_725, 2: 7_275})
    blocks = Issuance.objects.order_by("commitment_period")
    assert [(block.commitment_period, block.quantity, block.deduction.units) for block in blocks] == [
        (1, 14_725, 294),
        (2, 7_275, 145),
    ]
    assert [queries.waiting(block) for block in blocks] == [14_431, 7_130]
    assert verify.verify_book().ok


def test_ending_on_31_december_2012_one_amount(world: World) -> None:
    project = world.on("2011-06-01").registered(others=(), crediting_from="2012-07-01")
    world.on("2014-02-03")
    assert opened(world, project, "2012-07-01", "2012-12-31").amounts.get().commitment_period == 1
    assert opened(world, project, "2013-01-01", "2013-12-31").amounts.get().commitment_period == 2


def test_rulebook_2_11_days_marked_as_not_claimed_leave_no_gap_and_no_units(
    world: World, project: Project
) -> None:
    first = opened(world, project, "2018-01-01", "2018-03-31")
    with pytest.raises(Denied):
        world.do(first, "claim_nothing", "verifier", "The meters were broken.")
    with pytest.raises(Unmet, match="this is needed and is kept on the record"):
        world.do(first, "claim_nothing", "developer")
    world.do(first, "claim_nothing", "developer", "The meters were broken.")
    assert (first.state, first.place.public) == ("not_claimed", "No claim")
    with pytest.raises(Unmet, match="overlaps"):
        opened(world, project, "2018-03-31", "2018-12-31")
    second = opened(world, project, "2018-04-01", "2018-12-31")
    assert second.number == 2
    # what is not claimed is not taken up again
    with pytest.raises(NotOpen):
        world.do(first, "submit", "developer")
