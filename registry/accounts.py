"""Accounts: opened, suspended, reopened and closed, each with a record of who did it and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction

from registry import codes
from registry.codes import AccountState, AccountType
from registry.models import Account, AccountRecord, Block
from registry.serials import is_party_code

BOARD = "CDM Executive Board"


class Refused(Exception):
    """The registry will not do what was asked; `sentence` tells the reader why and what helps."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Incomplete(Refused):
    """Something that every act needs is missing: a reason, a key, a holder."""


class WrongAccount(Refused):
    """The account is of a kind, or in a state, for which this is not done."""


class AccountNotOpen(Refused):
    """The account is suspended or closed."""


def check_reason(reason: str) -> str:
    """The reason without surrounding space; refused when nothing is left of it."""
    if not reason.strip():
        raise Incomplete("Say why this is done: the reason is empty.")
    return reason.strip()


def check_at(at: dt.datetime) -> dt.datetime:
    """An instant with its time zone; a naive one is a mistake of the caller, not of a reader."""
    if at.tzinfo is None:
        raise ValueError("`at` must be an aware datetime.")
    return at


def refuse_not_open(account: Account) -> NoReturn:
    """Refuse a movement into or out of an account that is suspended or closed."""
    raise AccountNotOpen(
        f"The account “{account}” is {AccountState(account.state).label.lower()}; units neither leave nor enter it."
    )


def open_account(
    *,
    type: AccountType,
    holder: str,
    party: str = "",
    holder_reference: str = "",
    project_number: int | None = None,
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
) -> Account:
    """Open an account for a holder.

    Args:
        party: code of the Party that authorised the holder or for which the account is kept.
        holder_reference: the caller's own name for the holder, kept and never read here.

    Raises:
        Incomplete: no holder or reason.
        WrongAccount: the registry keeps accounts of this type itself, or the Party's code is malformed or
        missing.
    """
    one = Holder(party=party, holder=holder, holder_reference=holder_reference, project_number=project_number)
    return open_accounts(type=type, holders=[one], by=by, at=at, reason=reason)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """For whom an account is opened, as `open_account` takes it."""

    party: str
    holder: str
    holder_reference: str = ""
    project_number: int | None = None


def open_accounts(
    *,
    type: AccountType,
    holders: Sequence[Holder],
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
) -> list[Account]:
    """Open many accounts of one type in one transaction, as `open_account` opens one.

    Raises:
        Incomplete, WrongAccount: for the first that cannot be opened; then none is.
    """
    for holder in holders:
        check_opening(type, holder)
    with transaction.atomic():
        accounts = Account.objects.bulk_create(
            Account(
                type=type,
                holder=holder.holder.strip(),
                party=holder.party,
                holder_reference=holder.holder_reference,
                project_number=holder.project_number,
            )
            for holder in holders
        )
        record(accounts, AccountRecord.Act.OPENED, by, at, reason)
    return accounts


def check_opening(type: AccountType, holder: Holder) -> None:
    """What every opening has to name.

    Raises:
        Incomplete, WrongAccount: as `open_account` does.
    """
    if type in codes.REGISTRY_ACCOUNTS:
        raise WrongAccount(
            f"The registry keeps its one account “{type.label}” itself; it is not opened for anyone."
        )
    if not holder.holder.strip():
        raise Incomplete("Name the holder of the account.")
    if not is_party_code(holder.party):
        raise WrongAccount(f"“{holder.party}” is not a Party's code of two capital letters, such as BR.")


def own_account(type: AccountType, *, at: dt.datetime) -> Account:
    """The registry's own account of this type, opened when it is first asked for.

    Raises:
        WrongAccount: accounts of this type belong to holders.
    """
    account = Account.objects.filter(type=type).first() if type in codes.REGISTRY_ACCOUNTS else None
    if account is not None:
        return account
    if type not in codes.REGISTRY_ACCOUNTS:
        raise WrongAccount(f"“{type.label}” accounts belong to holders; the registry has none of its own.")
    with transaction.atomic():
        _lock_account_opening()
        account = Account.objects.filter(type=type).first()
        if account is None:
            account = Account.objects.create(type=type, holder=BOARD)
            record(
                [account],
                AccountRecord.Act.OPENED,
                None,
                at,
                "Kept by the registry (appendix D, paragraph 3).",
            )
    return account


def _lock_account_opening() -> None:
    """Let one transaction at a time open an account of the registry's own; there is no row yet to lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('registry.accounts.own'))")


def suspend_account(
    *, account: Account, by: AbstractBaseUser | None, at: dt.datetime, reason: str
) -> Account:
    """Stop every movement into and out of the account until it is reopened.

    Raises:
        WrongAccount: it is not open.
    """
    return _change(
        account,
        source=AccountState.OPEN,
        target=AccountState.SUSPENDED,
        act=AccountRecord.Act.SUSPENDED,
        by=by,
        at=at,
        reason=reason,
    )


def reopen_account(*, account: Account, by: AbstractBaseUser | None, at: dt.datetime, reason: str) -> Account:
    """Let a suspended account take part in movements again.

    Raises:
        WrongAccount: it is not suspended.
    """
    return _change(
        account,
        source=AccountState.SUSPENDED,
        target=AccountState.OPEN,
        act=AccountRecord.Act.REOPENED,
        by=by,
        at=at,
        reason=reason,
    )


def close_account(*, account: Account, by: AbstractBaseUser | None, at: dt.datetime, reason: str) -> Account:
    """Close an empty account for good.

    Raises:
        WrongAccount: it is not open, still holds units, or is one the registry itself needs.
    """
    return _change(
        account,
        source=AccountState.OPEN,
        target=AccountState.CLOSED,
        act=AccountRecord.Act.CLOSED,
        by=by,
        at=at,
        reason=reason,
    )


def _change(
    account: Account,
    *,
    source: AccountState,
    target: AccountState,
    act: AccountRecord.Act,
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
) -> Account:
    with transaction.atomic():
        if account.type in (AccountType.PENDING, AccountType.ADAPTATION_SHARE):
            _wait_for_issuances()
        # FOR UPDATE waits for every movement that touches the account and holds off the next ones.
        locked = Account.objects.select_for_update().get(pk=account.pk)
        if locked.state != source:
            raise WrongAccount(f"The account “{locked}” is {AccountState(locked.state).label.lower()}.")
        if target == AccountState.CLOSED:
            if locked.type in codes.REGISTRY_ACCOUNTS:
                raise WrongAccount(f"The registry itself needs the account “{locked}”; it cannot be closed.")
            if Block.objects.filter(account=locked, spent_by__isnull=True).exists():
                raise WrongAccount(
                    f"The account “{locked}” still holds units; move them out before it is closed."
                )
        locked.state = target
        locked.save(update_fields=["state"])
        record([locked], act, by, at, reason)
    return locked


def _wait_for_issuances() -> None:
    """Hold off every issuance and wait for those that run.

    They lock the counter of their Party, and not the two accounts that all of them share.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE registry_partycounter IN EXCLUSIVE MODE")


def record(
    accounts: Sequence[Account],
    act: AccountRecord.Act,
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
) -> None:
    """Write one record of an act for each of these accounts."""
    check_at(at)
    reason = check_reason(reason)
    AccountRecord.objects.bulk_create(
        AccountRecord(account=account, act=act, by_id=by.pk if by else None, at=at, reason=reason)
        for account in accounts
    )
