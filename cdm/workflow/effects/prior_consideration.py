"""What the secretariat and the participants keep about a notice of prior consideration."""

from __future__ import annotations

from cdm.workflow.effects.naming import effect
from cdm.workflow.step import Step


@effect
def keep_acknowledgement(step: Step) -> None:
    step.subject.acknowledged_at = step.at


@effect
def keep_earlier_start(step: Step) -> None:
    step.subject.found_started_on = step.given["started_on"]
    step.facts["started_on"] = step.given["started_on"]


@effect
def keep_status_report(step: Step) -> None:
    """The next report is due two years after this one."""
    step.subject.last_reported_on = step.day
    step.facts["progress"] = step.given["progress"]


@effect
def take_up_prior_consideration(step: Step) -> None:
    """Publication for comments follows the notice, so no more reports are due (EB 48 annex 61, para 5)."""
    notice = step.project.prior_considerations.filter(state="acknowledged").first()
    if notice is not None:
        step.follow(notice, "take_up")
