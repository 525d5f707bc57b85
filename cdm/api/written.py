"""How the rows of the cycle are written: the fields of each, in words."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cdm.api.accounting import InvoiceWriter
from cdm.api.fields import WholeText
from cdm.models import (
    BoardDecision,
    BoardRequest,
    Comment,
    Deadline,
    Document,
    DocumentVersion,
    Engagement,
    Finding,
    FindingMessage,
    ForwardingRequest,
    LetterOfApproval,
    MonitoringPeriod,
    Notice,
    Organisation,
    PeriodAmount,
    PeriodYear,
    PriorConsideration,
    Project,
    Record,
    ReviewReply,
    ReviewRequest,
    Seat,
    SecretariatCheck,
    Task,
    User,
)
from cdm.workflow.machine import Machine
from cdm.workflow.machines import MACHINES
from cdm.workflow.roles import Role

MACHINE_NAMES = tuple(MACHINES)
ROLE_NAMES = tuple(str(role) for role in Role)
Writer = serializers.ModelSerializer


class OrganisationName(Writer[Organisation]):
    class Meta:
        model = Organisation
        fields = ["id", "name", "kind", "party"]


class PersonName(Writer[User]):
    class Meta:
        model = User
        fields = ["id", "name"]


class Standing(serializers.Serializer[Any]):
    """Where a subject stands."""

    state = serializers.CharField(help_text="The state by its name in the tables.")
    label = serializers.CharField()
    public = serializers.CharField(allow_blank=True, help_text="The wording of the UNFCCC's own site.")
    stage = serializers.CharField(allow_blank=True, help_text="The stage of the project cycle.")
    is_end = serializers.BooleanField()


def standing_of(subject: Any) -> dict[str, Any]:
    place = subject.place
    return {
        "state": place.name,
        "label": place.label,
        "public": place.public,
        "stage": place.stage,
        "is_end": bool(place.ending),
    }


class SubjectWriter(Writer[Any]):
    """What every subject of a machine says: its standing and its version."""

    standing = serializers.SerializerMethodField()

    @extend_schema_field(Standing)
    def get_standing(self, subject: Any) -> dict[str, Any]:
        return standing_of(subject)


class ProjectLine(SubjectWriter):
    """A project in a list."""

    reference = serializers.CharField(help_text="UNFCCC reference number; empty before registration.")
    developer = OrganisationName()
    host_party_name = serializers.CharField()
    sectoral_scopes = serializers.ListField(child=serializers.IntegerField())

    class Meta:
        model = Project
        fields = [
            "id", "reference", "title", "standing", "host_party", "host_party_name", "scale", "is_afforestation",
            "developer", "sectoral_scopes", "crediting_starts_on", "crediting_ends_on", "submitted_at",
            "published_on", "comments_close_on", "registered_on", "version",
        ]  # fmt: skip


class EngagementWriter(Writer[Engagement]):
    doe = OrganisationName()

    class Meta:
        model = Engagement
        fields = ["id", "project", "doe", "function", "from_at", "until_at", "ended_because"]


class LetterWriter(SubjectWriter):
    party_name = serializers.CharField()
    is_host = serializers.BooleanField()
    authorised = OrganisationName(many=True)

    class Meta:
        model = LetterOfApproval
        fields = [
            "id", "project", "party", "party_name", "is_host", "standing", "number", "dated_on", "is_voluntary",
            "contributes_to_sustainable_development", "authorised", "document", "requested_at", "version",
        ]  # fmt: skip


class CheckWriter(Writer[SecretariatCheck]):
    sections = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = SecretariatCheck
        fields = ["stage", "passed", "sections", "reasons", "at"]


class ReviewRequestWriter(Writer[ReviewRequest]):
    by = PersonName()
    grounds = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = ReviewRequest
        fields = ["id", "party", "by", "grounds", "reasons", "at"]


class ReviewReplyWriter(Writer[ReviewReply]):
    by = PersonName()

    class Meta:
        model = ReviewReply
        fields = ["side", "by", "text", "at"]


class DecisionWriter(Writer[BoardDecision]):
    by = PersonName(allow_null=True)

    class Meta:
        model = BoardDecision
        fields = ["outcome", "reasons", "by", "at"]


class RequestWriter(SubjectWriter):
    doe = OrganisationName()
    requested_t = WholeText(allow_null=True)
    checks = CheckWriter(many=True)
    review_requests = ReviewRequestWriter(many=True)
    review_replies = ReviewReplyWriter(many=True)
    decisions = DecisionWriter(many=True)
    invoices = InvoiceWriter(many=True)

    class Meta:
        model = BoardRequest
        fields = [
            "id", "kind", "project", "monitoring_period", "change", "doe", "standing", "rule_set_key", "created_at",
            "submitted_at", "published_on", "window_last_day", "effective_on", "corrected_on", "requested_t",
            "is_provisional", "checks", "review_requests", "review_replies", "decisions", "invoices", "version",
        ]  # fmt: skip


class AmountWriter(Writer[PeriodAmount]):
    reported_t, verified_t = WholeText(allow_null=True), WholeText(allow_null=True)
    certified_t = WholeText(allow_null=True)
    part = serializers.CharField(help_text="In words; 3 is the part after 31 December 2020.")
    potentials = serializers.CharField(help_text="The warming potentials that count for these days.")

    class Meta:
        model = PeriodAmount
        fields = [
            "commitment_period", "part", "starts_on", "ends_on", "potentials", "reported_t", "verified_t",
            "certified_t",
        ]  # fmt: skip


class PeriodYearWriter(serializers.ModelSerializer[PeriodYear]):
    reported_t = WholeText()

    class Meta:
        model = PeriodYear
        fields = ["year", "reported_t", "output"]


class PeriodWriter(SubjectWriter):
    amounts = AmountWriter(many=True)
    years = PeriodYearWriter(many=True)
    removed_since_start_t = WholeText(allow_null=True)

    class Meta:
        model = MonitoringPeriod
        fields = [
            "id", "project", "number", "standing", "starts_on", "ends_on", "report_published_on", "certified_at",
            "visited_on", "no_visit_because", "removed_since_start_t", "amounts", "years", "version",
        ]  # fmt: skip


class ShareWriter(serializers.Serializer[Any]):
    account = serializers.CharField(source="account.identifier")
    holder = serializers.CharField(source="account.holder")
    commitment_period = serializers.IntegerField()
    quantity = WholeText()


class ForwardingWriter(SubjectWriter):
    shares = ShareWriter(many=True)
    asked_by = PersonName()

    class Meta:
        model = ForwardingRequest
        fields = [
            "id",
            "project",
            "request",
            "standing",
            "asked_by",
            "asked_at",
            "shares",
            "content_sha256",
            "version",
        ]


class PriorConsiderationWriter(SubjectWriter):
    """A notice of prior consideration; its description is for those concerned, on the page of the one notice."""

    host_party_name = serializers.CharField()
    notified_on = serializers.DateField()
    description = serializers.SerializerMethodField(allow_null=True)

    class Meta:
        model = PriorConsideration
        fields = [
            "id", "project", "standing", "title", "host_party", "host_party_name", "location", "description",
            "started_on", "notified_on", "acknowledged_at", "last_reported_on", "found_started_on", "version",
        ]  # fmt: skip

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_description(self, notice: PriorConsideration) -> str | None:
        return notice.description if self.context.get("shows_all") else None


class VersionWriter(Writer[DocumentVersion]):
    uploaded_by = PersonName()
    size_bytes = WholeText()
    download = serializers.SerializerMethodField(help_text="Address of the file.")

    class Meta:
        model = DocumentVersion
        fields = [
            "id", "number", "filename", "content_type", "size_bytes", "sha256", "uploaded_by", "uploaded_at",
            "download",
        ]  # fmt: skip

    def get_download(self, version: DocumentVersion) -> str:
        from django.urls import reverse

        return reverse("api:file", args=[version.pk])


class DocumentWriter(Writer[Document]):
    versions = VersionWriter(many=True)

    class Meta:
        model = Document
        fields = [
            "id", "project", "kind", "title", "monitoring_period", "request", "change", "round", "created_at",
            "confidential_because", "versions",
        ]  # fmt: skip


class CommentWriter(Writer[Comment]):
    answered_by = PersonName(allow_null=True)

    class Meta:
        model = Comment
        fields = [
            "id", "project", "round", "name", "organisation", "text", "made_at", "standing", "answer",
            "answered_by", "answered_at",
        ]  # fmt: skip


class MessageWriter(Writer[FindingMessage]):
    author = PersonName()

    class Meta:
        model = FindingMessage
        fields = ["author", "text", "written_at"]


class FindingWriter(Writer[Finding]):
    doe = OrganisationName()
    closed_by = PersonName(allow_null=True)
    messages = MessageWriter(many=True)

    class Meta:
        model = Finding
        fields = [
            "id", "project", "monitoring_period", "round", "doe", "kind", "number", "section", "text", "raised_at",
            "closed_by", "closed_at", "closed_because", "messages",
        ]  # fmt: skip


class RecordWriter(Writer[Record]):
    machine = serializers.CharField(source="machine_name", allow_blank=True)
    actor = PersonName(allow_null=True)
    data = serializers.DictField()

    class Meta:
        model = Record
        fields = [
            "id", "number", "project", "machine", "subject_id", "verb", "source", "target", "actor", "role", "at",
            "note", "sentence", "data", "hash", "previous_hash",
        ]  # fmt: skip


class DeadlineWriter(Writer[Deadline]):
    machine = serializers.CharField(source="machine_name")

    class Meta:
        model = Deadline
        fields = [
            "id", "project", "machine", "subject_id", "state", "clock", "kind", "opened_on", "length", "last_day",
            "acts_at", "then", "source",
        ]  # fmt: skip


class TaskWriter(Writer[Task]):
    machine = serializers.CharField(source="machine_name")
    organisation = OrganisationName()
    assigned_to = PersonName(allow_null=True)

    class Meta:
        model = Task
        fields = [
            "id", "what", "role", "organisation", "project", "machine", "subject_id", "due_on", "opened_at",
            "assigned_to", "assigned_at", "claimed_at",
        ]  # fmt: skip


class NoticeWriter(Writer[Notice]):
    class Meta:
        model = Notice
        fields = ["id", "project", "sentence", "url", "created_at", "read_at"]


class SeatWriter(Writer[Seat]):
    organisation = OrganisationName()
    role = serializers.ChoiceField(choices=ROLE_NAMES)

    class Meta:
        model = Seat
        fields = ["id", "organisation", "role", "from_on", "until_on"]


class Me(serializers.Serializer[Any]):
    """Who is asking, and in which seats."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    seats = SeatWriter(many=True)
    now = serializers.DateTimeField(help_text="What time it is for the registry.")


WRITERS: dict[str, type[SubjectWriter]] = {
    "project": ProjectLine,
    "letter_of_approval": LetterWriter,
    "board_request": RequestWriter,
    "monitoring_period": PeriodWriter,
    "forwarding_request": ForwardingWriter,
    "prior_consideration": PriorConsiderationWriter,
}


def moves_of(machine: Machine) -> tuple[str, ...]:
    """The moves of a machine that a person may make: those that are not only the clock's or a consequence."""
    of_people = [row for row in machine.moves if set(row.by) - {Role.CLOCK, Role.CONSEQUENCE}]
    return tuple(dict.fromkeys(row.name for row in of_people))
