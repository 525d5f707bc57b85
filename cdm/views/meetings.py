"""The meetings of the Board: the list, one with its agenda and who is there, convening, opening, closing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cdm import board, permissions, queries
from cdm.acts import meetings as meeting_acts
from cdm.forms.acts import ConfirmForm
from cdm.forms.board import ConveneForm
from cdm.models import Attendance, Meeting, Membership
from cdm.rules import sets
from cdm.rules.board import GROUPS
from cdm.templatetags.cdm_format import day, instant
from cdm.views.access import now, person, refusals_as_pages, signed_in
from cdm.views.acts import act_page, posted
from cdm.views.board import ABOUT
from cdm.views.status import status_of
from cdm.views.subjects import button
from cdm.workflow.roles import Role

LIST_COLUMNS = [
    {"label": "Meeting"},
    {"label": "Days"},
    {"label": "Place"},
    {"label": "On the agenda", "numeric": True},
]
AGENDA_COLUMNS = [
    {"label": "Matter"},
    {"label": "About"},
    {"label": "State"},
    {"label": "Decision"},
]


def index(request: HttpRequest) -> HttpResponse:
    """Every meeting, the next first."""
    at = now()
    held = permissions.roles_of(person(request), at)
    rows = [
        [
            {"text": str(one), "url": one.get_absolute_url(), "hint": one.standing},
            f"{day(one.starts_on)} to {day(one.ends_on)}",
            one.place,
            one.matters.count(),
        ]
        for one in Meeting.objects.order_by("-starts_on").prefetch_related("matters")
    ]
    context = {
        "columns": LIST_COLUMNS,
        "rows": rows,
        "moves": [button("Convene a meeting", "convene_meeting")] if Role.SECRETARIAT in held else [],
    }
    return render(request, "cdm/board/meetings.html", context)


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One meeting: agenda, who is there, whether there is a quorum, what was decided."""
    at = now()
    meeting = _meeting_or_404(key)
    user, today = person(request), permissions.day_of(at)
    held = permissions.roles_of(user, at)
    rules = sets.rule_set_on(today)
    stays = list(meeting.attendances.select_related("membership__user", "membership__alternate_of__user"))
    inside = {stay.membership_id for stay in stays if stay.left_at is None}
    acting = {one.by.pk for one in board.acting_at(meeting)}
    matters = list(meeting.matters.select_related(*ABOUT))
    barred = permissions.matters_in_conflict(user, matters)
    context = {
        "meeting": meeting,
        "heading": str(meeting),
        "caption": f"{day(meeting.starts_on)} to {day(meeting.ends_on)}, {meeting.place}",
        "breadcrumbs": [("Meetings of the Board", reverse("cdm:meetings")), (str(meeting), "")],
        "fact_rows": _fact_rows(meeting),
        "columns": AGENDA_COLUMNS,
        "rows": [
            _agenda_row(one, barred, is_seen=one.entity_id is None or queries.may_see(user, one, at))
            for one in matters
        ],
        "stays": [_stay(stay, acting) for stay in stays],
        "quorum": board.quorum_problems(meeting, rules, today) if meeting.is_open else None,
        "absent": [one for one in board.serving(today) if one.pk not in inside]
        if Role.SECRETARIAT in held and meeting.closed_at is None
        else [],
        "may_enter": Role.SECRETARIAT in held and meeting.closed_at is None,
        "moves": _moves(meeting, user, held, inside, today),
        "today": today,
    }
    return render(request, "cdm/board/meeting.html", context)


def _fact_rows(meeting: Meeting) -> list[dict[str, Any]]:
    rows = [{"key": "Standing", "value": meeting.standing}]
    if meeting.opened_at:
        rows.append({"key": "Opened", "value": instant(meeting.opened_at)})
    if meeting.closed_at:
        rows.append({"key": "Closed", "value": instant(meeting.closed_at)})
    return rows


def _agenda_row(matter: Any, barred: set[int], *, is_seen: bool) -> list[Any]:
    """A matter; one about an accreditation that is not public yet is on the agenda without its name."""
    if matter.pk in barred:
        hint = "You have a recorded conflict of interest: you take no part."
    elif not is_seen:
        return ["Accreditation of an operational entity", "–", {"tag": status_of(matter)}, "–"]
    else:
        hint = ""
    return [
        {"text": str(matter), "url": matter.get_absolute_url() if is_seen else "", "hint": hint},
        str(matter.about),
        {"tag": status_of(matter)},
        f"{matter.get_outcome_display()}, {day(matter.decided_on)}" if matter.decided_on else "–",
    ]


def _stay(stay: Attendance, acting: set[int]) -> dict[str, Any]:
    office = stay.membership
    part = f"alternate of {office.alternate_of}" if office.alternate_of else "member"
    return {
        "membership": office,
        "part": f"{part}, {office.get_constituency_display()}, {GROUPS[office.group]}",
        "came_at": stay.came_at,
        "left_at": stay.left_at,
        "acts": stay.left_at is None and office.pk in acting,
    }


