"""The clock of the demonstration: moved forward by days, to a day, or past the next deadline. Nowhere else."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cdm import clock, permissions
from cdm.forms.acts import ActForm
from cdm.forms.fields import DateBoxesField, WholeNumberField
from cdm.models import Deadline
from cdm.models.subject import Subject
from cdm.queries import visible_projects
from cdm.templatetags.cdm_format import day, instant
from cdm.views.access import person
from cdm.views.acts import posted
from cdm.views.subjects import CLOCKS
from cdm.views.tasks import subjects_of

DEADLINES_SHOWN = 20
COLUMNS = [{"label": "Window"}, {"label": "About"}, {"label": "Last day"}, {"label": "Then"}]


class DaysForm(ActForm):
    """How many days forward."""

    how = "days"
    days = WholeNumberField(label="Days", least=1, most=3653, width=4, initial=1)


class DayForm(ActForm):
    """To which day; the clock then stands at its morning."""

    how = "day"
    to = DateBoxesField(label="Day", help_text="For example, 18 7 2019. The clock never goes back.")


def control(request: HttpRequest) -> HttpResponse:
    """Draws the control; POST moves the clock. Outside the demonstration there is no such page."""
    if not settings.DEMONSTRATION:
        raise Http404("There is nothing at this address.")
    how = request.POST.get("how", "") if request.method == "POST" else ""
    days_form = DaysForm(posted(request) if how == "days" else None, auto_id="by_%s")
    day_form = DayForm(posted(request) if how == "day" else None, auto_id="on_%s")
    next_deadline = _open_deadlines().first()
    status = 200
    if request.method == "POST":
        status = 422
        form: forms.Form = day_form if how == "day" else days_form
        try:
            if how == "deadline" and next_deadline is not None:
                clock.set_to(next_deadline.acts_at, by=person(request))
                return _moved(request)
            if form.is_valid() and how == "days":
                clock.advance(days=form.cleaned_data["days"], by=person(request))
                return _moved(request)
            if form.is_valid() and how == "day":
                clock.set_to(_morning_of(form.cleaned_data["to"]), by=person(request))
                return _moved(request)
        except clock.ClockGoesForward as refusal:
            form.add_error(None if how == "deadline" else next(iter(form.fields)), str(refusal))
    context = {
        "now": clock.now(),
        "days_form": days_form,
        "day_form": day_form,
        "forms": [days_form, day_form],
        "next_deadline": next_deadline,
        "next_deadline_name": CLOCKS.get(next_deadline.clock, next_deadline.clock) if next_deadline else "",
        "columns": COLUMNS,
        "rows": _deadline_rows(request),
    }
    return render(request, "cdm/clock.html", context, status=status)


def _moved(request: HttpRequest) -> HttpResponse:
    messages.success(
        request, f"It is now {instant(clock.now())}. Every window that closed on the way has closed."
    )
    return redirect("cdm:clock")


def _open_deadlines() -> Any:
    """Deadlines still to come, the next first; those whose move failed stay behind."""
    return (
        Deadline.objects.filter(closed_at__isnull=True, acts_at__gt=clock.now())
        .select_related("project", "entity")
        .order_by("acts_at", "id")
    )


def _deadline_rows(request: HttpRequest) -> list[list[Any]]:
    """The next deadlines of projects that the reader may see."""
    seen = visible_projects(person(request), clock.now())
    deadlines = list(
        _open_deadlines().filter(Q(project__in=seen) | Q(entity__isnull=False))[:DEADLINES_SHOWN]
    )
    subjects = subjects_of(deadlines)
    rows = []
    for deadline in deadlines:
        subject = subjects[deadline.machine_name, deadline.subject_id]
        rows.append(
            [
                CLOCKS.get(deadline.clock, deadline.clock),
                {
                    "text": str(deadline.belongs_to),
                    "url": subject.get_absolute_url(),
                    "hint": "" if deadline.machine_name == "project" else str(subject),
                },
                day(deadline.last_day),
                _what_comes(subject, deadline.then),
            ]
        )
    return rows


def _what_comes(subject: Subject, move: str) -> str:
    """What the clock will have done: of several rows of one name, the one whose target this kind of request has."""
    rows = [row for row in subject.machine.rows(move) if subject.state in row.source] if move else []
    kind = getattr(subject, "kind", "")
    fitting = [row for row in rows if row.when in ("", f"is_{kind}")]
    return fitting[0].label if fitting else "Turns overdue"


def _morning_of(wanted: dt.date) -> dt.datetime:
    """Nine o'clock in the morning, UTC, of a day; later the same day where that has passed."""
    morning = dt.datetime.combine(wanted, dt.time(9), dt.UTC)
    present = clock.now()
    if permissions.day_of(present) == wanted and morning <= present:
        raise clock.ClockGoesForward(f"It is {day(wanted)} already. Choose a later day.")
    return morning
