"""Filing a project and saving its design document, section by section, while it is a draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from cdm import permissions
from cdm.acts.acting import Act, Problem, acting, refuse
from cdm.models import (
    AnnualEstimate,
    AppliedMethodology,
    DesignSection,
    InvolvedParty,
    Organisation,
    Participation,
    Project,
    Site,
    User,
)
from cdm.rules import design_document as contents
from cdm.rules import methodologies, parties
from cdm.rules.days import in_words
from cdm.rules.errors import RuleError
from cdm.workflow import opening

DETAILS = frozenset(
    {
        "title",
        "scale",
        "small_scale_type",
        "is_afforestation",
        "removal_unit",
        "capacity_mw",
        "savings_gwh",
        "started_on",
        "operational_lifetime_years",
        "crediting_kind",
        "crediting_starts_on",
        "crediting_ends_on",
        "has_public_funding",
        "public_funding_affirmed",
    }
)


@dataclass(frozen=True)
class Place:
    """A site as filed: WGS 84 decimal degrees."""

    name: str
    region: str
    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True)
class Year:
    """Estimated emissions of one calendar year, whole t CO2e."""

    year: int
    baseline_t: int
    project_t: int
    leakage_t: int = 0


def file_project(*, title: str, developer: Organisation, by: User, at: dt.datetime) -> Project:
    """Start a draft for a participant organisation in which `by` holds a seat. Raises Denied, Unmet."""
    seats = permissions.seats_of(by, permissions.day_of(at)).filter(organisation=developer)
    if developer.kind != Organisation.Kind.PARTICIPANT or not seats.exists():
        raise permissions.Denied(f"Only a person who sits for {developer} can file a project for it.")
    refuse(None if title.strip() else Problem("Give the project activity a title.", "title"))
    with transaction.atomic():
        project = Project(title=title.strip(), developer=developer, created_by=by, created_at=at)
        opening.begin(project, sentence="Draft opened", by=by, role=developer.role, at=at)
        Participation.objects.create(project=project, organisation=developer)
    return project


def save_details(
    project: Project, *, by: User, at: dt.datetime, expected_version: int | None = None, **details: Any
) -> Project:
    """Save plain fields of the draft (see DETAILS); anything may still be missing, nothing may be absurd."""
    unknown = details.keys() - DETAILS
    if unknown:
        raise TypeError(f"not fields of the design document: {sorted(unknown)}")
    with _editing(project, by=by, at=at, expected_version=expected_version) as act:
        start, end = (
            details.get(name, getattr(act.project, name))
            for name in ("crediting_starts_on", "crediting_ends_on")
        )
        refuse(
            Problem("The crediting period ends before it starts. Check the two dates.", "crediting_ends_on")
            if start and end and end < start
            else None,
            Problem("Give the project activity a title.", "title")
            if "title" in details and not (details["title"] or "").strip()
            else None,
        )
        for name, value in details.items():
            setattr(act.project, name, value)
        _save(act, "Draft saved", {name: value for name, value in details.items()})
    return act.project


def save_section(
    project: Project, *, key: str, text: str, by: User, at: dt.datetime, expected_version: int | None = None
) -> Project:
    """Save the text of one section of the design document. The earlier text stays in the record."""
    return save_sections(project, texts={key: text}, by=by, at=at, expected_version=expected_version)


def save_sections(
    project: Project,
    *,
    texts: Mapping[str, str],
    by: User,
    at: dt.datetime,
    expected_version: int | None = None,
) -> Project:
    """Save the texts of several sections at once, section key to text. The earlier texts stay in the record."""
    written = {contents.section(key): text.strip() for key, text in texts.items()}
    with _editing(project, by=by, at=at, expected_version=expected_version) as act:
        DesignSection.objects.bulk_create(
            [
                DesignSection(project=act.project, key=section.key, text=text, saved_by=by, saved_at=at)
                for section, text in written.items()
            ],
            update_conflicts=True,
            unique_fields=["project", "key"],
            update_fields=["text", "saved_by", "saved_at"],
        )
        titles = [section.title for section in written]
        what = titles[0] if len(titles) == 1 else f"{len(titles)} sections of the design document"
        _save(act, f"Draft saved: {what}", {section.key: text for section, text in written.items()})
    return act.project


def save_parties(
    project: Project,
    *,
    host_party: str,
    other_parties: Iterable[str],
    participants: Iterable[tuple[Organisation, str]],
    by: User,
    at: dt.datetime,
    expected_version: int | None = None,
) -> Project:
    """Save the host, the other Parties, and each participant with the Party asked to authorise it."""
    others = [code for code in dict.fromkeys(other_parties) if code and code != host_party]
    pairs = list(participants)
    with _editing(project, by=by, at=at, expected_version=expected_version) as act:
        involved = {code for code in (host_party, *others) if code}
        refuse(
            Problem(parties.host_problem(host_party, act.day), "host_party")
            if host_party and parties.host_problem(host_party, act.day)
            else None,
            *(_party_problem(code, act.day) for code in others),
            *(
                Problem(
                    f"{organisation} is authorised by a Party that is not among those involved.",
                    "participants",
                )
                for organisation, party in pairs
                if party and party not in involved
            ),
            *(
                Problem(f"{organisation} is not registered as a project participant.", "participants")
                for organisation, _ in pairs
                if organisation.kind != Organisation.Kind.PARTICIPANT
            ),
        )
        act.project.host_party = host_party
        act.project.involved_parties.all().delete()
        InvolvedParty.objects.bulk_create(
            InvolvedParty(project=act.project, party=code) for code in [host_party, *others] if code
        )
        act.project.participations.all().delete()
        named = dict(pairs)
        named.setdefault(act.project.developer, "")
        Participation.objects.bulk_create(
            Participation(project=act.project, organisation=organisation, party=party)
            for organisation, party in named.items()
        )
        _save(
            act,
            "Draft saved: Parties and participants",
            {
                "host_party": host_party,
                "other_parties": others,
                "participants": [[organisation.name, party] for organisation, party in named.items()],
            },
        )
    return act.project


def save_sites(
    project: Project,
    *,
    sites: Sequence[Place],
    by: User,
    at: dt.datetime,
    expected_version: int | None = None,
) -> Project:
    """Save the places of the project activity, replacing those of the draft."""
    with _editing(project, by=by, at=at, expected_version=expected_version) as act:
        refuse(
            *(
                Problem(
                    f"{place.name}: latitude lies between -90 and 90, longitude between -180 and 180.",
                    "sites",
                )
                for place in sites
                if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180)
            )
        )
        act.project.sites.all().delete()
        for place in sites:
            Site.objects.create(project=act.project, **vars(place))
        _save(act, "Draft saved: location", {"sites": [list(vars(place).values()) for place in sites]})
    return act.project


def save_methodologies(
    project: Project,
    *,
    applied: Sequence[tuple[str, str]],
    by: User,
    at: dt.datetime,
    expected_version: int | None = None,
) -> Project:
    """Save the methodologies with their versions; the sectoral scopes follow from them (rulebook 5.1)."""
    with _editing(project, by=by, at=at, expected_version=expected_version) as act:
        scopes: set[int] = set()
        problems: list[Problem] = []
        for code, version in applied:
            try:
                scopes.update(methodologies.methodology(code).sectoral_scopes)
            except RuleError as error:
                problems.append(Problem(str(error), "methodologies"))
            if not version.strip():
                problems.append(Problem(f"Give the version of {code} that is applied.", "methodologies"))
        if len({code for code, _ in applied}) < len(applied):
            problems.append(Problem("A methodology is named twice. Name each once.", "methodologies"))
        refuse(*problems)
        act.project.methodologies.all().delete()
        for code, version in applied:
            AppliedMethodology.objects.create(
                project=act.project,
                code=methodologies.methodology(code).code,
                methodology_version=version.strip(),
            )
        act.project.sectoral_scopes = sorted(scopes)
        _save(
            act,
            "Draft saved: methodology",
            {"methodologies": [list(pair) for pair in applied], "sectoral_scopes": sorted(scopes)},
        )
    return act.project


def save_estimates(
    project: Project, *, years: Sequence[Year], by: User, at: dt.datetime, expected_version: int | None = None
) -> Project:
    """Save the table of yearly estimates, replacing that of the draft. Whole tonnes."""
    with _editing(project, by=by, at=at, expected_version=expected_version) as act:
        refuse(
            *(
                Problem(f"{row.year}: emissions are whole tonnes of 0 or more.", "estimates")
                for row in years
                if row.baseline_t < 0 or row.project_t < 0
            ),
            Problem("A year is entered twice. Keep one row for each year.", "estimates")
            if len({row.year for row in years}) < len(years)
            else None,
        )
        act.project.estimates.all().delete()
        for row in years:
            AnnualEstimate.objects.create(project=act.project, **vars(row))
        _save(
            act,
            "Draft saved: estimated reductions",
            {"estimates": [list(vars(row).values()) for row in years]},
        )
    return act.project


def _editing(project: Project, *, by: User, at: dt.datetime, expected_version: int | None) -> Any:
    return acting(
        project, "edit_design_document", by=by, at=at, states=("draft",), expected_version=expected_version
    )


def _save(act: Act, sentence: str, data: dict[str, Any]) -> None:
    act.project.version += 1
    act.project.save()
    act.record(sentence, data=data, is_public=False)


def _party_problem(code: str, day: dt.date) -> Problem | None:
    """3/CMP.1 annex, paras 28-31: only Parties to the Protocol are involved."""
    if not parties.is_known(code):
        return Problem(
            f"“{code}” is not the code of a country. Choose a Party from the list.", "other_parties"
        )
    if not parties.is_party_on(code, day):
        return Problem(
            f"{parties.party(code).name} is not a Party to the Kyoto Protocol on {in_words(day)}. Choose a "
            "Party from the list.",
            "other_parties",
        )
    return None
