"""Reads of the book: balances, holdings, statements, the story of a serial, the issuances of a project."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from registry.codes import CHANGES_OF_UNITS, HOLDING_NOTES, AccountState, AccountType, EntryKind, UnitType
from registry.models import FIRST_ACCOUNT_NUMBER, Account, Block, BookCheck, Entry, Issuance
from registry.prepared import Prepared
from registry.serials import AccountIdentifier, BadSerials, SerialRange

_ACCOUNT = Prepared(lambda number: Account.objects.filter(pk=number), number=BigIntegerField())

UNITS = ExpressionWrapper(F("last") - F("first") + 1, output_field=BigIntegerField())


class NoSuchAccount(LookupError):
    """No account has this identifier; the message is for the reader."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Units of one kind in one account."""

    account: Account
    party: str
    project_number: int
    unit_type: UnitType
    commitment_period: int
    units: int


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the holder of an account sees it; `balance` is what the account held after it."""

    entry: Entry
    units_in: int
    units_out: int
    balance: int
    serials: tuple[SerialRange, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One block in the life of a serial: which entry bore it, where it lay, and which entry spent it."""

    entry: Entry
    serials: SerialRange
    account: Account
    spent_by: Entry | None


def account(identifier: str) -> Account:
    """The account with a printed identifier such as CDM-110-1001-0-58.

    Raises:
        BadSerials: the text is malformed or its check digits are wrong.
        NoSuchAccount: it is well formed, but no account has it.
    """
    parsed = AccountIdentifier.parse(identifier)
    found = _ACCOUNT.first(number=parsed.number - FIRST_ACCOUNT_NUMBER)
    if found is None or found.identifier != identifier:
        raise NoSuchAccount(f"There is no account {identifier} in this registry.")
    return found


def accounts_of(references: Iterable[str]) -> list[Account]:
    """The open accounts of these holders, by the references the caller opened them under."""
    return list(
        Account.objects.filter(holder_reference__in=list(references), state=AccountState.OPEN).exclude(
            holder_reference=""
        )
    )


@dataclass(frozen=True, slots=True)
class Total:
    """Units in all accounts of one type, and how many such accounts there are."""

    account_type: AccountType
    accounts: int
    units: int


def totals() -> list[Total]:
    """Units by the type of account they lie in; types without an account are left out."""
    units = dict(_lying(None).order_by().values_list("account__type").annotate(total=Sum(UNITS)))
    counted = Account.objects.order_by().values_list("type").annotate(total=Count("pk"))
    return [
        Total(AccountType(name), accounts, units.get(name, 0))
        for name, accounts in sorted(counted, key=lambda row: list(AccountType).index(AccountType(row[0])))
    ]


def balances(accounts: Iterable[Account]) -> dict[int, int]:
    """Units in each of these accounts now, by the account's key; empty accounts with 0."""
    keys = [account.pk for account in accounts]
    held = _lying(None).filter(account__in=keys).order_by().values_list("account").annotate(total=Sum(UNITS))
    return {**dict.fromkeys(keys, 0), **dict(held)}


def issued_units() -> int:
    """Units that this registry has issued; what came from other registries was issued there."""
    total: int = Issuance.objects.aggregate(units=Coalesce(Sum(UNITS), 0))["units"]
    return total


def arrived_units() -> int:
    """Units that came from other registries, as often as they came."""
    total: int = Entry.objects.filter(kind=EntryKind.ARRIVAL).aggregate(units=Coalesce(Sum("units"), 0))[
        "units"
    ]
    return total


def last_check() -> BookCheck | None:
    """The last look at the whole book; public."""
    return BookCheck.objects.first()


def _lying(at: dt.datetime | None) -> QuerySet[Block]:
    """The blocks that are live now, or that were at an instant, entries of that instant included."""
    if at is None:
        return Block.objects.filter(spent_by__isnull=True)
    unspent_then = Q(spent_by__isnull=True) | Q(spent_by__at__gt=at)
    return Block.objects.filter(unspent_then, born_by__at__lte=at)


def balance(account: Account, *, at: dt.datetime | None = None) -> int:
    """Units in the account, now or at a past instant."""
    total: int = _lying(at).filter(account=account).aggregate(units=Coalesce(Sum(UNITS), 0))["units"]
    return total


