"""What is filled in on each page of the design document: its forms, how they begin, and the one act that saves them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BaseFormSet

from cdm.acts import proposal
from cdm.forms import design
from cdm.forms.projects import show
from cdm.models import Organisation, Project
from cdm.rules import design_document as contents
from cdm.rules.errors import NoSuchRule
from cdm.workflow.step import Problem

Data = Mapping[str, Any] | None
# what an act takes besides the project and the values: by, at, expected_version
Who = dict[str, Any]


@dataclass
class Filling:
    """The forms of one section, bound to what was typed or begun with what is saved."""

    project: Project
    form: Any = None
    rows: dict[str, BaseFormSet] = field(default_factory=dict)
    save: Callable[[Who], Any] = lambda who: None

    @property
    def all_forms(self) -> list[Any]:
        return [*([self.form] if self.form is not None else []), *self.rows.values()]

    def is_valid(self) -> bool:
        return all([one.is_valid() for one in self.all_forms])

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each refusal of the domain beside the field or the rows it belongs to, or on top."""
        for problem in problems:
            if problem.field in self.rows:
                self.rows[problem.field].non_form_errors().append(problem.sentence)
            elif self.form is not None:
                show(self.form, (problem,))
            else:
                next(iter(self.rows.values())).non_form_errors().append(problem.sentence)

    def link_to(self, name: str) -> str:
        """Where the link of an unmet requirement leads on this page."""
        if self.form is not None and name in self.form.fields:
            return f"#{self.form[name].first_input_id}"
        rows = self.rows.get(name)
        if rows is not None and len(rows.forms):
            first = rows.forms[0].visible_fields()[0]
            return f"#{first.auto_id}"
        return "#section-form"

    def typed(self) -> list[tuple[str, str]]:
        """Everything the person typed, as label and text, so that a stale page loses nothing."""
        found = []
        for number, one in enumerate(self._single_forms(), start=1):
            for bound in one.visible_fields():
                value = bound.value()
                text = " ".join(str(part) for part in value) if isinstance(value, list) else str(value or "")
                if text.strip() and bound.name != "DELETE":
                    label = f"{bound.label}, row {number}" if one.prefix else str(bound.label)
                    found.append((label, text))
        return found

    def _single_forms(self) -> list[forms.Form]:
        single = [self.form] if self.form is not None else []
        return [*single, *(one for rows in self.rows.values() for one in rows.forms)]


def filling_of(key: str, project: Project, day: dt.date, data: Data = None) -> Filling:
    """The forms of the section `key`; KeyError where there is no such section."""
    if key.startswith("section-"):
        return _narrative(project, key, data)
    return _BY_KEY[key](project, day, data)


def with_one_row_more(filling: Filling, data: Mapping[str, Any]) -> Filling:
    """The same page with what was typed and one more empty row: for browsers without scripts."""
    for prefix, rows in filling.rows.items():
        names = list(rows.form.base_fields)
        total = int(data.get(f"{prefix}-TOTAL_FORMS") or 0) if data.get("add_row") == prefix else len(rows)
        typed = [
            {name: data.get(f"{prefix}-{number}-{name}", "") for name in names}
            for number in range(min(total, rows.absolute_max))
        ]
        again = type(rows)(initial=typed, prefix=prefix, form_kwargs=rows.form_kwargs)
        again.extra = 1 if data.get("add_row") == prefix else 0
        filling.rows[prefix] = again
    if filling.form is not None:
        filling.form = _unbound(filling.form, data)
    return filling


def _unbound(form: Any, data: Mapping[str, Any]) -> Any:
    form.initial = {name: data.get(name, "") for name in form.fields}
    form.is_bound, form.data = False, {}
    form._errors = None
    return form


def _details(form: type[Any], project: Project, data: Data, **options: Any) -> Filling:
    filled = form(data, initial=form.initial_of(project), **options)
    return Filling(
        project, filled, save=lambda who: proposal.save_details(project, **filled.details(), **who)
    )


def _activity(project: Project, day: dt.date, data: Data) -> Filling:
    return _details(design.ActivityForm, project, data)


def _crediting(project: Project, day: dt.date, data: Data) -> Filling:
    return _details(design.CreditingForm, project, data, is_afforestation=project.is_afforestation)


def _funding(project: Project, day: dt.date, data: Data) -> Filling:
    return _details(design.FundingForm, project, data)


