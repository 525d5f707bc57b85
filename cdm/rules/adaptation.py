"""The share of proceeds for adaptation (Article 12.8): units of a block, by which rule, or why none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cdm.rules.days import in_words
from cdm.rules.errors import RuleError
from cdm.rules.parties import is_least_developed_on, party
from cdm.rules.sets import RuleSet, rule_set_on


@dataclass(frozen=True)
class AdaptationShare:
    """The share of one block. `units` is a whole number of units; the rest goes to the participants.

    `rate_percent` is the rate applied: 0 where the block is exempt; `exemption` then says why, with source.
    `full_rate_percent` is the rate of the rule set. `rule` is the rule in words, with source.
    """

    units: int
    rate_percent: Decimal
    rule: str
    exemption: str
    full_rate_percent: Decimal
    rest: int
    working: tuple[str, ...]

    @property
    def is_exempt(self) -> bool:
        """Whether an exemption applied."""
        return bool(self.exemption)


def share_of(quantity: int, rate_percent: Decimal) -> int:
    """`rate_percent` of `quantity` units, to the nearest whole unit, an exact half to the participants.

    Integers throughout: 75 units at 2 per cent are 1.5, hence 1; 76 are 1.52, hence 2 (rulebook 0.3).
    Raises RuleError for a quantity or rate that cannot be.
    """
    checked_quantity(quantity)
    if not rate_percent.is_finite() or not 0 <= rate_percent <= 100:
        raise RuleError(f"A share of {rate_percent} per cent is not possible. It lies between 0 and 100.")
    numerator, denominator = rate_percent.as_integer_ratio()
    whole, over = divmod(numerator * quantity, denominator * 100)
    return whole + (1 if 2 * over > denominator * 100 else 0)


def checked_quantity(quantity: int) -> int:
    """The quantity itself. Raises RuleError where it is not a whole number of 0 or more."""
    if isinstance(quantity, bool) or not isinstance(quantity, int):
        raise RuleError(f"“{quantity}” is not a whole number. Units are whole tonnes of CO2 equivalent.")
    if quantity < 0:
        raise RuleError(f"{quantity:,} is negative. Enter a number of units of 0 or more.")
    return quantity


def adaptation_share(
    *,
    quantity: int,
    host: str,
    on: date,
    is_small_scale_afforestation: bool,
    rules: RuleSet | None = None,
) -> AdaptationShare:
    """The share of a block of `quantity` units of the host Party `host`.

    `on` is the day the request for issuance was published: it decides whether the host was least developed
    (rulebook 8, question 6), and the rate where `rules` is not given. Sources: 17/CP.7 para 15, rulebook 0.3.
    Raises RuleError for an impossible quantity, NoSuchRule for an unknown host.
    """
    chosen = rules or rule_set_on(on)
    rate = chosen.param("share.adaptation_percent", on)
    full_rate = chosen.decimal("share.adaptation_percent", on)
    position = chosen.param("share.adaptation_position", on)
    rule = (
        f"{plain(full_rate)} per cent of each block, to the nearest unit, exact halves to the participants; "
        f"the units with the lowest serial numbers. Source: {rate.source}; {position.source}."
    )
    exemption = _exemption(chosen, host, on, is_small_scale_afforestation)
    applied = Decimal(0) if exemption else full_rate
    units = share_of(quantity, applied)
    if exemption:
        working = (exemption, f"All {quantity:,} units go to the participants.")
    else:
        exactly = full_rate * quantity / 100
        working = (
            f"{plain(full_rate)} per cent of {quantity:,} units = {plain(exactly)}, rounded to {units:,}.",
            f"{quantity:,} - {units:,} = {quantity - units:,} units go to the participants.",
        )
    return AdaptationShare(units, applied, rule, exemption, full_rate, quantity - units, working)


def mitigation_cancellation(*, quantity: int, on: date, rules: RuleSet | None = None) -> int:
    """Units of a block cancelled for overall mitigation: none in the CDM, some in mechanisms built on it."""
    return mitigation(quantity=quantity, on=on, rules=rules).units


@dataclass(frozen=True)
class Mitigation:
    """What of a block is cancelled for overall mitigation. `rule` is the rule in words, with source."""

    units: int
    rate_percent: Decimal
    rule: str


def mitigation(*, quantity: int, on: date, rules: RuleSet | None = None) -> Mitigation:
    """The cancellation for overall mitigation of a block of `quantity` units, rounded as the adaptation share is.

    `on` chooses the rate where `rules` is not given. Raises RuleError for an impossible quantity.
    """
    chosen = rules or rule_set_on(on)
    param = chosen.param("share.mitigation_percent", on)
    rate = chosen.decimal("share.mitigation_percent", on)
    rule = (
        f"{plain(rate)} per cent of each block, to the nearest unit, exact halves to the participants; "
        f"the lowest serial numbers after the share for adaptation. Source: {param.source}."
    )
    return Mitigation(share_of(quantity, rate), rate, rule)


def _exemption(rules: RuleSet, host: str, on: date, is_small_scale_afforestation: bool) -> str:
    """Why the block is exempt, as a sentence with its source; empty where it is not."""
    name = party(host).name
    least_developed = rules.param("share.adaptation_least_developed_exempt", on)
    if least_developed.value and is_least_developed_on(host, on):
        day = in_words(on)
        return (
            f"Exempt: {name} is on the list of least developed countries on {day} ({least_developed.source})."
        )
    small = rules.param("share.adaptation_small_afforestation_exempt", on)
    if small.value and is_small_scale_afforestation:
        return f"Exempt: small-scale afforestation or reforestation ({small.source})."
    return ""


def plain(number: Decimal) -> str:
    """A number without needless zeros or exponent: 2, 2.5, 1,346.06."""
    normal = number.normalize()
    exponent = normal.as_tuple().exponent
    return f"{normal:,f}" if isinstance(exponent, int) and exponent < 0 else f"{int(normal):,}"
