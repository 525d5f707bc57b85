"""Forwarding by percentage: whole units for each account, and where what is left over goes (EB 20, paragraph 70)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cdm.rules.adaptation import checked_quantity
from cdm.rules.errors import RuleError


@dataclass(frozen=True)
class Parts:
    """Whole units for each percentage, in the order given, and the units left over by rounding."""

    units: tuple[int, ...]
    left_over: int

    @property
    def total(self) -> int:
        return sum(self.units) + self.left_over


def parts_of(quantity: int, percentages: Sequence[Decimal]) -> Parts:
    """So many per cent of `quantity` units for each, rounded to the nearest whole unit.

    Units that no rounded share takes are left over; the request names the account they go to, and where it names
    none they go to the account for the adaptation share (EB 20, paragraph 70). Where the shares would come to more
    than they are per cent of together, those rounded up by most are rounded down instead: no text says which, and
    no unit may be given twice. Percentages of less than 100 together forward a part (EB 21, paragraph 70).

    Raises:
        RuleError: a percentage is not above 0 with at most four decimals, or all come to more than 100.
    """
    checked_quantity(quantity)
    if not percentages:
        raise RuleError("Name at least one account and its percentage.")
    for percentage in percentages:
        if not percentage.is_finite() or percentage <= 0 or percentage > 100:
            raise RuleError(
                f"{percentage} per cent is not possible. A share lies above 0 and is at most 100."
            )
        if percentage != round(percentage, 4):
            raise RuleError(f"{percentage} per cent has more than four decimals; round it.")
    together = sum(percentages, Decimal(0))
    if together > 100:
        raise RuleError(f"The percentages come to {together.normalize():f}; they cannot be more than 100.")
    exact = [Fraction(percentage) * quantity / 100 for percentage in percentages]
    units = [_nearest(share) for share in exact]
    most = quantity if together == 100 else _nearest(sum(exact, Fraction(0)))
    rounded_up = sorted(
        (place for place, share in enumerate(exact) if units[place] > share),
        key=lambda place: (exact[place] - units[place], -place),
    )
    for place in rounded_up[: max(0, sum(units) - most)]:
        units[place] -= 1
    return Parts(tuple(units), most - sum(units))


def _nearest(share: Fraction) -> int:
    """The nearest whole number, an exact half downwards."""
    whole = share.numerator // share.denominator
    return whole + (1 if share - whole > Fraction(1, 2) else 0)
