"""Modalities of communication: the form in use on a day, its scopes of authority, and how a scope is held.

Facts and their confidence: data/modalities_forms.csv; rulebook 2.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from cdm.rules import tables
from cdm.rules.confidence import Confidence
from cdm.rules.days import in_words
from cdm.rules.errors import NoSuchRule, RuleFileError

FORWARDING: Final = "forwarding"
PARTICIPANTS: Final = "participants"
OTHER: Final = "other"

SCOPES: Final = {
    FORWARDING: "(a) Forwarding of units to the accounts of participants",
    PARTICIPANTS: "(b) Participants and focal points: adding, renaming, withdrawing, contacts",
    OTHER: "(c) All other communication about the project activity",
}
"""The scopes of authority (rulebook 2.4; (a) read in a text, (b) and (c) remembered with high confidence)."""

SOLE: Final = "sole"
SHARED: Final = "shared"
JOINT: Final = "joint"

HELD: Final = {
    SOLE: "Sole: one focal point signs",
    SHARED: "Shared: any one of the focal points signs",
    JOINT: "Joint: all of the focal points sign the same text",
}
"""How a scope is held."""


@dataclass(frozen=True)
class Form:
    """A form of the statement and the day from which it is used. `has_scopes`: one rule a scope, or one for all."""

    name: str
    from_on: date
    has_scopes: bool
    source: str
    confidence: Confidence
    note: str


def _read() -> tuple[Form, ...]:
    path = tables.FOLDER / "modalities_forms.csv"
    found: list[Form] = []
    for line in tables.lines(path, ("from", "form", "scopes", "source", "confidence", "note")):
        from_on = line.day("from")
        if from_on is None or (found and from_on <= found[-1].from_on):
            raise line.fail("“from” must be a day after that of the row before.")
        if line.text("scopes") not in ("one", "three"):
            raise line.fail("“scopes” is one (for all matters) or three.")
        found.append(
            Form(
                name=line.text("form"),
                from_on=from_on,
                has_scopes=line.text("scopes") == "three",
                source=line.text("source"),
                confidence=line.confidence(),
                note=line.cells["note"],
            )
        )
    if not found:
        raise RuleFileError(path, 1, "no form is given.")
    return tuple(found)


FORMS: Final = _read()


def form_on(day: date) -> Form:
    """The form in use on the day. Raises NoSuchRule before the first."""
    for form in reversed(FORMS):
        if form.from_on <= day:
            return form
    raise NoSuchRule(f"No form of the statement of modalities is known for {in_words(day)}.")


def problems(scopes: Mapping[str, tuple[str, tuple[Any, ...]]], day: date) -> list[str]:
    """What is wrong with a statement: scope -> (how it is held, focal points), as sentences."""
    found = []
    for scope, label in SCOPES.items():
        held, holders = scopes.get(scope, ("", ()))
        if held not in HELD or not holders:
            found.append(f"{label}: say how it is held and name its focal points.")
        elif held == SOLE and len(holders) != 1:
            found.append(
                f"{label}: a scope held solely has one focal point. Name one, or choose shared or joint."
            )
        elif held != SOLE and len(holders) < 2:
            found.append(f"{label}: a scope held {held} has two focal points or more. Name another.")
        elif len(set(holders)) < len(holders):
            found.append(f"{label}: a focal point is named twice. Name each once.")
    form = form_on(day)
    if (
        not found
        and not form.has_scopes
        and len({(held, frozenset(names)) for held, names in scopes.values()}) > 1
    ):
        found.append(
            f"Until {FORMS[1].name} of {in_words(FORMS[1].from_on)} one rule is stated for all matters. "
            "Name the same focal points in every scope."
        )
    return found
