"""What pages show of an account's people and requests: rows, lines, and the buttons a person may press."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse

from registry import account_requests, account_wording, people
from registry.account_checks import FROM_STATE, awaiting
from registry.accounts import Refused
from registry.codes import REGISTRY_ACCOUNTS
from registry.models import Account
from registry.models_accounts import AccountRepresentative, AccountRequest, TrustedAccount

Kind = AccountRequest.Kind
LABELS: Final = {"approve": "Approve", "reject": "Reject", "cancel": "Cancel the request"}
TONES: Final = {"awaiting_approval": "waiting", "approved": "good", "rejected": "bad", "cancelled": "ended"}
ASKS: Final = {
    Kind.CHANGE_REPRESENTATIVES: ("Ask to change the representatives", ""),
    Kind.CHANGE_TRUSTED_ACCOUNTS: ("Ask to change the trusted accounts", "secondary"),
    Kind.SUSPEND: ("Ask to suspend the account", "secondary"),
    Kind.REOPEN: ("Ask to reopen the account", "secondary"),
    Kind.CLOSE: ("Ask to close the account", "warning"),
}


def around(account: Account, user: AbstractBaseUser, at: dt.datetime) -> dict[str, Any]:
    """What the page of an account shows of its people, its trusted accounts and what is asked about it."""
    trusted = TrustedAccount.objects.held_at(at).filter(account=account).select_related("trusted")
    return {
        "representatives": [
            [{"text": str(row.user), "hint": row.user.get_username()}, day(row.from_at)]
            for row in people.representatives_of(account, at)
        ],
        "representative_columns": [{"label": "Representative"}, {"label": "Since"}],
        "trusted_accounts": [
            [{"text": row.trusted.identifier, "hint": row.trusted.holder}, day(row.from_at)]
            for row in trusted
        ],
        "trusted_columns": [{"label": "May send to"}, {"label": "Since"}],
        "records": [
            [
                {"text": one.get_act_display(), "hint": one.reason},
                day(one.at),
                str(one.by) if one.by else "The registry",
            ]
            for one in account.records.select_related("by").order_by("-id")
        ],
        "record_columns": [{"label": "What was done"}, {"label": "When"}, {"label": "By"}],
        "waiting": [line(one, user, at) for one in awaiting(account).order_by("id")],
        "moves": asks(account, user, at),
        "no_moves_sentence": "Its representatives and the registry administrators ask for changes.",
    }


def asks(account: Account, user: AbstractBaseUser, at: dt.datetime) -> list[dict[str, Any]]:
    """What the person may ask about the account in the state it is in."""
    return [
        {
            "kind": kind.value,
            "label": label,
            "tone": tone,
            "url": reverse("registry:ask_about_account", args=[account.identifier, kind.value]),
        }
        for kind, (label, tone) in ASKS.items()
        if account.state in FROM_STATE[kind]
        and (account.account_type not in REGISTRY_ACCOUNTS or kind in (Kind.SUSPEND, Kind.REOPEN))
        and may_ask(account, kind, user, at)
    ]


def line(found: AccountRequest, user: AbstractBaseUser, at: dt.datetime) -> dict[str, Any]:
    """A request as a line of a list, with what the person may decide about it."""
    return {
        "what": account_wording.summary(found),
        "url": reverse("registry:account_request", args=[found.pk]),
        "changes": account_wording.changes(found),
        "request": found,
        "tag": {"label": found.state_label, "tone": TONES[found.state]},
        "decisions": decisions(found, user, at),
    }


def names_by_account(accounts: list[Account], at: dt.datetime) -> dict[int, str]:
    """The names of those who represent each account, for a list."""
    rows = AccountRepresentative.objects.held_at(at).filter(account__in=accounts).select_related("user")
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.account_id, []).append(str(row.user))
    return {key: ", ".join(names) for key, names in found.items()}


def account_url(account: Account) -> str:
    """The page of the account, which the project keeps."""
    return f"{accounts_url()}{account.identifier}/"


def accounts_url() -> str:
    """The list of accounts, which the project keeps beside the registry's pages."""
    return reverse("registry:serials").removesuffix("serials/") + "accounts/"


def may_ask(account: Account, kind: str, user: AbstractBaseUser, at: dt.datetime) -> bool:
    """Whether the person may ask this of the account, whatever state it is in."""
    if people.is_administrator(user, at):
        return True
    return kind != Kind.REOPEN and people.is_representative(user, account, at)


def decisions(found: AccountRequest, user: AbstractBaseUser, at: dt.datetime) -> list[dict[str, str]]:
    """What the person may decide about a request, as buttons."""
    return [
        {
            "name": name,
            "label": label,
            "url": reverse("registry:decide_account_request", args=[found.pk, name]),
            "tone": "" if name == "approve" else "secondary",
        }
        for name, label in LABELS.items()
        if found.is_awaiting and _may_decide(found, name, user, at)
    ]


def _may_decide(found: AccountRequest, name: str, user: AbstractBaseUser, at: dt.datetime) -> bool:
    try:
        account_requests.check_may_decide(found, name, by=user, at=at)
    except Refused:
        return False
    return True


def day(at: dt.datetime) -> str:
    """The day of an instant in words, in UTC."""
    return f"{at.astimezone(dt.UTC):%-d %B %Y}"
