"""Who hears of a movement of units: those who may decide on it, and then whoever proposed it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.urls import reverse

from cdm import notices, units_told
from cdm.account_requests import administrators
from cdm.models import Notice
from cdm.rules.days import instant_in_words
from registry import people
from registry.models import Entry
from registry.models_movements import Movement, MovementLine
from registry.movements.facts import Blocks
from registry.movements.life import State
from registry.movements.standing import Standing
from registry.movements.table import Role
from registry.serials import SerialRange


def tell(*, movement: Movement, act: str, at: dt.datetime, told: bool = False, **_: Any) -> None:
    """Receives `registry.movements.doors.happened`: tells of what happened, where that was not `told` with it.

    A movement that awaits approval is told to the other representatives of its account, and to the administrators
    where nobody else may approve it; one that has ended, to who proposed it. Of one that is completed the people of
    its accounts hear too, with the transaction number and the serial numbers (rulebook 4.3).
    """
    if told:
        notices.wake_mail()
    elif act == State.COMPLETED:
        units_told.tell(
            movement.entries.order_by("pk"),
            f"{movement} completed",
            url=_url(movement),
            at=at,
            also=[movement.proposed_by] if _proposer(movement) else [],
        )
    else:
        keys = _who_decide(movement, at) if act == "propose" else _proposer(movement)
        notices.tell_keys(keys, _sentence(movement, act), url=_url(movement), at=at)


def rows(
    *,
    movement: Movement,
    act: str,
    at: dt.datetime,
    standing: Standing | None,
    moves: Sequence[tuple[MovementLine, Blocks]],
    **_: Any,
) -> list[Notice]:
    """Receives `registry.movements.doors.happening`: the same notices, to be written with what happens.

    A transaction number stands in them as a place, since the book gives it as it writes.
    """
    url = _url(movement)
    known = standing.representatives if standing else None
    if act != State.COMPLETED:
        keys = _who_decide(movement, at, known) if act == "propose" else _proposer(movement)
        return notices.to_write(keys, _sentence(movement, act), url=url, at=at)
    parts = [
        units_told.Part(
            # an entry that is not written yet
            Entry(pk=f"{{entry:{number}}}", kind=movement.row.entry, at=at),
            movement.source,
            movement.target,
            SerialRange(line.party, first, last),
            (line.party, line.project_number),
        )
        for number, (line, blocks) in enumerate(moves, start=1)
        for first, last, _ in blocks
        if movement.target is not None
    ]
    heard = units_told.sentences(
        parts, f"{movement} completed", at=at, also=_proposer(movement), representatives=known
    )
    return [one for text, keys in heard.items() for one in notices.to_write(keys, text, url=url, at=at)]


def _sentence(movement: Movement, act: str) -> str:
    if act == "propose":
        until = instant_in_words(movement.reserved_until) if movement.reserved_until else ""
        return f"{movement} of {movement.units:,} units awaits your decision until {until}"
    return f"{movement}: {State(act).label.lower()}. {movement.decision}"


def _url(movement: Movement) -> str:
    return _address().replace("/0/", f"/{movement.pk}/")


@cache
def _address() -> str:
    """The page of the movement 0, made once: two are needed for every movement."""
    return reverse("registry:movement", args=[0])


def _proposer(movement: Movement) -> list[int]:
    """Who proposed it, unless it is the same person that ended it."""
    return [movement.proposed_by_id] if movement.proposed_by_id != movement.decided_by_id else []


def _who_decide(
    movement: Movement, at: dt.datetime, known: Mapping[int, Sequence[int]] | None = None
) -> list[int]:
    found: list[int] = []
    if movement.source is not None and Role.REPRESENTATIVE in movement.row.approves:
        if known is None:
            found = [row.user_id for row in people.representatives_now(movement.source, at)]
        else:
            found = list(known[movement.source.pk])
    found = [key for key in found if key != movement.proposed_by_id]
    return found or [key for key in administrators(at) if key != movement.proposed_by_id]
