"""People: entered, seen with their seats, and kept away where their interests conflict."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import permissions, queries
from cdm.acts import accounts as account_acts
from cdm.acts import people as people_acts
from cdm.forms.acts import ReasonForm
from cdm.forms.people import (
    ConflictForm,
    PersonForm,
    ReferenceNumberForm,
)
from cdm.models import ConflictOfInterest, ReferenceNumbers, Seat, User
from cdm.views.access import now, refusals_as_pages, signed_in
from cdm.views.acts import act_page, posted
from cdm.views.subjects import button


@login_required
@refusals_as_pages
def add_person(request: HttpRequest) -> HttpResponse:
    """Enter a person, with a first seat where one is chosen."""
    at = now()
    user = managing(request, at)

    def enter(given: dict[str, Any]) -> User:
        return people_acts.enter_person(
            email=given["email"], name=given["name"], organisation=given["organisation"], by=user, at=at
        )

    return act_page(
        request,
        form=PersonForm(posted(request)),
        act=enter,
        done=lambda made: f"{made} is entered.",
        onward=lambda made: reverse("cdm:person", args=[made.pk]),
        heading="Enter a person",
        button="Enter the person",
        back_url=reverse("cdm:people"),
        back_label="Organisations and people",
    )


@login_required
@refusals_as_pages
def one_person(request: HttpRequest, key: int) -> HttpResponse:
    """One person: seats and conflicts of interest."""
    at = now()
    managing(request, at)
    found = _user_or_404(key)
    context = {
        **_about(found, at),
        "heading": found.name,
        "caption": found.email,
        "breadcrumbs": [("Organisations and people", reverse("cdm:people")), (found.name, "")],
        "moves": [button("Record a conflict of interest", "record_conflict", found.pk)],
        "may_end": True,
    }
    return render(request, "cdm/people/person.html", context)


@login_required
def own_account(request: HttpRequest) -> HttpResponse:
    """Oneself: seats, conflicts of interest, password."""
    at = now()
    user = signed_in(request)
    context = {
        **_about(user, at),
        "heading": user.name,
        "caption": user.email,
        "is_own": True,
        "moves": [
            button("Record a conflict of interest of mine", "own_conflict"),
            {"label": "Change my password", "url": reverse("account_change_password"), "tone": "secondary"},
        ],
    }
    return render(request, "cdm/people/person.html", context)


@login_required
@refusals_as_pages
def own_conflict(request: HttpRequest) -> HttpResponse:
    """Record a conflict of interest of one's own."""
    return _conflict(request, signed_in(request), now(), reverse("cdm:account"), "My account")


@login_required
@refusals_as_pages
def record_conflict(request: HttpRequest, key: int) -> HttpResponse:
    """Record a conflict of interest of another."""
    at = now()
    managing(request, at)
    return _conflict(request, _user_or_404(key), at, reverse("cdm:person", args=[key]), "Back")


def _conflict(request: HttpRequest, of: Any, at: dt.datetime, back: str, label: str) -> HttpResponse:
    user = signed_in(request)
    return act_page(
        request,
        form=ConflictForm(posted(request), projects=queries.visible_projects(user, at)),
        act=lambda given: people_acts.record_conflict(user=of, **given, by=user, at=at),
        done=lambda made: "The conflict of interest is recorded.",
        onward=lambda made: back,
        heading="Record a conflict of interest",
        caption=of.name,
        sentences=[
            "Choose what the conflict is with: an organisation, a project or a Party. No task about it is given to "
            "this person, and a Board member or the secretariat cannot decide on it."
        ],
        button="Record the conflict",
        law="3/CMP.1 annex, para 8(f)",
        back_url=back,
        back_label=label,
    )


@login_required
@refusals_as_pages
def end_conflict(request: HttpRequest, key: int) -> HttpResponse:
    """A conflict of interest has ended; by those who keep people, never by the person concerned."""
    at = now()
    user = managing(request, at)
    conflict = ConflictOfInterest.objects.filter(pk=key).select_related("user").first()
    if conflict is None:
        raise Http404("There is no such conflict of interest.")
    back = reverse("cdm:person", args=[conflict.user_id])
    return act_page(
        request,
        form=ReasonForm(posted(request), label="How it ended"),
        act=lambda given: people_acts.end_conflict(conflict, reason=given["reason"], by=user, at=at),
        done=lambda ended: "The conflict of interest has ended.",
        onward=lambda ended: back,
        heading="A conflict of interest has ended",
        caption=str(conflict.user),
        sentences=[conflict.reason],
        button="Record that it has ended",
        back_url=back,
        back_label=str(conflict.user),
    )


@login_required
@refusals_as_pages
def reference_number(request: HttpRequest) -> HttpResponse:
    """Let the numbering of projects go on from a higher number."""
    at = now()
    user = signed_in(request)
    permissions.require(user, "set_reference_number", at=at)
    counter = ReferenceNumbers.objects.first()
    return act_page(
        request,
        form=ReferenceNumberForm(posted(request)),
        act=lambda given: account_acts.set_next_reference_number(**given, by=user, at=at),
        done=lambda number: f"The next project registered is number {number:04d}.",
        onward=lambda number: reverse("cdm:secretariat"),
        heading="Set the next reference number",
        sentences=[
            f"The next project registered is number {(counter.next_number if counter else 1):04d}. "
            "The number can only be raised, and never to one that a project has."
        ],
        button="Set the number",
        back_url=reverse("cdm:secretariat"),
        back_label="Secretariat",
    )


def managing(request: HttpRequest, at: dt.datetime) -> User:
    """Who asks, if they keep organisations and people; else Denied."""
    user = signed_in(request)
    permissions.require(user, "manage_people", at=at)
    return user


def _user_or_404(key: int) -> User:
    found = User.objects.filter(pk=key).first()
    if found is None:
        raise Http404("There is no such person.")
    return found


def is_held(seat: Seat, today: dt.date) -> bool:
    return seat.from_on <= today and (seat.until_on is None or seat.until_on >= today)


def _about(user: User, at: dt.datetime) -> dict[str, Any]:
    today = permissions.day_of(at)
    seats = user.seats.select_related("organisation").order_by("-from_on")
    return {
        "about": user,
        "seats": [(seat, is_held(seat, today)) for seat in seats],
        "conflicts": user.conflicts_of_interest.select_related("organisation", "project", "recorded_by"),
    }
