"""What the registry has to be told, because it knows neither seats nor Parties: who keeps it, who may read what."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from cdm import clock, permissions, units
from cdm.models import User
from cdm.rules import parties
from cdm.workflow import recording
from cdm.workflow.roles import Role
from registry import account_wording, people
from registry.models import Account
from registry.models_accounts import AccountRequest
from registry.stories import PUBLIC, Viewer

VERBS = {
    "propose": ("ask_about_account", "Asked for"),
    "approve": ("approve_account_request", "Approved"),
    "reject": ("reject_account_request", "Rejected"),
    "cancel": ("cancel_account_request", "Cancelled"),
}


def viewer_of(request: HttpRequest) -> Viewer:
    """What the person of this request may read in the registry; named in settings.REGISTRY_VIEWER."""
    user = request.user
    if not isinstance(user, User):
        return PUBLIC
    at = clock.now()
    return Viewer(
        accounts=frozenset(own_accounts(user, at).values_list("pk", flat=True)),
        is_administrator=is_administrator(user, at),
    )


def is_administrator(user: Any, at: dt.datetime) -> bool:
    """Whether the person holds the registry administrator's seat; named in settings.REGISTRY_ADMINISTRATOR."""
    return Role.REGISTRY_ADMINISTRATOR in permissions.roles_of(user, at)


def is_annex_i(party: str, day: dt.date) -> bool:
    """Whether the Party was in Annex I on the day; named in settings.REGISTRY_ANNEX_I."""
    return parties.is_known(party) and parties.party(party).is_annex_i_on(day)


def own_accounts(user: User | None, at: dt.datetime) -> QuerySet[Account]:
    """The accounts of the person's organisations and those the person represents, open or not."""
    seats = permissions.seats_of(user, permissions.day_of(at))
    references = [units.reference_of(seat.organisation) for seat in seats]
    represented = people.accounts_represented_by(user, at)
    return Account.objects.filter(Q(holder_reference__in=references) | Q(pk__in=represented.values("pk")))


def keep_record(*, request: AccountRequest, act: str, by: User, at: dt.datetime, **_: Any) -> None:
    """A record of what happened to a request about an account, in the chain of accounts and in its transaction."""
    verb, word = VERBS[act]
    subject = request.subject
    recording.append(
        verb=verb,
        sentence=f"{word}: {account_wording.summary(request)}",
        by=by,
        role=Role.REGISTRY_ADMINISTRATOR if is_administrator(by, at) else Role.PARTICIPANT,
        at=at,
        chain_name="accounts",
        note=request.decision_reason if act != "propose" else request.reason,
        data={"account_request": request.pk, "account": subject.identifier if subject else ""},
        is_public=False,
    )
