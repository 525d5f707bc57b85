"""The calculator, open to everyone: what registration and issuance cost, with the working, rules and sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from cdm.forms.calculator import CalculatorForm
from cdm.rules import adaptation, instalments, money, parties, sets
from cdm.rules.days import in_words
from cdm.rules.errors import NoSuchRule
from cdm.rules.sets import RuleParam, RuleSet, rule_set_on
from cdm.templatetags.cdm_format import usd
from cdm.views.access import now

ENOUGH_PROJECTS = 10
FEE_RULES = (
    *("fee.registration_method", "fee.registration_steps", "fee.administrative", "fee.registration_cap_usd"),
    *("fee.registration_free_below_t", "fee.least_developed_exempt", "fee.deferred_below_projects"),
    "fee.refund_above_usd",
)
SHARE_RULES = ("fee.administrative", "fee.administrative_year", "fee.least_developed_exempt")
INSTALMENT_RULES = ("fee.instalments", "fee.instalment_min_usd")
ADAPTATION_RULES = (
    *("share.adaptation_percent", "share.adaptation_rounding", "share.adaptation_position"),
    *("share.adaptation_least_developed_exempt", "share.adaptation_small_afforestation_exempt"),
    "share.mitigation_percent",
)
EXAMPLE_COLUMNS = ({"label": "Case and working"}, {"label": "Result", "numeric": True})


@dataclass(frozen=True)
class Example:
    """A worked example of the rulebook: what it shows, the figure, the working, and the form filled in."""

    what: str
    result: str
    working: tuple[str, ...]
    given: dict[str, Any]

    @property
    def url(self) -> str:
        return f"{reverse('cdm:calculator')}?{urlencode(self.given)}"


def page(request: HttpRequest) -> HttpResponse:
    """The blank form; or, where the address says what to work out, the answer below it (422 where it cannot)."""
    today = now().date()
    asked = any(name in request.GET for name in _names())
    form = CalculatorForm(request.GET if asked else None, today=today)
    context: dict[str, Any] = {
        "form": form,
        "example_columns": EXAMPLE_COLUMNS,
        "example_rows": [
            [
                {"text": one.what, "url": one.url, "hint": " ".join(one.working)},
                one.result.replace("USD ", "USD\u00a0"),
            ]
            for one in examples()
        ],
    }
    if asked and form.is_valid():
        context |= answer(form.cleaned_data)
    return render(
        request, "cdm/calculator.html", context, status=422 if asked and not form.is_valid() else 200
    )


def answer(given: dict[str, Any]) -> dict[str, Any]:
    """Fee, shares and what remains, for the cleaned values of the form."""
    on: dt.date = given["on"]
    rules = rule_set_on(on)
    found: dict[str, Any] = {
        "rules": rules,
        "rules_url": _rules_url(rules),
        "host": parties.party(given["host"]).name,
        "on": on,
    }
    if given.get("average_annual_t") is not None:
        found["fee"] = _fee(given, rules)
    if given.get("units") is not None:
        found |= _issuance(given, rules)
    return found


def _fee(given: dict[str, Any], rules: RuleSet) -> dict[str, Any]:
    projects = given.get("registered_projects")
    charge = money.registration_fee(
        average_annual_t=given["average_annual_t"],
        requested_on=given["on"],
        host=given["host"],
        registered_projects_in_host=ENOUGH_PROJECTS if projects is None else projects,
        rules=rules,
    )
    refunded = money.refund_if_not_registered(
        paid_usd=charge.amount_usd, requested_on=given["on"], rules=rules
    )
    return {
        "charge": charge,
        "assumed_projects": projects is None and charge.amount_usd > 0,
        "refunded_usd": refunded,
        "rests_on": _rests_on(rules, FEE_RULES, given["on"]),
    }


def _issuance(given: dict[str, Any], rules: RuleSet) -> dict[str, Any]:
    units, on, host = given["units"], given["on"], given["host"]
    prepaid = given.get("prepaid_usd") or Decimal(0)
    charge = money.administrative_share(
        quantity=units,
        already_requested_this_year=given.get("already_requested") or 0,
        requested_on=on,
        host=host,
        prepaid_usd=prepaid,
        rules=rules,
    )
    share = adaptation.adaptation_share(
        quantity=units,
        host=host,
        on=on,
        is_small_scale_afforestation=bool(given.get("is_small_scale_afforestation")),
        rules=rules,
    )
    cancelled = adaptation.mitigation_cancellation(quantity=units, on=on, rules=rules)
    found: dict[str, Any] = {
        "share": {"charge": charge, "rests_on": _rests_on(rules, SHARE_RULES, on)},
        "adaptation": {
            "share": share,
            "lines": [(line, "") for line in share.working],
            "rests_on": _rests_on(rules, ADAPTATION_RULES, on),
        },
        "remains": [
            {"value": f"{units - share.units - cancelled:,}", "label": "Units for the participants"},
            {"value": f"{share.units:,}", "label": "Units for adaptation"},
            {"value": usd(charge.due_usd), "label": "To pay before the units are issued"},
            {"value": usd(prepaid - charge.prepaid_used_usd), "label": "Left of what was paid in advance"},
        ],
    }
    paid = given.get("instalment_usd")
    if paid is not None:
        found["instalment"] = _instalment(units, share.units, charge, paid, on, rules)
    return found


def _instalment(
    units: int, share_units: int, charge: money.Charge, paid: Decimal, on: dt.date, rules: RuleSet
) -> dict[str, Any]:
    """What becomes of the units when only `paid` has come in; what was prepaid counts as paid.

    The `share_units` for adaptation leave first, so the participants have what is left of the available units.
    """
    refusal = instalments.problem(
        amount_usd=charge.amount_usd,
        paid_before_usd=charge.prepaid_used_usd,
        payments_before=0,
        payment_usd=paid,
        on=on,
        rules=rules,
    )
    together = charge.prepaid_used_usd + paid
    available = instalments.available_units(quantity=units, amount_usd=charge.amount_usd, paid_usd=together)
    working = [
        f"{money.usd(together)} of {money.usd(charge.amount_usd)} is paid.",
        f"{units:,} units in that proportion, rounded down = {available:,} units.",
        f"{share_units:,} of them go to adaptation first, so the participants can have forwarded = "
        f"{max(0, available - share_units):,} units.",
        f"{units:,} - {available:,} units wait for the rest = {units - available:,} units.",
    ]
    return {
        "refusal": refusal,
        "working": working,
        "available": available,
        "rests_on": _rests_on(rules, INSTALMENT_RULES, on),
    }


def examples() -> list[Example]:
    """The worked examples of rulebook section 3: the inputs stand here, every figure is worked out by the rules.

    They are of the CDM: an installation for another mechanism shows none.
    """
    if sets.mechanism_in_force() != sets.CDM:
        return []
    found = [
        _fee_example(100_000, dt.date(2018, 6, 1)),
        _fee_example(14_999, dt.date(2018, 6, 1)),
        _fee_example(15_000, dt.date(2018, 6, 1)),
        _fee_example(2_000_000, dt.date(2018, 6, 1)),
    ]
    before = dt.date(2005, 6, 1)
    found += [_fee_example(average, before) for average in (15_000, 50_000, 100_000, 200_000, 200_001)]
    found.append(_set_off_example())
    found.append(_instalment_example())
    found += [_adaptation_example(units) for units in (75, 76)]
    return found


def _fee_example(average_t: int, on: dt.date) -> Example:
    charge = money.registration_fee(
        average_annual_t=average_t, requested_on=on, host="BR", registered_projects_in_host=ENOUGH_PROJECTS
    )
    return Example(
        f"Registration fee for {average_t:,} t a year, requested on {in_words(on)}",
        usd(charge.amount_usd),
        charge.working,
        {**_on(on), "host": "BR", "average_annual_t": average_t},
    )


def _set_off_example() -> Example:
    """The registration fee is an advance on the first year's share (rulebook 3.2)."""
    on, units, prepaid = dt.date(2018, 6, 1), 100_000, Decimal(18_500)
    charge = money.administrative_share(
        quantity=units, already_requested_this_year=0, requested_on=on, host="BR", prepaid_usd=prepaid
    )
    return Example(
        f"Administrative share for {units:,} units where {money.usd(prepaid)} was paid with registration",
        f"{usd(charge.due_usd)} to pay",
        charge.working,
        {**_on(on), "host": "BR", "units": units, "prepaid_usd": prepaid},
    )


