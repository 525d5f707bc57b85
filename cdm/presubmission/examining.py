"""The check as a whole: gathers the facts of a subject, asks every check, and says what was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from cdm.models import BoardRequest, MonitoringPeriod, Project
from cdm.presubmission import dates, gathering, papers, periods, totals, versions
from cdm.presubmission.facts import IssuanceFacts, Paper, ProjectFacts, Workbook
from cdm.presubmission.finding import Finding, in_order


@dataclass(frozen=True)
class ReadPaper:
    """A document and how far it was read, in a sentence."""

    paper: Paper
    sentence: str


@dataclass(frozen=True)
class Examination:
    """The findings, what will be returned first, and the documents they rest on."""

    findings: tuple[Finding, ...]
    read: tuple[ReadPaper, ...]


def findings_for(subject: Project | BoardRequest | MonitoringPeriod, *, at: dt.datetime) -> list[Finding]:
    """What the secretariat would return the submission for, on the day of `at`; nothing is changed."""
    return list(examine(subject, at=at).findings)


def examine(subject: Project | BoardRequest | MonitoringPeriod, *, at: dt.datetime) -> Examination:
    """The findings of a project before registration, of a request to the Board, or of a monitoring period."""
    facts = _facts(subject, at)
    found = list(of_project(facts) if isinstance(facts, ProjectFacts) else of_issuance(facts))
    books = {book.paper: book for book in facts.workbooks}
    read = tuple(ReadPaper(paper, _told(paper, books.get(paper))) for paper in facts.papers)
    return Examination(tuple(in_order(found)), read)


def of_project(facts: ProjectFacts) -> Iterator[Finding]:
    """Every check of a design document and of the request for its registration. Pure."""
    yield from papers.findings(facts)
    yield from totals.of_the_estimates(facts)
    yield from versions.findings(facts.applied, day=facts.day, url=facts.url)
    yield from dates.of_the_project(facts)


def of_issuance(facts: IssuanceFacts) -> Iterator[Finding]:
    """Every check of a request for issuance. Pure."""
    yield from papers.findings(facts)
    yield from totals.of_the_amounts(facts)
    yield from periods.findings(facts)
    yield from dates.of_the_issuance(facts)


def _facts(
    subject: Project | BoardRequest | MonitoringPeriod, at: dt.datetime
) -> ProjectFacts | IssuanceFacts:
    if isinstance(subject, Project):
        return gathering.project_facts(subject, at=at)
    if isinstance(subject, MonitoringPeriod):
        return gathering.issuance_facts(subject, at=at)
    if subject.monitoring_period is not None:
        return gathering.issuance_facts(subject.monitoring_period, at=at, request=subject)
    return gathering.project_facts(subject.project, at=at, request=subject)


def _told(paper: Paper, book: Workbook | None) -> str:
    if book is None:
        return "Name of the file looked at. What stands in it is not read: only spreadsheets (.xlsx) are."
    if book.trouble:
        return f"Not read: {book.trouble}."
    found = book.figures
    counted = (
        (len(found.totals), "total"),
        (len(found.averages), "average"),
        (len({one.year for one in found.years}), "year"),
        (len(found.periods), "monitoring period"),
    )
    named = [f"{number} {word}{'' if number == 1 else 's'}" for number, word in counted if number]
    return f"Read: {', '.join(named)} recognised." if named else "Read: nothing was recognised by its label."
