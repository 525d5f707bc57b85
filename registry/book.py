"""The book of units: the only doors through which units are issued and moved.

Each door checks what is asked, locks, writes entries and blocks in one transaction, and can be asked twice:
the same key with the same content gives the same result back. What it refuses, it refuses with a sentence
for the reader, and nothing is changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import astuple

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, connection, transaction

from registry import asked, codes, posting, refusals
from registry.accounts import (
    AccountNotOpen,
    Incomplete,
    Refused,
    WrongAccount,
    close_account,
    open_account,
    own_account,
    reopen_account,
    suspend_account,
)
from registry.asked import NewUnits, NotAQuantity, ShareOfProceeds, WrongShare, WrongUnits
from registry.codes import AccountType, EntryKind, UnitType
from registry.models import Account, Entry, Issuance
from registry.posting import Asked
from registry.refusals import KeyReused, NotEnoughUnits, PeriodOverlaps
from registry.results import Issued, Moved
from registry.serials import SerialRange

__all__ = [
    "AccountNotOpen",
    "Incomplete",
    "Issued",
    "KeyReused",
    "Moved",
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
    "open_account",
    "own_account",
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

    Raises:
        Refused: one of the subclasses in this room, with a sentence; nothing is changed.
    """
    new = NewUnits(
        party=party,
        project_number=project_number,
        unit_type=int(unit_type),
        commitment_period=commitment_period,
        quantity=quantity,
        monitoring_start=monitoring_start,
        monitoring_end=monitoring_end,
        request_reference=request_reference or key,
        correction=correction,
        expires_on=expires_on,
    )
    new.check()
    share.check(quantity)
    shares = asked.check_shares(forward_to)
    if sum(units for _, units in shares) > quantity - share.units:
        raise NotEnoughUnits(
            f"After the share of proceeds {quantity - share.units} units remain; no more can be forwarded."
        )
    content = ["issue", astuple(new), share.units, f"{share.rate_percent:f}", share.exemption, shares]
    wanted: Asked = {
        **asked.heading(EntryKind.ISSUANCE, by=by, at=at, reason=reason, key=key, content=content),
        **new.as_asked(),
        "share_units": share.units,
        "rate_percent": f"{share.rate_percent:f}",
        "rule": share.rule,
        "exemption": share.exemption,
        "targets": shares,
    }
    with _once(wanted):
        outcome = posting.writer().issue(wanted)
        if outcome["outcome"] == "no_account":
            for kind in (AccountType.PENDING, AccountType.ADAPTATION_SHARE):
                own_account(kind, at=at)
            outcome = posting.writer().issue(wanted)
        return refusals.issued(wanted, outcome)


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
    return _move_between(
        EntryKind.DEPARTURE if away else EntryKind.TRANSFER,
        source=source,
        target=target,
        kind_of_units=(party, project_number, int(unit_type), commitment_period),
        wanted=asked.check_wanted(party, quantity, serials),
        by=by,
        at=at,
        reason=reason,
        key=key,
    )


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
    return _move_between(
        EntryKind.CANCELLATION,
        source=source,
        target=own_account(kind, at=at),
        kind_of_units=(party, project_number, int(unit_type), commitment_period),
        wanted=asked.check_wanted(party, quantity, serials),
        by=by,
        at=at,
        reason=reason,
        key=key,
    )


def _move_between(
    kind: EntryKind,
    *,
    source: Account,
    target: Account,
    kind_of_units: tuple[str, int, int, int],
    wanted: int | SerialRange,
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
    key: str,
) -> Moved:
    """Move an amount or these serials, of one kind of units, from one account to one other."""
    asked.check_source(source, target)
    party, project_number, unit_type, period = kind_of_units
    content = [kind.value, source.pk, target.pk, kind_of_units, str(wanted)]
    serials = wanted if isinstance(wanted, SerialRange) else None
    return _move(
        {
            **asked.heading(kind, by=by, at=at, reason=reason, key=key, content=content),
            "source": source.pk,
            "party": party,
            "project_number": project_number,
            "unit_type": unit_type,
            "period": period,
            "first": serials.first if serials else None,
            "last": serials.last if serials else None,
            "targets": [(target.pk, wanted if isinstance(wanted, int) else wanted.units)],
        }
    )


def _move(wanted: Asked) -> Moved:
    with _once(wanted):
        return refusals.moved(wanted, posting.writer().move(wanted))


@contextmanager
def _once(wanted: Asked) -> Iterator[None]:
    """A transaction in which a key that another movement took meanwhile is refused like one taken before.

    PostgreSQL's writer is one statement and so a transaction by itself, unless the caller is in one.
    """
    alone = connection.vendor == "postgresql" and not connection.in_atomic_block
    try:
        with nullcontext() if alone else transaction.atomic():
            yield
    except IntegrityError:
        if Entry.objects.filter(key=wanted["key"]).exclude(content=wanted["content"]).exists():
            raise refusals.key_reused(wanted) from None
        raise
