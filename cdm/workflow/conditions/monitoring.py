"""Needs of a monitoring period: where it lies, what it claims, what is certified."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cdm import crediting_periods
from cdm.models import Document, MonitoringPeriod
from cdm.rules import commitment
from cdm.rules.days import in_words
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.step import Problem, Step


def period_problems(
    period: MonitoringPeriod, *, starts_on: dt.date, ends_on: dt.date, day: dt.date
) -> Iterator[Problem]:
    """What is wrong with a monitoring period of these days (rulebook 2.11: consecutive, no overlap)."""
    project = period.project
    if project.state == "deregistered":
        yield Problem("The project was de-registered. Nothing is monitored for it any more (rulebook 2.15).")
        return
    credited = list(project.crediting_periods.all())
    if project.registered_on is None or not credited:
        yield Problem("The project is not registered, so nothing can be monitored for it yet.")
        return
    if ends_on < starts_on:
        yield Problem(
            f"The period ends on {in_words(ends_on)}, before it starts on {in_words(starts_on)}. Give the later "
            "day as its end.",
            "ends_on",
        )
        return
    if not any(one.credited_from <= starts_on and ends_on <= one.ends_on for one in credited):
        spans = " or ".join(f"{in_words(one.credited_from)} to {in_words(one.ends_on)}" for one in credited)
        which = "the crediting period" if len(credited) == 1 else "one crediting period"
        yield Problem(f"The period must lie inside {which}, {spans}.", "starts_on")
    if ends_on >= day:
        yield Problem(
            f"The period ends on {in_words(ends_on)}, which is not over yet. Choose days that have passed.",
            "ends_on",
        )
    others = project.monitoring_periods.exclude(pk=period.pk).exclude(state="withdrawn")
    overlapping = others.filter(starts_on__lte=ends_on, ends_on__gte=starts_on)
    for other in overlapping:
        yield Problem(
            f"The period overlaps {str(other).lower()}, {in_words(other.starts_on)} to {in_words(other.ends_on)}. "
            "Reductions are counted once.",
            "starts_on",
        )
    before = others.filter(ends_on__lt=starts_on).order_by("-ends_on").first()
    first = credited[0].credited_from
    expected = crediting_periods.next_credited_day(project, before.ends_on) if before else first
    if starts_on > expected and not overlapping.exists():
        yield Problem(
            f"Monitoring periods follow each other without a gap: this one has to start on {in_words(expected)}.",
            "starts_on",
        )


@condition
def monitoring_period_is_in_order(step: Step) -> Answer:
    period = step.subject
    return period_problems(period, starts_on=period.starts_on, ends_on=period.ends_on, day=step.day)


@condition
def monitoring_report_is_complete(step: Step) -> Iterator[Problem]:
    """3/CMP.1 annex, paras 59-60: the report, and the reductions it claims for each commitment period."""
    period = step.subject
    if not period.documents.filter(kind=Document.Kind.MONITORING_REPORT).exists():
        yield Problem("Attach the monitoring report.", "documents")
    for amount in period.amounts.filter(reported_t__isnull=True):
        yield Problem(
            f"State the reductions from {in_words(amount.starts_on)} to {in_words(amount.ends_on)} ({amount.part}).",
            "amounts",
        )


@condition
def certified_equals_verified(step: Step) -> Iterator[Problem]:
    """3/CMP.1 annex, paras 59, 61, 64; EB 85 para 66."""
    verified, certified = step.given.get("verified"), step.given.get("certified")
    if verified is None or certified is None:
        return
    wanted = {amount.commitment_period: amount for amount in step.subject.amounts.all()}
    for name, amounts in (("verified", verified), ("certified", certified)):
        for number, amount in wanted.items():
            if number not in amounts:
                yield Problem(
                    f"State the {name} reductions from {in_words(amount.starts_on)} to {in_words(amount.ends_on)} "
                    f"({amount.part}).",
                    name,
                )
        for number in amounts.keys() - wanted.keys():
            yield Problem(f"The period has no days in {commitment.name_of(number)}. Leave it out.", name)
    for number in wanted.keys() & verified.keys() & certified.keys():
        if verified[number] != certified[number]:
            yield Problem(
                f"{certified[number]:,} t are to be certified but {verified[number]:,} t were verified for "
                f"{commitment.name_of(number)}. They must be equal (3/CMP.1 annex, paras 61-64); a period of which "
                "part is not wanted has to be split.",
                "certified",
            )
    if sum(certified.values()) == 0:
        yield Problem("Nothing is certified. Give a negative opinion instead.", "certified")
