"""Attaching a file to a project, letter, monitoring period or request, and reading one back, checked."""

from __future__ import annotations

import hashlib
import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from cdm import permissions, queries
from cdm.acts import papers
from cdm.forms.projects import AttachForm, show
from cdm.models import (
    BoardRequest,
    Document,
    DocumentVersion,
    LetterOfApproval,
    MonitoringPeriod,
    RegisteredChange,
)
from cdm.models.subject import Subject
from cdm.views.access import now, person, refusals_as_pages, subject_or_404
from cdm.views.project_acts import kinds_for
from cdm.workflow.refusals import Denied, Unmet
from cdm.workflow.roles import Role

log = logging.getLogger(__name__)
Kind = Document.Kind


def download(request: HttpRequest, key: int) -> HttpResponse:
    """One version of a document, as a download that no browser runs; 404 for who may not read it."""
    at = now()
    version = (
        DocumentVersion.objects.select_related(
            "document__project", "document__monitoring_period", "document__request", "document__change"
        )
        .filter(pk=key)
        .first()
    )
    if version is None or not queries.may_read(person(request), version, at):
        raise Http404("There is no such document, or it is not public.")
    try:
        with version.file.open("rb") as file:
            content = file.read()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != version.sha256:
        log.error("document version %s is not what was uploaded", version.pk)
        sentence = (
            f"“{version.filename}” is no longer what was uploaded: its hash does not fit. It is not given out. "
            "Tell the registry administrator."
        )
        return render(request, "409.html", {"sentence": sentence}, status=409)
    return HttpResponse(
        content,
        content_type=version.content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, version.filename) or "attachment",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "ETag": f'"{version.sha256}"',
        },
    )


@login_required
@refusals_as_pages
def attach(request: HttpRequest, machine: str, key: int) -> HttpResponse:
    """Attach a file to a project, letter of approval, monitoring period or request."""
    at = now()
    subject = subject_or_404(request, machine, key, at)
    if subject.project_if_any is None:
        raise Http404("Documents are attached to projects and to what belongs to them.")
    user = person(request)
    permissions.require(user, "attach_document", at=at, subject=subject)
    kinds = kinds_here(subject, permissions.roles_on(user, subject, at))
    if not kinds:
        raise Denied("No document can be attached here by you now.")
    form = AttachForm(request.POST or None, request.FILES or None, kinds=kinds)
    if request.method == "POST" and form.is_valid():
        try:
            version = papers.attach(subject, **form.cleaned_data, by=user, at=at)
        except Unmet as refusal:
            show(form, refusal.problems)
        else:
            messages.success(request, f"{version.document} is attached, version {version.number}.")
            return redirect(subject)
    return render(
        request,
        "cdm/project/one_form.html",
        {
            "form": form,
            "heading": "Attach a document",
            "caption": _name(subject),
            "button": "Attach",
            "back_url": subject.get_absolute_url(),
        },
        status=422 if request.method == "POST" else 200,
    )


def kinds_here(subject: Subject, roles: frozenset[Role]) -> list[str]:
    """The kinds of paper that fit the subject in its state, for these roles."""
    if isinstance(subject, MonitoringPeriod):
        found = {
            Role.PARTICIPANT: [Kind.MONITORING_REPORT] if subject.state == "being_prepared" else [],
            Role.DOE: [Kind.VERIFICATION_REPORT] if subject.state == "in_verification" else [],
        }
    elif isinstance(subject, RegisteredChange):
        revised = [Kind.PROJECT_DESIGN, Kind.CALCULATION] if subject.state == "being_prepared" else []
        found = {
            Role.PARTICIPANT: revised,
            Role.DOE: [Kind.VALIDATION_REPORT] if subject.state == "in_validation" else [],
        }
    elif isinstance(subject, BoardRequest):
        found = {Role.PARTICIPANT: [Kind.REVIEW_REPLY], Role.DOE: [Kind.REVIEW_REPLY]}
    elif isinstance(subject, LetterOfApproval):
        return [str(Kind.LETTER)] if Role.DNA in roles else []
    else:
        return kinds_for(roles, subject.state)
    for role in (Role.PARTICIPANT, Role.DOE, Role.SECRETARIAT):
        if role in roles:
            return [str(kind) for kind in (*found.get(role, []), Kind.OTHER)]
    return []


def _name(subject: Subject) -> str:
    project = subject.whole_project
    return project.title if subject is project else f"{subject}, {project.title}"
