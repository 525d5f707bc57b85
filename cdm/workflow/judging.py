"""By which rule set a subject is judged."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cdm.rules import sets
from cdm.rules.sets import RuleSet


def rules_of(subject: Any, day: dt.date) -> RuleSet:
    """The rule set a subject is judged by: the one it was submitted under, else the one in force on `day`."""
    key = getattr(subject, "rule_set_key", "")
    return sets.rule_set(key) if key else sets.rule_set_on(day)
