"""Takes the CDM registry's public history through the book, row by row as it happened, and verifies the book."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from cdm.management.report_rows import (
    CANCELLATION_COLUMNS,
    ISSUANCE_COLUMNS,
    BadRow,
    Row,
    day,
    read,
)
from cdm.rules import adaptation
from cdm.rules.errors import RuleError
from registry import book, verify
from registry.codes import COMMITMENT_PERIODS, ISSUED_HERE, AccountType, EntryKind, UnitType
from registry.management.tables import OnTables
from registry.models import Account, Deduction, Issuance
from registry.serials import UnitBlockIdentifier

# The reports do not name the scale of a project. These hosts and projects are small-scale afforestation or
# reforestation, whose units give no share for adaptation (6/CMP.1; rulebook 3.4; project search list,
# AR-AMS).
SMALL_SCALE_AFFORESTATION = frozenset(
    {("IN", 8283), ("IN", 10220), ("IN", 10181), ("IN", 10213), ("NI", 3970), ("PY", 2694)}
)
# A tCER expires at the end of the period after the one it was issued for (5/CMP.1 annex, 1(g)). No third
# period
# was agreed; 2030 is the end that the data exchange standards keep a place for.
TCER_EXPIRES_ON = {1: dt.date(2020, 12, 31), 2: dt.date(2030, 12, 31)}
# An lCER expires with its crediting period, which the reports do not name: 30 years is the longest that is
# not
# renewed (5/CMP.1 annex, paragraph 23).
LCER_YEARS = 30


@dataclass
class Report:
    """What is printed in the end."""

    issuances: int = 0
    issued_units: int = 0
    serial_mismatches: int = 0
    adaptation_units: int = 0
    cancellations: int = 0
    cancelled_units: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    parties: int = 0
    seconds_issuance: float = 0.0
    seconds_cancellation: float = 0.0
    verified: bool = False

    def reject(self, file: str, row: dict[str, str], reason: str) -> None:
        self.rejected.append({"file": file, "row": row.get("seq", ""), "reason": reason})


class Command(OnTables):
    help = (
        "Replays issuances and cancellations in the columns of the CDM registry's public reports through the book: "
        "serials are allotted anew and compared with the file's, the share for adaptation is taken, the rest "
        "forwarded, the cancellations made, and the book verified. May go on from an earlier replay."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--issuances", type=Path, required=True, help="CSV file of issuances")
        parser.add_argument("--cancellations", type=Path, required=True, help="CSV file of cancellations")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        issuances = read(Path(options["issuances"]), ISSUANCE_COLUMNS)
        cancellations = read(Path(options["cancellations"]), CANCELLATION_COLUMNS)
        report = Report()
        started = time.perf_counter()
        replay_issuances(issuances, report)
        issued = time.perf_counter()
        replay_cancellations(cancellations, report)
        report.seconds_issuance = round(issued - started, 3)
        report.seconds_cancellation = round(time.perf_counter() - issued, 3)
        verification = verify.verify_book()
        report.verified = verification.ok
        if options["json"]:
            self.stdout.write(json.dumps(vars(report), indent=2))
        else:
            for name, value in vars(report).items():
                self.stdout.write(f"{name}: {value}")
        for finding in verification.findings:
            self.stderr.write(str(finding))
        if not report.verified or report.serial_mismatches:
            raise CommandError("The replayed book is not what the file says.", returncode=1)


def _rows(raws: Iterable[dict[str, str]], file: str, report: Report) -> Iterator[Row]:
    for raw in raws:
        try:
            yield Row.read(raw)
        except BadRow as bad:
            report.reject(file, raw, str(bad))


def replay_issuances(raws: list[dict[str, str]], report: Report) -> None:
    """Issue in the order of the serials, which is the order of the instructions; completion came later."""
    rows = sorted(_rows(raws, "issuances", report), key=lambda row: (row.party, row.serials.first))
    accounts = Holdings(rows)
    overlaps = Overlaps()
    orders: list[book.IssuanceOrder] = []
    asked: list[Row] = []
    for row in rows:
        try:
            orders.append(_issuance_order(row, accounts.of(row), overlaps))
            asked.append(row)
        except (BadRow, RuleError, ValueError) as bad:
            report.reject("issuances", row.raw, str(bad))
    for row, result in zip(asked, book.issue_many(orders=orders), strict=True):
        if isinstance(result, book.Refused):
            report.reject("issuances", row.raw, result.sentence)
        elif result.again:
            report.reject("issuances", row.raw, "This issuance is in the book already.")
        else:
            report.issuances += 1
            report.issued_units += result.serials.units
            report.adaptation_units += result.share_units
            report.serial_mismatches += result.serials != row.serials
    report.parties = len({row.party for row in rows})


def _issuance_order(row: Row, account: Account, overlaps: Overlaps) -> book.IssuanceOrder:
    raw = row.raw
    start, end = _monitoring(row)
    share = adaptation.adaptation_share(
        quantity=row.serials.units,
        host=row.party,
        on=day(raw["issuance_date"]) or row.completed_at.date(),
        is_small_scale_afforestation=(row.party, row.project_number) in SMALL_SCALE_AFFORESTATION,
    )
    # one process may have issued several blocks of a period; each is a request of its own here
    reference = f"history:{raw['issuance_process_id']}:{row.unit_type.label}{overlaps.nth(row)}"
    key = f"{reference}:{row.party}-{row.project_number}"
    return book.IssuanceOrder(
        party=row.party,
        project_number=row.project_number,
        unit_type=row.unit_type,
        commitment_period=row.commitment_period,
        quantity=row.serials.units,
        share=book.ShareOfProceeds(share.units, share.full_rate_percent, share.rule, share.exemption),
        monitoring_start=start,
        monitoring_end=end,
        by=None,
        at=row.completed_at,
        reason="Issued by the CDM registry; replayed from its public report.",
        key=f"{key}:{row.commitment_period}",
        request_reference=reference,
        forward_to=[(account, row.serials.units - share.units)] if share.units < row.serials.units else [],
        correction=overlaps.correction(row, start, end, reference),
        expires_on=_expiry(row, start),
    )


def _monitoring(row: Row) -> tuple[dt.date, dt.date]:
    """The days of the monitoring period that lie in the row's own commitment period.

    The report gives every row of a request across the end of a period the days of the whole request, after
    31 December 2020 too. Where it gives none, any day of the period until the issuance may be meant.
    """
    period = COMMITMENT_PERIODS.get(row.commitment_period)
    if period is None:
        raise BadRow(f"There is no commitment period {row.commitment_period}.")
    start = day(row.raw["monitoring_start"]) or period.first_day
    end = day(row.raw["monitoring_end"]) or row.completed_at.date()
    first, last = max(start, period.first_day), min(end, period.last_day)
    if last < first:
        raise BadRow(f"No day from {start} to {end} lies in commitment period {row.commitment_period}.")
    return first, last


def _expiry(row: Row, start: dt.date) -> dt.date | None:
    if row.unit_type == UnitType.TCER:
        return TCER_EXPIRES_ON.get(row.commitment_period)
    if row.unit_type == UnitType.LCER:
        return dt.date(start.year + LCER_YEARS, start.month, min(start.day, 28))
    return None


class Holdings:
    """One account for the participants of each project in each host Party, opened where there is none yet."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.accounts: dict[tuple[str, int], Account] = {}
        for account in Account.objects.filter(
            type=AccountType.HOLDING, holder_reference__startswith="history:"
        ):
            if account.project_number is not None:
                self.accounts[account.party, account.project_number] = account
        first: dict[tuple[str, int], dt.datetime] = {}
        for row in rows:
            kind = (row.party, row.project_number)
            if kind not in self.accounts:
                first[kind] = min(first.get(kind, row.completed_at), row.completed_at)
        if first:
            opened = book.open_accounts(
                type=AccountType.HOLDING,
                holders=[
                    book.Holder(
                        party=party,
                        holder=f"Participants of project {party}-{number:04}",
                        holder_reference=f"history:{party}-{number}",
                        project_number=number,
                    )
                    for party, number in first
                ],
                by=None,
                at=min(first.values()),
                reason="For the replay of the CDM registry's public report, which names no accounts.",
            )
            self.accounts.update(zip(first, opened, strict=True))

    def of(self, row: Row) -> Account:
        return self.accounts[row.party, row.project_number]


