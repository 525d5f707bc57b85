"""Tells the registry's own pages who asks: its administrator, the people of an account's holder, or the public."""

from __future__ import annotations

from django.http import HttpRequest

from cdm import clock, permissions, units
from cdm.models import User
from cdm.workflow.roles import Role
from registry.models import Account
from registry.stories import PUBLIC, Viewer


def viewer_of(request: HttpRequest) -> Viewer:
    """What the person of this request may read in the registry; named in settings.REGISTRY_VIEWER."""
    user = request.user
    if not isinstance(user, User):
        return PUBLIC
    at = clock.now()
    seats = permissions.seats_of(user, permissions.day_of(at))
    references = [units.reference_of(seat.organisation) for seat in seats]
    held = Account.objects.filter(holder_reference__in=references).values_list("pk", flat=True)
    return Viewer(
        accounts=frozenset(held),
        is_administrator=Role.REGISTRY_ADMINISTRATOR in permissions.roles_of(user, at),
    )
