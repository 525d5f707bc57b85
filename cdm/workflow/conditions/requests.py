"""Needs of a request to the Executive Board, from its submission to the issuance."""

from __future__ import annotations

from collections.abc import Iterator

from cdm.models import Document
from cdm.rules import review
from cdm.workflow import judging
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.conditions.proposal import host_letter_is_issued
from cdm.workflow.conditions.registered_changes import papers_of_a_change
from cdm.workflow.conditions.validation import independence_problem
from cdm.workflow.step import Problem, Step


@condition
def request_papers_are_complete(step: Step) -> Iterator[Problem]:
    """3/CMP.1 annex, paras 40(f) and 63-64: the reports that a request consists of."""
    request, project = step.subject, step.project
    if request.is_registration:
        if not project.documents.filter(kind=Document.Kind.VALIDATION_REPORT, round=project.round).exists():
            yield Problem("The validation report is not attached to the project.", "documents")
        return
    if request.change is not None:
        yield from papers_of_a_change(request.change, report=True)
        return
    for kind in (Document.Kind.MONITORING_REPORT, Document.Kind.VERIFICATION_REPORT):
        if not request.monitoring_period.documents.filter(kind=kind).exists():
            yield Problem(f"The {kind.label.lower()} is not attached to the monitoring period.", "documents")


@condition
def registration_can_be_requested(step: Step) -> Answer:
    if not step.subject.is_registration:
        return None
    project = step.project
    if project.state not in ("validated", "requesting_registration"):
        return f"The project is “{project.place.label}”; registration is requested after a positive validation opinion."
    return host_letter_is_issued(step)


@condition
def issuance_can_be_requested(step: Step) -> Answer:
    request = step.subject
    if not request.is_issuance:
        return None
    if step.project.state == "deregistered":
        return "The project was de-registered. Nothing is issued for it any more (rulebook 2.15)."
    period = request.monitoring_period
    if period.state not in ("certified", "requesting_issuance"):
        return (
            f"{period} is “{period.place.label}”; issuance is requested after certification "
            "(3/CMP.1 annex, para 64)."
        )
    return independence_problem(request.doe, step.project)


@condition
def review_was_not_requested(step: Step) -> Answer:
    """3/CMP.1 annex, paras 41 and 65: a Party involved, or at least three members."""
    if review.is_triggered(
        judging.rules_of(step.subject, step.day),
        members=step.subject.review_requests.filter(party="").count(),
        parties=step.subject.review_requests.exclude(party="").count(),
    ):
        return "A review was requested, so the request is not final by the clock."
    return None


@condition
def nobody_issued_for_this_period(step: Step) -> Answer:
    others = step.subject.monitoring_period.requests.filter(state="issued").exclude(pk=step.subject.pk)
    if others.exists():
        return "Units have already been issued for this monitoring period."
    return None
