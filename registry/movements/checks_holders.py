"""The checks numbered from 4000 on: who may have the units, who acts, limits, and reissue."""

from __future__ import annotations

from django.db.models import Sum

from registry import codes, outside, people
from registry.codes import AccountType, EntryKind, UnitType
from registry.models import Block, Entry, Issuance
from registry.models_movements import AssignedAmount, Movement
from registry.movements.checking import Answer, NotEvaluated, check
from registry.movements.facts import Facts
from registry.movements.table import Role
from registry.queries import UNITS

# --- 4000: who may have them


@check(4001, "The receiving holder is a participant of every project whose units it gets.")
def receiver_participates(facts: Facts) -> Answer:
    target = facts.movement.target
    unknown = False
    for line in facts.lines:
        if target is None or not line.project_number:
            continue
        participates = outside.is_participant(target, party=line.party, project_number=line.project_number)
        if participates is False:
            return (
                f"“{target.holder}” is not a participant of project {line.project} with a letter of approval in "
                "force; units move between participants of their project only."
            )
        unknown = unknown or participates is None
    return (
        NotEvaluated("The participants of the project are not known to this registry.") if unknown else None
    )


@check(4002, "The Party that authorised the receiving holder is eligible that day.")
def authorising_party_is_eligible(facts: Facts) -> Answer:
    target = facts.movement.target
    if target is None or not target.party:
        return None
    eligible = outside.is_eligible(target.party, facts.day)
    if eligible is None:
        return NotEvaluated(f"No record says whether {target.party} is eligible.")
    if eligible:
        return None
    return (
        f"{target.party} does not meet the eligibility requirements of paragraphs 31 to 33 on {facts.day}; "
        "entities it authorised cannot receive units until it does."
    )


@check(4003, "The receiving account is on the list of trusted accounts, or belongs to the same holder.")
def target_is_trusted(facts: Facts) -> Answer:
    source, target = facts.movement.source, facts.movement.target
    if source is None or target is None:
        return None
    same = bool(source.holder_reference) and source.holder_reference == target.holder_reference
    if same or people.trusts(source, target, facts.at):
        return None
    return (
        f"The account “{target}” is not on the list of trusted accounts of {source.identifier}; have it "
        "added first, which another person approves."
    )


# --- 5000: who acts


@check(5001, "Who proposes holds the role that this kind of movement is proposed in.")
def proposer_may(facts: Facts) -> Answer:
    if Role(facts.movement.proposed_as) in facts.row.proposes:
        return None
    who = " or ".join(Role(role).label for role in facts.row.proposes)
    return f"Only {who} can propose this."


@check(5002, "Who approves is another person than who proposed.")
def two_persons(facts: Facts) -> Answer:
    if facts.approver is None:
        return NotEvaluated("Nobody has approved yet.")
    if facts.approver.pk != facts.movement.proposed_by_id:
        return None
    return "You proposed this movement yourself; another person has to approve it."


# --- 6000: limits, and what a movement rests on


@check(6001, "CERs and ERUs carried over stay within 2.5 per cent of the Party's assigned amount.")
def carry_over_is_within_limit(facts: Facts) -> Answer:
    source = facts.movement.source
    unit_types = {line.unit_type for line in facts.lines}
    if source is None or UnitType.AAU in unit_types:
        return None
    period = facts.lines[0].period
    amount = AssignedAmount.objects.filter(party=source.party, period=period).first()
    if amount is None:
        return NotEvaluated(f"The assigned amount of {source.party} for period {period} is not recorded.")
    most = amount.units * 25 // 1000
    done = _moved(EntryKind.CARRY_OVER, source.party, tuple(unit_types))
    if done + facts.movement.units <= most:
        return None
    return (
        f"{source.party} may carry over {most:,} such units (2.5 per cent of {amount.units:,}); {done:,} are "
        f"carried over already, so {max(0, most - done):,} remain."
    )


@check(6002, "tCERs and lCERs retired stay within five times 1 per cent of base year emissions.")
def removals_are_within_limit(facts: Facts) -> Answer:
    source = facts.movement.source
    if source is None or not any(line.unit_type in codes.WITH_EXPIRY for line in facts.lines):
        return None
    period = facts.lines[0].period
    amount = AssignedAmount.objects.filter(party=source.party, period=period).first()
    if amount is None or amount.base_year_units is None:
        return NotEvaluated(f"The base year emissions of {source.party} are not recorded.")
    most = amount.base_year_units // 100 * 5
    done = _moved(EntryKind.RETIREMENT, source.party, codes.WITH_EXPIRY)
    if done + facts.movement.units <= most:
        return None
    return (
        f"{source.party} may use {most:,} tCERs and lCERs in a commitment period (1 per cent of base year "
        f"emissions, five times); {done:,} are retired already."
    )


@check(6003, "The movement names the notification or decision it rests on.")
def basis_is_named(facts: Facts) -> Answer:
    if facts.movement.basis.strip():
        return None
    return "Name the notification or decision this rests on, so that anyone can find it again."


def _moved(kind: EntryKind, party: str, unit_types: tuple[int, ...]) -> int:
    """Units of these types that entries of a kind have moved or changed for accounts of a Party."""
    entries = Entry.objects.filter(
        kind=kind, movement__source__party=party, movement__lines__unit_type__in=unit_types
    )
    return entries.distinct().aggregate(total=Sum("units"))["total"] or 0


# --- 7000: reissue


@check(7001, "Every unit of the issuance that is corrected was cancelled administratively.")
def issuance_was_cancelled(facts: Facts) -> Answer:
    issuance = facts.movement.corrects
    if issuance is None:
        return "Name the issuance that this one takes the place of, by its serial numbers."
    return _not_cancelled(issuance)


def _not_cancelled(issuance: Issuance) -> Answer:
    live = Block.objects.filter(
        party=issuance.party, first__range=(issuance.first, issuance.last), spent_by__isnull=True
    )
    cancelled = (
        live.filter(account__type=AccountType.ADMINISTRATIVE_CANCELLATION).aggregate(units=Sum(UNITS))[
            "units"
        ]
        or 0
    )
    if cancelled == issuance.quantity:
        return None
    return (
        f"Of the {issuance.quantity:,} units {issuance.serials}, {cancelled:,} are cancelled administratively; "
        "first cancel the rest, in whichever account it lies."
    )


@check(7002, "The issuance has not been corrected before, and no more units come in its place.")
def issuance_is_corrected_once(facts: Facts) -> Answer:
    issuance = facts.movement.corrects
    if issuance is None:
        return NotEvaluated("No issuance is named.")
    earlier = Movement.objects.filter(
        corrects=issuance, state__in=("completed", "awaiting_approval")
    ).exclude(pk=facts.movement.pk)
    if (other := earlier.first()) is not None:
        return f"The issuance {issuance.serials} is corrected by movement {other.number} already."
    if facts.movement.units > issuance.quantity:
        return (
            f"The issuance {issuance.serials} had {issuance.quantity:,} units; "
            f"{facts.movement.units:,} cannot come in their place."
        )
    return None
