"""The one door: perform() makes a move, run_clocks() makes the clock's; nothing else changes a state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cdm import notices, permissions
from cdm.permissions import Denied
from cdm.workflow import conditions, effects, opening, recording, routes, waiting
from cdm.workflow.binding import the_door
from cdm.workflow.locking import lock
from cdm.workflow.machine import Machine, Move
from cdm.workflow.refusals import NotOpen, Stale, Unmet, moved_meanwhile
from cdm.workflow.roles import Role
from cdm.workflow.step import Problem, Step

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cdm.models import Deadline, Record, User
    from cdm.models.subject import Subject

__all__ = [
    "Denied",
    "NotOpen",
    "OpenMove",
    "Ran",
    "Stale",
    "Unmet",
    "catch_up",
    "follow",
    "open_moves",
    "perform",
    "refuse_unopened",
    "run_clocks",
]


@dataclass(frozen=True)
class OpenMove:
    """A move a person may make now, and what still stands in its way."""

    name: str
    row: Move
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Ran:
    """What one run of the clocks did: the moves made, and the deadlines whose move could not be made."""

    done: tuple[Record, ...]
    failed: tuple[tuple[int, str], ...]


def perform(
    subject: Subject,
    move: str,
    *,
    by: User,
    at: dt.datetime,
    note: str = "",
    expected_version: int | None = None,
    **given: Any,
) -> Record:
    """Make `move` on `subject` as `by` at `at`; all of it happens, or nothing.

    Raises NotOpen or Stale (409), Denied (403) or Unmet (422), each with sentences for the person; nothing has
    changed then. `given` are the values the row asks for, already of their kinds. Returns the record.
    """
    catch_up(subject, at=at)
    with transaction.atomic(durable=True):
        _project, fresh = lock(subject)
        if expected_version is not None and fresh.version != expected_version:
            raise Stale(moved_meanwhile(fresh, by))
        rows = _rows(fresh, move)
        role = _role(rows, by, fresh, at)
        record = _make(rows, fresh, by=by, role=role, at=at, note=note, given=given)
    return record


def run_clocks(*, at: dt.datetime) -> Ran:
    """Make every move that a closed window calls for, in the order in which the windows closed.

    Safe to run twice, and at once with a person: each deadline is read again after its project is locked.
    """
    return _run(_due(at), at=at)


def catch_up(subject: Subject, *, at: dt.datetime) -> Ran:
    """Make the clock's moves that are due on what the subject belongs to, before a person moves anything there.

    A window that is law closes when it closes, not when the next beat comes round: a minute after it nobody
    withdraws what has become final.
    """
    if subject.entity_if_any is not None:
        return _run(_due(at).filter(entity=subject.entity_if_any), at=at)
    return _run(_due(at).filter(project=subject.whole_project), at=at)


def _due(at: dt.datetime) -> QuerySet[Deadline]:
    from cdm.models import Deadline

    return Deadline.objects.filter(closed_at__isnull=True, acts_at__lte=at).exclude(then="")


def _run(due: QuerySet[Deadline], *, at: dt.datetime) -> Ran:
    done: list[Record] = []
    failed: list[tuple[int, str]] = []
    for key in due.order_by("acts_at", "id").values_list("pk", flat=True):
        try:
            record = _run_one(key, at)
        except (Unmet, NotOpen) as refusal:
            failed.append((key, str(refusal)))
            notices.clock_failed(key, str(refusal), at=at)
        else:
            if record is not None:
                done.append(record)
    return Ran(tuple(done), tuple(failed))


def follow(
    subject: Subject, move: str, *, by: User | None, at: dt.datetime, note: str = "", **given: Any
) -> Record:
    """Make a move as the consequence of an act, inside the act's transaction and after its lock."""
    _, fresh = lock(subject)
    rows = [row for row in _rows(fresh, move) if Role.CONSEQUENCE in row.by]
    if not rows:
        raise NotOpen(f"“{move}” does not follow from anything.")
    return _make(rows, fresh, by=by, role=Role.CONSEQUENCE, at=at, note=note, given=given)


def open_moves(subject: Subject, *, by: User | None, at: dt.datetime) -> list[OpenMove]:
    """The moves `by` may make on `subject` now, each with the needs that can be told before the form is filled."""
    held = permissions.roles_on(by, subject, at)
    found = []
    for name in subject.machine.move_names:
        rows = [row for row in subject.machine.rows(name) if subject.state in row.source]
        role = next((role for row in rows for role in row.by if role in held), None)
        if not rows or role is None:
            continue
        routed = _routed(rows, subject, by, role, at)
        if routed is None and len(rows) == 1:
            # the one row there is does not apply here: nothing is left to pay, say
            continue
        row = routed or rows[0]
        step = Step(subject=subject, move=row, by=by, role=role, at=at, source=subject.state)
        asked = {ask.name for ask in row.asks}
        problems = [problem for problem in conditions.unmet(step) if problem.field not in asked]
        found.append(OpenMove(name, row, tuple(problems)))
    return found


