"""How an effect gets the name by which the pages call it: its own."""

from __future__ import annotations

from collections.abc import Callable

from cdm.workflow.step import Step

Effect = Callable[[Step], None]

EFFECTS: dict[str, Effect] = {}


def effect(function: Effect) -> Effect:
    """Register under the function's own name; two of one name are a mistake."""
    name = function.__name__
    if name in EFFECTS:
        raise ValueError(f"There are two effects named {name}.")
    EFFECTS[name] = function
    return function
