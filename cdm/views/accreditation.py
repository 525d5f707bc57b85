"""The page of one term of an accreditation, and of one excess issuance with the units that replace it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import entities, permissions, units
from cdm.models import EntityAccreditation, ExcessIssuance
from cdm.rules import scopes
from cdm.templatetags.cdm_format import day, instant, quantity
from cdm.views.access import now, person, subject_or_404
from cdm.views.accounts import who_opens_accounts
from cdm.views.entities import SPAN_COLUMNS
from cdm.views.entity_matters import MATTER_COLUMNS, bring_button, rows_of
from cdm.views.subjects import button, frame
from cdm.workflow.roles import Role

CANCELLATION_COLUMNS = [
    {"label": "Entry"},
    {"label": "Units of"},
    {"label": "Serials", "serial": True},
    {"label": "Cancelled on"},
    {"label": "Units", "numeric": True},
]
HOLDING_COLUMNS = [
    {"label": "Account"},
    {"label": "Units of"},
    {"label": "Project"},
    {"label": "Commitment period", "numeric": True},
    {"label": "Units", "numeric": True},
]


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One term: what it gives, until when, what was found and decided, what may be done next."""
    at = now()
    term: EntityAccreditation = subject_or_404(request, "accreditation", key, at)
    held = permissions.roles_on(person(request), term, at)
    today = permissions.day_of(at)
    acts = []
    if Role.DOE in held and term.state in ("accredited", "designated"):
        again = button("Apply for re-accreditation", "apply_as_entity", term.doe_id)
        acts.append({**again, "url": f"{again['url']}?follows={term.pk}"})
    acts += bring_button(term, held)
    context = {
        **frame(request, term, at, acts=acts),
        "matter_columns": MATTER_COLUMNS,
        "matters": rows_of(term.matters, person(request), at),
        "breadcrumbs": [
            ("Operational entities", reverse("cdm:entities")),
            (term.doe.name, reverse("cdm:entity", args=[term.doe_id])),
            (str(term), ""),
        ],
        "fact_rows": _facts(term),
        "columns": SPAN_COLUMNS,
        "rows": _scopes(term, today),
        "decisions": [
            {"key": f"{decision}, {day(decision.dated_on)}", "value": decision.scope}
            for decision in term.cmp_decisions.all()
        ],
        "papers": papers_of(term) if held - {Role.PUBLIC} else [],
    }
    return render(request, "cdm/entities/accreditation.html", context)


def _facts(term: EntityAccreditation) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"key": "Entity", "value": term.doe, "url": reverse("cdm:entity", args=[term.doe_id])},
        {"key": "Accredited", "value": day(term.accredited_on) if term.accredited_on else "Not yet"},
        {"key": "Last day of the term", "value": day(term.last_day) if term.last_day else "No day set"},
        {
            "key": "Designated by the CMP",
            "value": day(term.designated_on) if term.designated_on else "Not yet",
        },
    ]
    if term.follows is not None:
        rows.append({"key": "Continues", "value": term.follows, "url": term.follows.get_absolute_url()})
    for later in term.continued_by.filter(accredited_on__isnull=False):
        rows.append({"key": "Continued by", "value": later, "url": later.get_absolute_url()})
    for suspension in term.suspensions.all():
        until = f", given back on {day(suspension.ended_on)}" if suspension.ended_on else ""
        rows.append({"key": "Suspended", "value": f"From {day(suspension.from_on)}{until}"})
    return rows


def _scopes(term: EntityAccreditation, today: dt.date) -> list[list[Any]]:
    if term.accredited_on is None:
        asked: dict[str, list[int]] = {}
        for one in term.applied_scopes.all():
            asked.setdefault(one.get_function_display(), []).append(one.sectoral_scope)
        return [
            [function, scopes.in_words(found), "–", "–", "Asked for"] for function, found in asked.items()
        ]
    return [
        [
            span.function_label,
            scopes.in_words(span.sectoral_scopes),
            day(span.from_on),
            day(span.last_day) if span.last_day else "No day set",
            span.standing_on(today),
        ]
        for span in entities.spans_of(term.doe, today)
        if span.term == term
    ]


