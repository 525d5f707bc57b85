"""How a request about an account is told, on pages and in records."""

from __future__ import annotations

from registry.codes import AccountType
from registry.models_accounts import AccountRequest, RequestedChange

Kind = AccountRequest.Kind


def summary(request: AccountRequest) -> str:
    """What is asked for, in one line: “Suspend the account BR-100-1001-0-89”."""
    if request.kind == Kind.OPEN:
        label = AccountType(request.type).label.lower()
        return f"Open an account ({label}) for {request.holder}, {request.party}"
    identifier = request.account.identifier if request.account else ""
    return {
        Kind.SUSPEND: f"Suspend the account {identifier}",
        Kind.REOPEN: f"Reopen the account {identifier}",
        Kind.CLOSE: f"Close the account {identifier}",
        Kind.CHANGE_REPRESENTATIVES: f"Change the representatives of the account {identifier}",
        Kind.CHANGE_TRUSTED_ACCOUNTS: f"Change the trusted accounts of the account {identifier}",
    }[Kind(request.kind)]


def changes(request: AccountRequest) -> list[str]:
    """One line for each representative or trusted account: “Add Ana Souza (ana@example.org)”."""
    return [_change(one) for one in request.changes.all()]


def _change(change: RequestedChange) -> str:
    word = RequestedChange.Act(change.act).label
    if change.representative is not None:
        user = change.representative
        return f"{word} {user} ({user.get_username()})"
    trusted = change.trusted
    return f"{word} {trusted.identifier} ({trusted.holder})" if trusted is not None else word
