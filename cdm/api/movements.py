"""Movements of units for programs: read, previewed, proposed by one person and decided by another.

Proposing and approving is the path that matters under load: it reads what the doors need, and writes back the
movement in short.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Q, QuerySet, Sum
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm.api import movements_asked as asked
from cdm.api import once
from cdm.api.authentication import SignedIn
from cdm.api.door import IDEMPOTENCY_KEY, IF_MATCH, LARGEST_KEY, Door, Filter, Listing
from cdm.api.fields import WholeText
from cdm.models import KeptAnswer
from cdm.workflow.refusals import Stale
from registry import queries_movements as queries
from registry.accounts import Refused
from registry.codes import AccountType, UnitType
from registry.models import Block
from registry.models_movements import Movement
from registry.movements import doors
from registry.movements.life import ENDS, State
from registry.movements.preview import preview
from registry.movements.table import MovementKind
from registry.queries import UNITS, NoSuchAccount
from registry.serials import BadSerials

TAG = ["Movements"]
NOT_YOURS = "There is no such movement, or it is not yours to see."
PROPOSAL_KEY = OpenApiParameter(
    once.HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Any text of your own, at most 200 characters. The same proposal under it is one proposal, for ever; "
    "another under it is refused. One that failed its checks is kept: propose anew with a new key.",
)


class AccountFilter(Filter):
    """Movements out of an account or into it."""

    def clean(self, text: str) -> Any:
        account = asked.account_of(text)
        return Movement.objects.filter(Q(source=account) | Q(target=account)).values("pk")


@extend_schema(
    tags=TAG,
    summary="Movements",
    description="Those of your accounts, newest first; all of them for a registry administrator.",
)
class Movements(Listing):
    """Movements one may see; and a proposal."""

    permission_classes = (SignedIn,)
    serializer_class = asked.MovementWriter
    filters: ClassVar = {
        "kind": Filter("kind", tuple(MovementKind.values)),
        "state": Filter("state", tuple(State.values)),
        "account": AccountFilter("pk__in", str, "Identifier of the account units leave or enter."),
    }

    def get_queryset(self) -> QuerySet[Movement]:
        if getattr(self, "swagger_fake_view", False):
            return Movement.objects.none()
        return super().get_queryset()

    def rows(self) -> QuerySet[Movement]:
        return queries.visible_to(self.signed_in(), self.at()).select_related("source", "target")

    @extend_schema(
        operation_id="propose_movement",
        summary="Propose a movement",
        description="It is checked at once and its units are reserved; another person approves it. Each check that "
        "fails is one of `problems`, with its number in `check`.",
        parameters=[PROPOSAL_KEY],
        request=asked.ProposalAsks,
        responses={201: asked.MovementWriter},
    )
    def post(self, request: Request) -> Response:
        given = asked.arguments(self.read_plain(asked.ProposalNames, or_else=asked.ProposalAsks))
        try:
            made = doors.propose(**given, by=self.signed_in(), at=self.at(), key=self._key())
        except (BadSerials, NoSuchAccount):
            # says which of the two
            self.read(asked.ProposalAsks)
            raise
        return _written(made, 201)

    def _key(self) -> str:
        """The movement's own key makes the proposal once; no answer has to be kept for that."""
        text = self.request.headers.get(once.HEADER, "").strip()
        if len(text) > once.LONGEST_KEY or not text.isprintable():
            sentence = f"A key has at most {once.LONGEST_KEY} printable characters."
            raise serializers.ValidationError({once.HEADER: [sentence]})
        word = hashlib.sha256(text.encode()).hexdigest()[:48] if text else uuid.uuid4().hex
        return f"api:{self.signed_in().pk}:{word}"


@extend_schema(tags=TAG, summary="Movements that await your decision")
class Awaiting(Movements):
    """Those the person can approve or reject now, the first to lapse first."""

    http_method_names = ("get", "head", "options")

    def rows(self) -> QuerySet[Movement]:
        waiting = queries.awaiting(self.signed_in(), self.at())
        return waiting.select_related("source", "target").order_by("reserved_until", "pk")


class MovementDoor(Door):
    """One movement, for who may see it."""

    permission_classes = (SignedIn,)

    def visible(self, key: int) -> Movement:
        related = ("source", "target", "proposed_by", "decided_by")
        rows = queries.visible_to(self.signed_in(), self.at()).select_related(*related)
        found = rows.filter(pk=key).first() if key <= LARGEST_KEY else None
        if found is None:
            raise Http404(NOT_YOURS)
        return found


class OneMovement(MovementDoor):
    """One movement with its checks and its record."""

    @extend_schema(
        operation_id="movement",
        tags=TAG,
        summary="One movement, with its units, checks and record",
        responses={200: asked.MovementPage},
    )
    def get(self, request: Request, key: int) -> Response:
        found = self.visible(key)
        attested = queries.attestation_of(found)
        shown = {
            **{
                field.attname: getattr(found, field.attname)
                for field in Movement._meta.concrete_fields
                if not field.is_relation
            },
            "number": found.number,
            "row": found.row,
            "source": found.source,
            "target": found.target,
            "proposed_by": str(found.proposed_by),
            "decided_by": str(found.decided_by) if found.decided_by else None,
            "lines": found.lines.all(),
            "serials": [str(run) for run in queries.serials_of(found)],
            "checks": found.checks.all(),
            "records": found.records.select_related("by"),
            "attestation": attested.code if attested else None,
            "may": doors.may(found, self.signed_in(), self.at()),
        }
        response = Response(asked.MovementPage(_Shown(shown)).data)
        response["ETag"] = _tag(found)
        return response


