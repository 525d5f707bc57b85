"""How the persons and accounts of a movement stand to each other, asked of the database in one question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import BigIntegerField, CharField, DateTimeField, Exists, QuerySet

from registry import people
from registry.models import Account
from registry.models_accounts import AccountRepresentative, TrustedAccount
from registry.models_movements import Movement
from registry.movements.life import State
from registry.prepared import Prepared

NOBODY = 0
"""No account and no person has this key."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What was true of a source account at one instant.

    `represented_by` holds those of the persons `asked` after who represent it; `trusts` is said of the account
    `target`. `has_lapsed`: one of its proposals has lapsed and nobody has ended it. `is_key_used`: by a movement.
    """

    source: int
    target: int
    asked: frozenset[int]
    represented_by: frozenset[int]
    trusts: bool
    has_lapsed: bool
    is_key_used: bool
    representatives: Mapping[int, Sequence[int]] | None = None
    """By account, where they were read: everybody who acts for it, in the order in which they were named."""
    proposer_acts: bool | None = None
    """Whether who proposed still represents the source and may act; None where it was not read."""

    def represents(self, by: AbstractBaseUser, source: Account, at: dt.datetime) -> bool:
        """As `people.is_representative`, without asking again where it is known."""
        if source.pk != self.source or by.pk not in self.asked:
            return people.is_representative(by, source, at)
        return people.may_act(by) and by.pk in self.represented_by


def lapsed(at: Any) -> QuerySet[Movement]:
    """Movements whose reservation has ended though nobody has ended them, the earliest first."""
    due = Movement.objects.filter(state=State.AWAITING_APPROVAL, reserved_until__lte=at)
    return due.order_by("reserved_until", "pk")


def _asked(source: Any, target: Any, one: Any, other: Any, key: Any, at: Any) -> QuerySet[Any, Any]:
    held = AccountRepresentative.objects.held_at(at).filter(account_id=source)
    trusted = TrustedAccount.objects.held_at(at).filter(account_id=source, trusted_id=target)
    return (
        Account.objects.filter(pk=source)
        .order_by()
        .values_list(
            Exists(held.filter(user_id=one)),
            Exists(held.filter(user_id=other)),
            Exists(trusted),
            Exists(lapsed(at).filter(source_id=source)),
            Exists(Movement.objects.filter(key=key)),
        )
    )


_ASKED: Prepared[Any] = Prepared(
    _asked,
    source=BigIntegerField(),
    target=BigIntegerField(),
    one=BigIntegerField(),
    other=BigIntegerField(),
    key=CharField(),
    at=DateTimeField(),
)


def read(
    *,
    source: Account | None,
    target: Account | None,
    by: AbstractBaseUser,
    proposed_by: int | None = None,
    key: str = "",
    at: dt.datetime,
) -> Standing | None:
    """How `by`, and who proposed, stand to the accounts; None where no account of ours is left."""
    if source is None or source.pk is None:
        return None
    there, persons = (target.pk if target else None) or NOBODY, (by.pk, proposed_by or NOBODY)
    rows = _ASKED(source=source.pk, target=there, one=persons[0], other=persons[1], key=key, at=at)
    if not rows:
        return None
    *represents, trusts, has_lapsed, is_key_used = map(bool, rows[0])
    asked = frozenset(persons) - {NOBODY}
    represented_by = frozenset(who for who, does in zip(persons, represents, strict=True) if does)
    return Standing(source.pk, there, asked, represented_by, trusts, has_lapsed, is_key_used)
