"""What time it is: the real time, or in the demonstration the time its clock has been moved to.

Only the edge asks (views, API, tasks, commands); the domain is told `at`. Outside demonstration mode
nothing here can change the time.
"""

import datetime as dt
import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from cdm.models import User

log = logging.getLogger(__name__)


class NotTheDemonstration(PermissionDenied):
    """Someone would move the clock of a real registry."""

    def __init__(self) -> None:
        super().__init__("The clock can only be moved in the demonstration.")


class ClockGoesForward(ValueError):
    """The clock would go back, or be started a second time."""


def now() -> dt.datetime:
    """The present instant, aware, in UTC: what time it is for everything the registry does."""
    return _real_now() + _offset() if settings.DEMONSTRATION else _real_now()


def today() -> dt.date:
    """The present day, UTC: the day that windows and dated rules go by."""
    return now().date()


def is_started() -> bool:
    """Whether the demonstration has been given its first instant."""
    from cdm.models import DemonstrationClock

    return settings.DEMONSTRATION and DemonstrationClock.objects.exists()


def start(instant: dt.datetime) -> None:
    """Give the demonstration its first instant, in any year. Raises ClockGoesForward when it has one."""
    from cdm.models import DemonstrationClock

    _demonstration_only()
    if is_started():
        raise ClockGoesForward(f"The demonstration's clock already runs; it stands at {_words(now())}.")
    DemonstrationClock.objects.create(pk=1, offset_seconds=_seconds_ahead(instant))


def set_to(instant: dt.datetime, *, by: "User | None") -> None:
    """Move the clock forward to `instant`, living through every deadline and reminder on the way in order.

    At each of these instants the worker's rounds are made as they would have been then, so a jump of forty
    days leaves what forty days would have left. Stopped half way, it stands at the last instant it reached
    and can be moved on. Raises NotTheDemonstration, or ClockGoesForward when `instant` is not later than now.
    """
    _demonstration_only()
    if instant <= now():
        raise ClockGoesForward(
            f"The clock stands at {_words(now())} and never goes back. Choose a later time than that."
        )
    log.info("the demonstration's clock moves to %s, by %s", _words(instant), by or "the start command")
    reached = now()
    while (due := _next_instant(after=reached)) is not None and due < instant:
        _live_at(due)
        reached = due
    _live_at(instant)


def advance(*, days: int, by: "User | None") -> None:
    """Move the clock `days` whole days on (1 to 3653); see set_to."""
    if not 1 <= days <= 3653:
        raise ClockGoesForward("Choose from 1 to 3653 days.")
    set_to(now() + dt.timedelta(days=days), by=by)


def _live_at(instant: dt.datetime) -> None:
    """Stand at `instant` and make the worker's rounds once, in the order of the beat."""
    from cdm import assignment
    from cdm.workflow import engine

    _move_to(instant)
    engine.run_clocks(at=instant)
    assignment.assign_waiting(at=instant)
    assignment.remind(at=instant)


def _next_instant(*, after: dt.datetime) -> dt.datetime | None:
    """The first instant later than `after` at which a window closes or a task's reminder falls due."""
    from cdm.assignment import ESCALATE_AFTER, REMIND_BEFORE
    from cdm.models import Deadline, Task

    instants = set(Deadline.objects.filter(closed_at__isnull=True).values_list("acts_at", flat=True))
    due_days = Task.objects.filter(closed_at__isnull=True, due_on__isnull=False).values_list(
        "due_on", flat=True
    )
    one_day = dt.timedelta(days=1)
    for due_on in {day for day in due_days if day is not None}:
        # before it is due, the day after, and the day after the patience has run out
        instants |= {_start_of(due_on + wait) for wait in (-REMIND_BEFORE, one_day, ESCALATE_AFTER + one_day)}
    return min((instant for instant in instants if instant > after), default=None)


def _demonstration_only() -> None:
    if not settings.DEMONSTRATION:
        raise NotTheDemonstration


def _move_to(instant: dt.datetime) -> None:
    """Let the clock stand at `instant`, unless someone else has moved it further meanwhile."""
    from cdm.models import DemonstrationClock

    ahead = _seconds_ahead(instant)
    DemonstrationClock.objects.get_or_create(pk=1, defaults={"offset_seconds": ahead})
    DemonstrationClock.objects.filter(pk=1, offset_seconds__lt=ahead).update(offset_seconds=ahead)


def _offset() -> dt.timedelta:
    from cdm.models import DemonstrationClock

    seconds = DemonstrationClock.objects.filter(pk=1).values_list("offset_seconds", flat=True).first()
    return dt.timedelta(seconds=seconds or 0)


def _seconds_ahead(instant: dt.datetime) -> int:
    return -(-(instant - _real_now()) // dt.timedelta(seconds=1))  # up, so that `instant` has been reached


def _real_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _start_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _words(instant: dt.datetime) -> str:
    return f"{instant:%-d %B %Y, %H:%M} UTC"
