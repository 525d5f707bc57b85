"""Engaging a DOE, ending its engagement, and the Board's leave for one DOE to validate and verify."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from cdm import permissions
from cdm.acts import engagement as engagement_acts
from cdm.forms.acts import ReasonForm
from cdm.forms.monitoring import EngageForm, WaiverForm
from cdm.models import Accreditation, Engagement, Organisation, Project
from cdm.rules import scopes
from cdm.templatetags.cdm_format import day
from cdm.views.access import now, project_or_404, refusals_as_pages, signed_in
from cdm.views.acts import act_page, posted
from cdm.workflow.conditions.validation import accreditation_problem, independence_problem

Function = Accreditation.Function


@login_required
@refusals_as_pages
def engage_verifier(request: HttpRequest, key: int) -> HttpResponse:
    """Engage a DOE to verify: accredited for the project's scopes, and not the one that validated it."""
    return _engage(request, key, Function.VERIFICATION)


@login_required
@refusals_as_pages
def engage_validator(request: HttpRequest, key: int) -> HttpResponse:
    """Engage a DOE to validate: accredited for the project's scopes."""
    return _engage(request, key, Function.VALIDATION)


def _engage(request: HttpRequest, key: int, function: Function) -> HttpResponse:
    at = now()
    project = project_or_404(request, key, at)
    user = signed_in(request)
    permissions.require(user, "engage_doe", at=at, subject=project)
    able, unable = _sorted_out(project, function, permissions.day_of(at))
    verb = "validate" if function == Function.VALIDATION else "verify"
    form = EngageForm(posted(request))
    if request.method != "POST":
        # whoever may not be engaged is named below with the reason, and refused by the act
        able_does = Organisation.objects.filter(pk__in=[one.pk for one in able])
        form.fields["doe"].queryset = able_does  # type: ignore[attr-defined]
    needed = scopes.in_words(project.sectoral_scopes)
    return act_page(
        request,
        form=form,
        act=lambda given: engagement_acts.engage(
            project, doe=given["doe"], function=function.value, by=user, at=at
        ),
        done=lambda made: f"{made.doe} is engaged to {verb} the project.",
        onward=lambda made: project.get_absolute_url(),
        heading=f"Engage a DOE to {verb}",
        caption=str(project),
        sentences=[
            f"The methodology needs an accreditation for sectoral scope {needed}."
            if needed
            else "Choose the methodology first: it decides which sectoral scopes the DOE needs.",
        ],
        button="Engage",
        unable=unable,
        able=able,
        law="3/CMP.1 annex, paras 26-27",
        template="cdm/monitoring/engage.html",
        back_url=project.get_absolute_url(),
        back_label=str(project),
    )


@login_required
@refusals_as_pages
def end_engagement(request: HttpRequest, key: int) -> HttpResponse:
    """End an engagement, with the reason."""
    at = now()
    engagement = Engagement.objects.filter(pk=key).select_related("project", "doe").first()
    if engagement is None:
        raise Http404("There is no such engagement.")
    project = project_or_404(request, engagement.project_id, at)
    user = signed_in(request)
    permissions.require(user, "end_engagement", at=at, subject=project)
    return act_page(
        request,
        form=ReasonForm(posted(request)),
        act=lambda given: engagement_acts.end_engagement(engagement, reason=given["reason"], by=user, at=at),
        done=lambda result: f"The engagement of {engagement.doe} has ended.",
        onward=lambda result: project.get_absolute_url(),
        heading="End the engagement",
        caption=str(project),
        sentences=[
            f"{engagement.doe} has been engaged since {day(engagement.from_at)}: "
            f"{engagement.get_function_display().lower()}."
        ],
        button="End the engagement",
        back_url=project.get_absolute_url(),
        back_label=str(project),
    )


@login_required
@refusals_as_pages
def waive(request: HttpRequest, key: int) -> HttpResponse:
    """The Board allows the DOE that validated a project to verify it, too."""
    at = now()
    project = project_or_404(request, key, at)
    user = signed_in(request)
    permissions.require(user, "waive_doe_independence", at=at, subject=project)
    does = Organisation.objects.filter(
        pk__in=project.opinions.filter(
            monitoring_period__isnull=True, change__isnull=True, is_positive=True
        ).values("doe")
    )
    sentences = [
        "A DOE that validated a large-scale project does not verify it, unless the Board allows it. "
        "The decision and its reasons are public."
    ]
    if not does.exists():
        sentences.append("No DOE has validated this project yet.")
    return act_page(
        request,
        form=WaiverForm(posted(request), does=does),
        act=lambda given: engagement_acts.waive_independence(
            project, doe=given["doe"], reason=given["reason"], by=user, at=at
        ),
        done=lambda waiver: f"{waiver.doe} may validate and verify this project.",
        onward=lambda waiver: project.get_absolute_url(),
        heading="Allow one DOE to validate and verify",
        caption=str(project),
        sentences=sentences,
        button="Record the Board's leave",
        law="3/CMP.1 annex, para 27(e)",
        template="cdm/act.html" if does.exists() else "cdm/act_closed.html",
        back_url=project.get_absolute_url(),
        back_label=str(project),
    )


def _sorted_out(
    project: Project, function: Function, today: dt.date
) -> tuple[list[Organisation], list[dict[str, Any]]]:
    """The DOEs that may be engaged, and those that may not with the reason."""
    able, unable = [], []
    for doe in Organisation.objects.filter(kind=Organisation.Kind.DOE):
        problem = accreditation_problem(doe, project, function.value, today)
        if problem is None and function == Function.VERIFICATION:
            problem = independence_problem(doe, project)
        if problem is None:
            able.append(doe)
        else:
            unable.append({"key": doe.name, "value": problem})
    return able, unable
