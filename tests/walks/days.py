"""The last second of a day and the first of the next, as the walks name them."""

from __future__ import annotations

import datetime as dt

from cdm.workflow import engine
from tests.given import World

LAST_SECOND = dt.time(23, 59, 59)


def written(day: dt.date) -> str:
    """A day as a sentence writes it: 1 March 2021."""
    return f"{day:%-d %B %Y}"


def last_second_of(world: World, day: dt.date) -> None:
    """It is 23:59:59 GMT of `day`, and the clocks have just run."""
    world.at = dt.datetime.combine(day, LAST_SECOND, dt.UTC)
    engine.run_clocks(at=world.at)


def first_second_after(world: World, day: dt.date, *, clocks_run: bool = True) -> None:
    """It is 00:00:00 GMT of the day after `day`; with `clocks_run=False` the worker is late."""
    world.at = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    if clocks_run:
        engine.run_clocks(at=world.at)
