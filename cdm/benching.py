"""For `manage.py bench`: two people with keys for programs, who act on the accounts that it measures."""

from __future__ import annotations

import datetime as dt

from cdm.acts import keys
from cdm.models import User


def two_keys(name: str, at: dt.datetime) -> list[tuple[User, str]]:
    """Two people of this name, each with the text of a key that may write; named in REGISTRY_BENCH_KEYS."""
    found = []
    for part in ("proposes", "approves"):
        user = User.objects.create_user(email=f"{name}.{part}@example.org", name=f"{name} {part}")
        found.append((user, keys.issue(name="bench", by=user, at=at)[1]))
    return found
