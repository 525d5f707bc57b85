"""The front page: what the registry is, its figures, what waits for the reader, and the ways in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import permissions, queries, stages
from cdm.models import BoardMatter, BoardRequest, Deadline, Organisation, Project, Record, Seat, User
from cdm.rules import parties
from cdm.templatetags.cdm_format import quantity
from cdm.views import coming_up
from cdm.views.access import now, person
from cdm.views.board import ABOUT
from cdm.views.status import status_of
from cdm.workflow.project import STAGES
from cdm.workflow.roles import Role
from registry.models import Deduction, Issuance

EVENTS = 8
NEXT_STEPS = 3
COMING_UP = 5


def index(request: HttpRequest) -> HttpResponse:
    """The front page, the same for everybody but for the reader's own next steps."""
    at = now()
    user = person(request)
    public = stages.with_issuance(
        Project.objects.filter(pk__in=queries.visible_projects(None, at).order_by().values("pk"))
    )
    seats = list(permissions.seats_of(user, permissions.day_of(at)))
    return render(
        request,
        "cdm/home.html",
        {
            "today": permissions.day_of(at),
            "tiles": _tiles(public),
            "stage_tiles": _stage_tiles(public),
            "events": _events(public),
            "open_comments": public.filter(
                state="open_for_comments", comments_close_on__gte=permissions.day_of(at)
            ).order_by("comments_close_on", "id"),
            "next_steps": _next_steps(user, at),
            "coming": coming_up.rows_for((seat.organisation for seat in seats), permissions.day_of(at))[
                :COMING_UP
            ],
            "shortcuts": _shortcuts(user, seats),
            "decisions": _decisions(user, seats, at),
            "drafts": _drafts(seats),
        },
    )


def _tiles(public: QuerySet[Project]) -> list[dict[str, Any]]:
    issued = Issuance.objects.aggregate(units=Sum(F("last") - F("first") + 1))["units"] or 0
    share = Deduction.objects.aggregate(units=Sum("units"))["units"] or 0
    registered = public.filter(registered_on__isnull=False).count()
    return [
        {"value": quantity(registered), "label": "Projects registered"},
        {"value": quantity(issued), "label": "CERs issued", "unit": "t CO2e"},
        {"value": quantity(share), "label": "Of these for adaptation (Art. 12.8)"},
    ]


def _stage_tiles(public: QuerySet[Project]) -> list[dict[str, Any]]:
    """How many public projects stand in each stage; a proposal is not public before its publication."""
    counts = dict.fromkeys(dict(STAGES), 0)
    public_stages = STAGES[2:]
    for project in public.only("state"):
        counts[stages.stage_key(project)] += 1
    url = reverse("cdm:projects")
    return [
        {"value": quantity(counts[key]), "label": name, "url": f"{url}?stage={key}"}
        for key, name in public_stages
    ]


def _events(public: QuerySet[Project]) -> list[dict[str, Any]]:
    records = (
        Record.objects.filter(is_public=True, project__in=public.order_by().values("pk"))
        .exclude(target="")
        .exclude(verb="begin")
        .exclude(role=Role.CONSEQUENCE)
        .select_related("project")
        .order_by("-at", "-pk")[:EVENTS]
    )
    return [
        {
            "at": record.at,
            "sentence": f"{record.sentence}: {record.project.title}",
            "url": record.project.get_absolute_url(),
            "role": record.role,
        }
        for record in records
        if record.project is not None
    ]


def _next_steps(user: User | None, at: dt.datetime) -> list[dict[str, Any]]:
    """The first of the person's tasks, as `parts/task_row.html` shows them."""
    if user is None:
        return []
    tasks = list(queries.inbox_for(user, at)[:NEXT_STEPS])
    return [
        {
            "what": task.what,
            "url": task.subject.get_absolute_url(),
            "about": task.about,
            "due_on": task.due_on,
            "organisation": task.organisation,
            "assigned_to": task.assigned_to,
            "claimed_at": task.claimed_at,
        }
        for task in tasks
    ]


def _shortcuts(user: User | None, seats: list[Seat]) -> list[tuple[str, str]]:
    """Where this person most likely wants to go, by their seats."""
    if user is None:
        return []
    found = [shortcut for seat in seats for shortcut in _desks(seat)]
    return [*dict.fromkeys(found), ("All your tasks", reverse("cdm:tasks"))]


def _desks(seat: Seat) -> list[tuple[str, str]]:
    """The lists a seat works from."""
    party = seat.organisation.party
    if seat.role is Role.DNA:
        return [(f"The pipeline of {parties.party(party).name}", reverse("cdm:dna"))]
    return {
        Role.PARTICIPANT: [
            ("File a new project", reverse("cdm:new_project")),
            ("Your accounts", reverse("cdm:registry_accounts")),
        ],
        Role.DOE: [("What your entity may take", reverse("cdm:own_entity"))],
        Role.SECRETARIAT: [("Requests at the secretariat", reverse("cdm:secretariat"))],
        Role.BOARD_MEMBER: [("The list of the Board", reverse("cdm:board"))],
        Role.EXPERT: [("Your assessments", reverse("cdm:tasks"))],
        Role.REGISTRY_ADMINISTRATOR: [("Organisations and people", reverse("cdm:people"))],
    }.get(seat.role, [])


def _decisions(user: User | None, seats: list[Seat], at: dt.datetime) -> list[dict[str, Any]]:
    """For a Board member: matters to be decided first, then requests to be instructed or open for review."""
    if user is None or not any(seat.role is Role.BOARD_MEMBER for seat in seats):
        return []
    states = ("awaiting_instruction", "published")
    waiting = (
        BoardRequest.objects.filter(state__in=states)
        .select_related("project", "monitoring_period")
        .order_by("window_last_day", "id")
    )
    ordered = sorted(waiting, key=lambda one: states.index(one.state))
    barred = set(permissions.projects_in_conflict(user).values_list("pk", flat=True))
    matters = BoardMatter.objects.filter(state__in=["proposed", "in_electronic_decision", "on_agenda"])
    to_decide = list(matters.select_related(*ABOUT, "meeting"))
    away_from = permissions.matters_in_conflict(user, to_decide)
    due = dict(
        Deadline.objects.filter(
            machine_name="board_matter", subject_id__in=[one.pk for one in to_decide], closed_at__isnull=True
        ).values_list("subject_id", "last_day")
    )
    to_decide.sort(key=lambda one: (due.get(one.pk) or dt.date.max, one.pk))
    return [
        *(
            {
                "request": one,
                "title": str(one) if one.entity_id else f"{one}: {one.whole_project.title}",
                "status": status_of(one),
                "last_day": due.get(one.pk),
                "what": "Objections",
            }
            for one in to_decide
            if one.pk not in away_from
        ),
        *(
            {
                "request": one,
                "title": f"{one}: {one.project.title}",
                "status": status_of(one),
                "last_day": one.window_last_day if one.state == "published" else None,
                "what": "Requests for review",
            }
            for one in ordered
            if one.project_id not in barred
        ),
    ]


def _drafts(seats: list[Seat]) -> QuerySet[Project]:
    """The drafts of the person's own organisations."""
    own = [seat.organisation_id for seat in seats if seat.organisation.kind == Organisation.Kind.PARTICIPANT]
    return Project.objects.filter(state="draft", developer__in=own)
