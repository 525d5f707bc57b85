"""The states of a request about an account and the rows that lead from one to another; a transition for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django_fsm import transition


class RequestState(models.TextChoices):
    """Where a request stands; all but the first are for good."""

    AWAITING_APPROVAL = "awaiting_approval", "Awaiting approval"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"


@dataclass(frozen=True, slots=True)
class Row:
    """One way a request can go."""

    source: RequestState
    target: RequestState
    name: str


ROWS: Final = (
    Row(RequestState.AWAITING_APPROVAL, RequestState.APPROVED, "approve"),
    Row(RequestState.AWAITING_APPROVAL, RequestState.REJECTED, "reject"),
    Row(RequestState.AWAITING_APPROVAL, RequestState.CANCELLED, "cancel"),
)

_inside_the_door: ContextVar[bool] = ContextVar("inside_the_door_of_account_requests", default=False)


class OutsideTheDoor(RuntimeError):
    """A transition was called past `registry.account_requests`, so nobody asked whether the caller may."""


@contextmanager
def the_door() -> Iterator[None]:
    """Open for `registry.account_requests` only."""
    token = _inside_the_door.set(True)
    try:
        yield
    finally:
        _inside_the_door.reset(token)


def transitions() -> Iterator[Callable[..., Any]]:
    """The method of each row, in the order of ROWS, for the field `state` of the model that takes them."""
    return (_transition(row) for row in ROWS)


def _transition(row: Row) -> Callable[..., Any]:
    def method(self: Any) -> None:
        if not _inside_the_door.get():
            raise OutsideTheDoor(f"{row.name} was called outside registry.account_requests.")

    method.__name__ = row.name
    method.__doc__ = f"From {row.source.label.lower()} to {row.target.label.lower()}."
    made: Callable[..., Any] = transition(field="state", source=row.source.value, target=row.target.value)(
        method
    )
    return made
