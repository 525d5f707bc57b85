"""Whether, and until when, a project had to tell that it considers the CDM. Rulebook 2.1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from cdm.rules.days import in_words
from cdm.rules.errors import NoSuchRule
from cdm.rules.sets import rule_set_on
from cdm.rules.windows import find_window

NOTICE: Final = "prior_consideration.notice"


@dataclass(frozen=True)
class Duty:
    """The duty to give notice for an activity that started on a day: its last day, how long, by which source."""

    last_day: date
    length: str
    source: str

    def is_met_on(self, notified_on: date) -> bool:
        """Whether a notice of that day is in time; one given before the start is, too."""
        return notified_on <= self.last_day


def duty(started_on: date) -> Duty | None:
    """The duty for this start date; None for starts before 2 August 2008, which the validator judges by itself.

    The rule in force on the start date counts: six months, later 180 days (EB 48 annex 61, paras 2-3).
    """
    try:
        rules = rule_set_on(started_on)
    except NoSuchRule:
        return None
    window = find_window(rules, NOTICE, on=started_on)
    if window is None:
        return None
    return Duty(window.last_day(started_on), window.length, window.source)


def exemption(
    started_on: date, *, published_on: date | None = None, methodology_proposed_on: date | None = None
) -> str:
    """Why no notice is needed although the duty holds, as a sentence; empty where it is needed.

    The design document was published for comments, or a new methodology proposed, before the start date.
    """
    if published_on is not None and published_on < started_on:
        return (
            f"The design document was published on {in_words(published_on)}, before the start date "
            f"{in_words(started_on)}."
        )
    if methodology_proposed_on is not None and methodology_proposed_on < started_on:
        return (
            f"A new methodology was proposed on {in_words(methodology_proposed_on)}, before the start date "
            f"{in_words(started_on)}."
        )
    return ""
