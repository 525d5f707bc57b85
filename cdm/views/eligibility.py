"""The public lists of 3/CMP.1 annex, para 34: Parties not included in Annex I, and Annex I Parties not eligible."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cdm import permissions
from cdm.rules import eligibility, parties
from cdm.templatetags.cdm_format import day
from cdm.views.access import now


def lists(request: HttpRequest) -> HttpResponse:
    """Both lists as they stand today, and every time in which a Party was not eligible."""
    today = permissions.day_of(now())
    recorded = [
        [
            parties.party(row.code).name,
            day(row.from_on),
            day(row.until_on) if row.until_on else "–",
            {"text": row.source, "hint": f"{row.note} {row.confidence.value.capitalize()}."},
        ]
        for row in sorted(eligibility.RECORDED, key=lambda row: row.from_on)
    ]
    context = {
        "today": today,
        "ineligible": [parties.party(row.code).name for row in eligibility.ineligible_on(today)],
        "recorded": recorded,
        "recorded_columns": [
            {"label": "Party"},
            {"label": "Not eligible from"},
            {"label": "Eligible again from"},
            {"label": "Source"},
        ],
        "not_in_annex_i": [party.name for party in eligibility.not_in_annex_i(today)],
    }
    return render(request, "cdm/modalities/parties.html", context)
