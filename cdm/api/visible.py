"""Whole lists of what a person may see: the answers of queries.may_see, asked of all projects at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet, Subquery

from cdm import permissions, queries
from cdm.models import (
    BoardMatter,
    BoardRequest,
    ConflictOfInterest,
    Deadline,
    EntityAccreditation,
    ExcessIssuance,
    Finding,
    ForwardingRequest,
    LetterOfApproval,
    ModalitiesStatement,
    MonitoringPeriod,
    Organisation,
    ParticipantChange,
    PriorConsideration,
    Project,
    RegisteredChange,
    RiskAcknowledgement,
    Transition,
    User,
)
from cdm.models.subject import OrganisationSubject, Subject

Kind = Organisation.Kind

PUBLIC: dict[type[Subject], Q] = {
    LetterOfApproval: Q(state__in=queries.PUBLIC_LETTER_STATES),
    BoardRequest: Q(state__in=queries.PUBLIC_REQUEST_STATES, submitted_at__isnull=False),
    MonitoringPeriod: Q(state__in=queries.PUBLIC_PERIOD_STATES) | Q(report_published_on__isnull=False),
    ForwardingRequest: Q(state="forwarded"),
    PriorConsideration: Q(),
    BoardMatter: Q(),
    ModalitiesStatement: Q(state__in=queries.PUBLIC_MODALITIES_STATES),
    ParticipantChange: Q(state="carried_out"),
    RegisteredChange: queries.PUBLIC_CHANGE,
    RiskAcknowledgement: Q(state="signed", request__submitted_at__isnull=False),
    Transition: Q(requested_on__isnull=False),
}

OF_ENTITIES: dict[type[Subject], Q] = {
    EntityAccreditation: Q(state__in=queries.PUBLIC_ACCREDITATION_STATES),
    ExcessIssuance: ~Q(pk__in=[]),
}


def subjects(model: type[Subject], user: User | None, at: dt.datetime) -> QuerySet[Any]:
    """The rows of a machine a person may see."""
    if model is Project:
        return queries.visible_projects(user, at)
    if model is PriorConsideration:
        return PriorConsideration.objects.all()
    if issubclass(model, OrganisationSubject):
        return _of_entities(model, user, at)
    concerned = concerned_projects(user, at)
    of_entities = Q(pk__in=matters_of_entities(user, at)) if model is BoardMatter else Q(pk__in=[])
    seen = Q(project__in=concerned) | (
        Q(project__in=queries.visible_projects(user, at).values("pk")) & PUBLIC[model]
    )
    return model._default_manager.filter(seen | of_entities)


def matters_of_entities(user: User | None, at: dt.datetime) -> QuerySet[BoardMatter, dict[str, Any]]:
    """Keys of the matters about entities a person may see, as queries.may_see_of_entity."""
    seen = Q(excess_issuance__isnull=False) | Q(
        decided_on__isnull=False, accreditation__state__in=queries.PUBLIC_ACCREDITATION_STATES
    )
    overseen = _of_own_or_overseen("entity", user, at)
    return BoardMatter.objects.filter(seen | overseen, entity__isnull=False).values("pk")


def _of_entities(model: type[Subject], user: User | None, at: dt.datetime) -> QuerySet[Any]:
    """As queries.may_see_of_entity: what is public, one's own entity's, and all for those who oversee entities."""
    return model._default_manager.filter(OF_ENTITIES[model] | _of_own_or_overseen("doe", user, at))


def _of_own_or_overseen(entity: str, user: User | None, at: dt.datetime) -> Q:
    """Rows of one's own entity, and those that a seat oversees, save by a conflict; `entity` is their field."""
    seen = Q(pk__in=[])
    conflicts = ConflictOfInterest.objects.filter(user=user, ended_at__isnull=True)
    for seat in permissions.seats_of(user, permissions.day_of(at)):
        kind = seat.organisation.kind
        if kind == Kind.DOE:
            seen |= Q(**{entity: seat.organisation})
        elif kind == Kind.REGISTRY:
            seen |= ~Q(pk__in=[])
        elif kind in (Kind.SECRETARIAT, Kind.BOARD):
            barred = conflicts.exclude(organisation=None).values("organisation")
            seen |= ~Q(**{f"{entity}__in": barred})
    return seen


def concerned_projects(user: User | None, at: dt.datetime) -> QuerySet[Project, dict[str, Any]]:
    """Keys of the projects one of the person's seats has to do with: there it sees what is not public, too."""
    mine = Q(pk__in=[])
    anywhere = Q(submitted_at__isnull=False)
    for seat in permissions.seats_of(user, permissions.day_of(at)):
        organisation = seat.organisation
        if organisation.kind == Kind.PARTICIPANT:
            mine |= Q(developer=organisation)
            mine |= ~Q(state="draft") & Q(participations__organisation=organisation)
            mine |= queries.is_named(organisation)
        elif organisation.kind == Kind.DNA:
            mine |= anywhere & (
                Q(involved_parties__party=organisation.party) | Q(host_party=organisation.party)
            )
        elif organisation.kind == Kind.DOE:
            mine |= Q(engagements__doe=organisation)
        elif organisation.kind == Kind.REGISTRY:
            mine |= anywhere
        else:
            mine |= anywhere & ~Q(pk__in=_in_conflict(user))
    return Project.objects.filter(mine).values("pk")


def _in_conflict(user: User | None) -> Subquery:
    """Keys of the projects the person has a recorded conflict of interest in (as permissions.has_conflict)."""
    conflicts = ConflictOfInterest.objects.filter(user=user, ended_at__isnull=True)
    bodies = conflicts.filter(organisation__isnull=False).values("organisation")
    states = conflicts.exclude(party="").values("party")
    projects = Project.objects.filter(
        Q(pk__in=conflicts.filter(project__isnull=False).values("project"))
        | Q(developer__in=bodies)
        | Q(participations__organisation__in=bodies)
        | Q(engagements__doe__in=bodies)
        | Q(host_party__in=states)
        | Q(involved_parties__party__in=states)
    )
    return Subquery(projects.values("pk"))


def deadlines(user: User | None, at: dt.datetime) -> QuerySet[Deadline]:
    """The open windows of what a person may see."""
    seen = Q(machine_name="project", subject_id__in=queries.visible_projects(user, at).values("pk"))
    for model in (*PUBLIC, *OF_ENTITIES):
        seen |= Q(machine_name=model.machine.name, subject_id__in=subjects(model, user, at).values("pk"))
    return Deadline.objects.filter(seen, closed_at__isnull=True)


def findings(project: Project, user: User | None, at: dt.datetime) -> QuerySet[Finding]:
    """The findings register of a project, for those concerned; its outcome is in the published report."""
    if not queries.is_concerned(user, project, at):
        return Finding.objects.none()
    return project.findings.select_related("doe", "closed_by").prefetch_related("messages__author")
