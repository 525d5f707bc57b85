"""Reads of the rules: the dated rule sets with their sources, Parties and methodologies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import permissions
from cdm.api.door import Door
from cdm.rules import methodologies, parties, sets
from cdm.rules.errors import RuleError

TAG = ["Rules"]
ON = OpenApiParameter("on", dt.date, description="As on this day; today where it is not given.")


class RuleSetLine(serializers.Serializer[Any]):
    """A dated set of rules."""

    key = serializers.CharField()
    title = serializers.CharField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    source = serializers.CharField()
    words = serializers.CharField(allow_blank=True)


class ParamWriter(serializers.Serializer[Any]):
    """One rule with what it rests on."""

    key = serializers.CharField()
    value = serializers.SerializerMethodField(help_text="As text; null: no such rule in these days.")
    unit = serializers.CharField()
    source = serializers.CharField()
    confidence = serializers.CharField(source="confidence.value")
    words = serializers.CharField(allow_blank=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)

    def get_value(self, param: sets.RuleParam) -> str | None:
        return None if param.value is None else str(param.value)


class RuleSetWhole(RuleSetLine):
    """A set of rules with every rule in it."""

    params = ParamWriter(many=True)


class PartyWriter(serializers.Serializer[Any]):
    """A State, and what it was under the Kyoto Protocol on the day."""

    code = serializers.CharField()
    name = serializers.CharField()
    is_party = serializers.BooleanField()
    is_annex_i = serializers.BooleanField()
    may_host = serializers.BooleanField()
    is_least_developed = serializers.BooleanField()


class MethodologyWriter(serializers.Serializer[Any]):
    """A methodology."""

    code = serializers.CharField()
    title = serializers.CharField()
    version = serializers.CharField(allow_blank=True)
    scale = serializers.CharField()
    status = serializers.CharField()
    sectoral_scopes = serializers.ListField(child=serializers.IntegerField())
    source = serializers.CharField()


class RuleSets(Door):
    """Rule sets."""

    @extend_schema(
        operation_id="rule_sets",
        tags=TAG,
        summary="The rule sets, oldest first",
        responses={200: RuleSetLine(many=True)},
    )
    def get(self, request: Request) -> Response:
        return Response(RuleSetLine(sets.all_sets(), many=True).data)


class RuleSetPage(Door):
    """One rule set."""

    @extend_schema(
        operation_id="rule_set",
        tags=TAG,
        summary="A rule set with every rule, its source and how sure we are of it",
        responses={200: RuleSetWhole},
    )
    def get(self, request: Request, key: str) -> Response:
        try:
            found = sets.rule_set(key)
        except RuleError as error:
            raise Http404(str(error)) from error
        params = [param for rows in found.params.values() for param in rows]
        return Response(RuleSetLine(found).data | {"params": ParamWriter(params, many=True).data})


class Parties(Door):
    """Parties."""

    @extend_schema(
        operation_id="parties",
        tags=TAG,
        summary="States, and what they were on a day",
        parameters=[ON],
        responses={200: PartyWriter(many=True)},
    )
    def get(self, request: Request) -> Response:
        day = permissions.day_of(self.at())
        if "on" in request.query_params:
            day = serializers.DateField().run_validation(request.query_params["on"])
        rows = [
            {
                "code": party.code,
                "name": party.name,
                "is_party": parties.is_party_on(party.code, day),
                "is_annex_i": party.is_annex_i_on(day),
                "may_host": parties.may_host_on(party.code, day),
                "is_least_developed": parties.is_least_developed_on(party.code, day),
            }
            for party in parties.ALL
        ]
        return Response(PartyWriter(rows, many=True).data)


class Methodologies(Door):
    """Methodologies."""

    @extend_schema(
        operation_id="methodologies",
        tags=TAG,
        summary="The methodologies",
        responses={200: MethodologyWriter(many=True)},
    )
    def get(self, request: Request) -> Response:
        return Response(MethodologyWriter(methodologies.ALL, many=True).data)
