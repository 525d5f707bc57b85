"""Needs of replacing excess issuance: as much as was issued at most, units that count, no more than is due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from cdm import units
from cdm.workflow.conditions.naming import condition
from cdm.workflow.step import Problem, Step
from registry.codes import UnitType

# 3/CMP.1 annex, para 22 and Appendix D: an equal amount of reduced tonnes; not the temporary units of forests
REPLACING = (
    UnitType.CER,
    UnitType.ERU_FROM_AAU,
    UnitType.ERU_FROM_RMU,
    UnitType.AAU,
    UnitType.RMU,
)


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a given value is a whole number of 1 or more."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


@condition
def excess_was_issued(step: Step) -> Iterator[Problem]:
    """No more can be in excess than was issued for the project."""
    excess = step.given.get("excess")
    if excess is None:
        return
    if not is_whole(excess):
        yield Problem("Give a whole number of units of 1 or more.", "excess")
        return
    project = step.subject.project
    issued = units.issued_for(project)
    others = sum(
        one.quantity or 0
        for one in project.excess_issuances.exclude(pk=step.subject.pk).exclude(quantity=None)
    )
    if excess > issued - others:
        found_before = f", of which {others:,} were found in excess before" if others else ""
        yield Problem(
            f"{issued:,} units were issued for the project{found_before}. No more than {issued - others:,} can be in "
            "excess.",
            "excess",
        )


@condition
def units_replace_what_is_due(step: Step) -> Iterator[Problem]:
    """CER, ERU, AAU or RMU that lie in an account of the entity, and no more than is still due."""
    obligation = step.subject
    holdings = units.holdings_of(obligation.doe)
    if not any(holding.unit_type in REPLACING for holding in holdings.values()):
        yield Problem(
            f"No account of {obligation.doe} holds CERs, ERUs, AAUs or RMUs. Acquire units into an account of yours; "
            "the registry administrator opens one."
        )
    quantity, key = step.given.get("quantity"), step.given.get("holding")
    if quantity is not None and not is_whole(quantity):
        yield Problem("Cancel a whole number of units of 1 or more.", "quantity")
    elif quantity is not None and quantity > obligation.remaining:
        yield Problem(
            f"{quantity:,} units are more than is due: {obligation.remaining:,} of {obligation.quantity:,} are still "
            "to be cancelled.",
            "quantity",
        )
    if not key:
        return
    holding = holdings.get(key)
    if holding is None:
        yield Problem(
            "There are no such units in an account of the entity. Choose among those listed.", "holding"
        )
    elif holding.unit_type not in REPLACING:
        yield Problem(
            f"{holding.unit_type.label}s do not replace excess issuance; CERs, ERUs, AAUs and RMUs do.",
            "holding",
        )
    elif is_whole(quantity) and quantity > holding.units:
        yield Problem(f"Only {holding.units:,} of these units lie there.", "quantity")
