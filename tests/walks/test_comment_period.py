"""The comment period: open to the last second of its last day, closed in the first second after."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cdm.acts import comments
from cdm.models import Comment, Project
from cdm.workflow import engine
from cdm.workflow.refusals import NotOpen
from tests.given import World
from tests.walks.days import first_second_after, last_second_of, written

pytestmark = pytest.mark.django_db

AFFORESTATION: dict[str, Any] = {
    "is_afforestation": True,
    "removal_unit": "tCER",
    "methodology": ("AR-ACM0003", "2"),
    "kind": "fixed",
    "years": 30,
}
# how long, the day of publication being the first
PERIODS = [
    pytest.param("2019-03-01", {}, 30, id="para 40(c): large scale, 30 days"),
    pytest.param(
        "2019-03-01",
        {"scale": "small", "methodology": ("AMS-I.D", "18"), "yearly_t": 20_000},
        30,
        id="4/CMP.1 annex II: small scale, 30 days",
    ),
    pytest.param("2004-03-01", {}, 30, id="para 40(c) under the modalities of 2005, 30 days"),
    pytest.param("2019-03-01", AFFORESTATION, 45, id="5/CMP.1 para 15(c): large afforestation, 45 days"),
    pytest.param(
        "2019-03-01",
        {**AFFORESTATION, "scale": "small", "methodology": ("AR-AMS0007", "3.1"), "yearly_t": 9_000},
        30,
        id="6/CMP.1: small afforestation, 30 days",
    ),
]


def comment(world: World, project: Project) -> Comment:
    return comments.make(
        project, name="Ana", organisation="", email="ana@example.org", text="We live there.", at=world.at
    )


@pytest.mark.parametrize(("day", "about", "days"), PERIODS)
def test_comments_are_taken_on_the_last_day_and_not_after(
    world: World, day: str, about: dict[str, Any], days: int
) -> None:
    project = world.on(day).published(**about)
    last_day = dt.date.fromisoformat(day) + dt.timedelta(days=days - 1)
    assert project.comments_close_on == last_day

    last_second_of(world, last_day)
    project.refresh_from_db()
    assert project.state == "open_for_comments"
    made = comment(world, project)

    first_second_after(world, last_day, clocks_run=False)
    with pytest.raises(NotOpen, match=f"Its last day was {written(last_day)}"):
        comment(world, project)
    engine.run_clocks(at=world.at)
    project.refresh_from_db()
    assert project.state == "in_validation"
    # made in time, confirmed later: it counts
    assert comments.confirm(comments.token(made), at=world.at).standing == "published"


def test_para_40e_no_opinion_while_comments_are_open(world: World) -> None:
    project = world.on("2019-03-01").published()
    world.attach(project, "validation_report", "validator")
    with pytest.raises(NotOpen, match="Open for comments"):
        world.do(project, "give_positive_opinion", "validator", opinion="Too early.")


def test_para_40f_no_positive_opinion_before_each_comment_is_answered(world: World) -> None:
    project = world.on("2019-03-01").published()
    first, held = world.comment(project), world.comment(project, "http://a http://b http://c http://d")
    assert (first.standing, held.standing) == ("published", "held")
    world.after_comments(project)
    world.attach(project, "validation_report", "validator")
    with pytest.raises(engine.Unmet) as refused:
        world.do(project, "give_positive_opinion", "validator", opinion="Fine.")
    assert [problem.field for problem in refused.value.problems] == ["comments", "comments"]
    comments.judge(held, is_spam=True, reason="An advertisement.", by=world.people["secretary"], at=world.at)
    comments.answer(first, text="The plan was changed.", by=world.people["validator"], at=world.at)
    world.do(project, "give_positive_opinion", "validator", opinion="All requirements are met.")
    assert project.state == "validated"


def test_a_comment_counts_once_its_address_is_confirmed(world: World) -> None:
    project = world.on("2019-03-01").published()
    made = comment(world, project)
    assert made.standing == "unconfirmed"
    with pytest.raises(NotOpen, match="not valid"):
        comments.confirm(comments.token(made) + "x", at=world.at)
    for _ in range(2):
        assert comments.confirm(comments.token(made), at=world.at).standing == "published"
    assert project.records.filter(verb="comment").count() == 1
