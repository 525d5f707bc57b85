"""The statement of account of one project: what was charged, paid, set off and paid back, in the order of the days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cdm import money
from cdm.models import BoardRequest, Invoice, Project

if TYPE_CHECKING:
    from cdm.models import Refund

NOTHING = Decimal(0)
UNREGISTERED = ("rejected", "withdrawn")


@dataclass(frozen=True)
class Line:
    """One entry, in US dollars. `balance_usd` after it: what the participants owe, or below 0 what they are owed."""

    on: dt.date
    what: str
    request: BoardRequest
    charged_usd: Decimal = NOTHING
    credited_usd: Decimal = NOTHING
    bank_reference: str = ""
    balance_usd: Decimal = NOTHING


@dataclass(frozen=True)
class Statement:
    """All lines, and what they come to. `advance_usd`: registration fee paid and not yet set off against a share."""

    lines: tuple[Line, ...]
    charged_usd: Decimal
    credited_usd: Decimal
    balance_usd: Decimal
    advance_usd: Decimal
    to_pay_back_usd: Decimal


def of_project(project: Project, requests: Iterable[BoardRequest]) -> Statement:
    """The statement over those of the project's requests that the reader may see."""
    invoices = (
        Invoice.objects.filter(project=project, request__in=[request.pk for request in requests])
        .select_related("request", "request__monitoring_period", "refund")
        .prefetch_related("payments")
        .order_by("issued_on", "id")
    )
    found = [line for invoice in invoices for line in _lines(invoice)]
    # sorted() keeps what happened on one day in the order of the invoices
    balance, lines = NOTHING, []
    for line in sorted(found, key=lambda line: line.on):
        balance += line.charged_usd - line.credited_usd
        lines.append(
            Line(
                line.on,
                line.what,
                line.request,
                line.charged_usd,
                line.credited_usd,
                line.bank_reference,
                balance,
            )
        )
    return Statement(
        lines=tuple(lines),
        charged_usd=sum((line.charged_usd for line in lines), NOTHING),
        credited_usd=sum((line.credited_usd for line in lines), NOTHING),
        balance_usd=balance,
        advance_usd=money.prepaid(project),
        to_pay_back_usd=sum(
            (refund.amount_usd for refund in _refunds(invoices) if refund.paid_on is None), NOTHING
        ),
    )


def _lines(invoice: Invoice) -> Iterator[Line]:
    request, kind = invoice.request, invoice.get_kind_display()
    put_off = (
        f", USD {invoice.deferred_usd:,.2f} put off until the first issuance" if invoice.deferred_usd else ""
    )
    yield Line(invoice.issued_on, f"{kind}{put_off}", request, charged_usd=invoice.tariff_usd)
    if invoice.prepaid_used_usd:
        yield Line(
            invoice.issued_on,
            "Registration fee paid in advance, set off",
            request,
            credited_usd=invoice.prepaid_used_usd,
        )
    paid = NOTHING
    for payment in invoice.payments.all():
        paid += payment.amount_usd
        yield Line(
            payment.paid_on,
            "Payment received",
            request,
            credited_usd=payment.amount_usd,
            bank_reference=payment.bank_reference,
        )
    if request.state in UNREGISTERED and paid < invoice.due_usd and request.entered_state_at is not None:
        ended = f"No longer asked for: request {request.state}"
        yield Line(request.entered_state_at.date(), ended, request, credited_usd=invoice.due_usd - paid)
    for refund in _refunds([invoice]):
        owed = "To be paid back: the project was not registered"
        yield Line(refund.owed_since, owed, request, credited_usd=refund.amount_usd)
        if refund.paid_on is not None:
            yield Line(
                refund.paid_on,
                "Paid back",
                request,
                charged_usd=refund.amount_usd,
                bank_reference=refund.bank_reference,
            )


def _refunds(invoices: Iterable[Invoice]) -> Iterator[Refund]:
    for invoice in invoices:
        refund = getattr(invoice, "refund", None)
        if refund is not None:
            yield refund
