"""Gathers the facts that the checks are told, from the models and the uploaded files. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from django.core.cache import cache
from django.db.models import Max
from django.urls import NoReverseMatch, reverse

from cdm import crediting_periods, design_document, money, permissions, site_visits
from cdm.models import (
    Accreditation,
    BoardRequest,
    Document,
    DocumentVersion,
    HistoricalMethodology,
    LetterOfApproval,
    MonitoringPeriod,
    Organisation,
    Project,
)
from cdm.models.subject import Subject
from cdm.presubmission import facts as told
from cdm.presubmission import spreadsheet, versions
from cdm.presubmission.figures import Figures, figures_in
from cdm.rules.days import in_words
from cdm.workflow import conditions
from cdm.workflow.conditions.validation import accreditation_problem, independence_problem
from cdm.workflow.roles import Role
from cdm.workflow.step import Problem, Step

# the move that a project waits for, whose needs are asked beforehand
NEXT_MOVE = {
    "host_approved": "publish",
    "open_for_comments": "give_positive_opinion",
    "in_validation": "give_positive_opinion",
}
OPEN_REQUEST = ("being_prepared", "returned")
SECTIONS = {section.key: section.title for section in design_document.FORM}
# what a fault in these sections of the design document is called
KEYS = {"crediting": "dates_out_of_order", "estimates": "totals_differ"}
# raise it when the reading of spreadsheets changes, so that no older reading is taken from the cache
READING = 1
KEPT_SECONDS = 24 * 3600


def project_facts(
    project: Project, *, at: dt.datetime, request: BoardRequest | None = None
) -> told.ProjectFacts:
    """A project before its submission or registration; with its request, where that is being prepared."""
    day = permissions.day_of(at)
    doe = request.doe if request is not None else permissions.doe_of(project)
    entity = _entity_problems(doe, project, Accreditation.Function.VALIDATION, day)
    papers, workbooks = _papers(_documents_of(project, request))
    totals = money.estimated(project)
    opinion = project.opinions.filter(
        monitoring_period__isnull=True, change__isnull=True, round=project.round, is_positive=True
    ).first()
    change = request.change if request is not None else None
    if change is not None:
        # the revised document is a paper of the renewal or change; what it states is judged, not what was registered
        rows = [(one.year, one.reductions_t) for one in change.estimates.all()]
        return told.ProjectFacts(
            day=day,
            url=change.get_absolute_url(),
            unmet=tuple(_unmet_of_request(request, at, entity)) if request is not None else (),
            entity_problems=entity,
            applied=tuple(_applied(change.methodologies)),
            estimates=tuple(rows),
            total_t=sum(value for _, value in rows),
            average_t=sum(value for _, value in rows) // max(len(rows), 1),
            papers=papers,
            workbooks=workbooks,
        )
    applied = [(row.code, row.methodology_version) for row in project.methodologies.all()]
    return told.ProjectFacts(
        day=day,
        url=project.get_absolute_url(),
        unmet=tuple(_unmet_of_project(project, request, at, entity)),
        entity_problems=entity,
        applied=tuple(_applied(applied)),
        estimates=tuple((row.year, row.reductions_t) for row in project.estimates.all()),
        total_t=totals.total_t,
        average_t=totals.average_annual_t,
        papers=papers,
        workbooks=workbooks,
        letters=tuple(
            _letter(row) for row in project.letters.filter(state="issued").select_related("document")
        ),
        comments_close_on=project.comments_close_on,
        opinion_on=permissions.day_of(opinion.given_at) if opinion else None,
    )


def issuance_facts(
    period: MonitoringPeriod, *, at: dt.datetime, request: BoardRequest | None = None
) -> told.IssuanceFacts:
    """A monitoring period, with the request for issuance where there is one."""
    project, day = period.project, permissions.day_of(at)
    doe = request.doe if request is not None else permissions.doe_of(period)
    entity = _entity_problems(doe, project, Accreditation.Function.VERIFICATION, day)
    papers, workbooks = _papers(_documents_of(period, request))
    credited = crediting_periods.holding(project, period.starts_on)
    others = project.monitoring_periods.exclude(pk=period.pk).exclude(state="withdrawn")
    before = others.filter(ends_on__lt=period.starts_on).order_by("-ends_on").first()
    overlapping = others.filter(starts_on__lte=period.ends_on, ends_on__gte=period.starts_on)
    return told.IssuanceFacts(
        day=day,
        url=period.get_absolute_url(),
        unmet=tuple(_unmet_of_request(request, at, entity)) if request is not None else (),
        entity_problems=entity,
        amounts=tuple(
            told.Amount(
                row.commitment_period,
                row.starts_on,
                row.ends_on,
                row.reported_t,
                row.verified_t,
                row.certified_t,
            )
            for row in period.amounts.all()
        ),
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        papers=papers,
        workbooks=workbooks,
        requested_t=request.requested_t if request is not None else None,
        registered_on=project.registered_on,
        crediting_starts_on=credited.credited_from if credited else project.crediting_starts_on,
        crediting_ends_on=credited.ends_on if credited else project.crediting_ends_on,
        report_published_on=period.report_published_on,
        certified_on=permissions.day_of(period.certified_at) if period.certified_at else None,
        previous_ends_on=before.ends_on if before else None,
        overlapping=tuple(
            f"{str(row).lower()} ({in_words(row.starts_on)} to {in_words(row.ends_on)})"
            for row in overlapping
        ),
        visit_needed_because=_why_a_visit_is_missing(period, day),
    )


def _why_a_visit_is_missing(period: MonitoringPeriod, day: dt.date) -> str:
    """Why the site has to be visited, where neither the day of a visit nor a reason for none is stated."""
    if period.visited_on is not None or period.no_visit_because:
        return ""
    on = permissions.day_of(period.certified_at) if period.certified_at else day
    return site_visits.why_needed(period, on=on, verified_t=period.certified_t or period.reported_t)


def _unmet_of_project(
    project: Project, request: BoardRequest | None, at: dt.datetime, entity: tuple[str, ...]
) -> Iterator[told.Unmet]:
    if not project.is_registered:
        for problem in design_document.unmet(project, _day_of_submission(request, at)):
            section = problem.field.partition("#")[0]
            yield told.Unmet(
                problem.sentence,
                "Project design document",
                SECTIONS.get(section, "The whole document"),
                _design_url(project, section),
                KEYS.get(section, "missing"),
            )
    if request is not None:
        yield from _unmet_of_request(request, at, entity)
    elif move := NEXT_MOVE.get(project.state):
        for problem in _needs(project, move, Role.DOE, at):
            if problem.sentence not in entity:
                yield told.Unmet(
                    problem.sentence, "Validation report", "Validation", project.get_absolute_url()
                )


def _day_of_submission(request: BoardRequest | None, at: dt.datetime) -> dt.date:
    """The day that the design document is judged by: today, or the day a request was submitted."""
    if request is not None and request.submitted_at is not None and request.state not in OPEN_REQUEST:
        return permissions.day_of(request.submitted_at)
    return permissions.day_of(at)


def _unmet_of_request(
    request: BoardRequest, at: dt.datetime, entity: tuple[str, ...]
) -> Iterator[told.Unmet]:
    """The needs of submitting it, as the door itself would ask them."""
    if request.state not in OPEN_REQUEST:
        return
    for problem in _needs(request, "submit", Role.DOE, at):
        if problem.sentence not in entity:
            section = "Documents" if problem.field == "documents" else "The whole request"
            yield told.Unmet(problem.sentence, str(request), section, request.get_absolute_url())


def _needs(subject: Subject, move: str, role: Role, at: dt.datetime) -> Iterator[Problem]:
    """What the move needs and does not have, leaving out what its form asks."""
    row = subject.machine.rows(move)[0]
    asked = {ask.name for ask in row.asks}
    step = Step(subject=subject, move=row, by=None, role=role, at=at, source=subject.state)
    return (problem for problem in conditions.unmet(step) if problem.field not in asked)


def _entity_problems(
    doe: Organisation | None, project: Project, function: Accreditation.Function, day: dt.date
) -> tuple[str, ...]:
    if doe is None:
        return ()
    found = [accreditation_problem(doe, project, function, day)]
    if function is Accreditation.Function.VERIFICATION:
        found.append(independence_problem(doe, project))
    return tuple(sentence for sentence in found if sentence)


def _applied(applied: Iterable[Sequence[str]]) -> Iterator[told.AppliedVersion]:
    for code, version in applied:
        last = HistoricalMethodology.objects.filter(code=code, methodology_version=version).aggregate(
            last=Max("project__registered_on")
        )["last"]
        yield versions.applied_version(code, version, last_registered_on=last)


def _letter(row: LetterOfApproval) -> told.LetterFacts:
    return told.LetterFacts(row.party_name, row.dated_on, row.document_id is not None, row.get_absolute_url())


def _design_url(project: Project, section: str) -> str:
    if project.state == "draft" and section:
        try:
            return reverse("cdm:design_section", args=[project.pk, section])
        except NoReverseMatch:
            pass
    return project.get_absolute_url()


def _documents_of(subject: Project | MonitoringPeriod, request: BoardRequest | None) -> list[Document]:
    if isinstance(subject, MonitoringPeriod):
        rows = list(subject.documents.prefetch_related("versions"))
    else:
        rows = list(
            subject.documents.filter(
                monitoring_period__isnull=True, request__isnull=True, round=subject.round
            ).prefetch_related("versions")
        )
    if request is not None:
        rows += list(request.documents.prefetch_related("versions"))
    return rows


def _papers(documents: Iterable[Document]) -> tuple[tuple[told.Paper, ...], tuple[told.Workbook, ...]]:
    """The latest version of each document, and what the spreadsheets among them say."""
    papers, workbooks = [], []
    for document in documents:
        version = max(document.versions.all(), key=lambda row: row.number, default=None)
        if version is None:
            continue
        paper = told.Paper(
            kind=document.kind,
            kind_label=str(document.get_kind_display()),
            title=document.title,
            filename=version.filename,
            uploaded_on=permissions.day_of(version.uploaded_at),
            url=version.get_absolute_url(),
        )
        papers.append(paper)
        if paper.is_spreadsheet:
            figures, trouble, remark = _read(version)
            workbooks.append(told.Workbook(paper, figures, trouble, remark))
    return tuple(papers), tuple(workbooks)


def _read(version: DocumentVersion) -> tuple[Figures, str, str]:
    """Figures, trouble and remark of a spreadsheet; a file never changes, so it is read once a day at most."""
    key = f"presubmission:{READING}:{version.sha256}"
    kept: tuple[Figures, str, str] | None = cache.get(key)
    if kept is not None:
        return kept
    try:
        with version.file.open("rb") as file:
            sheets, remark = spreadsheet.sheets_of(file, version.size_bytes)
    except spreadsheet.CannotRead as refusal:
        found = (Figures(), str(refusal), "")
    except OSError:
        return Figures(), "the stored file cannot be found; tell the registry administrator", ""
    else:
        found = (figures_in(sheets), "", remark)
    cache.set(key, found, KEPT_SECONDS)
    return found
