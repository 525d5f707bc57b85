"""The list of projects, and a new one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cdm import money, permissions, queries, stages
from cdm.acts import proposal
from cdm.forms.projects import NewProjectForm, ProjectFilterForm, show
from cdm.models import Project, User
from cdm.provisional import PUBLIC_WORD, knowing_the_listed
from cdm.rules import methodologies
from cdm.views.access import now, person, refusals_as_pages
from cdm.views.status import status_of
from cdm.workflow.project import PROJECT
from cdm.workflow.refusals import Denied, Unmet
from cdm.workflow.roles import Role

A_PAGE = 20
COLUMNS = (
    {"label": "Project activity"},
    {"label": "Host Party"},
    {"label": "Stage"},
    {"label": "Status"},
    {"label": "Average a year (t CO2e)", "numeric": True},
)


def index(request: HttpRequest) -> HttpResponse:
    """Every project the reader may see, narrowed by what they look for."""
    at = now()
    seen = _seen(person(request), at)
    hosts = seen.exclude(host_party="").order_by().values_list("host_party", flat=True).distinct()
    form = ProjectFilterForm(request.GET or None, hosts=list(hosts))
    wanted = form.cleaned_data if form.is_valid() else {}
    projects = narrowed(seen, wanted).select_related("developer").prefetch_related("estimates")
    page = Paginator(projects, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "cdm/projects/index.html",
        {
            "filter_form": form,
            "is_narrowed": any(wanted.values()),
            "page": page,
            "columns": COLUMNS,
            "rows": [_row(project) for project in page.object_list],
            "may_file": bool(permissions.roles_for(person(request), "file_project", at=at)),
        },
    )


def narrowed(projects: QuerySet[Project], wanted: dict[str, Any]) -> QuerySet[Project]:
    """The projects that fit the cleaned filter; without one, all of them."""
    search = (wanted.get("search") or "").strip()
    if search:
        either = Q(title__icontains=search) | Q(developer__name__icontains=search)
        if search.isdecimal() and len(search) < 10:
            either |= Q(reference_number=int(search))
        projects = projects.filter(either)
    if wanted.get("host"):
        projects = projects.filter(host_party=wanted["host"])
    if wanted.get("scale"):
        projects = projects.filter(scale=wanted["scale"])
    if wanted.get("status"):
        words = wanted["status"]
        is_listed = words == PUBLIC_WORD
        projects = projects.filter(is_listed_as_provisional=is_listed)
        projects = (
            projects
            if is_listed
            else projects.filter(
                state__in=[state.name for state in PROJECT.states if words in (state.public, state.label)]
            )
        )
    if wanted.get("scope"):
        # the scopes of a project follow from its methodologies; asked so, both databases can answer
        codes = [one.code for one in methodologies.ALL if wanted["scope"] in one.sectoral_scopes]
        projects = projects.filter(pk__in=Project.objects.filter(methodologies__code__in=codes).values("pk"))
    return stages.in_stage(projects, wanted["stage"]) if wanted.get("stage") else projects


@login_required
@refusals_as_pages
def new(request: HttpRequest) -> HttpResponse:
    """Start a draft, for an organisation the person sits for."""
    at = now()
    user = person(request)
    seats = permissions.seats_of(user, permissions.day_of(at))
    organisations = [seat.organisation for seat in seats if seat.role is Role.PARTICIPANT]
    if user is None or not organisations:
        raise Denied("Only a person who sits for a project participant can file a project.")
    form = NewProjectForm(request.POST or None, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        try:
            project = proposal.file_project(**form.cleaned_data, by=user, at=at)
        except Unmet as refusal:
            show(form, refusal.problems)
        else:
            return redirect("cdm:design", project.pk)
    return render(
        request,
        "cdm/projects/new.html",
        {"form": form, "back_url": reverse("cdm:projects"), "back_label": "Projects"},
        status=422 if request.method == "POST" else 200,
    )


def _seen(user: User | None, at: dt.datetime) -> QuerySet[Project]:
    """The projects the reader may see, each once, knowing whether they have come to issuance."""
    keys = queries.visible_projects(user, at).order_by().values("pk")
    return knowing_the_listed(stages.with_issuance(Project.objects.filter(pk__in=keys)))


def _row(project: Project) -> list[Any]:
    average = money.average_annual_t(project) if project.crediting_months else None
    hint = " · ".join(part for part in (project.reference, str(project.developer)) if part)
    return [
        {"text": project.title, "url": project.get_absolute_url(), "hint": hint},
        project.host_party_name or "Not chosen yet",
        stages.NAMES[stages.stage_key(project)],
        {"tag": status_of(project)},
        average,
    ]
