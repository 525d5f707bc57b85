"""What the Board has before it about an operational entity, on the entity's pages; and bringing it there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from cdm import permissions, queries
from cdm.acts import entity_matters
from cdm.forms.acts import ReasonForm
from cdm.models import BoardMatter, User
from cdm.templatetags.cdm_format import day
from cdm.views.access import now, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import act_page, posted
from cdm.views.board import ABOUT
from cdm.views.status import status_of
from cdm.views.subjects import button, may
from cdm.workflow.entity_decisions import OPEN_TO_THE_BOARD, open_in
from cdm.workflow.roles import Role

MATTER_COLUMNS = [{"label": "Matter"}, {"label": "State"}, {"label": "Meeting"}, {"label": "Decision"}]


def rows_of(matters: Any, user: User | None, at: dt.datetime) -> list[list[Any]]:
    """Those of an entity's matters that the reader may see: where each stands, and how it was decided."""
    found: Iterable[BoardMatter] = matters.select_related(*ABOUT, "meeting")
    return [
        [
            {"text": str(one), "url": one.get_absolute_url()},
            {"tag": status_of(one)},
            {
                "text": str(one.meeting),
                "url": one.meeting.get_absolute_url(),
                "hint": day(one.meeting.starts_on),
            }
            if one.meeting is not None
            else "The next one to be convened"
            if one.state == "on_agenda"
            else "–",
            f"{one.get_outcome_display()}, {day(one.decided_on)}" if one.decided_on else "–",
        ]
        for one in found
        if queries.may_see(user, one, at)
    ]


def bring_button(affair: Any, held: frozenset[Role]) -> list[dict[str, Any]]:
    """The button for the secretariat and the Board, where something is for the Board and is not before it yet."""
    if (
        not may(held, "bring_before_board")
        or not open_in(affair.machine.name, affair.state)
        or affair.matters.exclude(state__in=("decided", "lapsed")).exists()
    ):
        return []
    return [button("Bring it before the Board", "bring_before_board", affair.machine.name, affair.pk)]


@login_required
@refusals_as_pages
def bring(request: HttpRequest, machine: str, key: int) -> HttpResponse:
    """Bring an accreditation or an excess issuance before the Board."""
    at = now()
    user = signed_in(request)
    if machine not in OPEN_TO_THE_BOARD:
        raise Http404("Only an accreditation or an excess issuance is brought before the Board.")
    affair: Any = subject_or_404(request, machine, key, at)
    permissions.require(user, "bring_before_board", at=at, subject=affair)
    choices = "; ".join(label for _, label in open_in(affair.machine.name, affair.state))
    return act_page(
        request,
        form=ReasonForm(posted(request), label="Why it comes before the Board"),
        act=lambda given: entity_matters.bring(affair, reason=given["reason"], by=user, at=at),
        done=lambda made: "It is before the Board.",
        onward=lambda made: made.get_absolute_url(),
        heading="Bring it before the Board",
        caption=str(affair),
        sentences=[f"The Board decides among: {choices}."] if choices else [],
        button="Bring it before the Board",
        law="3/CMP.1 annex, paras 20-23",
        back_url=affair.get_absolute_url(),
        back_label=str(affair),
    )


def breadcrumbs(matter: BoardMatter) -> list[tuple[str, str]]:
    """The way to a matter about an entity: over the entity and what is decided on."""
    if matter.entity is None or matter.affair is None:
        return []
    return [
        ("Operational entities", reverse("cdm:entities")),
        (matter.entity.name, reverse("cdm:entity", args=[matter.entity.pk])),
        (str(matter.affair), matter.affair.get_absolute_url()),
        (str(matter), ""),
    ]
