"""Organisations: entered, given seats and accreditations, by those who keep them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import entities, permissions
from cdm.acts import accreditation as accreditation_acts
from cdm.acts import people as people_acts
from cdm.forms.acts import ConfirmForm, ReasonForm
from cdm.forms.people import (
    AccreditationForm,
    OrganisationForm,
    SeatForm,
)
from cdm.models import ConflictOfInterest, Organisation, Seat, User
from cdm.rules import parties, scopes
from cdm.templatetags.cdm_format import day
from cdm.views import desks
from cdm.views.access import now, refusals_as_pages
from cdm.views.acts import act_page, posted
from cdm.views.people import is_held, managing
from cdm.views.subjects import button

ORGANISATIONS_ON_A_PAGE = 50
LIST_COLUMNS = [
    {"label": "Organisation"},
    {"label": "What it is"},
    {"label": "Party"},
    {"label": "Seats held", "numeric": True},
]

ACCREDITATION_COLUMNS = [
    {"label": "Function"},
    {"label": "Sectoral scopes"},
    {"label": "First day"},
    {"label": "Last day"},
]


class OrganisationFilter(forms.Form):
    """Which organisations are shown."""

    kind = forms.ChoiceField(
        label="What it is", required=False, choices=[("", "All"), *Organisation.Kind.choices]
    )
    words = forms.CharField(label="Name of organisation or person", required=False, max_length=100)


@login_required
@refusals_as_pages
def organisations(request: HttpRequest) -> HttpResponse:
    """Every organisation with the number of its seats."""
    at = now()
    user = managing(request, at)
    filter_form = OrganisationFilter(request.GET, auto_id="filter_%s")
    chosen = filter_form.cleaned_data if filter_form.is_valid() else {}
    day_now = permissions.day_of(at)
    is_held = Q(seats__from_on__lte=day_now, seats__user__is_active=True) & (
        Q(seats__until_on__isnull=True) | Q(seats__until_on__gte=day_now)
    )
    rows = Organisation.objects.annotate(held=Count("seats", filter=is_held, distinct=True)).order_by(
        "kind", "name"
    )
    if chosen.get("kind"):
        rows = rows.filter(kind=chosen["kind"])
    if words := str(chosen.get("words", "")).strip():
        rows = rows.filter(Q(name__icontains=words) | Q(seats__user__name__icontains=words)).distinct()
    page = Paginator(rows, ORGANISATIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": desks.tabs(user, at, "people"),
        "filter_form": filter_form,
        "reset_url": reverse("cdm:people") if any(request.GET.values()) else "",
        "page": page,
        "columns": LIST_COLUMNS,
        "rows": [
            [
                {"text": one.name, "url": _url(one)},
                one.get_kind_display(),
                parties.party(one.party).name if one.party else "–",
                one.held,
            ]
            for one in page
        ],
        "without_seat": User.objects.filter(is_active=True, seats__isnull=True),
    }
    return render(request, "cdm/people/organisations.html", context)


@login_required
@refusals_as_pages
def organisation(request: HttpRequest, key: int) -> HttpResponse:
    """One organisation: who sits for it, what it is accredited for, which conflicts are recorded with it."""
    at = now()
    managing(request, at)
    found = _organisation_or_404(key)
    today = permissions.day_of(at)
    seats = list(found.seats.select_related("user", "granted_by").order_by("-from_on", "user__name"))
    moves = [button("Give a seat", "grant_seat", found.pk)]
    if found.kind == Organisation.Kind.DOE:
        moves.append(button("Enter an accreditation", "accredit", found.pk, tone="secondary"))
        moves.append(button("The entity's public page", "entity", found.pk, tone="secondary"))
        if found.accreditations.filter(entity_accreditation__isnull=True).exists():
            moves.append(
                button("Take over the accreditations as a term", "take_over", found.pk, tone="secondary")
            )
    context = {
        "organisation": found,
        "heading": found.name,
        "caption": found.get_kind_display(),
        "facts": [parties.party(found.party).name] if found.party else [],
        "breadcrumbs": [("Organisations and people", reverse("cdm:people")), (found.name, "")],
        "seats": [(seat, is_held(seat, today)) for seat in seats],
        "accreditations": _accreditations(found, today),
        "accreditation_columns": ACCREDITATION_COLUMNS,
        "conflicts": ConflictOfInterest.objects.filter(
            organisation=found, ended_at__isnull=True
        ).select_related("user"),
        "moves": moves,
    }
    return render(request, "cdm/people/organisation.html", context)


@login_required
@refusals_as_pages
def open_organisation(request: HttpRequest) -> HttpResponse:
    """Enter an organisation."""
    at = now()
    user = managing(request, at)
    return act_page(
        request,
        form=OrganisationForm(posted(request)),
        act=lambda given: people_acts.open_organisation(**given, by=user, at=at),
        done=lambda made: f"{made} is entered.",
        onward=_url,
        heading="Enter an organisation",
        button="Enter the organisation",
        back_url=reverse("cdm:people"),
        back_label="Organisations and people",
    )


@login_required
@refusals_as_pages
def grant_seat(request: HttpRequest, key: int) -> HttpResponse:
    """Give a person a seat in an organisation, from today."""
    at = now()
    user = managing(request, at)
    found = _organisation_or_404(key)
    return act_page(
        request,
        form=SeatForm(posted(request)),
        act=lambda given: people_acts.grant_seat(**given, organisation=found, by=user, at=at),
        done=lambda seat: f"{seat.user} sits for {seat.organisation}.",
        onward=lambda seat: _url(found),
        heading="Give a seat",
        caption=found.name,
        sentences=["The seat begins today. A person who is not in the list has to be entered first."],
        button="Give the seat",
        back_url=_url(found),
        back_label=found.name,
    )


@login_required
@refusals_as_pages
def end_seat(request: HttpRequest, key: int) -> HttpResponse:
    """End a seat, with the reason; it is gone with the person's next request."""
    at = now()
    user = managing(request, at)
    seat = Seat.objects.filter(pk=key).select_related("user", "organisation").first()
    if seat is None:
        raise Http404("There is no such seat.")
    return act_page(
        request,
        form=ReasonForm(posted(request)),
        act=lambda given: people_acts.end_seat(seat, reason=given["reason"], by=user, at=at),
        done=lambda ended: f"{ended.user} no longer sits for {ended.organisation}.",
        onward=lambda ended: _url(seat.organisation),
        heading="End a seat",
        caption=f"{seat.user} for {seat.organisation}",
        warning="It takes effect at once. What the person did stays on record.",
        button="End the seat",
        back_url=_url(seat.organisation),
        back_label=seat.organisation.name,
    )


