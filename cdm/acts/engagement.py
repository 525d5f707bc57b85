"""Engaging a DOE to validate or verify, ending the engagement, and the Board's leave for one DOE to do both."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cdm import notices
from cdm.acts.acting import NotOpen, Problem, acting, refuse
from cdm.models import Accreditation, Engagement, Organisation, Project, SameEntityWaiver, User
from cdm.workflow.conditions.validation import accreditation_problem, independence_problem
from cdm.workflow.locking import lock_entity
from cdm.workflow.roles import Role

Function = Accreditation.Function
BEFORE_PUBLICATION = ("draft", "awaiting_host_approval", "host_approved")
# here a DOE is engaged only in the place of one whose accreditation ended (the UNFCCC's “Validation Replaced”)
UNDER_VALIDATION = ("open_for_comments", "in_validation")


def engage(project: Project, *, doe: Organisation, function: str, by: User, at: dt.datetime) -> Engagement:
    """Engage a DOE accredited for all sectoral scopes of the project on this day (3/CMP.1 annex, paras 26-27)."""
    # the DOE's row first, as where it is suspended: an engagement never slips in behind the end of all others
    with transaction.atomic():
        lock_entity(doe)
        return _engage(project, doe=doe, function=function, by=by, at=at)


def _engage(project: Project, *, doe: Organisation, function: str, by: User, at: dt.datetime) -> Engagement:
    with acting(project, "engage_doe", by=by, at=at) as act:
        if function == Function.VERIFICATION and not act.project.is_registered:
            raise NotOpen("A DOE is engaged to verify after the project is registered.")
        replaces = act.project.state in UNDER_VALIDATION and not act.project.engagements.filter(
            function=function, until_at__isnull=True
        )
        if function == Function.VALIDATION and act.project.state not in BEFORE_PUBLICATION and not replaces:
            raise NotOpen(
                "A DOE is engaged to validate before the design document is published for comments."
            )
        if not act.project.sectoral_scopes:
            raise NotOpen("Choose the methodology first: it decides which sectoral scopes the DOE needs.")
        standing = act.project.engagements.filter(function=function, until_at__isnull=True).first()
        refuse(
            f"{doe} is not a designated operational entity." if doe.kind != Organisation.Kind.DOE else None,
            f"{standing.doe} is engaged for this already. End that engagement first." if standing else None,
            _as_problem(accreditation_problem(doe, act.project, function, act.day)),
            _as_problem(independence_problem(doe, act.project))
            if function == Function.VERIFICATION
            else None,
        )
        engagement = Engagement.objects.create(project=act.project, doe=doe, function=function, from_at=at)
        act.record(
            f"{doe} engaged: {Function(function).label.lower()}", data={"doe": doe.pk, "function": function}
        )
        notices.tell_roles(act.project, (Role.DOE,), f"You were engaged: {act.project.title}", at=at, but=by)
    return engagement


def end_engagement(engagement: Engagement, *, reason: str, by: User, at: dt.datetime) -> None:
    """End an engagement before it has published anything, or after its work is done; the reason is kept."""
    with acting(engagement.project, "end_engagement", by=by, at=at) as act:
        standing = Engagement.objects.filter(pk=engagement.pk, until_at__isnull=True).first()
        if standing is None:
            raise NotOpen("This engagement has ended already.")
        refuse(None if reason.strip() else Problem("Say why the engagement ends.", "reason"))
        if standing.function == Function.VALIDATION and act.project.state in (
            "open_for_comments",
            "in_validation",
            "requesting_registration",
        ):
            raise NotOpen("The validation is under way. Terminate the validation instead.")
        busy = act.project.monitoring_periods.filter(
            state__in=["submitted", "in_verification", "requesting_issuance"]
        )
        if standing.function == Function.VERIFICATION and busy.exists():
            raise NotOpen("A monitoring period is with this DOE. Wait until it is certified or handed back.")
        standing.until_at, standing.ended_because = at, reason.strip()
        standing.save(update_fields=["until_at", "ended_because"])
        act.record(
            f"Engagement of {standing.doe} ended: {standing.get_function_display().lower()}",
            note=reason.strip(),
            data={"doe": standing.doe_id, "function": standing.function},
        )


def waive_independence(
    project: Project, *, doe: Organisation, reason: str, by: User, at: dt.datetime
) -> SameEntityWaiver:
    """The Board's leave for one DOE to validate and verify this project (3/CMP.1 annex, para 27(e))."""
    with acting(project, "waive_doe_independence", by=by, at=at) as act:
        refuse(
            None if reason.strip() else Problem("Give the Board's reasons.", "reason"),
            f"{doe} has this waiver already."
            if act.project.same_entity_waivers.filter(doe=doe).exists()
            else None,
        )
        waiver = SameEntityWaiver.objects.create(
            project=act.project, doe=doe, reason=reason.strip(), granted_by=by, granted_at=at
        )
        act.record(
            f"The Board allowed {doe} to validate and verify this project",
            note=reason.strip(),
            data={"doe": doe.pk},
        )
    return waiver


def _as_problem(sentence: str | None) -> Problem | None:
    return Problem(sentence, "doe") if sentence else None
