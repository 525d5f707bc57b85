"""Completes the OpenAPI document: every refusal as a problem document, every machine's moves as a list of names."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from cdm.api.problems import MEDIA_TYPE, TYPES, type_of
from cdm.api.written import MACHINE_NAMES, moves_of
from cdm.workflow.machines import MACHINES

PROBLEM = {"$ref": "#/components/schemas/Problem"}
READING = ("not-signed-in", "denied", "not-found", "not-acceptable", "unmet", "throttled")
WRITING = tuple(slug for slug in TYPES if slug not in ("method-not-allowed", "out-of-order"))


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook of drf-spectacular."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _problem_schema()
    for name in MACHINE_NAMES:
        schemas[f"{_camel(name)}Move"] = {
            "type": "string",
            "enum": list(moves_of(MACHINES[name])),
            "description": f"Moves of a {MACHINES[name].title.lower()} that a person can make.",
        }
    for operations in result.get("paths", {}).values():
        for method, operation in operations.items():
            if method in ("get", "post", "put", "patch", "delete"):
                _add_refusals(operation, READING if method == "get" else WRITING)
    return result


def _add_refusals(operation: dict[str, Any], slugs: tuple[str, ...]) -> None:
    by_status: dict[int, list[str]] = {}
    for slug in slugs:
        by_status.setdefault(TYPES[slug][0], []).append(slug)
    for status, named in sorted(by_status.items()):
        operation["responses"][str(status)] = {
            "description": " ".join(TYPES[slug][2] for slug in named),
            "content": {MEDIA_TYPE: {"schema": PROBLEM}},
        }


def _problem_schema() -> dict[str, Any]:
    one = {
        "type": "object",
        "description": "One thing to put right.",
        "required": ["sentence", "field"],
        "properties": {
            "sentence": {"type": "string", "description": "What is wrong and what to do, for a person."},
            "field": {"type": "string", "description": "The field it belongs to; empty where to none."},
            "check": {"type": "integer", "description": "The numbered check of a movement that failed."},
        },
    }
    return {
        "type": "object",
        "description": "Why a request was refused (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri", "enum": [type_of(slug) for slug in TYPES]},
            "title": {"type": "string", "description": "The kind of problem in words."},
            "status": {
                "type": "integer",
                "enum": sorted({int(HTTPStatus(row[0])) for row in TYPES.values()}),
            },
            "detail": {"type": "string", "description": "What happened this time, for a person."},
            "problems": {
                "type": "array",
                "items": one,
                "description": "Everything to put right, where it can be said one by one.",
            },
            "movement": {"type": "integer", "description": "The movement kept with its failed checks."},
        },
    }


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))
