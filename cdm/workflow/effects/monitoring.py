"""What publication of a monitoring report and certification bring about."""

from __future__ import annotations

from cdm.workflow.effects.naming import effect
from cdm.workflow.effects.validation import keep_opinion
from cdm.workflow.step import Step


@effect
def keep_report_publication(step: Step) -> None:
    step.subject.report_published_on = step.day


@effect
def keep_certification(step: Step) -> None:
    """3/CMP.1 annex, paras 61-63: what was verified, and certified, for each commitment period."""
    period = step.subject
    for amount in period.amounts.all():
        amount.verified_t = step.given["verified"][amount.commitment_period]
        amount.certified_t = step.given["certified"][amount.commitment_period]
        amount.save(update_fields=["verified_t", "certified_t"])
        step.facts[f"certified_t_commitment_period_{amount.commitment_period}"] = amount.certified_t
    period.certified_at = step.at
    period.removed_since_start_t = step.given.get("removed_since_start")
    period.visited_on = step.given.get("visited_on")
    period.no_visit_because = "" if period.visited_on else step.given.get("no_visit_because", "").strip()
    step.facts.update(
        {
            name: value
            for name, value in (
                ("removed_since_start_t", period.removed_since_start_t),
                ("visited_on", period.visited_on),
                ("no_visit_because", period.no_visit_because),
            )
            if value
        }
    )
    keep_opinion(step, is_positive=True, monitoring_period=period)


@effect
def keep_verification_opinion(step: Step) -> None:
    keep_opinion(step, is_positive=False, monitoring_period=step.subject)


@effect
def close_prepared_requests(step: Step) -> None:
    """A request that the DOE is still preparing for a withdrawn period ends with it."""
    for request in step.subject.requests.filter(state__in=["being_prepared", "returned"]):
        step.follow(request, "withdraw", note=f"{step.subject} was withdrawn.")
