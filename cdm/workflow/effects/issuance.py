"""The only caller of the book, with mitigation.py: issues units, takes the adaptation share, forwards the rest."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from cdm import crediting_periods, notices, units, units_told
from cdm.models import Project
from cdm.rules import adaptation, commitment
from cdm.workflow import judging
from cdm.workflow.effects.mitigation import cancel_for_mitigation
from cdm.workflow.effects.naming import effect
from cdm.workflow.roles import Role
from cdm.workflow.step import Step
from registry import book
from registry.codes import UnitType
from registry.models import Account


@effect
def issue_units(step: Step) -> None:
    """3/CMP.1 annex, para 66: into the pending account, the adaptation share first, one block a commitment period.

    The share is rounded for each block by itself (rulebook 0.1, finding 3). Whether the host is a least developed
    country is asked of the day the request was published (rulebook 7.1).
    """
    request, project = step.subject, step.project
    period, number = request.monitoring_period, project.reference_number
    if number is None:
        raise TypeError("units are issued for a registered project, and this one has no number")
    unit_type = UnitType[project.removal_unit.upper()] if project.is_afforestation else UnitType.CER
    for amount in period.amounts.filter(certified_t__gt=0):
        share = adaptation.adaptation_share(
            quantity=amount.certified_t,
            host=project.host_party,
            on=request.published_on or step.day,
            is_small_scale_afforestation=project.is_small_scale_afforestation,
            rules=judging.rules_of(request, step.day),
        )
        issued = book.issue(
            party=project.host_party,
            project_number=number,
            unit_type=unit_type,
            commitment_period=amount.commitment_period,
            quantity=amount.certified_t,
            share=book.ShareOfProceeds(
                units=share.units,
                rate_percent=share.rate_percent,
                rule=share.rule,
                exemption=share.exemption,
            ),
            monitoring_start=amount.starts_on,
            monitoring_end=amount.ends_on,
            by=step.by,
            at=step.at,
            reason=f"Request for issuance of project {project.reference}, {str(period).lower()}",
            key=f"{units.request_reference_of(request)}:commitment-period:{amount.commitment_period}",
            request_reference=units.request_reference_of(request),
            expires_on=_expires_on(project, amount.commitment_period),
        )
        cancelled = cancel_for_mitigation(step, issued, on=request.published_on or step.day)
        step.facts[f"commitment_period_{amount.commitment_period}"] = {
            "units": issued.serials.units,
            "serials": str(issued.serials),
            "adaptation_share": share.units,
            "exemption": share.exemption,
            **({"cancelled_for_mitigation": str(cancelled)} if cancelled else {}),
        }
    step.follow(period, "complete")


def _expires_on(project: Project, commitment_period: int) -> dt.date | None:
    """5/CMP.1 annex, para 1(g)-(h): a tCER at the end of the following commitment period, an lCER with crediting."""
    if not project.is_afforestation:
        return None
    last = crediting_periods.latest(project)
    ends_on = last.ends_on if last is not None else project.crediting_ends_on
    if project.removal_unit == "lCER":
        return ends_on
    return commitment.ENDS_ON.get(commitment_period + 1, ends_on)


@effect
def forward_units(step: Step) -> None:
    """Lowest serials first, out of the pending account, to the accounts the participants named.

    The participants hear of all of it by the notice of the move, and who represents an account of what came into it.
    """
    request = step.subject
    entries = []
    wanted: dict[int, list[tuple[Account, int]]] = defaultdict(list)
    for share in request.shares.select_related("account"):
        wanted[share.commitment_period].append((share.account, share.quantity))
    for issuance in units.issuances_of(request.request):
        if issuance.commitment_period in wanted:
            moved = book.forward(
                issuance=issuance,
                shares=wanted[issuance.commitment_period],
                by=step.by,
                at=step.at,
                reason=f"Forwarding request {request.pk} of project {step.project.reference}",
                key=f"forwarding:{request.pk}:commitment-period:{issuance.commitment_period}",
            )
            entries.append(moved.entry)
            step.facts[f"commitment_period_{issuance.commitment_period}"] = {
                "entry": moved.entry.transaction_number,
                "units": moved.quantity,
                "parts": [f"{account.identifier}: {serials}" for account, serials in moved.parts],
            }
    step.told = units_told.sentence(units_told.parts_of(entries))
    units_told.tell(
        entries,
        f"Units of project {step.project.reference} forwarded to your account",
        url=request.get_absolute_url(),
        at=step.at,
        but=notices.people((Role.PARTICIPANT,), request, step.at),
        project=step.project,
    )
