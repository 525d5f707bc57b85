"""The project design document as it is read: every section with its facts, tables and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cdm import money
from cdm.design_document import FORM
from cdm.models import Project
from cdm.rules import design_document as contents
from cdm.rules import methodologies, scopes
from cdm.rules.errors import NoSuchRule
from cdm.templatetags.cdm_format import day, quantity, tonnes

NOT_GIVEN = "Not given yet"


@dataclass
class Reading:
    """One section as it is read: facts, a table, a text, or several of them."""

    key: str
    title: str
    source: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    table: dict[str, Any] | None = None
    text: str = ""
    empty: str = ""


def sections_of(project: Project) -> list[Reading]:
    """All sections of the design document but the documents, in the order of the form."""
    texts = {section.key: section.text for section in project.sections.all()}
    found = []
    for section in FORM:
        if section.key in STRUCTURED:
            reading = STRUCTURED[section.key](project)
            reading.key, reading.title = section.key, section.title
            found.append(reading)
        elif section.letters:
            content = contents.section(section.letters[0])
            text = texts.get(content.key, "")
            found.append(
                Reading(
                    section.key, section.title, content.source, text=text, empty="" if text else NOT_GIVEN
                )
            )
    return found


def _rows(**facts: Any) -> list[dict[str, Any]]:
    return [
        {"key": key.replace("_", " "), "value": NOT_GIVEN if value in (None, "", "–") else value}
        for key, value in facts.items()
    ]


def _activity(project: Project) -> Reading:
    rows = _rows(
        Title=project.title,
        Scale=project.get_scale_display() if project.scale else "",
        Start_date_of_the_project_activity=day(project.started_on),
        Operational_lifetime=f"{project.operational_lifetime_years} years"
        if project.operational_lifetime_years
        else "",
    )
    if project.is_small_scale and not project.is_afforestation:
        rows += _rows(Small_scale_type=project.get_small_scale_type_display())
    if project.capacity_mw is not None:
        rows += _rows(Installed_capacity=f"{quantity(project.capacity_mw)} MW")
    if project.savings_gwh is not None:
        rows += _rows(Energy_saved_a_year=f"{quantity(project.savings_gwh)} GWh")
    if project.is_afforestation:
        rows += _rows(Afforestation_or_reforestation="Yes")
        rows += _rows(Unit_chosen=project.get_removal_unit_display() if project.removal_unit else "")
    return Reading("", "", rows=rows)


def _parties(project: Project) -> Reading:
    others = [row.party_name for row in project.involved_parties.all() if not row.is_host]
    rows = _rows(Host_Party=project.host_party_name, Other_Parties=", ".join(others) or "None")
    table = {
        "caption": "Project participants",
        "columns": [{"label": "Participant"}, {"label": "Party asked to authorise it"}],
        "rows": [
            [str(row.organisation), row.party_name or NOT_GIVEN]
            for row in project.participations.select_related("organisation")
        ],
    }
    return Reading("", "", rows=rows, table=table)


def _sites(project: Project) -> Reading:
    columns = [
        {"label": "Site"},
        {"label": "Town, province or region"},
        {"label": "Latitude", "numeric": True},
        {"label": "Longitude", "numeric": True},
    ]
    rows = [
        [
            site.name,
            site.region,
            f"{site.latitude}°".replace("-", "−"),
            f"{site.longitude}°".replace("-", "−"),
        ]
        for site in project.sites.all()
    ]
    if not rows:
        return Reading("", "", empty="No site given yet")
    note = "Decimal degrees, WGS 84; south and west are negative."
    return Reading("", "", table={"caption": "Sites", "columns": columns, "rows": rows, "note": note})


def _methodology(project: Project) -> Reading:
    columns = [{"label": "Methodology"}, {"label": "Title"}, {"label": "Version"}]
    rows = [[row.code, _title(row.code), row.methodology_version] for row in project.methodologies.all()]
    if not rows:
        return Reading("", "", empty="No methodology chosen yet")
    named = [f"{number} {scopes.SECTORAL_SCOPES[number]}" for number in project.sectoral_scopes]
    return Reading(
        "",
        "",
        rows=_rows(Sectoral_scopes="\n".join(named)),
        table={"caption": "Approved methodologies applied", "columns": columns, "rows": rows},
    )


def _title(code: str) -> str:
    try:
        return methodologies.methodology(code).title
    except NoSuchRule:
        return "No longer in the list"


def _crediting(project: Project) -> Reading:
    return Reading(
        "",
        "",
        rows=_rows(
            Kind=project.get_crediting_kind_display() if project.crediting_kind else "",
            First_day=day(project.crediting_starts_on),
            Last_day=day(project.crediting_ends_on),
            Length=f"{project.crediting_months} months" if project.crediting_months else "",
        ),
    )


def _estimates(project: Project) -> Reading:
    years = list(project.estimates.all())
    if not years:
        return Reading("", "", empty="No estimates given yet")
    columns = [
        {"label": "Year"},
        *(
            {"label": label, "numeric": True}
            for label in ("Baseline emissions", "Project emissions", "Leakage", "Reductions")
        ),
    ]
    rows: list[list[Any]] = [
        [str(one.year), one.baseline_t, one.project_t, one.leakage_t, one.reductions_t] for one in years
    ]
    sums: list[Any] = [sum(row[place] for row in rows) for place in range(1, 5)]
    table = {
        "caption": "Estimates by calendar year",
        "note": "Tonnes of carbon dioxide equivalent (t CO2e).",
        "columns": columns,
        "rows": rows,
        "footer": ["Together", *sums],
    }
    totals = money.estimated(project)
    facts = {"Total": tonnes(totals.total_t)}
    if project.crediting_months:
        facts["Average a year"] = tonnes(totals.average_annual_t)
    return Reading("", "", table=table, rows=[{"key": key, "value": value} for key, value in facts.items()])


def _funding(project: Project) -> Reading:
    given = {True: "Yes", False: "No", None: ""}[project.has_public_funding]
    rows = _rows(Public_funding_from_Annex_I_Parties=given)
    if project.has_public_funding:
        rows += _rows(
            No_diversion_of_official_development_assistance="Affirmed"
            if project.public_funding_affirmed
            else "Not affirmed yet"
        )
    return Reading("", "", rows=rows)


STRUCTURED = {
    "activity": _activity,
    "parties": _parties,
    "sites": _sites,
    "methodology": _methodology,
    "crediting": _crediting,
    "estimates": _estimates,
    "funding": _funding,
}
