"""Wakes the worker after a commit. Only a wake-up: what must be done is a row, and the sweep finds it."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction


def wake(task_name: str) -> None:
    """Send the task by its name once the transaction has been committed.

    A broker that is away costs a log line, never the step that was taken: the beat comes round anyway.
    """
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        transaction.on_commit(lambda: _send(task_name), robust=True)


def _send(task_name: str) -> None:
    from cdm.celery import app

    app.send_task(task_name)
