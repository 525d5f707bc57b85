"""Every read with a rule in it: what a person sees, what waits for them, what happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import F, Prefetch, Q, QuerySet

from cdm import confidentiality, permissions
from cdm.models import (
    BoardMatter,
    BoardRequest,
    Comment,
    DocumentVersion,
    ExcessIssuance,
    ForwardingRequest,
    LetterOfApproval,
    ModalitiesStatement,
    MonitoringPeriod,
    Notice,
    Organisation,
    ParticipantChange,
    PriorConsideration,
    Project,
    Record,
    RegisteredChange,
    RiskAcknowledgement,
    Task,
    Transition,
)
from cdm.models.papers import Document
from cdm.workflow.accreditation import ACCREDITATION
from cdm.workflow.board_request import BOARD_REQUEST
from cdm.workflow.roles import Role

if TYPE_CHECKING:
    from cdm.models import User
    from cdm.models.subject import Subject

Kind = Organisation.Kind
# an application is between the entity and the Board until it is accredited (para 20(c): the list is of the designated)
NOT_YET_ACCREDITED = ("applied", "under_assessment", "assessed", "refused", "application_withdrawn")
S = TypeVar("S", bound="Subject")

# Submissions are listed in public from the day they come in (rulebook 2.6, point 4).
PUBLIC_REQUEST_STATES = tuple(name for name in BOARD_REQUEST.state_names if name != "being_prepared")
PUBLIC_ACCREDITATION_STATES = tuple(
    state.name for state in ACCREDITATION.states if state.name not in NOT_YET_ACCREDITED
)
PUBLIC_LETTER_STATES = ("issued", "withdrawn")
PUBLIC_MODALITIES_STATES = ("in_force", "superseded")
# a renewal or change is public once the Board was asked, and for good
PUBLIC_CHANGE = Q(state__in=("requesting_approval", "approved", "rejected", "lapsed", "transitioned")) | Q(
    pk__in=BoardRequest.objects.filter(change__isnull=False, submitted_at__isnull=False).values("change")
)
PUBLIC_PERIOD_STATES = (
    "in_verification", "certified", "requesting_issuance", "issued", "rejected", "transitioned",
    "not_claimed",
)  # fmt: skip


def visible_projects(user: User | None, at: dt.datetime) -> QuerySet[Project]:
    """The projects a person may see: all that were ever published, and those one's seats are concerned with."""
    return Project.objects.filter(_visible(user, at)).distinct()


def _visible(user: User | None, at: dt.datetime, prefix: str = "") -> Q:
    """The condition of `visible_projects`, for rows that reach the project over `prefix`."""
    may = Q(**{f"{prefix}records__verb": "publish", f"{prefix}records__machine_name": "project"})
    may |= Q(**{f"{prefix}published_on__isnull": False}) | Q(**{f"{prefix}reference_number__isnull": False})
    submitted = Q(**{f"{prefix}submitted_at__isnull": False})
    for seat in permissions.seats_of(user, permissions.day_of(at)):
        organisation = seat.organisation
        if organisation.kind == Kind.PARTICIPANT:
            may |= Q(**{f"{prefix}developer": organisation})
            may |= submitted & Q(**{f"{prefix}participations__organisation": organisation})
            may |= submitted & is_named(organisation, prefix)
        elif organisation.kind == Kind.DNA:
            may |= submitted & Q(**{f"{prefix}involved_parties__party": organisation.party})
        elif organisation.kind == Kind.DOE:
            may |= submitted & Q(**{f"{prefix}engagements__doe": organisation})
        else:
            may |= submitted
    return may


def is_named(organisation: Organisation, prefix: str = "") -> Q:
    """Projects whose statement of modalities, in force or being signed, names the organisation as a focal point."""
    return Q(
        **{
            f"{prefix}modalities_statements__state__in": ("in_force", "being_signed"),
            f"{prefix}modalities_statements__scopes__focal_points": organisation,
        }
    )


def project_for(user: User | None, key: int, at: dt.datetime) -> Project:
    """The project if the person may see it; Project.DoesNotExist where there is none or it is not theirs to see."""
    return visible_projects(user, at).get(pk=key)


