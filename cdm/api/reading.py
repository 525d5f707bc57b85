"""Reads of the cycle: projects with all that belongs to them, deadlines, tasks, notices, oneself."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import permissions, queries
from cdm.api import visible, written, written_signing
from cdm.api.authentication import SignedIn
from cdm.api.designed import ProjectWhole
from cdm.api.door import LARGEST_KEY, Door, Filter, Listing, tagged
from cdm.files import TYPES
from cdm.models import (
    BoardRequest,
    Comment,
    Deadline,
    DocumentVersion,
    Engagement,
    ForwardingRequest,
    LetterOfApproval,
    ModalitiesStatement,
    MonitoringPeriod,
    Notice,
    ParticipantChange,
    Project,
    Record,
    Task,
)
from cdm.workflow.machines import MACHINES

SEEN = "Only what you may see is listed."
OF_PROJECT = Filter("project", int, "Only of this project.")


TAGS = {
    "project": "Projects",
    "letter_of_approval": "Letters of approval",
    "board_request": "Requests to the Board",
    "monitoring_period": "Monitoring periods",
    "forwarding_request": "Forwarding requests",
    "modalities_statement": "Modalities of communication",
    "participant_change": "Changes of participants",
}


def _states(machine: str) -> Filter:
    return Filter("state", MACHINES[machine].state_names, "Only in this state.")


@extend_schema(tags=["Projects"], summary="Projects", description=SEEN)
class Projects(Listing):
    """Projects."""

    serializer_class = written.ProjectLine
    filters: ClassVar = {
        "state": _states("project"),
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
        "state": _states("letter_of_approval"),
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
        "state": _states("board_request"),
    }

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(BoardRequest, self.person(), self.at()).select_related("doe", "project")
        return rows.prefetch_related(
            "checks", "review_requests__by", "review_replies__by", "decisions__by", "invoices__payments"
        )


@extend_schema(tags=["Monitoring periods"], summary="Monitoring periods", description=SEEN)
class Periods(Listing):
    """Monitoring periods."""

    serializer_class = written.PeriodWriter
    filters: ClassVar = {"project": OF_PROJECT, "state": _states("monitoring_period")}

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(MonitoringPeriod, self.person(), self.at())
        return rows.select_related("project").prefetch_related("amounts")


@extend_schema(tags=["Forwarding requests"], summary="Forwarding requests", description=SEEN)
class Forwardings(Listing):
    """Forwarding requests."""

    serializer_class = written.ForwardingWriter
    filters: ClassVar = {"project": OF_PROJECT, "state": _states("forwarding_request")}

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(ForwardingRequest, self.person(), self.at())
        return rows.select_related("project", "asked_by").prefetch_related("shares__account")


@extend_schema(tags=["Modalities of communication"], summary="Statements of modalities", description=SEEN)
class Statements(Listing):
    """Statements of modalities of communication."""

    serializer_class = written_signing.ModalitiesWriter
    filters: ClassVar = {"project": OF_PROJECT, "state": _states("modalities_statement")}

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(ModalitiesStatement, self.person(), self.at())
        return rows.select_related("project").prefetch_related("scopes__focal_points")


@extend_schema(tags=["Changes of participants"], summary="Changes of participants", description=SEEN)
class ParticipantChanges(Listing):
    """Changes of participants."""

    serializer_class = written_signing.ParticipantChangeWriter
    filters: ClassVar = {"project": OF_PROJECT, "state": _states("participant_change")}

    def rows(self) -> QuerySet[Any]:
        rows = visible.subjects(ParticipantChange, self.person(), self.at())
        return rows.select_related("project", "organisation", "modalities")


LISTS: dict[str, type[Listing]] = {
    "project": Projects,
    "letter_of_approval": Letters,
    "board_request": Requests,
    "monitoring_period": Periods,
    "forwarding_request": Forwardings,
    "modalities_statement": Statements,
    "participant_change": ParticipantChanges,
}


def page_of(machine: str) -> type[Door]:
    """The class that reads one row of a machine other than the project."""
    title = MACHINES[machine].title
    writer = written.WRITERS[machine] if machine in written.WRITERS else written_signing.WRITERS[machine]

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
            return tagged(Response(writer(subject).data), subject)

    return Page


@extend_schema(tags=["Projects"], summary="Open windows", description=SEEN)
class Deadlines(Listing):
    """Windows that are open."""

    serializer_class = written.DeadlineWriter
    filters: ClassVar = {
        "project": OF_PROJECT,
        "machine": Filter("machine_name", written.MACHINE_NAMES, ""),
        "kind": Filter(
            "kind", tuple(Deadline.Kind.values), "`law` closes by itself, `target` turns overdue."
        ),
        "last_day_until": Filter("last_day__lte", dt.date, "Closing on this day or earlier."),
    }

    def rows(self) -> QuerySet[Deadline]:
        return visible.deadlines(self.person(), self.at())


@extend_schema(tags=["Projects"], summary="Engagements of DOEs", description=SEEN)
class Engagements(Listing):
    """Which DOE is engaged for what."""

    serializer_class = written.EngagementWriter
    filters: ClassVar = {
        "project": OF_PROJECT,
        "function": Filter("function", ("validation", "verification"), ""),
        "is_standing": Filter("until_at__isnull", bool, "Only those standing (true) or ended (false)."),
    }

    def rows(self) -> QuerySet[Engagement]:
        mine = Q(project__in=queries.visible_projects(self.person(), self.at()).values("pk"))
        return Engagement.objects.filter(mine).select_related("doe")


@extend_schema(tags=["My desk"], summary="What waits for you", description="Tasks of your organisations.")
class Tasks(Listing):
    """Open tasks."""

    permission_classes = (SignedIn,)
    serializer_class = written.TaskWriter
    queryset = Task.objects.none()
    filters: ClassVar = {"project": OF_PROJECT, "due_until": Filter("due_on__lte", dt.date, "Due until.")}

    def rows(self) -> QuerySet[Task]:
        return queries.inbox_for(self.signed_in(), self.at())


@extend_schema(tags=["My desk"], summary="What you were told", description="Newest first.")
class Notices(Listing):
    """Notices to oneself."""

    permission_classes = (SignedIn,)
    serializer_class = written.NoticeWriter
    filters: ClassVar = {"is_unread": Filter("read_at__isnull", bool, "Only unread ones (true).")}

    def rows(self) -> QuerySet[Notice]:
        return self.signed_in().notices.all()


class Myself(Door):
    """Who is asking."""

    permission_classes = (SignedIn,)

    @extend_schema(
        operation_id="me",
        tags=["My desk"],
        summary="Who you are, and your seats",
        responses={200: written.Me},
    )
    def get(self, request: Request) -> Response:
        user, at = self.signed_in(), self.at()
        seats = permissions.seats_of(user, permissions.day_of(at))
        facts = {"id": user.pk, "name": user.name, "email": user.email, "seats": seats, "now": at}
        return Response(written.Me(facts).data)
