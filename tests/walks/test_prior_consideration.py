"""Prior consideration: notice in time, its list, the reports, and the DOE's check (EB 48 annex 61; rulebook 2.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cdm.acts import prior_consideration
from cdm.models import Deadline, Notice, PriorConsideration, Project, Record, Task
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.given import World, instant
from tests.walks.days import written

pytestmark = pytest.mark.django_db


def acknowledged(world: World, project: Project, started_on: str) -> PriorConsideration:
    notice = world.notified(project, started_on=started_on)
    world.do(notice, "acknowledge", "secretary")
    return notice


def test_eb_48_a61_para_2_the_host_and_the_secretariat_are_told_before_the_project_is_filed(
    world: World,
) -> None:
    project = world.on("2019-02-04").draft(started_on="2019-01-07")
    notice = world.notified(project, started_on="2019-01-07")
    project.refresh_from_db()
    assert (notice.state, project.state, project.submitted_at) == ("notified", "draft", None)
    told = set(Notice.objects.filter(sentence__contains="prior consideration").values_list("user", flat=True))
    assert told == {world.people[who].pk for who in ("dna BR", "secretary")}
    assert (
        Task.objects.get(machine_name="prior_consideration", closed_at=None).organisation.kind
        == "secretariat"
    )
    with pytest.raises(NotOpen, match="given for this project already"):
        world.notified(project, started_on="2019-01-07")
    for who in ("dna BR", "developer", "member 1", "administrator"):
        with pytest.raises(Denied):
            world.do(notice, "acknowledge", who)
    world.do(notice, "acknowledge", "secretary")
    assert notice.state == "acknowledged"


@pytest.mark.parametrize(
    ("started_on", "last_day"),
    [
        pytest.param("2019-01-07", "2019-07-06", id="the 180th day"),
        pytest.param("2009-03-10", "2009-09-10", id="before August 2010 six months"),
    ],
)
def test_eb_48_a61_para_2_the_last_day_is_in_time_and_the_day_after_is_not(
    world: World, started_on: str, last_day: str
) -> None:
    world.at = instant(last_day)
    in_time, too_late = (world.draft(others=()) for _ in range(2))
    assert world.notified(in_time, started_on=started_on).state == "notified"
    world.at += dt.timedelta(days=1)
    before = (Record.objects.count(), too_late.version)
    with pytest.raises(
        Unmet, match=f"had to be notified by {written(dt.date.fromisoformat(last_day))}"
    ) as refused:
        world.notified(too_late, started_on=started_on)
    assert [problem.field for problem in refused.value.problems] == ["started_on"]
    too_late.refresh_from_db()
    assert (Record.objects.count(), too_late.version) == before
    assert PriorConsideration.objects.get().project == in_time


def test_f_cdm_prior_consideration_an_incomplete_notice_is_not_taken(world: World) -> None:
    project = world.on("2019-02-04").draft(others=())
    given: dict[str, Any] = {
        "host_party": "BR", "location": "Nova Iguaçu", "description": "Gas.", "started_on": dt.date(2019, 1, 7),
    }  # fmt: skip
    bad: list[tuple[str, Any, str]] = [
        ("started_on", dt.date(2008, 8, 1), "needs no notice"),
        ("host_party", "DE", "Annex I"),
        ("location", " ", "Say where"),
        ("location", "x" * 251, "250 characters"),
        ("description", "", "Describe"),
    ]
    for field, value, sentence in bad:
        with pytest.raises(Unmet, match=sentence) as refused:
            prior_consideration.notify(
                project, **{**given, field: value}, by=world.people["developer"], at=world.at
            )
        assert [problem.field for problem in refused.value.problems] == [field]
    with pytest.raises(Denied):
        prior_consideration.notify(project, **given, by=world.people["buyer"], at=world.at)
    assert not PriorConsideration.objects.exists()


def test_eb_48_a61_para_5_every_two_years_a_report_while_nothing_follows(world: World) -> None:
    project = world.on("2014-02-04").draft(started_on="2014-01-07", crediting_from="2018-01-01")
    notice = acknowledged(world, project, "2014-01-07")
    due = Deadline.objects.get(machine_name="prior_consideration", closed_at=None)
    assert (due.last_day, due.then, due.kind) == (dt.date(2016, 2, 4), "", "target")
    # the clock only turns overdue: nothing closes by itself
    world.on("2017-01-10")
    notice.refresh_from_db()
    assert notice.state == "acknowledged"
    with pytest.raises(Unmet, match="How the activity stands"):
        world.do(notice, "report_status", "developer")
    world.do(notice, "report_status", "developer", progress="The wells are drilled.")
    due = Deadline.objects.get(machine_name="prior_consideration", closed_at=None)
    assert (notice.state, due.last_day) == ("acknowledged", dt.date(2019, 1, 10))
    world.on("2017-03-01")
    world.do(project, "submit", "developer")
    world.approve(project)
    world.engaged(project)
    world.do(project, "publish", "validator")
    notice.refresh_from_db()
    assert notice.state == "taken_up"
    assert not Deadline.objects.filter(machine_name="prior_consideration", closed_at=None).exists()


def test_eb_41_a_start_that_documents_show_earlier_makes_it_too_late(world: World) -> None:
    project = world.on("2019-02-04").draft(started_on="2019-01-07")
    notice = acknowledged(world, project, "2019-01-07")
    for started_on, sentence in (
        ("2018-08-09", "is in time"),
        ("2019-06-01", "in the future"),
        ("2008-08-01", "no notice was needed"),
    ):
        with pytest.raises(Unmet, match=sentence):
            world.do(
                notice, "find_late", "secretary", "A contract.", started_on=dt.date.fromisoformat(started_on)
            )
    # 7 August 2018 + 180 days is 3 February 2019
    world.do(notice, "find_late", "secretary", "The contract of that day.", started_on=dt.date(2018, 8, 7))
    assert (notice.state, notice.found_started_on) == ("late", dt.date(2018, 8, 7))
    assert world.notified(project, started_on="2019-01-07").state == "notified"


def test_a_notice_is_withdrawn_with_a_reason(world: World) -> None:
    notice = world.notified(world.on("2019-02-04").draft(), started_on="2019-01-07")
    with pytest.raises(Unmet, match="Reason"):
        world.do(notice, "withdraw", "developer")
    world.do(notice, "withdraw", "developer", "Not built.")
    assert notice.state == "withdrawn"


# --- the DOE's check -----------------------------------------------------------------------------------------


def to_be_validated(world: World, started_on: str, on: str, notified_on: str = "") -> Project:
    """Open for validation, started before it was published; a notice given and acknowledged where a day is said."""
    project = world.on(notified_on or on).draft(
        others=(), started_on=started_on, crediting_from=f"{int(on[:4]) + 1}-02-01"
    )
    if notified_on:
        acknowledged(world, project, started_on)
    world.on(on)
    world.do(project, "submit", "developer")
    world.approve(project)
    world.engaged(project)
    world.do(project, "publish", "validator")
    world.after_comments(project)
    world.attach(project, "validation_report", "validator")
    return project


def gives_opinion(world: World, project: Project, **given: Any) -> None:
    world.do(project, "give_positive_opinion", "validator", opinion="All requirements are met.", **given)


def test_eb_48_a61_para_3_no_positive_opinion_without_a_notice(world: World) -> None:
    project = to_be_validated(world, "2019-01-07", "2019-08-05")
    before = (project.version, Record.objects.count(), project.opinions.count())
    with pytest.raises(Unmet, match="No notice of prior consideration is on record") as refused:
        gives_opinion(world, project)
    assert "by 6 July 2019" in str(refused.value)
    with pytest.raises(Unmet, match="No notice of prior consideration"):
        gives_opinion(world, project, methodology_proposed_on=dt.date(2019, 1, 7))
    project.refresh_from_db()
    assert (project.version, Record.objects.count(), project.opinions.count()) == before
    world.do(project, "give_negative_opinion", "validator", opinion="The CDM was not considered.")
    assert project.state == "validation_negative"


def test_eb_48_a61_para_2_a_new_methodology_proposed_before_the_start_stands_for_the_notice(
    world: World,
) -> None:
    project = to_be_validated(world, "2019-01-07", "2019-08-05")
    gives_opinion(world, project, methodology_proposed_on=dt.date(2019, 1, 6))
    assert project.state == "validated"


def test_eb_48_a61_para_3_the_doe_rests_on_an_acknowledged_notice(world: World) -> None:
    project = to_be_validated(world, "2019-01-07", "2019-08-05", notified_on="2019-07-06")
    assert project.prior_considerations.get().state == "taken_up"
    gives_opinion(world, project)
    assert project.state == "validated"


def test_eb_48_a61_para_3_the_doe_confirms_with_the_secretariat(world: World) -> None:
    project = to_be_validated(world, "2019-06-03", "2019-08-05")
    notice = world.notified(project, started_on="2019-06-03")
    with pytest.raises(Unmet, match="has not acknowledged the notice"):
        gives_opinion(world, project)
    world.do(notice, "acknowledge", "secretary")
    assert notice.state == "taken_up"
    project.refresh_from_db()
    gives_opinion(world, project)
    assert project.state == "validated"


def test_eb_48_a61_para_3_a_notice_late_for_the_start_in_the_design_document_does_not_count(
    world: World,
) -> None:
    # told of a start in January; the design document says August of the year before: due by 28 January 2019
    project = world.on("2019-07-06").draft(others=(), started_on="2018-08-01", crediting_from="2020-01-01")
    acknowledged(world, project, "2019-01-07")
    world.do(project, "submit", "developer")
    world.approve(project)
    world.engaged(project)
    world.do(project, "publish", "validator")
    world.after_comments(project)
    world.attach(project, "validation_report", "validator")
    with pytest.raises(Unmet, match=r"came on 6 July 2019.* told by 28 January 2019"):
        gives_opinion(world, project)


@pytest.mark.parametrize(
    ("started_on", "on"),
    [
        pytest.param("2008-08-01", "2009-08-03", id="start before 2 August 2008: the DOE judges"),
        pytest.param("2020-01-07", "2019-08-05", id="published before the start"),
    ],
)
def test_eb_48_a61_para_2_where_no_notice_is_needed(world: World, started_on: str, on: str) -> None:
    project = to_be_validated(world, started_on, on)
    gives_opinion(world, project)
    assert project.state == "validated"


def test_eb_48_a61_para_2_a_start_on_2_august_2008_needs_a_notice(world: World) -> None:
    project = to_be_validated(world, "2008-08-02", "2009-08-03")
    with pytest.raises(Unmet, match="told by 2 February 2009"):
        gives_opinion(world, project)
