"""Operational entities in a test's world: each step of an accreditation through the doors, from nothing."""

from __future__ import annotations

from typing import Any

from cdm import units
from cdm.acts import accreditation, entity_matters
from cdm.models import BoardMatter, EntityAccreditation, ExcessIssuance, Meeting, Organisation, Project
from registry.codes import UnitType
from registry.models import Account
from tests.given import World

BOTH = ("validation", "verification")
NOTE = "For the reasons on file."


def entity(world: World, who: str = "entity", name: str = "Carbon Check") -> Organisation:
    """A body that may apply, with a person `who` in its seat; no scope yet."""
    world.seat(who, name, Organisation.Kind.DOE)
    return world.organisations[who]


def applied(
    world: World,
    who: str = "entity",
    scopes: tuple[int, ...] = (1, 13),
    functions: tuple[str, ...] = BOTH,
    follows: EntityAccreditation | None = None,
) -> EntityAccreditation:
    return accreditation.apply(
        doe=world.organisations[who],
        asked=[(function, scope) for function in functions for scope in scopes],
        statement="Staff, insurance, procedures and impartiality as in Appendix A.",
        follows=follows,
        by=world.people[who],
        at=world.at,
    )


def assessed(world: World, *args: Any, **asked: Any) -> EntityAccreditation:
    term = applied(world, *args, **asked)
    world.do(term, "take_up", "secretary")
    world.do(term, "record_assessment", "secretary", standards_are_met=True, assessment="All is met.")
    return term


def matter_of(affair: EntityAccreditation | ExcessIssuance) -> BoardMatter:
    """What is before the Board about it now."""
    return affair.matters.exclude(state__in=("decided", "lapsed")).get()


def recommended(
    world: World,
    affair: EntityAccreditation | ExcessIssuance,
    outcome: str,
    reasons: str = NOTE,
    **given: Any,
) -> BoardMatter:
    """The secretariat puts the accreditation panel's recommendation before the Board."""
    matter = matter_of(affair)
    world.do(matter, "recommend", "secretary", outcome=outcome, reasons=reasons, **given)
    return matter


def board_decides(
    world: World,
    affair: EntityAccreditation | ExcessIssuance,
    outcome: str,
    reasons: str = NOTE,
    **given: Any,
) -> BoardMatter:
    """Recommended, and adopted by consensus the same day, at a meeting that is open or is held for it."""
    meeting = Meeting.objects.filter(
        opened_at__isnull=False, closed_at__isnull=True, starts_on=world.at.date()
    ).first()
    if meeting is None:
        world.meeting(number=Meeting.objects.count() + 500)
    matter = recommended(world, affair, outcome, reasons, **given)
    world.do(matter, "adopt_by_consensus", world.chair)
    affair.refresh_from_db()
    return matter


def brought(world: World, affair: EntityAccreditation | ExcessIssuance) -> BoardMatter:
    """The secretariat brings what does not come before the Board by itself."""
    return entity_matters.bring(
        affair, reason="The panel has reported.", by=world.people["secretary"], at=world.at
    )


def accredited(world: World, *args: Any, **asked: Any) -> EntityAccreditation:
    term = assessed(world, *args, **asked)
    board_decides(world, term, "accredit")
    return term


def designated(world: World, *args: Any, **asked: Any) -> EntityAccreditation:
    term = accredited(world, *args, **asked)
    decided(world, term, "record_designation")
    return term


def decided(world: World, term: EntityAccreditation, move: str, number: str = "9/CMP.14") -> None:
    """The secretariat records what the CMP decided."""
    world.do(term, move, "secretary", number=number, dated_on=world.at.date())


def heard(world: World, term: EntityAccreditation, who: str = "entity") -> EntityAccreditation:
    """Checked, found wanting, and heard."""
    world.do(term, "order_spot_check", "member 1", "Complaints")
    world.do(term, "offer_hearing", "member 1", "No competent staff for scope 13")
    world.do(term, "be_heard", who, statement="We have hired them.")
    return term


def suspended(world: World, term: EntityAccreditation, who: str = "entity") -> EntityAccreditation:
    board_decides(world, heard(world, term, who), "suspend")
    return term


def lifted(world: World, term: EntityAccreditation, reasons: str = "Put right.") -> EntityAccreditation:
    brought(world, term)
    board_decides(world, term, "lift_suspension", reasons)
    return term


def taken_over(world: World, who: str) -> EntityAccreditation:
    """The scopes that the world's DOE held from the beginning, under the page of the law."""
    return accreditation.take_over_list(
        world.organisations[who], by=world.people["administrator"], at=world.at
    )


def review(world: World, project: Project, who: str = "verifier") -> ExcessIssuance:
    return accreditation.open_review(
        doe=world.organisations[who],
        project=project,
        reason="Meters were read twice.",
        by=world.people["member 1"],
        at=world.at,
    )


def determined(world: World, project: Project, excess: int, who: str = "verifier") -> ExcessIssuance:
    """Determined by the Board, which ends the review with it: the days for replacement run."""
    found = review(world, project, who)
    board_decides(world, found, "determine", excess=excess, participants_could_be_heard=True)
    return found


def account(world: World, who: str = "verifier", party: str = "GB") -> Account:
    """A holding account of the entity."""
    return world.account(who, party)


def holding(obligation: ExcessIssuance, kind: UnitType = UnitType.CER) -> str:
    """The key of the entity's units of this kind, as a form or program sends it."""
    held = units.holdings_of(obligation.doe)
    return next(key for key, one in held.items() if one.unit_type == kind)
