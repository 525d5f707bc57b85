"""How a numbered check is entered under its number, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from registry.movements.facts import Facts


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """The question cannot be answered now, and why; it stands in nobody's way."""

    why: str


Answer = str | NotEvaluated | None
"""Nothing where it passed, otherwise the sentence."""


@dataclass(frozen=True, slots=True)
class Check:
    """`demands` says what has to hold, for the documentation; `ask` answers for one movement."""

    number: int
    demands: str
    ask: Callable[[Facts], Answer]


CHECKS: Final[dict[int, Check]] = {}


def check(number: int, demands: str) -> Callable[[Callable[[Facts], Answer]], Callable[[Facts], Answer]]:
    """Enter a question under its number."""

    def enter(ask: Callable[[Facts], Answer]) -> Callable[[Facts], Answer]:
        CHECKS[number] = Check(number, demands, ask)
        return ask

    return enter
