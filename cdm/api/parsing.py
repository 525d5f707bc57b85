"""Reads a JSON body strictly: no NaN, no name twice, no endless depth, not more than is taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

LONGEST_NUMBER = 40


class TooLarge(APIException):
    """A body larger than what is taken (413)."""

    status_code = 413
    default_detail = "The body is too large."


class StrictJSONParser(BaseParser):
    """application/json, one object."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(f"At most {limit // 1024 // 1024} MB of JSON are taken.")
        try:
            found = json.loads(
                raw.decode("utf-8"),
                object_pairs_hook=_once_each,
                parse_constant=_no_constant,
                parse_int=_short_int,
            )
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"This is not JSON: {error}") from error
        if not isinstance(found, dict):
            raise ParseError("The body must be one JSON object.")
        return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object.")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number.")


def _short_int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError("a number is too long.")
    return int(text)
