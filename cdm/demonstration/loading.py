"""Plays the stories in the order of time, every clock and reminder on its day, up to the day it opens on."""

from __future__ import annotations

import datetime as dt
import heapq
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db.models import F

from cdm import clock, tasks
from cdm.demonstration import board, cast, endings, entities_told, pending, registered
from cdm.demonstration.stage import Stage, Story
from cdm.models import Notice, PendingMail, Project, User

Teller = Callable[[Stage], Story]

STORIES: tuple[Teller, ...] = (
    *registered.STORIES,
    *pending.STORIES,
    *endings.STORIES,
    *board.STORIES,
    *entities_told.STORIES,
)
SCENES_BEGIN = dt.time(7)  # before the demonstration opens at nine, so that scenes of its first day are over
UNREAD = dt.timedelta(days=7)


class AlreadyLoaded(Exception):
    """There are people in this database; the demonstration is not mixed with them."""


def load(*, opens_at: dt.datetime, cast_only: bool = False, stories: tuple[Teller, ...] = STORIES) -> int:
    """Enter the cast and play the stories until `opens_at`; the clock then stands there. Returns the projects made.

    Only in demonstration mode (clock.NotTheDemonstration). Raises AlreadyLoaded where anybody is entered: a load
    that was broken off is begun anew on an empty database.
    """
    if not settings.DEMONSTRATION:
        raise clock.NotTheDemonstration
    if User.objects.exists() or clock.is_started():
        raise AlreadyLoaded(
            "The demonstration is loaded already, or people are entered in this database. "
            "To begin it anew start with `up --fresh`, which forgets what was done in it, or take an empty database."
        )
    begins_at = min(opens_at, dt.datetime.combine(cast.FIRST_DAY, dt.time(6), dt.UTC))
    if cast_only:
        begins_at = opens_at
    with _quietly():
        clock.start(begins_at)
        cast.enter(at=begins_at)
        board.enter(by=User.objects.get(email=cast.PLAYERS[0].email), at=begins_at)
        if not cast_only:
            _play(stories, until=opens_at)
        if opens_at > clock.now():
            clock.set_to(opens_at, by=None)
        _clear_the_desks(opens_at)
    return Project.objects.count()


def _play(stories: tuple[Teller, ...], *, until: dt.datetime) -> None:
    """Each story yields the day of its next scene; the earliest scene of all is played next."""
    stage = Stage()
    queue: list[tuple[dt.datetime, int, Story]] = []
    for number, tell in enumerate(stories):
        story = tell(stage)
        heapq.heappush(queue, (_scene_at(next(story), number), number, story))
    while queue and queue[0][0] <= until:
        stage.at, number, story = heapq.heappop(queue)
        if stage.at > clock.now():
            clock.set_to(stage.at, by=None)
        try:
            next_day = next(story)
        except StopIteration:
            continue
        scene_at = _scene_at(next_day, number)
        if scene_at <= stage.at:
            raise ValueError(f"story {number} goes back from {stage.at} to {next_day}")
        heapq.heappush(queue, (scene_at, number, story))


def _scene_at(day: dt.date, number: int) -> dt.datetime:
    """Each story has its own minute of the morning, so that no two scenes happen at once."""
    return dt.datetime.combine(day, SCENES_BEGIN, dt.UTC) + dt.timedelta(minutes=number)


def _clear_the_desks(opens_at: dt.datetime) -> None:
    """The letters of the history count as delivered on their day, and all but the last week's as read."""
    for model in (Notice, PendingMail):
        model.objects.filter(mailed_at__isnull=True).update(mailed_at=F("created_at"))
    Notice.objects.filter(created_at__lt=opens_at - UNREAD).update(read_at=F("created_at"))


@contextmanager
def _quietly() -> Iterator[None]:
    """No wake-ups for workers, who would find fifteen years of work at once, and no line for each clock step."""
    woken = (tasks.send_mail, tasks.assign_tasks)
    log = logging.getLogger("cdm.clock")
    level = log.level
    log.setLevel(logging.WARNING)
    for task in woken:
        task.delay = _nobody
    try:
        yield
    finally:
        for task in woken:
            del task.delay
        log.setLevel(level)


def _nobody() -> None:
    return None
