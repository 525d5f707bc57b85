"""What happened in a simulated world: moves, refusals, states reached, and what was found wrong in the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from cdm.workflow.machines import MACHINES

MOST_FREQUENT = 40


@dataclass
class Tally:
    """Counts by machine and verb; `failures` are sentences, and a world without one has passed.

    `refusals` counts what was refused, whether the mistake was made on purpose (`on_purpose`) or by the agent's haste.
    """

    projects: int = 0
    seed: int = 0
    begins_on: str = ""
    ends_on: str = ""
    moves: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    on_purpose: int = 0
    sentences: Counter[str] = field(default_factory=Counter)
    entered: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    checked: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.failures

    @property
    def all_moves(self) -> int:
        return sum(self.moves.values())

    @property
    def moves_per_second(self) -> float:
        return round(self.all_moves / self.seconds, 1) if self.seconds else 0.0

    def never_reached(self) -> dict[str, list[str]]:
        """The states of each machine that no subject of this world has been in."""
        missing = {
            name: [state for state in machine.state_names if not self.entered[name][state]]
            for name, machine in MACHINES.items()
        }
        return {name: states for name, states in missing.items() if states}

    def as_json(self) -> dict[str, Any]:
        return {
            "projects": self.projects,
            "seed": self.seed,
            "begins_on": self.begins_on,
            "ends_on": self.ends_on,
            "moves": dict(sorted(self.moves.items())),
            "acts": dict(sorted(self.acts.items())),
            "refusals": dict(sorted(self.refusals.items())),
            "refused_on_purpose": self.on_purpose,
            "most_frequent_refusals": dict(self.sentences.most_common(MOST_FREQUENT)),
            "states": {name: dict(sorted(states.items())) for name, states in sorted(self.entered.items())},
            "never_reached": self.never_reached(),
            "checked": self.checked,
            "all_moves": self.all_moves,
            "seconds": round(self.seconds, 2),
            "moves_per_second": self.moves_per_second,
            "failures": self.failures,
            "ok": self.ok,
        }

    def lines(self) -> list[str]:
        """The report for a terminal."""
        told = [
            f"{self.projects} projects, {self.begins_on} to {self.ends_on}, seed {self.seed}",
            f"{self.all_moves} moves, {sum(self.acts.values())} acts besides, {sum(self.refusals.values())} refusals "
            f"({self.on_purpose} provoked), {self.seconds:.1f} seconds: {self.moves_per_second} moves per second",
            "",
            "Moves",
            *(f"  {count:6}  {name}" for name, count in sorted(self.moves.items())),
            "Acts that move nothing",
            *(f"  {count:6}  {name}" for name, count in sorted(self.acts.items())),
            "Refused",
            *(f"  {count:6}  {name}" for name, count in sorted(self.refusals.items())),
            "States reached",
        ]
        for name, machine in MACHINES.items():
            reached = ", ".join(
                f"{state} {self.entered[name][state]}"
                for state in machine.state_names
                if self.entered[name][state]
            )
            told.append(f"  {name}: {reached or 'none'}")
        missing = self.never_reached()
        told.append("States never reached" if missing else "Every state was reached.")
        told += [f"  {name}: {', '.join(states)}" for name, states in missing.items()]
        told += ["Checked", *(f"  {count:6}  {what}" for what, count in self.checked.items())]
        told += (
            ["Wrong", *(f"  {sentence}" for sentence in self.failures)]
            if self.failures
            else ["Nothing is wrong."]
        )
        return told
