"""How long each window is open and when the clock acts: the rule set gives the days, this counts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from cdm.rules import days as calendar_days
from cdm.rules import scale as scales
from cdm.rules.confidence import Confidence
from cdm.rules.days import ONE_DAY, as_instant
from cdm.rules.errors import NoSuchRule
from cdm.rules.schema import WINDOW_NAMES
from cdm.rules.sets import RuleSet

__all__ = ["LAW", "TARGET", "Window", "as_instant", "find_window", "window"]

LAW = "law"
TARGET = "target"


@dataclass(frozen=True)
class Window:
    """A window: `days` long, or `months` long. `inclusive`: the day it opens is its first day.

    kind "law" closes by itself; kind "target" only turns overdue (rulebook 7.3).
    """

    days: int
    inclusive: bool
    kind: Literal["law", "target"]
    source: str
    months: int = 0
    working_days: bool = False
    words: str = ""
    confidence: Confidence = Confidence.READ
    closes_at_hour: int = 24

    def last_day(self, opened_on: date) -> date:
        """The last day on which the window is open. 28 days inclusive from 22 July end on 18 August."""
        if self.working_days:
            return calendar_days.add_working_days(opened_on, self.days)
        if self.months:
            same_day = calendar_days.add_months(opened_on, self.months)
            return same_day - ONE_DAY if self.inclusive else same_day
        return opened_on + timedelta(days=self.days - 1 if self.inclusive else self.days)

    def acts_on(self, opened_on: date) -> date:
        """The day on which the clock acts: the day after the last day."""
        return self.last_day(opened_on) + ONE_DAY

    def acts_at(self, opened_on: date) -> datetime:
        """The instant from which the clock may act: 00:00 UTC of the day after the last day."""
        return as_instant(self.acts_on(opened_on))

    def closes_at(self, opened_on: date) -> datetime:
        """The instant at which nothing more is received: 24:00 GMT of the last day, or earlier by the set."""
        return as_instant(self.last_day(opened_on)) + timedelta(hours=self.closes_at_hour)

    def is_open(self, opened_on: date, at: datetime) -> bool:
        """Whether something handed in at the instant `at` (aware) is still in time."""
        return as_instant(opened_on) <= at < self.closes_at(opened_on)

    @property
    def is_law(self) -> bool:
        """Whether the window closes by itself."""
        return self.kind == LAW

    @property
    def length(self) -> str:
        """The length in words: "28 days", "5 working days", "6 months"."""
        number, unit = (self.months, "month") if self.months else (self.days, "day")
        return f"{number} {'working ' if self.working_days else ''}{unit}{'' if number == 1 else 's'}"


def window(
    rule_set: RuleSet,
    name: str,
    *,
    scale: str = scales.LARGE,
    is_afforestation: bool = False,
    is_programme: bool = False,
    is_carbon_capture: bool = False,
    on: date | None = None,
) -> Window:
    """The window of that name for that kind of project. Raises NoSuchRule where the set has no such window.

    `on` is needed only for windows that changed while the set was in force ("prior_consideration.notice").
    """
    found = find_window(
        rule_set,
        name,
        scale=scale,
        is_afforestation=is_afforestation,
        is_programme=is_programme,
        is_carbon_capture=is_carbon_capture,
        on=on,
    )
    if found is None:
        raise NoSuchRule(f"“{rule_set.title}” sets no window for “{name}”.")
    return found


def find_window(
    rule_set: RuleSet,
    name: str,
    *,
    scale: str = scales.LARGE,
    is_afforestation: bool = False,
    is_programme: bool = False,
    is_carbon_capture: bool = False,
    on: date | None = None,
) -> Window | None:
    """The window, or None where the set has none: the 2005 modalities gave the secretariat's checks no days.

    Raises NoSuchRule for a name that no set could have, RuleError for an unknown scale.
    """
    if name not in WINDOW_NAMES:
        raise NoSuchRule(f"There is no window called “{name}”. There are: {', '.join(WINDOW_NAMES)}.")
    scales.checked(scale)
    variants = [
        (is_programme, "programme"),
        (is_carbon_capture, "carbon_capture"),
        (is_afforestation and scale == scales.LARGE, "afforestation_large"),
        (True, scale),
    ]
    keys = [f"window.{name}.{variant}" for applies, variant in variants if applies] + [f"window.{name}"]
    for key in keys:
        if not rule_set.has(key, on):
            continue
        param, period = rule_set.param(key, on), rule_set.period(key, on)
        return Window(
            days=period.days,
            inclusive=period.inclusive,
            kind="law" if period.kind == LAW else "target",
            source=param.note,
            months=period.months,
            working_days=period.working_days,
            words=param.words,
            confidence=param.confidence,
            closes_at_hour=rule_set.integer("calendar.closes_at_hour", on),
        )
    return None
