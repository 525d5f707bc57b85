"""Fees and the administrative share of proceeds, in USD, with their working in words. Rulebook 3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from cdm.rules.days import in_words
from cdm.rules.errors import NoSuchRule, RuleError
from cdm.rules.parties import is_least_developed_on, party
from cdm.rules.sets import RuleParam, RuleSet, rule_set_on
from cdm.rules.values import Steps

CENT: Final = Decimal("0.01")
NOTHING: Final = Decimal("0.00")


@dataclass(frozen=True)
class Charge:
    """An amount in USD with its working. `due_usd` is what must be paid now: less what was prepaid, and
    nothing where the charge is `deferred` until after the first issuance.
    """

    amount_usd: Decimal
    working: tuple[str, ...]
    deferred: bool
    source: str
    due_usd: Decimal
    prepaid_used_usd: Decimal = NOTHING


def registration_fee(
    *,
    average_annual_t: int,
    requested_on: date,
    host: str,
    registered_projects_in_host: int,
    rules: RuleSet | None = None,
) -> Charge:
    """The registration fee on the average yearly reductions (t CO2e, whole) over the first crediting period.

    `requested_on` decides tariff and exemptions: the day the request is published, or submitted where it is
    not published yet. Raises RuleError for a negative or fractional quantity, NoSuchRule for an unknown host.
    """
    quantity = whole("average yearly reductions", average_annual_t, "tonnes")
    projects = whole("number of registered projects", registered_projects_in_host, "projects")
    chosen = rules or rule_set_on(requested_on)
    exempt = chosen.param("fee.least_developed_exempt", requested_on)
    if exempt.value and is_least_developed_on(host, requested_on):
        return _nothing(f"{_least_developed(host, requested_on)} pays no registration fee.", exempt)
    method = chosen.param("fee.registration_method", requested_on)
    if method.value == "steps":
        amount, lines, source = _by_steps(quantity, chosen.param("fee.registration_steps", requested_on))
    else:
        free = chosen.param("fee.registration_free_below_t", requested_on)
        free_below = chosen.integer("fee.registration_free_below_t", requested_on)
        if quantity < free_below:
            return _nothing(f"{quantity:,} t a year is below {free_below:,} t: no registration fee.", free)
        amount, lines = _bands(quantity, 0, chosen.steps("fee.administrative", requested_on), "t")
        source = f"{method.source}; {chosen.param('fee.administrative', requested_on).source}"
    try:
        cap: Decimal | None = chosen.decimal("fee.registration_cap_usd", requested_on)
    except NoSuchRule:
        cap = None
    if cap is not None and amount > cap:
        lines.append(f"The fee is at most {usd(cap)}.")
        amount, source = (
            cap.quantize(CENT),
            f"{source}; {chosen.param('fee.registration_cap_usd', requested_on).source}",
        )
    deferral = chosen.param("fee.deferred_below_projects", requested_on)
    least = chosen.integer("fee.deferred_below_projects", requested_on)
    deferred = amount > 0 and projects < least
    if deferred:
        lines.append(
            f"{party(host).name} has {projects} registered projects, fewer than {least}: "
            "the fee is paid after the first issuance."
        )
        source = f"{source}; {deferral.source}"
    return Charge(amount, tuple(lines), deferred, source, NOTHING if deferred else amount)


def administrative_share(
    *,
    quantity: int,
    already_requested_this_year: int,
    requested_on: date,
    host: str,
    prepaid_usd: Decimal,
    rules: RuleSet | None = None,
) -> Charge:
    """The administrative share of proceeds on `quantity` units of one request for issuance.

    `already_requested_this_year`: units requested before for the same project in the same calendar year; the
    cheaper first band is counted per year. `prepaid_usd`: what is left of the registration fee, used first.
    Raises RuleError for a negative or fractional quantity or a negative prepayment, NoSuchRule for the host.
    """
    units = whole("quantity", quantity, "units")
    before = whole("quantity requested earlier in the year", already_requested_this_year, "units")
    prepaid = money("prepaid amount", prepaid_usd)
    chosen = rules or rule_set_on(requested_on)
    exempt = chosen.param("fee.least_developed_exempt", requested_on)
    if exempt.value and is_least_developed_on(host, requested_on):
        return _nothing(f"{_least_developed(host, requested_on)} pays no administrative share.", exempt)
    tariff = chosen.param("fee.administrative", requested_on)
    lines: list[str] = []
    if before:
        lines.append(f"{before:,} units were already requested in {requested_on.year}.")
    amount, worked = _bands(units, before, chosen.steps("fee.administrative", requested_on), "units")
    lines += worked
    used = min(prepaid, amount)
    if used:
        lines.append(f"{usd(used)} of the registration fee paid in advance is used.")
        lines.append(f"{usd(amount)} - {usd(used)} = {usd(amount - used)} to pay.")
    return Charge(amount, tuple(lines), False, tariff.source, amount - used, used)


def refund_if_not_registered(
    *, paid_usd: Decimal, requested_on: date, rules: RuleSet | None = None
) -> Decimal:
    """What is paid back where a project is not registered: the amount above USD 30,000 (EB 37 A20 p 7)."""
    chosen = rules or rule_set_on(requested_on)
    return max(NOTHING, money("amount paid", paid_usd) - chosen.decimal("fee.refund_above_usd", requested_on))


def usd(amount: Decimal) -> str:
    """An amount as people read it: "USD 1,500.00"."""
    return f"USD {amount.quantize(CENT, ROUND_HALF_UP):,}"


def whole(what: str, number: int, unit: str) -> int:
    """The number itself. Raises RuleError where it is not a whole number of 0 or more."""
    if isinstance(number, bool) or not isinstance(number, int):
        raise RuleError(f"The {what} must be a whole number of {unit}, not “{number}”.")
    if number < 0:
        raise RuleError(f"The {what} must not be negative: {number:,} {unit}.")
    return number


def money(what: str, amount: Decimal) -> Decimal:
    """The amount itself, in USD. Raises RuleError for a float, a negative amount or parts of a cent."""
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise RuleError(f"The {what} must be an exact amount in USD, not “{amount}”.")
    if amount < 0:
        raise RuleError(f"The {what} must not be negative: USD {amount:,}.")
    if amount != amount.quantize(CENT):
        raise RuleError(f"The {what} must be in whole cents, not USD {amount}.")
    return amount


def _bands(quantity: int, before: int, bands: Steps, unit: str) -> tuple[Decimal, list[str]]:
    """The price of `quantity` above the `before` already counted, band by band, with a line for each band."""
    amount, lines, lower, position, left = NOTHING, [], 0, before, quantity
    for band in bands:
        room = left if band.up_to is None else max(0, band.up_to - max(position, lower))
        taken = min(left, room)
        if taken:
            price = (band.amount * taken).quantize(CENT, ROUND_HALF_UP)
            lines.append(f"{taken:,} {unit} at {usd(band.amount)} = {usd(price)}.")
            amount, position, left = amount + price, position + taken, left - taken
        lower = band.up_to or lower
    if len(lines) > 1:
        lines.append(f"Together {usd(amount)}.")
    if not lines:
        lines.append(f"0 {unit}: {usd(NOTHING)}.")
    return amount, lines


def _by_steps(quantity: int, scale: RuleParam) -> tuple[Decimal, list[str], str]:
    """The fixed fee for the step that the quantity falls in."""
    steps = scale.value
    if not isinstance(steps, tuple):
        raise RuleError("The fixed scale of registration fees is not a scale.")
    lower = 0
    for step in steps:
        if step.up_to is None or quantity <= step.up_to:
            size = f"more than {lower:,} t" if step.up_to is None else f"up to {step.up_to:,} t"
            amount = step.amount.quantize(CENT)
            return amount, [f"{quantity:,} t a year: {size}, {usd(amount)}."], scale.source
        lower = step.up_to
    raise RuleError("The fixed scale of registration fees has no last step.")


def _nothing(line: str, because: RuleParam) -> Charge:
    return Charge(NOTHING, (line,), False, because.source, NOTHING)


def _least_developed(host: str, on: date) -> str:
    return f"{party(host).name}, on the list of least developed countries on {in_words(on)},"
