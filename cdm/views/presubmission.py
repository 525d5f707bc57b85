"""The check before submission, for the participants and the DOE of a project: it finds, and stops nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import permissions
from cdm.models import BoardRequest, MonitoringPeriod, Project
from cdm.presubmission import Examination, Severity, examine
from cdm.views.access import now, person, project_or_404, refusals_as_pages, subject_or_404
from cdm.workflow.refusals import Denied
from cdm.workflow.roles import Role

WHO = (Role.PARTICIPANT, Role.DOE)
OPEN = ("being_prepared", "returned")


@login_required
@refusals_as_pages
def project(request: HttpRequest, key: int) -> HttpResponse:
    """The design document of a project, before it is submitted or its registration is requested."""
    at = now()
    about = project_or_404(request, key, at)
    _require(request, about, at)
    if about.is_registered:
        return _page(request, about, None, at)
    return _page(request, about, examine(about, at=at), at)


@login_required
@refusals_as_pages
def request_to_the_board(request: HttpRequest, key: int) -> HttpResponse:
    """A request for registration or issuance."""
    at = now()
    about: BoardRequest = subject_or_404(request, "board_request", key, at)
    _require(request, about, at)
    return _page(request, about, examine(about, at=at), at)


@login_required
@refusals_as_pages
def monitoring_period(request: HttpRequest, key: int) -> HttpResponse:
    """A monitoring period, before it is handed over or certified."""
    at = now()
    about: MonitoringPeriod = subject_or_404(request, "monitoring_period", key, at)
    _require(request, about, at)
    return _page(request, about, examine(about, at=at), at)


def _require(request: HttpRequest, about: Project | BoardRequest | MonitoringPeriod, at: dt.datetime) -> None:
    """Only the participants and the DOE see what is wrong with a submission that nobody has received yet."""
    user = person(request)
    if not permissions.roles_on(user, about, at) & frozenset(WHO):
        raise Denied(permissions.denial(WHO, user, about))


def _page(
    request: HttpRequest,
    about: Project | BoardRequest | MonitoringPeriod,
    found: Examination | None,
    at: dt.datetime,
) -> HttpResponse:
    whole = about.whole_project
    trail: list[tuple[str, str]] = [(str(whole), whole.get_absolute_url())]
    if about != whole:
        trail.append((str(about), about.get_absolute_url()))
    context: dict[str, Any] = {
        "about": about,
        "caption": str(whole) if about != whole else "",
        "breadcrumbs": [*trail, ("Check before submission", "")],
        "examination": found,
        "groups": _groups(found) if found else [],
        "today": permissions.day_of(at),
        "onward": _onward(whole) if found is None else [],
        "back": {"url": about.get_absolute_url(), "text": f"Back to {_named(about)}"},
    }
    return render(request, "cdm/presubmission.html", context)


def _groups(found: Examination) -> list[dict[str, Any]]:
    """The findings by how the secretariat would take them."""
    groups = []
    for severity in Severity:
        rows = [finding for finding in found.findings if finding.severity is severity]
        if rows:
            groups.append({"severity": severity, "findings": rows})
    return groups


def _onward(whole: Project) -> list[tuple[str, str]]:
    """Where a registered project's open requests are checked."""
    return [
        (f"{row}: {row.monitoring_period}", reverse("cdm:request_check", args=[row.pk]))
        for row in whole.requests.filter(state__in=OPEN).select_related("monitoring_period")
    ]


def _named(about: Project | BoardRequest | MonitoringPeriod) -> str:
    if isinstance(about, Project):
        return "the project"
    return "the request" if isinstance(about, BoardRequest) else "the monitoring period"
