"""The inbox: what waits for a person and for the organisations the person sits for; claimed and handed over."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cdm import assignment, permissions, queries
from cdm.forms.people import HandOverForm
from cdm.models import Task, User
from cdm.models.subject import Subject
from cdm.views import coming_up, desks
from cdm.views.access import now, refusals_as_pages, signed_in
from cdm.views.acts import act_page, no_longer, posted
from cdm.workflow.machines import model_of
from cdm.workflow.refusals import NotOpen
from cdm.workflow.roles import Role

TASKS_ON_A_PAGE = 50
SOON = dt.timedelta(days=7)


class TaskFilter(forms.Form):
    """Which tasks are shown."""

    whose = forms.ChoiceField(
        label="Whose",
        required=False,
        choices=[("", "All"), ("mine", "Given to me"), ("free", "Not taken yet")],
    )
    due = forms.ChoiceField(
        label="Due",
        required=False,
        choices=[
            ("", "At any time"),
            ("overdue", "Overdue"),
            ("soon", "Within 7 days"),
            ("none", "No date set"),
        ],
    )
    organisation = forms.ChoiceField(label="Organisation", required=False)

    def __init__(self, *args: Any, organisations: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "filter_%s", **kwargs})
        self.fields["organisation"].choices = [("", "All"), *organisations]  # type: ignore[attr-defined]
        if len(organisations) < 2:
            del self.fields["organisation"]

    def narrow(self, tasks: QuerySet[Task], user: User, day: dt.date) -> QuerySet[Task]:
        """The tasks that the choices leave."""
        chosen = self.cleaned_data if self.is_valid() else {}
        if chosen.get("whose") == "mine":
            tasks = tasks.filter(assigned_to=user)
        elif chosen.get("whose") == "free":
            tasks = tasks.filter(claimed_at__isnull=True)
        if chosen.get("due") == "overdue":
            tasks = tasks.filter(due_on__lt=day)
        elif chosen.get("due") == "soon":
            tasks = tasks.filter(due_on__range=(day, day + SOON))
        elif chosen.get("due") == "none":
            tasks = tasks.filter(due_on__isnull=True)
        if chosen.get("organisation"):
            tasks = tasks.filter(organisation_id=int(chosen["organisation"]))
        return tasks


@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """The page a person sees after signing in."""
    at = now()
    user, day = signed_in(request), permissions.day_of(at)
    seats = list(permissions.seats_of(user, day))
    organisations = [(str(seat.organisation_id), seat.organisation.name) for seat in seats]
    filter_form = TaskFilter(request.GET, organisations=organisations)
    tasks = filter_form.narrow(queries.inbox_for(user, at), user, day)
    page = Paginator(tasks, TASKS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = task_rows(page.object_list, user)
    context = {
        "page": page,
        "mine": [row for row in rows if row["is_mine"]],
        "others": [row for row in rows if not row["is_mine"]],
        "overdue": sum(1 for row in rows if row["due_on"] and row["due_on"] < day),
        "seats": seats,
        "coming": coming_up.rows_for((seat.organisation for seat in seats), day),
        "may_file": any(seat.role is Role.PARTICIPANT for seat in seats),
        "filter_form": filter_form,
        "reset_url": reverse("cdm:tasks") if any(request.GET.values()) else "",
        "today": day,
        "tabs": desks.tabs(user, at, "tasks"),
    }
    return render(request, "cdm/tasks.html", context)


def task_rows(tasks: Iterable[Task], user: User) -> list[dict[str, Any]]:
    """Tasks as `parts/task_list.html` draws them; one query a machine, however many tasks."""
    found = list(tasks)
    subjects = subjects_of(found)
    rows = []
    for task in found:
        subject = subjects[task.machine_name, task.subject_id]
        about = str(task.project) if task.machine_name == "project" else _about(task, subject)
        is_mine = task.assigned_to_id == user.pk
        is_free = task.claimed_at is None
        rows.append(
            {
                "what": task.what,
                "url": subject.get_absolute_url(),
                "about": about,
                "due_on": task.due_on,
                "organisation": task.organisation,
                "assigned_to": "you" if is_mine else task.assigned_to,
                "claimed_at": task.claimed_at,
                "claim_url": reverse("cdm:task_claim", args=[task.pk]) if is_free else "",
                "hand_over_url": reverse("cdm:task_hand_over", args=[task.pk]),
                "is_mine": is_mine,
            }
        )
    return rows


def _about(task: Task, subject: Subject) -> str:
    """The subject with its project; an entity's own affair names the entity by itself."""
    return f"{subject}: {task.project}" if task.project is not None else str(subject)


def subjects_of(rows: Iterable[Any]) -> dict[tuple[str, int], Subject]:
    """The subjects that tasks or deadlines are about, read together by (machine name, key)."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.machine_name].add(row.subject_id)
    return {
        (name, subject.pk): subject
        for name, keys in wanted.items()
        for subject in model_of(name)._default_manager.filter(pk__in=keys)
    }


@login_required
@require_POST
@refusals_as_pages
def claim(request: HttpRequest, key: int) -> HttpResponse:
    """Take a task; 403 for those it is not for, 409 where another was quicker."""
    at = now()
    user = signed_in(request)
    task = _task_or_404(user, key, at)
    try:
        assignment.claim(task, by=user, at=at)
    except NotOpen as refusal:
        return no_longer(request, refusal, reverse("cdm:tasks"))
    messages.success(request, f"The task is yours: {task.what}.")
    onward = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()})
    return redirect(onward if safe else reverse("cdm:tasks"))


@login_required
@refusals_as_pages
def hand_over(request: HttpRequest, key: int) -> HttpResponse:
    """Choose who does a task instead, and say why."""
    at = now()
    user = signed_in(request)
    task = _task_or_404(user, key, at)
    if task.closed_at is not None:
        return no_longer(request, NotOpen("This task is done already."), reverse("cdm:tasks"))
    others = [one for one in assignment.candidates(task, at=at) if one.pk != task.assigned_to_id]
    form = HandOverForm(posted(request), people=others)
    return act_page(
        request,
        form=form,
        act=lambda given: assignment.hand_over(task, to=form.chosen(), note=given["note"], by=user, at=at),
        done=lambda result: f"The task was handed to {result.assigned_to}.",
        onward=lambda result: reverse("cdm:tasks"),
        heading="Hand over a task",
        caption=task.what,
        sentences=[
            f"It is about {task.belongs_to}, for {task.organisation}.",
            "Only people who hold the same seat and have no conflict of interest are listed."
            if others
            else "Nobody else holds this seat without a conflict of interest, so it cannot be handed over.",
        ],
        button="Hand over",
        template="cdm/act.html" if others else "cdm/act_closed.html",
        back_url=reverse("cdm:tasks"),
        back_label="Tasks",
    )


def _task_or_404(user: User, key: int, at: dt.datetime) -> Task:
    """The task if it is for one of the person's organisations; else it does not exist for them."""
    seats = permissions.seats_of(user, permissions.day_of(at))
    task = (
        Task.objects.filter(pk=key, organisation__in=seats.values("organisation"))
        .select_related("project", "entity", "organisation", "assigned_to")
        .first()
    )
    if task is None:
        raise Http404("There is no such task, or it is not for you.")
    return task
