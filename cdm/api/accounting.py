"""Invoices, and the statement of account of a project."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import money, queries, statement
from cdm.api.door import Door
from cdm.api.fields import WholeText
from cdm.models import Invoice

USD = serializers.DecimalField(max_digits=12, decimal_places=2)


class InvoiceWriter(serializers.ModelSerializer[Invoice]):
    quantity_t = WholeText()
    working = serializers.ListField(child=serializers.CharField())
    paid_usd = serializers.SerializerMethodField()
    open_usd = serializers.SerializerMethodField()
    units_available = serializers.SerializerMethodField(
        help_text="Of the units of an issuance, those that the administrative share is paid for; null for a fee."
    )

    class Meta:
        model = Invoice
        fields = [
            "kind", "tariff_usd", "prepaid_used_usd", "due_usd", "deferred_usd", "paid_usd", "open_usd", "working",
            "source", "issued_on", "calendar_year", "quantity_t", "units_available",
        ]  # fmt: skip

    @extend_schema_field(WholeText(allow_null=True))
    def get_units_available(self, invoice: Invoice) -> str | None:
        if invoice.kind != Invoice.Kind.ADMINISTRATIVE_SHARE:
            return None
        return str(money.units_paid_for(invoice))

    @extend_schema_field(USD)
    def get_paid_usd(self, invoice: Invoice) -> str:
        # summed here over the payments already at hand, so that a list asks once for all
        return f"{sum((payment.amount_usd for payment in invoice.payments.all()), Decimal(0)):.2f}"

    @extend_schema_field(USD)
    def get_open_usd(self, invoice: Invoice) -> str:
        return f"{invoice.due_usd - Decimal(self.get_paid_usd(invoice)):.2f}"


class AccountLineWriter(serializers.Serializer[Any]):
    """One entry, with the balance after it."""

    on = serializers.DateField()
    what = serializers.CharField()
    request = serializers.IntegerField(source="request.pk", help_text="The request to the Board it is about.")
    charged_usd = serializers.DecimalField(max_digits=14, decimal_places=2)
    credited_usd = serializers.DecimalField(max_digits=14, decimal_places=2)
    balance_usd = serializers.DecimalField(
        max_digits=14, decimal_places=2, help_text="What the participants owe; below 0, what they are owed."
    )
    bank_reference = serializers.SerializerMethodField(help_text="For those concerned; empty for others.")

    def get_bank_reference(self, line: statement.Line) -> str:
        return line.bank_reference if self.context["sees_all"] else ""


class ProjectAccountWriter(serializers.Serializer[Any]):
    """Invoices, payments, what was set off and what was paid back, in the order of the days."""

    lines = AccountLineWriter(many=True)
    charged_usd = serializers.DecimalField(max_digits=14, decimal_places=2)
    credited_usd = serializers.DecimalField(max_digits=14, decimal_places=2)
    balance_usd = serializers.DecimalField(max_digits=14, decimal_places=2)
    advance_usd = serializers.DecimalField(
        max_digits=14,
        decimal_places=2,
        help_text="Registration fee paid and not yet set off against a share.",
    )
    to_pay_back_usd = serializers.DecimalField(max_digits=14, decimal_places=2)


class ProjectStatement(Door):
    """The statement of account of a project."""

    @extend_schema(
        operation_id="project_statement",
        tags=["Projects"],
        summary="Statement of account: charges, payments, credits, repayments, balance",
        responses={200: ProjectAccountWriter},
    )
    def get(self, request: Request, key: int) -> Response:
        seen = queries.seen_of(self.project(key), self.person(), self.at())
        account = statement.of_project(self.project(key), seen.requests)
        return Response(ProjectAccountWriter(account, context={"sees_all": seen.sees_all}).data)
