"""The OpenAPI document: sound, complete, drawn from the tables, and kept to under hostile input."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cdm.acts import keys
from cdm.api import docs
from cdm.api.door import COLLECTIONS
from cdm.api.problems import TYPES
from cdm.workflow.machines import MACHINES
from cdm.workflow.roles import Role
from registry import verify
from tests.given import World

CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance, content_type_conformance]
EXAMPLES = 2


def test_the_document_is_sound_and_leaves_nothing_open() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=io.StringIO())


def test_it_is_served_as_3_1(db: None) -> None:
    answer = Client().get("/api/schema/")
    assert answer.status_code == 200
    assert answer.json() == docs.document()
    assert answer.json()["openapi"].startswith("3.1.")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_move_of_a_person_has_an_address_and_a_name(name: str) -> None:
    """Read from the tables a second time: not by the function that draws the addresses."""
    machine, document = MACHINES[name], docs.document()
    of_people = {
        row.name
        for row in machine.moves
        if any(Role(role) not in ("clock", "consequence") for role in row.by)
    }
    begin = f"/api/{COLLECTIONS[name]}/{{key}}/moves/"
    addresses = {path.removeprefix(begin).strip("/") for path in document["paths"] if path.startswith(begin)}
    assert addresses - {""} == of_people
    component = "".join(part.title() for part in name.split("_")) + "Move"
    assert set(document["components"]["schemas"][component]["enum"]) == of_people


def test_what_a_row_asks_for_is_what_its_address_asks_for() -> None:
    schemas = docs.document()["components"]["schemas"]
    for machine in MACHINES.values():
        for row in machine.moves:
            camel = "".join(part.title() for part in f"{machine.name}_{row.name}".split("_"))
            body = schemas.get(f"{camel}Request")
            if body is None:
                assert set(row.by) <= {Role.CLOCK, Role.CONSEQUENCE}
                continue
            assert {ask.name for ask in row.asks} <= set(body["properties"])
            required = {ask.name for ask in row.asks if ask.required} | (
                {"note"} if row.note == "required" else set()
            )
            assert set(body.get("required", [])) == required


def test_every_operation_says_how_it_refuses() -> None:
    for path, operations in docs.document()["paths"].items():
        for method, operation in operations.items():
            codes = {code for code in operation["responses"] if not code.startswith("2")}
            assert codes >= {"401", "404", "422", "429"}, (method, path)
            for code in codes:
                content = operation["responses"][code]["content"]
                assert list(content) == ["application/problem+json"], (method, path, code)


def test_the_page_shows_every_operation_and_every_kind_of_problem(db: None) -> None:
    page = Client().get("/api/docs/").content.decode()
    for operations in docs.document()["paths"].values():
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in page
    for slug in TYPES:
        assert f'id="problem-{slug}"' in page
    assert Client().get("/api/", headers={"accept": "text/html,*/*;q=0.8"})["Location"] == "/api/docs/"


@pytest.fixture
def worked_on(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world in which there is something to meet at the lower numbers."""
    world = World()
    monkeypatch.setattr("cdm.clock.now", lambda: world.at)
    world.draft()
    world.published()
    world.request_for(world.validated(), "validator")
    # as Django's own test client does: a request that ends does not close the test's transaction
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield world
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def test_hostile_input_is_refused_in_good_form(worked_on: World) -> None:
    """Every operation, with input made from the document: no fault, and only answers the document knows."""
    # to make an input costs more than to send it: each is sent by nobody, a participant and an entity
    keys_sent: list[dict[str, str]] = [{}]
    for who in ("developer", "validator"):
        _, text = keys.issue(name="fuzz", by=worked_on.people[who], at=worked_on.at)
        keys_sent.append({"Authorization": f"Bearer {text}"})
    schema = schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())
    for found in schema.get_all_operations():
        _try(found.ok(), keys_sent)
    assert verify.verify_book().ok


def _try(operation: Any, keys_sent: list[dict[str, str]]) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        if case.path_parameters and isinstance(case.path_parameters.get("key"), int):
            case.path_parameters["key"] = abs(case.path_parameters["key"]) % 4 or 1
        for headers in keys_sent:
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS)

    run()
