"""What the moves of an excess issuance bring about: the amount, the day from which it runs, the cancellations."""

from __future__ import annotations

from cdm import units, units_told
from cdm.models import ReplacementCancellation
from cdm.workflow import recording
from cdm.workflow.effects.naming import effect
from cdm.workflow.roles import Role
from cdm.workflow.step import Step
from registry import book
from registry.codes import AccountType


@effect
def keep_excess(step: Step) -> None:
    """The finding is a fact of the project's history too; nothing else of the project changes (para 22)."""
    obligation = step.subject
    obligation.quantity = step.given["excess"]
    step.facts["excess"] = obligation.quantity
    recording.append(
        verb="determine_excess_issuance",
        sentence=f"{obligation.quantity:,} units found issued in excess; {obligation.doe} has to replace them",
        by=step.by,
        role=Role.CONSEQUENCE,
        at=step.at,
        project=obligation.project,
        note=step.note,
        data={"excess_issuance": obligation.pk, "units": obligation.quantity},
    )


@effect
def end_review_with_the_finding(step: Step) -> None:
    """The Board's decision that finds the excess is the end of its review: the days for replacement run from it."""
    step.follow(step.subject, "end_review", note=step.note)


@effect
def keep_end_of_review(step: Step) -> None:
    step.subject.review_ended_on = step.day


@effect
def cancel_replacement_units(step: Step) -> None:
    """3/CMP.1 annex, para 22 and Appendix D, para 3(c): into the excess issuance cancellation account, for good."""
    obligation = step.subject
    holding = units.holdings_of(obligation.doe)[step.given["holding"]]
    number = obligation.cancellations.count() + 1
    moved = book.cancel(
        source=holding.account,
        kind=AccountType.EXCESS_ISSUANCE_CANCELLATION,
        party=holding.party,
        project_number=holding.project_number,
        unit_type=holding.unit_type,
        commitment_period=holding.commitment_period,
        quantity=step.given["quantity"],
        by=step.person,
        at=step.at,
        reason=f"Replacement for {obligation}",
        key=f"excess-issuance:{obligation.pk}:cancellation:{number}",
    )
    serials = "; ".join(str(serials) for _, serials in moved.parts)
    ReplacementCancellation.objects.create(
        excess_issuance=obligation,
        entry=moved.entry,
        unit_type=holding.unit_type.label,
        quantity=moved.quantity,
        serials=serials,
        by=step.person,
        at=step.at,
    )
    step.facts.update(
        entry=moved.entry.transaction_number,
        units=moved.quantity,
        unit_type=holding.unit_type.label,
        serials=serials,
        remaining=obligation.remaining,
    )
    units_told.tell(
        [moved.entry],
        "Units cancelled to replace an excess issuance",
        url=obligation.get_absolute_url(),
        at=step.at,
        project=obligation.project,
    )
