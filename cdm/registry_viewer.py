"""What the registry has to be told, because it knows neither seats nor Parties: who keeps it, who may read what."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from cdm import clock, permissions, units
from cdm.models import User
from cdm.rules import eligibility, parties
from cdm.workflow.roles import Role
from registry import people
from registry.models import Account
from registry.stories import PUBLIC, Viewer


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


def is_eligible(party: str, day: dt.date) -> bool | None:
    """Whether participants that the Party authorises may acquire units on the day (paras 31 to 33).

    Named in settings.REGISTRY_ELIGIBILITY; None for a code that is no Party's.
    """
    return not eligibility.acquiring_problem(party, day) if parties.is_known(party) else None


def own_accounts(user: User | None, at: dt.datetime) -> QuerySet[Account]:
    """The accounts of the person's organisations and those the person represents, open or not."""
    seats = permissions.seats_of(user, permissions.day_of(at))
    references = [units.reference_of(seat.organisation) for seat in seats]
    represented = people.accounts_represented_by(user, at)
    return Account.objects.filter(Q(holder_reference__in=references) | Q(pk__in=represented.values("pk")))
