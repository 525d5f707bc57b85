"""Keeps the rows that wait: deadlines that a state opens, and tasks for those it waits for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from cdm import permissions
from cdm.rules import later_reductions, windows
from cdm.rules.days import ONE_DAY
from cdm.waking import wake
from cdm.workflow import judging, routes
from cdm.workflow.machine import Clock, Wait
from cdm.workflow.step import Step

if TYPE_CHECKING:
    from cdm.models import Organisation, Record
    from cdm.models.subject import Subject


def window_of(subject: Any, clock: Clock, day: dt.date) -> windows.Window:
    """The window a clock opens, by the subject's rule set, kind and scale."""
    project = subject.project_if_any
    about = {"scale": project.scale, "is_afforestation": project.is_afforestation} if project else {}
    return windows.window(
        judging.rules_of(subject, day),
        clock.window.format(kind=getattr(subject, "kind", "")),
        on=day,
        **about,
    )


def open_deadlines(step: Step) -> None:
    """Write a deadline for each clock of the state just entered."""
    for clock in step.subject.place.clocks:
        if clock.when and not routes.named(clock.when)(step):
            continue
        if clock.until:
            _open_until(step, clock)
            continue
        opened_on = step.subject.clock_opened_on(clock.name) or step.day
        window = window_of(step.subject, clock, opened_on)
        stood = dt.timedelta(days=step.subject.days_clock_stood(clock.name))
        entered = step.subject.clock_last_day(clock.name)
        last_day = entered or window.last_day(opened_on) + stood
        is_counted = last_day == window.last_day(opened_on) + stood
        _open(
            step,
            clock,
            kind=window.kind,
            opened_on=opened_on,
            length=window.length if is_counted else "as entered",
            inclusive=window.inclusive,
            source=window.source,
            last_day=last_day,
            acts_at=window.acts_at(opened_on) + stood
            if is_counted
            else windows.as_instant(last_day + ONE_DAY),
            then=clock.then if window.is_law else "",
        )


def _open_until(step: Step, clock: Clock) -> None:
    """A deadline on the day that a rule names; none where the rules in force know no such day."""
    named = later_reductions.parameter_day(judging.rules_of(step.subject, step.day), clock.until, step.day)
    if named is None:
        return
    last_day, source = named
    _open(
        step,
        clock,
        kind=windows.LAW if clock.then else windows.TARGET,
        opened_on=step.day,
        length="until a named day",
        inclusive=False,
        source=source,
        last_day=last_day,
        acts_at=windows.as_instant(last_day + ONE_DAY),
        then=clock.then,
    )


def _open(step: Step, clock: Clock, **counted: Any) -> None:
    from cdm.models import Deadline

    if step.record is None:
        raise TypeError("a deadline is opened by the record of a move")
    Deadline.objects.create(
        machine_name=step.subject.machine.name,
        subject_id=step.subject.pk,
        project=step.subject.project_if_any,
        entity=step.subject.entity_if_any,
        state=step.subject.state,
        clock=clock.name,
        opened_by=step.record,
        **counted,
    )


def close_deadlines(step: Step) -> None:
    """Close what was running in the state just left."""
    from cdm.models import Deadline

    Deadline.objects.filter(
        machine_name=step.subject.machine.name, subject_id=step.subject.pk, closed_at__isnull=True
    ).update(closed_at=step.at, closed_by=step.record, failed_because="")


def settle(subject: Subject, *, at: dt.datetime, record: Record) -> None:
    """Make the open tasks what the state waits for now: close those done with, open those that are new."""
    from cdm.models import Task

    wanted = {
        (key, organisation.pk): (wait, organisation) for key, wait, organisation in _wanted(subject, at)
    }
    open_now = Task.objects.filter(
        machine_name=subject.machine.name, subject_id=subject.pk, closed_at__isnull=True
    ).order_by()
    have = set()
    for task in open_now:
        if (task.key, task.organisation_id) in wanted:
            have.add((task.key, task.organisation_id))
        else:
            task.closed_at, task.closed_by = at, record
            task.save(update_fields=["closed_at", "closed_by"])
    for name, (wait, organisation) in wanted.items():
        if name not in have:
            Task.objects.create(
                machine_name=subject.machine.name,
                subject_id=subject.pk,
                project=subject.project_if_any,
                entity=subject.entity_if_any,
                key=name[0],
                what=wait.what,
                role=wait.role,
                organisation=organisation,
                due_on=_due_on(subject, wait),
                opened_at=at,
                opened_by=record,
            )
    wake("cdm.tasks.assign_tasks")


def _wanted(subject: Any, at: dt.datetime) -> list[tuple[str, Wait, Organisation]]:
    found = []
    for number, wait in enumerate(subject.place.waits):
        if wait.when:
            step = Step(subject=subject, move=subject.machine.moves[0], by=None, role=wait.role, at=at)
            if not routes.named(wait.when)(step):
                continue
        for organisation in permissions.organisations_for(wait.role, subject):
            found.append((f"{subject.state}:{number}:{wait.role}", wait, organisation))
    return found


def _due_on(subject: Subject, wait: Wait) -> dt.date | None:
    from cdm.models import Deadline

    if not wait.clock:
        return None
    deadline = Deadline.objects.filter(
        machine_name=subject.machine.name, subject_id=subject.pk, clock=wait.clock, closed_at__isnull=True
    ).first()
    return deadline.last_day if deadline else None
