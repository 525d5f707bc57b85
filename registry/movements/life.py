"""How a movement goes: its states and the ways between them, each a transition of django-fsm on the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django_fsm import transition


class State(models.TextChoices):
    """Where a movement stands. The DES knows the same states by number (transaction status)."""

    PROPOSED = "proposed", "Proposed"
    CHECKED = "checked", "Checked"
    AWAITING_APPROVAL = "awaiting_approval", "Awaiting approval"
    COMPLETED = "completed", "Completed"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"
    TERMINATED = "terminated", "Terminated"


ENDS: Final = (State.COMPLETED, State.REJECTED, State.CANCELLED, State.TERMINATED)

TRANSACTION_STATUS: Final[dict[State, int]] = {
    State.PROPOSED: 1,
    State.CHECKED: 2,
    State.AWAITING_APPROVAL: 2,
    State.COMPLETED: 4,
    State.TERMINATED: 5,
    State.REJECTED: 6,
    State.CANCELLED: 7,
}
"""The number the DES gives each state; between two persons of one registry it has none of its own."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way on: by whom, and whether a reason has to be given."""

    name: str
    source: State
    target: State
    by: str
    label: str
    needs_reason: bool = False


LIFE: Final = (
    Way("check", State.PROPOSED, State.CHECKED, "the registry", "Every check passed"),
    Way("refuse", State.PROPOSED, State.TERMINATED, "the registry", "A check failed"),
    Way("hold", State.CHECKED, State.AWAITING_APPROVAL, "the registry", "The units are reserved"),
    Way("approve", State.AWAITING_APPROVAL, State.COMPLETED, "another person who approves", "Approve"),
    Way("reject", State.AWAITING_APPROVAL, State.REJECTED, "another person who approves", "Reject", True),
    Way("cancel", State.AWAITING_APPROVAL, State.CANCELLED, "whoever proposed it", "Take back", True),
    Way("lapse", State.AWAITING_APPROVAL, State.TERMINATED, "the clock", "The reservation has ended"),
)


def ways(name: str) -> Way:
    """The way of this name."""
    return next(way for way in LIFE if way.name == name)


def _transition(way: Way) -> Callable[..., Any]:
    def method(self: Any) -> None:
        self.went.append(way)

    method.__name__ = f"go_{way.name}"
    method.__doc__ = way.label
    decorated: Callable[..., Any] = transition(field="state", source=way.source, target=way.target)(method)
    return decorated


class GoesOnItsWay:
    """A model with a field `state` and a transition `go_<name>` for each way, so that the table is the machine."""

    went: list[Way]

    def go(self, name: str) -> None:
        """Take the way of this name; django-fsm refuses it from any other state."""
        getattr(self, f"go_{name}")()


for _way in LIFE:
    setattr(GoesOnItsWay, f"go_{_way.name}", _transition(_way))
