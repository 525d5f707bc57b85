"""Asks the numbered checks of a movement, all of its kind at once, and puts down what they answered."""

from __future__ import annotations

import datetime as dt

from registry.models_movements import Movement, MovementCheck
from registry.movements.checks import CHECKS, NotEvaluated
from registry.movements.facts import Facts


def answers_to(facts: Facts) -> dict[int, str | NotEvaluated | None]:
    """Every check of the kind, in the order of their numbers."""
    return {number: CHECKS[number].ask(facts) for number in sorted(facts.row.checks)}


def as_checks(
    movement: Movement, answers: dict[int, str | NotEvaluated | None], stage: str, at: dt.datetime
) -> list[MovementCheck]:
    """The answers as rows, not kept yet."""
    Outcome = MovementCheck.Outcome
    rows = []
    for number, answer in answers.items():
        outcome, sentence = Outcome.PASSED, ""
        if isinstance(answer, NotEvaluated):
            outcome, sentence = Outcome.NOT_EVALUATED, answer.why
        elif answer is not None:
            outcome, sentence = Outcome.FAILED, answer
        # by place, in the order of the fields: a dozen rows by name would take as long as a query
        rows.append(MovementCheck(None, movement.pk, stage, at, number, outcome, sentence))  # type: ignore[misc]
    return rows
