"""How a project of the simulated world comes to be: a complete draft, or one that still lacks something."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from cdm.acts import prior_consideration, proposal
from cdm.models import Project
from cdm.rules import crediting, design_document
from cdm.simulation.world import World

# what is special about a life; most have nothing special
TEMPERS = (
    "", "", "reject", "letter_withdrawn", "", "approve_with_corrections", "by_members", "negative", "",
    "returned", "terminated", "", "hasty", "withdrawn", "", "letter_refused", "objected", "",
)  # fmt: skip
LARGE, SMALL, FOREST = ("ACM0001", "19"), ("AMS-I.D", "18"), ("AR-ACM0003", "2")
LITTLE_T, MUCH_T = 9_000, 240_000


def file(world: World, number: int) -> Project:
    """A project of the next developer, with the temper that is its turn; every third draft started early."""
    developer = world.cast.developers[number % len(world.cast.developers)]
    by = world.cast.people[developer.pk][0]
    title = f"Simulated project {number + 1} of {developer.name}"
    project = proposal.file_project(title=title, developer=developer, by=by, at=world.at)
    world.tempers[project.pk] = TEMPERS[number % len(TEMPERS)]
    world.tally.acts["file project"] += 1
    _details(world, project, number)
    if number % 3 == 2:
        world.attempt(
            "notify prior consideration", lambda: _notify(world, project), subject=project, counts=True
        )
    return project


def _details(world: World, project: Project, number: int) -> None:
    developer, at = project.developer, world.at
    by = world.cast.people[developer.pk][0]
    is_small, is_forest = number % 5 == 3, number % 11 == 10
    first = world.today + dt.timedelta(days=world.dice.randrange(120, 300))
    years = 30 if is_forest else 10 if number % 4 == 1 else 7
    proposal.save_details(
        project,
        by=by,
        at=at,
        scale="small" if is_small else "large",
        small_scale_type="I" if is_small else "",
        capacity_mw=Decimal("5") if is_small else None,
        is_afforestation=is_forest,
        removal_unit="tCER" if is_forest else "",
        started_on=world.today - dt.timedelta(days=60) if number % 3 == 2 else first,
        operational_lifetime_years=35,
        crediting_kind="fixed" if years != 7 else "renewable",
        crediting_starts_on=first,
        crediting_ends_on=crediting.last_day(first, years=years),
        has_public_funding=False,
    )
    others = [world.one_of(world.cast.buyers)] if world.dice.random() < 0.6 else []
    proposal.save_parties(
        project,
        host_party=developer.party,
        other_parties=[buyer.party for buyer in others],
        participants=[(developer, developer.party), *((buyer, buyer.party) for buyer in others)],
        by=by,
        at=at,
    )
    place = proposal.Place("Works", "Region", Decimal("1.5"), Decimal("2.5"))
    proposal.save_sites(project, sites=[place], by=by, at=at)
    methodology = FOREST if is_forest else SMALL if is_small else LARGE
    proposal.save_methodologies(project, applied=[methodology], by=by, at=at)
    yearly = LITTLE_T if is_small or number % 4 == 0 else MUCH_T
    last = crediting.last_day(first, years=years)
    table = [proposal.Year(year, yearly + 500, 500) for year in range(first.year, last.year + 1)]
    proposal.save_estimates(project, years=table, by=by, at=at)
    # every ninth lacks a section, so that its first submission is refused
    left_out = 1 if number % 9 == 4 else 0
    texts = {section.key: f"On {section.title}." for section in design_document.SECTIONS[left_out:]}
    proposal.save_sections(project, texts=texts, by=by, at=at)
    project.refresh_from_db()


def complete(world: World, project: Project) -> None:
    """Fill in the sections that are empty."""
    by = world.cast.people[project.developer_id][0]
    written = set(project.sections.exclude(text="").values_list("key", flat=True))
    texts = {
        section.key: f"On {section.title}."
        for section in design_document.SECTIONS
        if section.key not in written
    }
    proposal.save_sections(project, texts=texts, by=by, at=world.at)


def _notify(world: World, project: Project) -> None:
    prior_consideration.notify(
        project,
        host_party=project.host_party,
        location="Works, Region",
        description="It reduces emissions.",
        started_on=project.started_on or world.today,
        by=world.cast.people[project.developer_id][0],
        at=world.at,
    )
