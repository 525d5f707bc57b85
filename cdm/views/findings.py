"""The findings register of a DOE: raised, discussed, closed; for a validation and for each verification."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import permissions, queries
from cdm.acts import findings as finding_acts
from cdm.forms.acts import ReasonForm
from cdm.forms.findings import FindingForm, MessageForm
from cdm.models import Finding, MonitoringPeriod, Project
from cdm.views.access import now, person, project_or_404, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import act_page, posted
from cdm.views.subjects import button, may


def of_project(request: HttpRequest, key: int) -> HttpResponse:
    """The findings of the validation, of this round and the earlier ones."""
    at = now()
    return _register(request, project_or_404(request, key, at), at)


def of_period(request: HttpRequest, key: int) -> HttpResponse:
    """The findings of the verification of one monitoring period."""
    at = now()
    period: MonitoringPeriod = subject_or_404(request, "monitoring_period", key, at)
    return _register(request, period, at)


def _register(request: HttpRequest, subject: Project | MonitoringPeriod, at: dt.datetime) -> HttpResponse:
    user = person(request)
    project = subject.whole_project
    if not queries.is_concerned(user, project, at):
        raise Http404("The findings are for those who take part in the project.")
    period = subject if isinstance(subject, MonitoringPeriod) else None
    findings = (
        Finding.objects.filter(project=project, monitoring_period=period)
        .select_related("closed_by")
        .annotate(messages_count=Count("messages"))
        .order_by("-round", "kind", "number")
    )
    rounds: dict[int, list[Finding]] = {}
    for finding in findings:
        rounds.setdefault(finding.round, []).append(finding)
    states = finding_acts.VERIFYING if period else finding_acts.OPEN_STATES
    can_raise = subject.state in states and may(permissions.roles_on(user, subject, at), "raise_finding")
    name = "Findings of the verification" if period else "Findings of the validation"
    context = {
        "subject": subject,
        "project": project,
        "heading": name,
        "caption": f"{period}: {project}" if period else str(project),
        "breadcrumbs": [
            (str(project), project.get_absolute_url()),
            *([(str(period), period.get_absolute_url())] if period else []),
            (name, ""),
        ],
        "rounds": [(number, _rows(rows)) for number, rows in rounds.items()],
        "open_count": sum(
            1
            for rows in rounds.values()
            for one in rows
            if one.closed_at is None and one.round == project.round
        ),
        "moves": [button("Raise a finding", "finding_raise", subject.machine.name, subject.pk)]
        if can_raise
        else [],
    }
    return render(request, "cdm/findings/register.html", context)


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One finding with its thread; those who take part write to it, the DOE closes it."""
    at = now()
    finding = _finding_or_404(request, key, at)
    return _page(request, finding, at)


@login_required
@refusals_as_pages
def write(request: HttpRequest, key: int) -> HttpResponse:
    """Add a message to the thread."""
    at = now()
    finding = _finding_or_404(request, key, at)
    user = signed_in(request)
    permissions.require(user, "write_to_finding", at=at, subject=_subject_of(finding))
    return act_page(
        request,
        form=MessageForm(posted(request)),
        act=lambda given: finding_acts.write(finding, text=given["text"], by=user, at=at),
        done=lambda message: f"Your message was added to {finding}.",
        onward=lambda message: reverse("cdm:finding", args=[finding.pk]),
        heading=f"Write to {finding}",
        caption=str(finding.project),
        sentences=[finding.text],
        button="Send the message",
        back_url=reverse("cdm:finding", args=[finding.pk]),
        back_label=str(finding),
    )


@login_required
@refusals_as_pages
def raise_finding(request: HttpRequest, machine: str, key: int) -> HttpResponse:
    """The DOE raises a CAR, CL or FAR."""
    at = now()
    if machine not in ("project", "monitoring_period"):
        raise Http404("Findings are raised on a project or a monitoring period.")
    subject = subject_or_404(request, machine, key, at)
    user = signed_in(request)
    permissions.require(user, "raise_finding", at=at, subject=subject)
    back = register_url(subject)
    return act_page(
        request,
        form=FindingForm(posted(request)),
        act=lambda given: finding_acts.raise_finding(subject, **given, by=user, at=at),
        done=lambda made: f"{made} was raised.",
        onward=lambda made: reverse("cdm:finding", args=[made.pk]),
        heading="Raise a finding",
        caption=str(subject.whole_project),
        button="Raise the finding",
        law="Validation and verification standard (rulebook 2.4)",
        back_url=back,
        back_label="Findings",
    )