class Overlaps:
    """Monitoring periods issued for twice. They stand in the report, and the Board corrected them later;
    the book
    takes them with a recorded reason only."""

    def __init__(self) -> None:
        self.periods: dict[tuple[str, int], list[tuple[dt.date, dt.date, str]]] = defaultdict(list)
        self.seen: Counter[tuple[Any, ...]] = Counter()
        fields = ("party", "project_number", "monitoring_start", "monitoring_end", "request_reference")
        for party, number, start, end, reference in Issuance.objects.values_list(*fields):
            self.periods[party, number].append((start, end, reference))

    def nth(self, row: Row) -> str:
        """Nothing for the first block of a process, Party, project, type and period in the file; then “#2”."""
        one = (
            *(row.raw["issuance_process_id"], row.party, row.project_number),
            *(row.unit_type, row.commitment_period),
        )
        self.seen[one] += 1
        return f"#{self.seen[one]}" if self.seen[one] > 1 else ""

    def correction(self, row: Row, start: dt.date, end: dt.date, reference: str) -> str:
        """The reason to record, or nothing where no day was issued for before and the report gives the days."""
        earlier = self.periods[row.party, row.project_number]
        hit = next((e for e in earlier if e[0] <= end and start <= e[1] and e[2] != reference), None)
        earlier.append((start, end, reference))
        if hit is None:
            told = row.raw["monitoring_start"].strip() and row.raw["monitoring_end"].strip()
            return "" if told else "The CDM registry's report does not give the monitoring period."
        return (
            f"The CDM registry's own report has a second issuance for days from {hit[0]} to {hit[1]}: "
            f"process {row.raw['issuance_process_id']}, completed {row.completed_at:%Y-%m-%d}."
        )


