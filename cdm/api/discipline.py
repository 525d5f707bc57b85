"""Suspensions of members, absences that are justified, activity reports of entities, for programs."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import permissions
from cdm.acts import activity_reports, suspensions
from cdm.api.acts import described
from cdm.api.board import TAG
from cdm.api.door import LARGEST_KEY, Door
from cdm.api.entities import OfEntity
from cdm.api.written import OrganisationName, PersonName, Writer
from cdm.models import ActivityReport, JustifiedAbsence, Meeting, Membership, MemberSuspension


class MemberSuspensionWriter(Writer[MemberSuspension]):
    member = PersonName(source="membership.user")

    class Meta:
        model = MemberSuspension
        fields = [
            "id", "membership", "member", "meeting", "cause", "reason", "in_favour", "against", "from_on", "ending",
            "decision", "ended_at",
        ]  # fmt: skip


class JustifiedAbsenceWriter(Writer[JustifiedAbsence]):
    class Meta:
        model = JustifiedAbsence
        fields = ["id", "membership", "meeting", "reason", "at"]


class ActivityReportWriter(Writer[ActivityReport]):
    doe, by = OrganisationName(), PersonName()
    figures = serializers.DictField(
        child=serializers.IntegerField(), help_text="What this registry has of the year."
    )

    class Meta:
        model = ActivityReport
        fields = ["id", "doe", "year", "number", "text", "figures", "by", "at"]


class SuspendAsks(serializers.Serializer[Any]):
    cause = serializers.ChoiceField(choices=MemberSuspension.Cause.choices)
    reason = serializers.CharField()
    in_favour = serializers.IntegerField(
        min_value=0, max_value=100, help_text="Without the member concerned."
    )
    against = serializers.IntegerField(min_value=0, max_value=100, default=0)


class EndSuspensionAsks(serializers.Serializer[Any]):
    ending = serializers.ChoiceField(choices=MemberSuspension.Ending.choices)
    decision = serializers.CharField(max_length=200)


class JustifyAsks(serializers.Serializer[Any]):
    meeting = serializers.PrimaryKeyRelatedField(queryset=Meeting.objects.all())
    reason = serializers.CharField()


class ActivityReportAsks(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=2001, max_value=2200)
    text = serializers.CharField()


class OfMember(Door):
    """An act about one member or alternate."""

    def office(self, key: int) -> Membership:
        found = Membership.objects.filter(pk=key).first() if key <= LARGEST_KEY else None
        if found is None:
            raise Http404("There is no such member.")
        return found


@described(
    "member_suspend", TAG, "Suspend a member for cause, as the Board has decided", asks=SuspendAsks,
    answers=MemberSuspensionWriter,
)  # fmt: skip
class Suspend(OfMember):
    """The Board suspends a member (para 10)."""

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._made(key))

    def _made(self, key: int) -> Response:
        permissions.require(self.person(), "conduct_meeting", at=self.at())
        given = self.read(SuspendAsks)
        made = suspensions.suspend(self.office(key), **given, by=self.signed_in(), at=self.at())
        return Response(MemberSuspensionWriter(made).data, status=201)


@described(
    "member_justify_absence", TAG, "Justify a meeting that was missed", asks=JustifyAsks,
    answers=JustifiedAbsenceWriter,
)  # fmt: skip
class Justify(OfMember):
    """A proper justification for an absence (para 10)."""

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._made(key))

    def _made(self, key: int) -> Response:
        permissions.require(self.person(), "keep_the_board", at=self.at())
        made = suspensions.justify(
            self.office(key), **self.read(JustifyAsks), by=self.signed_in(), at=self.at()
        )
        return Response(JustifiedAbsenceWriter(made).data, status=201)


@described(
    "member_end_suspension", TAG, "Record how a suspension ended", asks=EndSuspensionAsks,
    answers=MemberSuspensionWriter, status=200,
)  # fmt: skip
class EndSuspension(Door):
    """How a suspension ended."""

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._made(key))

    def _made(self, key: int) -> Response:
        permissions.require(self.person(), "keep_the_board", at=self.at())
        found = MemberSuspension.objects.filter(pk=key).first() if key <= LARGEST_KEY else None
        if found is None:
            raise Http404("There is no such suspension.")
        made = suspensions.end(found, **self.read(EndSuspensionAsks), by=self.signed_in(), at=self.at())
        return Response(MemberSuspensionWriter(made).data)


@described(
    "entity_report_activities", "Operational entities", "Hand in the report on the activities of a year",
    asks=ActivityReportAsks, answers=ActivityReportWriter,
)  # fmt: skip
class ActivityReports(OfEntity):
    """The annual activity reports of an entity (para 27(g))."""

    @extend_schema(
        operation_id="entity_activity_reports",
        tags=["Operational entities"],
        summary="The activity reports of an entity, for itself, the Board and the secretariat",
        responses={200: ActivityReportWriter(many=True)},
    )
    def get(self, request: Request, key: int) -> Response:
        doe, user, at = self.entity(key), self.person(), self.at()
        seats = permissions.seats_of(user, permissions.day_of(at)).filter(organisation=doe)
        if not activity_reports.READERS & permissions.roles_of(user, at) and not seats.exists():
            raise permissions.Denied(
                "Only the entity itself, the Board and the secretariat read its reports."
            )
        return Response(
            ActivityReportWriter(doe.activity_reports.select_related("by", "doe"), many=True).data
        )

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._made(key))

    def _made(self, key: int) -> Response:
        doe, given = self.entity(key), self.read(ActivityReportAsks)
        made = activity_reports.hand_in(doe=doe, **given, by=self.signed_in(), at=self.at())
        return Response(ActivityReportWriter(made).data, status=201)
