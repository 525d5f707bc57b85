"""The project design document as a form: its sections, and everything that still stands in the way of submission."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cdm import money
from cdm.models import Project
from cdm.rules import crediting, estimates, methodologies, parties, sets, small_scale
from cdm.rules import design_document as contents
from cdm.rules.days import in_words
from cdm.workflow.step import Problem


@dataclass(frozen=True)
class FormSection:
    """One page of the form: its key in addresses, its title, the letters of Appendix B, para 2 it answers."""

    key: str
    title: str
    letters: tuple[str, ...] = ()


STRUCTURED = (
    FormSection("activity", "Title, scale and type"),
    FormSection("parties", "Parties and participants"),
    FormSection("sites", "Location"),
    FormSection("methodology", "Methodology", ("b",)),
    FormSection("crediting", "Crediting period", ("c",)),
    FormSection("estimates", "Estimated reductions", ("i",)),
    FormSection("funding", "Public funding", ("f",)),
)
NARRATIVE = tuple(
    FormSection(f"section-{section.letter}", f"({section.letter}) {section.title}", (section.letter,))
    for section in contents.SECTIONS
)
FORM = (*STRUCTURED, *NARRATIVE, FormSection("documents", "Documents"))


def unmet(project: Project, day: dt.date) -> Iterator[Problem]:
    """Every unmet requirement, as a sentence with the form section and field it belongs to ("section#field")."""
    yield from _activity(project, day)
    yield from _parties(project, day)
    if not project.sites.exists():
        yield Problem("Give at least one site with its coordinates.", "sites#sites")
    yield from _methodology(project)
    yield from _crediting(project, day)
    yield from _estimates(project, day)
    yield from _funding(project)
    filled = {section.key: section.text for section in project.sections.all()}
    for section in contents.missing(filled):
        yield Problem(
            f"Section ({section.letter}) {section.title} is empty ({section.source}).",
            f"section-{section.letter}#text",
        )


def is_done(section: FormSection, problems: list[Problem]) -> bool:
    """Whether nothing in `problems` belongs to this form section."""
    return not any(problem.field.partition("#")[0] == section.key for problem in problems)


def _activity(project: Project, day: dt.date) -> Iterator[Problem]:
    if not project.title.strip():
        yield Problem("Give the project activity a title.", "activity#title")
    if not project.scale:
        yield Problem("Say whether the project is large-scale or small-scale.", "activity#scale")
    if project.started_on is None:
        yield Problem("Give the start date of the project activity.", "activity#started_on")
    if not project.operational_lifetime_years:
        yield Problem(
            "Give the expected operational lifetime in years (Appendix B, para 2(c)).",
            "activity#operational_lifetime_years",
        )
    if project.is_afforestation and not project.removal_unit:
        yield Problem(
            "Choose tCERs or lCERs; the choice holds for the whole crediting period (5/CMP.1 annex, para 38).",
            "activity#removal_unit",
        )
    if project.is_small_scale and not project.is_afforestation:
        yield from _small_scale(project, day)


def _small_scale(project: Project, day: dt.date) -> Iterator[Problem]:
    """4/CMP.1 annex II; 1/CMP.2 para 28: the limits must hold in every year of the crediting period."""
    kind = project.small_scale_type
    if not kind:
        yield Problem("Choose the type of small-scale project: I, II or III.", "activity#small_scale_type")
        return
    field, amount = {
        "I": ("capacity_mw", project.capacity_mw),
        "II": ("savings_gwh", project.savings_gwh),
        "III": ("", _largest_year_kt(project)),
    }[kind]
    if amount is None:
        what = "installed capacity in MW" if kind == "I" else "energy saved a year in GWh"
        if field:
            yield Problem(
                f"Give the {what}, which decides whether the project is small-scale.", f"activity#{field}"
            )
        return
    sentence = small_scale.problem(kind, amount, on=day)
    if sentence:
        yield Problem(sentence, f"activity#{field}" if field else "estimates#estimates")


def _largest_year_kt(project: Project) -> Decimal | None:
    yearly = [estimate.reductions_t for estimate in project.estimates.all()]
    return Decimal(max(yearly)) / 1000 if yearly and max(yearly) >= 0 else None


def _parties(project: Project, day: dt.date) -> Iterator[Problem]:
    if not project.host_party:
        yield Problem("Choose the host Party.", "parties#host_party")
        return
    host = parties.host_problem(project.host_party, day)
    if host:
        yield Problem(host, "parties#host_party")
    involved = {row.party for row in project.involved_parties.all()}
    for code in sorted(involved - {project.host_party}):
        if not parties.is_party_on(code, day):
            yield Problem(
                f"{parties.party(code).name} is not a Party to the Kyoto Protocol on {in_words(day)}. Take it out.",
                "parties#other_parties",
            )
    for participation in project.participations.select_related("organisation"):
        if not participation.party:
            yield Problem(
                f"Say which Party is asked to authorise {participation.organisation}.", "parties#participants"
            )


def _methodology(project: Project) -> Iterator[Problem]:
    applied = list(project.methodologies.all())
    if not applied:
        yield Problem("Choose the approved methodology the project applies.", "methodology#methodologies")
    for row in applied:
        for sentence in methodologies.problems(
            row.code, row.methodology_version, scale=project.scale, is_afforestation=project.is_afforestation
        ):
            yield Problem(sentence, "methodology#methodologies")


def _crediting(project: Project, day: dt.date) -> Iterator[Problem]:
    """3/CMP.1 annex, para 49; early start by 17/CP.7 paras 12-13 and Art. 12.10."""
    starts_on, ends_on = project.crediting_starts_on, project.crediting_ends_on
    if not project.crediting_kind:
        yield Problem("Choose a renewable or a fixed crediting period.", "crediting#crediting_kind")
    if starts_on is None:
        yield Problem("Give the start of the crediting period.", "crediting#crediting_starts_on")
    if ends_on is None:
        yield Problem("Give the length of the crediting period.", "crediting#length_years")
    if not project.crediting_kind or starts_on is None or ends_on is None:
        return
    early = crediting.early_start_allowed(
        started_on=project.started_on or starts_on, requested_on=day, validation_requested_on=day
    )
    for sentence in crediting.problems(
        kind=project.crediting_kind,
        starts_on=starts_on,
        ends_on=ends_on,
        is_afforestation=project.is_afforestation,
        activity_started_on=project.started_on,
        registered_on=day,
        early_start=early,
        rules=sets.rule_set_on(day),
    ):
        yield Problem(sentence, "crediting#crediting_starts_on")


def _estimates(project: Project, day: dt.date) -> Iterator[Problem]:
    rows = [(estimate.year, estimate.reductions_t) for estimate in project.estimates.all()]
    if not rows:
        yield Problem("Fill in the table of estimated reductions.", "estimates#estimates")
        return
    if project.crediting_starts_on is None or project.crediting_ends_on is None:
        return
    for sentence in estimates.problems(
        rows, starts_on=project.crediting_starts_on, ends_on=project.crediting_ends_on
    ):
        yield Problem(sentence, "estimates#estimates")
    if not money.estimated(project).total_t:
        yield Problem("The estimates add up to no reduction at all.", "estimates#estimates")


def _funding(project: Project) -> Iterator[Problem]:
    if project.has_public_funding is None:
        yield Problem(
            "Say whether Parties included in Annex I fund the project from public money (Appendix B, para 2(f)).",
            "funding#has_public_funding",
        )
    elif project.has_public_funding and not project.public_funding_affirmed:
        yield Problem(
            "Affirm that the public funding diverts no official development assistance and is separate from "
            "financial obligations (Appendix B, para 2(f)).",
            "funding#public_funding_affirmed",
        )
