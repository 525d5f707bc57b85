"""Reads of the cycle: projects with all that belongs to them, deadlines, tasks, notices, oneself."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import permissions, queries
from cdm.api import visible, written, written_entities, written_provisional, written_signing
from cdm.api.designed import ProjectWhole
from cdm.api.door import LARGEST_KEY, Door, Filter, Listing, tagged
from cdm.api.written_matters import MatterWriter
from cdm.files import TYPES
from cdm.models import (
    BoardMatter,
    BoardRequest,
    Comment,
    DocumentVersion,
    ForwardingRequest,
    LetterOfApproval,
    ModalitiesStatement,
    MonitoringPeriod,
    ParticipantChange,
    PriorConsideration,
    Project,
    Record,
    RiskAcknowledgement,
    Transition,
)
from cdm.workflow.machines import MACHINES
from cdm.workflow.roles import Role

SEEN = "Only what you may see is listed."
OF_PROJECT = Filter("project", int, "Only of this project.")


TAGS = {
    "project": "Projects",
    "letter_of_approval": "Letters of approval",
    "board_request": "Requests to the Board",
    "board_matter": "The Executive Board",
    "monitoring_period": "Monitoring periods",
    "forwarding_request": "Forwarding requests",
    "prior_consideration": "Prior consideration",
    "accreditation": "Operational entities",
    "excess_issuance": "Operational entities",
    "modalities_statement": "Modalities of communication",
    "participant_change": "Changes of participants",
    "registered_change": "Renewal and changes",
    "risk_acknowledgement": "Temporary measures and transition",
    "transition": "Temporary measures and transition",
}


def states_of(machine: str) -> Filter:
    return Filter("state", MACHINES[machine].state_names, "Only in this state.")


@extend_schema(tags=["Projects"], summary="Projects", description=SEEN)
class Projects(Listing):
    """Projects."""

    serializer_class = written.ProjectLine
    filters: ClassVar = {
        "state": states_of("project"),
        "host_party": Filter("host_party", str, "ISO code of the host Party."),
        "scale": Filter("scale", ("large", "small"), ""),
        "reference": Filter("reference_number", int, "UNFCCC reference number."),
        "title": Filter("title__icontains", str, "Part of the title."),
        "methodology": Filter("methodologies__code", str, "Code of an applied methodology."),
        "registered_from": Filter("registered_on__gte", dt.date, "Registered on this day or later."),
        "registered_until": Filter("registered_on__lte", dt.date, "Registered on this day or earlier."),
    }

    def rows(self) -> QuerySet[Any]:
        return queries.visible_projects(self.person(), self.at()).select_related("developer").order_by("-id")


class ProjectPage(Door):
    """One project."""

    @extend_schema(
        operation_id="project_read",
        tags=["Projects"],
        summary="A project with its design document",
        description="The ETag is its version: give it back as If-Match when you change or move it.",
        responses={200: ProjectWhole},
    )
    def get(self, request: Request, key: int) -> Response:
        project = self.project(key)
        return tagged(Response(whole(project, self)), project)


def whole(project: Project, door: Door) -> Any:
    """A project as its page shows it; the document of a revision that is not published yet for those concerned."""
    shows = queries.is_concerned(door.person(), project, door.at()) or not queries.is_being_revised(
        project, project.round
    )
    return ProjectWhole(project, context={"shows_document": shows}).data


@extend_schema(tags=["Projects"], summary="What happened to a project", description="Newest first.")
class History(Listing):
    """Records of a project."""

    serializer_class = written.RecordWriter
    queryset = Record.objects.none()
    filters: ClassVar = {
        "verb": Filter("verb", str, "Only this move or act."),
        "machine": Filter("machine_name", written.MACHINE_NAMES, "Only about subjects of this machine."),
        "subject_id": Filter("subject_id", int, "Only about this subject (with `machine`)."),
    }

    def rows(self) -> QuerySet[Record]:
        return queries.history_of(self.project(self.kwargs["key"]), self.person(), self.at())


class ProjectDocuments(Door):
    """The papers of a project."""

    @extend_schema(
        operation_id="project_documents",
        tags=["Projects"],
        summary="Documents of a project, each with its versions",
        responses={200: written.DocumentWriter(many=True)},
    )
    def get(self, request: Request, key: int) -> Response:
        seen = queries.seen_of(self.project(key), self.person(), self.at())
        return Response(written.DocumentWriter(seen.documents, many=True).data)


class File(Door):
    """The file of one version of a document."""

    @extend_schema(
        operation_id="file_read",
        tags=["Projects"],
        summary="The file itself",
        responses={(200, kind): OpenApiTypes.BINARY for kind, _ in TYPES.values()},
    )
    def get(self, request: Request, key: int) -> FileResponse:
        version = DocumentVersion.objects.filter(pk=key).first() if key <= LARGEST_KEY else None
        if version is None or not queries.may_read(self.person(), version, self.at()):
            raise Http404("There is no such file, or it is not yours to read.")
        response = FileResponse(
            version.file.open("rb"),
            as_attachment=True,
            filename=version.filename,
            content_type=version.content_type,
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response


@extend_schema(
    tags=["Projects"],
    summary="Comments on the design document",
    description="Published comments of all rounds, oldest first. The secretariat may ask for those held as spam.",
    parameters=[
        OpenApiParameter("held", bool, description="Held comments instead; for the secretariat only.")
    ],
)
class Comments(Listing):
    """Comments of the public."""

    serializer_class = written.CommentWriter
    further: ClassVar = ("held",)
    queryset = Comment.objects.none()

    def rows(self) -> QuerySet[Comment]:
        project = self.project(self.kwargs["key"])
        if self.request.query_params.get("held", "").lower() in ("true", "1"):
            permissions.require(self.person(), "release_comment", at=self.at(), subject=project)
            return project.comments.filter(standing=Comment.Standing.HELD).select_related("answered_by")
        return queries.public_comments(project)


@extend_schema(tags=["Projects"], summary="The findings register", description="For those concerned only.")
class Findings(Listing):
    """CARs, CLs and FARs."""

    serializer_class = written.FindingWriter
    filters: ClassVar = {
        "monitoring_period": Filter("monitoring_period", int, "Only of this monitoring period."),
        "kind": Filter("kind", ("CAR", "CL", "FAR"), ""),
        "is_open": Filter("closed_at__isnull", bool, "Only those still open (true) or closed (false)."),
    }

    def rows(self) -> QuerySet[Any]:
        return visible.findings(self.project(self.kwargs["key"]), self.person(), self.at())


@extend_schema(tags=["Letters of approval"], summary="Letters of approval", description=SEEN)
class Letters(Listing):
    """Letters of approval."""

    serializer_class = written.LetterWriter
    filters: ClassVar = {
        "project": OF_PROJECT,
        "party": Filter("party", str, "ISO code of the Party."),
        "state": states_of("letter_of_approval"),
    }

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(LetterOfApproval, self.person(), self.at())
        return rows.select_related("project").prefetch_related("authorised")


@extend_schema(tags=["Requests to the Board"], summary="Requests to the Board", description=SEEN)
class Requests(Listing):
    """Requests for registration and issuance."""

    serializer_class = written.RequestWriter
    filters: ClassVar = {
        "project": OF_PROJECT,
        "kind": Filter("kind", tuple(BoardRequest.Kind.values), ""),
        "monitoring_period": Filter("monitoring_period", int, "Only of this monitoring period."),
        "state": states_of("board_request"),
    }

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(BoardRequest, self.person(), self.at()).select_related("doe", "project")
        return rows.prefetch_related(
            "checks", "review_requests__by", "review_replies__by", "decisions__by", "invoices__payments"
        )


@extend_schema(tags=["The Executive Board"], summary="Matters before the Board", description=SEEN)
class Matters(Listing):
    """Matters before the Board."""

    serializer_class = MatterWriter
    filters: ClassVar = {
        "project": OF_PROJECT,
        "request": Filter("request", int, "Only of this request."),
        "entity": Filter("entity", int, "Only about this operational entity."),
        "meeting": Filter("meeting", int, "Only on the agenda of this meeting."),
        "state": states_of("board_matter"),
    }

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(BoardMatter, self.person(), self.at())
        about = ("project", "entity", "accreditation__doe", "excess_issuance__doe", "ruling_note")
        return rows.select_related(*about).prefetch_related("questions")


@extend_schema(tags=["Monitoring periods"], summary="Monitoring periods", description=SEEN)
class Periods(Listing):
    """Monitoring periods."""

    serializer_class = written.PeriodWriter
    filters: ClassVar = {"project": OF_PROJECT, "state": states_of("monitoring_period")}

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(MonitoringPeriod, self.person(), self.at())
        return rows.select_related("project").prefetch_related("amounts", "years")


@extend_schema(tags=["Forwarding requests"], summary="Forwarding requests", description=SEEN)
class Forwardings(Listing):
    """Forwarding requests."""

    serializer_class = written.ForwardingWriter
    filters: ClassVar = {"project": OF_PROJECT, "state": states_of("forwarding_request")}

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(ForwardingRequest, self.person(), self.at())
        return rows.select_related("project", "asked_by").prefetch_related("shares__account")


@extend_schema(
    tags=["Prior consideration"],
    summary="Notices of prior consideration",
    description="The public list (EB 48 annex 61).",
)
class PriorConsiderations(Listing):
    """Notices of prior consideration."""

    serializer_class = written.PriorConsiderationWriter
    filters: ClassVar = {
        "project": OF_PROJECT,
        "host_party": Filter("host_party", str, "ISO code of the host Party."),
        "state": states_of("prior_consideration"),
    }

    def rows(self) -> QuerySet[Any]:
        return visible.subjects(PriorConsideration, self.person(), self.at())


@extend_schema(tags=["Modalities of communication"], summary="Statements of modalities", description=SEEN)
class Statements(Listing):
    """Statements of modalities of communication."""

    serializer_class = written_signing.ModalitiesWriter
    filters: ClassVar = {"project": OF_PROJECT, "state": states_of("modalities_statement")}

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(ModalitiesStatement, self.person(), self.at())
        return rows.select_related("project").prefetch_related(
            "scopes__focal_points", "withdrawals_of_focal_points"
        )


@extend_schema(tags=["Changes of participants"], summary="Changes of participants", description=SEEN)
class ParticipantChanges(Listing):
    """Changes of participants."""

    serializer_class = written_signing.ParticipantChangeWriter
    filters: ClassVar = {"project": OF_PROJECT, "state": states_of("participant_change")}

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(ParticipantChange, self.person(), self.at())
        return rows.select_related("project", "organisation", "modalities")


@extend_schema(
    tags=["Temporary measures and transition"], summary="Acknowledgements of risk", description=SEEN
)
class RiskAcknowledgements(Listing):
    """Acknowledgements of risk of provisional requests."""

    serializer_class = written_provisional.RiskAcknowledgementWriter
    filters: ClassVar = {"project": OF_PROJECT, "state": states_of("risk_acknowledgement")}

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(RiskAcknowledgement, self.person(), self.at())
        return rows.select_related("project", "request", "modalities")


@extend_schema(tags=["Temporary measures and transition"], summary="Transitions", description=SEEN)
class Transitions(Listing):
    """Transitions to the Article 6.4 mechanism."""

    serializer_class = written_provisional.TransitionWriter
    filters: ClassVar = {"project": OF_PROJECT, "state": states_of("transition")}

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(Transition, self.person(), self.at())
        return rows.select_related("project", "modalities")


LISTS: dict[str, type[Listing]] = {
    "project": Projects,
    "letter_of_approval": Letters,
    "board_request": Requests,
    "board_matter": Matters,
    "monitoring_period": Periods,
    "forwarding_request": Forwardings,
    "prior_consideration": PriorConsiderations,
    "modalities_statement": Statements,
    "participant_change": ParticipantChanges,
    "risk_acknowledgement": RiskAcknowledgements,
    "transition": Transitions,
}


def page_of(machine: str) -> type[Door]:
    """The class that reads one row of a machine other than the project."""
    from cdm.api import registered_changes

    title = MACHINES[machine].title
    writer = {
        **written.WRITERS,
        **written_entities.WRITERS,
        **written_signing.WRITERS,
        **registered_changes.WRITERS,
        **written_provisional.WRITERS,
        "board_matter": MatterWriter,
    }[machine]

    class Page(Door):
        __doc__ = title

        @extend_schema(
            operation_id=f"{machine}_read",
            tags=[TAGS[machine]],
            summary=f"One {title[0].lower()}{title[1:]}",
            description="The ETag is its version: give it back as If-Match when you change or move it.",
            responses={200: writer},
        )
        def get(self, request: Request, key: int) -> Response:
            subject = self.subject(machine, key)
            concerned = permissions.roles_on(self.person(), subject, self.at()) - {Role.PUBLIC}
            return tagged(Response(writer(subject, context={"shows_all": bool(concerned)}).data), subject)

    return Page
