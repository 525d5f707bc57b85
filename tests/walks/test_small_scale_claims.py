"""EB 20, para 58(a): where the limit of small scale is exceeded in a year, the claim is capped at its estimate."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cdm.acts import monitoring
from cdm.acts.monitoring import Year
from cdm.models import MonitoringPeriod, Project
from cdm.workflow.refusals import Unmet
from tests import changes
from tests.given import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(world: World) -> Project:
    """Small scale of type I, at most 15 MW; 20,000 t are estimated for each year from 2014 on."""
    made = world.on("2013-01-07").registered(
        crediting_from="2014-01-01", scale="small", methodology=("AMS-I.D.", "17"), yearly_t=20_000, others=()
    )
    world.on("2016-03-01")
    world.engaged(made, "verification", "verifier")
    return made


def state(world: World, period: MonitoringPeriod, t: int, *years: Year) -> None:
    monitoring.state_amounts(period, reported={2: t}, years=years, by=world.people["developer"], at=world.at)
    period.refresh_from_db()


def test_a_year_above_the_limit_is_claimed_up_to_its_estimate(world: World, project: Project) -> None:
    period = world.period(project, "2014-01-01", "2015-12-31", {2: 45_000})
    with pytest.raises(
        Unmet, match=r"State the reductions of 2014 by themselves.* 20,000 t.*reductions of 2015"
    ):
        world.do(period, "submit", "developer")
    state(world, period, 45_000, Year(2014, 20_000), Year(2015, 25_000))
    with pytest.raises(Unmet, match="Greatest output in the year, in MW has to be stated"):
        world.do(period, "submit", "developer")
    state(world, period, 45_000, Year(2014, 20_000), Year(2015, 25_000, Decimal("15.001")))
    with pytest.raises(
        Unmet, match=r"exceeded in 2015 \(15.001, at most 15 MW.* 20,000 t instead of 25,000 t"
    ):
        world.do(period, "submit", "developer")
    # what was estimated can be claimed although the limit was exceeded
    state(world, period, 40_000, Year(2014, 20_000), Year(2015, 20_000, Decimal("15.001")))
    world.do(period, "submit", "developer")
    world.do(period, "publish_report", "verifier")
    world.attach(period, "verification_report", "verifier")
    for t, refused in ((40_001, True), (40_000, False)):
        given = {
            "verified": {2: t},
            "certified": {2: t},
            "visited_on": world.at.date(),
            "opinion": "Verified.",
        }
        if refused:
            with pytest.raises(Unmet, match="40,001 t are more than the monitoring report claims"):
                world.do(period, "certify", "verifier", **given)
        else:
            world.do(period, "certify", "verifier", **given)
    assert period.certified_t == 40_000


def test_more_than_the_estimate_is_claimed_where_the_limit_was_kept(world: World, project: Project) -> None:
    period = world.period(project, "2014-01-01", "2014-12-31", {2: 25_000})
    state(world, period, 25_000, Year(2014, 25_000, Decimal(15)))
    world.do(period, "submit", "developer")
    assert period.state == "submitted"


def test_two_periods_of_one_year_share_its_estimate(world: World, project: Project) -> None:
    first = world.period(project, "2014-01-01", "2014-06-30", {2: 15_000})
    world.do(first, "submit", "developer")
    second = world.period(project, "2014-07-01", "2014-12-31", {2: 5_001})
    state(world, second, 5_001, Year(2014, 5_001, Decimal(16)))
    with pytest.raises(Unmet, match="5,000 t instead of 5,001 t"):
        world.do(second, "submit", "developer")
    state(world, second, 5_000, Year(2014, 5_000, Decimal(16)))
    world.do(second, "submit", "developer")


def test_type_iii_is_measured_by_its_reductions(world: World, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(small_scale_type="III")
    period = world.period(project, "2014-01-01", "2014-12-31", {2: 60_001})
    state(world, period, 60_001, Year(2014, 60_001))
    with pytest.raises(
        Unmet, match=r"exceeded in 2014 \(60.001, at most 60 kt.* 20,000 t instead of 60,001 t"
    ):
        world.do(period, "submit", "developer")
    state(world, period, 60_000, Year(2014, 60_000))
    world.do(period, "submit", "developer")


@pytest.mark.parametrize(
    ("t", "years", "sentence"),
    [
        (30_000, (Year(2014, 30_000),), "State each year from 2014 to 2015"),
        (
            30_000,
            (Year(2014, 15_000), Year(2015, 14_999)),
            "come to 29,999 t together, but 30,000 t are stated",
        ),
        (30_000, (Year(2014, 30_001), Year(2015, -1)), "are 0 or more"),
    ],
)
def test_the_years_of_a_period_are_stated_whole(
    world: World, project: Project, t: int, years: tuple[Year, ...], sentence: str
) -> None:
    period = world.period(project, "2014-01-01", "2015-12-31", {2: 30_000})
    with pytest.raises(Unmet, match=sentence):
        state(world, period, t, *years)
    assert not period.years.exists()


def test_a_large_project_is_not_capped(world: World) -> None:
    large = world.on("2017-03-01").registered(crediting_from="2018-01-01", yearly_t=1_000, others=())
    world.on("2019-03-01")
    world.engaged(large, "verification", "verifier")
    period = world.period(large, "2018-01-01", "2018-12-31", {2: 5_000})
    with pytest.raises(Unmet, match="small-scale projects only"):
        state(world, period, 5_000, Year(2018, 5_000))
    world.do(period, "submit", "developer")


def test_a_renewed_period_is_measured_by_the_estimates_of_the_renewal(world: World) -> None:
    """The design document estimates nothing for it; days that were not claimed take nothing away."""
    project = world.on("2010-01-04").registered(
        crediting_from="2011-01-01", scale="small", methodology=("AMS-I.D.", "17"), yearly_t=20_000, others=()
    )
    world.on("2017-05-02")
    estimates = dict.fromkeys(range(2018, 2025), 30_000)
    changes.approved(world, changes.renewal(world, project, applied=[("AMS-I.D", "18")], estimates=estimates))
    world.on("2019-06-03")
    world.engaged(project, "verification", "verifier")
    early = world.period(project, "2011-01-01", "2017-12-31", {1: 1, 2: 1})
    world.do(early, "claim_nothing", "developer", "The meters were broken.")
    period = world.period(project, "2018-01-01", "2018-12-31", {2: 30_001})
    with pytest.raises(Unmet, match=r"2018.*30,000 t"):
        world.do(period, "submit", "developer")
    state(world, period, 30_000)
    world.do(period, "submit", "developer")
    assert period.state == "submitted"
