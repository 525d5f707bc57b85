"""What the registry has to ask of whoever runs it: things that stand in no book of units.

Each question is a function named in the settings; where none is named, nobody knows, and a check that asks is
"not evaluated". The life-cycle app answers them here; the registry never imports it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from registry.models import Account


def _asked(setting: str) -> Callable[..., Any] | None:
    name = getattr(settings, setting, "")
    return cast("Callable[..., Any]", import_string(name)) if name else None


def is_participant(account: Account, *, party: str, project_number: int) -> bool | None:
    """Whether the holder is a participant of the project, by a letter in force (REGISTRY_PARTICIPANT).

    None where nobody knows the project.
    """
    asked = _asked("REGISTRY_PARTICIPANT")
    return asked(account, party=party, project_number=project_number) if asked else None


def participates_in_sql() -> str | None:
    """The function of PostgreSQL that answers `is_participant` for all lines of a movement, where there is one.

    The function that is named in REGISTRY_PARTICIPANT has its name as `in_sql`; it takes the account and the lines.
    """
    return getattr(_asked("REGISTRY_PARTICIPANT"), "in_sql", None)


def is_eligible(party: str, day: dt.date) -> bool | None:
    """Whether the Party may use and authorise transfers of units that day (3/CMP.1 annex, paras 31-34).

    The function is named in REGISTRY_ELIGIBILITY; None where nobody keeps a list.
    """
    asked = _asked("REGISTRY_ELIGIBILITY")
    return asked(party, day) if asked else None


def project_titles(projects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Titles of projects by Party and number, for attestations (REGISTRY_PROJECT_TITLES)."""
    asked = _asked("REGISTRY_PROJECT_TITLES")
    return asked(projects) if asked else {}


def units_to_replace(account: Account) -> int:
    """How many units the holder still has to acquire to replace an excess issuance (REGISTRY_UNITS_TO_REPLACE)."""
    asked = _asked("REGISTRY_UNITS_TO_REPLACE")
    return int(asked(account)) if asked else 0


def still_asked_of(account: Account) -> list[str]:
    """What is asked elsewhere and would move units into or out of the account, by name (REGISTRY_STILL_ASKED)."""
    asked = _asked("REGISTRY_STILL_ASKED")
    return list(asked(account)) if asked else []


def now() -> dt.datetime:
    """The present instant, by the clock named in REGISTRY_CLOCK, or the real one; asked at the edge only."""
    asked = _asked("REGISTRY_CLOCK")
    return asked() if asked else timezone.now()
