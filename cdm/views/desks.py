"""The desks of a person: the lists each seat works from, as tabs over every one of them."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from cdm import permissions, queries
from cdm.models import User
from cdm.permissions import Denied
from cdm.workflow.roles import Role
from registry import people as account_people

Tab = tuple[str, str, bool] | tuple[str, str, bool, int]

# url name: what its tab is called, and the seats it is for (None: everybody who is signed in)
DESKS: dict[str, tuple[str, tuple[Role, ...] | None]] = {
    "tasks": ("Tasks", None),
    "notices": ("Notices", None),
    "own_entity": ("My entity", (Role.DOE,)),
    "dna": ("My Party", (Role.DNA,)),
    "secretariat": ("Secretariat", (Role.SECRETARIAT,)),
    "board": ("Board", (Role.BOARD_MEMBER,)),
    "registry_accounts": ("Accounts", (Role.PARTICIPANT, Role.DOE, Role.REGISTRY_ADMINISTRATOR)),
    "registry:movements": ("Movements of units", (Role.REGISTRY_ADMINISTRATOR,)),
    "people": ("Organisations and people", (Role.SECRETARIAT, Role.REGISTRY_ADMINISTRATOR)),
}


def tabs(user: User, at: dt.datetime, active: str) -> list[Tab]:
    """The desks of this person; where there are unread notices, with their number."""
    held = permissions.roles_of(user, at)
    found: list[Tab] = []
    for name, (label, roles) in DESKS.items():
        if roles is not None and not held & set(roles) and not _represents(name, user, at):
            continue
        # the one desk that bears the name of a seat
        text = Role.SECRETARIAT.label if name == "secretariat" else label
        address = reverse(name if ":" in name else f"cdm:{name}")
        tab = (text, address, name == active)
        if name == "notices" and (unread := queries.unread_notices(user).count()):
            found.append((*tab, unread))
        else:
            found.append(tab)
    return found


def _represents(name: str, user: User, at: dt.datetime) -> bool:
    """Whether the desks of accounts and movements are this person's without a seat, because they represent one."""
    return (
        name in ("registry_accounts", "registry:movements")
        and account_people.accounts_represented_by(user, at).exists()
    )


def require_seat(user: User | None, role: Role, at: dt.datetime) -> None:
    """Refuse those who hold no such seat, in a sentence."""
    if role not in permissions.roles_of(user, at):
        raise Denied(f"This page is for those who hold the seat “{role.label}”. You do not hold one.")
