"""What must be true of the world in the end: clocks closed, ways out, the book true, the chains whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Sum

from cdm import permissions
from cdm.models import Deadline, RecordChain, Signed, User
from cdm.models.subject import Subject
from cdm.simulation.tally import Tally
from cdm.workflow import engine, recording
from cdm.workflow.machines import MACHINES, model_of
from cdm.workflow.roles import Role
from registry import verify
from registry.models import Block
from registry.models_movements import Movement
from registry.movements.life import State
from registry.queries import UNITS

Cache = dict[tuple[str, int], list[User]]


def check(tally: Tally, *, at: dt.datetime) -> None:
    """Put a sentence into `tally.failures` for everything that is not as it must be, and count what was looked at."""
    for what, problems in (
        ("legal clocks", clocks(tally, at)),
        ("subjects", ways_out(tally, at)),
        ("units in the book", book(tally)),
        ("records in their chains", chains(tally)),
        ("movements that hold units", held(tally)),
    ):
        tally.checked.setdefault(what, 0)
        tally.failures.extend(problems)


def clocks(tally: Tally, at: dt.datetime) -> Iterator[str]:
    """A window that is law and is over has closed by its move."""
    legal = Deadline.objects.filter(kind=Deadline.Kind.LAW).exclude(then="")
    tally.checked["legal clocks"] = legal.count()
    for late in legal.filter(closed_at__isnull=True, acts_at__lte=at).order_by("pk"):
        yield f"{late.subject!r}: the clock “{late}” is over and open. {late.failed_because}"


def ways_out(tally: Tally, at: dt.datetime) -> Iterator[str]:
    """Each subject is in an end, or a clock runs, or somebody who is there can move it or what it waits for."""
    seen = 0
    for name in MACHINES:
        for subject in model_of(name)._default_manager.order_by("pk"):
            seen += 1
            if not subject.place.ending and not _has_way_out(subject, at):
                yield f"{subject!r} ({name}) is in the state “{subject.state}” and nobody can move it on."
    tally.checked["subjects"] = seen


def _has_way_out(subject: Any, at: dt.datetime) -> bool:
    name = subject.machine.name
    if Deadline.objects.filter(
        machine_name=name, subject_id=subject.pk, closed_at__isnull=True, acts_at__gt=at
    ).exclude(then=""):
        return True
    roles = {role for row in subject.machine.rows_from(subject.state) for role in row.by}
    for role in sorted(roles - {Role.CLOCK, Role.CONSEQUENCE}):
        for body in permissions.organisations_for(role, subject):
            for seat in body.seats.held_on(permissions.day_of(at)).select_related("user"):
                if any(not one.problems for one in engine.open_moves(subject, by=seat.user, at=at)):
                    return True
    return Role.CONSEQUENCE in roles and _waits_for_another(subject, at)


def _waits_for_another(subject: Any, at: dt.datetime) -> bool:
    """What follows from something else: a signature that somebody can give, or a request or matter that can move."""
    if isinstance(subject, Signed) and subject.state == subject.signed_in:
        day = permissions.day_of(at)
        return all(body.seats.held_on(day).exists() for body in subject.still_to_sign())
    name = subject.machine.name
    found: list[Subject] = []
    if name == "project":
        found += subject.requests.filter(kind="registration")
    elif name in ("monitoring_period", "registered_change"):
        found += subject.requests.all()
    elif name in ("board_request", "accreditation", "excess_issuance"):
        found += subject.matters.all()
    return any(not one.place.ending and _has_way_out(one, at) for one in found)


def book(tally: Tally) -> Iterator[str]:
    verified = verify.verify_book()
    tally.checked["units in the book"] = verified.units
    yield from (str(finding) for finding in verified.findings)


def chains(tally: Tally) -> Iterator[str]:
    tally.checked["records in their chains"] = sum(RecordChain.objects.values_list("length", flat=True))
    for chain in RecordChain.objects.order_by("pk"):
        yield from recording.broken_links(chain)


def held(tally: Tally) -> Iterator[str]:
    """A movement that awaits approval holds exactly its units, and nothing else holds any."""
    live = Block.objects.filter(spent_by__isnull=True, reserved_for__gt=0)
    holding = dict(live.values_list("reserved_for").annotate(total=Sum(UNITS)).order_by("reserved_for"))
    open_ones = Movement.objects.filter(state=State.AWAITING_APPROVAL).exclude(source=None)
    tally.checked["movements that hold units"] = open_ones.count()
    for movement in open_ones:
        if holding.pop(movement.pk, 0) != movement.units:
            yield f"Movement {movement.pk} awaits approval and does not hold its {movement.units:,} units."
    for key, units in holding.items():
        yield f"{units:,} units are held for movement {key}, which does not await approval."
