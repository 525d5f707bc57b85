"""The desks of the secretariat and of the Board: the requests that wait for each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cdm import permissions
from cdm.models import BoardMatter, BoardRequest, Comment, Deadline, Meeting, Project, ReferenceNumbers, User
from cdm.templatetags.cdm_format import day, days_left_sentence, days_until, quantity
from cdm.views import desks
from cdm.views.access import now, refusals_as_pages, signed_in
from cdm.views.status import status_of
from cdm.workflow.roles import Role

AT_THE_SECRETARIAT = ("awaiting_fee", "completeness_check", "information_check", "awaiting_share_of_proceeds")
QUEUE_COLUMNS = [
    {"label": "Project activity"},
    {"label": "Request"},
    {"label": "State"},
    {"label": "Submitted"},
    {"label": "Due"},
]


@login_required
@refusals_as_pages
def secretariat(request: HttpRequest) -> HttpResponse:
    """What waits for the secretariat: checks, payments, comments held as possible spam."""
    at = now()
    user = signed_in(request)
    desks.require_seat(user, Role.SECRETARIAT, at)
    rows = list(_requests().filter(state__in=AT_THE_SECRETARIAT))
    open_windows = list(_requests().filter(state="published").order_by("window_last_day"))
    returned = list(_requests().filter(state="returned"))
    due = _due(rows)
    rows.sort(key=lambda one: (due.get(one.pk) or dt.date.max, one.pk))
    today = permissions.day_of(at)
    overdue = sum(1 for day_due in due.values() if day_due < today)
    held = (
        Comment.objects.filter(standing=Comment.Standing.HELD).select_related("project").order_by("made_at")
    )
    counter = ReferenceNumbers.objects.first()
    context = {
        "tabs": desks.tabs(user, at, "secretariat"),
        "today": today,
        "tiles": [
            {"value": quantity(len(rows)), "label": "Requests here"},
            {"value": quantity(overdue), "label": "Past their target"},
            {"value": quantity(len(open_windows)), "label": "Open for review"},
            {"value": f"{(counter.next_number if counter else 1):04d}", "label": "Next reference number"},
        ],
        "columns": QUEUE_COLUMNS,
        "checks": [_queue_row(one, due, today) for one in rows if one.state.endswith("_check")],
        "payments": [_queue_row(one, due, today) for one in rows if not one.state.endswith("_check")],
        "windows": [_queue_row(one, {one.pk: one.window_last_day}, today) for one in open_windows],
        "returned": [_queue_row(one, {}, today) for one in returned],
        "held": held,
    }
    return render(request, "cdm/requests/secretariat.html", context)


@login_required
@refusals_as_pages
def board(request: HttpRequest) -> HttpResponse:
    """What needs a decision of the Board, and which windows are open; without one's conflicts of interest."""
    at = now()
    user = signed_in(request)
    desks.require_seat(user, Role.BOARD_MEMBER, at)
    today = permissions.day_of(at)
    rows = [
        one for one in _requests().filter(state__in=["review_requested", "awaiting_instruction", "published"])
    ]
    matters = list(
        BoardMatter.objects.exclude(state__in=["decided", "lapsed"])
        .select_related(*ABOUT, "meeting")
        .order_by("opened_on", "id")
    )
    barred = _barred(user, rows)
    away_from = permissions.matters_in_conflict(user, matters)
    seen = [one for one in rows if one.project_id not in barred]
    context = {
        "tabs": desks.tabs(user, at, "board"),
        "today": today,
        "columns": BOARD_COLUMNS,
        "sections": [
            (title, sentence, [_board_row(one, today) for one in seen if one.state == state])
            for state, title, sentence in BOARD_SECTIONS
        ],
        "matter_columns": MATTER_COLUMNS,
        "matters": [
            (title, sentence, _matter_rows(states, matters, away_from, today))
            for states, title, sentence in MATTER_SECTIONS
        ],
        "meeting": Meeting.objects.filter(closed_at__isnull=True, ends_on__gte=today)
        .order_by("starts_on")
        .first(),
        "barred": len(rows) - len(seen) + len(away_from),
    }
    return render(request, "cdm/requests/board.html", context)


