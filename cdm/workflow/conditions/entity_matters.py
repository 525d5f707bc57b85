"""Needs of a decision about an operational entity: an outcome open to the Board there, which could be carried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from cdm.workflow.conditions.naming import condition
from cdm.workflow.entity_decisions import asks_of, open_in, particulars
from cdm.workflow.roles import Role
from cdm.workflow.step import Problem, Step

# what a text may name besides outcome and reasons
PARTICULARS = ("scopes", "excess", "participants_could_be_heard")


@condition
def decision_is_possible(step: Step) -> Iterator[Problem]:
    """What the Board is asked to decide, or has decided, can be carried out on the accreditation or excess issuance."""
    matter = step.subject
    if matter.affair is None:
        return
    if step.move.name == "recommend":
        outcome = step.given.get("outcome") or ""
        given = {name: step.given[name] for name in PARTICULARS if step.given.get(name)}
    else:
        outcome, given = matter.outcome, particulars(matter)
    if outcome:
        yield from decision_problems(matter, outcome, given, at=step.at)


def decision_problems(
    matter: Any, outcome: str, given: dict[str, Any], *, at: dt.datetime
) -> Iterator[Problem]:
    """Why the Board cannot decide so: each need of the move that would follow, and each value it has to have."""
    from cdm.workflow import conditions, routes

    affair = matter.affair
    choices = open_in(affair.machine.name, affair.state)
    if outcome not in dict(choices):
        offered = ", ".join(f"“{label}”" for _, label in choices) or "nothing"
        yield Problem(
            f"{affair} is in the state “{affair.place.label}”. The Board decides there among: {offered}.",
            "outcome",
        )
        return
    asks = {ask.name: ask for ask in asks_of(outcome)}
    for name in given.keys() - asks.keys():
        yield Problem(f"“{dict(choices)[outcome]}” does not need this; leave it out.", name)
    for name, ask in asks.items():
        if not given.get(name):
            yield Problem(f"{ask.label}: this is needed.", name)
    for row in affair.machine.rows(outcome):
        step = Step(
            subject=affair, move=row, by=None, role=Role.CONSEQUENCE, at=at, given=given, source=affair.state
        )
        if affair.state in row.source and (not row.when or routes.named(row.when)(step)):
            yield from conditions.unmet(step)
            return
