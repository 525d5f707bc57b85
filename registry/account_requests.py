"""The doors to an account's life: somebody asks, an administrator who is somebody else approves, and then it is done.

Opening, suspending, reopening and closing an account, changing who represents it and where it may send. A request
approved is carried out in the same transaction, by `registry.accounts`, with a record of each act. What is refused
is refused with a sentence for the reader, and nothing is changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.dispatch import Signal

from registry import account_checks as checks
from registry import account_request_moves as moves
from registry import accounts, people
from registry.accounts import Holder, Incomplete, Refused, check_at, check_reason, record
from registry.asked import LONGEST_KEY
from registry.codes import AccountType
from registry.models import Account, AccountRecord
from registry.models_accounts import (
    AccountRepresentative,
    AccountRequest,
    RequestedChange,
    TrustedAccount,
)
from registry.refusals import SENT_BEFORE, KeyReused

Kind = AccountRequest.Kind
Add, End = RequestedChange.Act.ADD, RequestedChange.Act.END
RecordAct = AccountRecord.Act
LONGEST_REASON: Final = 2000

happened: Final = Signal()
"""Sent inside the transaction with `request`, `act` (propose, approve, reject, cancel), `by` and `at`: the project may
keep a record of its own. What a receiver raises undoes the act.
"""


class DoesNotFit(Refused):
    """What is asked for cannot be done as it is asked."""


class NotAllowed(Refused):
    """The person may not ask for this, or not decide on it."""


class AlreadyDecided(Refused):
    """The request was decided before."""


class ChangedMeanwhile(Refused):
    """The account is no longer as it was when this was asked for."""


def propose_opening(
    *,
    type: AccountType | str,
    party: str,
    holder: str,
    holder_reference: str = "",
    project_number: int | None = None,
    representatives: Sequence[AbstractBaseUser] = (),
    by: AbstractBaseUser,
    at: dt.datetime,
    reason: str,
    key: str,
) -> AccountRequest:
    """Ask for an account to be opened for a holder, with its first representatives.

    Args:
        party: code of the Party that authorised the holder or for which the account is kept.
        holder_reference: the caller's own name for the holder, kept and never read here.
        key: the caller's; the same key with the same content gives the same request back.

    Raises:
        Refused: one of its subclasses, with a sentence; nothing is changed.
    """
    request = AccountRequest(
        kind=Kind.OPEN,
        type=checks.account_type(type),
        party=party,
        holder=holder.strip(),
        holder_reference=holder_reference,
        project_number=project_number,
    )
    changes = [RequestedChange(act=Add, representative_id=user.pk) for user in representatives]
    return _propose(request, changes, by=by, at=at, reason=reason, key=key)


def propose_change(
    *,
    kind: AccountRequest.Kind | str,
    account: Account,
    add_representatives: Sequence[AbstractBaseUser] = (),
    end_representatives: Sequence[AbstractBaseUser] = (),
    add_trusted: Sequence[Account] = (),
    end_trusted: Sequence[Account] = (),
    by: AbstractBaseUser,
    at: dt.datetime,
    reason: str,
    key: str,
) -> AccountRequest:
    """Ask for an account to be suspended, reopened or closed, or for its people or trusted accounts to be changed.

    Raises:
        Refused: one of its subclasses, with a sentence; nothing is changed.
    """
    if kind not in Kind.values or kind == Kind.OPEN:
        known = ", ".join(one.value for one in Kind if one != Kind.OPEN)
        raise DoesNotFit(f"“{kind}” is not asked of an account. Ask for one of these: {known}.")
    changes = [
        *(RequestedChange(act=End, representative_id=user.pk) for user in end_representatives),
        *(RequestedChange(act=Add, representative_id=user.pk) for user in add_representatives),
        *(RequestedChange(act=End, trusted=other) for other in end_trusted),
        *(RequestedChange(act=Add, trusted=other) for other in add_trusted),
    ]
    request = AccountRequest(kind=Kind(kind), account=account)
    return _propose(request, changes, by=by, at=at, reason=reason, key=key)


def approve(
    *, request: AccountRequest, by: AbstractBaseUser, at: dt.datetime, reason: str = ""
) -> AccountRequest:
    """Carry out what was asked for. `opened` of the request returned is the account that was opened.

    Raises:
        NotAllowed: not a registry administrator, or the one who asked, or one with a part in the account.
        AlreadyDecided, ChangedMeanwhile, DoesNotFit, WrongAccount: with a sentence; nothing is changed.
    """
    with transaction.atomic():
        locked = _locked(request)
        check_may_decide(locked, "approve", by=by, at=at)
        changes = list(locked.changes.select_related("representative", "trusted"))
        if locked.account_id:
            locked.account = Account.objects.select_for_update().get(pk=locked.account_id)
            _check_unchanged(locked.account, locked)
        _refuse_if(DoesNotFit, _what_does_not_fit(locked, changes, at))
        locked.opened = _carry_out(locked, changes, by, at)
        return _decide(locked, "approve", by=by, at=at, reason=reason.strip())


def reject(*, request: AccountRequest, by: AbstractBaseUser, at: dt.datetime, reason: str) -> AccountRequest:
    """Do not do what was asked for.

    Raises:
        NotAllowed: not a registry administrator, or the one who asked, who cancels instead.
        AlreadyDecided, Incomplete: with a sentence; nothing is changed.
    """
    with transaction.atomic():
        locked = _locked(request)
        check_may_decide(locked, "reject", by=by, at=at)
        return _decide(locked, "reject", by=by, at=at, reason=check_reason(reason))


def cancel(*, request: AccountRequest, by: AbstractBaseUser, at: dt.datetime, reason: str) -> AccountRequest:
    """Take one's own request back.

    Raises:
        NotAllowed: somebody else asked for it.
        AlreadyDecided, Incomplete: with a sentence; nothing is changed.
    """
    with transaction.atomic():
        locked = _locked(request)
        check_may_decide(locked, "cancel", by=by, at=at)
        return _decide(locked, "cancel", by=by, at=at, reason=check_reason(reason))


def check_may_decide(request: AccountRequest, move: str, *, by: AbstractBaseUser, at: dt.datetime) -> None:
    """Whether the person may approve, reject or cancel this request now; pages ask before they show a button.

    Raises:
        AlreadyDecided: it was decided before.
        NotAllowed: it is not this person's to decide so.
    """
    if not request.is_awaiting:
        raise AlreadyDecided(
            f"This request was {request.state_label.lower()} by {request.decided_by} "
            f"on {request.decided_at:%-d %B %Y}; nothing more is done about it."
        )
    check = {"approve": checks.of_approver, "reject": checks.of_rejecter, "cancel": checks.of_canceller}[move]
    _refuse_if(NotAllowed, check(request, by, at))


def _propose(
    request: AccountRequest,
    changes: list[RequestedChange],
    *,
    by: AbstractBaseUser,
    at: dt.datetime,
    reason: str,
    key: str,
) -> AccountRequest:
    if not key.strip() or len(key) > LONGEST_KEY:
        raise Incomplete(f"A key of 1 to {LONGEST_KEY} characters is needed, so that nothing is asked twice.")
    request.reason = check_reason(reason)
    if len(request.reason) > LONGEST_REASON:
        raise DoesNotFit(f"Give the reason in at most {LONGEST_REASON:,} characters.")
    request.key, request.changes_asked = key, len(changes)
    request.proposed_by_id, request.proposed_at = by.pk, check_at(at)
    request.content = _content(request, changes)
    if earlier := _earlier(request):
        return earlier
    try:
        with transaction.atomic():
            return _write(request, changes, by, at)
    except IntegrityError:
        # the same key at the same moment, in another transaction
        if earlier := _earlier(request):
            return earlier
        raise


def _write(
    request: AccountRequest, changes: list[RequestedChange], by: AbstractBaseUser, at: dt.datetime
) -> AccountRequest:
    if request.account_id:
        # whoever closes the account meanwhile waits, or is waited for
        request.account = Account.objects.select_for_update(no_key=True).get(pk=request.account_id)
        request.last_record = request.account.records.order_by("id").last()
    _refuse_if(NotAllowed, checks.of_proposer(request.kind, request.account, by, at))
    _refuse_if(DoesNotFit, _what_does_not_fit(request, changes, at))
    request.save(force_insert=True)
    for change in changes:
        change.request = request
        change.save(force_insert=True)
    happened.send(AccountRequest, request=request, act="propose", by=by, at=at)
    return request


def _earlier(request: AccountRequest) -> AccountRequest | None:
    """The request made under this key before, if it asked for the same."""
    found = AccountRequest.objects.filter(key=request.key).first()
    if found is not None and found.content != request.content:
        raise KeyReused(SENT_BEFORE)
    return found


def _content(request: AccountRequest, changes: Iterable[RequestedChange]) -> str:
    """The digest of what is asked and by whom; the instant is no part of it."""
    asked: list[Any] = [
        request.kind, request.account_id, request.type, request.party, request.holder, request.holder_reference,
        request.project_number, request.proposed_by_id, request.reason,
        [[change.act, change.representative_id, change.trusted_id] for change in changes],
    ]  # fmt: skip
    text = json.dumps(asked, default=str, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _what_does_not_fit(
    request: AccountRequest, changes: Sequence[RequestedChange], at: dt.datetime
) -> Iterator[str]:
    """Asked when the request is made and again when it is approved."""
    add, end = _users(changes, Add), _users(changes, End)
    if request.kind == Kind.OPEN:
        kind = AccountType(request.type)
        accounts.check_opening(kind, Holder(party=request.party, holder=request.holder))
        if len(request.holder) > 200:
            yield "The name of the holder has at most 200 characters."
        if request.project_number is not None and not 1 <= request.project_number <= 9_999_999:
            yield f"{request.project_number} is not a project number of one to seven digits."
        yield from checks.of_party(kind, request.party, at)
        yield from checks.of_representatives(kind, current=[], add=add, end=[], at=at)
        return
    account = request.account
    if account is None:
        raise TypeError("a request to change an account names it")
    unfit = list(checks.of_state(request, account))
    yield from unfit
    if unfit:
        return
    trusted = [change for change in changes if change.trusted_id]
    if request.kind == Kind.CHANGE_REPRESENTATIVES:
        current = [row.user for row in people.representatives_of(account, at)]
        yield from checks.of_representatives(account.account_type, current=current, add=add, end=end, at=at)
    elif request.kind == Kind.CHANGE_TRUSTED_ACCOUNTS:
        yield from checks.of_trusted(account, add=_accounts(changes, Add), end=_accounts(changes, End), at=at)
    yield from _what_is_not_of_this_kind(request, bool(add or end), bool(trusted))


def _what_is_not_of_this_kind(request: AccountRequest, has_people: bool, has_trusted: bool) -> Iterator[str]:
    if has_people and request.kind != Kind.CHANGE_REPRESENTATIVES:
        yield "Representatives are changed by a request of their own."
    if has_trusted and request.kind != Kind.CHANGE_TRUSTED_ACCOUNTS:
        yield "Trusted accounts are changed by a request of their own."
    if request.kind == Kind.CHANGE_REPRESENTATIVES and not has_people:
        yield "Name at least one person to add or to end."
    if request.kind == Kind.CHANGE_TRUSTED_ACCOUNTS and not has_trusted:
        yield "Name at least one account to add or to end."


def _check_unchanged(account: Account, request: AccountRequest) -> None:
    last = account.records.order_by("id").last()
    if last is not None and last.pk != request.last_record_id:
        raise ChangedMeanwhile(
            f"The account “{account}” has changed since this was asked for "
            f"({last.get_act_display().lower()} on {last.at:%-d %B %Y}). "
            "Reject this request; it may be asked for again."
        )


def _carry_out(
    request: AccountRequest, changes: Sequence[RequestedChange], by: AbstractBaseUser, at: dt.datetime
) -> Account | None:
    """Do it through the doors of `registry.accounts`; answers the account opened, where one is."""
    reason = f"{request.reason} (request {request.pk}, asked for by {request.proposed_by})"
    if request.account is None:
        opened = accounts.open_account(
            type=AccountType(request.type),
            holder=request.holder,
            party=request.party,
            holder_reference=request.holder_reference,
            project_number=request.project_number,
            by=by,
            at=at,
            reason=reason,
        )
        _change(opened, changes, by, at, reason)
        return opened
    door = {
        Kind.SUSPEND: accounts.suspend_account,
        Kind.REOPEN: accounts.reopen_account,
        Kind.CLOSE: accounts.close_account,
    }.get(Kind(request.kind))
    if door is not None:
        door(account=request.account, by=by, at=at, reason=reason)
    _change(request.account, changes, by, at, reason)
    return None


def _change(
    account: Account,
    changes: Sequence[RequestedChange],
    by: AbstractBaseUser,
    at: dt.datetime,
    reason: str,
) -> None:
    """Ends first, so that a full account can change one for another."""
    for user in _users(changes, End):
        AccountRepresentative.objects.filter(account=account, user__pk=user.pk, until_at=None).update(
            until_at=at
        )
        record([account], RecordAct.REPRESENTATIVE_ENDED, by, at, f"{user}: {reason}")
    for user in _users(changes, Add):
        AccountRepresentative.objects.create(account=account, user_id=user.pk, from_at=at)
        record([account], RecordAct.REPRESENTATIVE_ADDED, by, at, f"{user}: {reason}")
    for other in _accounts(changes, End):
        TrustedAccount.objects.filter(account=account, trusted=other, until_at=None).update(until_at=at)
        record([account], RecordAct.TRUSTED_ACCOUNT_ENDED, by, at, f"{other.identifier}: {reason}")
    for other in _accounts(changes, Add):
        TrustedAccount.objects.create(account=account, trusted=other, from_at=at)
        record([account], RecordAct.TRUSTED_ACCOUNT_ADDED, by, at, f"{other.identifier}: {reason}")


def _locked(request: AccountRequest) -> AccountRequest:
    return AccountRequest.objects.select_for_update(no_key=True).get(pk=request.pk)


def _decide(
    request: AccountRequest, move: str, *, by: AbstractBaseUser, at: dt.datetime, reason: str
) -> AccountRequest:
    with moves.the_door():
        getattr(request, move)()
    request.decided_by_id, request.decided_at, request.decision_reason = by.pk, check_at(at), reason
    request.save(update_fields=["state", "decided_by", "decided_at", "decision_reason", "opened"])
    happened.send(AccountRequest, request=request, act=move, by=by, at=at)
    return request


def _users(changes: Iterable[RequestedChange], act: RequestedChange.Act) -> list[AbstractBaseUser]:
    return [change.representative for change in changes if change.representative and change.act == act]


def _accounts(changes: Iterable[RequestedChange], act: RequestedChange.Act) -> list[Account]:
    return [change.trusted for change in changes if change.trusted and change.act == act]


def _refuse_if(kind: type[Refused], sentences: Iterable[str]) -> None:
    found = list(sentences)
    if found:
        raise kind(" ".join(found))
