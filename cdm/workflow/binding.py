"""One django-fsm transition for each row of a page, so that the table is the machine and not a picture of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django_fsm import transition

from cdm.workflow.machine import Machine, Move

_inside_the_door: ContextVar[bool] = ContextVar("inside_the_door", default=False)


class OutsideTheDoor(RuntimeError):
    """A transition was called past `engine.perform`, so nobody asked whether the caller may."""


@contextmanager
def the_door() -> Iterator[None]:
    """Open for the engine only: a transition called outside it raises `OutsideTheDoor`."""
    token = _inside_the_door.set(True)
    try:
        yield
    finally:
        _inside_the_door.reset(token)


def bind(model: type, machine: Machine) -> None:
    """Put the transitions of `machine` on a model, for its field `state`, while the class is being made."""
    for move in machine.moves:
        setattr(model, move.method_name, _transition(move, machine))


def _transition(move: Move, machine: Machine) -> Callable[..., Any]:
    # rows that share name and target differ in their sources only; they are one django-fsm method
    sources = [
        source for row in machine.moves if row.method_name == move.method_name for source in row.source
    ]

    def method(self: Any) -> None:
        if not _inside_the_door.get():
            raise OutsideTheDoor(
                f"{move.name} was called outside engine.perform(); nothing has been checked or recorded."
            )

    method.__name__ = move.method_name
    method.__doc__ = move.label
    decorated: Callable[..., Any] = transition(field="state", source=sources, target=move.target)(method)
    return decorated
