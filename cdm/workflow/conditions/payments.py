"""Needs of money: what is paid must be what is due, once, and on a day that can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from cdm import money
from cdm.models import Invoice, Payment, Refund
from cdm.rules.days import in_words
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.step import Problem, Step


@condition
def payment_matches_invoice(step: Step) -> Iterator[Problem]:
    """The exact amount of a fee; of an administrative share the whole or, from EB 96, an instalment."""
    is_fee = step.move.name == "record_fee"
    kind = Invoice.Kind.REGISTRATION_FEE if is_fee else Invoice.Kind.ADMINISTRATIVE_SHARE
    invoice = step.subject.invoices.filter(kind=kind).first()
    if invoice is None:
        yield Problem("There is no invoice to pay.")
        return
    amount, paid_on = step.given.get("amount_usd"), step.given.get("paid_on")
    if amount is not None:
        sentence = (
            _exactly(amount, invoice.open_usd)
            if is_fee
            else money.instalment_problem(invoice, amount, paid_on or step.day)
        )
        if sentence:
            yield Problem(sentence, "amount_usd")
    yield from _day_problems(paid_on, step.day, invoice.issued_on)
    yield from reference_problems(step.given.get("bank_reference"))


def _exactly(amount: Decimal, due: Decimal) -> str:
    if amount == due:
        return ""
    less_or_more = "less" if amount < due else "more"
    return (
        f"USD {amount:,.2f} is {less_or_more} than the USD {due:,.2f} due. "
        "Record the payment when the exact amount has been received."
    )


def _day_problems(paid_on: dt.date | None, today: dt.date, issued_on: dt.date) -> Iterator[Problem]:
    if paid_on is not None and paid_on > today:
        yield Problem(
            "The payment cannot have been received in the future. Give the day it came in.", "paid_on"
        )
    if paid_on is not None and paid_on < issued_on:
        yield Problem(
            f"The invoice is of {in_words(issued_on)}; a payment for it cannot be older.", "paid_on"
        )


def reference_problems(reference: str | None) -> Iterator[Problem]:
    """A transfer has one bank reference, so the same one again is the same money entered twice."""
    if not reference:
        return  # asked for by the page of the move, which says so
    if not reference.strip():
        yield Problem("Bank reference: this is needed.", "bank_reference")
        return
    known = Payment.objects.filter(bank_reference__iexact=reference.strip()).first()
    if known is not None:
        yield Problem(
            f"A payment of USD {known.amount_usd:,.2f} received on {in_words(known.paid_on)} is recorded under "
            "the bank "
            f"reference “{known.bank_reference}” already. Check whether this is the same money.",
            "bank_reference",
        )


@condition
def administrative_share_is_paid(step: Step) -> Answer:
    """7/CMP.1 para 37: issued after the share has been received; from EB 96 after its first instalment."""
    invoice = money.share_invoice(step.subject)
    if invoice is None:
        return "The administrative share of proceeds is not worked out yet. The Board instructs the issuance first."
    if invoice.open_usd > 0 and not invoice.payments.exists():
        return (
            f"USD {invoice.open_usd:,.2f} of the administrative share of proceeds has not been received "
            "(7/CMP.1 para 37)."
        )
    return None


@condition
def refund_matches_what_is_owed(step: Step) -> Iterator[Problem]:
    """EB 37 annex 20, para 7: exactly the amount above USD 30,000."""
    refund = money.refund_owed(step.subject)
    if refund is None:
        yield Problem("Nothing is owed back for this request.")
        return
    amount, paid_on = step.given.get("amount_usd"), step.given.get("paid_on")
    reference = step.given.get("bank_reference")
    if amount is not None and amount != refund.amount_usd:
        yield Problem(
            f"USD {refund.amount_usd:,.2f} is to be paid back, not USD {amount:,.2f}. Record the exact amount.",
            "amount_usd",
        )
    if paid_on is not None and paid_on > step.day:
        yield Problem("It cannot have been paid back in the future. Give the day of the transfer.", "paid_on")
    if paid_on is not None and paid_on < refund.owed_since:
        yield Problem(
            f"It is owed since {in_words(refund.owed_since)}; it was not paid back before.", "paid_on"
        )
    if reference and Refund.objects.filter(bank_reference__iexact=reference.strip()).exists():
        yield Problem(
            f"Another repayment is recorded under the bank reference “{reference}” already.", "bank_reference"
        )