def papers_of(term: EntityAccreditation) -> list[dict[str, Any]]:
    """What only the entity, the secretariat and the Board read."""
    rows: list[dict[str, Any]] = [
        {
            "key": "Application",
            "value": term.statement,
            "hint": f"{term.applied_by}, {instant(term.applied_at)}",
        }
    ]
    if term.assessment:
        met = "The standards are met." if term.standards_are_met else "The standards are not met."
        rows.append({"key": "Assessment", "value": term.assessment, "hint": met})
    if term.hearing_offered_on is not None:
        settled = day(term.hearing_settled_on) if term.hearing_settled_on else "still open"
        rows.append(
            {"key": "Hearing", "value": f"Offered on {day(term.hearing_offered_on)}; over: {settled}"}
        )
    if term.hearing_statement:
        rows.append({"key": "The entity at its hearing", "value": term.hearing_statement, "hint": ""})
    return rows


def excess(request: HttpRequest, key: int) -> HttpResponse:
    """One excess issuance: what is due until when, and each cancellation, counted to the unit."""
    at = now()
    obligation: ExcessIssuance = subject_or_404(request, "excess_issuance", key, at)
    held = permissions.roles_on(person(request), obligation, at)
    cancellations = list(obligation.cancellations.select_related("entry"))
    context = {
        **frame(request, obligation, at, acts=bring_button(obligation, held)),
        "matter_columns": MATTER_COLUMNS,
        "matters": rows_of(obligation.matters, person(request), at),
        "breadcrumbs": [
            ("Operational entities", reverse("cdm:entities")),
            (obligation.doe.name, reverse("cdm:entity", args=[obligation.doe_id])),
            (str(obligation), ""),
        ],
        "fact_rows": [
            {
                "key": "Entity",
                "value": obligation.doe,
                "url": reverse("cdm:entity", args=[obligation.doe_id]),
            },
            {
                "key": "Project activity",
                "value": obligation.project,
                "url": obligation.project.get_absolute_url(),
                "hint": "Its registration is not affected (3/CMP.1 annex, para 22).",
            },
            {"key": "Reviewed by", "value": obligation.reviewer or "The Board"},
            {"key": "What gave rise to the review", "value": obligation.reason},
            {
                "key": "Issued in excess",
                "value": f"{quantity(obligation.quantity)} units"
                if obligation.quantity
                else "Not determined",
            },
            {"key": "Cancelled so far", "value": f"{quantity(obligation.replaced)} units"},
            {"key": "Still due", "value": f"{quantity(obligation.remaining)} units"},
            {
                "key": "Review ended",
                "value": day(obligation.review_ended_on) if obligation.review_ended_on else "Not yet",
            },
        ],
        "columns": CANCELLATION_COLUMNS,
        "rows": [
            [one.entry.transaction_number, one.unit_type, one.serials, day(one.at), one.quantity]
            for one in cancellations
        ],
        "footer": ["Together", "", "", "", obligation.replaced],
        "holding_columns": HOLDING_COLUMNS,
        "holdings": _holdings(obligation) if Role.DOE in held else [],
        "who_opens_accounts": who_opens_accounts(),
        "may_hold": Role.DOE in held and obligation.state in ("due", "overdue"),
    }
    return render(request, "cdm/entities/excess_issuance.html", context)


def _holdings(obligation: ExcessIssuance) -> list[list[Any]]:
    return [
        [
            one.account.identifier,
            one.unit_type.label,
            f"{one.party} {one.project_number:04d}" if one.project_number else one.party,
            str(one.commitment_period),
            one.units,
        ]
        for one in units.holdings_of(obligation.doe).values()
    ]
