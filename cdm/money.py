"""What a request costs: the registration fee and the administrative share of proceeds, from the dated tariffs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from cdm.models import BoardRequest, Invoice, Payment, Project, Refund, RegisteredElsewhere
from cdm.rules import estimates as estimate_rules
from cdm.rules import instalments, sets
from cdm.rules import money as tariffs

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
    return tariffs.administrative_share(
        quantity=request.requested_t or 0,
        already_requested_this_year=already_requested(request, counted_on),
        requested_on=counted_on,
        host=project.host_party,
        prepaid_usd=prepaid(project),
        rules=sets.rule_set(request.rule_set_key) if request.rule_set_key else None,
    )


def already_requested(request: BoardRequest, counted_on: dt.date) -> int:
    """Units of the same project requested before in the calendar year of `counted_on`, the day of publication.

    The key of the count is the project and the year of the request (parameter fee.administrative_year). Of two
    requests published on one day the one prepared first counts first, so that each band is used once.
    """
    earlier = Q(published_on__lt=counted_on) | Q(published_on=counted_on, pk__lt=request.pk)
    return (
        request.project.requests.filter(
            earlier, kind=BoardRequest.Kind.ISSUANCE, published_on__year=counted_on.year
        )
        .exclude(state__in=["rejected", "withdrawn"])
        .aggregate(total=Sum("requested_t"))["total"]
        or 0
    )


def prepaid(project: Project) -> Decimal:
    """Registration fee paid and not yet set off against an administrative share, in US dollars.

    What was paid for a request that did not lead to registration is no advance: it is kept, or paid back.
    """
    paid = (
        Payment.objects.filter(invoice__project=project, invoice__kind=Invoice.Kind.REGISTRATION_FEE)
        .exclude(invoice__request__state__in=["rejected", "withdrawn"])
        .aggregate(total=Sum("amount_usd"))["total"]
    )
    used = Invoice.objects.filter(project=project).aggregate(total=Sum("prepaid_used_usd"))["total"]
    return (paid or Decimal(0)) - (used or Decimal(0))


def share_invoice(request: BoardRequest) -> Invoice | None:
    """The invoice of the administrative share of one request for issuance, once the Board has instructed it."""
    return request.invoices.filter(kind=Invoice.Kind.ADMINISTRATIVE_SHARE).first()


def paid_towards(invoice: Invoice) -> Decimal:
    """US dollars of an invoice's tariff that are paid: in advance with the registration fee, and since."""
    paid = sum((payment.amount_usd for payment in invoice.payments.all()), Decimal(0))
    return min(invoice.tariff_usd, invoice.prepaid_used_usd + paid)


def units_paid_for(invoice: Invoice) -> int:
    """How many of the units of an administrative share's invoice are available: in proportion, down (EB 96)."""
    return instalments.available_units(
        quantity=invoice.quantity_t, amount_usd=invoice.tariff_usd, paid_usd=paid_towards(invoice)
    )


def instalment_problem(invoice: Invoice, amount_usd: Decimal, paid_on: dt.date) -> str:
    """Why a payment towards an administrative share cannot be taken; empty where it can.

    Instalments go by the rules in force on the day of the payment: EB 96 and EB 106 opened them for issuances
    approved before, too. What was prepaid with the registration fee is no instalment.
    """
    payments = list(invoice.payments.all())
    return instalments.problem(
        amount_usd=invoice.due_usd,
        paid_before_usd=sum((payment.amount_usd for payment in payments), Decimal(0)),
        payments_before=len(payments),
        payment_usd=amount_usd,
        on=paid_on,
    )


def how_it_is_paid(day: dt.date) -> str:
    """Whether an administrative share may be paid in instalments on `day`, in a sentence."""
    rules = sets.rule_set_on(day)
    most = rules.integer("fee.instalments", day) if rules.has("fee.instalments", day) else None
    if most == 1:
        return "It is paid in one payment; the exact amount is recorded."
    least = tariffs.usd(rules.decimal("fee.instalment_min_usd", day))
    number = f"at most {most} instalments" if most else "any number of instalments"
    return f"It may be paid in {number}, each at least {least} unless it is the remainder."


def fee_put_off(project: Project) -> Invoice | None:
    """The invoice with which the registration fee was put off, while it has not been asked for (2/CMP.5)."""
    fees = project.invoices.filter(kind=Invoice.Kind.REGISTRATION_FEE)
    if fees.filter(request__kind=BoardRequest.Kind.ISSUANCE).exists():
        return None
    return fees.filter(deferred_usd__gt=0, request__state="registered").first()


def refund_owed(request: BoardRequest) -> Refund | None:
    """What is owed back of the registration fee of this request and is not paid back yet."""
    return Refund.objects.filter(invoice__request=request, paid_on__isnull=True).first()