def _parties(project: Project, day: dt.date, data: Data) -> Filling:
    options: dict[str, Any] = {"form_kwargs": {"day": day}}
    host = design.HostForm(data, initial={"host_party": project.host_party}, day=day)
    others = design.OtherPartyRows(
        data,
        prefix="other_parties",
        initial=[{"party": row.party} for row in project.involved_parties.all() if not row.is_host],
        **options,
    )
    participants = design.ParticipantRows(
        data,
        prefix="participants",
        initial=[
            {"organisation": row.organisation_id, "party": row.party} for row in project.participations.all()
        ],
        **options,
    )

    def save(who: Who) -> Any:
        named: list[tuple[Organisation, str]] = [
            (row["organisation"], row["party"]) for row in _kept(participants) if row.get("organisation")
        ]
        return proposal.save_parties(
            project,
            host_party=host.cleaned_data["host_party"],
            other_parties=[row["party"] for row in _kept(others) if row.get("party")],
            participants=named,
            **who,
        )

    return Filling(project, host, {"other_parties": others, "participants": participants}, save)


def _sites(project: Project, day: dt.date, data: Data) -> Filling:
    saved = list(project.sites.values("name", "region", "latitude", "longitude"))
    rows = design.SiteRows(data, prefix="sites", initial=saved)
    if saved and data is None:
        rows.extra = 0

    def save(who: Who) -> Any:
        places = [
            proposal.Place(**{name: row[name] for name in ("name", "region", "latitude", "longitude")})
            for row in _kept(rows)
        ]
        return proposal.save_sites(project, sites=places, **who)

    return Filling(project, None, {"sites": rows}, save)


def _methodology(project: Project, day: dt.date, data: Data) -> Filling:
    saved = [{"code": row.code, "version": row.methodology_version} for row in project.methodologies.all()]
    rows = design.MethodologyRows(data, prefix="methodologies", initial=saved)

    def save(who: Who) -> Any:
        applied = [(row["code"], row["version"]) for row in _kept(rows) if row.get("code")]
        return proposal.save_methodologies(project, applied=applied, **who)

    return Filling(project, None, {"methodologies": rows}, save)


def years_of(project: Project) -> list[int]:
    """The calendar years the crediting period touches; none before both its days are known."""
    first, last = project.crediting_starts_on, project.crediting_ends_on
    return list(range(first.year, last.year + 1)) if first and last else []


def _estimates(project: Project, day: dt.date, data: Data) -> Filling:
    saved = {row.year: row for row in project.estimates.all()}
    initial = [
        {
            "year": year,
            "baseline_t": saved[year].baseline_t if year in saved else None,
            "project_t": saved[year].project_t if year in saved else None,
            "leakage_t": saved[year].leakage_t if year in saved else None,
        }
        for year in years_of(project)
    ]
    rows = design.YearRows(data, prefix="estimates", initial=initial)

    def save(who: Who) -> Any:
        return proposal.save_estimates(project, years=years_typed(rows), **who)

    return Filling(project, None, {"estimates": rows}, save)


def years_typed(rows: BaseFormSet) -> list[proposal.Year]:
    """The filled rows of the table, as the act takes them."""
    return [
        proposal.Year(
            year=row.cleaned_data["year"],
            baseline_t=row.cleaned_data["baseline_t"],
            project_t=row.cleaned_data.get("project_t") or 0,
            leakage_t=row.cleaned_data.get("leakage_t") or 0,
        )
        for row in rows.forms
        if row.is_filled
    ]


def _narrative(project: Project, key: str, data: Data) -> Filling:
    try:
        section = contents.section(key.removeprefix("section-"))
    except NoSuchRule as error:
        raise KeyError(key) from error
    saved = project.sections.filter(key=section.key).first()
    form = design.NarrativeForm(data, initial={"text": saved.text if saved else ""}, label=section.title)
    return Filling(
        project,
        form,
        save=lambda who: proposal.save_section(
            project, key=section.key, text=form.cleaned_data["text"], **who
        ),
    )


def _kept(rows: BaseFormSet) -> list[dict[str, Any]]:
    """The cleaned rows that are neither empty nor removed."""
    removed = rows.deleted_forms if rows.can_delete else []
    return [row.cleaned_data for row in rows.forms if row not in removed and row.cleaned_data]


_BY_KEY: dict[str, Callable[[Project, dt.date, Data], Filling]] = {
    "activity": _activity,
    "parties": _parties,
    "sites": _sites,
    "methodology": _methodology,
    "crediting": _crediting,
    "estimates": _estimates,
    "funding": _funding,
}
