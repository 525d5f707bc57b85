"""The window for requests for review, under the law of its day: open on the last day, final the day after."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cdm.acts import requests
from cdm.models import BoardRequest, ReviewRequest
from cdm.workflow.refusals import NotOpen
from tests.given import World
from tests.walks.days import first_second_after, last_second_of

pytestmark = pytest.mark.django_db

SMALL: dict[str, Any] = {"scale": "small", "methodology": ("AMS-I.D", "18"), "yearly_t": 20_000}
# days after publication on which the last request for review is taken
REGISTRATION = [
    pytest.param("2005-03-01", {}, 56, id="para 41: eight weeks, the day of receipt not counted"),
    pytest.param("2005-03-01", SMALL, 28, id="4/CMP.1 annex II para 24: four weeks, small scale"),
    pytest.param("2012-03-01", {}, 27, id="Board procedures of 2010: 28 days, the first counted"),
    pytest.param("2012-03-01", SMALL, 27, id="Board procedures of 2010: 28 days, small scale"),
    pytest.param("2019-03-01", {}, 27, id="project cycle procedure: 28 days, the first counted"),
]
ISSUANCE = [
    pytest.param("2005-03-01", "2008-03-03", 15, "fraud", id="para 65: 15 days"),
    pytest.param("2011-03-01", "2014-03-03", 27, "certification", id="procedure: 28 days"),
    pytest.param("2016-03-01", "2019-03-01", 27, "certification", id="procedure of 2019: 28 days"),
]


def ask(world: World, request: BoardRequest, who: str, ground: str) -> ReviewRequest:
    return requests.ask_for_review(
        request, grounds=[ground], reasons="It is not shown.", by=world.people[who], at=world.at
    )


@pytest.mark.parametrize(("day", "about", "days"), REGISTRATION)
def test_registration_is_final_the_day_after_the_last_day(
    world: World, day: str, about: dict[str, Any], days: int
) -> None:
    project = world.on(day).validated(**about)
    request = world.published_request(project, "validator")
    submitted_on = world.at.date()
    last_day = submitted_on + dt.timedelta(days=days)
    assert (request.published_on, request.window_last_day) == (submitted_on, last_day)

    last_second_of(world, last_day)
    request.refresh_from_db()
    assert request.state == "published"
    first_second_after(world, last_day, clocks_run=False)
    with pytest.raises(NotOpen):
        ask(world, request, "dna BR", "additionality")
    # the worker is late, and the request is final all the same
    request.refresh_from_db()
    project.refresh_from_db()
    assert (request.state, project.state) == ("registered", "registered")
    # 3/CMP.6: since December 2010 effective on the day the complete request came in; before on finality
    final_on = last_day + dt.timedelta(days=1)
    assert project.registered_on == (submitted_on if submitted_on.year > 2010 else final_on)


@pytest.mark.parametrize(("day", "about", "days"), REGISTRATION)
def test_para_41_one_party_asks_on_the_last_second(
    world: World, day: str, about: dict[str, Any], days: int
) -> None:
    project = world.on(day).validated(**about)
    request = world.published_request(project, "validator")
    last_second_of(world, request.published_on + dt.timedelta(days=days))
    ask(world, request, "dna BR", "additionality")
    first_second_after(world, world.at.date())
    request.refresh_from_db()
    project.refresh_from_db()
    assert (request.state, project.state) == ("review_requested", "requesting_registration")


@pytest.mark.parametrize(("registered_day", "day", "days", "ground"), ISSUANCE)
def test_para_65_issuance_is_final_the_day_after_the_last_day(
    world: World, registered_day: str, day: str, days: int, ground: str
) -> None:
    project = world.on(registered_day).registered(crediting_from="", others=())
    starts_on = project.crediting_starts_on
    period = world.on(day).certified(
        project,
        f"{starts_on}",
        f"{starts_on + dt.timedelta(days=300)}",
        {1 if starts_on.year < 2013 else 2: 5_000},
    )
    request = world.published_request(period, "verifier")
    last_day = dt.date.fromisoformat(day) + dt.timedelta(days=days)
    assert request.window_last_day == last_day
    last_second_of(world, last_day)
    for member in ("member 1", "member 2"):
        ask(world, request, member, ground)
    request.refresh_from_db()
    assert request.state == "published"
    first_second_after(world, last_day, clocks_run=False)
    with pytest.raises(NotOpen):
        ask(world, request, "member 3", ground)
    request.refresh_from_db()
    period.refresh_from_db()
    assert (request.state, period.state) == ("awaiting_instruction", "requesting_issuance")


@pytest.mark.parametrize(
    ("check", "next_move", "days"),
    [
        pytest.param("completeness", "pass_completeness", 7, id="rulebook 2.6: 7 days"),
        pytest.param("information", "pass_information", 23, id="rulebook 2.6: 23 days"),
    ],
)
def test_a_target_of_the_secretariat_turns_overdue_and_closes_nothing(
    world: World, check: str, next_move: str, days: int
) -> None:
    request = world.submitted_request(world.on("2019-03-01").validated(), "validator")
    if check == "information":
        world.do(request, "pass_completeness", "secretary")
    opened_on = world.at.date()
    deadline = request.project.deadlines.get(clock=check, closed_at=None)
    assert (deadline.kind, deadline.last_day) == ("target", opened_on + dt.timedelta(days=days - 1))
    task = request.project.tasks.get(closed_at=None, machine_name="board_request")
    assert (task.organisation.kind, task.due_on) == ("secretariat", deadline.last_day)
    state = request.state
    world.on(f"{deadline.last_day + dt.timedelta(days=30)}")
    request.refresh_from_db()
    assert request.state == state
    world.do(request, next_move, "secretary")
    deadline.refresh_from_db()
    assert deadline.closed_at == world.at


def test_eb_8_the_eight_weeks_count_from_the_day_the_fee_came_in(world: World) -> None:
    request = world.request_for(world.on("2005-03-01").validated(), "validator")
    world.do(request, "submit", "validator")
    assert request.state == "awaiting_fee"
    paid_on = world.at.date() + dt.timedelta(days=10)
    world.on(f"{paid_on + dt.timedelta(days=3)}")
    world.do(
        request,
        "record_fee",
        "secretary",
        amount_usd=request.invoices.get().due_usd,
        paid_on=paid_on,
        bank_reference="REF 1",
    )
    assert request.published_on == paid_on
    assert request.window_last_day == paid_on + dt.timedelta(days=56)
