"""What the modalities of communication say about a project now: the statement in force, and who may speak."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from cdm.models import LetterOfApproval, ModalitiesStatement, Organisation, Project, User
from cdm.models.signing import Needed
from cdm.rules import modalities


def in_force(project: Project) -> ModalitiesStatement | None:
    """The statement in force, or None before the first."""
    return project.modalities_statements.filter(state="in_force").first()


def rule_of(project: Project, scope: str) -> Needed | None:
    """Whose signatures a scope demands now; None where no statement is in force."""
    statement = in_force(project)
    return statement.rule_of(scope) if statement else None


def speaking_problem(project: Project, by: User, on: dt.date) -> str:
    """Why a person may not speak for the participants in what is neither scope (a) nor (b); empty where they may.

    Before a statement is in force any participant speaks. Where scope (c) is held jointly any one of its focal points
    hands in what the others have agreed to.
    """
    rule = rule_of(project, modalities.OTHER)
    if rule is None:
        return ""
    mine = set(by.seats.held_on(on).values_list("organisation_id", flat=True))
    if mine & {body.pk for body in rule.organisations}:
        return ""
    names = ", ".join(str(body) for body in rule.organisations)
    return (
        f"Only a focal point for scope (c) speaks for the participants in this (rulebook 2.4): {names}. You do not sit "
        "for any of them."
    )


def tells_of_others(statement: ModalitiesStatement) -> list[Organisation]:
    """Participants of the project now that the statement in force was not signed by."""
    named = {row["id"] for row in statement.content.get("participants", [])}
    return [
        row.organisation
        for row in statement.project.participations.select_related("organisation")
        if row.organisation_id not in named
    ]


def asking(letter: LetterOfApproval) -> QuerySet[Organisation]:
    """Who asks this Party for authorisation: participants, and those that are asked to be added."""
    return Organisation.objects.filter(
        Q(participations__project=letter.project, participations__party=letter.party)
        | Q(pk__in=asking_to_be_added(letter).values("pk"))
    ).distinct()


def asking_to_be_added(letter: LetterOfApproval) -> QuerySet[Organisation]:
    """Whom an open change of participants would add under this Party's authorisation."""
    changes = letter.project.participant_changes.filter(
        kind="add", party=letter.party, state__in=("being_signed", "submitted")
    )
    return Organisation.objects.filter(pk__in=changes.values("organisation"))