def _moves(
    meeting: Meeting, user: Any, held: frozenset[Role], inside: set[int], today: dt.date
) -> list[dict[str, Any]]:
    """What the reader may do about the meeting as a member."""
    found: list[dict[str, Any]] = []
    if user is None or Role.BOARD_MEMBER not in held or meeting.closed_at is not None:
        return found
    office = board.membership_of(user, today)
    if office is not None and office.pk not in inside:
        found.append(button("I am present", "attend_meeting", meeting.pk))
    if not board.president_problem(user, None, meeting, today):
        if meeting.opened_at is None:
            found.append(button("Open the meeting", "open_meeting", meeting.pk))
        else:
            found.append(button("Close the meeting", "close_meeting", meeting.pk, tone="warning"))
    if office is not None and office.pk in inside:
        found.append(button("I am leaving", "leave_meeting", meeting.pk, tone="secondary"))
    return found


@login_required
@refusals_as_pages
def convene(request: HttpRequest) -> HttpResponse:
    """The secretariat convenes a meeting."""
    at = now()
    user = signed_in(request)
    permissions.require(user, "convene_meeting", at=at)
    last = Meeting.objects.order_by("-number").first()
    return act_page(
        request,
        form=ConveneForm(posted(request), initial={"number": last.number + 1 if last else 1}),
        act=lambda given: meeting_acts.convene(**given, by=user, at=at),
        done=lambda made: f"{made} is convened. What waits for a meeting is on its agenda.",
        onward=lambda made: made.get_absolute_url(),
        heading="Convene a meeting of the Board",
        sentences=[
            "Every matter that waits for a meeting, and is early enough, comes on its agenda by itself."
        ],
        button="Convene the meeting",
        law="3/CMP.1 annex, para 13; rulebook 2.7",
        back_url=reverse("cdm:meetings"),
        back_label="Meetings of the Board",
    )


def _confirm(request: HttpRequest, key: int, heading: str, done: str, act: Any) -> HttpResponse:
    """A page with a button alone, about a meeting."""
    user, at, meeting = signed_in(request), now(), _meeting_or_404(key)
    return act_page(
        request,
        form=ConfirmForm(posted(request)),
        act=lambda given: act(meeting, user, at),
        done=lambda made: done,
        onward=lambda made: meeting.get_absolute_url(),
        heading=heading,
        caption=str(meeting),
        sentences=[f"{day(meeting.starts_on)} to {day(meeting.ends_on)}, {meeting.place}."],
        button=heading,
        back_url=meeting.get_absolute_url(),
        back_label=str(meeting),
    )


@login_required
@refusals_as_pages
def open_it(request: HttpRequest, key: int) -> HttpResponse:
    """Who presides opens the meeting."""
    permissions.require(signed_in(request), "conduct_meeting", at=now())
    return _confirm(
        request,
        key,
        "Open the meeting",
        "The meeting is open.",
        lambda meeting, user, at: meeting_acts.open_meeting(meeting, by=user, at=at),
    )


@login_required
@refusals_as_pages
def close_it(request: HttpRequest, key: int) -> HttpResponse:
    """Who presides closes the meeting."""
    permissions.require(signed_in(request), "conduct_meeting", at=now())
    return _confirm(
        request,
        key,
        "Close the meeting",
        "The meeting is closed. What was not decided goes to the next one.",
        lambda meeting, user, at: meeting_acts.close_meeting(meeting, by=user, at=at),
    )


@login_required
@refusals_as_pages
def attend(request: HttpRequest, key: int) -> HttpResponse:
    """A member or alternate enters the own attendance."""
    office = _own_office(request)
    return _confirm(
        request,
        key,
        "I am present",
        "You are entered as present.",
        lambda meeting, user, at: meeting_acts.come(meeting, membership=office, by=user, at=at),
    )


@login_required
@refusals_as_pages
def leave(request: HttpRequest, key: int) -> HttpResponse:
    """A member or alternate leaves."""
    office = _own_office(request)
    return _confirm(
        request,
        key,
        "I am leaving",
        "You are entered as having left.",
        lambda meeting, user, at: meeting_acts.leave(meeting, membership=office, by=user, at=at),
    )


@login_required
@require_POST
@refusals_as_pages
def enter(request: HttpRequest, key: int, membership: int) -> HttpResponse:
    """The secretariat enters that somebody came, or left."""
    user, at, meeting = signed_in(request), now(), _meeting_or_404(key)
    office = Membership.objects.filter(pk=membership).select_related("user").first()
    if office is None:
        raise Http404("There is no such member.")
    act = meeting_acts.leave if request.POST.get("leaves") else meeting_acts.come
    act(meeting, membership=office, by=user, at=at)
    messages.success(
        request, f"{office} is entered as {'having left' if act is meeting_acts.leave else 'present'}."
    )
    return redirect(meeting.get_absolute_url())


def _own_office(request: HttpRequest) -> Membership:
    user, at = signed_in(request), now()
    permissions.require(user, "attend_meeting", at=at)
    office = board.membership_of(user, permissions.day_of(at))
    if office is None:
        raise permissions.Denied("You hold no office on the Board today.")
    return office


def _meeting_or_404(key: int) -> Meeting:
    found = Meeting.objects.filter(pk=key).first() if key < 2**63 else None
    if found is None:
        raise Http404("There is no such meeting.")
    return found
