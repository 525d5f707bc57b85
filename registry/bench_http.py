"""Movements over HTTP, for `manage.py bench`: proposed by one person, approved by another, two requests each."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
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

# one process more than the clients can keep busy at once on two processor cores; a thread more would wait for the other
WORKERS, THREADS = 3, 1
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
            self.keys = json.load(file)[str(number)]
        self.connections = [http.client.HTTPConnection(os.environ[ADDRESS]) for _ in self.keys]
        line = {"party": party, "project_number": project_number, "unit_type": "CER", "commitment_period": 1}
        self.body = {
            "kind": "internal_transfer",
            "source": source.identifier,
            "target": target.identifier,
            "units": [{**line, "quantity": "10"}],
            "reason": "bench",
        }

    def move(self) -> None:
        """Propose and approve one movement; anything but success is a fault of the bench."""
        made = self._post(0, "/api/registry/movements/", self.body, 201)
        self._post(1, f"/api/registry/movements/{made['id']}/approve/", {}, 200)

    def _post(self, who: int, path: str, body: dict[str, Any], status: int) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.keys[who]}",
            "Content-Type": "application/json",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        self.connections[who].request("POST", path, json.dumps(body), headers)
        answer = self.connections[who].getresponse()
        text = answer.read()
        if answer.status != status:
            raise RuntimeError(f"{path} answered {answer.status}: {text.decode()[:500]}")
        found: dict[str, Any] = json.loads(text)
        return found
