"""Who hears of a movement of units: those who may decide on it, and then whoever proposed it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from cdm import notices, units_told
from cdm.account_requests import administrators
from cdm.models import User
from cdm.rules.days import instant_in_words
from registry import people
from registry.models_movements import Movement
from registry.movements.life import State
from registry.movements.table import Role


def tell(*, movement: Movement, act: str, at: dt.datetime, **_: Any) -> None:
    """Receives `registry.movements.doors.happened`, inside the transaction of what happened.

    A movement that awaits approval is told to the other representatives of its account, and to the administrators
    where nobody else may approve it; one that has ended, to who proposed it. Of one that is completed the people of
    its accounts hear too, with the transaction number and the serial numbers (rulebook 4.3).
    """
    url = reverse("registry:movement", args=[movement.pk])
    if act == "propose":
        until = instant_in_words(movement.reserved_until) if movement.reserved_until else ""
        sentence = f"{movement} of {movement.units:,} units awaits your decision until {until}"
        told = _who_decide(movement, at)
    else:
        sentence = f"{movement}: {State(act).label.lower()}. {movement.decision}"
        told = {movement.proposed_by_id: movement.proposed_by}
        if movement.decided_by_id:
            told.pop(movement.decided_by_id, None)
        if act == State.COMPLETED:
            units_told.tell(
                movement.entries.order_by("pk"), f"{movement} completed", url=url, at=at, also=told.values()
            )
            return
    notices.tell_users(told.values(), sentence, url=url, at=at)


def _who_decide(movement: Movement, at: dt.datetime) -> dict[int, User]:
    found: dict[int, User] = {}
    if movement.source is not None and Role.REPRESENTATIVE in movement.row.approves:
        found = {row.user_id: row.user for row in people.representatives_now(movement.source, at)}
        found.pop(movement.proposed_by_id, None)
    if not found:
        found = administrators(at)
        found.pop(movement.proposed_by_id, None)
    return found
