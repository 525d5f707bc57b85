"""Letters of approval: the page of one letter, and the desk of a designated national authority."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import modalities, money, permissions
from cdm.models import LetterOfApproval, Project, Task
from cdm.rules import parties
from cdm.templatetags.cdm_format import day, quantity, tonnes
from cdm.views import desks
from cdm.views.access import now, refusals_as_pages, signed_in, subject_or_404
from cdm.views.status import status_of
from cdm.views.subjects import document_rows, frame
from cdm.workflow.project import STAGES
from cdm.workflow.roles import Role
from registry import queries as book_queries


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One letter: what is asked, who asks, what was answered."""
    at = now()
    letter: LetterOfApproval = subject_or_404(request, "letter_of_approval", key, at)
    project = letter.project
    authorised = {organisation.pk for organisation in letter.authorised.all()}
    context = {
        **frame(request, letter, at),
        "letter": letter,
        "letter_rows": _letter_rows(letter),
        "project_rows": project_rows(project),
        "asking": [(body, body.pk in authorised) for body in modalities.asking(letter)],
        "documents": document_rows([letter.document.document]) if letter.document else [],
    }
    return render(request, "cdm/letter.html", context)


@login_required
@refusals_as_pages
def desk(request: HttpRequest) -> HttpResponse:
    """What a DNA works from: the letters asked of its Party, and the national pipeline."""
    at = now()
    user = signed_in(request)
    desks.require_seat(user, Role.DNA, at)
    seats = permissions.seats_of(user, permissions.day_of(at)).filter(organisation__kind="dna")
    context = {
        "tabs": desks.tabs(user, at, "dna"),
        "desks": [_desk_of(seat.organisation.party) for seat in seats],
        "today": permissions.day_of(at),
    }
    return render(request, "cdm/letters/desk.html", context)


def project_rows(project: Project) -> list[dict[str, Any]]:
    """What a DNA decides on, in short, for `parts/summary_list.html`."""
    estimated = money.estimated(project)
    methodologies = ", ".join(str(one) for one in project.methodologies.all())
    return [
        {"key": "Project activity", "value": project.title, "url": project.get_absolute_url()},
        {"key": "Stage", "status": status_of(project)},
        {"key": "Developer", "value": project.developer},
        {"key": "Host Party", "value": project.host_party_name},
        {"key": "Scale", "value": project.get_scale_display() or "–"},
        {"key": "Methodology", "value": methodologies or "–"},
        {
            "key": "Crediting period",
            "value": f"{day(project.crediting_starts_on)} to {day(project.crediting_ends_on)}",
        },
        {
            "key": "Estimated reductions",
            "value": f"{tonnes(estimated.average_annual_t)} a year, {tonnes(estimated.total_t)} in all",
        },
    ]


def _letter_rows(letter: LetterOfApproval) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "key": "Party",
            "value": letter.party_name,
            "hint": "Host Party" if letter.is_host else "Party involved",
        },
        {"key": "Asked for", "value": day(letter.requested_at)},
    ]
    if letter.number:
        rows += [
            {"key": "Number", "value": letter.number},
            {"key": "Date of the letter", "value": day(letter.dated_on)},
            {"key": "Participation is voluntary", "value": "Confirmed" if letter.is_voluntary else "–"},
        ]
        if letter.is_host:
            confirmed = letter.contributes_to_sustainable_development
            rows.append(
                {
                    "key": "Assists sustainable development",
                    "value": "Confirmed" if confirmed else "Not confirmed",
                }
            )
    return rows


def _desk_of(party: str) -> dict[str, Any]:
    """The letters and projects of one Party; a fixed number of queries, however many projects."""
    letters: QuerySet[LetterOfApproval] = (
        LetterOfApproval.objects.filter(party=party)
        .exclude(project__state="draft", state="lapsed")
        .select_related("project")
        .order_by("-requested_at", "-id")
    )
    asked = [letter for letter in letters if letter.state == "requested"]
    others = [letter for letter in letters if letter.state != "requested"]
    projects = (
        Project.objects.filter(
            Q(host_party=party) | Q(involved_parties__party=party) | Q(letters__party=party),
            submitted_at__isnull=False,
        )
        .distinct()
        .prefetch_related("estimates")
    )
    issued: dict[int, int] = {}
    for holding in book_queries.holdings(party=party):
        issued[holding.project_number] = issued.get(holding.project_number, 0) + holding.units
    standing = {letter.project_id: letter for letter in letters}
    waiting: dict[int, list[str]] = {}
    for task in Task.objects.filter(
        organisation__kind="dna", organisation__party=party, closed_at__isnull=True
    ).order_by("opened_at", "id"):
        waiting.setdefault(task.project_id, []).append(task.what)
    rows = [
        _pipeline_row(project, party, issued, standing.get(project.pk), waiting.get(project.pk, []))
        for project in projects
    ]
    return {
        "party": parties.party(party),
        "asked": _letter_table(asked),
        "others": _letter_table(others),
        "columns": LETTER_COLUMNS,
        "pipeline": rows,
        "pipeline_columns": PIPELINE_COLUMNS,
        "tiles": [
            {"value": quantity(len(asked)), "label": "Letters to decide"},
            {"value": quantity(len(rows)), "label": "Projects"},
            {
                "value": quantity(sum(1 for project in projects if project.registered_on)),
                "label": "Registered",
            },
            {"value": quantity(sum(issued.values())), "label": "Units issued as host"},
        ],
    }


STAGE_LABELS = dict(STAGES)
LETTER_COLUMNS = [{"label": "Project activity"}, {"label": "As"}, {"label": "Asked for"}, {"label": "Letter"}]
PIPELINE_COLUMNS = [
    {"label": "Project activity"},
    {"label": "As"},
    {"label": "Stage"},
    {"label": "Letter"},
    {"label": "Waits for you"},
    {"label": "t CO2e a year", "numeric": True},
    {"label": "Registered"},
    {"label": "Units issued", "numeric": True},
]


def _letter_table(letters: list[LetterOfApproval]) -> list[list[Any]]:
    return [
        [
            {"text": str(letter.project), "url": letter.get_absolute_url()},
            "Host" if letter.is_host else "Party involved",
            day(letter.requested_at),
            {"tag": status_of(letter), "hint": f"No. {letter.number}" if letter.number else ""},
        ]
        for letter in letters
    ]


def _pipeline_row(
    project: Project,
    party: str,
    issued: dict[int, int],
    letter: LetterOfApproval | None,
    waiting: list[str],
) -> list[Any]:
    is_host = project.host_party == party
    units = issued.get(project.reference_number or 0) if is_host else None
    return [
        {"text": str(project), "url": reverse("cdm:project", args=[project.pk])},
        "Host" if is_host else "Party involved",
        {"tag": status_of(project), "hint": STAGE_LABELS.get(project.place.stage, "")},
        {"tag": status_of(letter)} if letter else "–",
        {"text": "; ".join(waiting), "url": letter.get_absolute_url() if letter else ""} if waiting else "–",
        money.average_annual_t(project),
        day(project.registered_on),
        units,
    ]
