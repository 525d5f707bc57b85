"""The early start: crediting before registration for the first projects. 17/CP.7, paras 12 and 13."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cdm.rules.days import in_words
from cdm.rules.sets import RuleSet, rule_set_on


@dataclass(frozen=True)
class EarlyStart:
    """Whether crediting may begin before registration; `sentence` says why (not), `source` cites the rule.

    `earliest_on` is the first day that may be credited where it is allowed (None where it is not).
    """

    allowed: bool
    earliest_on: date | None
    sentence: str
    source: str


def early_start_allowed(
    *,
    started_on: date,
    requested_on: date,
    validation_requested_on: date | None = None,
    new_methodology_on: date | None = None,
    registered_on: date | None = None,
    rules: RuleSet | None = None,
) -> EarlyStart:
    """Whether a project may be credited from before its registration.

    `started_on`: the activity's start. `requested_on`: the day registration was, or would be, requested.
    `validation_requested_on`, `new_methodology_on`: when a validator was asked, a new methodology submitted.
    `registered_on`: the day of registration where it is known; until then `requested_on` stands in for it.

    Two ways: submitted for registration before 31 December 2005; or, for activities that had started before
    18 November 2004, prepared by 31 December 2005 and registered by 31 March 2007 (7/CMP.1, 1/CMP.2).
    """
    chosen = rules or rule_set_on(requested_on)
    if not chosen.has("early_start.submitted_before"):
        return EarlyStart(False, None, "These rules credit nothing before registration.", chosen.source)
    started_from = chosen.day("early_start.started_from")
    first, second = chosen.param("early_start.submitted_before"), chosen.param("early_start.registered_until")
    submitted_before = chosen.day("early_start.submitted_before")
    started_before = chosen.day("early_start.prepared_started_before")
    prepared_until = chosen.day("early_start.prepared_until")
    registered_until = chosen.day("early_start.registered_until")
    earliest = max(started_on, chosen.day("crediting.earliest_on"))
    if started_on < started_from:
        sentence = (
            f"The activity started on {in_words(started_on)}, before {in_words(started_from)}, "
            "so nothing before its registration can be credited."
        )
        return EarlyStart(False, None, sentence, first.source)
    if requested_on < submitted_before:
        sentence = (
            f"The activity started on or after {in_words(started_from)} and was submitted for registration "
            f"before {in_words(submitted_before)}, so crediting may begin before registration."
        )
        return EarlyStart(True, earliest, sentence, first.source)
    prepared = [day for day in (validation_requested_on, new_methodology_on) if day is not None]
    if (
        started_on < started_before
        and prepared
        and min(prepared) <= prepared_until
        and (registered_on or requested_on) <= registered_until
    ):
        sentence = (
            f"Validation was requested, or a new methodology submitted, by {in_words(prepared_until)}, and "
            f"registration follows by {in_words(registered_until)}: crediting may begin before registration."
        )
        return EarlyStart(True, earliest, sentence, second.source)
    sentence = (
        f"Crediting before registration was open only to projects submitted for registration before "
        f"{in_words(submitted_before)}, or that started before {in_words(started_before)}, were prepared by "
        f"{in_words(prepared_until)} and registered by {in_words(registered_until)}."
    )
    return EarlyStart(False, None, sentence, f"{first.source}; {second.source}")
