"""What is proposed, looked at before anything is kept: its kind, its units, its accounts and what it is told."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import BigIntegerField, Q

from registry import asked, queries
from registry.accounts import BOARD, Incomplete, WrongAccount, check_at, check_reason, own_account
from registry.asked import WrongUnits
from registry.attestation import cleaned
from registry.codes import AccountType
from registry.models import FIRST_ACCOUNT_NUMBER, Account, Issuance
from registry.models_movements import Movement, MovementLine
from registry.movements import at_once, standing, writing
from registry.movements.at_once import Before
from registry.movements.persons import proposing_role
from registry.movements.table import KINDS, Kind, MovementKind
from registry.prepared import Prepared
from registry.serials import AccountIdentifier, SerialRange, is_party_code

RESERVED_DAYS: Final = 14
"""How long a proposal holds its units, unless settings.REGISTRY_RESERVED_DAYS says otherwise."""

MOST_LINES: Final = 50

_ACCOUNTS = Prepared(
    lambda one, other: Account.objects.filter(pk__in=[one, other]),
    one=BigIntegerField(),
    other=BigIntegerField(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """One line of a proposal: an amount, lowest serials first, or these serials of one kind of units.

    `original_period`, `lulucf`, `track` and `expires_on` are told for units that arrive from elsewhere only.
    """

    party: str
    project_number: int
    unit_type: int
    period: int
    quantity: int | None = None
    serials: SerialRange | None = None
    original_period: int | None = None
    lulucf: int = 0
    track: int = 0
    expires_on: dt.date | None = None


def prepared(
    *,
    kind: MovementKind,
    units: Sequence[Units],
    source: Account | str | None = None,
    target: Account | str | None = None,
    by: AbstractBaseUser,
    at: dt.datetime,
    reason: str,
    key: str = "",
    keeps: bool,
    **given: Any,
) -> tuple[Movement, list[MovementLine], Before]:
    """The movement and its lines as they would be kept, and what was read for it. Accounts may be identifiers.

    Nothing is written but, where it `keeps`, an own account.

    Raises:
        Refused: malformed, or not this person's to propose.
        BadSerials, NoSuchAccount: there is no account with this identifier.
    """
    row = KINDS[MovementKind(kind)]
    if not row.is_proposed_here:
        raise WrongAccount(f"{row.kind.label} comes about by {row.made_by}; it is not proposed here.")
    check_at(at)
    told = _told(row, **given)
    lines = [_line(row, one) for one in _each_once(units)]
    before = _read(row, source, target, by=by, key=key, at=at, lines=lines)
    source, target = before.source, before.target
    _check_accounts(row, source, target)
    role = proposing_role(row.proposes, by, source, at, before.standing)
    if row.own_target is not None and target is None:
        target = before.own or _not_open_yet(row.own_target, at, opens=keeps)
    days = getattr(settings, "REGISTRY_RESERVED_DAYS", RESERVED_DAYS)
    movement = Movement(
        kind=row.kind,
        source=source,
        target=target,
        units=sum(line.quantity for line in lines),
        key=key,
        content=_content(row, source, target, lines, told, reason),
        proposed_by_id=by.pk,
        proposed_as=role,
        proposed_at=at,
        reason=check_reason(_readable(reason)),
        reserved_until=at + dt.timedelta(days=days),
        **told,
    )
    movement.share_units, movement.share_rule = writing.share_of(movement, lines)
    return movement, lines, before


def _told(
    row: Kind,
    *,
    beneficiary: str = "",
    purpose: str = "",
    basis: str = "",
    expires_on: dt.date | None = None,
    project_number: int | None = None,
    track: int | None = None,
    corrects: Issuance | None = None,
) -> dict[str, Any]:
    """What the movement is told besides units and accounts, as whoever approves and the attestation will read it."""
    given = {
        "beneficiary": _readable(beneficiary),
        "purpose": _readable(purpose),
        "basis": _readable(basis),
        "expires_on": expires_on,
        "project_number": project_number,
        "track": track,
        "corrects": corrects,
    }
    _check_given(row, given)
    return given


def _readable(text: str) -> str:
    """Without signs that turn the direction of the text or that nobody sees."""
    return cleaned(text, len(text) * 4 + 1, "text")


def _not_open_yet(type: AccountType, at: dt.datetime, *, opens: bool) -> Account:
    """The registry's own account that nobody has needed so far, opened, or as it will be opened."""
    return own_account(type, at=at) if opens else Account(type=type, holder=BOARD)


def _check_given(row: Kind, given: dict[str, Any]) -> None:
    """What the kind is not told must be left out; what it is told is looked at by its checks."""
    names = {"project": ("project_number", "track")}
    told = {name for one in row.given for name in names.get(one, (one,))}
    for name, value in given.items():
        if value not in (None, "") and name not in told:
            raise Incomplete(f"{row.kind.label} is not told “{name.replace('_', ' ')}”; leave it out.")
    for name, most in (("beneficiary", 300), ("purpose", 2000), ("basis", 300)):
        if len(given[name]) > most:
            raise Incomplete(f"The {name} is longer than {most} characters; shorten it.")


