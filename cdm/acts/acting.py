"""What every act shares: one transaction, the lock, the permission, the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cdm import permissions
from cdm.workflow import engine, recording, waiting
from cdm.workflow.locking import lock
from cdm.workflow.refusals import NotOpen, Stale, Unmet, moved_meanwhile
from cdm.workflow.roles import Role
from cdm.workflow.step import Problem

if TYPE_CHECKING:
    from cdm.models import Project, Record, User
    from cdm.models.subject import Subject

__all__ = ["Act", "NotOpen", "Problem", "Stale", "Unmet", "acting", "refuse"]


@dataclass
class Act:
    """An act under way on a locked subject, in the role that allows it."""

    subject: Any
    project_if_any: Project | None
    by: User
    role: Role
    at: dt.datetime
    verb: str

    @property
    def project(self) -> Project:
        """The project, locked, of an act on one."""
        if self.project_if_any is None:
            raise TypeError(f"{self.verb} is an act on an organisation's own affairs, not on a project")
        return self.project_if_any

    @property
    def day(self) -> dt.date:
        return permissions.day_of(self.at)

    def record(
        self, sentence: str, *, note: str = "", data: dict[str, Any] | None = None, is_public: bool = True
    ) -> Record:
        """Write what happened, then bring the tasks of the subject in line with it."""
        record = recording.append(
            verb=self.verb,
            sentence=sentence,
            by=self.by,
            role=self.role,
            at=self.at,
            project=self.project_if_any,
            chain_name=self.subject.chain_name,
            subject=self.subject,
            note=note,
            data=data,
            is_public=is_public,
        )
        waiting.settle(self.subject, at=self.at, record=record)
        if self.project_if_any is not None and self.subject is not self.project_if_any:
            waiting.settle(self.project_if_any, at=self.at, record=record)
        return record


@contextmanager
def acting(
    subject: Subject,
    verb: str,
    *,
    by: User,
    at: dt.datetime,
    states: tuple[str, ...] = (),
    expected_version: int | None = None,
) -> Iterator[Act]:
    """Lock, read afresh, check state and permission; commit at the end. Raises NotOpen, Stale or Denied."""
    engine.catch_up(subject, at=at)
    with transaction.atomic():
        project, fresh = lock(subject)
        if expected_version is not None and fresh.version != expected_version:
            raise Stale(moved_meanwhile(fresh, by))
        role = permissions.require(by, verb, at=at, subject=fresh)
        if states and fresh.state not in states:
            raise NotOpen(f"This is not possible now: it is in the state “{fresh.place.label}”.")
        yield Act(subject=fresh, project_if_any=project, by=by, role=role, at=at, verb=verb)


def refuse(*problems: Problem | str | None) -> None:
    """Raise Unmet with every problem that is one; nothing where there is none."""
    found = [Problem(problem) if isinstance(problem, str) else problem for problem in problems if problem]
    if found:
        raise Unmet(found)
