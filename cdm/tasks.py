"""The worker's doors: ids or nothing in, one call, safe to run twice. What must happen is a row, never a message."""

from __future__ import annotations

from celery import shared_task

from cdm import clock


@shared_task
def run_clocks() -> int:
    """Make the moves that closed windows call for; how many."""
    from cdm.workflow import engine

    return len(engine.run_clocks(at=clock.now()).done)


@shared_task
def assign_tasks() -> int:
    """Assign the tasks that nobody has yet; how many."""
    from cdm import assignment

    return assignment.assign_waiting(at=clock.now())


@shared_task
def remind() -> int:
    """Remind of tasks that fall due, that are due, and escalate; how many notices."""
    from cdm import assignment

    return assignment.remind(at=clock.now())


@shared_task
def send_mail() -> int:
    """Send the mail that has not gone out; how many."""
    from cdm import post

    return post.send_waiting(at=clock.now())
