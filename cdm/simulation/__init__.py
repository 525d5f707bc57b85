"""A made-up world that lives through the doors, so that a law that does not close is found before people find it."""

from cdm.simulation.running import NotEmpty, Plan, run
from cdm.simulation.tally import Tally

__all__ = ["NotEmpty", "Plan", "Tally", "run"]