def holdings(
    *,
    account: Account | None = None,
    party: str | None = None,
    project_number: int | None = None,
    unit_type: UnitType | int | None = None,
    commitment_period: int | None = None,
    at: dt.datetime | None = None,
) -> list[Holding]:
    """Units by account, Party, project, unit type and applicable commitment period; arguments narrow them."""
    criteria: dict[str, Any] = {
        "account": account,
        "party": party,
        "project_number": project_number,
        "unit_type": unit_type,
        "applicable_period": commitment_period,
    }
    group = ("account", "party", "project_number", "unit_type", "applicable_period")
    rows = (
        _lying(at)
        .filter(**{name: value for name, value in criteria.items() if value is not None})
        .order_by(*group)
        .values(*group)
        .annotate(total=Sum(UNITS))
    )
    accounts = Account.objects.in_bulk({row["account"] for row in rows})
    return [
        Holding(
            account=accounts[row["account"]],
            party=row["party"],
            project_number=row["project_number"],
            unit_type=UnitType(row["unit_type"]),
            commitment_period=row["applicable_period"],
            units=row["total"],
        )
        for row in rows
    ]


def statement(
    account: Account, *, since: dt.datetime | None = None, until: dt.datetime | None = None
) -> list[Line]:
    """What came into and went out of the account, entry by entry, in the order of the book.

    A part of a cut block that stayed neither came nor went; units that became another kind where they lie went as
    the one and came as the other. Entries from `since` on and before `until` are
    given; the balances count what lies before them too.
    """
    touched = (
        Entry.objects.filter(Q(born__account=account) | Q(spent__account=account))
        # a reservation is no movement of the account
        .exclude(kind__in=HOLDING_NOTES)
        .distinct()
    )
    if until is not None:
        touched = touched.filter(at__lt=until)
    came = _by_entry(Block.objects.filter(account=account), "born_by")
    went = _by_entry(Block.objects.filter(account=account, spent_by__isnull=False), "spent_by")
    serials: dict[int, list[tuple[bool, SerialRange]]] = defaultdict(list)
    for block in Block.objects.filter(born_by__in=touched).order_by("party", "first"):
        serials[block.born_by_id].append((block.account_id == account.pk, block.serials))
    lines: list[Line] = []
    running = 0
    for entry in touched.select_related("by").order_by("pk"):
        units_in, units_out = came.get(entry.pk, 0), went.get(entry.pk, 0)
        running += units_in - units_out
        if entry.kind in CHANGES_OF_UNITS:
            gone = units_out - units_in
            if since is None or entry.at >= since:
                lines.append(Line(entry, entry.units - gone, entry.units, running, changed(entry)))
            continue
        if since is None or entry.at >= since:
            stayed = min(units_in, units_out)
            here = units_in > units_out
            moved = tuple(run for is_here, run in serials[entry.pk] if is_here == here)
            lines.append(Line(entry, units_in - stayed, units_out - stayed, running, moved))
    return lines


def changed(entry: Entry) -> tuple[SerialRange, ...]:
    """The serials that became another kind by this entry, in the order of their numbers."""
    before = [(b.party, b.first, b.last, kind_of(b)) for b in entry.spent.all()]
    return tuple(
        born.serials
        for born in entry.born.order_by("party", "first")
        if not any(
            party == born.party and first <= born.first and last >= born.last and kind == kind_of(born)
            for party, first, last, kind in before
        )
    )


def kind_of(block: Block) -> tuple[Any, ...]:
    """What a conversion, a carry-over or a change of the expiry date changes of a block."""
    return (block.unit_type, block.applicable_period, block.expires_on)


def _by_entry(blocks: QuerySet[Block], side: str) -> dict[int, int]:
    return dict(blocks.order_by().values_list(side).annotate(total=Sum(UNITS)))


def story_of(*, party: str, serial: int) -> list[Step]:
    """Every block the serial has lain in, from its issuance or arrival to where it lies now.

    Raises:
        BadSerials: this registry has never held the serial.
    """
    blocks = (
        Block.objects.filter(party=party, first__lte=serial, last__gte=serial)
        .select_related("account", "born_by", "spent_by")
        .order_by("born_by")
    )
    steps = [Step(block.born_by, block.serials, block.account, block.spent_by) for block in blocks]
    if not steps:
        raise BadSerials(f"The unit {party} {serial} was never issued or held here.")
    return steps


def issuances_of(*, party: str, project_number: int) -> QuerySet[Issuance]:
    """The issuances of a project in one host Party, in the order of their serials, with deduction and
    entry.
    """
    return (
        Issuance.objects.filter(party=party, project_number=project_number)
        .select_related("deduction", "entry")
        .order_by("first")
    )


def waiting(issuance: Issuance) -> int:
    """Units of the issuance that still wait in the pending account to be forwarded."""
    total: int = Block.objects.filter(
        account__type=AccountType.PENDING,
        party=issuance.party,
        first__range=(issuance.first, issuance.last),
        spent_by__isnull=True,
    ).aggregate(units=Coalesce(Sum(UNITS), 0))["units"]
    return total
