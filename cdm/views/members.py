"""The members and alternates of the Board: the public list, and what is entered about them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import absences, board, permissions
from cdm.acts import board as board_acts
from cdm.forms.acts import ReasonForm
from cdm.forms.board import ElectForm, MemberForm, OathForm
from cdm.models import ConflictOfInterest, Membership
from cdm.rules import sets
from cdm.rules.board import GROUPS
from cdm.templatetags.cdm_format import day
from cdm.views.access import now, person, refusals_as_pages, signed_in
from cdm.views.acts import act_page, posted
from cdm.views.subjects import button, may
from cdm.workflow.roles import Role

COLUMNS = [
    {"label": "Constituency"},
    {"label": "Member"},
    {"label": "Alternate"},
    {"label": "Group"},
    {"label": "Term"},
]


def index(request: HttpRequest) -> HttpResponse:
    """Who sits on the Board, for whom, how long, and who chairs; conflicts of interest for those inside."""
    at = now()
    user, today = person(request), permissions.day_of(at)
    held = permissions.roles_of(user, at)
    serving = list(board.serving(today))
    members = [one for one in serving if not one.is_alternate]
    alternates = {one.alternate_of_id: one for one in serving if one.is_alternate}
    elected = board.officers(today.year)
    chairs = {one.membership_id: one.get_office_display() for one in elected.values()}
    inside = bool(held & {Role.BOARD_MEMBER, Role.SECRETARIAT, Role.REGISTRY_ADMINISTRATOR})
    keeps = may(held, "keep_the_board")
    missed = absences.missed_in_a_row(members)
    rules = sets.rule_set_on(today)
    context = {
        "columns": COLUMNS,
        "rows": [_row(one, alternates.get(one.pk), chairs) for one in members],
        "suspensions": list(board.suspended().select_related("membership__user", "meeting")),
        "missed": [
            {
                "office": one,
                "meetings": missed[one.pk],
                "is_cause": len(missed[one.pk]) >= absences.limit(today),
            }
            for one in members
            if inside and missed[one.pk]
        ],
        "may_suspend": may(held, "conduct_meeting"),
        "seats": rules.integer("board.members", today),
        "number": len(members),
        "keeps": keeps,
        "serving": serving,
        "conflicts": _conflicts(serving) if inside else [],
        "conflict_columns": [{"label": "Member"}, {"label": "With"}, {"label": "Why"}],
        "moves": [button("Enter a member", "enter_member"), button("Record an election", "elect_chair")]
        if keeps
        else [],
    }
    return render(request, "cdm/board/members.html", context)


def _row(one: Membership, alternate: Membership | None, chairs: dict[int, str]) -> list[Any]:
    return [
        one.get_constituency_display(),
        _cell(one, chairs.get(one.pk, "")),
        _cell(alternate, "") if alternate else "–",
        GROUPS[one.group],
        f"{day(one.starts_on)} to {day(one.ends_on)}",
    ]


def _cell(one: Membership, office: str) -> dict[str, Any]:
    oath = f"Oath {day(one.oath_on)}" if one.oath_on else "Oath not made yet"
    return {"text": str(one), "hint": f"{office}. {oath}" if office else oath}


def _conflicts(serving: list[Membership]) -> list[list[Any]]:
    rows = ConflictOfInterest.objects.filter(
        user__in=[one.user_id for one in serving], ended_at__isnull=True
    ).select_related("user", "organisation", "project")
    return [[str(row.user), str(row.organisation or row.project or row.party), row.reason] for row in rows]


@login_required
@refusals_as_pages
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a member or alternate, as elected."""
    user, at = signed_in(request), now()
    permissions.require(user, "keep_the_board", at=at)
    return act_page(
        request,
        form=MemberForm(posted(request), in_office=board.serving(permissions.day_of(at))),
        act=lambda given: board_acts.enter_member(**given, by=user, at=at),
        done=lambda made: f"{made} is entered. The duties begin with the oath.",
        heading="Enter a member of the Board",
        sentences=[
            "A person who is not known to the registry yet is entered under Organisations and people first."
        ],
        button="Enter the member",
        law="3/CMP.1 annex, paras 7-9 and 11",
        **_back(),
    )


@login_required
@refusals_as_pages
def oath(request: HttpRequest, key: int) -> HttpResponse:
    """Record the written oath of service."""
    user, at, office = signed_in(request), now(), _membership_or_404(key)
    permissions.require(user, "keep_the_board", at=at)
    return act_page(
        request,
        form=OathForm(posted(request)),
        act=lambda given: board_acts.record_oath(office, on=given["on"], by=user, at=at),
        done=lambda made: f"The oath of {office} is on record.",
        heading="Record the oath of service",
        caption=str(office),
        button="Record the oath",
        law="3/CMP.1 annex, para 8(e)",
        **_back(),
    )


@login_required
@refusals_as_pages
def end(request: HttpRequest, key: int) -> HttpResponse:
    """End an office before a successor is there."""
    user, at, office = signed_in(request), now(), _membership_or_404(key)
    permissions.require(user, "keep_the_board", at=at)
    return act_page(
        request,
        form=ReasonForm(posted(request), label="Why the office ends"),
        act=lambda given: board_acts.end_membership(office, reason=given["reason"], by=user, at=at),
        done=lambda made: f"{office} left the Board.",
        heading="End an office on the Board",
        caption=str(office),
        sentences=["A successor is entered as a new member; whom they succeed then leaves by itself."],
        button="End the office",
        law="3/CMP.1 annex, paras 10-11",
        **_back(),
    )


@login_required
@refusals_as_pages
def elect(request: HttpRequest) -> HttpResponse:
    """Record who was elected chair and vice-chair."""
    user, at = signed_in(request), now()
    permissions.require(user, "keep_the_board", at=at)
    today = permissions.day_of(at)
    return act_page(
        request,
        form=ElectForm(posted(request), in_office=board.serving(today), initial={"year": today.year}),
        act=lambda given: board_acts.elect(**given, by=user, at=at),
        done=lambda made: "The election is on record.",
        heading="Record the election of chair and vice-chair",
        sentences=["One is from Annex I and one from outside it, and the posts alternate every year."],
        button="Record the election",
        law="3/CMP.1 annex, para 12",
        **_back(),
    )


def _back() -> dict[str, Any]:
    url = reverse("cdm:members")
    return {"onward": lambda made: url, "back_url": url, "back_label": "Members of the Board"}


def _membership_or_404(key: int) -> Membership:
    found = Membership.objects.filter(pk=key).select_related("user").first() if key < 2**63 else None
    if found is None:
        raise Http404("There is no such member.")
    return found