@login_required
@refusals_as_pages
def close(request: HttpRequest, key: int) -> HttpResponse:
    """The DOE closes a finding, by name and with the reason."""
    at = now()
    finding = _finding_or_404(request, key, at)
    user = signed_in(request)
    permissions.require(user, "close_finding", at=at, subject=_subject_of(finding))
    return act_page(
        request,
        form=ReasonForm(posted(request), label="How it was resolved"),
        act=lambda given: finding_acts.close(finding, reason=given["reason"], by=user, at=at),
        done=lambda closed: f"{closed} is closed.",
        onward=lambda closed: register_url(_subject_of(closed)),
        heading=f"Close {finding}",
        caption=str(finding.project),
        sentences=[finding.text],
        warning="A closed finding stays closed, with your name and the reason.",
        button="Close the finding",
        back_url=reverse("cdm:finding", args=[finding.pk]),
        back_label=str(finding),
    )


def register_url(subject: Any) -> str:
    """The address of the register that a subject's findings stand in."""
    name = "period_findings" if isinstance(subject, MonitoringPeriod) else "findings"
    return reverse(f"cdm:{name}", args=[subject.pk])


def _page(request: HttpRequest, finding: Finding, at: dt.datetime) -> HttpResponse:
    user = person(request)
    subject = _subject_of(finding)
    held = permissions.roles_on(user, subject, at)
    is_open = finding.closed_at is None
    moves = []
    if is_open and may(held, "write_to_finding"):
        moves.append(button("Write a message", "finding_write", finding.pk))
    if is_open and may(held, "close_finding"):
        moves.append(button("Close the finding", "finding_close", finding.pk, tone="secondary"))
    thread = [
        {
            "label": finding.get_kind_display(),
            "author": finding.raised_by,
            "organisation": finding.doe,
            "at": finding.raised_at,
            "text": finding.text,
        },
        *(
            {"author": message.author, "at": message.written_at, "text": message.text, "answer": True}
            for message in finding.messages.select_related("author")
        ),
    ]
    if finding.closed_at:
        thread.append(
            {
                "label": "Closed",
                "author": finding.closed_by,
                "organisation": finding.doe,
                "at": finding.closed_at,
                "text": finding.closed_because,
            }
        )
    context = {
        "finding": finding,
        "heading": str(finding),
        "caption": str(finding.project),
        "status": _status(finding),
        "facts": [f"Section {finding.section}"] if finding.section else [],
        "breadcrumbs": [
            (str(finding.project), finding.project.get_absolute_url()),
            ("Findings", register_url(subject)),
            (str(finding), ""),
        ],
        "thread": thread,
        "moves": moves,
    }
    return render(request, "cdm/findings/finding.html", context)


def _finding_or_404(request: HttpRequest, key: int, at: dt.datetime) -> Finding:
    """The finding, for those who take part in the project."""
    finding = (
        Finding.objects.filter(pk=key)
        .select_related("project", "monitoring_period", "doe", "raised_by", "closed_by")
        .first()
    )
    if finding is None or not queries.is_concerned(person(request), finding.project, at):
        raise Http404("There is no such finding, or it is not public.")
    return finding


def _subject_of(finding: Finding) -> Project | MonitoringPeriod:
    return finding.monitoring_period or finding.project


def _rows(findings: list[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "finding": finding,
            "url": reverse("cdm:finding", args=[finding.pk]),
            "text": finding.text if len(finding.text) < 200 else f"{finding.text[:190]} …",
            "messages": finding.messages_count,  # type: ignore[attr-defined]
            "status": _status(finding),
        }
        for finding in findings
    ]


def _status(finding: Finding) -> dict[str, str]:
    if finding.closed_at:
        return {"label": "Closed", "tone": "good"}
    return {"label": "Open", "tone": "neutral" if finding.kind == Finding.Kind.FAR else "waiting"}
