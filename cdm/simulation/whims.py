"""What nobody is asked to do: reviews requested, letters withdrawn, projects revised, units forwarded and so on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdm import permissions
from cdm import units as units_of
from cdm.acts import engagement, forwarding, participants, requests
from cdm.models import Organisation, Project
from cdm.rules import review
from cdm.simulation import accounts, agents, changes, papers
from cdm.simulation.giving import TEXT
from cdm.simulation.world import World
from cdm.workflow import judging
from cdm.workflow.board_request import BOARD_REQUEST
from registry import queries as book

Whim = Callable[[World, Project], None]
# tempers that want a review of the request for registration, and who asks for it
REVIEWED = {
    "reject": "party",
    "approve_with_corrections": "party",
    "by_members": "members",
    "objected": "party",
}


def follow(world: World, project: Project) -> None:
    """Every whim that fits the state of the project, each by its own chance."""
    project.refresh_from_db()
    for whim in WHIMS.get(project.state, ()):
        whim(world, project)


def developer(world: World, project: Project) -> Any:
    return world.one_of(world.cast.people[project.developer_id])


def _engages(world: World, project: Project) -> None:
    """Nobody is asked for it before the host's approval, and yet it can be done."""
    papers.engage(world, project, developer(world, project))


def _takes_back(world: World, project: Project) -> None:
    if world.happens(0.02):
        agents.move(world, project, developer(world, project), names=("reopen_draft",))
    elif world.temper(project) == "withdrawn" and world.happens(0.05):
        agents.move(world, project, developer(world, project), names=("withdraw",))


def _is_talked_about(world: World, project: Project) -> None:
    if world.happens(0.15):
        papers.comment(world, project)
    doe = permissions.doe_of(project)
    if doe is not None and world.happens(0.1):
        papers.raise_finding(world, project, world.cast.people[doe.pk][0])
    if world.temper(project) in ("terminated", "withdrawn") and world.happens(0.1):
        name = "withdraw" if world.temper(project) == "withdrawn" else "terminate_validation"
        agents.move(world, project, developer(world, project), names=(name,))


def _starts_again(world: World, project: Project) -> None:
    """An ended project is revised, once or twice at most."""
    if project.round < 3 and world.happens(0.08):
        agents.move(world, project, developer(world, project), names=("revise",))


def _stuck(world: World, project: Project) -> None:
    """Validated, but the DOE's engagement ended: nobody is left who could request registration."""
    if permissions.doe_of(project) is None:
        agents.move(world, project, developer(world, project), names=("terminate_validation",))


def _letters(world: World, project: Project) -> None:
    """Letters asked for again; and withdrawn, by temper or very seldom."""
    for letter in project.letters.order_by("pk"):
        if letter.state in ("refused", "withdrawn", "lapsed") and (world.is_calm or world.happens(0.15)):
            agents.move(world, letter, developer(world, project), names=("request_again",))
        elif letter.state == "issued" and world.happens(
            0.06 if world.temper(project) == "letter_withdrawn" else 0.002
        ):
            dna = _dna(world, letter.party)
            agents.move(world, letter, world.cast.people[dna.pk][0], names=("withdraw",))


def _dna(world: World, party: str) -> Organisation:
    return next(body for body in world.cast.bodies["dna"] if body.party == party)


def _reviews(world: World, project: Project) -> None:
    """Requests for review while a request is published: by a Party at once, by members one after the other."""
    for request in project.requests.filter(state="published").order_by("pk"):
        wanted = REVIEWED.get(world.temper(project), "")
        if not wanted and world.happens(0.04):
            wanted = world.one_of(("party", "members", "one member"))
        if not wanted or (project.round > 1 and not world.happens(0.3)):
            continue
        if wanted == "party":
            askers = [world.cast.people[_dna(world, project.host_party).pk][0]]
        else:
            members = [office.user for office in world.cast.board if not office.is_alternate]
            askers = world.dice.sample(members, 1 if wanted == "one member" else 3)
        rules = judging.rules_of(request, world.today)
        ground = review.grounds(rules, request.kind, world.today)[0].code
        for by in askers:
            world.attempt(
                f"ask for review, {wanted}",
                lambda request=request, ground=ground, by=by: requests.ask_for_review(  # type: ignore[misc]
                    request, grounds=[ground], reasons=TEXT, by=by, at=world.at
                ),
                subject=request,
                counts=True,
            )


def _withdraws_request(world: World, project: Project) -> None:
    """By temper; and where the host's letter is gone and is not coming back, so that nothing can become final."""
    for request in project.requests.exclude(state__in=ENDED_REQUESTS).order_by("pk"):
        if world.temper(project) == "withdrawn" and world.happens(0.1):
            agents.move(world, request, developer(world, project), names=("withdraw",))


