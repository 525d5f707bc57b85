"""What a verification states: the visit to the site (rulebook 2.11), and what forests removed (rulebook 4.6, no. 8)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cdm.models import MonitoringPeriod, Project
from cdm.presubmission.examining import findings_for
from cdm.workflow.refusals import Unmet
from tests.given import World

pytestmark = pytest.mark.django_db


def certify(world: World, project: Project, first: str, last: str, t: int, **told: Any) -> MonitoringPeriod:
    period = world.in_verification(project, first, last, {2: t})
    world.attach(period, "verification_report", "verifier")
    return certified(world, period, t, **told)


def certified(world: World, period: MonitoringPeriod, t: int, **told: Any) -> MonitoringPeriod:
    world.do(period, "certify", "verifier", verified={2: t}, certified={2: t}, opinion="Verified.", **told)
    return period


def test_2_11_the_site_is_visited_at_first_after_three_years_and_over_300_000_t(world: World) -> None:
    project = world.on("2013-01-07").registered(crediting_from="2014-01-01", yearly_t=400_000)
    world.on("2015-02-02")
    period = world.in_verification(project, "2014-01-01", "2014-12-31", {2: 100_000})
    world.attach(period, "verification_report", "verifier")
    with pytest.raises(Unmet, match="because this is the first verification of the project"):
        certified(world, period, 100_000)
    with pytest.raises(Unmet, match="Give a day from 1 January 2014"):
        certified(world, period, 100_000, visited_on=dt.date(2015, 2, 3))
    certified(world, period, 100_000, visited_on=dt.date(2015, 1, 20))
    assert (period.visited_on, period.no_visit_because) == (dt.date(2015, 1, 20), "")

    # three years to the day, and 300,000 t to the tonne, need no visit
    world.on("2018-01-20")
    second = certify(world, project, "2015-01-01", "2015-12-31", 300_000)
    assert (second.state, second.visited_on) == ("certified", None)
    with pytest.raises(
        Unmet, match="300,001 t CO2e have been verified since the last inspection, on 20 January 2015"
    ):
        certify(world, project, "2016-01-01", "2016-12-31", 1)
    third = project.monitoring_periods.get(number=3)
    certified(world, third, 1, no_visit_because="The road was closed; the records were seen remotely.")
    assert third.no_visit_because.startswith("The road was closed")
    world.on("2018-01-21")
    with pytest.raises(
        Unmet, match="more than 3 years have passed since the last inspection, on 20 January 2015"
    ):
        certify(world, project, "2017-01-01", "2017-12-31", 1)


def test_2_11_before_the_procedures_of_the_board_no_rule_asks_for_a_visit(world: World) -> None:
    project = world.on("2005-03-01").registered(others=(), crediting_from="2006-01-01")
    world.on("2007-02-01")
    period = world.in_verification(project, "2006-01-01", "2006-12-31", {1: 900})
    world.attach(period, "verification_report", "verifier")
    world.do(period, "certify", "verifier", verified={1: 900}, certified={1: 900}, opinion="Verified.")
    assert period.state == "certified"


def test_2_11_the_check_before_submission_finds_that_no_visit_is_stated(world: World) -> None:
    project = world.on("2017-03-01").registered(crediting_from="2018-01-01")
    world.on("2019-03-01")
    period = world.in_verification(project, "2018-01-01", "2018-12-31", {2: 900})

    def found() -> list[str]:
        return [one.sentence for one in findings_for(period, at=world.at) if one.key == "site_visit_missing"]

    (sentence,) = found()
    assert (
        "because this is the first verification of the project; neither the day of an inspection" in sentence
    )
    world.attach(period, "verification_report", "verifier")
    certified(world, period, 900, visited_on=dt.date(2019, 2, 12))
    assert found() == []


def forest(world: World, unit: str) -> Project:
    return world.on("2013-03-01").registered(
        methodology=("AR-ACM0003", "2"), is_afforestation=True, removal_unit=unit, kind="fixed", years=30,
        yearly_t=30_691, started_on="2013-05-01", crediting_from="2013-05-01", others=(),
    )  # fmt: skip


@pytest.mark.parametrize(("unit", "second"), [("tCER", 1_500), ("lCER", 500)])
def test_4_6_temporary_units_subtract_nothing_issued_before_and_long_term_units_do(
    world: World, unit: str, second: int
) -> None:
    """1,000 t at the first verification, 1,500 t in all at the second: 1,500 tCERs, or 500 lCERs, are issued for it."""
    project = forest(world, unit)
    world.on("2015-02-02")
    world.issued(project, "2013-05-01", "2014-12-31", {2: 1_000})
    world.on("2019-03-04")
    about: dict[str, Any] = {"visited_on": world.at.date()}
    period = world.in_verification(project, "2015-01-01", "2018-12-31", {2: second})
    world.attach(period, "verification_report", "verifier")
    with pytest.raises(Unmet, match="State the net removals since the start of the project"):
        certified(world, period, second, **about)
    with pytest.raises(
        Unmet, match="nothing that was issued before" if unit == "tCER" else "for the difference, 500 t"
    ):
        certified(world, period, 2_000 - second, removed_since_start=1_500, **about)
    certified(world, period, second, removed_since_start=1_500, **about)
    request = world.request_for(period, "verifier")
    # the request is asked once more: a figure that no longer fits stops it
    MonitoringPeriod.objects.filter(pk=period.pk).update(removed_since_start_t=1_501)
    with pytest.raises(Unmet, match="1,501 t were removed since the start of the project"):
        world.do(request, "submit", "verifier")
    MonitoringPeriod.objects.filter(pk=period.pk).update(removed_since_start_t=1_500)
    world.do(request, "submit", "verifier")


def test_5_cmp_1_para_49_no_long_term_units_where_less_is_stored_than_was_certified(world: World) -> None:
    project = forest(world, "lCER")
    world.on("2015-02-02")
    world.issued(project, "2013-05-01", "2014-12-31", {2: 1_000})
    world.on("2019-03-04")
    with pytest.raises(Unmet, match="a loss is a reversal of storage"):
        certify(
            world, project, "2015-01-01", "2018-12-31", 10,
            removed_since_start=990, visited_on=world.at.date(),
        )  # fmt: skip


def test_only_forests_state_removals(world: World) -> None:
    project = world.on("2017-03-01").registered(crediting_from="2018-01-01")
    world.on("2019-03-01")
    with pytest.raises(Unmet, match="afforestation and reforestation only"):
        certify(
            world, project, "2018-01-01", "2018-12-31", 10,
            removed_since_start=10, visited_on=world.at.date(),
        )  # fmt: skip
