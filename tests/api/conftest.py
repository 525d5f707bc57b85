"""A world, and programs that act for its people with keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from cdm import clock
from cdm.acts import keys
from tests.given import World

Asking = Callable[..., Any]


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """A cast; what time it is for the interface is what time it is in the world."""
    made = World()
    monkeypatch.setattr(clock, "now", lambda: made.at)
    return made


class Program:
    """A program that holds a key of `who`, or of nobody."""

    def __init__(self, world: World, who: str = "", **key: Any) -> None:
        self.world, self.client, self.headers = world, Client(raise_request_exception=True), {}
        if who:
            _, text = keys.issue(name="test", by=world.people[who], at=world.at, **key)
            self.headers["authorization"] = f"Bearer {text}"

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/{path}", query, headers=self.headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(self.client, method)(
            f"/api/{path}", body or {}, content_type="application/json", headers=self.headers | named
        )

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("post", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("put", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("patch", path, body, **headers)

    def upload(self, path: str, body: Any, **headers: str) -> HttpResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/{path}", body, headers=self.headers | named)


@pytest.fixture
def program(world: World) -> Callable[..., Program]:
    """program("developer") acts for the developer; program() for nobody."""
    return lambda who="", **key: Program(world, who, **key)


def good(response: Any, status: int = 200) -> Any:
    """The JSON of an answer that must have this status."""
    assert response.status_code == status, response.content
    return response.json()


def problem(response: Any, status: int, slug: str) -> Any:
    """The problem document of a refusal that must have this status and kind."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == status
    assert document["type"].endswith(f"/api/docs/#problem-{slug}")
    assert document["title"] and document["detail"]
    return document