def _each_once(units: Sequence[Units]) -> Sequence[Units]:
    if not units:
        raise asked.NotAQuantity("Name the units that are to move.")
    if len(units) > MOST_LINES:
        raise asked.NotAQuantity(f"One movement has at most {MOST_LINES} lines; propose several.")
    runs: dict[tuple[Any, ...], list[Units]] = {}
    for one in units:
        runs.setdefault((one.party, one.project_number, one.unit_type, one.period), []).append(one)
    for same in runs.values():
        if len(same) > 1 and any(one.serials is None for one in same):
            raise asked.NotAQuantity(
                f"Units of project {same[0].party}-{same[0].project_number:04} are named twice; "
                "add the amounts together."
            )
        ordered = sorted((one.serials for one in same if one.serials), key=lambda run: run.first)
        for before, after in itertools.pairwise(ordered):
            if before.overlaps(after):
                raise WrongUnits(f"The serials {before} and {after} overlap; name each unit once.")
    return units


def _line(row: Kind, one: Units) -> MovementLine:
    if not is_party_code(one.party):
        raise WrongUnits(f"“{one.party}” is not a Party's code of two capital letters, such as BR.")
    if type(one.project_number) is not int or not 0 <= one.project_number <= 9_999_999:
        raise WrongUnits(f"{one.project_number!r} is not a project number of at most seven digits.")
    if one.unit_type not in range(1, 8):
        raise WrongUnits(f"There is no unit type {one.unit_type!r}; the unit types are 1 to 7.")
    if type(one.period) is not int or not 0 <= one.period <= 99:
        raise WrongUnits(f"There is no commitment period {one.period!r}.")
    wanted = asked.check_wanted(one.party, one.quantity, one.serials)
    serials, quantity = (wanted, wanted.units) if isinstance(wanted, SerialRange) else (None, wanted)
    arrives = row.kind == MovementKind.ARRIVAL
    if arrives and (one.unit_type in (6, 7)) != (one.expires_on is not None):
        raise WrongUnits("tCERs and lCERs have an expiry date, other units have none.")
    return MovementLine(
        party=one.party,
        project_number=one.project_number,
        unit_type=one.unit_type,
        period=one.period,
        quantity=quantity,
        first=serials.first if serials else None,
        last=serials.last if serials else None,
        original_period=(one.original_period or one.period) if arrives else None,
        lulucf=one.lulucf if arrives else 0,
        track=one.track if arrives else 0,
        expires_on=one.expires_on,
    )


def _check_accounts(row: Kind, source: Account | None, target: Account | None) -> None:
    if row.sources and source is None:
        raise WrongAccount("Name the account that the units are to leave.")
    if not row.sources and source is not None:
        raise WrongAccount(f"{row.kind.label} takes units from no account of this registry; leave it out.")
    if row.targets and target is None and row.own_target is None:
        raise WrongAccount("Name the account that is to receive the units.")
    if not row.targets and target is not None:
        raise WrongAccount(f"{row.kind.label} changes units where they lie; leave the receiving account out.")


def _read(
    row: Kind,
    source: Account | str | None,
    target: Account | str | None,
    *,
    by: AbstractBaseUser,
    key: str,
    at: dt.datetime,
    lines: Sequence[MovementLine],
) -> Before:
    """Both accounts as they are now, since the caller's copies may be older than a suspension; and the one the table
    knows; and how they stand.
    """
    named = (source, target)
    keys = tuple(_key_of(account) for account in named)
    if at_once.is_possible():
        own = row.own_target and row.own_target.value
        before = at_once.before_proposal(
            source=keys[0], target=keys[1], own=own, by=by.pk, key=key, at=at, lines=lines
        )
    else:
        before = _read_one_by_one(row, *keys, by=by, key=key, at=at)
    for account, there in zip(named, (before.source, before.target), strict=True):
        if account is not None and (
            there is None or (isinstance(account, str) and there.identifier != account)
        ):
            raise queries.NoSuchAccount(f"There is no account {account} in this registry.")
    return before


def _key_of(account: Account | str | None) -> int | None:
    if isinstance(account, str):
        return AccountIdentifier.parse(account).number - FIRST_ACCOUNT_NUMBER
    return account.pk if account else None


def _read_one_by_one(
    row: Kind, source: int | None, target: int | None, *, by: AbstractBaseUser, key: str, at: dt.datetime
) -> Before:
    """The same where there are no functions to ask."""
    wanted = [key for key in (source, target) if key]
    if row.own_target is None:
        one, other = (*wanted, 0, 0)[:2]
        rows = _ACCOUNTS(one=one, other=other)
    else:
        rows = list(Account.objects.filter(Q(pk__in=wanted) | Q(type=row.own_target)))
    found = {account.pk: account for account in rows}
    own = next((account for account in found.values() if account.type == row.own_target), None)
    left, came = found.get(source or 0), found.get(target or 0)
    return Before(left, came, own, standing.read(source=left, target=came, by=by, key=key, at=at))


def _content(
    row: Kind,
    source: Account | None,
    target: Account | None,
    lines: Sequence[MovementLine],
    given: dict[str, Any],
    reason: str,
) -> str:
    """The digest by which the same proposal is known again."""
    what = [
        row.kind.value,
        source and source.pk,
        target and target.pk,
        [[getattr(line, field.attname) for field in MovementLine._meta.concrete_fields] for line in lines],
        {name: getattr(value, "pk", value) for name, value in given.items()},
        reason.strip(),
    ]
    text = json.dumps(what, default=str, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
