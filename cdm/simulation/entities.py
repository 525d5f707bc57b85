"""The operational entities: spot-checked, heard, suspended and restored; a newcomer applies; reports reviewed."""

from __future__ import annotations

from cdm import board
from cdm.acts import accreditation, entity_matters
from cdm.models import Accreditation, BoardMatter, EntityAccreditation, ExcessIssuance, Project
from cdm.simulation import accounts, agents
from cdm.simulation.giving import TEXT
from cdm.simulation.world import World
from cdm.workflow.accreditation_moves import STANDING

LOST = ("suspended", "suspension_confirmed", "withdrawn", "withdrawal_confirmed")
LEAST_STANDING = 3
"""So many entities are always left, or nobody could validate and verify."""


def live(world: World) -> None:
    """The tasks of each entity, and what nobody is asked to do."""
    agents.take_turns_of_entities(world)
    for term in EntityAccreditation.objects.exclude(state__in=("expired", "given_up", "refused")).order_by(
        "pk"
    ):
        _whim(world, term)
    for matter in BoardMatter.objects.filter(state="on_agenda", entity__isnull=False).order_by("pk"):
        # what cannot wait for the meeting is put to the members electronically
        chair = board.president(matter, None, world.today)
        if chair is not None and world.happens(0.04):
            agents.move(world, matter, chair, names=("decide_electronically",))
    if world.happens(0.03):
        _apply(world)


def check_one(world: World) -> None:
    """A member orders a spot-check of an entity that has validated something, if enough are left."""
    standing = EntityAccreditation.objects.filter(state__in=STANDING).order_by("pk")
    busy = [term for term in standing if term.doe.engagements.filter(until_at__isnull=True).exists()]
    if standing.count() > LEAST_STANDING and busy:
        agents.move(world, world.one_of(busy), _member(world), names=("order_spot_check",))


def _member(world: World):  # type: ignore[no-untyped-def]
    return world.one_of([office.user for office in world.cast.board if not office.is_alternate])


def _whim(world: World, term: EntityAccreditation) -> None:
    if term.state in ("suspended", "suspension_confirmed") and world.happens(0.08):
        world.attempt(
            "bring before the Board",
            lambda: entity_matters.bring(term, reason=TEXT, by=world.cast.secretary, at=world.at),
            subject=term,
            counts=True,
        )
    elif term.state in STANDING and world.happens(0.002):
        agents.move(world, term, world.cast.people[term.doe_id][0], names=("give_up_scopes",))
    if term.state in LOST and world.happens(0.1):
        _review_report(world, term)


def _apply(world: World) -> None:
    """The newcomer applies, and an entity whose term stands applies for a further one."""
    doe = world.one_of((world.cast.newcomer, world.one_of(world.cast.bodies["doe"])))
    follows = doe.entity_accreditations.filter(state__in=STANDING).order_by("pk").first()
    asked = [(function, scope) for function in Accreditation.Function.values for scope in range(1, 15)]
    world.attempt(
        "apply for accreditation",
        lambda: accreditation.apply(
            doe=doe,
            asked=asked,
            statement=TEXT,
            follows=follows,
            by=world.cast.people[doe.pk][0],
            at=world.at,
        ),
        counts=True,
    )


def _review_report(world: World, term: EntityAccreditation) -> None:
    """The Board reviews what a suspended entity reported on a project for which units were issued."""
    project = (
        Project.objects.filter(opinions__doe=term.doe, requests__state="issued", requests__kind="issuance")
        .order_by("pk")
        .first()
    )
    if project is None or ExcessIssuance.objects.filter(doe=term.doe, project=project).exists():
        return
    world.attempt(
        "open review of report",
        lambda: accreditation.open_review(
            doe=term.doe, project=project, reason=TEXT, by=_member(world), at=world.at
        ),
        counts=True,
    )
    accounts.of(world, term.doe)
