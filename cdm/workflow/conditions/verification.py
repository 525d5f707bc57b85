"""Needs of a verification that depend on the project: the visit to the site, and what forests have removed."""

from __future__ import annotations

from collections.abc import Iterator

from cdm import removals, site_visits, small_scale_claims
from cdm.rules.days import in_words
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.step import Problem, Step


@condition
def site_visit_is_stated(step: Step) -> Iterator[Problem]:
    """Rulebook 2.11: the day on which the site was inspected where it has to be, or why it was not."""
    period, day = step.subject, step.given.get("visited_on")
    if day is not None and not period.starts_on <= day <= step.day:
        yield Problem(
            f"The site was visited on {in_words(day)}? Give a day from {in_words(period.starts_on)}, when the "
            "period began, to today.",
            "visited_on",
        )
    verified = step.given.get("verified")
    if verified is None or day is not None or step.given.get("no_visit_because", "").strip():
        return
    why = site_visits.why_needed(period, on=step.day, verified_t=sum(verified.values()))
    if why:
        yield Problem(
            f"The site has to be inspected, because {why}. Give the day of the inspection, or say why there was none.",
            "visited_on",
        )


@condition
def small_scale_claims_are_capped(step: Step) -> Iterator[Problem]:
    """EB 20, para 58(a): a year in which the limit of small scale was exceeded is claimed up to its estimate."""
    yield from small_scale_claims.problems(step.subject, step.day)
    verified = step.given.get("verified")
    if verified is not None:
        yield from small_scale_claims.verified_problems(step.subject, verified, step.day)


@condition
def removals_fit_the_unit(step: Step) -> Iterator[Problem]:
    """5/CMP.1 annex, para 1(g)-(h): tCERs for all removals since the start, lCERs for those not certified before."""
    period, project = step.subject, step.project
    since_start_t, certified = step.given.get("removed_since_start"), step.given.get("certified")
    if not project.is_afforestation:
        if since_start_t is not None:
            yield Problem(
                "Removals are stated for afforestation and reforestation only; leave this out.",
                "removed_since_start",
            )
        return
    if certified is None:
        return
    if since_start_t is None:
        yield Problem(
            "State the net removals since the start of the project, in whole tonnes of CO2 equivalent.",
            "removed_since_start",
        )
    elif sentence := removals.problem(
        period, since_start_t=since_start_t, certified_t=sum(certified.values())
    ):
        yield Problem(sentence, "certified")


@condition
def requested_units_fit_the_unit(step: Step) -> Answer:
    """Rulebook 4.6, no. 8: nothing is subtracted from tCERs for what was issued before, from lCERs it is."""
    period = step.subject.monitoring_period
    if period is None or not step.project.is_afforestation or period.removed_since_start_t is None:
        return None
    since_start_t, certified_t = period.removed_since_start_t, period.certified_t
    return removals.problem(period, since_start_t=since_start_t, certified_t=certified_t) or None
