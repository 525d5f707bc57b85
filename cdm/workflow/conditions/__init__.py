"""What must hold before a move. Each condition answers nothing, or sentences a person can act on."""

from __future__ import annotations

from collections.abc import Iterator

from cdm.workflow.conditions import (
    accreditation,
    entity_matters,
    excess_issuance,
    forwarding,
    matters,
    modalities,
    monitoring,
    payments,
    prior_consideration,
    proposal,
    provisional,
    registered_changes,
    requests,
    validation,
    verification,
)
from cdm.workflow.conditions.naming import CONDITIONS, Condition
from cdm.workflow.step import Problem, Step

__all__ = [
    "accreditation",
    "entity_matters",
    "excess_issuance",
    "forwarding",
    "matters",
    "modalities",
    "monitoring",
    "named",
    "names",
    "payments",
    "prior_consideration",
    "proposal",
    "provisional",
    "registered_changes",
    "requests",
    "unmet",
    "validation",
    "verification",
]


def named(name: str) -> Condition:
    """The condition of this name; KeyError is a mistake on a page and is caught by a system check."""
    return CONDITIONS[name]


def names() -> frozenset[str]:
    return frozenset(CONDITIONS)


def unmet(step: Step) -> Iterator[Problem]:
    """Every unmet need of the step, not only the first."""
    for name in step.move.needs:
        answer = named(name)(step)
        if answer is None:
            continue
        for problem in [answer] if isinstance(answer, str | Problem) else answer:
            yield problem if isinstance(problem, Problem) else Problem(problem)
