"""A proposal kept, and an approval made, by one statement each; and how a step of a movement is told and refused.

`doors` opens these where the database has the functions, and goes step by step where they give nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model
from django.dispatch import Signal

from registry.accounts import Refused, check_at
from registry.models_movements import Movement, MovementCheck, MovementLine
from registry.movements import at_once, writing
from registry.movements.asking import answers_to, as_said
from registry.movements.facts import Blocks, Facts
from registry.movements.life import State
from registry.movements.numbering import Answer
from registry.movements.persons import deciding_role
from registry.movements.standing import Standing

Beside = Callable[[Movement], Sequence[Model]]
"""Gives the rows of the caller that are written with a decision, or not at all, of the movement as it will be."""

happening = Signal()
"""Sent before a movement is written by one statement, with `movement`, `act` (propose, or the state it ended in), `at`,
`standing` (what was read of persons and accounts) and `moves` (each line with its blocks, where it is completed: what
moves, one entry for each). The receivers give the rows that are written with it.
"""

happened = Signal()
"""Sent inside the transaction, with `movement`, `act` and `at`; or right after the one statement, with `told` true:
then the rows that `happening` was given are written.
"""


class NotOpen(Refused):
    """The movement has ended already."""


class ChecksFailed(Refused):
    """The movement did not pass its checks. `failures` has a sentence for each that failed."""

    def __init__(self, movement: Movement, failures: Sequence[MovementCheck]) -> None:
        self.movement, self.failures = movement, tuple(failures)
        super().__init__(" ".join(failure.sentence for failure in failures))


def check_open(movement: Movement, at: dt.datetime) -> None:
    """Refuse what has ended, or whose reservation has."""
    check_at(at)
    if not movement.is_open:
        raise NotOpen(f"{movement} is {State(movement.state).label.lower()} already.")
    if movement.reserved_until is not None and movement.reserved_until <= at:
        raise NotOpen(
            f"{movement} was not approved by {movement.reserved_until:%-d %B %Y, %H:%M} GMT, when its reservation "
            "ended; propose it again."
        )


def kept_at_once(facts: Facts, answers: dict[int, Answer], number: int) -> bool:
    """Keep a proposal that passed its checks by one statement; false, and nothing written, where the book refuses."""
    movement, at = facts.movement, facts.at
    went = list(movement.went)
    by_id, reason = movement.proposed_by_id, movement.reason
    step = _step(movement, MovementCheck.Stage.PROPOSAL, answers, by_id=by_id, at=at, reason=reason)
    movement.pk = number
    act = {"movement": movement, "act": "propose", "at": at}
    moves = writing.reservations(movement, facts.lines)
    try:
        at_once.propose(movement, facts.lines, step, moves, _told(act, facts.standing, ()))
    except at_once.RefusedByBook:
        movement.pk, movement.went = None, went
        return False
    happened.send(Movement, told=True, **act)
    return True


def _told(
    act: dict[str, Any], known: Standing | None, moves: Sequence[tuple[MovementLine, Blocks]]
) -> list[Model]:
    """The rows that the receivers of `happening` want written."""
    given: list[tuple[Any, Any]] = happening.send(Movement, standing=known, moves=moves, **act)
    return [row for _, rows in given for row in rows]


def _step(
    movement: Movement,
    stage: str,
    answers: dict[int, Answer],
    *,
    by_id: int,
    at: dt.datetime,
    reason: str,
) -> dict[str, Any]:
    """What is kept of a step by the functions that write it: what the checks said, and every way it has gone."""
    steps = [(way.source.value, way.target.value) for way in movement.went]
    movement.went.clear()
    said = as_said(answers)
    return {"stage": stage, "checks": said, "steps": steps, "by": by_id, "at": at, "reason": reason}


def approve_at_once(
    movement: Movement, by: AbstractBaseUser, at: dt.datetime, reason: str, beside: Beside | None
) -> Movement | None:
    """Approve a movement in two statements, the second of which locks and writes.

    Nothing of what the checks look at is held by the lock on the movement, so they may be asked before it; that it
    still awaits its approval, and that the units are there, is looked at under the locks. None, and nothing written,
    where a check fails, the book refuses, or the movement is more than units from one account to another.
    """
    read = at_once.before_decision(movement=movement.pk, by=by.pk, at=at)
    if read is None:
        raise Movement.DoesNotExist(f"There is no movement {movement.pk}.")
    found, lines, before = read
    check_open(found, at)
    deciding_role(found, by, at, before.standing)
    facts = Facts(
        found,
        lines,
        at,
        approver=by,
        standing=before.standing,
        first_blocks=before.blocks,
        participations=before.participates,
    )
    moves = writing.plain_moves(found, lines, by=by, at=at)
    if moves is None or not _are_all(before.blocks, lines):
        return None
    answers = answers_to(facts)
    if any(isinstance(answer, str) for answer in answers.values()):
        return None
    found.go("approve")
    found.decided_by_id, found.decided_at, found.decision = by.pk, at, reason
    step = _step(found, MovementCheck.Stage.APPROVAL, answers, by_id=by.pk, at=at, reason=reason)
    act = {"movement": found, "act": str(found.state), "at": at}
    moving = [(line, blocks or ()) for line, blocks in zip(lines, before.blocks, strict=True)]
    rows = [*(beside(found) if beside else ()), *_told(act, before.standing, moving)]
    try:
        at_once.approve(found, step, moves, rows)
    except at_once.RefusedByBook:
        return None
    happened.send(Movement, told=True, **act)
    return found


def _are_all(blocks: Sequence[Blocks | None], lines: Sequence[MovementLine]) -> bool:
    """Whether these are all the blocks that are reserved for the lines, so that it is known which units move."""
    return all(
        found is not None and sum(last - first + 1 for first, last, _ in found) == line.quantity
        for found, line in zip(blocks, lines, strict=True)
    )