def may_see(user: User | None, subject: Subject, at: dt.datetime) -> bool:
    """Whether a person may see this subject: a letter, a statement, a request, a monitoring period and so on."""
    if isinstance(subject, Project):
        return visible_projects(user, at).filter(pk=subject.pk).exists()
    if isinstance(subject, PriorConsideration):
        # the secretariat keeps a public list of them (rulebook 2.1)
        return True
    if subject.entity_if_any is not None:
        return may_see_of_entity(user, subject, at)
    if permissions.roles_on(user, subject, at) - {Role.PUBLIC} or is_concerned(
        user, subject.whole_project, at
    ):
        return True
    if not visible_projects(user, at).filter(pk=subject.whole_project.pk).exists():
        return False
    if isinstance(subject, LetterOfApproval):
        return subject.state in PUBLIC_LETTER_STATES
    if isinstance(subject, BoardRequest):
        return subject.state in PUBLIC_REQUEST_STATES and subject.submitted_at is not None
    if isinstance(subject, BoardMatter):
        return True
    if isinstance(subject, MonitoringPeriod):
        return subject.state in PUBLIC_PERIOD_STATES or subject.report_published_on is not None
    if isinstance(subject, RegisteredChange):
        return RegisteredChange.objects.filter(PUBLIC_CHANGE, pk=subject.pk).exists()
    if isinstance(subject, ModalitiesStatement):
        return subject.state in PUBLIC_MODALITIES_STATES
    if isinstance(subject, ParticipantChange):
        return subject.state == "carried_out"
    if isinstance(subject, RiskAcknowledgement):
        return subject.state == "signed" and subject.request.submitted_at is not None
    if isinstance(subject, Transition):
        return subject.requested_on is not None
    return isinstance(subject, ForwardingRequest) and subject.state == "forwarded"


def may_see_of_entity(user: User | None, subject: Subject, at: dt.datetime) -> bool:
    """Whether a person may see an entity's accreditation or obligation: public once the Board has decided."""
    if permissions.roles_on(user, subject, at) - {Role.PUBLIC}:
        return True
    if isinstance(subject, BoardMatter):
        # a decision is public with its reasons; what is still before the Board is so where it is no secret (para 6)
        term = subject.accreditation
        return term is None or (subject.decided_on is not None and term.state in PUBLIC_ACCREDITATION_STATES)
    return isinstance(subject, ExcessIssuance) or subject.state in PUBLIC_ACCREDITATION_STATES


def is_concerned(user: User | None, project: Project, at: dt.datetime) -> bool:
    """Whether one of the person's seats has to do with the project: it sees what is not public, too."""
    if permissions.roles_on(user, project, at) - {Role.PUBLIC}:
        return True
    return (
        permissions.seats_of(user, permissions.day_of(at))
        .filter(organisation__engagements__project=project)
        .exists()
    )


def may_read(user: User | None, version: DocumentVersion, at: dt.datetime) -> bool:
    """Whether a person may read a document: public with what it belongs to, else for those concerned."""
    document = version.document
    project = document.project
    if document.confidential_because and not (
        confidentiality.may_read(user, project, at) or confidentiality.is_uploader(user, document)
    ):
        return False
    if is_concerned(user, project, at):
        return True
    if document.kind == Document.Kind.OTHER or is_being_revised(project, document.round):
        return False
    if document.monitoring_period is not None:
        return may_see(user, document.monitoring_period, at)
    if document.request is not None:
        return may_see(user, document.request, at)
    if document.change is not None:
        return may_see(user, document.change, at)
    if document.kind == Document.Kind.LETTER:
        return project.letters.filter(document=version, state__in=PUBLIC_LETTER_STATES).exists()
    if document.kind == Document.Kind.VALIDATION_REPORT:
        # para 40(g): public on transmission with the request for registration
        return project.requests.filter(kind="registration", submitted_at__isnull=False).exists()
    return visible_projects(user, at).filter(pk=project.pk).exists()


def is_being_revised(project: Project, round_number: int) -> bool:
    """Whether what belongs to this round is still a draft: nobody outside reads it before it is published."""
    return project.published_on is None and round_number == project.round


@dataclass(frozen=True)
class Seen:
    """What a person may see of a project, read once for a page that shows much of it."""

    sees_all: bool
    letters: list[LetterOfApproval]
    requests: list[BoardRequest]
    periods: list[MonitoringPeriod]
    forwardings: list[ForwardingRequest]
    documents: list[Document]
    notices_of_consideration: list[PriorConsideration]
    changes: list[RegisteredChange] = field(default_factory=list)
    matters: list[BoardMatter] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)

    def includes(self, machine_name: str, key: int) -> bool:
        """Whether the subject of a task or deadline is among what is seen."""
        rows: dict[str, list[Any]] = {
            "letter_of_approval": self.letters,
            "board_request": self.requests,
            "monitoring_period": self.periods,
            "forwarding_request": self.forwardings,
            "prior_consideration": self.notices_of_consideration,
            "board_matter": self.matters,
            "registered_change": self.changes,
            "transition": self.transitions,
        }
        return (
            self.sees_all
            or machine_name == "project"
            or any(row.pk == key for row in rows.get(machine_name, ()))
        )


