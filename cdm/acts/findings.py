"""The findings register of a DOE: raised, discussed in a thread, closed by a named person."""

from __future__ import annotations

import datetime as dt

from cdm import notices, permissions
from cdm.acts.acting import NotOpen, Problem, acting, refuse
from cdm.models import Finding, FindingMessage, MonitoringPeriod, Project, User
from cdm.workflow.roles import Role

OPEN_STATES = ("open_for_comments", "in_validation")
VERIFYING = ("in_verification",)


def raise_finding(
    subject: Project | MonitoringPeriod, *, kind: str, section: str, text: str, by: User, at: dt.datetime
) -> Finding:
    """Raise a CAR, CL or FAR on a project under validation or a monitoring period in verification."""
    states = VERIFYING if isinstance(subject, MonitoringPeriod) else OPEN_STATES
    with acting(subject, "raise_finding", by=by, at=at, states=states) as act:
        refuse(
            None if kind in Finding.Kind.values else Problem("Choose CAR, CL or FAR.", "kind"),
            None if text.strip() else Problem("Write what was found.", "text"),
        )
        period = act.subject if isinstance(act.subject, MonitoringPeriod) else None
        others = Finding.objects.filter(
            project=act.project, monitoring_period=period, round=act.project.round, kind=kind
        )
        finding = Finding.objects.create(
            project=act.project,
            monitoring_period=period,
            round=act.project.round,
            doe=permissions.doe_of(act.subject),
            kind=kind,
            number=others.count() + 1,
            section=section.strip(),
            text=text.strip(),
            raised_by=by,
            raised_at=at,
        )
        act.record(
            f"{finding} raised",
            data={"finding": finding.pk, "text": finding.text, "section": finding.section},
        )
        notices.tell_roles(
            act.subject, (Role.PARTICIPANT,), f"{finding} raised: {act.project.title}", at=at, but=by
        )
    return finding


def write(finding: Finding, *, text: str, by: User, at: dt.datetime) -> FindingMessage:
    """Add a message to the thread of an open finding; by the DOE or a participant."""
    subject = finding.monitoring_period or finding.project
    with acting(subject, "write_to_finding", by=by, at=at) as act:
        finding.refresh_from_db()
        if finding.closed_at is not None:
            raise NotOpen(f"{finding} is closed. Nothing more can be written to it.")
        refuse(None if text.strip() else Problem("Write your message.", "text"))
        message = FindingMessage.objects.create(finding=finding, author=by, text=text.strip(), written_at=at)
        act.record(
            f"Message written to {finding}",
            data={"finding": finding.pk, "text": message.text},
            is_public=False,
        )
        other = Role.PARTICIPANT if act.role is Role.DOE else Role.DOE
        notices.tell_roles(act.subject, (other,), f"Message on {finding}: {act.project.title}", at=at, but=by)
    return message


def close(finding: Finding, *, reason: str, by: User, at: dt.datetime) -> Finding:
    """Close a finding, by name and with the reason; by the DOE."""
    subject = finding.monitoring_period or finding.project
    with acting(subject, "close_finding", by=by, at=at) as act:
        finding.refresh_from_db()
        if finding.closed_at is not None:
            raise NotOpen(f"{finding} is closed already, by {finding.closed_by}.")
        refuse(None if reason.strip() else Problem("Say how the finding was resolved.", "reason"))
        finding.closed_by, finding.closed_at, finding.closed_because = by, at, reason.strip()
        finding.save(update_fields=["closed_by", "closed_at", "closed_because"])
        act.record(f"{finding} closed", note=reason.strip(), data={"finding": finding.pk})
        notices.tell_roles(
            act.subject, (Role.PARTICIPANT,), f"{finding} closed: {act.project.title}", at=at, but=by
        )
    return finding
