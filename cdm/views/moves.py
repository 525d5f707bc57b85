"""The page of one move: what it asks for, what still stands in its way, and the button that makes it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from cdm.forms.moves import MoveForm
from cdm.models import BoardRequest, MonitoringPeriod
from cdm.models.subject import Subject
from cdm.views.access import now, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import no_longer, posted
from cdm.views.issuance import preview
from cdm.workflow import engine
from cdm.workflow.engine import OpenMove
from cdm.workflow.refusals import NotOpen, Stale, Unmet, moved_meanwhile
from cdm.workflow.step import Problem
from registry.accounts import Refused

# moves after which the road back is long or closed: their button is red
GRAVE = {
    "issue",
    "reject",
    "refuse",
    "withdraw",
    "terminate_validation",
    "give_negative_opinion",
    "refuse_certification",
    "find_late",
    "give_up",
    "give_up_scopes",
    "withdraw_application",
    "cancel_units",
}
# where a problem that names a field is put right: the page of the project
PLACES = {"findings": "findings", "comments": "comments"}


def url_of(subject: Subject, move: str) -> str:
    """The address of a move's page."""
    return reverse("cdm:move", args=[subject.machine.name, subject.pk, move])


def buttons(moves: list[OpenMove], subject: Subject) -> list[dict[str, Any]]:
    """The moves a person may make now, in their order, for `parts/moves.html`."""
    return [
        {
            "label": move.row.label,
            "url": url_of(subject, move.name),
            "sentence": move.row.warning,
            "tone": "warning" if ends_something(move.name, subject) and move.name != "issue" else "",
            "unmet": [problem.sentence for problem in move.problems],
        }
        for move in moves
    ]


def place_of(problem: Problem, subject: Subject) -> str:
    """The address at which a problem is put right; empty where it names none."""
    project = subject.project_if_any
    if project is None:
        return ""
    try:
        if "#" in problem.field:
            section, _, field = problem.field.partition("#")
            return reverse("cdm:design_section", args=[project.pk, section]) + (
                f"#id_{field}" if field else ""
            )
        if problem.field == "documents":
            about = subject.monitoring_period if isinstance(subject, BoardRequest) else subject
            return reverse("cdm:attach", args=[(about or project).machine.name, (about or project).pk])
        if problem.field == "findings" and isinstance(subject, MonitoringPeriod):
            return reverse("cdm:period_findings", args=[subject.pk])
        if problem.field == "engage":
            return reverse("cdm:engage_verifier", args=[project.pk])
        if problem.field == "risk_acknowledgement":
            return subject.get_absolute_url()
        if problem.field == "amounts":
            return reverse("cdm:state_amounts", args=[subject.pk])
        name = PLACES.get(problem.field)
        return reverse(f"cdm:{name}", args=[project.pk]) if name else ""
    except NoReverseMatch:
        return ""


@login_required
@refusals_as_pages
def move(request: HttpRequest, machine: str, key: int, name: str) -> HttpResponse:
    """GET draws the form of the move; POST makes it. 403, 409 and 422 leave everything as it was."""
    at = now()
    subject = subject_or_404(request, machine, key, at)
    user = signed_in(request)
    back = subject.get_absolute_url()
    if request.method == "POST" and _is_stale(request, subject):
        return no_longer(request, Stale(moved_meanwhile(subject, user)), back)
    found = next((one for one in engine.open_moves(subject, by=user, at=at) if one.name == name), None)
    if found is None:
        try:
            # asks the door, which says why it is not open or whose it is
            engine.refuse_unopened(subject, name, by=user, at=at)
        except NotOpen as refusal:
            return no_longer(request, refusal, back)
        return no_longer(request, NotOpen("This is not possible now."), back)
    form = MoveForm(posted(request), request.FILES or None, row=found.row, subject=subject)
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
            except Refused as refusal:
                form.add_error(None, refusal.sentence)
            except NotOpen as refusal:
                return no_longer(request, refusal, back)
            else:
                messages.success(request, f"{record.sentence}.")
                return redirect(back)
    context = {
        "subject": subject,
        "project": subject.project_if_any,
        "belongs_to": subject.belongs_to,
        "row": found.row,
        "law": subject.law_of(found.row),
        "unmet": [(problem.sentence, place_of(problem, subject)) for problem in found.problems],
        "form": form,
        "is_grave": ends_something(name, subject),
        "issuances": preview(subject, at) if (machine, name) == ("board_request", "issue") else [],
        "back_url": back,
        "back_label": str(subject),
    }
    return render(request, "cdm/move.html", context, status=status)


def ends_something(name: str, subject: Subject) -> bool:
    """Whether the move ends something, or cannot be taken back. Issuing a letter is neither."""
    if name == "issue":
        return isinstance(subject, BoardRequest)
    return name in GRAVE


def _is_stale(request: HttpRequest, subject: Subject) -> bool:
    """Whether the form was drawn from an older version of the subject."""
    drawn_from = request.POST.get("expected_version", "")
    return drawn_from.isdecimal() and int(drawn_from) != subject.version
