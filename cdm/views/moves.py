"""The page of one move: what it asks for, what still stands in its way, and the button that makes it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cdm.forms.moves import MoveForm
from cdm.models.subject import Subject
from cdm.views.access import now, person, refusals_as_pages, subject_or_404
from cdm.workflow import engine
from cdm.workflow.engine import OpenMove
from cdm.workflow.refusals import NotOpen, Stale, Unmet


def url_of(subject: Subject, move: str) -> str:
    """The address of a move's page."""
    return reverse("cdm:move", args=[subject.machine.name, subject.pk, move])


def buttons(moves: list[OpenMove], subject: Subject) -> list[dict[str, object]]:
    """The moves a person may make now, for `parts/moves.html`."""
    return [
        {
            "label": move.row.label,
            "url": url_of(subject, move.name),
            "sentence": move.row.warning,
            "tone": "secondary" if number else "",
            "unmet": [problem.sentence for problem in move.problems],
        }
        for number, move in enumerate(moves)
    ]


@login_required
@refusals_as_pages
def move(request: HttpRequest, machine: str, key: int, name: str) -> HttpResponse:
    """GET draws the form of the move; POST makes it. 403, 409 and 422 leave everything as it was."""
    at = now()
    subject = subject_or_404(request, machine, key, at)
    user = person(request)
    found = next((one for one in engine.open_moves(subject, by=user, at=at) if one.name == name), None)
    if found is None:
        # asks the door, which says why it is not open or whose it is
        engine.refuse_unopened(subject, name, by=user, at=at)
        raise NotOpen("This is not possible now.")
    form = MoveForm(request.POST or None, request.FILES or None, row=found.row, subject=subject)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                record = engine.perform(
                    subject,
                    name,
                    by=user,
                    at=at,
                    note=form.cleaned_data.get("note", ""),
                    expected_version=form.cleaned_data["expected_version"],
                    **form.given(),
                )
            except Unmet as refusal:
                form.show(refusal.problems)
            except Stale as refusal:
                return render(
                    request,
                    "409.html",
                    {"sentence": refusal.sentence, "onward_url": subject.get_absolute_url()},
                    status=409,
                )
            else:
                messages.success(request, f"{record.sentence}.")
                return redirect(subject.get_absolute_url())
    return render(
        request,
        "cdm/move.html",
        {
            "subject": subject,
            "project": subject.whole_project,
            "row": found.row,
            "unmet": found.problems,
            "form": form,
            "back_url": subject.get_absolute_url(),
            "back_label": str(subject),
        },
        status=status,
    )
