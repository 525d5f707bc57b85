"""What is asked of the book, looked at before anything is locked: quantities, shares, periods, keys."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from registry import codes
from registry.accounts import Incomplete, Refused, WrongAccount, check_at, check_reason
from registry.codes import AccountType, EntryKind
from registry.models import Account
from registry.posting import Asked
from registry.serials import LARGEST_SERIAL, SerialRange
from registry.written import as_json

LONGEST_KEY = 120


class NotAQuantity(Refused):
    """The amount is not a whole number of units, at least one."""


class WrongShare(Refused):
    """The share of proceeds does not fit the quantity, its rate or its exemption."""


class WrongUnits(Refused):
    """Party, project, unit type, commitment period, monitoring period or serials do not fit together."""


@dataclass(frozen=True, slots=True)
class ShareOfProceeds:
    """The share of proceeds for adaptation as the rules give it; the book only checks that it adds up.

    `rule` names the source; `exemption` gives the reason where nothing is taken although the rate is not 0.
    """

    units: int
    rate_percent: Decimal
    rule: str
    exemption: str = ""

    def check(self, quantity: int) -> None:
        """Nearest whole unit of the rate, an exact half to the participants (rulebook 0.3).

        Raises:
            WrongShare: units, rate and exemption contradict each other.
        """
        if not self.rule.strip():
            raise WrongShare("Name the rule by which the share of proceeds for adaptation is taken.")
        rate = Decimal(self.rate_percent)
        if not rate.is_finite() or not 0 <= rate <= 100 or rate != round(rate, 2):
            raise WrongShare(f"The rate {self.rate_percent} is not a percentage with at most two decimals.")
        nearest, rest = divmod(int(rate * 100) * quantity, 10_000)
        due = 0 if self.exemption else nearest + (rest > 5_000)
        if self.units != due:
            raise WrongShare(
                f"The share of proceeds for adaptation of {quantity} units at {rate:f} per cent"
                f"{' with an exemption' if self.exemption else ''} is {due}, not {self.units}."
            )


def check_quantity(quantity: object) -> int:
    """A whole number of units from 1 to 15 digits."""
    if type(quantity) is not int:
        raise NotAQuantity(f"An amount is a whole number of units, not {quantity!r}.")
    if quantity < 1:
        raise NotAQuantity(f"At least one unit is needed, not {quantity}.")
    if quantity > LARGEST_SERIAL:
        raise NotAQuantity(f"{quantity} units are more than a Party's serial numbers can count.")
    return quantity


def check_shares(shares: Sequence[tuple[Account, int]]) -> list[tuple[int, int]]:
    """Account numbers with quantities, each account once."""
    wanted = [(account.pk, check_quantity(units)) for account, units in shares]
    if len({account_id for account_id, _ in wanted}) < len(wanted):
        raise WrongAccount("An account is named twice; add its amounts together.")
    return wanted


def check_forward_targets(accounts: Iterable[Account]) -> None:
    """Forwarded units go to holders, to another registry, or to the adaptation account (EB 20, paragraph
    70).
    """
    allowed = (*codes.HOLDING_ACCOUNTS, AccountType.OTHER_REGISTRY, AccountType.ADAPTATION_SHARE)
    for account in accounts:
        if account.account_type not in allowed:
            raise WrongAccount(
                f"Units cannot be forwarded to the account “{account}”; name a holding account."
            )


def check_source(source: Account, target: Account) -> None:
    """Units move between two accounts, and never out of a final one or one of another registry."""
    if source.pk == target.pk:
        raise WrongAccount("The units are in that account already; name another account to receive them.")
    if source.account_type.is_final or source.account_type == AccountType.OTHER_REGISTRY:
        raise WrongAccount(f"Units never leave the account “{source}”.")


def check_wanted(party: str, quantity: int | None, serials: SerialRange | None) -> int | SerialRange:
    """Either an amount or a range of the Party's serials."""
    if (quantity is None) == (serials is None):
        raise NotAQuantity("Name either an amount or a range of serials.")
    if serials is None:
        return check_quantity(quantity)
    if serials.party != party:
        raise WrongUnits(f"The serials {serials} are not of the Party {party}.")
    return serials


def heading(
    kind: EntryKind,
    *,
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
    key: str,
    content: list[Any],
) -> Asked:
    """What an entry says of itself, with the digest by which the same request is known again.

    Who asks and when is no part of the content: a request repeated after a crash is still the same.
    """
    if not key.strip() or len(key) > LONGEST_KEY:
        raise Incomplete(f"A key of 1 to {LONGEST_KEY} characters is needed, so that nothing is done twice.")
    reason = check_reason(reason)
    text = as_json([*content, reason])
    return {
        "kind": kind.value,
        "key": key,
        "content": hashlib.sha256(text.encode()).hexdigest(),
        "by": by.pk if by else None,
        "at": check_at(at).isoformat(),
        "reason": reason,
    }
