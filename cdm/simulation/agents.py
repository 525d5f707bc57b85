"""The agents: whoever has an open task looks at the moves that are open, and makes one, well or badly."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from cdm import permissions
from cdm.models import Project, Task, User
from cdm.simulation import papers, whims
from cdm.simulation.choosing import choose
from cdm.simulation.giving import TEXT, given, spoiled
from cdm.simulation.world import World
from cdm.workflow import engine
from cdm.workflow.board_matter import CONVENE
from cdm.workflow.roles import Role

HASTE = 0.06
"""How often an agent makes the move without preparing it."""
MISCHIEF = 0.04
"""How often a wrong value, or a person without the seat, is tried first."""


def _open_tasks() -> QuerySet[Task]:
    """What is to be done by somebody; meetings are convened in the boardroom, whoever has the task."""
    return Task.objects.filter(closed_at__isnull=True).exclude(what=CONVENE).select_related("organisation")


def take_turns(world: World, project: Project) -> None:
    """Each task of the project that is open may be done today, and one whim may be followed."""
    tasks = _open_tasks().filter(project=project)
    for task in tasks.order_by("pk"):
        if world.is_calm or world.dice.random() < 0.8:
            do_task(world, task)
    if world.is_calm or world.dice.random() < 0.5:
        whims.follow(world, project)


def take_turns_of_entities(world: World) -> None:
    tasks = _open_tasks().filter(entity__isnull=False)
    for task in tasks.order_by("pk"):
        if world.is_calm or world.dice.random() < 0.5:
            do_task(world, task)


def do_task(world: World, task: Task) -> bool:
    """What the task asks for, unless another's turn has settled it meanwhile."""
    if not Task.objects.filter(pk=task.pk, closed_at__isnull=True).exists():
        return False
    subject: Any = task.subject
    if not _can_be_done(world, subject, task):
        return False
    by = task.assigned_to if task.role == Role.EXPERT else world.sits_for(task.organisation)
    if by is None:
        return False
    place = (subject.machine.name, subject.state, task.role)
    if subject.machine.name == "board_matter" and task.what.startswith("Assess"):
        return papers.assess(world, subject, by)
    if place in papers.INSTEAD:
        if papers.INSTEAD[place](world, subject, by):
            return True
    elif place in papers.BEFORE and not world.happens(HASTE):
        papers.BEFORE[place](world, subject, by)
        subject = task.subject
    return move(world, subject, by)


def _can_be_done(world: World, subject: Any, task: Task) -> bool:
    """Whether anything here is the seat's to do now: a payment is made elsewhere, and a meeting decides in its room."""
    if subject.machine.name == "board_matter" and subject.state == "on_agenda":
        return world.happens(0.1)
    place = (subject.machine.name, subject.state, task.role)
    waits = [wait for wait in subject.place.waits if wait.what == task.what]
    return place in papers.INSTEAD or "Assess" in task.what or any(wait.moves for wait in waits)


def move(world: World, subject: Any, by: User, *, names: tuple[str, ...] = ()) -> bool:
    """One of the moves open to the person, or of those named; whether it was made."""
    machine = subject.machine.name
    subject.refresh_from_db()
    found = [one for one in engine.open_moves(subject, by=by, at=world.at) if not names or one.name in names]
    temper = world.temper(subject.concerned_project)
    if world.is_calm or temper != "hasty":
        # a careful person reads what stands in the way, most of the time
        found = [one for one in found if not one.problems or world.happens(0.1)]
    chosen = found[0] if names and found else choose(world, machine, found, temper)
    if chosen is None:
        return False
    values = given(world, subject, chosen.row)
    if world.happens(MISCHIEF):
        _mischief(world, subject, by, chosen, values)
    note = TEXT if chosen.row.note == "required" else ""
    return world.attempt(
        f"{machine}: {chosen.name}",
        lambda: engine.perform(subject, chosen.name, by=by, at=world.at, note=note, **values),
        subject=subject,
    )


def _mischief(world: World, subject: Any, by: User, chosen: engine.OpenMove, values: dict[str, Any]) -> None:
    """A wrong value, a person who does not sit for it, or a move that is not open: each is refused."""
    what = f"{subject.machine.name}: {chosen.name}"
    kind = world.dice.randrange(3)
    if kind == 0:
        wrong, note = spoiled(world, chosen.row, values)
        world.provoke(
            f"{what} with a wrong value",
            lambda: engine.perform(subject, chosen.name, by=by, at=world.at, note=note, **wrong),
            subject=subject,
        )
    elif kind == 1:
        stranger = _stranger(world, subject, chosen)
        world.provoke(
            f"{what} by somebody else",
            lambda: engine.perform(subject, chosen.name, by=stranger, at=world.at, note=TEXT, **values),
            subject=subject,
        )
    else:
        name = world.one_of([one for one in subject.machine.move_names if not _is_open(subject, one)])
        world.provoke(
            f"{subject.machine.name}: {name} out of its state",
            lambda: engine.perform(subject, name, by=by, at=world.at, note=TEXT),
            subject=subject,
        )


def _is_open(subject: Any, name: str) -> bool:
    return any(subject.state in row.source for row in subject.machine.rows(name))


def _stranger(world: World, subject: Any, chosen: engine.OpenMove) -> User:
    """Somebody who holds none of the roles of the move on this subject."""
    roles = {role for row in subject.machine.rows(chosen.name) for role in row.by}
    everybody = [user for people in world.cast.people.values() for user in people]
    while True:
        user = world.one_of(everybody)
        if not permissions.roles_on(user, subject, world.at) & roles:
            return user
