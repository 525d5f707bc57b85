"""Units cancelled for overall mitigation when they are issued: none in the CDM, some in mechanisms built on it."""

from __future__ import annotations

import datetime as dt

from cdm import units, units_told
from cdm.rules import adaptation
from cdm.workflow import judging
from cdm.workflow.step import Step
from registry import book
from registry.codes import AccountType
from registry.serials import SerialRange


def cancel_for_mitigation(step: Step, issued: book.Issued, on: dt.date) -> SerialRange | None:
    """Cancel what the rules of the request say, as a movement of its own; answers the serials, None for none.

    The units are the lowest after the share for adaptation. They go out of the pending account for good, before
    anything can be forwarded. `on` is the day by which the adaptation share was worked out.
    """
    issuance, rest = issued.issuance, issued.rest_serials
    share = adaptation.mitigation(
        quantity=issuance.quantity, on=on, rules=judging.rules_of(step.subject, step.day)
    )
    if share.units == 0 or rest is None:
        return None
    cancelled = rest if share.units >= rest.units else rest.split(share.units)[0]
    moved = book.cancel(
        source=book.own_account(AccountType.PENDING, at=step.at),
        kind=AccountType.ADMINISTRATIVE_CANCELLATION,
        party=issuance.party,
        project_number=issuance.project_number,
        unit_type=issuance.unit_type,
        commitment_period=issuance.commitment_period,
        serials=cancelled,
        by=step.by,
        at=step.at,
        reason=f"Overall mitigation: {share.rule}",
        key=f"{units.request_reference_of(step.subject)}:mitigation:{issuance.commitment_period}",
    )
    units_told.tell(
        [moved.entry],
        "Units cancelled for overall mitigation",
        url=step.subject.get_absolute_url(),
        at=step.at,
        project=step.project,
    )
    return cancelled
