"""A real Celery worker and beat as two threads of the one web process, for machines without a broker.

Nothing rests on the broker's memory: what must happen is a row, and the beat's sweeps find it after a crash.
"""

import logging
import threading
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning

log = logging.getLogger(__name__)

# what the beat does each minute, done at once at the start for what a crash left behind
AT_THE_START = ("cdm.tasks.run_clocks", "cdm.tasks.assign_tasks", "cdm.tasks.send_mail")


class Embedded:
    """Start with start(), stop with stop(); both from the process's main thread."""

    def __init__(self, app: Celery) -> None:
        from celery.beat import Scheduler, Service

        self.app = app
        # Celery warns of worker messages that could run code as root; this broker is out of anyone's reach
        warnings.filterwarnings("ignore", category=SecurityWarning)
        app.conf.worker_redirect_stdouts = False  # else print() goes to the log
        app.finalize()
        # app.Worker, not app.WorkController: the bare controller receives tasks and never runs them.
        # solo: one task at a time, so SQLite has one background writer.
        self.worker: Any = app.Worker(
            pool_cls="solo",
            concurrency=1,
            quiet=True,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self.beat = Service(app, scheduler_cls=Scheduler, max_interval=1)
        self.threads = [
            threading.Thread(target=self.worker.start, name="celery-worker", daemon=True),
            threading.Thread(target=self.beat.start, name="celery-beat", daemon=True),
        ]

    def start(self) -> "Embedded":
        for thread in self.threads:
            thread.start()
        for name in AT_THE_START:
            self.app.send_task(name)
        return self

    def stop(self, timeout_seconds: float = 15) -> None:
        """Let the running task finish, then stop both threads."""
        self.beat.stop()
        self.worker.stop()
        for thread in self.threads:
            thread.join(timeout_seconds)
        still = [thread.name for thread in self.threads if thread.is_alive()]
        if still:
            log.warning("still running after %s seconds: %s", timeout_seconds, ", ".join(still))
