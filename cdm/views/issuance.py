"""What an issuance will do, shown before the button is pressed: units, adaptation share, exemption."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cdm import permissions
from cdm.models import BoardRequest
from cdm.rules import adaptation
from cdm.workflow import judging

if TYPE_CHECKING:
    from cdm.models.subject import Subject


@dataclass(frozen=True)
class Planned:
    """One block that will be issued: for `parts/money_working.html` and a table."""

    commitment_period: int
    starts_on: dt.date
    ends_on: dt.date
    quantity: int
    share_units: int
    mitigation_units: int
    mitigation_rule: str
    rest_units: int
    rule: str
    exemption: str
    working: tuple[str, ...]


def preview(subject: Subject, at: dt.datetime) -> list[Planned]:
    """One planned block for each commitment period with certified reductions; by the rules of the request."""
    if not isinstance(subject, BoardRequest) or subject.monitoring_period is None:
        return []
    project, day = subject.project, permissions.day_of(at)
    planned = []
    for amount in subject.monitoring_period.amounts.filter(certified_t__gt=0):
        quantity = amount.certified_t or 0
        share = adaptation.adaptation_share(
            quantity=quantity,
            host=project.host_party,
            on=subject.published_on or day,
            is_small_scale_afforestation=project.is_small_scale_afforestation,
            rules=judging.rules_of(subject, day),
        )
        mitigation = adaptation.mitigation(
            quantity=quantity, on=subject.published_on or day, rules=judging.rules_of(subject, day)
        )
        planned.append(
            Planned(
                commitment_period=amount.commitment_period,
                starts_on=amount.starts_on,
                ends_on=amount.ends_on,
                quantity=quantity,
                share_units=share.units,
                mitigation_units=mitigation.units,
                mitigation_rule=mitigation.rule if mitigation.units else "",
                rest_units=share.rest - mitigation.units,
                rule=share.rule,
                exemption=share.exemption,
                working=share.working,
            )
        )
    return planned


def issued_rows(issuances: list[Any]) -> list[dict[str, Any]]:
    """What was issued, for the table of a request or a project: one row a commitment period."""
    return [
        {
            "commitment_period": issuance.commitment_period,
            "serials": str(issuance.serials),
            "quantity": issuance.quantity,
            "share_units": issuance.deduction.units,
            "share_serials": str(issuance.deduction.serials or ""),
            "exemption": issuance.deduction.exemption,
            "rule": issuance.deduction.rule,
            "at": issuance.entry.at,
            "transaction_number": issuance.entry.transaction_number,
            "monitoring_start": issuance.monitoring_start,
            "monitoring_end": issuance.monitoring_end,
            "party": issuance.party,
            "first": issuance.first,
        }
        for issuance in issuances
    ]
