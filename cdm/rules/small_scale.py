"""The limits of small scale and micro-scale, and the thresholds of materiality, all dated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from cdm.rules.adaptation import plain
from cdm.rules.errors import RuleError
from cdm.rules.money import whole
from cdm.rules.scale import SMALL, checked
from cdm.rules.sets import RuleParam, RuleSet, rule_set_on

TYPE_I: Final = "I"
TYPE_II: Final = "II"
TYPE_III: Final = "III"
AFFORESTATION: Final = "AR"
TYPES: Final[dict[str, str]] = {
    TYPE_I: "Renewable energy",
    TYPE_II: "Energy efficiency",
    TYPE_III: "Other",
    AFFORESTATION: "Afforestation and reforestation",
}
_SMALL: Final = {
    TYPE_I: "small_scale.type_i_mw",
    TYPE_II: "small_scale.type_ii_gwh",
    TYPE_III: "small_scale.type_iii_kt",
    AFFORESTATION: "small_scale.afforestation_kt",
}
_MICRO: Final = {TYPE_I: "micro_scale.mw", TYPE_II: "micro_scale.gwh", TYPE_III: "micro_scale.kt"}


def limit(
    project_type: str, *, on: date, is_thermal: bool = False, rules: RuleSet | None = None
) -> RuleParam:
    """The limit of small scale with its unit and source: MW, GWh a year or kt CO2e a year.

    `is_thermal`: output or savings are heat. Raises RuleError for an unknown type.
    """
    chosen = rules or rule_set_on(on)
    key = _SMALL[_known(project_type)]
    if is_thermal and project_type in (TYPE_I, TYPE_II):
        thermal = key.replace("_mw", "_thermal_mw").replace("_gwh", "_thermal_gwh")
        if chosen.has(thermal, on):
            key = thermal
    return chosen.param(key, on)


def problem(
    project_type: str,
    amount: Decimal,
    *,
    on: date,
    is_thermal: bool = False,
    rules: RuleSet | None = None,
) -> str:
    """Why a project is too large for small scale, as a sentence; empty where it is not.

    `amount` is in the limit's unit. The limit must hold in every year of the crediting period.
    """
    if not amount.is_finite() or amount < 0:
        raise RuleError(f"“{amount}” is not a size. Enter a number of 0 or more.")
    found = limit(project_type, on=on, is_thermal=is_thermal, rules=rules)
    most = found.value
    if not isinstance(most, Decimal) or amount <= most:
        return ""
    return (
        f"{plain(amount)} is above the limit of small scale for type {project_type} "
        f"({plain(most)} {found.unit}; {found.source}). Declare the project large-scale."
    )


def is_micro_scale(project_type: str, amount: Decimal, *, on: date, rules: RuleSet | None = None) -> bool:
    """Whether the project is within the limits of micro-scale (none before the Board's tool of 2010)."""
    chosen = rules or rule_set_on(on)
    key = _MICRO.get(_known(project_type))
    return key is not None and chosen.has(key, on) and amount <= chosen.decimal(key, on)


def materiality_percent(
    *, annual_t: int, scale: str, is_micro: bool, on: date, rules: RuleSet | None = None
) -> Decimal | None:
    """From which share of the reductions (per cent) an error is material; None before 9/CMP.7 applied.

    More than 500,000 t a year 0.5; more than 300,000 t 1; other large-scale 2; small-scale 5; micro-scale 10.
    """
    chosen = rules or rule_set_on(on)
    quantity = whole("yearly reductions", annual_t, "tonnes")
    kind = "micro" if is_micro else "small" if checked(scale) == SMALL else "large"
    if not chosen.has(f"materiality.{kind}", on):
        return None
    bands = chosen.steps(f"materiality.{kind}", on)
    return next(band.amount for band in bands if band.up_to is None or quantity <= band.up_to)


def _known(project_type: str) -> str:
    if project_type not in TYPES:
        raise RuleError(f"“{project_type}” is not a type of small-scale project. Types: {', '.join(TYPES)}.")
    return project_type
