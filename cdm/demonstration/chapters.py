"""The chapters that most stories share: from a draft to the request, to registration, to issuance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator
from dataclasses import dataclass

from cdm.demonstration.facts import Facts
from cdm.demonstration.stage import Stage, day
from cdm.models import BoardRequest, MonitoringPeriod, Project
from cdm.rules.days import ONE_DAY
from cdm.rules.prior_consideration import duty

A_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Issuing:
    """One monitoring period and the days on which it went its way; `amounts` by commitment period, whole t CO2e.

    `by` is the participant who reports. The days of the two checks are left out under the rules that had none.
    """

    by: str
    verifier: str
    starts_on: str
    ends_on: str
    amounts: dict[int, int]
    reported_on: str
    certified_on: str
    requested_on: str = ""
    completeness_on: str = ""
    published_on: str = ""
    instructed_on: str = ""
    paid_on: str = ""
    issued_on: str = ""


def submitted(stage: Stage, facts: Facts, *, on: dt.date) -> Generator[dt.date, None, Project]:
    """Filed and submitted; of an activity that has begun, prior consideration was notified two months after it."""
    notified_on = facts.started_on + dt.timedelta(days=60)
    has_begun = facts.started_on < on and duty(facts.started_on) is not None
    if has_begun and notified_on + A_WEEK < on:
        yield notified_on
        project = stage.begin_draft(facts)
        notice = stage.notify(project, facts)
        yield notified_on + A_WEEK
        stage.do(notice, "acknowledge", "secretariat")
        yield on
    else:
        yield on
        project = stage.begin_draft(facts)
        if has_begun:
            stage.do(stage.notify(project, facts), "acknowledge", "secretariat")
    stage.complete_draft(project, facts)
    project.refresh_from_db()
    stage.do(project, "submit", facts.developer)
    return project


def validated(
    stage: Stage, facts: Facts, *, requested_on: dt.date, validator: str
) -> Generator[dt.date, None, Project]:
    """Filed, approved, published, validated: about five months before `requested_on`."""
    project = yield from submitted(stage, facts, on=requested_on - dt.timedelta(days=150))
    yield requested_on - dt.timedelta(days=137)
    stage.approve(project, facts.host)
    stage.engage(project, "validation", validator, facts.developer)
    yield requested_on - dt.timedelta(days=128)
    for party in facts.other_parties:
        stage.approve(project, party)
    stage.do(project, "publish", validator)
    yield requested_on - dt.timedelta(days=75)
    question = stage.find(
        project,
        "CL",
        validator,
        "(d)",
        "Say where the assumed yearly output comes from, and attach the source.",
    )
    yield requested_on - dt.timedelta(days=52)
    stage.write(question, facts.developer, "From the feasibility study, table 4.2; the study is attached.")
    yield requested_on - dt.timedelta(days=40)
    stage.close(question, validator, "The study was read; the output is that of its table 4.2.")
    yield requested_on - dt.timedelta(days=11)
    stage.report(project, validator)
    stage.do(
        project,
        "give_positive_opinion",
        validator,
        opinion="The project activity meets all requirements for validation; registration is requested.",
    )
    return project


def requested(
    stage: Stage, facts: Facts, *, requested_on: str, validator: str
) -> Generator[dt.date, None, tuple[Project, BoardRequest]]:
    """Validated, and on `requested_on` the request for registration complete with its fee."""
    project = yield from validated(stage, facts, requested_on=day(requested_on), validator=validator)
    yield day(requested_on)
    request = stage.request(project, validator)
    return project, request


def published(
    stage: Stage,
    facts: Facts,
    *,
    requested_on: str,
    validator: str,
    published_on: str = "",
) -> Generator[dt.date, None, tuple[Project, BoardRequest]]:
    """Requested, through the two checks where the rules know them, to the window for review."""
    project, request = yield from requested(stage, facts, requested_on=requested_on, validator=validator)
    if request.state == "completeness_check":
        yield day(requested_on) + dt.timedelta(days=6)
        stage.do(request, "pass_completeness", "secretariat")
        yield day(published_on) if published_on else day(requested_on) + dt.timedelta(days=22)
        stage.do(request, "pass_information", "secretariat")
    return project, request


def registered(
    stage: Stage, facts: Facts, *, requested_on: str, validator: str, published_on: str = ""
) -> Generator[dt.date, None, Project]:
    """Published, nobody asked for review, registered by the clock under the project's real number."""
    project, request = yield from published(
        stage, facts, requested_on=requested_on, validator=validator, published_on=published_on
    )
    if request.window_last_day is None:
        raise ValueError(f"{facts.title} was not published")
    yield request.window_last_day
    stage.number(facts.number)
    yield request.window_last_day + ONE_DAY
    project.refresh_from_db()
    return project


def certified(stage: Stage, project: Project, issuing: Issuing) -> Generator[dt.date, None, MonitoringPeriod]:
    """A monitoring period reported, verified and certified."""
    yield day(issuing.reported_on)
    if not project.engagements.filter(function="verification", until_at__isnull=True).exists():
        stage.engage(project, "verification", issuing.verifier, issuing.by)
    period = stage.period(project, issuing.by, issuing.starts_on, issuing.ends_on, issuing.amounts)
    yield day(issuing.reported_on) + dt.timedelta(days=9)
    stage.do(period, "publish_report", issuing.verifier)
    yield day(issuing.certified_on)
    stage.certify(period, issuing.verifier, issuing.amounts)
    return period


def issuance_published(
    stage: Stage, project: Project, issuing: Issuing
) -> Generator[dt.date, None, BoardRequest]:
    """Certified, and the request for issuance in its window for review."""
    period = yield from certified(stage, project, issuing)
    yield day(issuing.requested_on)
    request = stage.request(period, issuing.verifier)
    if request.state == "completeness_check":
        yield day(issuing.completeness_on)
        stage.do(request, "pass_completeness", "secretariat")
        yield day(issuing.published_on)
        stage.do(request, "pass_information", "secretariat")
    return request


def instructed(stage: Stage, project: Project, issuing: Issuing) -> Generator[dt.date, None, BoardRequest]:
    """Nobody asked for review; the Board instructs, and the administrative share is paid where `paid_on` says."""
    request = yield from issuance_published(stage, project, issuing)
    yield day(issuing.instructed_on)
    request.refresh_from_db()
    stage.do(request, "instruct_issuance", "Amina Diallo", "No request for review was made.")
    if issuing.paid_on:
        yield day(issuing.paid_on)
        stage.pay(request, "record_share_of_proceeds")
    return request


def issued(stage: Stage, project: Project, issuing: Issuing) -> Generator[dt.date, None, BoardRequest]:
    """Instructed, and issued into the pending account."""
    request = yield from instructed(stage, project, issuing)
    yield day(issuing.issued_on)
    stage.do(request, "issue", "registry")
    return request