def _instalment_example() -> Example:
    """EB 96: instalments of at least USD 1,500, with the units available in proportion (rulebook 3.1)."""
    on, units, paid = dt.date(2018, 6, 1), 60_000, Decimal(3_500)
    rules = rule_set_on(on)
    charge = money.administrative_share(
        quantity=units, already_requested_this_year=0, requested_on=on, host="BR", prepaid_usd=Decimal(0)
    )
    share = adaptation.adaptation_share(
        quantity=units, host="BR", on=on, is_small_scale_afforestation=False, rules=rules
    )
    part = _instalment(units, share.units, charge, paid, on, rules)
    return Example(
        f"First instalment of {money.usd(paid)} for {units:,} units",
        f"{part['available']:,} units available",
        (*charge.working, *part["working"]),
        {**_on(on), "host": "BR", "units": units, "instalment_usd": paid},
    )


def _adaptation_example(units: int) -> Example:
    on = dt.date(2018, 6, 1)
    share = adaptation.adaptation_share(quantity=units, host="BR", on=on, is_small_scale_afforestation=False)
    noun = "unit" if share.units == 1 else "units"
    return Example(
        f"Share for adaptation of {units:,} units",
        f"{share.units:,} {noun}",
        share.working,
        {**_on(on), "host": "BR", "units": units},
    )


def _on(day: dt.date) -> dict[str, int]:
    return {"on_day": day.day, "on_month": day.month, "on_year": day.year}


def _names() -> Iterable[str]:
    """Names in the address that ask for an answer."""
    fields = [name for name in CalculatorForm.base_fields if name != "on"]
    return (*fields, "on_day", "on_month", "on_year")


def _rests_on(rules: RuleSet, keys: Iterable[str], on: dt.date) -> list[RuleParam]:
    """The parameters an answer rests on, as far as the rule set has them on the day."""
    found = []
    for key in keys:
        try:
            found.append(rules.param(key, on))
        except NoSuchRule:
            continue
    return found


def _rules_url(rules: RuleSet) -> str:
    for name, arguments in (("cdm:rule_set", [rules.key]), ("cdm:rules", [])):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return ""
