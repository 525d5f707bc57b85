"""Reads of the registry: accounts, holdings, statements, issuances, the story of a serial, whether the book is true."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import permissions, registry_viewer
from cdm.api.authentication import SignedIn
from cdm.api.door import LARGEST_KEY, Door, Filter, Listing, refuse_unknown
from cdm.api.fields import WholeText
from cdm.workflow.roles import Role
from registry import queries
from registry.codes import UnitType
from registry.models import Account, BookCheck, Issuance
from registry.serials import BadSerials

TAG = ["Registry"]
KEEPERS = {Role.REGISTRY_ADMINISTRATOR, Role.SECRETARIAT}


class AccountWriter(serializers.ModelSerializer[Account]):
    """An account of the book."""

    identifier = serializers.CharField()
    balance = serializers.SerializerMethodField()

    class Meta:
        model = Account
        fields = ["identifier", "type", "party", "holder", "state", "balance"]

    def get_balance(self, account: Account) -> str:
        return str(queries.balance(account))


class HoldingWriter(serializers.Serializer[Any]):
    """Units of one kind in an account."""

    party = serializers.CharField()
    project_number = serializers.IntegerField()
    unit_type = serializers.CharField(source="unit_type.name")
    commitment_period = serializers.IntegerField()
    units = WholeText()


class LineWriter(serializers.Serializer[Any]):
    """One movement as the holder of an account sees it."""

    transaction_number = serializers.CharField(source="entry.transaction_number")
    kind = serializers.CharField(source="entry.kind")
    at = serializers.DateTimeField(source="entry.at")
    reason = serializers.CharField(source="entry.reason")
    units_in, units_out, balance = WholeText(), WholeText(), WholeText()
    serials = serializers.ListField(child=serializers.CharField())


class IssuanceWriter(serializers.ModelSerializer[Issuance]):
    """One issued block, and what was deducted from it."""

    unit_type = serializers.SerializerMethodField()
    first, last, quantity = WholeText(), WholeText(), WholeText()
    transaction_number = serializers.CharField(source="entry.transaction_number")
    issued_at = serializers.DateTimeField(source="entry.at")
    adaptation_share = WholeText(source="deduction.units")
    adaptation_rule = serializers.CharField(source="deduction.rule")
    adaptation_exemption = serializers.CharField(source="deduction.exemption")
    waiting = serializers.SerializerMethodField(help_text="Units still in the pending account.")

    class Meta:
        model = Issuance
        fields = [
            "transaction_number", "party", "project_number", "unit_type", "commitment_period", "first", "last",
            "quantity", "monitoring_start", "monitoring_end", "issued_at", "adaptation_share", "adaptation_rule",
            "adaptation_exemption", "waiting",
        ]  # fmt: skip

    def get_unit_type(self, issuance: Issuance) -> str:
        return UnitType(issuance.unit_type).name

    def get_waiting(self, issuance: Issuance) -> str:
        return str(queries.waiting(issuance))


class StoryStep(serializers.Serializer[Any]):
    """One block a unit lay in, from oldest to newest."""

    at = serializers.DateTimeField(source="entry.at")
    kind = serializers.CharField(source="entry.kind")
    transaction_number = serializers.CharField(source="entry.transaction_number")
    serials = serializers.CharField()
    account = serializers.CharField(source="account.identifier")
    holder = serializers.CharField(source="account.holder")
    is_here_now = serializers.SerializerMethodField()

    def get_is_here_now(self, step: queries.Step) -> bool:
        return step.spent_by is None


class BookCheckWriter(serializers.Serializer[Any]):
    """What the last look at the whole book found."""

    at = serializers.DateTimeField(allow_null=True, help_text="Null: nobody has looked yet.")
    verified = serializers.BooleanField(allow_null=True)
    result = serializers.DictField()


class AccountDoor(Door):
    """What concerns accounts of one's own or that one represents; those who keep the registry see all."""

    permission_classes = (SignedIn,)

    def own(self) -> QuerySet[Account]:
        """The accounts the person may read."""
        user, at = self.person(), self.at()
        if permissions.roles_of(user, at) & KEEPERS:
            return Account.objects.all()
        return registry_viewer.own_accounts(user, at)

    def account(self, identifier: str) -> Account:
        try:
            found = queries.account(identifier)
        except (BadSerials, LookupError, OverflowError) as error:
            raise Http404("There is no such account, or it is not yours to see.") from error
        if not self.own().filter(pk=found.pk).exists():
            raise Http404("There is no such account, or it is not yours to see.")
        return found


