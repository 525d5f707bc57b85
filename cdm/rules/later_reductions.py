"""Requests about reductions after 31 December 2020: taken, taken provisionally, or closed. Rulebook 2.16."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from cdm.rules.days import in_words
from cdm.rules.errors import RuleError
from cdm.rules.sets import RuleSet, rule_set_on

OPEN: Final = "open"
PROVISIONAL: Final = "provisional"
CLOSED: Final = "closed"
REGISTRATION: Final = "registration"
RENEWAL: Final = "renewal"
ISSUANCE: Final = "issuance"


@dataclass(frozen=True)
class Answer:
    """How a request is taken: `mode` is "open", "provisional" or "closed"; `sentence` is for people."""

    mode: str
    sentence: str
    source: str


def parameter_day(rules: RuleSet, key: str, on: date) -> tuple[date, str] | None:
    """The last day that a rule names, and its source: the day that is its value, or the last day of a value that ends.

    None where the set has no such rule on the day, or where its value has no end yet.
    """
    if not rules.has(key, on):
        return None
    param = rules.param(key, on)
    last_on = param.value if isinstance(param.value, date) else param.ends_on
    return (last_on, param.note) if last_on is not None else None


def mode_on(day: date) -> str:
    """The mode of the rules in force on the day: "open", "provisional" or "closed"."""
    return str(rule_set_on(day).value("later_reductions.mode", day))


def takes_provisionally(day: date) -> bool:
    """Whether requests about reductions after 31 December 2020 are taken provisionally on the day."""
    return mode_on(day) == PROVISIONAL and rule_set_on(day).has("later_reductions.last_on", day)


def decision_on(day: date) -> str:
    """The decision on what becomes of provisional requests, “2/CMP.16”; empty while none has been taken."""
    rules, key = rule_set_on(day), "later_reductions.decision"
    return rules.text(key, day) if rules.has(key, day) else ""


def transition_opens_on(day: date) -> date | None:
    """The first day for requests for transition, as the rules in force on `day` say; None where they say none.

    2/CMP.16: the temporary measures end when that process is in operation, so the two days are one value.
    """
    rules = rule_set_on(day)
    if not rules.has("article_6_4.request_until", day):
        return None
    rows = rules.params.get("later_reductions.mode", ())
    return next((row.starts_on for row in rows if row.value == CLOSED), None)


def how_taken(
    kind: str, *, starts_on: date, ends_on: date, requested_on: date, rules: RuleSet | None = None
) -> Answer:
    """How a request is taken on the day it is made.

    `starts_on`, `ends_on`: the monitoring period of an issuance, or the crediting period of a registration or
    renewal. An issuance is concerned where its last day is later than 31 December 2020; a registration or
    renewal where its crediting period starts later (EB 108). Raises RuleError for an unknown kind.
    """
    if kind not in (REGISTRATION, RENEWAL, ISSUANCE):
        raise RuleError(f"“{kind}” is not a kind of request that concerns reductions.")
    chosen = rules or rule_set_on(requested_on)
    param = chosen.param("later_reductions.mode", requested_on)
    if not chosen.has("later_reductions.last_on"):
        return Answer(OPEN, "", param.source)
    last_on = chosen.day("later_reductions.last_on")
    concerned = (ends_on if kind == ISSUANCE else starts_on) > last_on
    mode = str(param.value)
    if not concerned or mode == OPEN:
        return Answer(OPEN, "", param.source)
    what = "reductions" if kind == ISSUANCE else "a crediting period that starts"
    if mode == PROVISIONAL:
        form = chosen.text("later_reductions.form", requested_on)
        sentence = (
            f"Requests for {what} after {in_words(last_on)} are taken provisionally; the focal point signs "
            f"{form} with it."
        )
        return Answer(PROVISIONAL, sentence, param.source)
    remedy = (
        f"End the monitoring period on or before {in_words(last_on)}."
        if kind == ISSUANCE
        else "Such an activity can go to the Article 6.4 mechanism."
    )
    sentence = f"Requests for {what} after {in_words(last_on)} can no longer be made. {remedy}"
    return Answer(CLOSED, sentence, param.source)
