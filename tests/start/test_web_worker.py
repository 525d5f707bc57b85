"""gunicorn with the worker of this project: connections stay open, and one that says nothing holds up nobody."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.house.sources import ROOT
from tests.servers import free_port

REQUEST = b"POST /%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"


def application(environ: dict[str, object], start_response: object) -> list[bytes]:
    """Answers with the process that answered, and what it was sent."""
    body = environ["wsgi.input"].read()  # type: ignore[attr-defined]
    answer = f"{os.getpid()} {environ['PATH_INFO']} {body.decode()}".encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])  # type: ignore[operator]
    return [answer]


@pytest.fixture(params=[1, 2])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """Where two processes of so many threads serve."""
    chosen = free_port()
    words = (
        f"--workers 2 --threads {request.param} --keep-alive 20 --preload --log-level error "
        f"--worker-class cdm.web_worker.Worker --bind 127.0.0.1:{chosen}"
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "tests.start.test_web_worker:application", *words.split()],
        cwd=ROOT,
    )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", chosen)).close()
                break
            except OSError:
                time.sleep(0.1)
        yield chosen
    finally:
        server.terminate()
        assert server.wait(30) == 0


def opened(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=15)


def ask(connection: socket.socket, path: bytes) -> str:
    connection.sendall(REQUEST % path)
    return read(connection)


def read(connection: socket.socket) -> str:
    found = b""
    while not found.endswith(b"{}"):
        more = connection.recv(4096)
        assert more, found
        found += more
    head, _, body = found.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK"), head
    return body.decode()


def test_connections_stay_open_and_are_spread(port: int) -> None:
    silent = [opened(port) for _ in range(2)]
    time.sleep(0.2)
    connections = [opened(port) for _ in range(8)]
    for again in (b"first", b"second", b"third"):
        answers = [ask(connection, again) for connection in connections]
        assert {answer.split(" ", 1)[1] for answer in answers} == {f"/{again.decode()} {{}}"}
    by_process = [answer.split()[0] for answer in answers]
    assert len(set(by_process)) == 2
    assert min(by_process.count(one) for one in set(by_process)) >= 2, by_process
    for connection in (*silent, *connections):
        connection.close()


def test_a_request_that_was_sent_early_is_answered_too(port: int) -> None:
    connection = opened(port)
    connection.sendall(REQUEST % b"one")
    assert read(connection).endswith("/one {}")
    assert ask(connection, b"two").endswith("/two {}")
    connection.close()