def refuse_unopened(subject: Subject, move: str, *, by: User, at: dt.datetime) -> None:
    """Raise what `perform` would raise for a move that is not open to this person: NotOpen or Denied."""
    _role(_rows(subject, move), by, subject, at)


def _run_one(key: int, at: dt.datetime) -> Record | None:
    from cdm.models import Deadline

    with transaction.atomic():
        deadline = Deadline.objects.get(pk=key)
        _project, fresh = lock(deadline.subject)
        deadline = Deadline.objects.get(pk=key)
        if deadline.closed_at is not None:
            return None
        return _make(_rows(fresh, deadline.then), fresh, by=None, role=Role.CLOCK, at=at, note="", given={})


def _rows(subject: Subject, move: str) -> list[Move]:
    machine: Machine = subject.machine
    if move not in machine.move_names:
        raise NotOpen(f"There is no move “{move}” for a {machine.title.lower()}.")
    rows = [row for row in machine.rows(move) if subject.state in row.source]
    if not rows:
        label = machine.rows(move)[0].label
        raise NotOpen(f"“{label}” is not possible now: it is in the state “{subject.place.label}”.")
    return rows


def _role(rows: list[Move], by: User, subject: Subject, at: dt.datetime) -> Role:
    wanted = tuple(dict.fromkeys(role for row in rows for role in row.by))
    held = permissions.roles_on(by, subject, at, asked=wanted)
    for role in wanted:
        if role in held:
            return role
    people = tuple(role for role in wanted if role not in (Role.CLOCK, Role.CONSEQUENCE))
    raise Denied(permissions.denial(people, by, subject))


def _make(
    rows: list[Move],
    subject: Any,
    *,
    by: User | None,
    role: Role,
    at: dt.datetime,
    note: str,
    given: dict[str, Any],
) -> Record:
    """Check, move, take effect, record, open what comes next, follow. Call inside the transaction, after the lock."""
    row = _routed(rows, subject, by, role, at, given)
    if row is None:
        raise NotOpen(f"“{rows[0].label}” is not possible for this {subject.machine.title.lower()}.")
    step = Step(
        subject=subject,
        move=row,
        by=by,
        role=role,
        at=at,
        note=note.strip(),
        given=given,
        source=subject.state,
    )
    problems = [*_missing(step), *conditions.unmet(step)]
    if problems:
        raise Unmet(problems)
    with the_door():
        getattr(subject, row.method_name)()
    subject.version += 1
    subject.entered_state_at = at
    for name in row.then:
        effects.named(name)(step)
    subject.save()
    step.record = recording.append(
        verb=row.name,
        sentence=_sentence(step),
        by=by,
        role=role,
        at=at,
        project=subject.project_if_any,
        chain_name=subject.chain_name,
        subject=subject,
        source=step.source,
        target=row.target,
        note=step.note,
        data=step.facts,
        is_public=row.public,
    )
    waiting.close_deadlines(step)
    waiting.open_deadlines(step)
    waiting.settle(subject, at=at, record=step.record)
    notices.tell(step)
    for new in step.beginning:
        opening.begin(
            new.subject, sentence=new.sentence, by=by, role=Role.CONSEQUENCE, at=at, tells=new.tells
        )
    for following in step.following:
        follow(following.subject, following.move, by=by, at=at, note=following.note, **following.given)
    return step.record


def _routed(
    rows: list[Move],
    subject: Any,
    by: User | None,
    role: Role,
    at: dt.datetime,
    given: dict[str, Any] | None = None,
) -> Move | None:
    """The one row of a name whose route holds; the only row needs none."""
    for row in rows:
        step = Step(
            subject=subject, move=row, by=by, role=role, at=at, given=given or {}, source=subject.state
        )
        if not row.when or routes.named(row.when)(step):
            return row
    return None


def _missing(step: Step) -> Iterable[Problem]:
    """Values and notes the row asks for that were not given, and values it does not know."""
    asked = {ask.name for ask in step.move.asks}
    if step.role not in (Role.CLOCK, Role.CONSEQUENCE):
        for name in step.given.keys() - asked:
            yield Problem(f"“{name}” is not asked for here; leave it out.", name)
        for ask in step.move.asks:
            value, label = step.given.get(ask.name), step.subject.label_of(ask)
            if ask.required and (value is None or value in ("", [], {})):
                yield Problem(f"{label}: this is needed.", ask.name)
            elif ask.kind == "affirm" and ask.required and value is not True:
                yield Problem(f"{label}: this has to be confirmed.", ask.name)
    if step.move.note == "required" and not step.note:
        yield Problem(f"{step.move.note_label}: this is needed and is kept on the record.", "note")


def _sentence(step: Step) -> str:
    from cdm.models import Project

    if isinstance(step.subject, Project):
        return step.move.sentence
    return f"{step.subject}: {step.move.sentence}"
