"""The words of the Protocol in English, Norwegian and Danish, for labels and explanations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cdm.rules import tables
from cdm.rules.errors import NoSuchRule


@dataclass(frozen=True)
class Term:
    """One term: `en`, `nb` (Norwegian bokmål), `da` (Danish), and where the wording comes from."""

    en: str
    nb: str
    da: str
    note: str


ALL: Final = tuple(
    Term(line.text("en"), line.text("nb"), line.text("da"), line.cells["note"])
    for line in tables.lines(tables.FOLDER / "glossary.csv", ("en", "nb", "da", "note"))
)


def term(name: str) -> Term:
    """The term by its English name, with or without its abbreviation in brackets. Raises NoSuchRule."""
    wanted = name.casefold()
    for each in ALL:
        if wanted in (each.en.casefold(), each.en.split(" (")[0].casefold()):
            return each
    raise NoSuchRule(f"“{name}” is not in the glossary.")
