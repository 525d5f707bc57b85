"""The book of units: the only doors through which units are issued and moved.

Each door checks what is asked, locks, writes entries and blocks in one transaction, and can be asked twice:
the same key with the same content gives the same result back. What it refuses, it refuses with a sentence
for the reader, and nothing is changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction

from registry import asked, codes, posting, refusals
from registry.accounts import (
    AccountNotOpen,
    Holder,
    Incomplete,
    Refused,
    WrongAccount,
    close_account,
    open_account,
    open_accounts,
    own_account,
    reopen_account,
    suspend_account,
)
from registry.asked import NotAQuantity, ShareOfProceeds, WrongShare, WrongUnits
from registry.codes import AccountType, EntryKind, UnitType
from registry.models import Account, Entry, Issuance
from registry.orders import ArrivalOrder, IssuanceOrder, MovementOrder
from registry.posting import Asked, Outcome
from registry.refusals import KeyReused, NotEnoughUnits, PeriodOverlaps
from registry.results import Issued, Moved
from registry.serials import SerialRange, UnitBlockIdentifier

Result = TypeVar("Result", Issued, Moved)

__all__ = [
    "AccountNotOpen",
    "Holder",
    "Incomplete",
    "IssuanceOrder",
    "Issued",
    "KeyReused",
    "Moved",
    "MovementOrder",
    "NotAQuantity",
    "NotEnoughUnits",
    "PeriodOverlaps",
    "Refused",
    "ShareOfProceeds",
    "WrongAccount",
    "WrongShare",
    "WrongUnits",
    "cancel",
    "close_account",
    "forward",
    "issue",
    "issue_many",
    "move_many",
    "open_account",
    "open_accounts",
    "own_account",
    "receive",
    "reopen_account",
    "suspend_account",
    "transfer",
]


def issue(
    *,
    party: str,
    project_number: int,
    unit_type: UnitType | int = UnitType.CER,
    commitment_period: int,
    quantity: int,
    share: ShareOfProceeds,
    monitoring_start: dt.date,
    monitoring_end: dt.date,
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
    key: str,
    request_reference: str = "",
    forward_to: Sequence[tuple[Account, int]] = (),
    correction: str = "",
    expires_on: dt.date | None = None,
    movement: int | None = None,
) -> Issued:
    """Issue units of one project, monitoring period and commitment period (3/CMP.1 annex, paragraph 66).

    The units get the next serials of the Party and come into the pending account by one entry. A second entry
    moves the share of proceeds, the lowest serials, to the adaptation account. The rest waits in the pending
    account, or goes on at once to the accounts of `forward_to` by a third entry.

    Args:
        quantity: units of 1 t CO2 equivalent.
        monitoring_start, monitoring_end: first and last day, both inside `commitment_period`; a request
            across 31 December 2012 is two calls with one `request_reference` and two keys.
        correction: a recorded reason for which the monitoring period may overlap one issued for before.
        expires_on: for tCERs and lCERs only, and always for them (5/CMP.1 annex, paragraph 40).
        movement: number of the movement that brings it about (a reissue).

    Raises:
        Refused: one of the subclasses in this room, with a sentence; nothing is changed.
    """
    order = IssuanceOrder(
        party=party,
        project_number=project_number,
        unit_type=unit_type,
        commitment_period=commitment_period,
        quantity=quantity,
        share=share,
        monitoring_start=monitoring_start,
        monitoring_end=monitoring_end,
        by=by,
        at=at,
        reason=reason,
        key=key,
        request_reference=request_reference,
        forward_to=forward_to,
        correction=correction,
        expires_on=expires_on,
        movement=movement,
    )
    wanted = order.asked()
    outcome = _once(wanted, posting.writer().issue)
    if outcome["outcome"] == "no_account":
        _open_own_accounts(at)
        outcome = _once(wanted, posting.writer().issue)
    return refusals.issued(wanted, outcome)


def issue_many(*, orders: Sequence[IssuanceOrder]) -> list[Issued | Refused]:
    """Issue for many orders in turn, in few transactions; each is done or refused by itself, as by `issue`.

    The result of each order stands at its place. A transaction holds the counters of its Parties until it
    ends.
    """
    if orders:
        _open_own_accounts(orders[0].at)
    return _many(orders, posting.writer().issue_many, refusals.issued)


def move_many(*, orders: Sequence[MovementOrder]) -> list[Moved | Refused]:
    """Make many movements in turn, in few transactions; each is done or refused by itself."""
    return _many(orders, posting.writer().move_many, refusals.moved)


def _many(
    orders: Sequence[IssuanceOrder] | Sequence[MovementOrder],
    write: Callable[[list[Asked]], list[Outcome]],
    result: Callable[[Asked, Outcome], Result],
) -> list[Result | Refused]:
    results: list[Result | Refused] = []
    for start in range(0, len(orders), posting.MOST_AT_ONCE):
        wanted: list[Asked | Refused] = []
        for order in orders[start : start + posting.MOST_AT_ONCE]:
            try:
                wanted.append(order.asked())
            except Refused as refusal:
                wanted.append(refusal)
        rows = [row for row in wanted if not isinstance(row, Refused)]
        with transaction.atomic():
            outcomes = iter(write(rows))
        for row in wanted:
            try:
                results.append(row if isinstance(row, Refused) else result(row, next(outcomes)))
            except Refused as refusal:
                results.append(refusal)
    return results


def _open_own_accounts(at: dt.datetime) -> None:
    for kind in (AccountType.PENDING, AccountType.ADAPTATION_SHARE):
        own_account(kind, at=at)


def forward(
    *,
    issuance: Issuance,
    shares: Sequence[tuple[Account, int]],
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
    key: str,
) -> Moved:
    """Send units of an issuance from the pending account to accounts, in the order given, lowest serials
    first.

    A part may be forwarded and the rest later (EB 21, paragraph 70).

    Raises:
        Refused: one of the subclasses in this room, with a sentence; nothing is changed.
    """
    targets = asked.check_shares(shares)
    if not targets:
        raise NotAQuantity("Name at least one account and the units it is to receive.")
    asked.check_forward_targets(account for account, _ in shares)
    content = ["forward", issuance.pk, targets]
    return _move(
        {
            **asked.heading(EntryKind.FORWARDING, by=by, at=at, reason=reason, key=key, content=content),
            "source": own_account(AccountType.PENDING, at=at).pk,
            "party": issuance.party,
            "project_number": issuance.project_number,
            "unit_type": issuance.unit_type,
            "period": issuance.commitment_period,
            "first": issuance.first,
            "last": issuance.last,
            "targets": targets,
        }
    )


def receive(
    *,
    account: Account,
    units: UnitBlockIdentifier,
    expires_on: dt.date | None = None,
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
    key: str,
) -> Moved:
    """Take units that another registry issued, such as ERUs, into a holding account.

    Raises:
        Refused: one of the subclasses in this room, with a sentence; nothing is changed.
    """
    order = ArrivalOrder(
        account=account, units=units, expires_on=expires_on, by=by, at=at, reason=reason, key=key
    )
    wanted = order.asked()
    return refusals.moved(wanted, _once(wanted, posting.writer().arrive))


def transfer(
    *,
    source: Account,
    target: Account,
    party: str,
    project_number: int,
    unit_type: UnitType | int = UnitType.CER,
    commitment_period: int,
    quantity: int | None = None,
    serials: SerialRange | None = None,
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
    key: str,
) -> Moved:
    """Move units of one project from one account to another: an amount, lowest serials first, or these
    serials.

    Raises:
        Refused: one of the subclasses in this room, with a sentence; nothing is changed.
    """
    if source.account_type == AccountType.PENDING:
        raise WrongAccount("Units in the pending account are forwarded by their issuance, not transferred.")
    if target.account_type not in (*codes.HOLDING_ACCOUNTS, AccountType.OTHER_REGISTRY):
        raise WrongAccount(f"Units cannot be transferred to the account “{target}”; cancel them instead.")
    away = target.account_type == AccountType.OTHER_REGISTRY
    order = MovementOrder(
        kind=EntryKind.DEPARTURE if away else EntryKind.TRANSFER,
        source=source,
        target=target,
        party=party,
        project_number=project_number,
        unit_type=unit_type,
        commitment_period=commitment_period,
        quantity=quantity,
        serials=serials,
        by=by,
        at=at,
        reason=reason,
        key=key,
    )
    return _move(order.asked())


def cancel(
    *,
    source: Account,
    kind: AccountType = AccountType.VOLUNTARY_CANCELLATION,
    party: str,
    project_number: int,
    unit_type: UnitType | int = UnitType.CER,
    commitment_period: int,
    quantity: int | None = None,
    serials: SerialRange | None = None,
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
    key: str,
) -> Moved:
    """Cancel units of one project for good: an amount, lowest serials first, or these serials.

    `kind` is the cancellation account they go to. Nothing ever leaves it (appendix D, paragraph 8).

    Raises:
        Refused: one of the subclasses in this room, with a sentence; nothing is changed.
    """
    if kind not in codes.CANCELLATION_ACCOUNTS:
        raise WrongAccount(f"“{AccountType(kind).label}” is not a kind of cancellation.")
    order = MovementOrder(
        kind=EntryKind.CANCELLATION,
        source=source,
        target=own_account(kind, at=at),
        party=party,
        project_number=project_number,
        unit_type=unit_type,
        commitment_period=commitment_period,
        quantity=quantity,
        serials=serials,
        by=by,
        at=at,
        reason=reason,
        key=key,
    )
    return _move(order.asked())


def _move(wanted: Asked) -> Moved:
    return refusals.moved(wanted, _once(wanted, posting.writer().move))


def _once(wanted: Asked, write: Callable[[Asked], Outcome]) -> Outcome:
    """Write in a transaction; a key that another movement took meanwhile is refused like one taken before.

    PostgreSQL's writer is one statement and so a transaction by itself, unless the caller is in one.
    """
    using = connections[DEFAULT_DB_ALIAS]
    try:
        if using.vendor == "postgresql" and not using.in_atomic_block:
            return write(wanted)
        with transaction.atomic():
            return write(wanted)
    except IntegrityError:
        if Entry.objects.filter(key=wanted["key"]).exclude(content=wanted["content"]).exists():
            raise refusals.key_reused(wanted) from None
        raise
