"""What does not fit in a request about an account: each check answers with sentences for the reader, or with none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from registry import outside, people
from registry.accounts import WrongAccount
from registry.codes import REGISTRY_ACCOUNTS, AccountState, AccountType
from registry.models import Account, Block
from registry.models_accounts import MOST_ON_A_TEMPORARY_ACCOUNT, AccountRequest, TrustedAccount
from registry.models_movements import Movement
from registry.movements.life import State

Kind = AccountRequest.Kind
Users = Sequence[AbstractBaseUser]
Accounts = Sequence[Account]
NOT_AN_ADMINISTRATOR: Final = "Only a registry administrator decides on requests about accounts."
Named = TypeVar("Named", AbstractBaseUser, Account)

ONLY_FOR_ANNEX_I: Final = (
    AccountType.TEMPORARY_HOLDING,
    AccountType.OTHER_REGISTRY,
    AccountType.RETIREMENT,
    AccountType.TCER_EXPIRY_REPLACEMENT,
    AccountType.LCER_EXPIRY_REPLACEMENT,
    AccountType.LCER_REVERSAL_REPLACEMENT,
    AccountType.LCER_REPORT_REPLACEMENT,
)
"""Retirement and replacement are for Parties with a commitment, and so is a registry of one's own; the temporary
account is for participants whom such a Party authorises before that registry is connected (CP/2004/2, para 57).
"""

ONLY_FOR_OTHERS: Final = (AccountType.HOLDING,)
"""The permanent account is for participants authorised by a Party not in Annex I (3/CMP.1 annex, appendix D, 3(b))."""

FROM_STATE: Final[dict[str, tuple[AccountState, ...]]] = {
    Kind.SUSPEND: (AccountState.OPEN,),
    Kind.REOPEN: (AccountState.SUSPENDED,),
    Kind.CLOSE: (AccountState.OPEN,),
    Kind.CHANGE_REPRESENTATIVES: (AccountState.OPEN, AccountState.SUSPENDED),
    Kind.CHANGE_TRUSTED_ACCOUNTS: (AccountState.OPEN, AccountState.SUSPENDED),
}


def account_type(name: str) -> AccountType:
    """The type with this name.

    Raises:
        WrongAccount: there is none.
    """
    if name not in AccountType.values:
        known = ", ".join(one.value for one in AccountType if one not in REGISTRY_ACCOUNTS)
        raise WrongAccount(f"“{name}” is not a type of account. Name one of these: {known}.")
    return AccountType(name)


def is_annex_i(party: str, at: dt.datetime) -> bool:
    """Whether the Party was in Annex I on the day; the project names a function in REGISTRY_ANNEX_I that knows."""
    name = getattr(settings, "REGISTRY_ANNEX_I", "")
    return bool(name) and bool(import_string(name)(party, at.astimezone(dt.UTC).date()))


def of_party(kind: AccountType, party: str, at: dt.datetime) -> Iterator[str]:
    """Which Parties an account of this type is for."""
    if kind in ONLY_FOR_ANNEX_I and not is_annex_i(party, at):
        yield (
            f"An account of the type “{kind.label}” is opened for Annex I Parties and those they authorise only, "
            f"and {party} is not one."
        )
    if kind in ONLY_FOR_OTHERS and is_annex_i(party, at):
        yield (
            f"{party} is an Annex I Party: whom it authorises is given a temporary holding account, not a "
            "permanent one."
        )


def of_representatives(
    kind: AccountType, *, current: Users, add: Users, end: Users, at: dt.datetime
) -> Iterator[str]:
    """Nobody twice, nobody ended who is not one, nobody who cannot sign in, three at most on a temporary account."""
    current_keys = [user.pk for user in current]
    for user in _twice([*add, *end]):
        yield f"{user} is named twice."
    for user in add:
        if user.pk in current_keys:
            yield f"{user} represents the account already."
        if not user.is_active:
            yield f"{user} cannot sign in any more, so cannot represent an account."
    for user in end:
        if user.pk not in current_keys:
            yield f"{user} does not represent the account."
    left = {*current_keys} - {user.pk for user in end} | {user.pk for user in add}
    if kind == AccountType.TEMPORARY_HOLDING and len(left) > MOST_ON_A_TEMPORARY_ACCOUNT:
        yield f"A temporary holding account has at most three representatives; it would have {len(left)}."


def of_trusted(account: Account, *, add: Accounts, end: Accounts, at: dt.datetime) -> Iterator[str]:
    """No account twice, not itself, none that is closed, none ended that is not trusted."""
    current = set(
        TrustedAccount.objects.held_at(at).filter(account=account).values_list("trusted", flat=True)
    )
    closed = set(
        Account.objects.filter(pk__in=[other.pk for other in add], state=AccountState.CLOSED).values_list(
            "pk", flat=True
        )
    )
    for other in _twice([*add, *end]):
        yield f"The account {other.identifier} is named twice."
    for other in add:
        if other.pk == account.pk:
            yield "An account is not on its own list of trusted accounts."
        elif other.pk in current:
            yield f"The account {other.identifier} is on the list already."
        elif other.pk in closed:
            yield f"The account {other.identifier} is closed."
    for other in end:
        if other.pk not in current:
            yield f"The account {other.identifier} is not on the list of trusted accounts."


def of_state(request: AccountRequest, account: Account) -> Iterator[str]:
    """The account is of a kind and in a state for which this is done; a closed one leaves nothing behind."""
    if account.state not in FROM_STATE[request.kind]:
        yield f"The account “{account}” is {AccountState(account.state).label.lower()}."
        return
    if account.account_type in REGISTRY_ACCOUNTS and request.kind not in (Kind.SUSPEND, Kind.REOPEN):
        yield f"The registry keeps the account “{account}” itself; nobody else acts for it, and it is not closed."
        return
    if request.kind == Kind.CLOSE:
        if Block.objects.filter(account=account, spent_by__isnull=True).exists():
            yield f"The account “{account}” still holds units; move them out before it is closed."
        waiting = awaiting(account).exclude(pk=request.pk).count()
        if waiting:
            yield (
                f"The account “{account}” still has {waiting} open {'request' if waiting == 1 else 'requests'}; "
                "have them decided or cancelled before it is closed."
            )
        expected = [*map(str, _movements_awaiting(account)), *outside.still_asked_of(account)]
        if expected:
            yield (
                f"Units are still to move into or out of the account “{account}”: {'; '.join(expected)}. Have that "
                "decided or withdrawn before the account is closed."
            )


def _movements_awaiting(account: Account) -> QuerySet[Movement]:
    either = Q(source=account) | Q(target=account)
    return Movement.objects.filter(either, state=State.AWAITING_APPROVAL).order_by("pk")


def awaiting(account: Account) -> QuerySet[AccountRequest]:
    """The requests about the account that are not decided."""
    return AccountRequest.objects.filter(account=account, state="awaiting_approval")


def of_proposer(kind: str, account: Account | None, by: AbstractBaseUser, at: dt.datetime) -> Iterator[str]:
    """An administrator asks for anything, a representative for all but opening and reopening."""
    if people.is_administrator(by, at):
        return
    if account is None or kind == Kind.REOPEN:
        yield "Only a registry administrator asks for this."
    elif not people.is_representative(by, account, at):
        yield "Only a registry administrator or a representative of the account asks for this."


def of_approver(request: AccountRequest, by: AbstractBaseUser, at: dt.datetime) -> Iterator[str]:
    """A registry administrator who is somebody else than who asked, and has no part in the account."""
    named = [change.representative_id for change in request.changes.all()]
    if not people.is_administrator(by, at):
        yield NOT_AN_ADMINISTRATOR
    elif request.proposed_by_id == by.pk:
        yield "You asked for this yourself; another registry administrator has to approve it."
    elif by.pk in named or (request.account and people.is_representative(by, request.account, at)):
        yield (
            "You represent this account, or would by this request; another registry administrator has to "
            "approve it."
        )


def of_rejecter(request: AccountRequest, by: AbstractBaseUser, at: dt.datetime) -> Iterator[str]:
    """A registry administrator who is somebody else than who asked."""
    if not people.is_administrator(by, at):
        yield NOT_AN_ADMINISTRATOR
    elif request.proposed_by_id == by.pk:
        yield "You asked for this yourself; cancel it instead."


def of_canceller(request: AccountRequest, by: AbstractBaseUser, at: dt.datetime) -> Iterator[str]:
    """Who asked."""
    if request.proposed_by_id != by.pk:
        yield "Only the person who asked can cancel this; a registry administrator may reject it."


def _twice(named: Sequence[Named]) -> list[Named]:
    return [one for place, one in enumerate(named) if one in named[:place]]
