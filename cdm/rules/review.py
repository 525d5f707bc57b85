"""Requests for review: who may make one, how many it takes, on which grounds. 3/CMP.1 annex, 41 and 65."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from cdm.rules import tables
from cdm.rules.confidence import Confidence
from cdm.rules.errors import RuleError
from cdm.rules.sets import RuleSet

REGISTRATION: Final = "registration"
ISSUANCE: Final = "issuance"
RENEWAL: Final = "renewal"
POST_REGISTRATION_CHANGE: Final = "post_registration_change"
KINDS: Final = (REGISTRATION, ISSUANCE, RENEWAL, POST_REGISTRATION_CHANGE)


@dataclass(frozen=True)
class Ground:
    """One permitted ground for a request for review. `words` is the sentence people choose."""

    code: str
    words: str
    source: str
    confidence: Confidence


def _read() -> dict[str, tuple[Ground, ...]]:
    found: dict[str, tuple[Ground, ...]] = {}
    columns = ("list", "code", "words", "source", "confidence")
    for line in tables.lines(tables.FOLDER / "review_grounds.csv", columns):
        ground = Ground(line.text("code"), line.text("words"), line.text("source"), line.confidence())
        found[line.text("list")] = (*found.get(line.text("list"), ()), ground)
    return found


_LISTS: Final = _read()


def min_members(rule_set: RuleSet, on: date | None = None) -> int:
    """How many Board members it takes: three."""
    return rule_set.integer("review.min_members", on)


def parties_suffice(rule_set: RuleSet, on: date | None = None) -> int:
    """How many Parties involved it takes: one."""
    return rule_set.integer("review.parties_suffice", on)


def is_triggered(rule_set: RuleSet, *, members: int, parties: int, on: date | None = None) -> bool:
    """Whether the requests made so far, by different members and Parties, bring about a review."""
    return members >= min_members(rule_set, on) or parties >= parties_suffice(rule_set, on)


def grounds(rule_set: RuleSet, kind: str, on: date | None = None) -> tuple[Ground, ...]:
    """The permitted grounds for a request for review of that kind of request.

    Registration, renewal and changes: the validation requirements. Issuance: by the rule set, the conduct of
    the entity (2005) or the verification requirements. Raises RuleError for an unknown kind.
    """
    if kind not in KINDS:
        raise RuleError(f"“{kind}” cannot be reviewed. Kinds of request: {', '.join(KINDS)}.")
    key = "review.grounds_issuance" if kind == ISSUANCE else "review.grounds_registration"
    return _LISTS[rule_set.text(key, on)]


def ground_problems(rule_set: RuleSet, kind: str, codes: list[str], on: date | None = None) -> list[str]:
    """What is wrong with the grounds chosen, as sentences. Empty: nothing."""
    if not codes:
        return ["A request for review names at least one ground. Choose one from the list."]
    permitted = {each.code for each in grounds(rule_set, kind, on)}
    return [
        f"“{code}” is not a permitted ground under “{rule_set.title}”. Choose one from the list."
        for code in codes
        if code not in permitted
    ]
