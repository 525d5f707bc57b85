"""The pages of one project: overview, design document, documents, units, money and history."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import crediting_periods, money, queries
from cdm.models import CreditingPeriod, Finding
from cdm.rules import scopes
from cdm.templatetags.cdm_format import day, quantity, tonnes
from cdm.views.design_reading import sections_of
from cdm.views.project_acts import offers_on
from cdm.views.project_page import ProjectPage, load
from cdm.views.provisional import sentence_on_project
from cdm.views.status import status_of
from registry import queries as book
from registry.codes import AccountType
from registry.models import Block, Issuance

Row = list[Any]
COLUMNS = {
    "letter_columns": [
        {"label": "Party"},
        {"label": "Status"},
        {"label": "Number"},
        {"label": "Date"},
        {"label": "Participants authorised"},
    ],
    "finding_columns": [
        {"label": "Kind"},
        {"label": "Raised", "numeric": True},
        {"label": "Closed", "numeric": True},
        {"label": "Open", "numeric": True},
    ],
    "request_columns": [
        {"label": "Request"},
        {"label": "Status"},
        {"label": "Submitted"},
        {"label": "Published"},
        {"label": "Last day to ask for review"},
    ],
    "period_columns": [
        {"label": "Period"},
        {"label": "Status"},
        {"label": "Reported", "numeric": True},
        {"label": "Certified", "numeric": True},
    ],
}
HISTORY_A_PAGE = 50


def overview(request: HttpRequest, key: int) -> HttpResponse:
    """Where the project stands, who has the ball, what the reader may do, and the facts."""
    page = load(request, key, "project")
    return render(
        request,
        "cdm/project/overview.html",
        page.context(
            **COLUMNS,
            stages=page.stepper,
            offers=offers_on(page),
            waiting=page.waiting(),
            deadlines=page.deadlines(),
            fact_rows=_fact_rows(page),
            letter_rows=_letter_rows(page),
            engagements=page.project.engagements.select_related("doe").order_by("from_at"),
            opinions=page.project.opinions.select_related("doe", "given_by"),
            finding_rows=_finding_rows(page),
            request_rows=_request_rows(page),
            provisional_sentence=sentence_on_project(page.project, page.at),
            transitions=[(one, status_of(one)) for one in page.seen.transitions],
            period_rows=_period_rows(page),
        ),
    )


def document(request: HttpRequest, key: int) -> HttpResponse:
    """The project design document, whole."""
    page = load(request, key, "project_design")
    return render(
        request,
        "cdm/project/document.html",
        page.context(
            sections=sections_of(page.project) if page.shows_document else [],
            may_edit=page.may("edit_design_document"),
        ),
    )


def documents(request: HttpRequest, key: int) -> HttpResponse:
    """The papers of the project with their versions and hashes."""
    page = load(request, key, "project_documents")
    shown = []
    for paper in page.seen.documents:
        versions = list(paper.versions.all())
        about = paper.monitoring_period or paper.request
        label = f"{paper.get_kind_display()} · {about}" if about else paper.get_kind_display()
        if paper.round > 1:
            label += f" · round {paper.round}"
        shown.append(
            {
                "title": paper.title,
                "confidential_because": paper.confidential_because,
                "kind_label": label,
                "latest": versions[0] if versions else None,
                "earlier": versions[1:] if page.seen.sees_all else [],
            }
        )
    return render(
        request,
        "cdm/project/documents.html",
        page.context(
            documents=shown,
            offers=[offer for offer in offers_on(page) if "/attach/" in offer["url"]],
        ),
    )


def units(request: HttpRequest, key: int) -> HttpResponse:
    """Monitoring periods with their amounts, and what was issued for them, with serials."""
    page = load(request, key, "project_units")
    return render(
        request,
        "cdm/project/units.html",
        page.context(
            **COLUMNS,
            period_rows=_period_rows(page),
            issuances=[_issuance(issuance) for issuance in page.issuances],
            issued_units=page.issued_units,
            share_units=sum(issuance.deduction.units for issuance in page.issuances),
            forwardings=page.seen.forwardings,
        ),
    )


def history(request: HttpRequest, key: int) -> HttpResponse:
    """What happened, newest first, each record with its seal."""
    page = load(request, key, "project_history")
    records = queries.history_of(page.project, page.user, page.at)
    listed = Paginator(records, HISTORY_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "cdm/project/history.html", page.context(entries=listed.object_list, listed=listed)
    )


def _fact_rows(page: ProjectPage) -> list[dict[str, Any]]:
    project = page.project
    if not page.shows_document:
        return []
    period = crediting_periods.running(project, page.today)
    totals = crediting_periods.estimated(period) if period is not None else None
    if period is None and project.crediting_months:
        totals = money.estimated(project)
    parties = [row.party_name for row in project.involved_parties.all() if not row.is_host]
    rows = {
        "Host Party": project.host_party_name,
        "Other Parties involved": ", ".join(parties) or "None",
        "Project participants": "\n".join(
            f"{row.organisation} ({row.party_name or 'no Party named'})"
            for row in project.participations.select_related("organisation")
        ),
        "Methodology": "\n".join(str(row) for row in project.methodologies.all()),
        "Sectoral scopes": "\n".join(
            f"{number} {scopes.SECTORAL_SCOPES[number]}" for number in project.sectoral_scopes
        ),
        "Scale": _scale(page),
        "Crediting period": _crediting(page),
        "Estimated reductions a year": tonnes(totals.average_annual_t) if totals else "",
        "Estimated reductions, whole crediting period": tonnes(totals.total_t) if totals else "",
    }
    hint = _period_in_words(period, page) if period is not None else ""
    found = [
        {
            "key": key,
            "value": value or "Not given yet",
            "hint": hint if key.startswith("Estimated reductions") else "",
        }
        for key, value in rows.items()
    ]
    found += [
        {
            "key": "Prior consideration",
            "value": f"Notified on {day(notice.notified_on)}: {notice.place.label.lower()}",
            "url": notice.get_absolute_url(),
        }
        for notice in page.seen.notices_of_consideration
    ]
    if project.registered_on:
        found.append({"key": "Registered", "value": f"{day(project.registered_on)} as {project.reference}"})
    if page.issued_units:
        url = reverse("cdm:project_units", args=[project.pk])
        found.append({"key": "Units issued", "value": quantity(page.issued_units), "url": url})
    return found


def _scale(page: ProjectPage) -> str:
    project = page.project
    words = [project.get_scale_display()] if project.scale else []
    if project.small_scale_type:
        words.append(project.get_small_scale_type_display())
    if project.is_afforestation:
        words.append("Afforestation or reforestation")
    return "\n".join(words)


def _period_in_words(period: CreditingPeriod, page: ProjectPage) -> str:
    """Which crediting period the estimates are of: the one that runs now, or ran last."""
    over = ", which is over" if period.ends_on < page.today else ""
    return f"Crediting period {period.number}, {day(period.starts_on)} to {day(period.ends_on)}{over}"


def _crediting(page: ProjectPage) -> str:
    project = page.project
    if not project.crediting_starts_on or not project.crediting_ends_on:
        return ""
    kind = "Renewable" if project.crediting_kind == "renewable" else "Fixed"
    first = f"{kind}, {day(project.crediting_starts_on)} to {day(project.crediting_ends_on)}"
    renewed = [
        f"Renewed: {day(one.starts_on)} to {day(one.ends_on)}, "
        f"{', '.join(f'{code} version {version}' for code, version in one.methodologies)}"
        for one in project.crediting_periods.filter(number__gt=1)
    ]
    return "\n".join([first, *renewed])


def _letter_rows(page: ProjectPage) -> list[Row]:
    host = page.project.host_party
    return [
        [
            {
                "text": letter.party_name,
                "url": letter.get_absolute_url(),
                "hint": _is_host(letter.party, host),
            },
            {"tag": status_of(letter)},
            letter.number or "–",
            day(letter.dated_on),
            ", ".join(str(body) for body in letter.authorised.all()) or "–",
        ]
        for letter in page.seen.letters
    ]


def _is_host(party: str, host: str) -> str:
    return "Host Party" if party == host else ""


def _finding_rows(page: ProjectPage) -> list[Row]:
    """Findings by kind: raised, closed and open; those of validation and of each monitoring period together."""
    findings = list(page.project.findings.values_list("kind", "closed_at"))
    if not page.seen.sees_all and page.project.state in ("draft", "open_for_comments", "in_validation"):
        return []
    rows = []
    for kind, label in Finding.Kind.choices:
        closed = [closed_at for found, closed_at in findings if found == kind]
        if closed:
            done = sum(closed_at is not None for closed_at in closed)
            rows.append([label, len(closed), done, len(closed) - done])
    return rows


def _request_rows(page: ProjectPage) -> list[Row]:
    return [
        [
            {
                "text": str(one),
                "url": one.get_absolute_url(),
                "hint": f"{one.monitoring_period}, {one.doe}" if one.monitoring_period else str(one.doe),
            },
            {"tag": status_of(one)},
            day(one.submitted_at),
            day(one.published_on),
            day(one.window_last_day),
        ]
        for one in page.seen.requests
    ]


def _period_rows(page: ProjectPage) -> list[Row]:
    rows = []
    for period in page.seen.periods:
        amounts = list(period.amounts.all())
        reported = sum(amount.reported_t or 0 for amount in amounts) or None
        certified = [amount.certified_t for amount in amounts if amount.certified_t is not None]
        days = f"{day(period.starts_on)} to {day(period.ends_on)}"
        rows.append(
            [
                {"text": str(period), "url": period.get_absolute_url(), "hint": days},
                {"tag": status_of(period)},
                reported if period.report_published_on or page.seen.sees_all else None,
                sum(certified) if certified else None,
            ]
        )
    return rows


def _issuance(issuance: Issuance) -> dict[str, Any]:
    """One issuance with the blocks it was born in: the adaptation share's, and the rest."""
    deduction = issuance.deduction
    born_by = deduction.entry if deduction.entry is not None else issuance.entry
    blocks = Block.objects.filter(born_by=born_by).select_related("account").order_by("first")
    return {
        "issuance": issuance,
        "caption": f"Issued {day(issuance.entry.at)}, commitment period {issuance.commitment_period}",
        "deduction": deduction,
        "rest_units": issuance.quantity - deduction.units,
        "waiting_units": book.waiting(issuance),
        "blocks": [
            {
                "identifier": str(block.identifier),
                "first": block.first,
                "last": block.last,
                "units": block.units,
                "applicable_period": block.applicable_period,
                "account": _first_account(AccountType(block.account.type)),
            }
            for block in blocks
        ],
    }


def _first_account(type_: AccountType) -> str:
    """Where a block lay when it was issued; who holds it later is the holder's business."""
    return "Pending account, for the participants" if type_ is AccountType.PENDING else type_.label
