"""Operational entities for programs: lists, an application, the review of an entity's report."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm.acts import accreditation
from cdm.api import visible, written_entities
from cdm.api.acts import described
from cdm.api.door import LARGEST_KEY, Door, Filter, Listing
from cdm.api.reading import OF_PROJECT, SEEN, states_of
from cdm.models import Accreditation, EntityAccreditation, ExcessIssuance, Organisation


@extend_schema(
    tags=["Operational entities"], summary="Accreditations: scopes, dates, states", description=SEEN
)
class Accreditations(Listing):
    """Terms of accreditation of operational entities."""

    serializer_class = written_entities.AccreditationWriter
    filters: ClassVar = {
        "doe": Filter("doe", int, "Only of this entity."),
        "state": states_of("accreditation"),
        "sectoral_scope": Filter("scopes__sectoral_scope", int, "Only terms that gave this sectoral scope."),
    }

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(EntityAccreditation, self.person(), self.at()).select_related("doe")
        return rows.prefetch_related("scopes", "applied_scopes", "suspensions", "cmp_decisions").distinct()


@extend_schema(tags=["Operational entities"], summary="Excess issuances", description=SEEN)
class ExcessIssuances(Listing):
    """What entities have to replace."""

    serializer_class = written_entities.ExcessIssuanceWriter
    filters: ClassVar = {
        "project": OF_PROJECT,
        "doe": Filter("doe", int, "Only of this entity."),
        "state": states_of("excess_issuance"),
    }

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(ExcessIssuance, self.person(), self.at()).select_related("doe", "reviewer")
        return rows.prefetch_related("cancellations__entry")


LISTS: dict[str, type[Listing]] = {
    "accreditation": Accreditations,
    "excess_issuance": ExcessIssuances,
}


class AskedScope(serializers.Serializer[Any]):
    """One function and sectoral scope."""

    function = serializers.ChoiceField(choices=Accreditation.Function.choices)
    sectoral_scope = serializers.IntegerField(min_value=0, max_value=1000)


class ApplicationAsks(serializers.Serializer[Any]):
    """What an application consists of."""

    scopes = AskedScope(many=True)
    statement = serializers.CharField(help_text="How the entity meets the standards of Appendix A.")
    follows = serializers.PrimaryKeyRelatedField(
        queryset=EntityAccreditation.objects.all(),
        allow_null=True,
        default=None,
        help_text="The term that this one is to continue (re-accreditation).",
    )


class ReportReviewAsks(serializers.Serializer[Any]):
    """Which project's report is reviewed, and why."""

    project = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    reviewer = serializers.PrimaryKeyRelatedField(
        queryset=Organisation.objects.filter(kind=Organisation.Kind.DOE),
        allow_null=True,
        default=None,
        help_text="Another DOE that reviews and corrects the report.",
    )
    reason = serializers.CharField()


class OfEntity(Door):
    """An act about one operational entity."""

    def entity(self, key: int) -> Organisation:
        doe = (
            Organisation.objects.filter(pk=key, kind=Organisation.Kind.DOE).first()
            if key <= LARGEST_KEY
            else None
        )
        if doe is None:
            raise Http404("There is no such operational entity.")
        return doe


@described(
    "entity_apply",
    "Operational entities",
    "Apply for accreditation",
    asks=ApplicationAsks,
    answers=written_entities.AccreditationWriter,
)
class Apply(OfEntity):
    """Apply for accreditation, for more scopes, or for a further term."""

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._made(key))

    def _made(self, key: int) -> Response:
        doe, given = self.entity(key), self.read(ApplicationAsks)
        term = accreditation.apply(
            doe=doe,
            asked=[(one["function"], one["sectoral_scope"]) for one in given["scopes"]],
            statement=given["statement"],
            follows=given["follows"],
            by=self.signed_in(),
            at=self.at(),
        )
        return Response(written_entities.AccreditationWriter(term).data, status=201)


@described(
    "entity_open_review",
    "Operational entities",
    "Open a review of a report of a suspended or withdrawn entity",
    asks=ReportReviewAsks,
    answers=written_entities.ExcessIssuanceWriter,
)
class OpenReview(OfEntity):
    """The Board's review of a report on a registered project."""

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._made(key))

    def _made(self, key: int) -> Response:
        doe, given = self.entity(key), self.read(ReportReviewAsks)
        made = accreditation.open_review(
            doe=doe,
            project=self.project(given["project"]),
            reason=given["reason"],
            reviewer=given["reviewer"],
            by=self.signed_in(),
            at=self.at(),
        )
        return Response(written_entities.ExcessIssuanceWriter(made).data, status=201)
