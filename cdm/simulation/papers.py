"""What the agents do before a move, and where nothing moves: papers, signatures, engagements, replies, assessments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from cdm import modalities as modalities_in_force
from cdm import permissions, small_scale_claims
from cdm.acts import (
    comments,
    engagement,
    findings,
    matters,
    modalities,
    monitoring,
    requests,
    signing,
)
from cdm.models import Document, User
from cdm.rules import modalities as modality_rules
from cdm.simulation import accounts, changes, filing, later_reductions
from cdm.simulation.giving import TEXT, attach, outcome_of
from cdm.simulation.world import World
from cdm.workflow.roles import Role

Act = Callable[[World, Any, User], bool]
"""Does something if there is something to do; whether there was."""


def engage(world: World, subject: Any, by: User) -> bool:
    """Engage whoever the dice name; a verifier that validated is refused, and another is asked another day."""
    project = subject.whole_project
    function = "verification" if project.is_registered else "validation"
    if permissions.doe_of(project) is not None:
        return False
    doe = world.one_of(world.cast.bodies["doe"])
    world.attempt(
        "engage DOE",
        lambda: engagement.engage(project, doe=doe, function=function, by=by, at=world.at),
        subject=project,
        counts=True,
    )
    return True


def prepare_request(world: World, subject: Any, by: User) -> bool:
    return world.attempt(
        "prepare request", lambda: requests.prepare(subject, by=by, at=world.at), subject=subject, counts=True
    )


def state_modalities(world: World, project: Any, by: User) -> bool:
    """The developer alone speaks, or together with the other participants."""
    if project.modalities_statements.filter(state="being_signed").exists():
        return False
    bodies = [
        one.organisation for one in project.participations.select_related("organisation").order_by("pk")
    ]
    rule = world.one_of(("sole", "joint", "shared")) if len(bodies) > 1 else "sole"
    held = (rule, bodies[:1] if rule == "sole" else bodies)
    scopes = {scope: held for scope in modality_rules.SCOPES}
    return world.attempt(
        "state modalities",
        lambda: modalities.state(project, scopes=scopes, by=by, at=world.at),
        subject=project,
        counts=True,
    )


def sign(world: World, subject: Any, by: User) -> bool:
    if world.happens(0.05):
        world.provoke(
            "sign another text",
            lambda: signing.sign(subject, content_sha256="0" * 64, by=by, at=world.at),
            subject=subject,
        )
    return world.attempt(
        "sign",
        lambda: signing.sign(subject, content_sha256=subject.content_sha256, by=by, at=world.at),
        subject=subject,
        counts=True,
    )


def reply(world: World, request: Any, by: User) -> bool:
    """A reply to the requests for review; in one case of five none comes, and the clock goes on without it."""
    if world.happens(0.2):
        return True
    return world.attempt(
        "reply to review",
        lambda: requests.reply(request, text=TEXT, by=by, at=world.at),
        subject=request,
        counts=True,
    )


def assess(world: World, matter: Any, by: User) -> bool:
    """Assess as the world means it to end; sometimes the two disagree and a second expert is needed."""
    outcome = outcome_of(world, matter)
    if world.happens(0.15):
        outcome = world.one_of(("approve", "reject"))
    return world.attempt(
        "assess",
        lambda: matters.assess(matter, recommendation=outcome, text=TEXT, by=by, at=world.at),
        subject=matter,
        counts=True,
    )


# --- before a move ------------------------------------------------------------------------------------------


def complete_draft(world: World, project: Any, _by: User) -> bool:
    filing.complete(world, project)
    return True


def close_validation(world: World, project: Any, by: User) -> bool:
    """Findings and comments settled, the report attached."""
    for finding in project.findings.filter(monitoring_period__isnull=True, closed_at__isnull=True).order_by(
        "pk"
    ):
        _settle(world, finding, by)
    for comment in project.comments.filter(round=project.round).order_by("pk"):
        if comment.standing == "held":
            comments.judge(comment, is_spam=True, reason=TEXT, by=world.cast.secretary, at=world.at)
        elif comment.standing == "published" and comment.answered_at is None:
            comments.answer(comment, text=TEXT, by=by, at=world.at)
            world.tally.acts["answer comment"] += 1
    if not project.documents.filter(kind=Document.Kind.VALIDATION_REPORT, round=project.round).exists():
        attach(world, project, by, "validation_report")
    return True


def _settle(world: World, finding: Any, by: User) -> None:
    findings.write(finding, text=TEXT, by=by, at=world.at)
    findings.close(finding, reason=TEXT, by=by, at=world.at)
    world.tally.acts["close finding"] += 1


def complete_report(world: World, period: Any, by: User) -> bool:
    """Amounts stated, the monitoring report attached."""
    days = (period.ends_on - period.starts_on).days + 1
    yearly = period.project.estimates.order_by("year").first()
    reported = {
        amount.commitment_period: max(1, (yearly.baseline_t - yearly.project_t) * days // 366)
        for amount in period.amounts.all()
    }
    split = small_scale_claims.evenly(period, reported) if period.project.is_small_scale else {}
    years = [monitoring.Year(year, tonnes) for year, tonnes in split.items()]
    world.attempt(
        "state amounts",
        lambda: monitoring.state_amounts(period, reported=reported, years=years, by=by, at=world.at),
        subject=period,
        counts=True,
    )
    if not period.documents.filter(kind=Document.Kind.MONITORING_REPORT).exists():
        attach(world, period, by, "monitoring_report")
    engage(world, period, by)
    return True


def close_verification(world: World, period: Any, by: User) -> bool:
    for finding in period.findings.filter(closed_at__isnull=True).order_by("pk"):
        _settle(world, finding, by)
    if not period.documents.filter(kind=Document.Kind.VERIFICATION_REPORT).exists():
        attach(world, period, by, "verification_report")
    return True


def attach_correction(world: World, request: Any, by: User) -> bool:
    return attach(world, request, by, "correction")


# --- whims of those who are at work -------------------------------------------------------------------------


def raise_finding(world: World, subject: Any, by: User) -> bool:
    return world.attempt(
        "raise finding",
        lambda: findings.raise_finding(
            subject, kind=world.one_of(("CAR", "CL", "FAR")), section="(d)", text=TEXT, by=by, at=world.at
        ),
        subject=subject,
        counts=True,
    )


def comment(world: World, project: Any) -> bool:
    def make() -> None:
        made = comments.make(
            project, name="Ana", organisation="", email="ana@simulated.example", text=TEXT, at=world.at
        )
        comments.confirm(comments.token(made), at=world.at)

    return world.attempt("comment", make, subject=project, counts=True)


def open_period(world: World, project: Any, by: User) -> bool:
    """The next months of the crediting period, once they are over."""
    last = project.monitoring_periods.exclude(state="withdrawn").order_by("-ends_on").first()
    starts_on = last.ends_on + dt.timedelta(days=1) if last else project.crediting_starts_on
    ends_on = starts_on + dt.timedelta(days=world.dice.randrange(90, 300))
    if ends_on >= world.today and not world.happens(0.02):
        return False
    return world.attempt(
        "open monitoring period",
        lambda: monitoring.open_period(project, starts_on=starts_on, ends_on=ends_on, by=by, at=world.at),
        subject=project,
        counts=True,
    )


def statement_in_force(project: Any) -> Any:
    return modalities_in_force.in_force(project)


# where a task names no move, or its move needs something first: machine, state, role
INSTEAD: dict[tuple[str, str, str], Act] = {
    ("project", "validated", Role.DOE): prepare_request,
    ("project", "validated", Role.PARTICIPANT): state_modalities,
    ("project", "host_approved", Role.PARTICIPANT): engage,
    ("project", "open_for_comments", Role.PARTICIPANT): engage,
    ("project", "in_validation", Role.PARTICIPANT): engage,
    ("monitoring_period", "submitted", Role.PARTICIPANT): engage,
    ("monitoring_period", "in_verification", Role.PARTICIPANT): engage,
    ("monitoring_period", "certified", Role.DOE): prepare_request,
    ("registered_change", "validated", Role.DOE): prepare_request,
    ("board_request", "review_requested", Role.PARTICIPANT): reply,
    ("board_request", "review_requested", Role.DOE): reply,
    ("modalities_statement", "being_signed", Role.FOCAL_POINT): sign,
    ("participant_change", "being_signed", Role.FOCAL_POINT): sign,
    ("forwarding_request", "being_signed", Role.FOCAL_POINT): sign,
    ("risk_acknowledgement", "being_signed", Role.FOCAL_POINT): sign,
    ("transition", "being_signed", Role.FOCAL_POINT): sign,
    ("board_request", "being_prepared", Role.FOCAL_POINT): later_reductions.acknowledge,
    ("board_request", "returned", Role.FOCAL_POINT): later_reductions.acknowledge,
    ("board_request", "awaiting_transition", Role.FOCAL_POINT): later_reductions.request_transition,
}
BEFORE: dict[tuple[str, str, str], Act] = {
    ("project", "draft", Role.PARTICIPANT): complete_draft,
    ("project", "in_validation", Role.DOE): close_validation,
    ("monitoring_period", "being_prepared", Role.PARTICIPANT): complete_report,
    ("monitoring_period", "in_verification", Role.DOE): close_verification,
    ("registered_change", "being_prepared", Role.PARTICIPANT): changes.complete,
    ("registered_change", "in_validation", Role.DOE): changes.report,
    ("board_request", "corrections_requested", Role.DOE): attach_correction,
    ("excess_issuance", "due", Role.DOE): accounts.acquire,
    ("excess_issuance", "overdue", Role.DOE): accounts.acquire,
}
