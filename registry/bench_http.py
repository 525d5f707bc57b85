"""Movements over HTTP, for `manage.py bench`: proposed by one person, approved by another, two requests each."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from registry.models import Account
from registry.models_accounts import AccountRepresentative, TrustedAccount

# one process of one thread for each client: a second thread would wait for the first one's interpreter
WORKERS, THREADS = 4, 1
KEYS_FILE = "REGISTRY_BENCH_KEYS_FILE"
ADDRESS = "REGISTRY_BENCH_ADDRESS"


def prepare(source: Account, target: Account, at: dt.datetime) -> list[str]:
    """Two people who represent the source, and the target on its list; the texts of their keys."""
    people = import_string(settings.REGISTRY_BENCH_KEYS)(source.holder.replace(" ", "-"), at)
    AccountRepresentative.objects.bulk_create(
        AccountRepresentative(account=source, user=user, from_at=at) for user, _ in people
    )
    TrustedAccount.objects.create(account=source, trusted=target, from_at=at)
    return [key for _, key in people]


@contextmanager
def serving(**environment: str) -> Iterator[str]:
    """The product's own web server on a free port of this machine; gives host and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    module, _, name = settings.WSGI_APPLICATION.rpartition(".")
    command = [sys.executable, "-m", "gunicorn", f"{module}:{name}", "--bind", f"127.0.0.1:{port}"]
    command += [
        "--workers",
        str(WORKERS),
        "--threads",
        str(THREADS),
        "--worker-class",
        settings.REGISTRY_BENCH_WORKER,
        # all processes are there when the first connection comes: otherwise the first of them takes all
        "--preload",
        "--keep-alive",
        "60",
        "--log-level",
        "error",
    ]
    server = subprocess.Popen(command, env={**os.environ, "API_USER_RATE": "", **environment})
    try:
        _wait_for(port)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("The web server did not start.")


class Client:
    """One pair of people on two connections that stay open."""

    def __init__(
        self, number: int, source: Account, target: Account, party: str, project_number: int
    ) -> None:
        with open(os.environ[KEYS_FILE], encoding="utf-8") as file:
            self.connections = [Connection(os.environ[ADDRESS], key) for key in json.load(file)[str(number)]]
        line = {"party": party, "project_number": project_number, "unit_type": "CER", "commitment_period": 1}
        body = {
            "kind": "internal_transfer",
            "source": source.identifier,
            "target": target.identifier,
            "units": [{**line, "quantity": "10"}],
            "reason": "bench",
        }
        self.body = json.dumps(body).encode()

    def move(self) -> None:
        """Propose and approve one movement; anything but success is a fault of the bench."""
        proposes, approves = self.connections
        made = proposes.post("/api/registry/movements/", self.body, 201)
        done = approves.post(f"/api/registry/movements/{made['id']}/approve/", b"{}", 200)
        if done["state"] != "completed":
            raise RuntimeError(f"The movement is not completed: {done}")


class Connection:
    """One connection with the key of one person, on a bare socket: the client shares the processors with the server."""

    def __init__(self, address: str, key: str) -> None:
        self.address = address
        self.socket: socket.socket | None = None
        self.headers = (
            f"Host: {address}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
            "Accept: application/json\r\n"
        )

    def post(self, path: str, body: bytes, status: int) -> dict[str, Any]:
        """Send a request with a new Idempotency-Key, and read its whole answer."""
        head = f"POST {path} HTTP/1.1\r\n{self.headers}Idempotency-Key: {uuid.uuid4().hex}\r\n"
        self._open().sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answered, text = self._answer()
        if answered != status:
            raise RuntimeError(f"{path} answered {answered}: {text.decode()[:500]}")
        found: dict[str, Any] = json.loads(text)
        return found

    def _open(self) -> socket.socket:
        if self.socket is None:
            host, _, port = self.address.rpartition(":")
            self.socket = socket.create_connection((host, int(port)))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.socket

    def _answer(self) -> tuple[int, bytes]:
        """Status and body, which has as many bytes as its header says."""
        read = b""
        while b"\r\n\r\n" not in read:
            read += self._more()
        head, _, body = read.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *([0-9]+)", head, re.IGNORECASE)
        if length is None:
            raise RuntimeError(f"An answer without its length: {head!r}")
        while len(body) < int(length[1]):
            body += self._more()
        return int(head.split(b" ", 2)[1]), body

    def _more(self) -> bytes:
        if not (more := self._open().recv(65_536)):
            raise RuntimeError("The web server closed the connection.")
        return more
