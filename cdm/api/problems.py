"""How a refusal looks: a problem document (RFC 9457) with the very sentences the pages show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler

from cdm.workflow.refusals import Denied, NotOpen, Stale, Unmet
from cdm.workflow.step import Problem
from registry.account_requests import AlreadyDecided, ChangedMeanwhile, NotAllowed
from registry.accounts import Refused
from registry.movements import doors
from registry.refusals import KeyReused

MEDIA_TYPE = "application/problem+json"


# slug: (status, title, what it means and what to do)
TYPES: dict[str, tuple[int, str, str]] = {
    "malformed": (
        400,
        "The request cannot be read",
        "The body is not what its Content-Type says, or not JSON.",
    ),
    "not-signed-in": (401, "Sign in first", "Send a key, or sign in; a key that was revoked counts as none."),
    "denied": (403, "Not yours to do", "You do not hold a seat that may do this here. Nothing has changed."),
    "not-found": (404, "Not found", "There is nothing at this address, or it is not yours to see."),
    "method-not-allowed": (405, "This cannot be done with it", "The header Allow says what can."),
    "not-acceptable": (406, "No such form", "Answers are JSON only. Accept application/json."),
    "not-open": (409, "Not possible now", "It is not in a state from which this can be done."),
    "stale": (409, "Changed meanwhile", "Somebody moved or edited it after you read it. Read it again."),
    "key-in-use": (409, "Still being worked on", "A request with the same Idempotency-Key is not finished."),
    "too-large": (413, "Too large", "The body is larger than what is taken."),
    "unsupported-media-type": (415, "Unknown form of body", "Send application/json, or multipart/form-data."),
    "unmet": (422, "Something is missing or wrong", "Every sentence in `problems` has to be put right."),
    "key-reused": (
        422,
        "Key used for something else",
        "This Idempotency-Key came with another request before.",
    ),
    "throttled": (429, "Too many requests", "The header Retry-After says in how many seconds to try again."),
    "out-of-order": (
        500,
        "Something went wrong here",
        "It has been logged. Nothing was changed, or all of it.",
    ),
}
_BY_STATUS = {400: "malformed", 401: "not-signed-in", 403: "denied", 404: "not-found", 405: "method-not-allowed",
              406: "not-acceptable", 409: "not-open", 413: "too-large", 415: "unsupported-media-type",
              422: "unmet", 429: "throttled"}  # fmt: skip


class ProblemRenderer(JSONRenderer):
    """A problem document as JSON, under its own media type."""

    media_type = MEDIA_TYPE
    charset = None


def type_of(slug: str) -> str:
    """The address that names a kind of problem, and explains it."""
    return f"{settings.SITE_URL}/api/docs/#problem-{slug}"


def document(slug: str, detail: str, problems: Iterable[Problem] = ()) -> dict[str, Any]:
    """A problem document of one of TYPES."""
    status, title, _ = TYPES[slug]
    found = {"type": type_of(slug), "title": title, "status": status, "detail": detail}
    listed = [{"sentence": problem.sentence, "field": problem.field} for problem in problems]
    return found | ({"problems": listed} if listed else {})


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal of the domain, of REST framework and of Django as a problem document; the rest is a fault."""
    found = _of_the_domain(error) or _of_the_framework(error, context)
    if found is None:
        return None
    body, headers = found
    response = Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)
    request = context.get("request")
    if request is not None:
        request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), MEDIA_TYPE
    return response


def _of_the_domain(error: Exception) -> tuple[dict[str, Any], dict[str, str]] | None:
    if isinstance(error, Unmet):
        return document("unmet", str(error), error.problems), {}
    if isinstance(error, NotAllowed):
        return document("denied", error.sentence), {}
    if isinstance(error, AlreadyDecided):
        return document("not-open", error.sentence), {}
    if isinstance(error, ChangedMeanwhile):
        return document("stale", error.sentence), {}
    if isinstance(error, doors.ChecksFailed):
        return _failed(error), {}
    if isinstance(error, doors.NotYours):
        return document("denied", error.sentence), {}
    if isinstance(error, doors.NotOpen):
        return document("not-open", error.sentence), {}
    if isinstance(error, KeyReused):
        return document("key-reused", error.sentence), {}
    if isinstance(error, Refused):
        return document("unmet", error.sentence, [Problem(error.sentence)]), {}
    if isinstance(error, Stale):
        return document("stale", error.sentence), {}
    if isinstance(error, NotOpen):
        return document(getattr(error, "slug", "not-open"), error.sentence), {}
    if isinstance(error, Denied):
        return document("denied", error.sentence), {}
    return None


def _failed(error: doors.ChecksFailed) -> dict[str, Any]:
    """One entry for each check that failed, with its number; the movement is kept, and named."""
    found = document("unmet", error.sentence)
    problems = [{"sentence": one.sentence, "field": "", "check": one.number} for one in error.failures]
    return found | {"problems": problems, "movement": error.movement.pk}


def _of_the_framework(
    error: Exception, context: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]] | None:
    if isinstance(error, exceptions.ValidationError):
        problems = list(problems_in(error.detail))
        return document("unmet", " ".join(problem.sentence for problem in problems), problems), {}
    response = exception_handler(error, context)
    if response is None:
        return None
    slug = getattr(error, "slug", _BY_STATUS.get(response.status_code, "malformed"))
    detail = str(error) if isinstance(error, Http404 | PermissionDenied) else ""
    if isinstance(error, exceptions.APIException):
        detail = str(error.detail)
    headers = {name: value for name, value in response.items() if name.lower() != "content-type"}
    return document(slug, detail or TYPES[slug][2]), headers


def problems_in(detail: Any, field: str = "") -> Iterator[Problem]:
    """The sentences of REST framework's nested errors, each with the path of its field."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            below = "" if name == "non_field_errors" else str(name)
            yield from problems_in(inner, ".".join(part for part in (field, below) if part))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            if not nested or inner:
                yield from problems_in(inner, f"{field}.{number}" if nested and field else field)
    else:
        yield Problem(str(detail), field)