class _Shown:
    """Values by name, as a writer reads them."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


class Preview(Door):
    """What a movement would do."""

    permission_classes = (SignedIn,)

    @extend_schema(
        operation_id="preview_movement",
        tags=TAG,
        summary="What a movement would do: exact serials, share, checks; nothing is written",
        request=asked.ProposalAsks,
        responses={200: asked.PreviewWriter},
    )
    def post(self, request: Request) -> Response:
        given = asked.arguments(self.read(asked.ProposalAsks))
        found = preview(**given, by=self.signed_in(), at=self.at())
        shown = asked.PreviewWriter(found).data
        for line, taken in zip(shown["lines"], found.lines, strict=True):
            line["serials"] = [str(run) for run in taken.serials]
            line["for_adaptation"] = [str(run) for run in taken.for_adaptation]
        return Response(shown)


class Decision(MovementDoor):
    """Approve, reject or take back; each door says who may."""

    door: ClassVar[Callable[..., Movement]]

    def post(self, request: Request, key: int) -> Response:
        return once.answered_beside(request, lambda keeping: self._decided(key, keeping), at=self.at())

    def _decided(self, key: int, keeping: once.Keeping) -> Response:
        given = self.read_plain(asked.DecisionAsks)
        if key > LARGEST_KEY:
            raise Http404(NOT_YOURS)
        expected = self.expected_version()
        if expected is not None and (found := self.visible(key)) and _tag(found) != f'"{expected}"':
            raise Stale(f"{found} is {State(str(found.state)).label.lower()} by now. Read it again.")
        response = Response()

        def beside(decided: Movement) -> list[KeptAnswer]:
            nonlocal response
            response = _written(decided)
            return keeping(response)

        try:
            type(self).door(
                movement=Movement(pk=key),
                by=self.signed_in(),
                at=self.at(),
                reason=given["reason"],
                beside=beside,
            )
        except Movement.DoesNotExist as error:
            raise Http404(NOT_YOURS) from error
        except Refused:
            # who may not even see it is told that there is none
            self.visible(key)
            raise
        return response


def deciding(door: Callable[..., Movement], name: str, summary: str) -> type[Decision]:
    """The address of one decision."""

    @extend_schema(
        operation_id=f"{name}_movement",
        tags=TAG,
        summary=summary,
        parameters=[IDEMPOTENCY_KEY, IF_MATCH],
        request=asked.DecisionAsks,
        responses={200: asked.MovementWriter},
    )
    def post(self: Decision, request: Request, key: int) -> Response:
        return Decision.post(self, request, key)

    return type(f"{name.title()}Movement", (Decision,), {"door": staticmethod(door), "post": post})


Approve = deciding(doors.approve, "approve", "Approve a movement of another person; its units move at once")
Reject = deciding(doors.reject, "reject", "Reject a movement of another person; its units are free again")
Cancel = deciding(doors.cancel, "cancel", "Take a movement back; its units are free again")


def _tag(movement: Movement) -> str:
    """A movement changes once, when it ends."""
    return '"2"' if str(movement.state) in ENDS else '"1"'


# writes any movement, and keeps nothing of it
_WRITER = asked.ShortWriter()


def _written(movement: Movement, status: int = 200) -> Response:
    response = Response(_WRITER.to_representation(movement), status=status)
    response["ETag"] = _tag(movement)
    if status == 201:
        response["Location"] = f"/api/registry/movements/{movement.pk}/"
    return response


class Kinds(Door):
    """The table of movements."""

    @extend_schema(
        operation_id="movement_kinds",
        tags=TAG,
        summary="The table of movements: kinds, units, accounts, who proposes and approves, checks, law",
        responses={200: asked.KindWriter(many=True)},
    )
    def get(self, request: Request) -> Response:
        return Response(asked.kinds())


class PublicHolding(serializers.Serializer[Any]):
    """Units of one kind in all accounts of one type."""

    party = serializers.CharField()
    project_number = serializers.IntegerField()
    unit_type = serializers.SerializerMethodField()
    commitment_period = serializers.IntegerField(source="applicable_period")
    account_type = serializers.CharField(source="account__type")
    units = WholeText(source="total")

    def get_unit_type(self, row: dict[str, Any]) -> str:
        return UnitType(row["unit_type"]).name


class UnitTypeFilter(Filter):
    """By the name of the unit type."""

    def clean(self, text: str) -> Any:
        return int(UnitType[super().clean(text)])


@extend_schema(
    tags=["Registry"],
    summary="What is held, by Party, project, kind of unit, commitment period and type of account",
    description="Of all accounts together, for everybody; what one account holds is its holder's to read.",
)
class PublicHoldings(Listing):
    """Holdings of the whole registry."""

    serializer_class = PublicHolding
    filters: ClassVar = {
        "party": Filter("party", str, "ISO code of the Party the units come from."),
        "project_number": Filter("project_number", int, "0 for units without a project."),
        "unit_type": UnitTypeFilter("unit_type", tuple(asked.UNIT_TYPES)),
        "commitment_period": Filter("applicable_period", int, "The applicable one."),
        "account_type": Filter("account__type", tuple(AccountType.values)),
    }

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return Block.objects.none()
        return super().get_queryset()

    def rows(self) -> QuerySet[Any]:
        group = ("party", "project_number", "unit_type", "applicable_period", "account__type")
        live = Block.objects.filter(spent_by__isnull=True)
        return live.order_by(*group).values(*group).annotate(total=Sum(UNITS))
