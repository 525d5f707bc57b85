"""How the cycle speaks to the book of units: the names it gives, and what it may ask of it."""

from __future__ import annotations

from cdm.models import BoardRequest, Organisation, Project
from registry import queries as book_queries
from registry.models import Account, Issuance
from registry.queries import Holding

Share = tuple[Account, int, int]


def reference_of(organisation: Organisation) -> str:
    """How the book names the holder of an account, so that the registry need not know organisations."""
    return f"organisation:{organisation.pk}"


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
    """The issuances of one request, one a commitment period."""
    return list(
        Issuance.objects.filter(request_reference=request_reference_of(request)).order_by("commitment_period")
    )


def authorised_holders(project: Project) -> dict[str, Organisation]:
    """Participants with a standing letter of the Party that authorises them, by the book's name for them."""
    found = {}
    for participation in project.participations.select_related("organisation"):
        letter = project.letters.filter(party=participation.party, state="issued").first()
        if letter is not None and letter.authorised.filter(pk=participation.organisation_id).exists():
            found[reference_of(participation.organisation)] = participation.organisation
    return found