def seen_of(project: Project, user: User | None, at: dt.datetime) -> Seen:
    """The same answers as `may_see` and `may_read` row by row, for all rows of one project the person may see."""
    sees_all = is_concerned(user, project, at)
    letters = project.letters.prefetch_related("authorised").select_related("document")
    requests = project.requests.select_related("doe", "monitoring_period")
    periods = project.monitoring_periods.prefetch_related("amounts")
    forwardings = project.forwarding_requests.prefetch_related("shares__account")
    if not sees_all:
        letters = letters.filter(state__in=PUBLIC_LETTER_STATES)
        requests = requests.filter(state__in=PUBLIC_REQUEST_STATES, submitted_at__isnull=False)
        periods = periods.filter(Q(state__in=PUBLIC_PERIOD_STATES) | Q(report_published_on__isnull=False))
        forwardings = forwardings.filter(state="forwarded")
    seen = Seen(
        sees_all,
        list(letters),
        list(requests),
        list(periods),
        list(forwardings),
        [],
        list(project.prior_considerations.all()),
    )
    versions = DocumentVersion.objects.select_related("uploaded_by").order_by("-number")
    documents = project.documents.prefetch_related(Prefetch("versions", versions))
    changes = project.changes.select_related("doe", "monitoring_period")
    seen.changes.extend(changes if sees_all else changes.filter(PUBLIC_CHANGE))
    seen.transitions.extend(
        one for one in project.transitions.all() if sees_all or one.requested_on is not None
    )
    seen.matters.extend(project.matters.select_related("request", "letter", "meeting"))
    found = [document for document in documents if _is_seen(document, project, seen)]
    seen.documents.extend(confidentiality.shown(found, project, user, at))
    return seen


def _is_seen(document: Document, project: Project, seen: Seen) -> bool:
    if seen.sees_all:
        return True
    if document.kind == Document.Kind.OTHER or is_being_revised(project, document.round):
        return False
    if document.monitoring_period_id is not None:
        return any(period.pk == document.monitoring_period_id for period in seen.periods)
    if document.change_id is not None:
        return any(change.pk == document.change_id for change in seen.changes)
    if document.request_id is not None:
        return any(request.pk == document.request_id for request in seen.requests)
    if document.kind == Document.Kind.LETTER:
        keys = {version.pk for version in document.versions.all()}
        return any(letter.document_id in keys for letter in seen.letters)
    if document.kind == Document.Kind.VALIDATION_REPORT:
        return project.requests.filter(kind="registration", submitted_at__isnull=False).exists()
    return True


def history_of(project: Project, user: User | None, at: dt.datetime) -> QuerySet[Record]:
    """What happened, newest first; the public sees the public records."""
    records = project.records.select_related("actor").order_by("-number")
    return records if is_concerned(user, project, at) else records.filter(is_public=True)


def history_of_entity(subject: Subject, user: User | None, at: dt.datetime) -> QuerySet[Record]:
    """What happened to an entity's accreditation or obligation, newest first; the public sees the public records."""
    records = Record.objects.filter(machine_name=subject.machine.name, subject_id=subject.pk)
    records = records.select_related("actor").order_by("-number")
    concerned = permissions.roles_on(user, subject, at) - {Role.PUBLIC}
    return records if concerned else records.filter(is_public=True)


def inbox_for(user: User, at: dt.datetime) -> QuerySet[Task]:
    """The open tasks of a person's organisations, their own first, then by due day; none where a conflict stands."""
    seats = permissions.seats_of(user, permissions.day_of(at))
    tasks = (
        Task.objects.filter(organisation__in=seats.values("organisation"), closed_at__isnull=True)
        .exclude(project__in=permissions.projects_in_conflict(user))
        .exclude(entity__in=permissions.entities_in_conflict(user))
        .select_related("project", "entity", "organisation", "assigned_to")
        .annotate(is_mine=Q(assigned_to=user))
        .order_by("-is_mine", F("due_on").asc(nulls_last=True), "opened_at")
    )
    return tasks


def open_tasks_of(subject: Subject) -> QuerySet[Task]:
    """What waits about one subject, and for whom: who has the ball."""
    return Task.objects.filter(
        machine_name=subject.machine.name, subject_id=subject.pk, closed_at__isnull=True
    ).select_related("organisation", "assigned_to")


def unread_notices(user: User) -> QuerySet[Notice]:
    return user.notices.filter(read_at__isnull=True)


def public_comments(project: Project) -> QuerySet[Comment]:
    """The published comments of all rounds, oldest first."""
    return project.comments.filter(standing=Comment.Standing.PUBLISHED).select_related("answered_by")


def stage_of(project: Project) -> str:
    """The stage of the mission a project stands in: one of `workflow.project.STAGES`."""
    if project.state != "registered":
        return project.place.stage
    if project.requests.filter(kind=BoardRequest.Kind.ISSUANCE).exclude(state__in=["withdrawn"]).exists():
        return "issuance"
    if project.monitoring_periods.filter(state__in=["certified", "requesting_issuance", "issued"]).exists():
        return "issuance"
    return "verification"
