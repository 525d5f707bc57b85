"""The checks of limits, of what a movement rests on, and of a reissue; entered with the others by `checks`."""

from __future__ import annotations

from django.db.models import Sum

from registry import codes
from registry.codes import AccountType, EntryKind, UnitType
from registry.models import Block, Entry, Issuance
from registry.models_movements import AssignedAmount, Movement
from registry.movements.facts import Facts
from registry.movements.numbering import Answer, NotEvaluated, check
from registry.queries import UNITS

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
