"""System checks on the pages of the law: every name on them is a function, every window a rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from cdm.rules.schema import PARAMETERS, WINDOW_NAMES
from cdm.workflow.machine import Machine
from cdm.workflow.machines import MACHINES


@register("cdm")
def pages_name_what_exists(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A route, condition, effect or window that a page names and nobody wrote is found at start-up."""
    return [
        Error(sentence, hint="Correct the page in cdm/workflow/.", id="cdm.E100")
        for machine in MACHINES.values()
        for sentence in mistakes(machine)
    ]


def mistakes(machine: Machine) -> Iterator[str]:
    """A sentence for each name on the page that stands for nothing."""
    from cdm.workflow import conditions, effects, routes

    for move in machine.moves:
        where = f"{machine.name}.{move.name}"
        for name in move.needs:
            if name not in conditions.names():
                yield f"{where} needs “{name}”, which is no condition."
        for name in move.then:
            if name not in effects.names():
                yield f"{where} brings about “{name}”, which is no effect."
        if move.when and move.when not in routes.names():
            yield f"{where} is routed by “{move.when}”, which is no route."
    for state in machine.states:
        where = f"{machine.name}.{state.name}"
        for wait in state.waits:
            if wait.when and wait.when not in routes.names():
                yield f"{where} waits when “{wait.when}”, which is no route."
        for clock in state.clocks:
            if clock.until:
                if clock.until not in PARAMETERS:
                    yield f"{where} runs until “{clock.until}”, which no rule set can have."
                continue
            for kind in ("registration", "issuance"):
                if clock.window.format(kind=kind) not in WINDOW_NAMES:
                    yield f"{where} has the window “{clock.window}”, which no rule set can have."
