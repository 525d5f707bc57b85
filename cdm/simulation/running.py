"""Runs the world: days go by, weeks are jumped over, agents take their turns; in the end all is brought to rest."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q

from cdm import assignment
from cdm.models import Deadline, Organisation, Project, Record, Task
from cdm.simulation import accounts, agents, boardroom, checking, entities, filing
from cdm.simulation.cast import Cast
from cdm.simulation.tally import Tally
from cdm.simulation.world import World
from cdm.workflow import engine
from cdm.workflow.roles import Role

A_DAY = dt.timedelta(days=1)


class NotEmpty(Exception):
    """There are projects or people in the database; the simulation never mixes with them."""


@dataclass(frozen=True)
class Plan:
    """How large the world is. `begins_on` is its first day, `days` how long mischief lasts, in days; within its
    first `filing_days` all projects are filed. A step of the clock is `longest_step` days or less, but for the jumps.

    Every `check_every` days or so a Board member orders a spot-check of an operational entity.
    """

    projects: int = 200
    seed: int = 1
    begins_on: dt.date = dt.date(2016, 1, 4)
    days: int = 1500
    filing_days: int = 500
    longest_step: int = 6
    check_every: int = 250
    calm_days: int = 240


def run(plan: Plan) -> Tally:
    """Live through the plan and check the end. Raises NotEmpty, with nothing written.

    The same plan gives the same moves: all dice are those of its seed, and no clock but the world's is read.
    """
    if Project.objects.exists() or Organisation.objects.exists():
        raise NotEmpty(
            "There are projects or organisations in this database, and the simulation would mix with them. "
            "Take an empty one: set CDM_VAR to an empty folder or DATABASE_URL to an empty database, migrate, and "
            "start again."
        )
    began = time.perf_counter()
    at = dt.datetime.combine(plan.begins_on, dt.time(9), dt.UTC)
    tally = Tally(projects=plan.projects, seed=plan.seed, begins_on=f"{plan.begins_on}")
    with _nobody_is_woken():
        cast = Cast(developers=max(3, plan.projects // 8), at=at)
        world = World(cast=cast, dice=random.Random(plan.seed), tally=tally, at=at)  # noqa: S311  dice, no secrets
        _live(world, plan)
        _come_to_rest(world, plan)
    tally.ends_on = f"{world.today}"
    tally.seconds = time.perf_counter() - began
    _count(tally)
    checking.check(tally, at=world.at)
    return tally


def _live(world: World, plan: Plan) -> None:
    last = plan.begins_on + dt.timedelta(days=plan.days)
    filings = sorted(
        plan.begins_on + dt.timedelta(days=world.dice.randrange(plan.filing_days))
        for _ in range(plan.projects)
    )
    filed = 0
    next_check = plan.begins_on + dt.timedelta(days=plan.check_every)
    while world.today < last:
        while filed < len(filings) and filings[filed] <= world.today:
            filing.file(world, filed)
            filed += 1
        if world.today >= next_check:
            entities.check_one(world)
            next_check = world.today + dt.timedelta(
                days=world.dice.randrange(plan.check_every // 2, plan.check_every)
            )
        _one_day(world)
        step = world.dice.randrange(1, plan.longest_step + 1)
        # now and then the clock jumps over weeks at once
        _go_on(world, days=world.dice.randrange(20, 50) if world.dice.random() < 0.05 else step)


def _come_to_rest(world: World, plan: Plan) -> None:
    """No more mischief: everybody does what is asked of them, and the clocks run until nothing is overdue."""
    world.is_calm = True
    until = world.today + dt.timedelta(days=plan.calm_days)
    while world.today < until:
        _one_day(world)
        _go_on(world, days=14)
        if not _is_busy(world):
            break


def _is_busy(world: World) -> bool:
    late = Deadline.objects.filter(closed_at__isnull=True, acts_at__lte=world.at).exclude(then="")
    waiting = Task.objects.filter(
        closed_at__isnull=True, machine_name__in=("board_matter", "excess_issuance")
    )
    return late.exists() or waiting.exists()


def _one_day(world: World) -> None:
    """Everybody who has something to do today."""
    if Task.objects.filter(role=Role.EXPERT, assigned_to__isnull=True, closed_at__isnull=True).exists():
        # an assessment is one expert's task
        assignment.assign_waiting(at=world.at)
    boardroom.convene(world)
    boardroom.meet(world)
    for key in list(Project.objects.order_by("pk").values_list("pk", flat=True)):
        agents.take_turns(world, Project.objects.get(pk=key))
    entities.live(world)
    accounts.decide(world)
    accounts.trade(world)
    accounts.settle(world)


def _go_on(world: World, *, days: int) -> None:
    """To another day; no meeting of the Board is jumped over. The clocks run there."""
    then = world.at + dt.timedelta(days=days)
    meeting = boardroom.next_meeting_day(world)
    if meeting is not None and meeting < then.date():
        then = dt.datetime.combine(meeting, world.at.time(), dt.UTC)
    is_new_year = then.year != world.at.year
    world.at = then
    engine.run_clocks(at=world.at)
    if is_new_year:
        boardroom.elect(world)


def _count(tally: Tally) -> None:
    """Moves and states from the record itself: what was made, whoever made it."""
    moves = Record.objects.exclude(target="").values_list("machine_name", "verb").annotate(n=Count("pk"))
    tally.moves.update({f"{machine}: {verb}": n for machine, verb, n in moves.order_by()})
    reached = (
        Record.objects.filter(~Q(target="")).values_list("machine_name", "target").annotate(n=Count("pk"))
    )
    for machine, state, n in reached.order_by():
        tally.entered[machine][state] += n


@contextmanager
def _nobody_is_woken() -> Iterator[None]:
    """No wake-ups for workers: the world assigns its tasks itself, and nobody reads its mail."""
    before = settings.CELERY_TASK_ALWAYS_EAGER
    settings.CELERY_TASK_ALWAYS_EAGER = True
    try:
        yield
    finally:
        settings.CELERY_TASK_ALWAYS_EAGER = before
