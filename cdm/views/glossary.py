"""The words of the Protocol in English, Norwegian and Danish."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cdm.rules import glossary


def index(request: HttpRequest) -> HttpResponse:
    """Every term of the glossary, in the alphabet of the English words."""
    terms = sorted(glossary.ALL, key=lambda term: term.en.casefold())
    return render(request, "cdm/rules/glossary.html", {"terms": terms})
