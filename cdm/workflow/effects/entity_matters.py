"""What comes before the Board about an operational entity, and what the decision brings about there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cdm.models import BoardMatter
from cdm.rules import sets
from cdm.workflow.effects.naming import effect
from cdm.workflow.entity_decisions import particulars
from cdm.workflow.step import Step

Kind = BoardMatter.Kind


def matter_about(affair: Any, day: dt.date) -> BoardMatter:
    """A new matter about an accreditation or an excess issuance, not saved yet; the rules of `day` govern it."""
    kind = Kind.ACCREDITATION if affair.machine.name == "accreditation" else Kind.EXCESS_ISSUANCE
    return BoardMatter(
        kind=kind,
        entity=affair.organisation,
        rule_set_key=sets.rule_set_on(day).key,
        opened_on=day,
        **{kind.value: affair},
    )


@effect
def bring_entity_before_the_board(step: Step) -> None:
    """Assessed, or its hearing over: what follows is the Board's decision (3/CMP.1 annex, paras 14-15 and 20-21)."""
    matter = matter_about(step.subject, step.day)
    step.begin(matter, f"{matter} comes before the Board")
    step.follow(matter, "take_up")


@effect
def lapse_matters_of_entity(step: Step) -> None:
    """What has ended, or was decided by the CMP, is no longer before the Board."""
    for matter in step.subject.matters.exclude(state__in=("decided", "lapsed")):
        step.follow(matter, "lapse", note=f"{step.move.sentence}.")


def carry_out(step: Step) -> None:
    """The move that the decision names, made at once: a suspension takes effect with it (para 21)."""
    matter = step.subject
    if matter.affair is not None:
        step.facts.update(scopes=matter.scopes, excess=matter.excess)
        step.follow(matter.affair, matter.outcome, note=matter.reasons, **particulars(matter))
