"""Several acts at the same moment, each in a thread with its own connection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

SECONDS = 60


def at_once(acts: Sequence[Callable[[], Any]], *, seconds: float = SECONDS) -> list[Any]:
    """What each act gave back, or the exception it ended with, in the order of the acts."""
    results: list[Any] = [None] * len(acts)
    together = threading.Barrier(len(acts))

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            together.wait(SECONDS)
            results[place] = acts[place]()
        except Exception as exception:
            results[place] = exception
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        assert not thread.is_alive(), "An act did not end in time."
    return results
