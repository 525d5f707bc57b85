"""What a renewal of the crediting period, and a post-registration change, bring about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from cdm import crediting_periods
from cdm.models import BoardRequest, CreditingPeriod, MonitoringPeriod, RegisteredChange
from cdm.rules import crediting, methodologies, sets
from cdm.workflow.effects.naming import effect
from cdm.workflow.effects.validation import keep_opinion
from cdm.workflow.step import Step


def changes_with(period: MonitoringPeriod) -> QuerySet[RegisteredChange]:
    """The changes that go before the Board with the issuance of this period."""
    return period.changes.filter(track=RegisteredChange.Track.WITH_ISSUANCE)


def changes_before_the_board_with(request: BoardRequest) -> QuerySet[RegisteredChange]:
    """Those of them that its request has brought there."""
    if request.monitoring_period is None:
        return RegisteredChange.objects.none()
    return changes_with(request.monitoring_period).filter(state="requesting_approval")


@effect
def keep_opinion_on_the_change(step: Step) -> None:
    keep_opinion(step, is_positive=step.move.target == "validated", change=step.subject)


@effect
def close_requests_about_the_change(step: Step) -> None:
    """A request that the DOE is still preparing ends with what it is about."""
    for request in step.subject.requests.filter(state__in=["being_prepared", "returned"]):
        step.follow(request, "withdraw", note=f"{step.subject}: {step.move.sentence.lower()}.")


@effect
def grant_what_was_asked(step: Step) -> None:
    """The Board has approved: what was asked for happens, a renewal counting from the complete request."""
    request = step.subject
    step.follow(request.change, "approve", submitted_on=request.submitted_at.date())


@effect
def approve_changes_with_it(step: Step) -> None:
    """Rulebook 2.9: changes submitted with a request for issuance are approved with it."""
    for change in changes_before_the_board_with(step.subject):
        step.follow(change, "approve", submitted_on=step.subject.submitted_at.date())


def open_first_period(step: Step) -> None:
    """The first crediting period stands on its own from registration on (3/CMP.1 annex, para 49)."""
    project = step.project
    if project.crediting_starts_on is None or project.crediting_ends_on is None:
        return
    CreditingPeriod.objects.create(
        project=project,
        number=1,
        starts_on=project.crediting_starts_on,
        credited_from=project.crediting_starts_on,
        ends_on=project.crediting_ends_on,
        methodologies=_applied(step),
        recorded_at=step.at,
    )


def begin_renewed_period(step: Step) -> None:
    """Rulebook 2.10: it starts the day after the one before ended; late, nothing counts until the request came in.

    The design document stays as it was registered; methodologies and estimates of the renewal stand with its period.
    """
    change: RegisteredChange = step.subject
    before = crediting_periods.latest(step.project)
    if before is None or change.renewed_from is None:
        raise TypeError(f"{change} renews no crediting period")
    submitted_on: dt.date = step.given["submitted_on"]
    ends_on = change.renewed_until(submitted_on)
    # after the end of the period before, a request is late whenever the intention was notified
    late = (change.is_late or submitted_on > before.ends_on) and _late_days_are_lost(submitted_on)
    credited_from = max(change.renewed_from, submitted_on) if late else change.renewed_from
    period = CreditingPeriod.objects.create(
        project=step.project,
        number=before.number + 1,
        starts_on=change.renewed_from,
        credited_from=credited_from,
        ends_on=ends_on,
        renewal=change,
        methodologies=change.methodologies,
        recorded_at=step.at,
    )
    change.effective_on = credited_from
    # a DOE has to be accredited for what either period needs
    scopes = set(step.project.sectoral_scopes)
    for code, _version in change.methodologies:
        scopes |= set(methodologies.methodology(code).sectoral_scopes)
    if scopes != set(step.project.sectoral_scopes):
        step.project.sectoral_scopes = sorted(scopes)
        _save(step)
    step.facts.update(
        number=period.number,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        credited_from=credited_from,
        methodologies=change.methodologies,
        methodologies_before=before.methodologies,
    )


def _late_days_are_lost(day: dt.date) -> bool:
    rules = sets.rule_set_on(day)
    return rules.has("renewal.late_days_are_lost", day) and bool(
        rules.value("renewal.late_days_are_lost", day)
    )


@effect
def carry_out_change(step: Step) -> None:
    """A renewal begins the next crediting period; a change changes figures, whose old values stay in the record."""
    change: RegisteredChange = step.subject
    if change.is_renewal:
        begin_renewed_period(step)
        return
    project, kinds = step.project, RegisteredChange.Kind
    change.effective_on = change.applies_from or step.day
    changed: dict[str, Any] = {}
    if change.kind == kinds.START_DATE and change.new_starts_on is not None:
        _move_start(step, change.new_starts_on, changed)
    if change.kind in (kinds.PROJECT_DESIGN, kinds.CORRECTION):
        for name in ("capacity_mw", "savings_gwh"):
            new = getattr(change, name)
            if new is not None and new != getattr(project, name):
                changed[name] = {"before": getattr(project, name), "after": new}
                setattr(project, name, new)
    if changed:
        _save(step)
    step.facts.update(effective_on=change.effective_on, changed=changed)


def _move_start(step: Step, new: dt.date, changed: dict[str, Any]) -> None:
    """The crediting period keeps its length."""
    period = crediting_periods.latest(step.project)
    if period is None:
        raise TypeError("a registered project has a crediting period")
    ends_on = crediting.moved_end(period.starts_on, period.ends_on, step.project.crediting_months, new)
    changed["crediting_period"] = {
        "before": [period.starts_on, period.ends_on],
        "after": [new, ends_on],
    }
    period.starts_on, period.credited_from, period.ends_on = new, new, ends_on
    period.save(update_fields=["starts_on", "credited_from", "ends_on"])
    step.subject.effective_on = new
    step.project.crediting_starts_on, step.project.crediting_ends_on = new, ends_on


def _save(step: Step) -> None:
    step.project.version += 1
    step.project.save()


def _applied(step: Step) -> list[list[str]]:
    return [[row.code, row.methodology_version] for row in step.project.methodologies.all()]