@extend_schema(tags=TAG, summary="Your accounts", description="Those of your organisations.")
class Accounts(AccountDoor, Listing):
    """Accounts."""

    serializer_class = AccountWriter
    filters: ClassVar = {"type": Filter("type", str, ""), "party": Filter("party", str, "ISO code.")}

    def rows(self) -> QuerySet[Account]:
        return self.own()


AT_END_OF = OpenApiParameter(
    "at_end_of", OpenApiTypes.DATE, description="What it held when this GMT day ended."
)
SINCE = OpenApiParameter("since", OpenApiTypes.DATE, description="Entries of this GMT day and later.")
UNTIL = OpenApiParameter("until", OpenApiTypes.DATE, description="Entries of this GMT day and earlier.")


def _days(request: Request, *names: str) -> dict[str, dt.date | None]:
    """The days asked for; anything else in the address is refused, not ignored."""
    refuse_unknown(request, names)
    given = request.query_params
    return {
        name: serializers.DateField().run_validation(given[name]) if given.get(name) else None
        for name in names
    }


def _next(day: dt.date) -> dt.datetime:
    """When the day after begins, by Greenwich."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)


class Holdings(AccountDoor):
    """Holdings of an account."""

    @extend_schema(
        operation_id="account_holdings",
        tags=TAG,
        summary="What an account holds, by project, kind of unit and commitment period",
        parameters=[AT_END_OF],
        responses={200: HoldingWriter(many=True)},
    )
    def get(self, request: Request, identifier: str) -> Response:
        day = _days(request, "at_end_of")["at_end_of"]
        at = _next(day) - dt.timedelta(microseconds=1) if day else None
        held = queries.holdings(account=self.account(identifier), at=at)
        return Response(HoldingWriter(held, many=True).data)


class Statement(AccountDoor):
    """Movements of an account."""

    @extend_schema(
        operation_id="account_statement",
        tags=TAG,
        summary="What came in and went out, entry by entry",
        parameters=[SINCE, UNTIL],
        responses={200: LineWriter(many=True)},
    )
    def get(self, request: Request, identifier: str) -> Response:
        days = _days(request, "since", "until")
        since, until = days["since"], days["until"]
        lines = queries.statement(
            self.account(identifier),
            since=_next(since) - dt.timedelta(days=1) if since else None,
            until=_next(until) if until else None,
        )
        return Response(
            [LineWriter(line).data | {"serials": [str(run) for run in line.serials]} for line in lines]
        )


@extend_schema(tags=TAG, summary="Issuances", description="Every block issued, with the adaptation share.")
class Issuances(Listing):
    """Issuances."""

    serializer_class = IssuanceWriter
    filters: ClassVar = {
        "party": Filter("party", str, "ISO code of the host Party."),
        "project_number": Filter("project_number", int, "UNFCCC reference number."),
        "commitment_period": Filter("commitment_period", int, ""),
    }

    def rows(self) -> QuerySet[Issuance]:
        return Issuance.objects.select_related("entry", "deduction").order_by("id")


class Story(Door):
    """The story of one unit."""

    @extend_schema(
        operation_id="serial_story",
        tags=TAG,
        summary="Where a unit has been, from its issuance to where it lies now",
        responses={200: StoryStep(many=True)},
    )
    def get(self, request: Request, party: str, serial: int) -> Response:
        try:
            if serial > LARGEST_KEY:
                raise BadSerials("No serial number is as large as that.")
            steps = queries.story_of(party=party, serial=serial)
        except BadSerials as error:
            raise Http404(str(error)) from error
        return Response([StoryStep(step).data | {"serials": str(step.serials)} for step in steps])


class Verification(Door):
    """Whether the book is true."""

    @extend_schema(
        operation_id="book_verification",
        tags=TAG,
        summary="What the last look at the whole book found",
        responses={200: BookCheckWriter},
    )
    def get(self, request: Request) -> Response:
        last = BookCheck.objects.order_by("-at").first()
        return Response(BookCheckWriter(last or {"at": None, "verified": None, "result": {}}).data)
