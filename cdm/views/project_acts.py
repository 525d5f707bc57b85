"""What a person may do on the page of a project: the moves of its machine, and the acts that move nothing."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cdm import modalities
from cdm.acts.engagement import BEFORE_PUBLICATION, UNDER_VALIDATION
from cdm.acts.papers import KINDS_OF_ROLE, OF_THE_DESIGN_DOCUMENT
from cdm.models import Comment, Document, Engagement
from cdm.models.prior_consideration import STANDING
from cdm.views.moves import buttons
from cdm.views.project_page import ProjectPage
from cdm.views.provisional import can_request_transition
from cdm.workflow import engine
from cdm.workflow.roles import Role

# moves that end something: offered last, and never as the first button
ENDING = ("withdraw", "terminate_validation", "give_negative_opinion", "reopen_draft")
STATED_IN = ("open_for_comments", "in_validation", "validated")
CHECK_SENTENCE = "Finds what such submissions were really returned for."
NOTICE_SENTENCE = "Tells the host Party's authority and the secretariat, within 180 days of the start."
Offer = dict[str, Any]


def offers_on(page: ProjectPage) -> list[Offer]:
    """Everything the person may do now, what leads on first, what ends something last."""
    moves = [
        move
        for move in engine.open_moves(page.project, by=page.user, at=page.at)
        if move.name != "submit"  # submitting has its own page, which shows the whole document
    ]
    going_on = [move for move in moves if move.name not in ENDING]
    leading = buttons([move for move in going_on if not move.problems], page.project)
    blocked = buttons([move for move in going_on if move.problems], page.project)
    ending = buttons([move for move in moves if move.name in ENDING and not move.problems], page.project)
    offers = [*_drafting(page), *leading, *_validating(page), *_after_registration(page), *_moving_on(page)]
    offers += _papers(page)
    offers += [*blocked, *ending]
    tones = ["", *["secondary"] * len(offers)]
    return [{**offer, "tone": offer.get("tone") or tone} for offer, tone in zip(offers, tones, strict=False)]


def _offer(label: str, name: str, *args: Any, sentence: str = "", is_post: bool = False) -> list[Offer]:
    url = reverse(f"cdm:{name}", args=args)
    return [{"label": label, "url": url, "sentence": sentence, "unmet": [], "is_post": is_post}]


def _drafting(page: ProjectPage) -> list[Offer]:
    project = page.project
    if project.state != "draft" or not page.may("edit_design_document"):
        return []
    return [
        *_offer("Continue the project design document", "design", project.pk),
        *_offer("Check and submit", "design_check", project.pk, sentence="Lists everything still missing."),
        *_offer("Compare it with its spreadsheets", "project_check", project.pk, sentence=CHECK_SENTENCE),
        *_considering(page),
    ]


def _considering(page: ProjectPage) -> list[Offer]:
    if page.project.published_on or any(one.state in STANDING for one in page.seen.notices_of_consideration):
        return []
    return _offer(
        "Give notice of prior consideration",
        "notify_consideration",
        page.project.pk,
        sentence=NOTICE_SENTENCE,
    )


def _validating(page: ProjectPage) -> list[Offer]:
    project, found = page.project, []
    validator = standing(page, "validation")
    if (
        page.may("engage_doe")
        and project.state in (*BEFORE_PUBLICATION, *UNDER_VALIDATION)
        and validator is None
    ):
        found += _offer("Engage a DOE to validate", "engage_validator", project.pk)
    if project.state in ("open_for_comments", "in_validation"):
        if page.may("answer_comment"):
            found += _offer("Read and answer the comments", "comments", project.pk)
        if page.may("raise_finding"):
            found += _offer("Raise, discuss and close findings", "findings", project.pk)
        elif page.may("write_to_finding") and project.findings.filter(closed_at__isnull=True).exists():
            found += _offer("Answer the open findings", "findings", project.pk)
    if project.state in ("in_validation", "validated") and page.roles & {Role.PARTICIPANT, Role.DOE}:
        found += _offer("Check before submission", "project_check", project.pk, sentence=CHECK_SENTENCE)
    if page.may("state_modalities") and project.state in STATED_IN and modalities.in_force(project) is None:
        found += _offer(
            "State who speaks for the participants",
            "project_participants",
            project.pk,
            sentence="The statement of modalities goes with the request for registration, signed by all.",
        )
    held = project.comments.filter(standing=Comment.Standing.HELD)
    if page.may("release_comment") and held.exists():
        found += _offer("Look at the comments held as possible spam", "held_comments")
    if project.state == "validated" and page.may("prepare_request") and _no_request_is_open(page):
        found += _offer(
            "Prepare the request for registration",
            "prepare_registration",
            project.pk,
            sentence="Opens the request; it is sent when you submit it.",
            is_post=True,
        )
    if validator is not None and page.may("end_engagement") and project.state in BEFORE_PUBLICATION:
        found += _offer(f"End the engagement of {validator.doe}", "end_engagement", validator.pk)
    return found


def _after_registration(page: ProjectPage) -> list[Offer]:
    project, found = page.project, []
    if not project.is_registered:
        return found
    verifier = standing(page, "verification")
    if page.may("engage_doe") and verifier is None:
        found += _offer("Engage a DOE to verify", "engage_verifier", project.pk)
    if page.may("open_monitoring_period") and project.state != "deregistered":
        found += _offer("Open a monitoring period", "open_monitoring", project.pk)
    if page.may("waive_doe_independence") and not project.is_small_scale:
        found += _offer("Allow one DOE to validate and verify", "waive", project.pk)
    if page.may("prepare_change") and project.state == "registered":
        found += _offer(
            "Renew the crediting period or ask for a change",
            "project_changes",
            project.pk,
            sentence="Shows the crediting periods and when a renewal is due.",
        )
    busy = any(
        period.state in ("submitted", "in_verification", "requesting_issuance")
        for period in page.seen.periods
    )
    if verifier is not None and page.may("end_engagement") and not busy:
        found += _offer(f"End the engagement of {verifier.doe}", "end_engagement", verifier.pk)
    return found


def _moving_on(page: ProjectPage) -> list[Offer]:
    if not page.may("request_transition") or not can_request_transition(page.project, page.at):
        return []
    return _offer(
        "Request the transition to the Article 6.4 mechanism",
        "request_transition",
        page.project.pk,
        sentence="The focal points for scope (c) sign it; then the host Party approves.",
    )


def _papers(page: ProjectPage) -> list[Offer]:
    if not kinds_for(page.roles, page.project.state):
        return []
    return _offer("Attach a document", "attach", "project", page.project.pk)


def kinds_for(roles: frozenset[Role], state: str) -> list[str]:
    """The kinds of paper that may be attached to the project itself now, in one of these roles."""
    validating = state in ("open_for_comments", "in_validation")
    found: list[str] = []
    for role in (Role.PARTICIPANT, Role.DOE, Role.DNA, Role.SECRETARIAT):
        if role not in roles:
            continue
        for kind in KINDS_OF_ROLE[role]:
            fits = (
                kind == Document.Kind.OTHER
                or (kind in OF_THE_DESIGN_DOCUMENT and state == "draft")
                or (kind == Document.Kind.VALIDATION_REPORT and validating)
            )
            if fits:
                found.append(str(kind))
        break  # an act is done in the first role that may: see permissions.require
    return found


def standing(page: ProjectPage, function: str) -> Engagement | None:
    """The DOE at work in this function."""
    return (
        page.project.engagements.filter(function=function, until_at__isnull=True)
        .select_related("doe")
        .first()
    )


def _no_request_is_open(page: ProjectPage) -> bool:
    return not any(request.is_registration and not request.place.ending for request in page.seen.requests)
