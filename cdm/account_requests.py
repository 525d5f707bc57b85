"""What the cycle does when something happens to a request about an account: it keeps a record, and tells people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from cdm import notices, permissions, registry_viewer
from cdm.models import Organisation, Seat, User
from cdm.workflow import recording
from cdm.workflow.roles import Role
from registry import account_wording
from registry.models_accounts import AccountRequest

VERBS = {
    "propose": ("ask_about_account", "Asked for"),
    "approve": ("approve_account_request", "Approved"),
    "reject": ("reject_account_request", "Rejected"),
    "cancel": ("cancel_account_request", "Cancelled"),
}


def keep_and_tell(*, request: AccountRequest, act: str, by: User, at: dt.datetime, **_: Any) -> None:
    """Receives `registry.account_requests.happened`, inside the transaction of what happened.

    A record goes into the chain of accounts. The other registry administrators hear of what waits for them, and who
    asked hears what was decided.
    """
    verb, word = VERBS[act]
    subject = request.subject
    sentence = f"{word}: {account_wording.summary(request)}"
    recording.append(
        verb=verb,
        sentence=sentence,
        by=by,
        role=Role.REGISTRY_ADMINISTRATOR if registry_viewer.is_administrator(by, at) else Role.PARTICIPANT,
        at=at,
        chain_name="accounts",
        note=request.reason if act == "propose" else request.decision_reason,
        data={"account_request": request.pk, "account": subject.identifier if subject else ""},
        is_public=False,
    )
    told = administrators(at) if act == "propose" else {request.proposed_by_id: request.proposed_by}
    told.pop(by.pk, None)
    notices.tell_users(
        told.values(), sentence, url=reverse("registry:account_request", args=[request.pk]), at=at
    )


def administrators(at: dt.datetime) -> dict[int, User]:
    """The registry administrators of that day, by key."""
    seats = Seat.objects.held_on(permissions.day_of(at)).select_related("user")
    return {seat.user_id: seat.user for seat in seats.filter(organisation__kind=Organisation.Kind.REGISTRY)}
