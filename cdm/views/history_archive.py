"""The archive: real projects of the past as the UNFCCC lists them, to search and to read. Open to everyone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm.models import HistoricalMethodology, HistoricalParty, HistoricalProject
from cdm.rules import methodologies, parties
from cdm.rules.errors import NoSuchRule, RuleError
from cdm.templatetags.cdm_format import day, quantity, tonnes

ON_A_PAGE = 50
ANY = ("", "Any")
TONES = {"registered": "good", "rejected": "bad", "withdrawn": "ended"}
SOURCE = (
    "Source: UNFCCC, project search of the Clean Development Mechanism, cited as it stood; coordinates and scale: "
    "World Resources Institute, CC BY 4.0. These records are read only and take no part in the cycle of this registry."
)
COLUMNS = (
    {"label": "Project activity"},
    {"label": "Host Party"},
    {"label": "Status"},
    {"label": "Effective date"},
    {"label": "Methodologies"},
    {"label": "t CO2e a year", "numeric": True},
)


class ArchiveFilter(forms.Form):
    """What the archive is narrowed by; sent by GET."""

    search = forms.CharField(label="Title or reference number", required=False, max_length=200)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[ANY, *HistoricalProject.Status.choices]
    )
    host = forms.ChoiceField(label="Host Party", required=False)
    methodology = forms.CharField(label="Methodology, such as ACM0002", required=False, max_length=40)
    year = forms.TypedChoiceField(label="Registered in", required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, *, hosts: list[str], years: range) -> None:
        super().__init__(data, auto_id="filter_%s")
        named = sorted((parties.party(code).name, code) for code in hosts)
        self.fields["host"].choices = [ANY, *((code, name) for name, code in named)]  # type: ignore[attr-defined]
        self.fields["year"].choices = [ANY, *((year, str(year)) for year in years)]  # type: ignore[attr-defined]

    def clean_methodology(self) -> tuple[str, str] | None:
        """The code and, where one is written, the version."""
        text = self.cleaned_data["methodology"].strip().upper()
        if not text:
            return None
        try:
            return methodologies.parse(text.replace("VERSION", "version").replace("VER", "ver"))
        except RuleError as error:
            raise forms.ValidationError(str(error)) from error


def index(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by what the reader looks for; the same number of queries however many it finds."""
    totals = _totals()
    hosts = HistoricalParty.objects.filter(is_host=True).order_by().values_list("party", flat=True).distinct()
    first, last = totals["first_on"], totals["last_on"]
    years = range(first.year, last.year + 1) if first else range(0)
    form = ArchiveFilter(request.GET, hosts=list(hosts), years=years)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = (
        _narrowed(HistoricalProject.objects.all(), wanted)
        if form.is_valid()
        else HistoricalProject.objects.none()
    )
    page = Paginator(
        found.prefetch_related("parties", "methodologies").order_by("reference_number"), ON_A_PAGE
    ).get_page(request.GET.get("page"))
    context = {
        "filter_form": form,
        "is_narrowed": any(wanted.values()) or not form.is_valid(),
        "tiles": [
            {"value": quantity(totals[name]), "label": label}
            for name, label in HistoricalProject.Status.choices
        ],
        "page": page,
        "columns": COLUMNS,
        "rows": [_row(project) for project in page.object_list],
        "source": SOURCE,
    }
    return render(request, "cdm/archive.html", context, status=200 if form.is_valid() else 422)


def page(request: HttpRequest, number: int) -> HttpResponse:
    """One project of the past, with all that the list says of it."""
    try:
        about = HistoricalProject.objects.prefetch_related("parties", "methodologies").get(
            reference_number=number
        )
    except HistoricalProject.DoesNotExist as error:
        raise Http404("There is no such project in the archive.") from error
    context = {
        "about": about,
        "status": _status(about),
        "fact_rows": _facts(about),
        "methodology_rows": [
            _applied(row.code, row.methodology_version) for row in about.methodologies.all()
        ],
        "methodology_columns": ({"label": "Methodology"}, {"label": "Version applied"}, {"label": "Scopes"}),
        "breadcrumbs": [("Archive", reverse("cdm:archive")), (about.reference, "")],
        "source": SOURCE,
    }
    return render(request, "cdm/archived_project.html", context)


def _totals() -> dict[str, Any]:
    counts = {str(status): Count("pk", filter=Q(status=status)) for status in HistoricalProject.Status.values}
    return HistoricalProject.objects.aggregate(
        **counts, first_on=Min("registered_on"), last_on=Max("registered_on")
    )


def _narrowed(projects: QuerySet[HistoricalProject], wanted: dict[str, Any]) -> QuerySet[HistoricalProject]:
    """The projects that fit; sub-queries rather than joins, so that each project comes once."""
    search = wanted["search"].strip()
    if search:
        either = Q(title__icontains=search)
        if search.isdecimal() and len(search) < 10:
            either |= Q(reference_number=int(search))
        projects = projects.filter(either)
    if wanted["status"]:
        projects = projects.filter(status=wanted["status"])
    if wanted["host"]:
        hosted = HistoricalParty.objects.filter(party=wanted["host"], is_host=True)
        projects = projects.filter(pk__in=hosted.order_by().values("project"))
    if wanted["methodology"]:
        code, version = wanted["methodology"]
        applied = HistoricalMethodology.objects.filter(code=code)
        if version:
            applied = applied.filter(methodology_version=version)
        projects = projects.filter(pk__in=applied.order_by().values("project"))
    if wanted["year"]:
        projects = projects.filter(registered_on__year=wanted["year"])
    return projects


def _status(about: HistoricalProject) -> dict[str, str]:
    return {"label": about.get_status_display(), "tone": TONES[about.status]}


def _row(project: HistoricalProject) -> list[Any]:
    hosts = ", ".join(each.party_name for each in project.parties.all() if each.is_host)
    applied = ", ".join(str(each) for each in project.methodologies.all())
    return [
        {"text": project.title, "url": project.get_absolute_url(), "hint": project.reference},
        hosts,
        {"tag": _status(project)},
        day(project.registered_on),
        applied,
        project.annual_reductions_t,
    ]


def _facts(about: HistoricalProject) -> list[dict[str, Any]]:
    involved = list(about.parties.all())
    others = [each.party_name for each in involved if not each.is_host]
    place = f"{about.latitude}, {about.longitude} (WGS 84)" if about.latitude is not None else "Not given"
    return [
        {"key": "Reference number", "value": about.reference},
        {"key": "Host Party", "value": "\n".join(each.party_name for each in involved if each.is_host)},
        {"key": "Other Parties involved", "value": "\n".join(others) or "None"},
        {
            "key": "Effective date of registration",
            "value": day(about.registered_on) if about.registered_on else "Not registered",
        },
        {"key": "Expected reductions a year", "value": tonnes(about.annual_reductions_t)},
        {"key": "Scale", "value": about.get_scale_display() or "Not given"},
        {"key": "Place", "value": place},
        {"key": "Taken into the archive", "value": day(about.imported_at)},
    ]


def _applied(code: str, version: str) -> list[Any]:
    try:
        known = methodologies.methodology(code)
    except NoSuchRule:
        return [code, version or "Not given", "–"]
    scopes = ", ".join(str(scope) for scope in known.sectoral_scopes)
    return [{"text": code, "hint": known.title}, version or "Not given", scopes]
