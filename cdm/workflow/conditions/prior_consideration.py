"""Needs of prior consideration: the DOE's check, and what makes a notice too late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cdm import permissions
from cdm.models import Project
from cdm.rules import prior_consideration as rules
from cdm.rules.days import in_words
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.step import Problem, Step


def first_published_on(project: Project) -> dt.date | None:
    """The GMT day on which the design document was first published for comments, in whatever round."""
    first = (
        project.records.filter(machine_name="project", verb__in=("publish", "republish"))
        .order_by("number")
        .first()
    )
    return permissions.day_of(first.at) if first else None


@condition
def prior_consideration_is_on_record(step: Step) -> Answer:
    """EB 48 annex 61, paras 2-3: without a notice in time the CDM was not seriously considered.

    Starts before 2 August 2008 had no such duty: there awareness is for the DOE to judge.
    """
    project = step.project
    started_on = project.started_on
    duty = rules.duty(started_on) if started_on else None
    if started_on is None or duty is None:
        return None
    if rules.exemption(
        started_on,
        published_on=first_published_on(project),
        methodology_proposed_on=step.given.get("methodology_proposed_on"),
    ):
        return None
    notice = project.prior_considerations.exclude(state__in=("late", "withdrawn")).first()
    had_to = (
        f"The activity started on {in_words(started_on)}, so the host Party's authority and the secretariat had "
        "to be told by "
        f"{in_words(duty.last_day)}, within {duty.length} ({duty.source})."
    )
    if notice is None:
        return (
            f"No notice of prior consideration is on record. {had_to} Without it the opinion can only be negative, "
            "unless the design document was published or a new methodology proposed before the start."
        )
    if not duty.is_met_on(notice.notified_on):
        return (
            f"The notice of prior consideration came on {in_words(notice.notified_on)}. {had_to} "
            "The opinion can only be negative."
        )
    if notice.acknowledged_at is None:
        return (
            "The secretariat has not acknowledged the notice of prior consideration of "
            f"{in_words(notice.notified_on)} yet. "
            "Ask it to: the DOE confirms the notice with the secretariat."
        )
    return None


@condition
def notice_came_too_late(step: Step) -> Iterator[Problem]:
    """A start date with which the notice is too late; one with which it is in time is no reason."""
    notice, started_on = step.subject, step.given.get("started_on")
    if started_on is None:
        return
    if started_on > step.day:
        yield Problem("The start that documents show cannot lie in the future.", "started_on")
        return
    duty = rules.duty(started_on)
    if duty is None:
        yield Problem(
            f"For a start on {in_words(started_on)} no notice was needed: the DOE judges it (EB 48 annex 61).",
            "started_on",
        )
    elif duty.is_met_on(notice.notified_on):
        yield Problem(
            f"With a start on {in_words(started_on)} the notice of {in_words(notice.notified_on)} is in time: "
            "it could be given until "
            f"{in_words(duty.last_day)}.",
            "started_on",
        )
