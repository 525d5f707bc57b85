"""The money of one project: its statement of account, and each invoice with its working."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cdm import statement
from cdm.models import Invoice
from cdm.statement import Line, Statement
from cdm.templatetags.cdm_format import day, usd
from cdm.views.project_page import load

COLUMNS = [
    {"label": "Day"},
    {"label": "Entry"},
    {"label": "Charged", "numeric": True},
    {"label": "Paid or credited", "numeric": True},
    {"label": "Balance", "numeric": True},
]


def page(request: HttpRequest, key: int) -> HttpResponse:
    """What was charged, paid, set off and paid back; then the invoices with their working."""
    shown = load(request, key, "project_money")
    account = statement.of_project(shown.project, shown.seen.requests)
    invoices = (
        Invoice.objects.filter(project=shown.project, request__in=[one.pk for one in shown.seen.requests])
        .select_related("request__monitoring_period", "refund")
        .prefetch_related("payments__recorded_by")
        .order_by("id")
    )
    return render(
        request,
        "cdm/project/money.html",
        shown.context(
            invoices=invoices,
            tiles=_tiles(account),
            columns=COLUMNS,
            rows=[_row(line, shows_references=shown.seen.sees_all) for line in account.lines],
            footer=[
                "Together", "", _amount(account.charged_usd), _amount(account.credited_usd),
                _balance(account.balance_usd),
            ],
        ),
    )  # fmt: skip


def _tiles(account: Statement) -> list[dict[str, Any]]:
    found = [
        {"value": usd(max(account.balance_usd, Decimal(0))), "label": "Still to be paid"},
        {"value": usd(account.advance_usd), "label": "Paid in advance, not yet set off"},
    ]
    if account.to_pay_back_usd:
        found.append({"value": usd(account.to_pay_back_usd), "label": "To be paid back"})
    return found


def _row(line: Line, *, shows_references: bool) -> list[Any]:
    about = line.request
    named = f"{about}, {about.monitoring_period}" if about.monitoring_period else str(about)
    if line.bank_reference and shows_references:
        named = f"{named}; bank reference {line.bank_reference}"
    return [
        day(line.on),
        {"text": line.what, "url": about.get_absolute_url(), "hint": named},
        _amount(line.charged_usd),
        _amount(line.credited_usd),
        _balance(line.balance_usd),
    ]


def _amount(amount: Decimal) -> str:
    return usd(amount) if amount else ""


def _balance(amount: Decimal) -> str:
    """What the participants owe; what is owed to them is called so, as a minus is easily overread."""
    return usd(amount) if amount >= 0 else f"{usd(-amount)} in their favour"
