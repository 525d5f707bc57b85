"""What a movement would do, shown before anything happens: the exact serials, the share, what the checks say now.

It reads and writes nothing; the same arguments then go to `registry.movements.doors.propose`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from registry.models import Account, PartyCounter
from registry.models_movements import Movement, MovementCheck, MovementLine
from registry.movements import writing
from registry.movements.asking import answers_to, as_checks
from registry.movements.facts import MOST_BLOCKS, Facts
from registry.movements.life import State
from registry.movements.proposal import Units, prepared
from registry.movements.table import Kind, MovementKind
from registry.serials import SerialRange


@dataclass(frozen=True, slots=True)
class Share:
    """What is taken for adaptation from all lines together; `none_because` where nothing is."""

    units: int
    rest: int
    rate_percent: Decimal | None = None
    rule: str = ""
    none_because: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """One line with the serials that would be taken for it, and those of them that go to adaptation."""

    line: MovementLine
    serials: tuple[SerialRange, ...]
    for_adaptation: tuple[SerialRange, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """A movement that nobody has proposed yet."""

    movement: Movement
    lines: tuple[Taken, ...]
    share: Share
    checks: tuple[MovementCheck, ...]

    @property
    def row(self) -> Kind:
        return self.movement.row

    @property
    def failures(self) -> tuple[MovementCheck, ...]:
        return tuple(one for one in self.checks if one.outcome == MovementCheck.Outcome.FAILED)

    @property
    def is_in_order(self) -> bool:
        return not self.failures


def preview(
    *,
    kind: MovementKind,
    units: Sequence[Units],
    source: Account | None = None,
    target: Account | None = None,
    by: AbstractBaseUser,
    at: dt.datetime,
    reason: str,
    **given: Any,
) -> Preview:
    """What `propose` would reserve, and what would be said of it at this instant.

    Raises:
        Refused: as `propose` does; checks that fail are told, not raised.
    """
    movement, lines, before = prepared(
        kind=kind,
        units=units,
        source=source,
        target=target,
        by=by,
        at=at,
        reason=reason,
        keeps=False,
        **given,
    )
    facts = Facts(movement, lines, at, freed=_freed(movement.source, at), standing=before.standing)
    checks = as_checks(movement, answers_to(facts), MovementCheck.Stage.PROPOSAL, at)
    taken = tuple(_taken(facts, line) for line in lines)
    return Preview(movement, taken, share_of(movement, lines), tuple(checks))


def share_of(movement: Movement, lines: Sequence[MovementLine]) -> Share:
    """The share of proceeds for adaptation of a movement: the amount and its rule, or why there is none."""
    units = writing.share_of(movement, lines)[0]
    rest = movement.units - units
    if movement.kind == MovementKind.REISSUE and movement.corrects is not None:
        standing = writing.reissue_share(movement)
        because = standing.exemption or ("" if units else _too_small(standing.rate_percent, movement.units))
        return Share(units, rest, standing.rate_percent, standing.rule, because)
    if not any(writing.is_shared(movement, line) for line in lines):
        return Share(0, rest, none_because=_why_none(movement.row))
    rate = writing.second_period_rate()
    because = "" if units else _too_small(rate, movement.units)
    return Share(units, rest, rate, writing.SECOND_PERIOD_RULE, because)


def _why_none(row: Kind) -> str:
    if not row.takes_share:
        return (
            "A share is taken when units are issued, converted, or first leave their Party; "
            "this movement is none of these."
        )
    return f"A share is taken {row.takes_share}; these units are others."


def _too_small(rate: Decimal, units: int) -> str:
    if not rate:
        return "The rate is 0 per cent."
    return f"{rate:f} per cent of {units:,} is not more than half a unit."


def _freed(source: Account | None, at: dt.datetime) -> tuple[int, ...]:
    """Movements of the account that have lapsed though no clock has come round; proposing ends them."""
    if source is None:
        return ()
    due = Movement.objects.filter(state=State.AWAITING_APPROVAL, reserved_until__lte=at, source=source)
    return tuple(due.values_list("pk", flat=True))


def _taken(facts: Facts, line: MovementLine) -> Taken:
    """The serials of a line, first serial first; fewer than asked for where too few are free."""
    if facts.movement.kind == MovementKind.REISSUE:
        fresh = (_next(facts.movement, line),)
        return Taken(line, fresh, _first(fresh, facts.movement.share_units))
    if facts.movement.source is None:
        return Taken(line, (line.serials,) if line.serials else ())
    serials = _joined(_lowest(facts, line))
    return Taken(line, serials, _first(serials, writing.line_share(facts.movement, line)))


def _lowest(facts: Facts, line: MovementLine) -> list[SerialRange]:
    missing, found = line.quantity, []
    for block in facts.mine(line)[: MOST_BLOCKS + 1]:
        run = block.serials
        if line.serials is not None and (inside := run.intersection(line.serials)) is not None:
            run = inside
        if run.units > missing:
            run = run.split(missing)[0]
        found.append(run)
        missing -= run.units
        if not missing:
            break
    return found


def _joined(runs: Sequence[SerialRange]) -> tuple[SerialRange, ...]:
    """Runs that follow one another as one."""
    joined: list[SerialRange] = []
    for run in runs:
        if joined and joined[-1].last + 1 == run.first:
            joined[-1] = SerialRange(run.party, joined[-1].first, run.last)
        else:
            joined.append(run)
    return tuple(joined)


def _first(runs: Sequence[SerialRange], units: int) -> tuple[SerialRange, ...]:
    """The first so many units of them."""
    found = []
    for run in runs:
        if units <= 0:
            break
        part = run if run.units <= units else run.split(units)[0]
        found.append(part)
        units -= part.units
    return tuple(found)


def _next(movement: Movement, line: MovementLine) -> SerialRange:
    """The serials an issuance would be given if it were made now."""
    counter = PartyCounter.objects.filter(pk=line.party).first()
    last = counter.last_serial if counter else 0
    return SerialRange(line.party, last + 1, last + line.quantity)
