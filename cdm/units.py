"""How the cycle speaks to the book of units: the names it gives, and what it may ask of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connections
from django.db.models import BigIntegerField, CharField, Exists, IntegerField, OuterRef, Q

from cdm import money
from cdm.models import (
    BoardRequest,
    ExcessIssuance,
    ForwardingRequest,
    LetterOfApproval,
    Organisation,
    Participation,
    Project,
)
from registry import queries as book_queries
from registry.codes import AccountType
from registry.models import Account, Issuance
from registry.movements.table import LASTING
from registry.prepared import Prepared
from registry.queries import Holding

Share = tuple[Account, int, int]

_PROJECT = Prepared(
    lambda party, number: Project.objects.filter(host_party=party, reference_number=number)[:1],
    party=CharField(),
    number=IntegerField(),
)
# a Party has one letter for a project
_AUTHORISED = Prepared(
    lambda project: Participation.objects.filter(
        Exists(
            LetterOfApproval.objects.filter(
                project=OuterRef("project"),
                party=OuterRef("party"),
                state="issued",
                authorised=OuterRef("organisation"),
            )
        ),
        project_id=project,
    ).select_related("organisation"),
    project=BigIntegerField(),
)


def reference_of(organisation: Organisation) -> str:
    """How the book names the holder of an account, so that the registry need not know organisations."""
    return f"organisation:{organisation.pk}"


def organisation_key(reference: str) -> int | None:
    """The organisation that the book names so; None where the holder is none."""
    prefix, _, key = reference.partition(":")
    return int(key) if prefix == "organisation" else None


def request_reference_of(request: BoardRequest) -> str:
    """How the book names the request that units were issued for."""
    return f"request:{request.pk}"


def holdings_of(organisation: Organisation) -> dict[str, Holding]:
    """The units in the accounts of an organisation, one holding a kind, by a key that a form or program can send."""
    return {
        f"{account.identifier}/{held.party}/{held.project_number}/{int(held.unit_type)}/{held.commitment_period}": held
        for account in book_queries.accounts_of([reference_of(organisation)])
        for held in book_queries.holdings(account=account)
    }


def issuances_of(request: BoardRequest) -> list[Issuance]:
    """The issuances of one request, one a commitment period: the last where one was issued anew."""
    reference = request_reference_of(request)
    made = Issuance.objects.filter(
        Q(request_reference=reference) | Q(request_reference__startswith=f"{reference}:reissue:")
    )
    last = {issuance.commitment_period: issuance for issuance in made.order_by("pk")}
    return [last[period] for period in sorted(last)]


def issued_for(project: Project) -> int:
    """Units issued for an activity up to now; 0 before it is registered."""
    if project.reference_number is None:
        return 0
    made = book_queries.issuances_of(party=project.host_party, project_number=project.reference_number)
    return sum(issuance.last - issuance.first + 1 for issuance in made)


def authorised_holders(project: Project) -> dict[str, Organisation]:
    """Participants with a standing letter of the Party that authorises them, by the book's name for them."""
    rows = _AUTHORISED(project=project.pk)
    return {reference_of(row.organisation): row.organisation for row in rows}


def is_participant(account: Account, *, party: str, project_number: int) -> bool | None:
    """For settings.REGISTRY_PARTICIPANT: whether the holder takes part in the project by a letter in force."""
    project = _PROJECT.first(party=party, number=project_number)
    if project is None:
        return None
    holders = authorised_holders(project)
    if account.account_type == AccountType.OTHER_REGISTRY and not account.holder_reference:
        # the other registry keeps the account; here its holder is known by name
        return account.holder in {organisation.name for organisation in holders.values()}
    return account.holder_reference in holders


# the same of every line of a movement, asked of PostgreSQL with all else that the movement reads (cdm/sql)
is_participant.in_sql = "cdm_participates"  # type: ignore[attr-defined]


def install(using: str) -> None:
    """Put that function into the database."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute((Path(__file__).parent / "sql" / "participates.sql").read_text(encoding="utf-8"))


def project_titles(projects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """For settings.REGISTRY_PROJECT_TITLES: titles by host Party and number."""
    wanted = set(projects)
    found = Project.objects.filter(reference_number__in=[number for _, number in wanted])
    return {
        (project.host_party, project.reference_number): project.title
        for project in found
        if project.reference_number is not None and (project.host_party, project.reference_number) in wanted
    }


def units_to_replace(account: Account) -> int:
    """For settings.REGISTRY_UNITS_TO_REPLACE: what the holder owes for excess issuances, less what it holds for it."""
    key = organisation_key(account.holder_reference)
    if key is None:
        return 0
    owing = ExcessIssuance.objects.filter(doe=key, state__in=("determined", "due", "overdue"))
    due = sum(obligation.remaining for obligation in owing)
    if not due:
        return 0
    accounts = book_queries.accounts_of([account.holder_reference])
    held = sum(
        holding.units
        for one in accounts
        for holding in book_queries.holdings(account=one)
        if holding.unit_type in LASTING
    )
    return max(0, due - held)


def still_asked_of(account: Account) -> list[str]:
    """For settings.REGISTRY_STILL_ASKED: the open forwarding requests that send units to the account."""
    ended = [state.name for state in ForwardingRequest.machine.states if state.ending]
    open_requests = ForwardingRequest.objects.filter(shares__account=account).exclude(state__in=ended)
    found = open_requests.distinct().select_related("project").order_by("pk")
    return [f"{request} of project {request.project.reference}" for request in found]


@dataclass(frozen=True)
class Available:
    """What of an issuance may leave the pending account now, in units.

    `paid_for` is the part of all issued units that the administrative share is paid for (EB 96), the units for
    adaptation first; `free` what of it the participants may still have forwarded; `waiting` what lies there.
    """

    waiting: int
    paid_for: int
    free: int

    @property
    def is_held_back(self) -> bool:
        return self.free < self.waiting


def available(request: BoardRequest) -> Available:
    """Rulebook 4.6, no. 6: no more units are available than are paid for; nothing due makes all available."""
    issuances = issuances_of(request)
    issued = sum(issuance.quantity for issuance in issuances)
    waiting = sum(book_queries.waiting(issuance) for issuance in issuances)
    invoice = money.share_invoice(request)
    if invoice is None or invoice.open_usd <= 0:
        return Available(waiting, issued, waiting)
    paid_for = money.units_paid_for(invoice)
    # the units for adaptation left first, and so did those that were forwarded before
    gone = issued - waiting
    return Available(waiting, paid_for, max(0, min(waiting, paid_for - gone)))
