"""A request signed with a key is answered by a shorter way (cdm/programs.py), and answered the same."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from cdm import wsgi
from cdm.acts import keys
from cdm.models import ApiKey
from cdm.programs import Programs, is_a_program
from tests.given import World
from tests.registry.given import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept_connection() -> Iterator[None]:
    """The connection of the test, which a real request would close."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def asked(door: Any, path: str, method: str = "GET", **headers: str) -> tuple[str, dict[str, str], Any]:
    """Status, headers and body of a request to a WSGI door."""
    started: dict[str, Any] = {}
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "HTTP_HOST": "testserver", "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "2", "wsgi.input": io.BytesIO(b"{}"),
        "wsgi.url_scheme": "http", **headers,
    }  # fmt: skip

    def start(status: str, found: list[tuple[str, str]]) -> None:
        started.update(status=status, headers=dict(found))

    response = door(environ, start)
    body = b"".join(response)
    response.close()
    is_json = "json" in started["headers"]["Content-Type"]
    return started["status"], started["headers"], json.loads(body) if is_json else body


def plain(headers: dict[str, str]) -> dict[str, Any]:
    """Without the order in which the policy was written, and what a page adds for a browser that has a session."""
    found: dict[str, Any] = {name: value for name, value in headers.items() if name != "Vary"}
    found["Content-Security-Policy"] = sorted(headers["Content-Security-Policy"].split("; "))
    return found


def signed(world: World, who: str = "developer") -> tuple[ApiKey, dict[str, str]]:
    key, text = keys.issue(name="a program", by=world.people[who], at=AT)
    return key, {"HTTP_AUTHORIZATION": f"Bearer {text}"}


@pytest.mark.parametrize(
    "path", ["/api/me/", "/api/registry/movements/", "/api/nowhere/", "/api/projects/99/"]
)
def test_both_ways_answer_the_same(world: World, path: str) -> None:
    _, header = signed(world)
    assert is_a_program({"PATH_INFO": path, **header})
    status, headers, body = asked(wsgi.application, path, **header)
    assert (status, plain(headers), body) == _by(wsgi.pages, path, header)
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def _by(door: WSGIHandler, path: str, header: dict[str, str]) -> tuple[str, dict[str, Any], Any]:
    status, headers, body = asked(door, path, **header)
    return status, plain(headers), body


def test_a_revoked_key_is_refused_at_once(world: World) -> None:
    key, header = signed(world)
    assert asked(wsgi.application, "/api/me/", **header)[0] == "200 OK"
    keys.revoke(key, by=key.user, at=AT)
    status, headers, body = asked(wsgi.application, "/api/me/", **header)
    assert (status, headers["WWW-Authenticate"]) == ("401 Unauthorized", 'Bearer realm="CDM Registry"')
    assert "revoked" in body["detail"]


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "", "Bearer cdm_00000000_none"])
def test_a_header_that_signs_nothing_gives_nobody_a_seat(header: str) -> None:
    status, _, body = asked(wsgi.application, "/api/registry/movements/", "POST", HTTP_AUTHORIZATION=header)
    assert (status, body["status"]) == ("401 Unauthorized", 401)


@pytest.mark.parametrize(
    ("environ", "is_one"),
    [
        ({"PATH_INFO": "/api/me/", "HTTP_AUTHORIZATION": "Bearer x"}, True),
        ({"PATH_INFO": "/api/me/", "HTTP_AUTHORIZATION": "token x"}, True),
        ({"PATH_INFO": "/api/me/", "HTTP_COOKIE": "cdm_session=x"}, False),
        # what a proxy asked for, not the registry
        ({"PATH_INFO": "/api/me/", "HTTP_COOKIE": "cdm_session=x", "HTTP_AUTHORIZATION": "Basic x"}, False),
        ({"PATH_INFO": "/tasks/", "HTTP_AUTHORIZATION": "Bearer x"}, False),
        ({"PATH_INFO": "/apiary/", "HTTP_AUTHORIZATION": "Bearer x"}, False),
    ],
)
def test_pages_and_sessions_go_the_long_way(environ: dict[str, str], is_one: bool) -> None:
    assert is_a_program(environ) is is_one
    assert isinstance(wsgi.programs, Programs)
    assert not isinstance(wsgi.pages, Programs)
