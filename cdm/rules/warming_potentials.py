"""Global warming potentials: which set counts on the day of the reduction, and the value for a gas."""

from __future__ import annotations

from datetime import date
from typing import Final

from cdm.rules import tables
from cdm.rules.commitment import ENDS_ON, FIRST, SECOND
from cdm.rules.confidence import Confidence
from cdm.rules.days import ONE_DAY
from cdm.rules.errors import NoSuchRule, RuleError

SECOND_ASSESSMENT = "second_assessment"
FOURTH_ASSESSMENT = "fourth_assessment"
LOWEST = "lowest"
CONFIDENCE: Final = Confidence.HIGH
SOURCES: Final = {
    SECOND_ASSESSMENT: "2/CP.3 (IPCC Second Assessment Report)",
    FOURTH_ASSESSMENT: "4/CMP.7, para 5; EB 69 annex 3 (IPCC Fourth Assessment Report)",
    LOWEST: "EB 108, temporary measures (lowest of the Second, Fourth and Fifth Assessment Reports)",
}


def set_on(day: date) -> str:
    """The set of potentials for reductions of that day, whatever the day of issuance (rulebook 5.3)."""
    if day <= ENDS_ON[FIRST]:
        return SECOND_ASSESSMENT
    return FOURTH_ASSESSMENT if day <= ENDS_ON[SECOND] else LOWEST


def _read() -> dict[str, dict[str, int | None]]:
    columns = ("gas", SECOND_ASSESSMENT, FOURTH_ASSESSMENT, "fifth_assessment", LOWEST)
    found: dict[str, dict[str, int | None]] = {}
    for line in tables.lines(tables.FOLDER / "warming_potentials.csv", columns):
        values = {name: line.number_in(name) for name in columns[1:]}
        known = [value for name, value in values.items() if name != LOWEST and value is not None]
        if values[LOWEST] != min(known):
            raise line.fail("“lowest” is not the lowest of the three reports.")
        found[line.text("gas")] = {
            name: None if value is None else int(value) for name, value in values.items()
        }
    return found


ALL: Final = _read()


def warming_potential(gas: str, day: date) -> int:
    """Tonnes of CO2 that a tonne of the gas, avoided on that day, counts for over 100 years.

    Raises NoSuchRule for an unknown gas or one that the report in force on the day does not list.
    """
    if gas not in ALL:
        raise NoSuchRule(f"“{gas}” is not a gas of the list. It has: {', '.join(ALL)}.")
    chosen = set_on(day)
    value = ALL[gas][chosen]
    if value is None:
        raise NoSuchRule(f"{gas} has no warming potential in the set for that day: {SOURCES[chosen]}.")
    return value


def split(start: date, end: date) -> tuple[tuple[str, date, date], ...]:
    """The parts (set, first day, last day) of a monitoring period, each computed by itself."""
    if end < start:
        raise RuleError("The end of the period is before its start. Check the two dates.")
    parts: list[tuple[str, date, date]] = []
    for name, ends_on in (
        (SECOND_ASSESSMENT, ENDS_ON[FIRST]),
        (FOURTH_ASSESSMENT, ENDS_ON[SECOND]),
        (LOWEST, end),
    ):
        if start <= min(end, ends_on):
            parts.append((name, start, min(end, ends_on)))
            start = min(end, ends_on) + ONE_DAY
    return tuple(parts)


def in_words_on(day: date) -> str:
    """The two potentials most asked for, and where they come from, for a reduction of that day."""
    methane, nitrous_oxide = warming_potential("CH4", day), warming_potential("N2O", day)
    return f"CH4 counts {methane}, N2O {nitrous_oxide}: {SOURCES[set_on(day)]}"
