"""The book of units: the only doors through which units are issued and moved.

Each door checks what is asked, locks, writes entries and blocks in one transaction, and can be asked twice:
the same key with the same content gives the same result back. What it refuses, it refuses with a sentence
for the reader, and nothing is changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from registry import asked, codes, posting, results
from registry.accounts import (
    AccountNotOpen,
    Incomplete,
    Refused,
    WrongAccount,
    check_open,
    close_account,
    open_account,
    own_account,
    reopen_account,
    suspend_account,
)
from registry.asked import (
    Heading,
    NewUnits,
    NotAQuantity,
    PeriodOverlaps,
    ShareOfProceeds,
    WrongShare,
    WrongUnits,
)
from registry.codes import AccountType, EntryKind, UnitType
from registry.models import Account, Block, Entry, Issuance, PartyCounter
from registry.results import FORWARD, Issued, Moved
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


class NotEnoughUnits(Refused):
    """The account holds fewer such units than asked for."""


class KeyReused(Refused):
    """The key was used before, for something else."""


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
    heading = asked.heading(EntryKind.ISSUANCE, by=by, at=at, reason=reason, key=key, content=content)
    with _once(heading):
        counter = posting.lock_counter(party)
        if (done := _done_before(heading)) is not None:
            return results.issued(done, again=True)
        return _issue(heading, counter=counter, new=new, share=share, shares=shares)


def _issue(
    heading: Heading,
    *,
    counter: PartyCounter,
    new: NewUnits,
    share: ShareOfProceeds,
    shares: list[tuple[int, int]],
) -> Issued:
    """Allot serials and write the entries of an issuance, with the counter of the Party locked."""
    pending = own_account(AccountType.PENDING, at=heading.at)
    adaptation = own_account(AccountType.ADAPTATION_SHARE, at=heading.at)
    targets = [account_id for account_id, _ in shares]
    accounts = posting.lock_accounts(receiving=[pending.pk, adaptation.pk, *targets])
    check_open(accounts.values())
    asked.check_forward_targets(accounts[account_id] for account_id in targets)
    new.check_no_overlap()
    entry, issuance, block = posting.bear_new(heading=heading, counter=counter, new=new, pending=pending)
    posting.deduct(heading=heading, issuance=issuance, block=block, share=share, adaptation=adaptation)
    if shares:
        quantity = sum(units for _, units in shares)
        takes = posting.lowest(blocks=_waiting_blocks(issuance, pending), quantity=quantity)
        posting.move(heading=heading, takes=takes, shares=shares, suffix=FORWARD, kind=EntryKind.FORWARDING)
    return results.issued(entry, again=False)


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
    wanted = asked.check_shares(shares)
    if not wanted:
        raise NotAQuantity("Name at least one account and the units it is to receive.")
    heading = asked.heading(
        EntryKind.FORWARDING, by=by, at=at, reason=reason, key=key, content=["forward", issuance.pk, wanted]
    )
    with _once(heading):
        posting.lock_counter(issuance.party)
        if (done := _done_before(heading)) is not None:
            return results.moved(done, again=True)
        pending = own_account(AccountType.PENDING, at=at)
        accounts = posting.lock_accounts(receiving=[pending.pk, *(account_id for account_id, _ in wanted)])
        check_open(accounts.values())
        asked.check_forward_targets(accounts[account_id] for account_id, _ in wanted)
        quantity = sum(units for _, units in wanted)
        try:
            takes = posting.lowest(blocks=_waiting_blocks(issuance, pending), quantity=quantity)
        except posting.TooFew as few:
            raise NotEnoughUnits(
                f"{quantity} units are to be forwarded, but only {few.available} of this issuance are still "
                "in the pending account."
            ) from None
        entry, _ = posting.move(heading=heading, takes=takes, shares=wanted)
        return results.moved(entry, again=False)


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
    return _move(
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
    return _move(
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


def _move(
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
    if source.pk == target.pk:
        raise WrongAccount("The units are in that account already; name another account to receive them.")
    if source.account_type.is_final or source.account_type == AccountType.OTHER_REGISTRY:
        raise WrongAccount(f"Units never leave the account “{source}”.")
    content = [kind.value, source.pk, target.pk, kind_of_units, str(wanted)]
    heading = asked.heading(kind, by=by, at=at, reason=reason, key=key, content=content)
    party, project_number, unit_type, period = kind_of_units
    with _once(heading):
        pending = source.account_type == AccountType.PENDING
        if pending:
            posting.lock_counter(party)
        accounts = posting.lock_accounts(
            spending=[] if pending else [source.pk], receiving=[target.pk, *([source.pk] if pending else [])]
        )
        if (done := _done_before(heading)) is not None:
            return results.moved(done, again=True)
        check_open(accounts.values())
        blocks = posting.live(
            account=source,
            party=party,
            project_number=project_number,
            unit_type=unit_type,
            applicable_period=period,
        )
        units = wanted if isinstance(wanted, int) else wanted.units
        try:
            takes = (
                posting.lowest(blocks=blocks, quantity=wanted)
                if isinstance(wanted, int)
                else posting.exactly(blocks=blocks, serials=wanted)
            )
        except posting.TooFew as few:
            what = f"{UnitType(unit_type).label}s of project {party}-{project_number:04}, period {period}"
            those = f"the {units}" if isinstance(wanted, int) else f"the {units} units {wanted},"
            raise NotEnoughUnits(
                f"The account “{source}” holds only {few.available} of {those} {what}."
            ) from None
        entry, _ = posting.move(heading=heading, takes=takes, shares=[(target.pk, units)])
        return results.moved(entry, again=False)


@contextmanager
def _once(heading: Heading) -> Iterator[None]:
    """A transaction in which a key that another movement took meanwhile is refused like one taken before."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        if Entry.objects.filter(key=heading.key).exclude(content=heading.content).exists():
            raise _key_reused(heading) from None
        raise


def _key_reused(heading: Heading) -> KeyReused:
    return KeyReused(f"The key “{heading.key}” was used before for something else; take a new one.")


def _done_before(heading: Heading) -> Entry | None:
    """The entry already written under this key, if the same was asked then."""
    entry = Entry.objects.filter(key=heading.key).first()
    if entry is not None and entry.content != heading.content:
        raise _key_reused(heading)
    return entry


def _waiting_blocks(issuance: Issuance, pending: Account) -> QuerySet[Block]:
    """The live blocks of the issuance in the pending account."""
    return posting.live(
        account=pending,
        party=issuance.party,
        project_number=issuance.project_number,
        unit_type=issuance.unit_type,
        applicable_period=issuance.commitment_period,
        first__range=(issuance.first, issuance.last),
    )
