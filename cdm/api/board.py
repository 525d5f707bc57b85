"""The Board over the interface for programs: matters, assessments, texts, votes, meetings, members."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import board, permissions
from cdm.acts import board as board_acts
from cdm.acts import matters, meetings
from cdm.api import reading, written
from cdm.api.acts import Act, described, text
from cdm.api.door import LARGEST_KEY, Door
from cdm.api.fields import Units
from cdm.models import (
    Assessment,
    Attendance,
    Meeting,
    Membership,
    Objection,
    User,
    Vote,
)
from cdm.permissions import Denied
from cdm.rules.board import CONSTITUENCIES, GROUPS
from cdm.workflow.board_matter import ALL_OUTCOMES, OUTCOMES
from cdm.workflow.roles import Role

Kept = serializers.ModelSerializer
TAG = reading.TAGS["board_matter"]
INSIDE = frozenset({Role.BOARD_MEMBER, Role.SECRETARIAT, Role.EXPERT})
IN_OFFICE = Membership.objects.filter(ended_on__isnull=True)


class AssessmentWriter(Kept[Assessment]):
    by = written.PersonName()

    class Meta:
        model = Assessment
        fields = ["side", "recommendation", "text", "by", "at"]


class ObjectionWriter(Kept[Objection]):
    by = written.PersonName(source="membership.user")

    class Meta:
        model = Objection
        fields = ["motion", "by", "reasons", "at"]


class VoteWriter(Kept[Vote]):
    by = written.PersonName()
    seat = written.PersonName(source="seat.user")

    class Meta:
        model = Vote
        fields = ["motion", "seat", "by", "choice", "at"]


class BeforeTheBoard(serializers.Serializer[Any]):
    """What the Board has before it: for members, the secretariat and the experts."""

    motion = serializers.IntegerField(help_text="Number of the text.")
    outcome = serializers.CharField(allow_blank=True)
    reasons = serializers.CharField(allow_blank=True)
    corrections = serializers.CharField(allow_blank=True)
    scopes = serializers.ListField(child=serializers.CharField())
    excess = Units(allow_null=True)
    assessments = AssessmentWriter(many=True)
    objections = ObjectionWriter(many=True)
    votes = VoteWriter(many=True)


class BoardTextAsks(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=ALL_OUTCOMES)
    reasons = text("The reasons; they are published.", allow_blank=True)
    corrections = text("Only with approval with corrections.", allow_blank=True, default="")
    scopes = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        help_text="Only where an entity's designation is withdrawn for some scopes: “function:number”.",
    )
    excess = Units(required=False, help_text="Only where an excess issuance is determined.")
    participants_could_be_heard = serializers.BooleanField(
        required=False, help_text="Only where an excess issuance is determined (para 23)."
    )


@described(
    "board_matter_put_text",
    TAG,
    "Put another text to the meeting",
    asks=BoardTextAsks,
    answers=BeforeTheBoard,
)
class Text(Act):
    """The text before the Board, and another one."""

    machine, verb, asks = "board_matter", "put_motion", BoardTextAsks

    @extend_schema(
        operation_id="board_matter_text",
        tags=[TAG],
        summary="The text before the Board, with assessments, objections and votes",
        description="For members of the Board, the secretariat and the experts, without a conflict of interest.",
        responses={200: BeforeTheBoard},
    )
    def get(self, request: Request, key: int) -> Response:
        matter = self.subject("board_matter", key)
        if not permissions.roles_on(self.person(), matter, self.at()) & INSIDE:
            raise Denied("Only the Board, the secretariat and the experts read what is not decided yet.")
        return Response(BeforeTheBoard(_inside(matter)).data)

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return BeforeTheBoard(_inside(matters.put_motion(subject, **given, **self.acting))).data


def _inside(matter: Any) -> dict[str, Any]:
    return {
        "motion": matter.motion,
        "outcome": matter.outcome,
        "reasons": matter.reasons,
        "corrections": matter.corrections,
        "scopes": matter.scopes,
        "excess": matter.excess,
        "assessments": matter.assessments.select_related("by"),
        "objections": matter.objections.select_related("membership__user"),
        "votes": matter.votes.select_related("by", "seat__user"),
    }


class AssessAsks(serializers.Serializer[Any]):
    recommendation = serializers.ChoiceField(choices=OUTCOMES[:3])
    text = text("The assessment.", allow_blank=True)


@described("board_matter_assess", TAG, "Give an assessment", asks=AssessAsks, answers=AssessmentWriter)
class Assess(Act):
    """Assess a request under review."""

    machine, verb, asks = "board_matter", "assess", AssessAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return AssessmentWriter(matters.assess(subject, **given, **self.acting)).data


class VoteAsks(serializers.Serializer[Any]):
    choice = serializers.ChoiceField(choices=Vote.Choice.choices)


@described("board_matter_vote", TAG, "Vote on the text that is put", asks=VoteAsks, answers=VoteWriter)
class CastVote(Act):
    """Vote."""

    machine, verb, asks = "board_matter", "vote", VoteAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return VoteWriter(matters.vote(subject, **given, **self.acting)).data


class MemberWriter(Kept[Membership]):
    user = written.PersonName()

    class Meta:
        model = Membership
        fields = ["id", "user", "constituency", "group", "alternate_of", "starts_on", "ends_on", "oath_on"]


class AttendanceWriter(Kept[Attendance]):
    member = written.PersonName(source="membership.user")

    class Meta:
        model = Attendance
        fields = ["membership", "member", "came_at", "left_at"]


class MeetingWriter(Kept[Meeting]):
    attendances = AttendanceWriter(many=True)
    agenda = serializers.PrimaryKeyRelatedField(source="matters", many=True, read_only=True)

    class Meta:
        model = Meeting
        fields = [
            "id", "number", "starts_on", "ends_on", "place", "opened_at", "closed_at", "agenda", "attendances",
        ]  # fmt: skip


class ConveneAsks(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1, max_value=9_999)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    place = serializers.CharField(max_length=100, allow_blank=True)


@described("meeting_convene", TAG, "Convene a meeting", asks=ConveneAsks, answers=MeetingWriter)
class Meetings(Door):
    """The meetings of the Board, and a new one."""

    @extend_schema(
        operation_id="meetings",
        tags=[TAG],
        summary="The meetings of the Board",
        responses={200: MeetingWriter(many=True)},
    )
    def get(self, request: Request) -> Response:
        rows = Meeting.objects.prefetch_related("attendances__membership__user", "matters")
        return Response(MeetingWriter(rows, many=True).data)

    def post(self, request: Request) -> Response:
        return self.do(self._convened)

    def _convened(self) -> Response:
        permissions.require(self.person(), "convene_meeting", at=self.at())
        made = meetings.convene(**self.read(ConveneAsks), by=self.signed_in(), at=self.at())
        return Response(MeetingWriter(made).data, status=201)


class ConductAsks(serializers.Serializer[Any]):
    act = serializers.ChoiceField(choices=("open", "close", "come", "leave"))
    membership = serializers.PrimaryKeyRelatedField(
        queryset=IN_OFFICE, required=False, help_text="Who comes or leaves; left out, oneself."
    )


@described(
    "meeting_conduct", TAG, "Open, close, come, leave", asks=ConductAsks, answers=MeetingWriter, status=200
)
class Conduct(Door):
    """What happens in a meeting."""

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._conducted(key))

    def _conducted(self, key: int) -> Response:
        meeting = Meeting.objects.filter(pk=key).first() if key <= LARGEST_KEY else None
        if meeting is None:
            raise Http404("There is no such meeting.")
        user, at = self.signed_in(), self.at()
        given = self.read(ConductAsks)
        if given["act"] in ("open", "close"):
            act = meetings.open_meeting if given["act"] == "open" else meetings.close_meeting
            act(meeting, by=user, at=at)
        else:
            office = given.get("membership") or board.membership_of(user, permissions.day_of(at))
            if office is None:
                raise Denied("You hold no office on the Board today. Say who comes or leaves.")
            (meetings.come if given["act"] == "come" else meetings.leave)(
                meeting, membership=office, by=user, at=at
            )
        meeting.refresh_from_db()
        return Response(MeetingWriter(meeting).data)


class MemberAsks(serializers.Serializer[Any]):
    user = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))
    constituency = serializers.ChoiceField(choices=[(each.code, each.label) for each in CONSTITUENCIES])
    group = serializers.ChoiceField(choices=list(GROUPS.items()))
    alternate_of = serializers.PrimaryKeyRelatedField(queryset=IN_OFFICE, required=False)
    succeeds = serializers.PrimaryKeyRelatedField(queryset=IN_OFFICE, required=False)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, help_text="Left out, a full term.")


@described("member_enter", TAG, "Enter a member or alternate", asks=MemberAsks, answers=MemberWriter)
class Members(Door):
    """Members and alternates in office, and a new one."""

    @extend_schema(
        operation_id="members",
        tags=[TAG],
        summary="Members and alternates in office",
        responses={200: MemberWriter(many=True)},
    )
    def get(self, request: Request) -> Response:
        return Response(MemberWriter(board.serving(permissions.day_of(self.at())), many=True).data)

    def post(self, request: Request) -> Response:
        return self.do(self._entered)

    def _entered(self) -> Response:
        permissions.require(self.person(), "keep_the_board", at=self.at())
        made = board_acts.enter_member(**self.read(MemberAsks), by=self.signed_in(), at=self.at())
        return Response(MemberWriter(made).data, status=201)


class OathAsks(serializers.Serializer[Any]):
    on = serializers.DateField()


@described("member_oath", TAG, "Record the oath of service", asks=OathAsks, answers=MemberWriter, status=200)
class Oath(Door):
    """The written oath of a member or alternate."""

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._sworn(key))

    def _sworn(self, key: int) -> Response:
        permissions.require(self.person(), "keep_the_board", at=self.at())
        office = Membership.objects.filter(pk=key).first() if key <= LARGEST_KEY else None
        if office is None:
            raise Http404("There is no such member.")
        made = board_acts.record_oath(office, **self.read(OathAsks), by=self.signed_in(), at=self.at())
        return Response(MemberWriter(made).data)


class ElectionAsks(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=2001, max_value=2200)
    chair = serializers.PrimaryKeyRelatedField(queryset=IN_OFFICE)
    vice_chair = serializers.PrimaryKeyRelatedField(queryset=IN_OFFICE)


class Officer(serializers.Serializer[Any]):
    """Chair or vice-chair of a year."""

    year = serializers.IntegerField()
    office = serializers.CharField()
    membership = MemberWriter()


@described(
    "board_elect",
    TAG,
    "Record the election of chair and vice-chair",
    asks=ElectionAsks,
    answers=Officer(many=True),
)
class Election(Door):
    """Chair and vice-chair of a year."""

    def post(self, request: Request) -> Response:
        return self.do(self._elected)

    def _elected(self) -> Response:
        permissions.require(self.person(), "keep_the_board", at=self.at())
        made = board_acts.elect(**self.read(ElectionAsks), by=self.signed_in(), at=self.at())
        return Response(Officer(made, many=True).data, status=201)
