"""Answers the requests of programs: signed with a key, so without the session, forms and messages that pages need.

Each middleware that has nothing to do takes time all the same: together a tenth of a movement's. What protects a
response stands in it here as on the pages (tests/api/test_programs.py compares the two).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

WORDS: Final = ("bearer", "token")
AT: Final = "/api/"
"""Where the interface for programs is."""

MIDDLEWARE: Final = (
    "django.middleware.security.SecurityMiddleware",
    "cdm.programs.HeadersMiddleware",
    "django.middleware.common.CommonMiddleware",
)
"""What of settings.MIDDLEWARE a request needs that has no session, form or page; none has more than its call."""


def is_a_program(environ: dict[str, Any]) -> bool:
    """Whether the request is signed with a key in its header; a page's session is in a cookie."""
    word, _, _ = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    return word.lower() in WORDS and str(environ.get("PATH_INFO", "")).startswith(AT)


class Programs(WSGIHandler):
    """Django's handler with the few middleware above."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler = convert_exception_to_response(self._get_response)
        for path in reversed(MIDDLEWARE):
            handler = convert_exception_to_response(import_string(path)(handler))
        self._middleware_chain = handler


class HeadersMiddleware:
    """The headers by which no page may frame an answer or load anything with it; made once, as they never differ."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        parts = CSPMiddleware(get_response).get_policy_parts(
            request=HttpRequest(), response=HttpResponseBase()
        )
        self.policy = build_policy(**asdict(parts))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response
