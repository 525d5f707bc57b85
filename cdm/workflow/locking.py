"""The one order in which rows are locked: the project or organisation first, then what belongs to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cdm.models import Organisation, Project
    from cdm.models.subject import Subject


def lock(subject: Subject) -> tuple[Project | None, Any]:
    """Lock what the subject belongs to, then the subject, and read both afresh. Everything is read after the lock.

    One order for everybody, so two people never wait for each other in a ring: an organisation, then projects by
    their keys, then what belongs to them. The project is None where the subject belongs to an organisation.
    """
    from cdm.models import Project

    if subject.entity_if_any is not None:
        lock_entity(subject.entity_if_any)
        fresh_one: Any = (
            type(subject)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=subject.pk)
        )
        return None, fresh_one
    # the developer's name comes with it: every step asks who waits and who is told
    locked = Project.objects.select_for_update(no_key=True, of=("self",)).select_related("developer")
    project = locked.get(pk=subject.whole_project.pk)
    if isinstance(subject, Project):
        return project, project
    fresh: Any = (
        type(subject)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=subject.pk)
    )
    fresh.project = project
    return project, fresh


def lock_entity(organisation: Organisation) -> Organisation:
    """Lock an organisation's row: the turnstile before its accreditation, its obligations and its engagements."""
    return type(organisation)._default_manager.select_for_update(no_key=True).get(pk=organisation.pk)


def lock_projects(keys: Iterable[int]) -> list[Project]:
    """Lock several projects in the order of their keys, after the organisation they have to do with."""
    from cdm.models import Project

    return list(Project.objects.select_for_update(no_key=True).filter(pk__in=list(keys)).order_by("pk"))
