"""Prior consideration: the public list, the page of one notice, and giving notice from a project's draft."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import permissions, queries
from cdm.acts import prior_consideration as acts
from cdm.forms.prior_consideration import NoticeFilter, NoticeForm
from cdm.models import PriorConsideration, Project
from cdm.rules import prior_consideration as rules
from cdm.templatetags.cdm_format import day
from cdm.views.access import now, person, project_or_404, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import act_page, posted
from cdm.views.status import status_of
from cdm.views.subjects import frame
from cdm.workflow.roles import Role

NOTICES_ON_A_PAGE = 25
COLUMNS = [
    {"label": "Project activity"},
    {"label": "Host Party"},
    {"label": "Location"},
    {"label": "Start date"},
    {"label": "Notified"},
    {"label": "Status"},
]


def public_list(request: HttpRequest) -> HttpResponse:
    """Every notice, newest first: title, host Party, location and days (EB 48 annex 61)."""
    filter_form = NoticeFilter(request.GET)
    words, host = filter_form.wanted()
    rows = PriorConsideration.objects.all()
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(location__icontains=words))
    if host:
        rows = rows.filter(host_party=host)
    page = Paginator(rows, NOTICES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "duty": rules.duty(permissions.day_of(now())),
        "filter_form": filter_form,
        "reset_url": reverse("cdm:prior_considerations") if any(request.GET.values()) else "",
        "columns": COLUMNS,
        "rows": [
            [
                {"text": one.title, "url": one.get_absolute_url()},
                one.host_party_name,
                one.location,
                day(one.started_on),
                day(one.notified_on),
                {"tag": status_of(one)},
            ]
            for one in page
        ],
    }
    return render(request, "cdm/prior_considerations.html", context)


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One notice; its description, and the way to the project, for those who may see them."""
    at = now()
    notice: PriorConsideration = subject_or_404(request, "prior_consideration", key, at)
    user = person(request)
    concerned = bool(permissions.roles_on(user, notice, at) - {Role.PUBLIC})
    sees_project = queries.may_see(user, notice.project, at)
    project = [(str(notice.project), notice.project.get_absolute_url())] if sees_project else []
    context = {
        **frame(request, notice, at),
        "caption": notice.title,
        "is_concerned": concerned,
        "breadcrumbs": [
            ("Prior consideration", reverse("cdm:prior_considerations")),
            *project,
            (str(notice), ""),
        ],
        "fact_rows": _fact_rows(notice, concerned, sees_project),
        "reports": notice.project.records.filter(
            machine_name=notice.machine.name, subject_id=notice.pk, verb="report_status"
        ).select_related("actor")
        if concerned
        else [],
    }
    return render(request, "cdm/prior_consideration.html", context)


def _fact_rows(notice: PriorConsideration, concerned: bool, sees_project: bool) -> list[dict[str, Any]]:
    duty = rules.duty(notice.started_on)
    link = {"url": notice.project.get_absolute_url()} if sees_project else {}
    rows: list[dict[str, Any]] = [
        {"key": "Project activity", "value": notice.title, **link},
        {"key": "Host Party", "value": notice.host_party_name},
        {"key": "Location", "value": notice.location},
        {"key": "Start date", "value": day(notice.started_on)},
        {
            "key": "Notified",
            "value": day(notice.notified_on),
            "hint": f"Notice could be given until {day(duty.last_day)}: {duty.length}, {duty.source}"
            if duty
            else "",
        },
    ]
    if notice.acknowledged_at:
        rows.append({"key": "Acknowledged by the secretariat", "value": day(notice.acknowledged_at)})
    if notice.found_started_on:
        rows.append({"key": "Start date that the documents show", "value": day(notice.found_started_on)})
    if concerned:
        rows.append({"key": "Brief description", "value": notice.description})
    return rows


@login_required
@refusals_as_pages
def notify(request: HttpRequest, key: int) -> HttpResponse:
    """The participant gives notice; what the draft knows is filled in."""
    at = now()
    project = project_or_404(request, key, at)
    user = signed_in(request)
    permissions.require(user, "notify_prior_consideration", at=at, subject=project)
    return act_page(
        request,
        form=NoticeForm(posted(request), initial=_known(project)),
        act=lambda given: acts.notify(project, **given, by=user, at=at),
        done=lambda made: "Notice given. The host Party's authority and the secretariat have been told.",
        onward=lambda made: made.get_absolute_url(),
        heading="Give notice of prior consideration",
        caption=str(project),
        sentences=[
            "For activities that started on or after 2 August 2008: within 180 days of the start date (six months for "
            "starts before 1 August 2010). No notice is needed where the design document was published for comments, "
            "or a new methodology proposed, before the start date.",
            "The title, the host Party, the location and the days are published; the description is not.",
        ],
        button="Give notice",
        law="EB 48 annex 61, paras 2-3; project cycle procedure, section 4.1",
        back_url=project.get_absolute_url(),
        back_label=str(project),
    )


def _known(project: Project) -> dict[str, str | dt.date]:
    site = project.sites.first()
    found: dict[str, str | dt.date] = {"host_party": project.host_party}
    if project.started_on:
        found["started_on"] = project.started_on
    if site is not None:
        found["location"] = ", ".join(part for part in (site.name, site.region) if part)
    return found
