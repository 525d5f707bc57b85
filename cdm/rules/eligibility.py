"""Which Parties included in Annex I may acquire units on a day (3/CMP.1 annex, paras 31 to 34).

A Party counts as eligible where nothing else is recorded in data/annex_i_ineligible.csv (para 32).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from cdm.rules import parties, tables
from cdm.rules.confidence import Confidence
from cdm.rules.days import in_words

SOURCE: Final = "3/CMP.1 annex, paras 31 to 34"


@dataclass(frozen=True)
class Ineligible:
    """A time in which a Party could not acquire units; on `until_on` it can again (None: not yet)."""

    code: str
    from_on: date
    until_on: date | None
    source: str
    confidence: Confidence
    note: str

    def covers(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


def _read() -> tuple[Ineligible, ...]:
    found = []
    path = tables.FOLDER / "annex_i_ineligible.csv"
    for line in tables.lines(path, ("code", "from", "until", "source", "confidence", "note")):
        from_on, until_on = line.day("from"), line.day("until")
        if not parties.is_known(line.text("code")):
            raise line.fail(f"“{line.text('code')}” is not in parties.csv.")
        if from_on is None or (until_on is not None and until_on <= from_on):
            raise line.fail("“from” is a day, and “until” a later one or empty.")
        found.append(
            Ineligible(
                code=line.text("code"),
                from_on=from_on,
                until_on=until_on,
                source=line.text("source"),
                confidence=line.confidence(),
                note=line.cells["note"],
            )
        )
    return tuple(found)


RECORDED: Final = _read()


def ineligible_on(day: date) -> list[Ineligible]:
    """What stands recorded against Parties included in Annex I on the day (the list of para 34)."""
    return [row for row in RECORDED if row.covers(day)]


def acquiring_problem(code: str, day: date) -> str:
    """Why participants that this Party authorises may not acquire units on the day (para 33); empty where they may."""
    if not parties.party(code).is_annex_i_on(day):
        return ""
    for row in ineligible_on(day):
        if row.code == code:
            return (
                f"{parties.party(code).name} is not eligible on {in_words(day)}: participants that it authorises "
                f"cannot acquire units ({SOURCE}; {row.source})."
            )
    return ""


def not_in_annex_i(day: date) -> list[parties.Party]:
    """Parties to the Protocol that are not included in Annex I on the day (the other list of para 34)."""
    return [
        each for each in parties.ALL if parties.is_party_on(each.code, day) and not each.is_annex_i_on(day)
    ]
