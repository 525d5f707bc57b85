"""Paying the administrative share in parts, and what it is counted on for removals. Rulebook 3.1, 3.2."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cdm.rules.adaptation import checked_quantity
from cdm.rules.errors import RuleError
from cdm.rules.money import money, usd
from cdm.rules.sets import RuleSet, rule_set_on


def available_units(*, quantity: int, amount_usd: Decimal, paid_usd: Decimal) -> int:
    """How many of `quantity` units may be used when `paid_usd` of `amount_usd` is paid: in proportion, down.

    Source: CDM-EB96-A11-AMEN. Nothing due makes all available.
    """
    checked_quantity(quantity)
    amount, paid = money("amount", amount_usd), money("amount paid", paid_usd)
    if paid >= amount:
        return quantity
    paid_cents, amount_cents = int(paid * 100), int(amount * 100)
    return quantity * paid_cents // amount_cents


def problem(
    *,
    amount_usd: Decimal,
    paid_before_usd: Decimal,
    payments_before: int,
    payment_usd: Decimal,
    on: date,
    rules: RuleSet | None = None,
) -> str:
    """Why a payment towards an administrative share cannot be taken, as a sentence; empty where it can.

    One payment before the Board's 96th meeting, three after it, any number after its 106th; each at least
    USD 1,500 unless it is the remainder.
    """
    chosen = rules or rule_set_on(on)
    payment = money("payment", payment_usd)
    left = money("amount", amount_usd) - money("amount paid", paid_before_usd)
    if payment <= 0:
        return "The payment must be above USD 0.00."
    if payment > left:
        return f"{usd(payment)} is more than the {usd(left)} still due. Record the exact amount."
    if payment == left:
        return ""
    limit = chosen.integer("fee.instalments", on) if chosen.has("fee.instalments", on) else None
    if limit == 1:
        source = chosen.param("fee.instalments", on).source
        return f"The share is paid in one payment: {usd(left)} is due ({source})."
    if limit is not None and payments_before + 1 >= limit:
        return f"At most {limit} instalments are allowed and this is the last: pay the remaining {usd(left)}."
    if chosen.has("fee.instalment_min_usd", on):
        least = chosen.decimal("fee.instalment_min_usd", on)
        if payment < least:
            return f"An instalment is at least {usd(least)}, unless it is the remainder ({usd(left)})."
    return ""


def temporary_units_basis(*, requested: int, highest_issued_before: int) -> int:
    """Units the share is counted on for tCERs: those above the highest number issued before (EB 36 A21)."""
    return max(0, checked_quantity(requested) - checked_quantity(highest_issued_before))


def long_term_units_basis(*, requested: int, history: tuple[int, ...]) -> int:
    """Units the share is counted on for lCERs, `history` being the issuances (+) and reversals (-) so far.

    Requested plus their sum, less the highest such sum in the past (EB 36 annex 21).
    """
    checked_quantity(requested)
    sums, running = [0], 0
    for change in history:
        if isinstance(change, bool) or not isinstance(change, int):
            raise RuleError(f"“{change}” is not a whole number of units.")
        running += change
        sums.append(running)
    return max(0, requested + running - max(sums))
