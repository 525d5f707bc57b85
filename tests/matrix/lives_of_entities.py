"""An accreditation and an excess issuance in every state, each reached from nothing through the doors."""

from __future__ import annotations

from typing import Any

from cdm import units
from cdm.acts import people
from cdm.models import BoardMatter, EntityAccreditation, ExcessIssuance, Meeting, Project
from registry import book
from registry.models import Account
from tests import entities
from tests.given import World

NOTE = "For the reasons on file."
NAMES = (
    "expired",
    "applied",
    "under_assessment",
    "assessed",
    "assessed/not met",
    "refused",
    "application_withdrawn",
    "accredited",
    "designated",
    "designated/scopes withdrawn",
    "under_spot_check",
    "hearing_offered",
    "hearing_over",
    "hearing_over/not designated",
    "suspended",
    "suspension_confirmed",
    "withdrawn",
    "withdrawal_confirmed",
    "given_up",
    "reaccredited",
)
DESIGNATED = (
    "designated",
    "designated/scopes withdrawn",
    "under_spot_check",
    "hearing_offered",
    "given_up",
    "reaccredited",
)
OVER = ("hearing_over", "suspended", "suspension_confirmed", "withdrawn", "withdrawal_confirmed")


def barred(world: World, doe: Any) -> None:
    """Member 4 has an interest in it."""
    people.record_conflict(
        user=world.people["member 4"],
        organisation=doe,
        reason="Sat on its board",
        by=world.people["secretary"],
        at=world.at,
    )


def accreditations(world: World) -> dict[str, EntityAccreditation]:
    """Each state of an accreditation, each of an entity of its own."""
    world.on("2013-01-07")
    for name in NAMES:
        barred(world, entities.entity(world, name, f"Entity {name}"))
    made = {"expired": entities.designated(world, "expired")}
    world.on("2019-01-07")
    for name in ("applied", "under_assessment", "assessed/not met", "application_withdrawn"):
        made[name] = entities.applied(world, name)
    for name in ("under_assessment", "assessed/not met"):
        world.do(made[name], "take_up", "secretary")
    world.do(
        made["assessed/not met"],
        "record_assessment",
        "secretary",
        standards_are_met=False,
        assessment="No insurance.",
    )
    world.do(made["application_withdrawn"], "withdraw_application", "application_withdrawn", NOTE)
    for name in ("assessed", "refused"):
        made[name] = entities.assessed(world, name)
    entities.board_decides(world, made["refused"], "refuse")
    for name in ("accredited", "hearing_over/not designated"):
        made[name] = entities.accredited(world, name)
    for name in (*DESIGNATED, *OVER):
        made[name] = entities.designated(world, name)
    for name in ("under_spot_check", "hearing_offered"):
        world.do(made[name], "order_spot_check", "member 1", NOTE)
    world.do(made["hearing_offered"], "offer_hearing", "member 1", NOTE)
    for name in (*OVER, "hearing_over/not designated"):
        entities.heard(world, made[name], name)
    half = entities.heard(world, made["designated/scopes withdrawn"], "designated/scopes withdrawn")
    entities.board_decides(world, half, "withdraw_scopes", scopes=["validation:1"])
    for name in ("suspended", "suspension_confirmed"):
        entities.board_decides(world, made[name], "suspend")
    for name in ("withdrawn", "withdrawal_confirmed"):
        entities.board_decides(world, made[name], "withdraw")
    for name in ("suspension_confirmed", "withdrawal_confirmed"):
        entities.decided(world, made[name], "confirm")
    world.do(made["given_up"], "give_up", "given_up", NOTE)
    entities.accredited(world, "reaccredited", follows=made["reaccredited"])
    return made


def matters_of_entities(world: World, later: Meeting) -> dict[str, BoardMatter]:
    """Matters about accreditations: before the recommendation, at the meeting that is open, and put to the members."""
    made = {}
    for name in ("awaiting_recommendation", "on_agenda/of an entity", "in_electronic_decision/of an entity"):
        barred(world, entities.entity(world, name, f"Entity {name}"))
        term = entities.assessed(world, name)
        made[name] = entities.matter_of(term)
        if name != "awaiting_recommendation":
            made[name] = entities.recommended(world, term, "accredit")
    electronic = made["in_electronic_decision/of an entity"]
    BoardMatter.objects.filter(pk=electronic.pk).update(meeting=later)
    world.do(electronic, "decide_electronically", "member 1", NOTE)
    return made


def excess_issuances(world: World, project: Project) -> dict[str, Any]:
    """Each state of an excess issuance on one project, of which 4,900 units are the developer's."""
    for who in ("validator", "verifier"):
        barred(world, world.organisations[who])
        entities.suspended(world, entities.taken_over(world, who), who)
    book.transfer(
        source=Account.objects.get(holder="EcoSecurities"),
        target=entities.account(world),
        party="BR",
        project_number=project.reference_number or 0,
        commitment_period=2,
        quantity=100,
        by=world.people["administrator"],
        at=world.at,
        reason="Sold",
        key="sale",
    )
    made: dict[str, Any] = {"no_excess": entities.review(world, project)}
    entities.board_decides(world, made["no_excess"], "find_none")
    for name, excess in (("fulfilled", 5), ("overdue", 5), ("overdue/one left", 1)):
        made[name] = entities.determined(world, project, excess)
    key = next(iter(units.holdings_of(made["fulfilled"].doe)))
    world.do(made["fulfilled"], "cancel_units", "verifier", holding=key, quantity=5)
    world.on("2021-01-11")
    for name, excess in (("due", 5), ("due/one left", 1)):
        made[name] = entities.determined(world, project, excess)
    # a review that was not ended when its excess was determined, from before the Board decided both in one
    made["determined"] = ExcessIssuance.objects.create(
        doe=made["due"].doe,
        project=project,
        state="determined",
        quantity=5,
        reason="Meters were read twice.",
        opened_by=world.people["member 1"],
        opened_at=world.at,
    )
    made["under_review"] = entities.review(world, project, "validator")
    return made
