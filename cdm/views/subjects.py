"""The page of a subject: where it stands, who has the ball, what one may do, what happened."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cdm import queries
from cdm.views.access import now, person, subject_or_404
from cdm.views.moves import buttons
from cdm.workflow import engine


def page(request: HttpRequest, key: int, machine: str) -> HttpResponse:
    """A subject with its open moves and its history."""
    at = now()
    subject = subject_or_404(request, machine, key, at)
    user = person(request)
    return render(
        request,
        "cdm/subject.html",
        {
            "subject": subject,
            "project": subject.whole_project,
            "moves": buttons(engine.open_moves(subject, by=user, at=at), subject),
            "waiting": queries.open_tasks_of(subject),
            "records": queries.history_of(subject.whole_project, user, at)[:50],
        },
    )
