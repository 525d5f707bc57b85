"""What a move does besides moving. Database only; consequences and beginnings are queued on the step."""

from __future__ import annotations

from cdm.workflow.effects import (
    accreditation,
    entity_matters,
    excess_issuance,
    issuance,
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
)
from cdm.workflow.effects.naming import EFFECTS, Effect

__all__ = [
    "accreditation",
    "entity_matters",
    "excess_issuance",
    "issuance",
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
    "validation",
]


def named(name: str) -> Effect:
    """The effect of this name; KeyError is a mistake on a page and is caught by a system check."""
    return EFFECTS[name]


def names() -> frozenset[str]:
    return frozenset(EFFECTS)
