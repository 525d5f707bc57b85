"""Needs of validation and verification by a designated operational entity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cdm import permissions
from cdm.models import Accreditation, Comment, Document, Finding, MonitoringPeriod, Organisation, Project
from cdm.rules import scopes
from cdm.rules.days import in_words
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.step import Problem, Step

Function = Accreditation.Function


def lacking_scopes(doe: Organisation, project: Project, function: str, day: dt.date) -> list[int]:
    """Sectoral scopes of the project for which the DOE is not accredited on `day`."""
    held = set(
        Accreditation.objects.held_on(day)
        .filter(doe=doe, function=function)
        .values_list("sectoral_scope", flat=True)
    )
    return [scope for scope in project.sectoral_scopes if scope not in held]


def halted_because(doe: Organisation, day: dt.date) -> str:
    """Why a DOE that was accredited holds no scope at all on that day, in a sentence; empty where that is not so."""
    if Accreditation.objects.held_on(day).filter(doe=doe).exists():
        return ""
    last = doe.entity_accreditations.filter(accredited_on__lte=day).order_by("-accredited_on", "-pk").first()
    if last is None or last.entered_state_at is None:
        return ""
    since = last.entered_state_at.astimezone(dt.UTC).date()
    return f"its accreditation is “{last.place.public}” since {in_words(since)}."


def accreditation_problem(doe: Organisation, project: Project, function: str, day: dt.date) -> str | None:
    """Why a DOE may not work on a project in this function on that day; None where it may."""
    lacking = lacking_scopes(doe, project, function, day)
    if not lacking:
        return None
    if halted := halted_because(doe, day):
        return (
            f"{doe} may not work on {Function(function).label.lower()}: {halted} It continues no work, and its open "
            "engagements have ended. Engage another DOE."
        )
    named = ", ".join(f"{scope} ({scopes.SECTORAL_SCOPES.get(scope, 'unknown')})" for scope in lacking)
    return (
        f"{doe} is not accredited on {in_words(day)} for {Function(function).label.lower()} in sectoral scope {named}, "
        "which the methodology needs. Engage a DOE that is."
    )


def independence_problem(doe: Organisation, project: Project) -> str | None:
    """3/CMP.1 annex, para 27(e): one DOE does not validate and verify, save small scale or by the Board's leave."""
    validated = project.opinions.filter(
        doe=doe, monitoring_period__isnull=True, change__isnull=True, is_positive=True
    ).exists()
    if not validated or project.is_small_scale:
        return None
    if project.same_entity_waivers.filter(doe=doe).exists():
        return None
    return (
        f"{doe} validated this large-scale project, so it may not verify it (3/CMP.1 annex, para 27(e)). "
        "Engage another DOE, or ask the Board for a waiver."
    )


@condition
def validator_is_accredited(step: Step) -> Answer:
    doe = permissions.doe_of(step.subject)
    if doe is None:
        return "No DOE is engaged to validate this project. The participants have to engage one first."
    return accreditation_problem(doe, step.project, Function.VALIDATION, step.day)


@condition
def verifier_is_engaged(step: Step) -> Answer:
    if permissions.doe_of(step.subject) is None:
        return Problem("No DOE is engaged to verify this project. Engage one first.", "engage")
    return None


@condition
def verifier_is_accredited(step: Step) -> Answer:
    doe = permissions.doe_of(step.subject)
    if doe is None:
        return "No DOE is engaged to verify this project. The participants have to engage one first."
    return accreditation_problem(doe, step.project, Function.VERIFICATION, step.day)


@condition
def verifier_is_independent(step: Step) -> Answer:
    doe = permissions.doe_of(step.subject)
    return independence_problem(doe, step.project) if doe is not None else None


@condition
def comments_are_answered(step: Step) -> Iterator[Problem]:
    """3/CMP.1 annex, paras 37(b) and 40(d): due account is taken of every comment received."""
    project = step.project
    comments = project.comments.filter(round=project.round)
    held = comments.filter(standing=Comment.Standing.HELD).count()
    if held:
        yield Problem(
            f"{held} comment{'s are' if held > 1 else ' is'} held as possible spam. "
            "The secretariat has to release or refuse them first.",
            "comments",
        )
    waiting = comments.filter(standing=Comment.Standing.PUBLISHED, answered_at__isnull=True).count()
    if waiting:
        yield Problem(
            f"{waiting} comment{'s have' if waiting > 1 else ' has'} no answer yet. Say how each was taken into "
            "account (3/CMP.1 annex, para 40(f)).",
            "comments",
        )


@condition
def findings_are_closed(step: Step) -> Iterator[Problem]:
    """Every CAR and CL is closed before a positive opinion; a FAR may stay open."""
    period = step.subject if isinstance(step.subject, MonitoringPeriod) else None
    findings = step.project.findings.filter(monitoring_period=period, closed_at__isnull=True).exclude(
        kind=Finding.Kind.FAR
    )
    if period is None:
        findings = findings.filter(round=step.project.round)
    for finding in findings:
        yield Problem(f"{finding} is open. Close it with a reason, or give a negative opinion.", "findings")


def _attached(step: Step, kind: str, **narrower: object) -> bool:
    return step.project.documents.filter(kind=kind, **narrower).exists()


@condition
def validation_report_is_attached(step: Step) -> Answer:
    """3/CMP.1 annex, para 40(f)."""
    if not _attached(step, Document.Kind.VALIDATION_REPORT, round=step.project.round):
        return Problem("Attach the validation report first.", "documents")
    return None


@condition
def verification_report_is_attached(step: Step) -> Answer:
    """3/CMP.1 annex, paras 62(h) and 63."""
    if not _attached(step, Document.Kind.VERIFICATION_REPORT, monitoring_period=step.subject):
        return Problem("Attach the verification and certification report first.", "documents")
    return None
