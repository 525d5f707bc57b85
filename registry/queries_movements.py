"""Reads of movements: which ones a person may see, which await that person, and what can be proposed from where."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet, Sum

from registry import people
from registry.codes import AccountState, AccountType, EntryKind, UnitType
from registry.models import Account, Block
from registry.models_attestations import Attestation
from registry.models_movements import Movement
from registry.movements.life import State
from registry.movements.persons import held_role
from registry.movements.table import KINDS, Kind, MovementKind, Role
from registry.queries import UNITS
from registry.serials import SerialRange

FEW_ACCOUNTS = 200
"""Accounts offered to choose from; any other is named by its identifier."""


@dataclass(frozen=True, slots=True)
class Held:
    """Units of one kind in an account, and how many of them no movement holds."""

    party: str
    project_number: int
    unit_type: UnitType
    period: int
    units: int
    free: int

    @property
    def project(self) -> str:
        """`BR-0008`, or the Party alone for units without a project."""
        return f"{self.party}-{self.project_number:04}" if self.project_number else self.party


def visible_to(user: AbstractBaseUser, at: dt.datetime) -> QuerySet[Movement]:
    """All for an administrator; otherwise one's own, those out of accounts one represents, and what came in."""
    if people.is_administrator(user, at):
        return Movement.objects.all()
    mine = people.accounts_represented_by(user, at).values("pk")
    return Movement.objects.filter(
        Q(proposed_by=user.pk) | Q(source__in=mine) | Q(target__in=mine, state=State.COMPLETED)
    )


def awaiting(user: AbstractBaseUser, at: dt.datetime) -> QuerySet[Movement]:
    """Those that this person can approve or reject now."""
    deciding = Q(
        source__in=people.accounts_represented_by(user, at).values("pk"),
        kind__in=_approved_by(Role.REPRESENTATIVE),
    )
    if people.is_administrator(user, at):
        deciding |= Q(kind__in=_approved_by(Role.ADMINISTRATOR))
    pending = Movement.objects.filter(state=State.AWAITING_APPROVAL, reserved_until__gt=at)
    return pending.filter(deciding).exclude(proposed_by=user.pk)


def _approved_by(role: Role) -> list[str]:
    return [kind.value for kind, row in KINDS.items() if role in row.approves]


def kinds_from(account: Account | None, user: AbstractBaseUser, at: dt.datetime) -> list[Kind]:
    """What this person can propose out of the account; with None, what takes units from no account."""
    return [
        row
        for row in KINDS.values()
        if row.is_proposed_here
        and (account.account_type in row.sources if account else not row.sources)
        and held_role(row.proposes, user, account, at)
    ]


def held_in(account: Account, at: dt.datetime) -> list[Held]:
    """What lies in the account by kind of unit; what a lapsed movement held is free."""
    lapsed = Movement.objects.filter(
        source=account, state=State.AWAITING_APPROVAL, reserved_until__lte=at
    ).values("pk")
    group = ("party", "project_number", "unit_type", "applicable_period")
    free = Sum(UNITS, filter=Q(reserved_for=0) | Q(reserved_for__in=lapsed))
    rows = (
        Block.objects.filter(account=account, spent_by__isnull=True)
        .order_by(*group)
        .values(*group)
        .annotate(total=Sum(UNITS), free=free)
    )
    return [
        Held(
            row["party"],
            row["project_number"],
            UnitType(row["unit_type"]),
            row["applicable_period"],
            row["total"],
            row["free"] or 0,
        )
        for row in rows
    ]


def targets_of(row: Kind, source: Account | None, at: dt.datetime) -> list[Account]:
    """Open accounts that are likely to receive: of the same holder, trusted, or the Party's own for this purpose."""
    if source is None or not row.targets or row.own_target is not None:
        return []
    fitting = Account.objects.filter(type__in=[str(one) for one in row.targets], state="open")
    if 1006 in row.checks:
        return list(fitting.filter(party=source.party)[:FEW_ACCOUNTS])
    near = Q(pk__in=people.trusted_accounts(source, at).values("pk"))
    if source.holder_reference:
        near |= Q(holder_reference=source.holder_reference)
    return list(fitting.filter(near).exclude(pk=source.pk)[:FEW_ACCOUNTS])


def closed_sentence(account: Account) -> str:
    """Why nothing moves out of an account now; empty where it is open."""
    if account.state == AccountState.OPEN:
        return ""
    return (
        f"The account {account.identifier} is {AccountState(account.state).label.lower()}; units neither leave nor "
        "enter it. Ask a registry administrator."
    )


def serials_of(movement: Movement) -> list[SerialRange]:
    """The units that are reserved for it, or that it has moved; none where it did not happen."""
    if movement.is_open:
        blocks = Block.objects.filter(reserved_for=movement.pk, spent_by__isnull=True)
    elif str(movement.state) == State.COMPLETED:
        made = Block.objects.filter(born_by__movement=movement.pk)
        blocks = made.exclude(born_by__kind__in=(EntryKind.RESERVATION, EntryKind.RELEASE))
        if movement.kind == MovementKind.REISSUE:
            blocks = blocks.filter(born_by__kind=EntryKind.ISSUANCE)
        elif movement.target is not None:
            gone = Q(account=movement.target) | Q(account__type=AccountType.ADAPTATION_SHARE)
            blocks = blocks.filter(gone)
    else:
        return []
    return [block.serials for block in blocks.order_by("party", "first")]


def attestation_of(movement: Movement) -> Attestation | None:
    """What was attested of a voluntary cancellation."""
    return Attestation.objects.filter(cancellations__entry__movement=movement.pk).first()
