"""The numbered checks: each one question about a movement, answered with nothing, or with a sentence for the holder.

All checks of a kind are asked at once and their answers are kept with the movement. The numbers are this
registry's own; the international transaction log has others.
"""

from __future__ import annotations

from registry.movements import checks_holders, checks_units
from registry.movements.checking import CHECKS, Answer, Check, NotEvaluated

__all__ = ["CHECKS", "Answer", "Check", "NotEvaluated", "checks_holders", "checks_units"]