def replay_cancellations(raws: list[dict[str, str]], report: Report) -> None:
    """Cancel in the order of completion, each from the account in which its serials lie."""
    rows = sorted(_rows(raws, "cancellations", report), key=lambda row: (row.completed_at, row.serials))
    if not rows:
        return
    places = Places(rows)
    target = book.own_account(AccountType.VOLUNTARY_CANCELLATION, at=rows[0].completed_at)
    orders: list[book.MovementOrder] = []
    asked: list[Row] = []
    for row in rows:
        try:
            orders.append(_cancellation_order(row, places.source(row), target))
            asked.append(row)
        except (BadRow, book.Refused) as bad:
            report.reject("cancellations", row.raw, str(bad))
    for row, result in zip(asked, book.move_many(orders=orders), strict=True):
        if isinstance(result, book.Refused):
            report.reject("cancellations", row.raw, result.sentence)
        elif result.again:
            report.reject("cancellations", row.raw, "This cancellation is in the book already.")
        else:
            report.cancellations += 1
            report.cancelled_units += result.quantity


def _key(row: Row, what: str) -> str:
    return f"history:{what}:{row.serials.party}:{row.serials.first}-{row.serials.last}"


def _cancellation_order(row: Row, source: Account, target: Account) -> book.MovementOrder:
    platform = " through the online platform" if row.raw.get("via_online_platform") == "Yes" else ""
    return book.MovementOrder(
        kind=EntryKind.CANCELLATION,
        source=source,
        target=target,
        party=row.party,
        project_number=row.project_number,
        unit_type=row.unit_type,
        commitment_period=row.commitment_period,
        serials=row.serials,
        by=None,
        at=row.completed_at,
        reason=f"Cancelled voluntarily{platform}; replayed from the CDM registry's public report.",
        key=_key(row, "cancellation"),
    )


class Places:
    """Where serials lie: the adaptation account, the account of the participants, or one for foreign units."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.adaptation = Account.objects.filter(type=AccountType.ADAPTATION_SHARE).first()
        self.holdings = Holdings(row for row in rows if row.unit_type in ISSUED_HERE)
        self.shares: dict[str, list[tuple[int, int]]] = defaultdict(list)
        taken = Deduction.objects.filter(units__gt=0).order_by("issuance__party", "first")
        for party, first, last in taken.values_list("issuance__party", "first", "last"):
            self.shares[party].append((first, last))

    def source(self, row: Row) -> Account:
        """The account to cancel from. Raises BadRow where the serials lie in two."""
        if row.unit_type not in ISSUED_HERE:
            return self._foreign(row)
        shares = self.shares[row.party]
        place = bisect_right(shares, row.serials.last, key=lambda share: share[0]) - 1
        if place < 0 or shares[place][1] < row.serials.first or self.adaptation is None:
            return self.holdings.of(row)
        if shares[place][0] <= row.serials.first and row.serials.last <= shares[place][1]:
            return self.adaptation
        raise BadRow(f"The serials {row.serials} lie partly in the adaptation account.")

    def _foreign(self, row: Row) -> Account:
        """Units that another registry issued come in first; the row's unit type declares them as such."""
        account = Account.objects.filter(holder_reference=f"history:foreign:{row.party}").first()
        account = account or book.open_account(
            type=AccountType.HOLDING,
            holder="Holders of units from other registries",
            party=row.party,
            holder_reference=f"history:foreign:{row.party}",
            by=None,
            at=row.completed_at,
            reason="For the replay of the CDM registry's public report, which names no accounts.",
        )
        book.receive(
            account=account,
            units=UnitBlockIdentifier(
                serials=row.serials,
                unit_type=row.unit_type,
                original_period=row.commitment_period,
                applicable_period=row.commitment_period,
                project_number=row.project_number,
            ),
            by=None,
            at=row.completed_at,
            reason="Received from the registry that issued them; replayed from the CDM registry's public report.",
            key=_key(row, "arrival"),
        )
        return account
