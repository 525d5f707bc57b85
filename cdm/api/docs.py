"""The OpenAPI document, and the same as a page to read; both are made once in each process."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from cdm.api.problems import TYPES

METHODS = ("get", "post", "put", "patch", "delete")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the whole interface."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


@require_safe
def schema(request: HttpRequest) -> JsonResponse:
    """GET /api/schema/"""
    return JsonResponse(document(), json_dumps_params={"indent": 1})


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """GET /api/docs/"""
    refusals = [
        {"slug": slug, "status": status, "title": title, "words": words}
        for slug, (status, title, words) in TYPES.items()
    ]
    context = {"groups": _groups(), "schemas": _schemas(), "refusals": refusals}
    return render(request, "api/docs.html", context)


@cache
def _groups() -> list[dict[str, Any]]:
    """The operations under their tags, in the order of the addresses."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, operations in document()["paths"].items():
        for method in METHODS:
            if method in operations:
                groups.setdefault(operations[method]["tags"][0], []).append(
                    _operation(address, method, operations[method])
                )
    return [
        {"name": name, "slug": name.lower().replace(" ", "-"), "operations": operations}
        for name, operations in groups.items()
    ]


def _operation(address: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    good = {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "address": address,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": [
            _field(one["name"], one.get("schema", {}), one.get("required", False), one.get("description", ""))
            | {"place": one["in"]}
            for one in operation.get("parameters", [])
        ],
        "body": _fields(next(iter(body.values()))["schema"]) if body else [],
        "media": list(body),
        "answers": [
            {"status": code, "words": _words(_only_schema(answer)), "link": _name(_only_schema(answer))}
            for code, answer in good.items()
        ],
        "refusals": [code for code in operation["responses"] if not code.startswith("2")],
    }


@cache
def _schemas() -> list[dict[str, Any]]:
    """The components that answers are made of."""
    return [
        {
            "name": name,
            "description": schema.get("description", ""),
            "fields": _fields(schema),
            "values": schema.get("enum", []),
        }
        for name, schema in document()["components"]["schemas"].items()
        if not name.endswith("Request")
    ]


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    whole = _resolved(schema)
    required = whole.get("required", [])
    return [
        _field(name, inner, name in required, inner.get("description", ""))
        for name, inner in whole.get("properties", {}).items()
    ]


def _field(name: str, schema: dict[str, Any], required: bool, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "kind": _words(schema),
        "link": _name(schema),
        "required": required,
        "description": description,
        "values": _resolved(schema).get("enum", []),
    }


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = _name(schema)
    found: dict[str, Any] = document()["components"]["schemas"].get(name, schema) if name else schema
    return found


def _only_schema(answer: dict[str, Any]) -> dict[str, Any]:
    content = answer.get("content", {})
    found: dict[str, Any] = next(iter(content.values())).get("schema", {}) if content else {}
    return found


def _name(schema: dict[str, Any]) -> str:
    """The component a schema points to, itself or as the one thing in a list."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for wrapped in ("allOf", "oneOf", "anyOf"):
        for one in schema.get(wrapped, []):
            if "$ref" in one:
                return _name(one)
    return _name(schema["items"]) if "items" in schema else ""


def _words(schema: dict[str, Any]) -> str:
    """The kind of a value in words."""
    name = _name(schema)
    if "items" in schema:
        return f"list of {name or _words(schema['items'])}"
    if name:
        return name
    if "oneOf" in schema:
        return " or ".join(dict.fromkeys(_words(one) for one in schema["oneOf"]))
    kind = schema.get("type", "")
    kinds = kind if isinstance(kind, list) else [kind]
    formats = {"date": "date", "date-time": "instant", "binary": "file", "decimal": "decimal as text"}
    plain = {
        "string": "text",
        "boolean": "yes or no",
        "integer": "whole number",
        "null": "null",
        "": "anything",
    }
    return " or ".join(
        formats.get(schema.get("format", ""), plain.get(one, one)) if one != "null" else "null"
        for one in kinds
    )
