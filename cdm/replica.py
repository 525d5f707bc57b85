"""Reading from a copy of the database, only where a reader cannot mind that the copy is a moment behind.

A replica lags. Someone who has just pressed a button must see what they did, so everyone who is signed in
reads the primary, and so does every write. Only a visitor without a session reads the replica.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_may_lag: ContextVar[bool] = ContextVar("may_lag", default=False)


@contextmanager
def reads_may_lag() -> Iterator[None]:
    """Inside this block plain reads go to the replica, if there is one."""
    token = _may_lag.set(True)
    try:
        yield
    finally:
        _may_lag.reset(token)


class ReplicaRouter:
    def db_for_read(self, model: type, **hints: Any) -> str:
        return "replica" if _may_lag.get() else "default"

    def db_for_write(self, model: type, **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True  # both are the same data

    def allow_migrate(self, database: str, app_label: str, **hints: Any) -> bool:
        return database == "default"


class LagMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_visitor = (
            settings.SESSION_COOKIE_NAME not in request.COOKIES and "Authorization" not in request.headers
        )
        if request.method in {"GET", "HEAD"} and is_visitor:
            with reads_may_lag():
                return self.get_response(request)
        return self.get_response(request)