@login_required
@refusals_as_pages
def accredit(request: HttpRequest, key: int) -> HttpResponse:
    """Enter a DOE's accreditation."""
    at = now()
    user = managing(request, at)
    found = _organisation_or_404(key)
    if found.kind != Organisation.Kind.DOE:
        raise Http404("Only a designated operational entity is accredited.")
    return act_page(
        request,
        form=AccreditationForm(posted(request)),
        act=lambda given: people_acts.accredit(doe=found, **given, by=user, at=at),
        done=lambda rows: f"The accreditation is entered for {len(rows)} sectoral scopes.",
        onward=lambda rows: _url(found),
        heading="Enter an accreditation",
        caption=found.name,
        button="Enter the accreditation",
        law="3/CMP.1 annex, para 20",
        back_url=_url(found),
        back_label=found.name,
    )


@login_required
@refusals_as_pages
def take_over(request: HttpRequest, key: int) -> HttpResponse:
    """Put accreditations that belong to no term under the page of the law, so that the Board can decide on them."""
    at = now()
    user = managing(request, at)
    found = _organisation_or_404(key)
    return act_page(
        request,
        form=ConfirmForm(posted(request)),
        act=lambda given: accreditation_acts.take_over_list(found, by=user, at=at),
        done=lambda term: f"{term} is entered as designated.",
        onward=lambda term: term.get_absolute_url(),
        heading="Take over the accreditations as a term",
        caption=found.name,
        sentences=[
            "Accreditations entered before terms were kept become one designated term. It can then be checked, "
            "suspended, withdrawn and renewed, and it expires on its last day."
        ],
        button="Take over",
        law="3/CMP.1 annex, para 20(c)",
        back_url=_url(found),
        back_label=found.name,
    )


def _organisation_or_404(key: int) -> Organisation:
    found = Organisation.objects.filter(pk=key).first()
    if found is None:
        raise Http404("There is no such organisation.")
    return found


def _url(found: Organisation) -> str:
    return reverse("cdm:organisation", args=[found.pk])


def _accreditations(doe: Organisation, today: dt.date) -> list[list[Any]]:
    """One row a function and span of days, with its scopes."""
    return [
        [
            span.function_label,
            scopes.in_words(span.sectoral_scopes),
            day(span.from_on),
            {
                "text": day(span.last_day) if span.last_day else "–",
                "hint": "" if span.is_held else span.standing_on(today).lower(),
            },
        ]
        for span in entities.spans_of(doe, today)
    ]
