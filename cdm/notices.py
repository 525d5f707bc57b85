"""Tells people: one row a person and event, in the list at once, by e-mail when the worker gets to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from cdm import permissions
from cdm.models import Deadline, Notice, Organisation, Project, Seat, User
from cdm.waking import wake
from cdm.workflow.roles import Role
from registry.written import insert

if TYPE_CHECKING:
    from cdm.models.subject import Subject
    from cdm.workflow.step import Step


def tell(step: Step) -> None:
    """Tell the roles that the move names, except the person who made it."""
    entity = step.subject.entity_if_any
    name = str(entity) if entity is not None else step.project.title or "a project"
    sentence = f"{step.move.sentence}: {name}" + (f": {step.told}" if step.told else "")
    tell_roles(step.subject, step.move.tells, sentence, at=step.at, but=step.by)


def tell_roles(
    subject: Subject, roles: Iterable[Role], sentence: str, *, at: dt.datetime, but: User | None = None
) -> None:
    """Tell everybody who holds one of these roles on the subject."""
    users = [user for user in people(roles, subject, at) if but is None or user.pk != but.pk]
    tell_users(users, sentence, url=subject.get_absolute_url(), project=subject.project_if_any, at=at)


def people(roles: Iterable[Role], subject: Subject, at: dt.datetime) -> list[User]:
    """The users who hold one of these roles on the subject, each once."""
    organisations = {key for role in roles for key in _organisations(role, subject)}
    seats = Seat.objects.held_on(permissions.day_of(at)).filter(organisation_id__in=organisations)
    return list(
        {seat.user_id: seat.user for seat in seats.select_related("user").order_by("user_id")}.values()
    )


def tell_users(
    users: Iterable[User], sentence: str, *, url: str, at: dt.datetime, project: Project | None = None
) -> None:
    """Write one notice for each user. Mail follows after the commit."""
    tell_keys([user.pk for user in users], sentence, url=url, at=at, project=project)


def tell_keys(
    keys: Iterable[int], sentence: str, *, url: str, at: dt.datetime, project: Project | None = None
) -> None:
    """The same, for the keys of users."""
    if rows := to_write(keys, sentence, url=url, at=at, project=project):
        insert(rows)
        wake_mail()


def to_write(
    keys: Iterable[int], sentence: str, *, url: str, at: dt.datetime, project: Project | None = None
) -> list[Notice]:
    """The notices, for who writes them otherwise, and calls `wake_mail` when that is done."""
    return [Notice(user_id=key, project=project, sentence=sentence, url=url, created_at=at) for key in keys]


def wake_mail() -> None:
    """Have the mail sent that notices ask for, after the commit."""
    wake("cdm.tasks.send_mail")


def _organisations(role: Role, subject: Subject) -> set[int]:
    """Whose people hold `role` on the subject; for participants, every participating organisation."""
    project = subject.concerned_project
    organisations = {organisation.pk for organisation in permissions.organisations_for(role, subject)}
    if role is Role.PARTICIPANT and project is not None:
        organisations.update(project.participations.values_list("organisation_id", flat=True))
    if role is Role.DOE and project is not None and subject.entity_if_any is None:
        organisations.update(
            project.engagements.filter(until_at__isnull=True).values_list("doe_id", flat=True)
        )
    return organisations


def clock_failed(deadline_key: int, reason: str, *, at: dt.datetime) -> None:
    """A clock could not make its move: keep why on the deadline, and tell the registry administrators once."""
    deadline = Deadline.objects.get(pk=deadline_key)
    if deadline.failed_because == reason:
        return
    with transaction.atomic():
        Deadline.objects.filter(pk=deadline_key).update(failed_because=reason)
        organisations = Organisation.objects.filter(kind=Organisation.Kind.REGISTRY)
        seats = (
            Seat.objects.held_on(permissions.day_of(at))
            .filter(organisation__in=organisations)
            .select_related("user")
        )
        subject = deadline.subject
        tell_users(
            {seat.user_id: seat.user for seat in seats}.values(),
            f"The clock could not make its move on {subject}: {reason}",
            url=subject.get_absolute_url(),
            project=deadline.project,
            at=at,
        )
