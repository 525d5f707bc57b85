"""The two scales of a project activity."""

from __future__ import annotations

from typing import Final

from cdm.rules.errors import RuleError

LARGE: Final = "large"
SMALL: Final = "small"
SCALES: Final = (LARGE, SMALL)


def checked(scale: str) -> str:
    """The scale itself. Raises RuleError where it is neither "large" nor "small"."""
    if scale not in SCALES:
        raise RuleError(f"“{scale}” is not a scale. A project activity is “{LARGE}” or “{SMALL}”.")
    return scale
