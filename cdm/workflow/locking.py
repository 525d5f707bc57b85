"""The one order in which rows are locked: the project first, then what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cdm.models import Project
    from cdm.models.subject import Subject


def lock(subject: Subject) -> tuple[Project, Any]:
    """Lock the project first, then the subject, and read both afresh. Everything is read after the lock.

    One order for everybody, so two people never wait for each other in a ring.
    """
    from cdm.models import Project

    project = Project.objects.select_for_update(no_key=True).get(pk=subject.whole_project.pk)
    if isinstance(subject, Project):
        return project, project
    fresh: Any = (
        type(subject)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=subject.pk)
    )
    fresh.project = project
    return project, fresh
