"""What a request costs: the registration fee and the administrative share of proceeds, from the dated tariffs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum

from cdm.models import BoardRequest, Invoice, Payment, Project, RegisteredElsewhere
from cdm.rules import estimates as estimate_rules
from cdm.rules import money as tariffs
from cdm.rules import sets

if TYPE_CHECKING:
    from cdm.rules.estimates import Totals
    from cdm.rules.money import Charge


def average_annual_t(project: Project) -> int:
    """Estimated average annual reductions over the crediting period, in whole t CO2e; never below 0."""
    return estimated(project).average_annual_t


def estimated(project: Project) -> Totals:
    """Total and yearly average of the design document's estimates. A year with negative reductions counts as 0."""
    reductions = [max(estimate.reductions_t, 0) for estimate in project.estimates.all()]
    return estimate_rules.totals(reductions, months=max(project.crediting_months, 1))


def registration_charge(request: BoardRequest, day: dt.date) -> Charge:
    """The registration fee by the tariff of `day` (rulebook 3.2)."""
    project = request.project
    return tariffs.registration_fee(
        average_annual_t=average_annual_t(project),
        requested_on=day,
        host=project.host_party,
        registered_projects_in_host=registered_in(project.host_party, day),
    )


def registered_in(party: str, day: dt.date) -> int:
    """Registered projects of a host Party on `day`: those of this registry, and those counted elsewhere."""
    here = Project.objects.filter(host_party=party, registered_on__lte=day).count()
    elsewhere = (
        RegisteredElsewhere.objects.filter(party=party, counted_on__lte=day).order_by("-counted_on").first()
    )
    return here + (elsewhere.number if elsewhere else 0)


def registration_fee_open(request: BoardRequest, day: dt.date) -> Decimal:
    """US dollars of the registration fee still to be paid before the request goes on."""
    invoice = request.invoices.filter(kind=Invoice.Kind.REGISTRATION_FEE).first()
    if invoice is not None:
        return invoice.open_usd
    charge = registration_charge(request, day)
    return charge.due_usd


def administrative_charge(request: BoardRequest, day: dt.date) -> Charge:
    """The administrative share of proceeds, net of what was prepaid with the registration fee (rulebook 3.1-3.2)."""
    project = request.project
    counted_on = request.published_on or day
    already = (
        project.requests.filter(
            kind=BoardRequest.Kind.ISSUANCE,
            published_on__year=counted_on.year,
            published_on__lte=counted_on,
        )
        .exclude(pk=request.pk)
        .exclude(state__in=["rejected", "withdrawn"])
        .aggregate(total=Sum("requested_t"))["total"]
    )
    return tariffs.administrative_share(
        quantity=request.requested_t or 0,
        already_requested_this_year=already or 0,
        requested_on=counted_on,
        host=project.host_party,
        prepaid_usd=prepaid(project),
        rules=sets.rule_set(request.rule_set_key) if request.rule_set_key else None,
    )


def prepaid(project: Project) -> Decimal:
    """Registration fee paid and not yet set off against an administrative share, in US dollars."""
    paid = Payment.objects.filter(
        invoice__project=project, invoice__kind=Invoice.Kind.REGISTRATION_FEE
    ).aggregate(total=Sum("amount_usd"))["total"]
    used = Invoice.objects.filter(project=project).aggregate(total=Sum("prepaid_used_usd"))["total"]
    return (paid or Decimal(0)) - (used or Decimal(0))
