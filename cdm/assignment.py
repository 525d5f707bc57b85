"""Who does a task: assigned in rotation, never against a conflict of interest; claimed, handed over, reminded of."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Count, Max, Q

from cdm import notices, permissions
from cdm.models import Organisation, Seat, Task, User
from cdm.rules.days import in_words
from cdm.workflow import recording
from cdm.workflow.refusals import Denied, NotOpen
from cdm.workflow.roles import Role

REMIND_BEFORE = dt.timedelta(days=3)
ESCALATE_AFTER = dt.timedelta(days=7)


def assign_waiting(*, at: dt.datetime) -> int:
    """Give each task without a person to the seat holder whose last task is the longest ago. Returns how many."""
    given = 0
    waiting = Task.objects.filter(assigned_to__isnull=True, closed_at__isnull=True)
    for key in waiting.order_by("opened_at", "id").values_list("pk", flat=True):
        with transaction.atomic():
            # the organisation's row is the turnstile: two workers never read the same rotation
            task = Task.objects.select_related("project", "entity").get(pk=key)
            Organisation.objects.select_for_update(no_key=True).get(pk=task.organisation_id)
            task = Task.objects.select_for_update(no_key=True, of=("self",)).get(pk=key)
            if task.assigned_to_id is not None or task.closed_at is not None:
                continue
            person = next_in_turn(task, at=at)
            if person is None:
                continue
            task.assigned_to, task.assigned_at = person, at
            task.save(update_fields=["assigned_to", "assigned_at"])
            notices.tell_users(
                [person],
                f"Your task: {task.what}: {task.about}",
                url=task.subject.get_absolute_url(),
                project=task.project,
                at=at,
            )
            given += 1
    return given


def candidates(task: Task, *, at: dt.datetime) -> list[User]:
    """Holders of the seat the task is for, without those who may not do it: a conflict of interest in what it is about,
    or an assessment of the same matter made before.
    """
    seats = (
        Seat.objects.held_on(permissions.day_of(at))
        .filter(organisation=task.organisation)
        .select_related("user")
        .order_by("user_id")
    )
    barred = set(permissions.conflicts_about(task.subject).values_list("user_id", flat=True))
    barred |= task.subject.barred_from_tasks()
    return [seat.user for seat in seats if seat.user_id not in barred]


def next_in_turn(task: Task, *, at: dt.datetime) -> User | None:
    """The candidate who was given a task of this organisation the longest ago, or never."""
    people = candidates(task, at=at)
    given = {
        person: (last, count)
        for person, last, count in Task.objects.filter(organisation=task.organisation, assigned_to__in=people)
        .values_list("assigned_to")
        .annotate(Max("assigned_at"), Count("id"))
    }
    never = (dt.datetime.min.replace(tzinfo=dt.UTC), 0)
    # tasks given out in one round have one time; then the one who was given fewer is next
    return min(people, key=lambda user: (*given.get(user.pk, never), user.pk), default=None)


def claim(task: Task, *, by: User, at: dt.datetime) -> Task:
    """Take a task of one's own organisation; a task that another has claimed is handed over, not taken."""
    with transaction.atomic():
        task = _locked(task)
        _require_candidate(task, by, at)
        if task.claimed_at is not None and task.assigned_to_id != by.pk:
            raise NotOpen(f"{task.assigned_to} has claimed this task. Ask for it to be handed over.")
        task.assigned_to, task.assigned_at, task.claimed_at = by, at, at
        task.save(update_fields=["assigned_to", "assigned_at", "claimed_at"])
        _record(task, "claim_task", f"Task claimed: {task.what}", by, at)
    return task


def hand_over(task: Task, *, to: User, note: str, by: User, at: dt.datetime) -> Task:
    """Hand a task to another who holds the same seat and has no conflict; by a holder of that seat."""
    with transaction.atomic():
        task = _locked(task)
        _require_candidate(task, by, at)
        if to not in candidates(task, at=at):
            raise Denied(f"{to} does not hold the seat this task is for, or has a conflict of interest.")
        task.assigned_to, task.assigned_at, task.claimed_at = to, at, None
        task.save(update_fields=["assigned_to", "assigned_at", "claimed_at"])
        _record(task, "hand_over_task", f"Task handed to {to}: {task.what}", by, at, note)
        notices.tell_users(
            [to],
            f"A task was handed to you: {task.what}: {task.about}",
            url=task.subject.get_absolute_url(),
            project=task.project,
            at=at,
        )
    return task


def remind(*, at: dt.datetime) -> int:
    """Tell the person before the due day and after it, and after a week the whole organisation and the secretariat."""
    day = permissions.day_of(at)
    told = 0
    due = Task.objects.filter(closed_at__isnull=True, due_on__isnull=False, due_on__lte=day + REMIND_BEFORE)
    for key in due.filter(
        Q(reminded_before_at__isnull=True) | Q(reminded_after_at__isnull=True) | Q(escalated_at__isnull=True)
    ).values_list("pk", flat=True):
        with transaction.atomic():
            task = (
                Task.objects.select_for_update(no_key=True, of=("self",))
                .select_related("project", "entity")
                .get(pk=key)
            )
            if task.closed_at is None and task.due_on is not None:
                told += _remind_one(task, task.due_on, day, at)
    return told


def _remind_one(task: Task, due_on: dt.date, day: dt.date, at: dt.datetime) -> int:
    person = [task.assigned_to] if task.assigned_to else candidates(task, at=at)
    if day > due_on + ESCALATE_AFTER and task.escalated_at is None:
        field, sentence = "escalated_at", f"Overdue since {in_words(due_on)} and escalated"
        secretariat = Seat.objects.held_on(day).filter(organisation__kind=Organisation.Kind.SECRETARIAT)
        person = [*candidates(task, at=at), *(seat.user for seat in secretariat.select_related("user"))]
    elif day > due_on and task.reminded_after_at is None:
        field, sentence = "reminded_after_at", f"Overdue since {in_words(due_on)}"
    elif day <= due_on and task.reminded_before_at is None:
        field, sentence = "reminded_before_at", f"Due on {in_words(due_on)}"
    else:
        return 0
    setattr(task, field, at)
    task.save(update_fields=[field])
    people = {user.pk: user for user in person}
    notices.tell_users(
        people.values(),
        f"{sentence}: {task.what}: {task.about}",
        url=task.subject.get_absolute_url(),
        project=task.project,
        at=at,
    )
    return len(people)


def _locked(task: Task) -> Task:
    task = (
        Task.objects.select_for_update(no_key=True, of=("self",))
        .select_related("project", "entity")
        .get(pk=task.pk)
    )
    if task.closed_at is not None:
        raise NotOpen("This task is done already.")
    return task


def _require_candidate(task: Task, user: User, at: dt.datetime) -> None:
    if user not in candidates(task, at=at):
        raise Denied(
            f"This task is for {task.organisation}. You do not sit for it, or have a conflict of interest."
        )


def _record(task: Task, verb: str, sentence: str, by: User, at: dt.datetime, note: str = "") -> None:
    recording.append(
        verb=verb,
        sentence=sentence,
        by=by,
        role=Role(task.role),
        at=at,
        project=task.project,
        chain_name=task.subject.chain_name,
        subject=task.subject,
        note=note.strip(),
        data={"task": task.pk},
        is_public=False,
    )
