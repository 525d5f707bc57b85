"""The rules by which the registry works: which set applied on a day, each value with source and confidence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import permissions
from cdm.forms.fields import DateBoxesField
from cdm.rules import sets
from cdm.rules.errors import NoSuchRule
from cdm.rules.sets import RuleParam, RuleSet
from cdm.rules.values import Period, Value
from cdm.templatetags.cdm_format import day, quantity
from cdm.views.access import now
from cdm.views.project_page import anchor_of

# the first part of a parameter's key, in words
GROUPS = {
    "calendar": "Days and hours",
    "registration": "Registration",
    "review": "Review by the Executive Board",
    "crediting": "Crediting periods",
    "early_start": "Crediting before registration",
    "renewal": "Renewal",
    "small_scale": "Small-scale limits",
    "window": "Windows and targets",
    "share": "Share of proceeds for adaptation",
    "fee": "Fees and the administrative share of proceeds",
    "materiality": "Materiality",
    "later_reductions": "Reductions after 2020",
    "article_6_4": "Transition to the Article 6.4 mechanism",
    "removals": "Removals",
    "warming_potentials": "Warming potentials",
}


class DayForm(forms.Form):
    """The day for which the rules are asked."""

    on = DateBoxesField(label="What applied on this day?", required=False)


@dataclass(frozen=True)
class Shown:
    """One value of a rule set as a page shows it."""

    anchor: str
    name: str
    words: str
    value: str
    days: str
    source: str
    confidence: str
    needs_checking: bool


def index(request: HttpRequest) -> HttpResponse:
    """Every rule set with its days, and the rules of one day."""
    form = DayForm(request.GET if "on_day" in request.GET else None)
    today = permissions.day_of(now())
    chosen = (form.cleaned_data.get("on") if form.is_bound and form.is_valid() else None) or today
    try:
        rules, sentence = sets.rule_set_on(chosen), ""
    except NoSuchRule as error:
        rules, sentence = None, str(error)
    if not form.is_bound:
        form = DayForm(initial={"on": today})
    return render(
        request,
        "cdm/rules/index.html",
        {
            "form": form,
            "day": chosen,
            "rules": rules,
            "no_rules_sentence": sentence,
            "groups": groups_of(rules, chosen) if rules is not None else [],
            "sets": [
                (one, reverse("cdm:rule_set", args=[one.key]), one.mechanism != sets.mechanism_in_force())
                for one in sets.all_sets()
            ],
        },
    )


def rule_set(request: HttpRequest, key: str) -> HttpResponse:
    """One rule set, whole."""
    try:
        rules = sets.rule_set(key)
    except NoSuchRule as error:
        raise Http404(str(error)) from error
    return render(
        request,
        "cdm/rules/rule_set.html",
        {
            "rules": rules,
            "groups": groups_of(rules),
            "breadcrumbs": [("Rules", reverse("cdm:rules")), (rules.title, "")],
        },
    )


def groups_of(rules: RuleSet, on: dt.date | None = None) -> list[tuple[str, list[Shown]]]:
    """The values of a set in groups, in the order of the schema; with a day, those of that day."""
    found: dict[str, list[Shown]] = {}
    for param in rules.listed():
        if on is None or param.covers(on):
            found.setdefault(param.key.partition(".")[0], []).append(_shown(rules, param))
    return [(GROUPS.get(name, name.replace("_", " ").capitalize()), rows) for name, rows in found.items()]


def _shown(rules: RuleSet, param: RuleParam) -> Shown:
    name = param.key.partition(".")[2].replace(".", ", ").replace("_", " ")
    is_whole = param.starts_on == rules.valid_from and param.ends_on == rules.valid_until
    days = "" if is_whole else f"{day(param.starts_on)} to {day(param.ends_on) if param.ends_on else 'now'}"
    # where a value changed in the course of the set, only the first row can carry the name of the parameter
    is_first = param.starts_on == rules.valid_from
    return Shown(
        anchor=anchor_of(param.key) if is_first else "",
        name=name[:1].upper() + name[1:],
        words=param.words,
        value=in_words(param.value, param.unit),
        days=days,
        source=param.source,
        confidence=param.confidence.value,
        needs_checking=param.confidence.needs_checking,
    )


def in_words(value: Value, unit: str) -> str:
    """A value with its unit, as people read it."""
    if value is None:
        return "No such rule"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Period):
        return _period(value)
    if isinstance(value, tuple):
        return "; ".join(
            f"{'up to ' + quantity(step.up_to) if step.up_to is not None else 'above'}: {quantity(step.amount)}"
            for step in value
        ) + (f" ({unit})" if unit else "")
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, Decimal | int):
        return f"{quantity(value)} {unit}".strip()
    return f"{value} {unit}".strip() if isinstance(value, Fraction) else str(value).replace("_", " ")


def _period(period: Period) -> str:
    number, unit = (period.months, "month") if period.months else (period.days, "day")
    words = f"{number} {'working ' if period.working_days else ''}{unit}{'' if number == 1 else 's'}"
    counted = "the first day counted" if period.inclusive else "counted from the day after"
    closes = "closes by itself" if period.kind == "law" else "a target"
    return f"{words}, {counted}; {closes}"
