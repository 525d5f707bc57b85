"""Puts a new subject on its page: the first record, and whatever the first state waits for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cdm import notices
from cdm.workflow import recording, waiting
from cdm.workflow.machine import Move
from cdm.workflow.roles import Role
from cdm.workflow.step import Step

if TYPE_CHECKING:
    from cdm.models import Record, User
    from cdm.models.subject import Subject


def begin(
    subject: Subject,
    *,
    sentence: str,
    by: User | None,
    role: Role,
    at: dt.datetime,
    tells: tuple[Role, ...] = (),
) -> Record:
    """Save a new subject in its first state with a record, its tasks and its deadlines. Call inside a transaction."""
    subject.entered_state_at = at
    subject.save()
    record = recording.append(
        verb="begin",
        sentence=sentence,
        by=by,
        role=role,
        at=at,
        project=subject.project_if_any,
        chain_name=subject.chain_name,
        subject=subject,
        target=subject.machine.initial,
        # nothing begins in public: a draft, a letter asked for, a report being prepared
        is_public=False,
    )
    if subject.place.clocks:
        beginning = Move("begin", (), subject.state, (role,), sentence)
        waiting.open_deadlines(Step(subject, beginning, by, role, at, record=record))
    waiting.settle(subject, at=at, record=record)
    notices.tell_roles(subject, tells, sentence, at=at, but=by)
    return record
