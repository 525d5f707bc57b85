"""Who may propose, approve and reject a movement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser

from registry import people
from registry.accounts import Refused
from registry.models import Account
from registry.models_movements import Movement
from registry.movements.standing import Standing
from registry.movements.table import Role


class NotYours(Refused):
    """The person holds no role in which this can be done here."""


def held_role(
    roles: Sequence[Role],
    by: AbstractBaseUser,
    source: Account | None,
    at: dt.datetime,
    standing: Standing | None = None,
) -> Role | None:
    """The first of the roles in which the person acts on this account; the others are not asked after."""
    for role in roles:
        if role == Role.ADMINISTRATOR and people.is_administrator(by, at):
            return role
        if role == Role.REPRESENTATIVE and represents(by, source, at, standing):
            return role
    return None


def represents(
    by: AbstractBaseUser, source: Account | None, at: dt.datetime, standing: Standing | None = None
) -> bool:
    """Whether the person acts for the account; nobody does for none."""
    if source is None:
        return False
    return standing.represents(by, source, at) if standing else people.is_representative(by, source, at)


def proposing_role(
    roles: Sequence[Role],
    by: AbstractBaseUser,
    source: Account | None,
    at: dt.datetime,
    standing: Standing | None = None,
) -> Role:
    """The role in which the person proposes.

    Raises:
        NotYours: there is none.
    """
    held = held_role(roles, by, source, at, standing)
    if held is not None:
        return held
    who = " or ".join(str(role.label) for role in roles)
    raise NotYours(f"Only {who} can propose this.")


def deciding_role(
    movement: Movement, by: AbstractBaseUser, at: dt.datetime, standing: Standing | None = None
) -> Role:
    """The role in which the person decides.

    Raises:
        NotYours: there is none, or the person proposed it.
    """
    if movement.proposed_by_id == by.pk:
        raise NotYours("You proposed this movement yourself; another person has to decide on it.")
    held = held_role(movement.row.approves, by, movement.source, at, standing)
    if held is not None:
        return held
    who = " or ".join(str(role.label) for role in movement.row.approves)
    raise NotYours(f"Only {who} can decide on this.")