def _monitors(world: World, project: Project) -> None:
    open_ones = project.monitoring_periods.exclude(state__in=("issued", "withdrawn", "rejected"))
    if not world.is_calm and not open_ones.exists() and world.dice.random() < 0.5:
        papers.open_period(world, project, developer(world, project))
    for period in project.monitoring_periods.filter(state__in=("verification_negative", "rejected")).order_by(
        "pk"
    ):
        if world.happens(0.1):
            agents.move(world, period, developer(world, project), names=("reopen",))
    for period in project.monitoring_periods.filter(state="in_verification").order_by("pk"):
        doe = permissions.doe_of(period)
        if doe is not None and world.happens(0.1):
            papers.raise_finding(world, period, world.cast.people[doe.pk][0])


def _forwards(world: World, project: Project) -> None:
    """Asks for a part of what waits in the pending account, to an account of a participant."""
    statement = papers.statement_in_force(project)
    for request in project.requests.filter(kind="issuance", state="issued").order_by("pk"):
        waiting = [(one.commitment_period, book.waiting(one)) for one in units_of.issuances_of(request)]
        free = min(sum(units for _, units in waiting), units_of.available(request).free)
        is_asked = request.forwarding_requests.filter(state__in=("being_signed", "requested")).exists()
        if statement is None or free <= 0 or is_asked or world.is_calm:
            continue
        holder = world.one_of([one.organisation for one in project.participations.order_by("pk")])
        account = accounts.of(world, holder)
        if account is None:
            continue
        share = max(1, free if world.dice.random() < 0.4 else world.dice.randrange(1, free + 1))
        if world.happens(0.1):
            share = free + 1
        period = max(waiting, key=lambda one: one[1])[0]
        speakers = statement.rule_of("forwarding").organisations
        by = world.sits_for(world.one_of(sorted(speakers, key=lambda body: body.pk)))
        if by is None:
            continue
        _ask_for_forwarding(world, request, [(account, period, share)], by)


def _ask_for_forwarding(world: World, request: Any, shares: list[Any], by: Any) -> None:
    world.attempt(
        "ask for forwarding",
        lambda: forwarding.ask(request, shares=shares, by=by, at=world.at),
        subject=request,
        counts=True,
    )


def _changes_participants(world: World, project: Project) -> None:
    if not world.happens(0.03):
        return
    kind = "deregister" if world.happens(0.02) else world.one_of(("add", "rename", "withdraw"))
    inside = [one.organisation for one in project.participations.order_by("pk")]
    outside = [body for body in world.cast.buyers if body not in inside]
    body = world.one_of(outside if kind == "add" and outside else inside)
    world.attempt(
        f"ask for a change of participants: {kind}",
        lambda: participants.ask(
            project,
            kind=kind,
            organisation=body,
            party=body.party if kind == "add" else "",
            new_name=f"{body.name.split(',')[0]}, renamed {world.number()}" if kind == "rename" else "",
            reason=TEXT,
            by=developer(world, project),
            at=world.at,
        ),
        subject=project,
        counts=True,
    )
    if world.happens(0.3):
        papers.state_modalities(world, project, developer(world, project))


def _ends_engagement(world: World, project: Project) -> None:
    standing = project.engagements.filter(until_at__isnull=True).order_by("pk").first()
    if standing is not None and world.happens(0.01):
        world.attempt(
            "end engagement",
            lambda: engagement.end_engagement(
                standing, reason=TEXT, by=developer(world, project), at=world.at
            ),
            subject=project,
            counts=True,
        )


ENDED_REQUESTS = BOARD_REQUEST.end_names


def _renews_or_changes(world: World, project: Project) -> None:
    """A renewal or a change begun; one that was refused revised, or given up."""
    by = developer(world, project)
    changes.begin(world, project, by)
    for change in project.changes.filter(state__in=("validation_negative", "rejected")).order_by("pk"):
        if world.happens(0.1):
            agents.move(world, change, by, names=("reopen",))


WHIMS: dict[str, tuple[Whim, ...]] = {
    "awaiting_host_approval": (_engages, _takes_back, _letters),
    "host_approved": (_engages, _takes_back, _letters, _ends_engagement),
    "open_for_comments": (_is_talked_about, _letters),
    "in_validation": (_is_talked_about, _letters),
    "validated": (_letters, _stuck),
    "requesting_registration": (_letters, _reviews, _withdraws_request),
    "registered": (
        _letters, _reviews, _monitors, _forwards, _changes_participants, _withdraws_request, _ends_engagement,
        _renews_or_changes,
    ),
    **dict.fromkeys(
        ("rejected", "validation_negative", "validation_terminated", "withdrawn", "withdrawn_before_publication"),
        (_starts_again,),
    ),
}  # fmt: skip
