"""The statement of account of a project."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import queries, statement
from cdm.api.door import Door


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
