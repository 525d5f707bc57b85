"""The Board of the simulated world: meetings convened, opened, voted in and closed; chair and vice-chair elected."""

from __future__ import annotations

import datetime as dt

from cdm import board as board_of
from cdm.acts import board, matters, meetings
from cdm.models import BoardMatter, Meeting, User
from cdm.simulation import agents
from cdm.simulation.cast import CHAIR, VICE_CHAIR
from cdm.simulation.giving import TEXT, decided_about, outcome_of
from cdm.simulation.world import World
from cdm.workflow.board_matter import CORRECT

EVERY = dt.timedelta(days=56)
AHEAD = dt.timedelta(days=35)


def convene(world: World) -> None:
    """The secretariat convenes a meeting where anything waits for one, and none is to come."""
    last = Meeting.objects.order_by("-starts_on").first()
    if last is not None and last.closed_at is None and last.ends_on >= world.today:
        return
    is_wanted = BoardMatter.objects.filter(state="on_agenda").exists()
    if last is not None and (not is_wanted or world.today < last.starts_on + EVERY - AHEAD):
        return
    starts_on = world.today + AHEAD
    world.attempt(
        "convene meeting",
        lambda: meetings.convene(
            number=Meeting.objects.count() + 1,
            starts_on=starts_on,
            ends_on=starts_on + dt.timedelta(days=3),
            place="Bonn",
            by=world.cast.secretary,
            at=world.at,
        ),
        counts=True,
    )


def next_meeting_day(world: World) -> dt.date | None:
    """The first day of the next meeting, so that the world does not jump over it."""
    found = (
        Meeting.objects.filter(opened_at__isnull=True, starts_on__gt=world.today)
        .order_by("starts_on")
        .first()
    )
    return found.starts_on if found else None


def meet(world: World) -> None:
    """Hold what is convened for today, once with too few members for a quorum and then with enough."""
    for meeting in Meeting.objects.filter(
        starts_on__lte=world.today, ends_on__gte=world.today, closed_at__isnull=True
    ).order_by("pk"):
        members = [office for office in world.cast.board if not office.is_alternate]
        few = [members[CHAIR - 1], members[VICE_CHAIR - 1]]
        rest = [one for one in members if one not in few]
        _come(world, meeting, few)
        president = board_of.president(None, meeting, world.today)
        if president is None:
            continue
        world.attempt(
            "open meeting",
            lambda m=meeting, p=president: meetings.open_meeting(m, by=p, at=world.at),
            counts=True,  # type: ignore[misc]
        )
        if world.happens(0.2):
            _decide_all(world, meeting)
        _come(world, meeting, rest if world.is_calm else world.dice.sample(rest, world.dice.randrange(6, 9)))
        _come(world, meeting, [office for office in world.cast.board if office.is_alternate])
        _decide_all(world, meeting)
        closes = board_of.president(None, meeting, world.today)
        if closes is not None:
            world.attempt(
                "close meeting",
                lambda m=meeting, p=closes: meetings.close_meeting(m, by=p, at=world.at),
                counts=True,  # type: ignore[misc]
            )


def _come(world: World, meeting: Meeting, offices: list) -> None:  # type: ignore[type-arg]
    for office in offices:
        world.attempt(
            "come to meeting",
            lambda office=office: meetings.come(
                meeting, membership=office, by=world.cast.secretary, at=world.at
            ),  # type: ignore[misc]
            counts=True,
        )


def _decide_all(world: World, meeting: Meeting) -> None:
    for matter in BoardMatter.objects.filter(meeting=meeting, state="on_agenda").order_by("pk"):
        president = board_of.president(matter, meeting, world.today)
        if president is not None:
            _decide(world, matter, meeting, president)


def _decide(world: World, matter: BoardMatter, meeting: Meeting, president: User) -> None:
    """A text is put where there is none, or another is wanted; then votes, consensus or deferral."""
    if not matter.outcome or world.happens(0.2):
        _put(world, matter, president)
    way = (
        "adopt_by_consensus"
        if world.is_calm
        else world.one_of(("adopt_by_consensus", "vote", "vote", "defer"))
    )
    if way == "vote":
        _vote(world, matter, meeting, against=world.dice.randrange(0, 4))
        way = "adopt_by_vote"
    # what could not be adopted, or not be carried out any more, is put in other words
    if not agents.move(world, matter, president, names=(way,)) and (
        way == "adopt_by_vote" or matter.affair is not None
    ):
        _put(world, matter, president)


def _put(world: World, matter: BoardMatter, president: User) -> None:
    outcome = outcome_of(world, matter) if matter.is_review else "take_note"
    text = {"outcome": outcome, "reasons": TEXT, "corrections": TEXT if outcome == CORRECT else ""}
    if matter.affair is not None:
        text = decided_about(world, matter)
    world.attempt(
        "put motion",
        lambda: matters.put_motion(matter, **text, by=president, at=world.at),
        subject=matter,
        counts=True,
    )
    matter.refresh_from_db()


def _vote(world: World, matter: BoardMatter, meeting: Meeting, *, against: int) -> None:
    for number, acting in enumerate(board_of.acting_at(meeting)):
        choice = "against" if number < against else "in_favour" if number != against else "abstain"
        world.attempt(
            "vote",
            lambda acting=acting, choice=choice: matters.vote(
                matter, choice=choice, by=acting.user, at=world.at
            ),  # type: ignore[misc]
            subject=matter,
            counts=True,
        )


def elect(world: World) -> None:
    """Chair and vice-chair change places each January (para 12)."""
    first, second = world.cast.board[CHAIR - 1], world.cast.board[VICE_CHAIR - 1]
    if world.today.year % 2:
        first, second = second, first
    world.attempt(
        "elect",
        lambda: board.elect(
            chair=first, vice_chair=second, year=world.today.year, by=world.cast.secretary, at=world.at
        ),
        counts=True,
    )
