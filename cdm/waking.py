"""Wakes the worker after a commit. Only a wake-up: what must be done is a row, and the sweep finds it."""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)

APART: Final = 1.0
"""Seconds between two wake-ups for one task by this process; those asked for in between become one at their end."""

_lock = threading.Lock()
_sent_at: dict[str, float] = {}
_waiting: set[str] = set()


def wake(task_name: str) -> None:
    """Send the task by its name once the transaction has been committed, or a moment later.

    A broker that is away costs a log line, never the step that was taken: the beat comes round anyway.
    """
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        transaction.on_commit(lambda: _send_soon(task_name), robust=True)


def _send_soon(task_name: str) -> None:
    """At once, unless this process has sent it within a second: then when that second is over, for all till then."""
    with _lock:
        if task_name in _waiting:
            return
        now = time.monotonic()
        left = _sent_at.get(task_name, now - APART) + APART - now
        if left > 0:
            _waiting.add(task_name)
        else:
            _sent_at[task_name] = now
    if left > 0:
        timer = threading.Timer(left, _send_late, [task_name])
        timer.daemon = True
        timer.start()
    else:
        _send(task_name)


def _send_late(task_name: str) -> None:
    with _lock:
        # before it is sent: what is committed from now on waits for the next one
        _waiting.discard(task_name)
        _sent_at[task_name] = time.monotonic()
    try:
        _send(task_name)
    except Exception:
        log.exception("The worker could not be woken for %s; the beat comes round.", task_name)


def _send(task_name: str) -> None:
    from cdm.celery import app

    app.send_task(task_name)
