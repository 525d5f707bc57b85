"""The public reports of the registry: issuances, cancellations, holdings, and one account's statement.

Columns and words are those of the CDM registry's published reports, so that a file written here can be read by
whatever reads those. What the book does not know (a verifier, a type of project) stays empty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from registry import codes, queries
from registry.codes import AccountType, EntryKind, TransactionType, UnitType
from registry.models import Account, Block, Entry, Issuance
from registry.queries import UNITS
from registry.spreadsheets import Cell, Column

COMPLETED: Final = "4 - Completed"
"""The only status a written entry can have (DES transaction status 4)."""

ROWS_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What a report is narrowed to; None and empty mean all.

    `since` and `until` are days by Greenwich, both inside.
    """

    party: str = ""
    project_number: int | None = None
    unit_type: int | None = None
    commitment_period: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None


EVERYTHING: Final = Filters()


@dataclass(frozen=True)
class Report:
    """A table: `rows()` reads it anew from the book, a piece at a time; `units` is the sum of its quantities."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Sequence[Cell]]]
    count: int
    units: int


def _transaction(kind: TransactionType) -> str:
    return f"{kind.label} ({kind.value})"


_TRANSACTION: Final = (
    Column("transaction_number", "Transaction", width=14),
    Column("transaction_type", "Type", width=16, on_page=False),
    Column("transaction_status", "Status", width=14, on_page=False),
)

_BLOCK: Final = (
    Column("seq", "No.", on_page=False),
    Column("completed_at", "Completed", width=24),
    Column("party", "Host Party", width=8),
    Column("project_ref", "Project", width=10),
    Column("unit_type", "Unit", width=10),
    Column("commitment_period", "Period", width=8),
    Column("serial_start", "First serial", is_serial=True, width=18),
    Column("serial_end", "Last serial", is_serial=True, width=18),
    Column("quantity", "Units", is_quantity=True, width=14),
)

ISSUANCE_COLUMNS: Final = (
    *_BLOCK,
    Column("activity", "Activity", width=8, on_page=False),
    Column("issuance_process_id", "Request", width=26, on_page=False),
    Column("issuance_date", "Issued on", width=12, on_page=False),
    Column("monitoring_start", "Monitored from", width=14),
    Column("monitoring_end", "Monitored to", width=14),
    Column("monitoring_report_no", "Monitoring report", on_page=False),
    Column("verifying_doe", "Verifier", on_page=False),
    Column("type", "Project type", on_page=False),
    Column("subtype", "Project subtype", on_page=False),
    *_TRANSACTION,
)

CANCELLATION_COLUMNS: Final = (
    *_BLOCK,
    Column("via_online_platform", "Online platform", width=12, on_page=False),
    Column("cancellation_account", "Into", width=34),
    *_TRANSACTION,
)


def issuances(filters: Filters = EVERYTHING) -> Report:
    """Every block of units the Board had issued, in the order of the book (3/CMP.1 annex, appendix D, 12(b))."""
    found = Issuance.objects.filter(
        _narrowed(filters, period="commitment_period"), _between(filters, "entry__at")
    )

    def rows() -> Iterator[Sequence[Cell]]:
        ordered = found.select_related("entry").order_by("entry")
        for number, issuance in enumerate(ordered.iterator(ROWS_AT_ONCE), start=1):
            yield (
                *_block(number, issuance.entry, issuance, issuance.commitment_period),
                "",
                issuance.request_reference,
                _day(issuance.entry.at),
                issuance.monitoring_start.isoformat(),
                issuance.monitoring_end.isoformat(),
                *("", "", "", ""),
                issuance.entry.transaction_number,
                _transaction(TransactionType.ISSUANCE),
                COMPLETED,
            )

    return _report("issuances", "Issuances", ISSUANCE_COLUMNS, rows, found)


def cancellations(
    filters: Filters = EVERYTHING, *, kind: AccountType | None = AccountType.VOLUNTARY_CANCELLATION
) -> Report:
    """Every run of serials that was cancelled, in the order of the book (appendix D, paragraph 12(d)).

    Args:
        kind: the cancellation account; None for all of them.
    """
    kinds = codes.CANCELLATION_ACCOUNTS if kind is None else (kind,)
    found = Block.objects.filter(
        _narrowed(filters, period="applicable_period"),
        _between(filters, "born_by__at"),
        account__type__in=[str(one) for one in kinds],
        born_by__kind=EntryKind.CANCELLATION,
    )

    def rows() -> Iterator[Sequence[Cell]]:
        ordered = found.select_related("born_by", "account").order_by("born_by", "party", "first")
        for number, block in enumerate(ordered.iterator(ROWS_AT_ONCE), start=1):
            account_type = block.account.account_type
            yield (
                *_block(number, block.born_by, block, block.applicable_period),
                "",
                f"{account_type.label} ({account_type.des_code})",
                block.born_by.transaction_number,
                _transaction(TransactionType.CANCELLATION),
                COMPLETED,
            )

    return _report("cancellations", "Cancellations", CANCELLATION_COLUMNS, rows, found)


GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "party": ("party",),
    "project": ("party", "project_number"),
    "unit_type": ("unit_type",),
    "commitment_period": ("applicable_period",),
    "all": ("party", "project_number", "unit_type", "applicable_period"),
    "account": ("account", "party", "project_number", "unit_type", "applicable_period"),
}
"""By what holdings can be added up."""

_GROUP_COLUMNS: Final = {
    "account": (
        Column("account", "Account", width=24),
        Column("account_type", "Kind of account", width=30),
        Column("holder", "Holder", width=36),
    ),
    "party": (Column("party", "Host Party", width=8),),
    "project_number": (Column("project_ref", "Project", width=10),),
    "unit_type": (Column("unit_type", "Unit", width=10),),
    "applicable_period": (Column("commitment_period", "Period", width=8),),
}


def holdings(filters: Filters = EVERYTHING, *, by: str = "all", at: dt.datetime | None = None) -> Report:
    """What lies in accounts, now or at a past instant (appendix D, paragraph 12(a) and (e)).

    Account by account, the units of the pending account are added up by Party, as undistributed units are
    published (EB 21, paragraph 70).

    Args:
        by: a key of `GROUPS`.
        at: entries of that instant are in. `filters.since` and `filters.until` do not apply to a stock.
    """
    group = GROUPS[by]
    lying = queries._lying(at).filter(_narrowed(filters, period="applicable_period"))

    def rows() -> Iterator[Sequence[Cell]]:
        if by != "account":
            yield from (_holding(row, group) for row in _added_up(lying, group))
            return
        pending = Q(account__type=AccountType.PENDING)
        accounts: dict[int, Account] = Account.objects.in_bulk()
        yield from (
            _holding(row, group, accounts) for row in _added_up(lying.filter(pending), ("account", "party"))
        )
        yield from (_holding(row, group, accounts) for row in _added_up(lying.exclude(pending), group))

    columns = tuple(column for name in group for column in _GROUP_COLUMNS[name])
    quantity = Column("quantity", "Units", is_quantity=True, width=16)
    if by == "account":
        pending = Q(account__type=AccountType.PENDING)
        count = _groups(lying.filter(pending), ("party",)) + _groups(lying.exclude(pending), group)
    else:
        count = _groups(lying, group)
    units = lying.aggregate(units=Coalesce(Sum(UNITS), 0))["units"]
    return Report("holdings", "Holdings", (*columns, quantity), rows, count, units)


STATEMENT_COLUMNS: Final = (
    Column("transaction_number", "Transaction", width=14),
    Column("completed_at", "Completed", width=24),
    Column("transaction_type", "Type", width=22),
    Column("serials", "Serial numbers", is_serial=True, width=48),
    Column("units_in", "In", is_quantity=True, width=14),
    Column("units_out", "Out", is_quantity=True, width=14),
    Column("balance", "Balance", is_quantity=True, width=16),
)


def statement(account: Account, *, since: dt.date | None = None, until: dt.date | None = None) -> Report:
    """What came into and went out of an account between two days by Greenwich, both inside.

    `units` is the balance at the end: what the account held then.
    """
    lines = queries.statement(account, since=_start(since), until=_start(until, next_day=True))
    if lines:
        balance = lines[-1].balance
    else:
        end = _start(until, next_day=True)
        balance = queries.balance(account, at=end - dt.timedelta(microseconds=1) if end else None)

    def rows() -> Iterator[Sequence[Cell]]:
        for line in lines:
            kind = EntryKind(line.entry.kind).transaction_type
            yield (
                line.entry.transaction_number,
                _instant(line.entry.at),
                _transaction(kind),
                "; ".join(str(run) for run in line.serials),
                line.units_in,
                line.units_out,
                line.balance,
            )

    return Report(
        f"statement {account.identifier}",
        f"Statement of {account}",
        STATEMENT_COLUMNS,
        rows,
        len(lines),
        balance,
    )


def _report(
    name: str,
    title: str,
    columns: tuple[Column, ...],
    rows: Callable[[], Iterator[Sequence[Cell]]],
    found: QuerySet[Any],
) -> Report:
    totals = found.aggregate(count=Count("pk"), units=Coalesce(Sum(UNITS), 0))
    return Report(name, title, columns, rows, totals["count"], totals["units"])


def _narrowed(filters: Filters, *, period: str) -> Q:
    criteria: dict[str, Any] = {
        "party": filters.party or None,
        "project_number": filters.project_number,
        "unit_type": filters.unit_type,
        period: filters.commitment_period,
    }
    return Q(**{name: value for name, value in criteria.items() if value is not None})


def _between(filters: Filters, field: str) -> Q:
    wanted = Q()
    if (start := _start(filters.since)) is not None:
        wanted &= Q(**{f"{field}__gte": start})
    if (end := _start(filters.until, next_day=True)) is not None:
        wanted &= Q(**{f"{field}__lt": end})
    return wanted


def _start(day: dt.date | None, *, next_day: bool = False) -> dt.datetime | None:
    """The first instant of the day, or of the one after it."""
    if day is None:
        return None
    if next_day and day == dt.date.max:
        return None
    return dt.datetime.combine(day + dt.timedelta(days=int(next_day)), dt.time(), dt.UTC)


def _block(number: int, entry: Entry, block: Block | Issuance, period: int) -> tuple[Cell, ...]:
    """The columns that issuances and cancellations have in common."""
    return (
        str(number),
        _instant(entry.at),
        block.party,
        f"{block.project_number:04}",
        UnitType(block.unit_type).label,
        str(period),
        str(block.first),
        str(block.last),
        block.last - block.first + 1,
    )


def _instant(at: dt.datetime) -> str:
    """As in the published reports: 2007-11-09T10:33:23.293, by Greenwich."""
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")


def _day(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).date().isoformat()


def _added_up(lying: QuerySet[Block], group: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    summed = lying.order_by(*group).values(*group).annotate(total=Sum(UNITS))
    return iter(summed.iterator(ROWS_AT_ONCE))


def _groups(lying: QuerySet[Block], group: tuple[str, ...]) -> int:
    found: int = lying.order_by().values(*group).distinct().count()
    return found


def _holding(
    row: dict[str, Any], group: tuple[str, ...], accounts: dict[int, Account] | None = None
) -> list[Cell]:
    cells: list[Cell] = []
    if accounts is not None:
        account = accounts[row["account"]]
        kind = account.account_type
        cells += [account.identifier, f"{kind.label} ({kind.des_code})", account.holder]
    if "party" in group:
        cells.append(row["party"])
    if "project_number" in group:
        cells.append(f"{row['project_number']:04}" if "project_number" in row else "")
    if "unit_type" in group:
        cells.append(UnitType(row["unit_type"]).label if "unit_type" in row else "")
    if "applicable_period" in group:
        cells.append(str(row["applicable_period"]) if "applicable_period" in row else "")
    return [*cells, row["total"]]
