"""Asks the numbered checks of a movement, all of its kind at once, and puts down what they answered."""

from __future__ import annotations

import datetime as dt

from registry.models_movements import Movement, MovementCheck
from registry.movements.checks import CHECKS, NotEvaluated
from registry.movements.facts import Facts


def answers_to(facts: Facts) -> dict[int, str | NotEvaluated | None]:
    """Every check of the kind, in the order of their numbers."""
    return {number: CHECKS[number].ask(facts) for number in sorted(facts.row.checks)}


Said = tuple[int, str, str]
"""The number of a check, its outcome, and why it failed or could not be evaluated."""


def as_said(answers: dict[int, str | NotEvaluated | None]) -> list[Said]:
    """What every check said, as it is kept."""
    Outcome = MovementCheck.Outcome
    said: list[Said] = []
    for number, answer in answers.items():
        if answer is None:
            said.append((number, Outcome.PASSED.value, ""))
        elif isinstance(answer, NotEvaluated):
            said.append((number, Outcome.NOT_EVALUATED.value, answer.why))
        else:
            said.append((number, Outcome.FAILED.value, answer))
    return said


def as_checks(
    movement: Movement, answers: dict[int, str | NotEvaluated | None], stage: str, at: dt.datetime
) -> list[MovementCheck]:
    """The answers as rows, not kept yet."""
    return [
        # by place, in the order of the fields: a dozen rows by name would take as long as a query
        MovementCheck(None, movement.pk, stage, at, *said)  # type: ignore[misc]
        for said in as_said(answers)
    ]