# what the name of a matter is made of
ABOUT = (
    "project",
    "request",
    "letter",
    "entity",
    "accreditation__doe",
    "excess_issuance__doe",
    "excess_issuance__project",
)
BOARD_COLUMNS = [
    {"label": "Project activity"},
    {"label": "Request"},
    {"label": "t CO2e", "numeric": True},
    {"label": "Asked for review", "numeric": True},
    {"label": "Last day"},
]
WAITS_FOR_A_MEETING = "Waits for the next meeting: none that can take it is convened yet"
MATTER_COLUMNS = [
    {"label": "Matter"},
    {"label": "About"},
    {"label": "State"},
    {"label": "Meeting"},
    {"label": "Last day"},
]
MATTER_SECTIONS = (
    (("proposed", "in_electronic_decision", "on_agenda"), "To be decided", "Nothing has to be decided now."),
    (
        (
            "opened",
            "being_assessed",
            "awaiting_recommendation",
            "awaiting_information",
            "awaiting_ruling_note",
        ),
        "Under way",
        "Nothing is being assessed.",
    ),
)
BOARD_SECTIONS = (
    ("awaiting_instruction", "To be instructed", "No issuance waits for the Board's instruction."),
    ("review_requested", "Review requested: replies awaited", "No replies are awaited."),
    ("published", "Open for requests for review", "No window is open."),
)


def _matter_rows(
    states: tuple[str, ...], matters: list[BoardMatter], barred: set[int], today: dt.date
) -> list[list[Any]]:
    """The matters in these states in which the reader has no conflict of interest, the most urgent first."""
    seen = [one for one in matters if one.state in states and one.pk not in barred]
    due = dict(
        Deadline.objects.filter(
            machine_name="board_matter", subject_id__in=[one.pk for one in seen], closed_at__isnull=True
        ).values_list("subject_id", "last_day")
    )
    seen.sort(key=lambda one: (due.get(one.pk) or dt.date.max, one.pk))
    return [
        [
            {"text": str(one), "url": one.get_absolute_url()},
            str(one.about),
            {"tag": status_of(one)},
            f"{one.meeting}, {day(one.meeting.starts_on)}" if one.meeting else _without_meeting(one),
            {"text": day(due[one.pk]), "hint": days_left_sentence(days_until(due[one.pk], today))}
            if one.pk in due
            else "–",
        ]
        for one in seen
    ]


def _without_meeting(matter: BoardMatter) -> str:
    return WAITS_FOR_A_MEETING if matter.state == "on_agenda" else "–"


def _requests() -> QuerySet[BoardRequest]:
    return (
        BoardRequest.objects.select_related("project", "doe", "monitoring_period", "change")
        .annotate(asked=Count("review_requests"))
        .order_by("submitted_at", "id")
    )


def _due(rows: Iterable[BoardRequest]) -> dict[int, dt.date]:
    """The last day of the window that is running for each request."""
    return dict(
        Deadline.objects.filter(
            machine_name="board_request", subject_id__in=[one.pk for one in rows], closed_at__isnull=True
        ).values_list("subject_id", "last_day")
    )


def _barred(user: User, rows: Iterable[BoardRequest]) -> set[int]:
    """The projects in which the person has a conflict of interest; asked together."""
    conflicts = user.conflicts_of_interest.filter(ended_at__isnull=True)
    organisations = conflicts.exclude(organisation=None).values("organisation")
    parties = [party for party in conflicts.values_list("party", flat=True) if party]
    return set(
        Project.objects.filter(pk__in={one.project_id for one in rows})
        .filter(
            Q(conflictofinterest__in=conflicts)
            | Q(developer__in=organisations)
            | Q(participations__organisation__in=organisations)
            | Q(engagements__doe__in=organisations)
            | Q(host_party__in=parties)
            | Q(involved_parties__party__in=parties)
        )
        .values_list("pk", flat=True)
    )


def _queue_row(one: BoardRequest, due: dict[int, Any], today: dt.date) -> list[Any]:
    last_day = due.get(one.pk)
    return [
        {"text": str(one.project), "url": one.get_absolute_url(), "hint": one.doe.name},
        {"text": one.short_name, "hint": str(one.monitoring_period or one.change or "")},
        {"tag": status_of(one)},
        day(one.submitted_at),
        {"text": day(last_day), "hint": days_left_sentence(days_until(last_day, today))} if last_day else "–",
    ]


def _board_row(one: BoardRequest, today: dt.date) -> list[Any]:
    last_day = one.window_last_day if one.state == "published" else None
    return [
        {"text": str(one.project), "url": one.get_absolute_url(), "hint": one.doe.name},
        {"text": one.short_name, "hint": str(one.monitoring_period or one.change or "")},
        one.requested_t,
        one.asked,  # type: ignore[attr-defined]
        {"text": day(last_day), "hint": days_left_sentence(days_until(last_day, today))} if last_day else "–",
    ]
