"""One Idempotency-Key from many threads at the same moment: one does the work, and all get its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

import cdm.wsgi  # noqa: F401  as a server has loaded every page before its first request
from cdm import clock
from cdm.api import once
from cdm.models import KeptAnswer, Project, Record
from registry.models import Entry
from tests.api.conftest import Program
from tests.given import World
from tests.races.at_once import at_once
from tests.registry import given

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(clock, "now", lambda: made.at)
    return made


def filing(world: World, program: Program) -> Callable[[], Any]:
    """An act with a client of its own: Django's test client is not for several threads."""
    client, body = Client(), {"title": "A draft", "developer": world.organisations["developer"].pk}
    headers = program.headers | {"idempotency-key": "3f1c"}
    return lambda: client.post("/api/projects/", body, content_type="application/json", headers=headers)


def test_one_does_it_and_all_get_its_answer(world: World) -> None:
    program = Program(world, "developer")
    answers = at_once([filing(world, program) for _ in range(THREADS)])
    faults = [answer for answer in answers if isinstance(answer, Exception)]
    assert not faults, faults
    assert [answer.status_code for answer in answers] == [201] * THREADS
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Project.objects.count() == 1
    assert Record.objects.filter(verb="begin").count() == 1
    assert KeptAnswer.objects.get().status == 201


def test_without_the_row_each_would_do_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof that the test above can fail."""
    monkeypatch.setattr(once, "answered", lambda request, act, *, at: act())
    program = Program(world, "developer")
    at_once([filing(world, program) for _ in range(THREADS)])
    assert Project.objects.count() == THREADS


def test_one_approval_is_made_and_all_get_its_answer(world: World) -> None:
    """An approval keeps its answer in its own transaction: who comes second waits for that one."""
    source, people = given.held(1000), given.People()
    people.represented_by(source, world.people["developer"], world.people["buyer"])
    line = {"party": "BR", "project_number": 8, "unit_type": "CER", "commitment_period": 1, "quantity": "10"}
    body = {
        "kind": "voluntary_cancellation",
        "source": source.identifier,
        "units": [line],
        "reason": "asked for",
    }
    made = Program(world, "developer").post("registry/movements/", body).json()
    headers = Program(world, "buyer").headers | {"idempotency-key": "3f1c"}
    address = f"/api/registry/movements/{made['id']}/approve/"

    def approving() -> Callable[[], Any]:
        client = Client()
        return lambda: client.post(address, {}, content_type="application/json", headers=headers)

    answers = at_once([approving() for _ in range(THREADS)])
    faults = [answer for answer in answers if isinstance(answer, Exception)]
    assert not faults, faults
    assert [answer.status_code for answer in answers] == [200] * THREADS
    assert {answer.json()["state"] for answer in answers} == {"completed"}
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1
    assert KeptAnswer.objects.get().status == 200
    assert Entry.objects.filter(movement_id=made["id"], kind="cancellation").count() == 1
