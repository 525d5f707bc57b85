"""Invoices, payments and what is owed back."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from cdm import money
from cdm.models import BoardRequest, Invoice, Payment, Refund
from cdm.rules import money as tariffs
from cdm.rules import sets
from cdm.workflow.conditions.payments import reference_problems
from cdm.workflow.effects.naming import effect
from cdm.workflow.refusals import Unmet
from cdm.workflow.step import Step


def invoice_registration_fee(step: Step) -> None:
    """By the tariff of the day of submission (rulebook 3.2); where it is put off, the invoice says how much."""
    request = step.subject
    if request.invoices.filter(kind=Invoice.Kind.REGISTRATION_FEE).exists():
        return
    charge = money.registration_charge(request, step.day)
    due = charge.due_usd
    Invoice.objects.create(
        request=request,
        project=step.project,
        kind=Invoice.Kind.REGISTRATION_FEE,
        tariff_usd=due,
        due_usd=due,
        deferred_usd=charge.amount_usd if charge.deferred else 0,
        working=list(charge.working),
        source=charge.source,
        issued_on=step.day,
        calendar_year=step.day.year,
        quantity_t=money.average_annual_t(step.project),
    )
    step.facts["registration_fee_usd"] = due


@effect
def invoice_fee_put_off(step: Step) -> None:
    """2/CMP.5: a host with few projects pays the registration fee after the date of the first issuance."""
    put_off = money.fee_put_off(step.project)
    if put_off is None:
        return
    Invoice.objects.create(
        request=step.subject,
        project=step.project,
        kind=Invoice.Kind.REGISTRATION_FEE,
        tariff_usd=put_off.deferred_usd,
        due_usd=put_off.deferred_usd,
        working=[
            f"{tariffs.usd(put_off.deferred_usd)} was put off at registration until after the first issuance.",
            *put_off.working,
        ],
        source=put_off.source,
        issued_on=step.day,
        calendar_year=step.day.year,
        quantity_t=put_off.quantity_t,
    )
    step.facts["registration_fee_usd"] = put_off.deferred_usd


@effect
def invoice_administrative_share(step: Step) -> None:
    """Rulebook 3.1: by the tariff for the calendar year, net of the registration fee paid in advance."""
    charge = money.administrative_charge(step.subject, step.day)
    Invoice.objects.create(
        request=step.subject,
        project=step.project,
        kind=Invoice.Kind.ADMINISTRATIVE_SHARE,
        tariff_usd=charge.amount_usd,
        prepaid_used_usd=charge.prepaid_used_usd,
        due_usd=charge.due_usd,
        working=list(charge.working),
        source=charge.source,
        issued_on=step.day,
        calendar_year=(step.subject.published_on or step.day).year,
        quantity_t=step.subject.requested_t,
    )
    step.facts.update(administrative_share_usd=charge.due_usd, prepaid_used_usd=charge.prepaid_used_usd)


@effect
def keep_fee_payment(step: Step) -> None:
    _keep_payment(step, Invoice.Kind.REGISTRATION_FEE)


@effect
def keep_share_payment(step: Step) -> None:
    """One payment; the facts say how many units are available with what has been paid (EB 96)."""
    invoice = _keep_payment(step, Invoice.Kind.ADMINISTRATIVE_SHARE)
    step.facts["units_available"] = money.units_paid_for(invoice)


def _keep_payment(step: Step, kind: str) -> Invoice:
    invoice: Invoice = step.subject.invoices.get(kind=kind)
    reference = step.given["bank_reference"].strip()
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                invoice=invoice,
                amount_usd=step.given["amount_usd"],
                paid_on=step.given["paid_on"],
                bank_reference=reference,
                recorded_by=step.person,
                recorded_at=step.at,
            )
    except IntegrityError:
        # another secretary recorded the same transfer for another project in this very moment
        if problems := list(reference_problems(reference)):
            raise Unmet(problems) from None
        raise
    step.facts.update(
        amount_usd=payment.amount_usd, paid_on=payment.paid_on, bank_reference=payment.bank_reference
    )
    return invoice


@effect
def owe_refund(step: Step) -> None:
    """EB 37 annex 20, para 7: not registered, so what was paid above USD 30,000 is owed back."""
    request: BoardRequest = step.subject
    invoice = request.invoices.filter(kind=Invoice.Kind.REGISTRATION_FEE).first()
    if not request.is_registration or invoice is None:
        return
    paid = invoice.paid_usd
    amount = tariffs.refund_if_not_registered(paid_usd=paid, requested_on=step.day)
    if not amount:
        return
    rule = sets.rule_set_on(step.day).param("fee.refund_above_usd", step.day)
    Refund.objects.create(
        invoice=invoice,
        amount_usd=amount,
        working=[f"{tariffs.usd(paid)} paid - {tariffs.usd(paid - amount)} kept = {tariffs.usd(amount)}."],
        source=rule.source,
        owed_since=step.day,
    )
    step.facts["to_pay_back_usd"] = amount


@effect
def keep_refund(step: Step) -> None:
    refund = Refund.objects.select_for_update().get(invoice__request=step.subject, paid_on__isnull=True)
    refund.paid_on = step.given["paid_on"]
    refund.bank_reference = step.given["bank_reference"].strip()
    refund.recorded_by, refund.recorded_at = step.person, step.at
    refund.save()
    step.facts.update(
        paid_back_usd=refund.amount_usd, paid_on=refund.paid_on, bank_reference=refund.bank_reference
    )
