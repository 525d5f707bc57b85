"""The demonstration: an invented cast, real projects, and their history, played through the public doors.

Nothing here writes a state. Every project got where it stands by the moves of its people and the clock, on the
days of its history, so its records, deadlines, tasks, fees and units are what they would be in life.
"""

from __future__ import annotations

from cdm.demonstration.cast import PASSWORD, Person, people
from cdm.demonstration.loading import AlreadyLoaded, load

__all__ = ["PASSWORD", "AlreadyLoaded", "Person", "load", "people"]
