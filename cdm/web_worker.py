"""gunicorn's worker for many programs that keep their connections open (docs/deploy.md).

The threaded worker as it comes hands every request from one thread to another and back, and of several processes the
quickest takes all new connections, while the others stand idle. Here a process of one thread answers a request itself,
and processes that have fewer connections take new ones first.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ
from typing import Any, Final

from gunicorn.workers.gthread import TConn, ThreadWorker

TURN_SECONDS: Final = 0.003
MOST_TURNS: Final = 3
"""How long a process that has connections leaves a new one to those that have fewer: a turn for each, at most three. A
turn is as long as a request of a movement takes, so that one that is just answering has its turn, too.
"""


class Worker(ThreadWorker):  # type: ignore[misc]
    """With one thread it answers where it reads; with more it is the threaded worker, but for whose turn it is."""

    def accept(self, listener: Any) -> None:
        """Take a new connection, unless another process has by now; its request is read when it has come."""
        time.sleep(TURN_SECONDS * min(self.nr_conns, MOST_TURNS))
        if self.cfg.threads > 1:
            super().accept(listener)
            return
        try:
            client, address = listener.accept()
        except BlockingIOError:
            return
        self.nr_conns += 1
        connection = TConn(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(connection)
        self.poller.register(client, EVENT_READ, partial(self.on_pending_socket_readable, connection))

    def enqueue_req(self, conn: TConn) -> None:
        """Answer at once, instead of asking another thread to."""
        if self.cfg.threads > 1:
            super().enqueue_req(conn)
            return
        answered: Future[Any] = Future()
        answered.set_result(self.handle(conn))
        self.finish_request(conn, answered)
