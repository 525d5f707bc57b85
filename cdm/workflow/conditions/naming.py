"""How a condition gets the name by which the pages call it: its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cdm.workflow.step import Problem, Step

Answer = None | str | Problem | Iterable[str | Problem]
Condition = Callable[[Step], Answer]

CONDITIONS: dict[str, Condition] = {}


def condition(function: Condition) -> Condition:
    """Register under the function's own name; two of one name are a mistake."""
    name = function.__name__
    if name in CONDITIONS:
        raise ValueError(f"There are two conditions named {name}.")
    CONDITIONS[name] = function
    return function
