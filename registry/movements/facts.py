"""What the checks look at: the movement as it is proposed, and what the book says of its units at this moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import BigIntegerField, CharField, Q, QuerySet, Sum

from registry import outside, people
from registry.models import Account, Block
from registry.models_movements import Movement, MovementLine
from registry.movements.standing import Standing
from registry.movements.table import Kind
from registry.prepared import Prepared
from registry.queries import UNITS
from registry.serials import LARGEST_SERIAL

MOST_BLOCKS = 3_000
"""Blocks that one transaction may have; the international transaction log takes no more (standards, 1)."""

A_FEW = 32
"""Blocks looked at before all of them: most amounts are found in the first few."""


# the first blocks of an amount, asked of nearly every line; the index of live blocks has them in this order
_FIRST_BLOCKS: Prepared[Any] = Prepared(
    lambda account, party, project, unit_type, period, held_for: (
        Block.objects.filter(
            account_id=account,
            party=party,
            project_number=project,
            unit_type=unit_type,
            applicable_period=period,
            reserved_for=held_for,
            spent_by__isnull=True,
        )
        .order_by("first")
        .values_list("first", "last", "expires_on")[:A_FEW]
    ),
    account=BigIntegerField(),
    party=CharField(),
    project=BigIntegerField(),
    unit_type=BigIntegerField(),
    period=BigIntegerField(),
    held_for=BigIntegerField(),
)


Blocks = Sequence[tuple[int, int, Any]]
"""First and last serial of blocks, and the day they expire or None."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the source account holds of one line: units in all, units free or reserved for this movement, the
    blocks needed for the quantity, and the first expiry date among them.
    """

    held: int
    available: int
    blocks: int
    expires_on: dt.date | None


@dataclass
class Facts:
    """One movement at one moment."""

    movement: Movement
    lines: Sequence[MovementLine]
    at: dt.datetime
    approver: AbstractBaseUser | None = None
    freed: Sequence[int] = ()
    """Movements whose reservation has ended though nobody has released their units yet."""
    standing: Standing | None = None
    """How persons and accounts stand to each other, where it was read already."""
    first_blocks: Sequence[Blocks | None] = ()
    """For each line the first blocks of `mine`, where they were read already."""
    participations: Sequence[bool | None] | None = None
    """For each line whether the receiver takes part in its project, where that was read already."""
    found: dict[int, Found] = field(default_factory=dict)

    @property
    def row(self) -> Kind:
        return self.movement.row

    @property
    def day(self) -> dt.date:
        return self.at.astimezone(dt.UTC).date()

    @property
    def accounts(self) -> tuple[Account, ...]:
        return tuple(account for account in (self.movement.source, self.movement.target) if account)

    def trusts(self, source: Account, target: Account) -> bool:
        """Whether the target is on the source's list of accounts to which it may send."""
        known = self.standing
        if known is not None and (known.source, known.target) == (source.pk, target.pk):
            return known.trusts
        return people.trusts(source, target, self.at)

    def participates(self, target: Account, line: MovementLine) -> bool | None:
        """Whether the receiver takes part in the project of the line; None where nobody knows."""
        if self.participations is not None:
            return self.participations[self.lines.index(line)]
        return outside.is_participant(target, party=line.party, project_number=line.project_number)

    def of(self, line: MovementLine) -> Found:
        """What the book says of this line, read once."""
        place = self.lines.index(line)
        if place not in self.found:
            self.found[place] = self._look(line)
        return self.found[place]

    @cached_property
    def reserved(self) -> bool:
        """Whether the units are held for this movement already."""
        return self.movement.pk is not None and self.movement.is_open

    def live(self, line: MovementLine) -> QuerySet[Block]:
        """The live blocks of the line's kind in the source account, within its serials where it names some."""
        first, last = line.first or 1, line.last or LARGEST_SERIAL
        return Block.objects.filter(
            account=self.movement.source,
            party=line.party,
            project_number=line.project_number,
            unit_type=line.unit_type,
            applicable_period=line.period,
            spent_by__isnull=True,
            first__lte=last,
            last__gte=first,
        )

    def mine(self, line: MovementLine) -> QuerySet[Block]:
        """Those of them that are free, or reserved for this movement, in the order in which they are taken."""
        return self.live(line).filter(reserved_for__in=(self._own, *self.freed)).order_by("first")

    @property
    def _own(self) -> int:
        """For which movement the units are held that it may take; 0 for none."""
        return self.movement.pk if self.reserved else 0

    def _blocks(self, line: MovementLine, most: int) -> Iterable[tuple[int, int, dt.date | None]]:
        """First and last serial and expiry of the first of `mine`."""
        any_serials = line.first is None and line.last is None
        if most != A_FEW or not any_serials or self.freed or self.movement.source_id is None:
            return self.mine(line).values_list("first", "last", "expires_on")[:most]
        place = self.lines.index(line)
        known = self.first_blocks[place] if place < len(self.first_blocks) else None
        if known is not None:
            return [(first, last, end and dt.date.fromisoformat(end)) for first, last, end in known]
        found: list[tuple[int, int, dt.date | None]] = _FIRST_BLOCKS(
            account=self.movement.source_id,
            party=line.party,
            project=line.project_number,
            unit_type=line.unit_type,
            period=line.period,
            held_for=self._own,
        )
        return found

    def _look(self, line: MovementLine) -> Found:
        low, high = line.first or 1, line.last or LARGEST_SERIAL
        units, blocks, expires = 0, 0, None
        for most in (A_FEW, MOST_BLOCKS + 1):
            units, blocks, expires = 0, 0, None
            for first, last, expiry in self._blocks(line, most):
                units += min(last, high) - max(first, low) + 1
                blocks += 1
                expires = min(filter(None, (expires, expiry)), default=None)
                if units >= line.quantity:
                    return Found(units, units, blocks, expires)
            if blocks < most:
                break
        held = self._sum(self.live(line), line)
        return Found(held, units, blocks, expires)

    def _sum(self, blocks: QuerySet[Block], line: MovementLine) -> int:
        low, high = line.first or 1, line.last or LARGEST_SERIAL
        total = blocks.aggregate(units=Sum(UNITS))["units"] or 0
        for first, last in blocks.filter(Q(first__lt=low) | Q(last__gt=high)).values_list("first", "last"):
            total -= max(0, low - first) + max(0, last - high)
        return int(total)
