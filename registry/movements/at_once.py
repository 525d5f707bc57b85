"""A proposal and its approval, each read by one statement and written by another, on PostgreSQL.

Under load every statement costs, on both sides, about as much as what it does. Elsewhere, and for what does not fit
into one statement (`writing.reserved`, `writing.completed`), `doors` goes step by step in a transaction. The functions
are in `registry/sql/postgresql/one_act.sql`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

from django.db import DatabaseError, connections, models, router

from registry import outside
from registry.models import Account
from registry.models_movements import Movement, MovementLine
from registry.movements.facts import A_FEW, Blocks
from registry.movements.standing import NOBODY, Standing
from registry.posting import Asked
from registry.prepared import ask
from registry.written import as_json, as_plain, call_with

Row = TypeVar("Row", bound=models.Model)

REFUSED: Final = "RB001"
"""The SQLSTATE with which the functions refuse; what was refused is its detail."""


class RefusedByBook(Exception):
    """Nothing was written: the book refused one of the moves, or the movement has ended meanwhile."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was read before a proposal: its accounts as they are, how they stand, and the first blocks of each line.

    `number` is the one the movement will have where it is written by one statement, otherwise None.
    """

    source: Account | None
    target: Account | None
    own: Account | None
    standing: Standing | None
    number: int | None = None
    blocks: Sequence[Blocks | None] = ()
    participates: Sequence[bool | None] | None = None
    """For each line whether the target takes part in its project; None where it was not read."""


def is_possible() -> bool:
    """Whether the database has the functions."""
    return connections[router.db_for_write(Movement)].vendor == "postgresql"


def before_proposal(
    *,
    source: int | None,
    target: int | None,
    own: str | None,
    by: int,
    key: str,
    at: dt.datetime,
    lines: Sequence[MovementLine],
) -> Before:
    """What a proposal has to know, and the number it will have."""
    asked = {
        "source": source,
        "target": target,
        "own": own,
        "key": key,
        "at": at,
        "most": A_FEW,
        "lines": [as_plain(line) for line in lines],
    }
    found, participates = _call("registry_before_proposal", asked)
    left, came, kept = (_row(Account, found[name]) for name in ("source", "target", "own"))
    standing = None
    if left is not None:
        entered = came or kept
        standing = _standing(found["standing"], left, entered, by, NOBODY, is_key_used=found["is_key_used"])
    return Before(left, came, kept, standing, found["number"], found["blocks"], participates)


def before_decision(
    *, movement: int, by: int, at: dt.datetime
) -> tuple[Movement, list[MovementLine], Before] | None:
    """The movement with its lines, and what a decision has to know; None where there is no such movement."""
    asked = {"movement": movement, "at": at, "most": A_FEW}
    found, participates = _call("registry_before_decision", asked)
    if found is None:
        return None
    there = _existing(Movement, found["movement"])
    source, target = _row(Account, found["source"]), _row(Account, found["target"])
    for name, account in (("source", source), ("target", target)):
        if account is not None:
            setattr(there, name, account)
    standing = None
    if source is not None:
        standing = _standing(found["standing"], source, target, by, there.proposed_by_id)
    lines = [_existing(MovementLine, line) for line in found["lines"]]
    before = Before(source, target, None, standing, there.pk, found["blocks"], participates)
    return there, lines, before


def propose(
    movement: Movement,
    lines: Sequence[MovementLine],
    step: dict[str, Any],
    moves: Sequence[Asked],
    beside: Sequence[models.Model],
) -> None:
    """Keep a proposal under the number it was given, reserve its units, and write the rows `beside` it.

    Raises:
        RefusedByBook: the units are not free any more, or an account is not open; nothing is kept.
    """
    asked = {
        **step,
        "movement": as_plain(movement),
        "lines": [as_plain(line) for line in lines],
        "moves": moves,
    }
    _write("registry_propose", asked, beside)
    movement._state.adding, movement._state.db = False, router.db_for_write(Movement)


def approve(
    movement: Movement, step: dict[str, Any], moves: Sequence[Asked], beside: Sequence[models.Model]
) -> None:
    """Complete a movement, and write the rows `beside` it.

    Raises:
        RefusedByBook: it has ended meanwhile, or an account is not open; nothing is written.
    """
    _write("registry_approve", {**step, "movement": movement.pk, "moves": moves}, beside)


# --- there and back


def _call(function: str, asked: dict[str, Any]) -> tuple[Any, list[bool | None] | None]:
    """What a function that reads gives, and whether the target takes part in the project of each line."""
    statement = _reading(function, outside.participates_in_sql())
    ((found, participates),) = ask(
        connections[router.db_for_write(Movement)], statement, [as_json(asked)], reads=True
    )
    return found and json.loads(found), participates and json.loads(participates)


@cache
def _reading(function: str, participates: str | None) -> str:
    also = f"{participates}(found->'target', found->'lines')" if participates else "NULL"
    return f"WITH read AS MATERIALIZED (SELECT {function}(%s::jsonb) AS found) SELECT found, {also} FROM read"  # noqa: S608


def _write(function: str, asked: dict[str, Any], beside: Sequence[models.Model]) -> None:
    try:
        call_with(function, as_json(asked), beside, using=router.db_for_write(Movement))
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == REFUSED:
            raise RefusedByBook from error
        raise


def _standing(
    found: dict[str, Any],
    source: Account,
    target: Account | None,
    by: int,
    proposed_by: int,
    *,
    is_key_used: bool = False,
) -> Standing:
    asked = frozenset({by, proposed_by}) - {NOBODY}
    acting = tuple(found["source"])
    return Standing(
        source=source.pk,
        target=(target.pk if target else None) or NOBODY,
        asked=asked,
        represented_by=asked.intersection(acting),
        trusts=found["trusts"],
        has_lapsed=found["has_lapsed"],
        is_key_used=is_key_used,
        representatives={source.pk: acting, **({target.pk: tuple(found["target"])} if target else {})},
        proposer_acts=bool(found["may_act"]) and proposed_by in acting,
    )


def _row(model: type[Row], values: dict[str, Any]) -> Row | None:
    """A row as the database wrote it, None where it found none: then all its values are empty."""
    return _existing(model, values) if values and values["id"] is not None else None


def _existing(model: type[Row], values: dict[str, Any]) -> Row:
    names, columns = _read(model)
    found = [values[column] if read is None else read(values[column]) for column, read in columns]
    return model.from_db(router.db_for_write(model), names, found)


@cache
def _read(
    model: type[models.Model],
) -> tuple[tuple[str, ...], tuple[tuple[str, Callable[[Any], Any] | None], ...]]:
    """The names of the fields, and for each its column and what makes its value of the text in JSON."""
    fields = model._meta.concrete_fields
    return tuple(field.attname for field in fields), tuple(
        (str(field.column), _reader(field)) for field in fields
    )


def _reader(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, models.DateTimeField):
        return lambda text: text and dt.datetime.fromisoformat(text)
    if isinstance(field, models.DateField):
        return lambda text: text and dt.date.fromisoformat(text)
    return None
