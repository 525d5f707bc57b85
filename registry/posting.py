"""Writes entries into the tables of the book: the locks, the walk over the blocks, the spending and the
bearing.

Only `registry.book` calls this room, inside a transaction and after its checks. The order of locks is
everywhere the same: the counter row of the Party, then accounts by their number. Units that wait in the
pending account are guarded by the row of their Party, because every project shares that one account; units
elsewhere by the row of their account. An account that only receives is held against being closed, not
against other movements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from registry.asked import Heading, NewUnits, ShareOfProceeds
from registry.codes import EntryKind
from registry.models import Account, Block, Deduction, Entry, Issuance, PartyCounter
from registry.results import SHARE
from registry.serials import SerialRange


@dataclass(frozen=True, slots=True)
class Take:
    """A live block and how many of its lowest units, or which of its serials, are wanted."""

    block: Block
    wanted: SerialRange


class TooFew(Exception):
    """The account has fewer such units than wanted; `available` says how many."""

    def __init__(self, available: int) -> None:
        super().__init__(available)
        self.available = available


def lock_counter(party: str) -> PartyCounter:
    """The counter row of the Party, locked until the transaction ends; made at the Party's first issuance."""
    counters = PartyCounter.objects.select_for_update(no_key=True).filter(pk=party)
    counter = counters.first()
    if counter is None:
        # Two first issuances of a Party may meet here: one makes the row, and both then wait for it.
        PartyCounter.objects.bulk_create([PartyCounter(party=party)], ignore_conflicts=True)
        counter = counters.get()
    return counter


def lock_accounts(*, spending: Iterable[int] = (), receiving: Iterable[int] = ()) -> dict[int, Account]:
    """The accounts by number, read after their locks were got.

    Spending accounts are locked against each other (FOR NO KEY UPDATE: a plain FOR UPDATE would wait for
    every foreign key check, and deadlock on crossed transfers); receiving ones only against a change of
    their state.
    """
    spending_ids, receiving_ids = set(spending), set(receiving)
    locked: dict[int, Account] = {}
    if connection.vendor == "postgresql":
        for ids, strength in ((spending_ids, "NO KEY UPDATE"), (receiving_ids - spending_ids, "KEY SHARE")):
            if ids:
                rows = Account.objects.raw(
                    f"SELECT * FROM registry_account WHERE id = ANY(%s) ORDER BY id FOR {strength}",  # noqa: S608
                    [sorted(ids)],
                )
                locked.update({account.pk: account for account in rows})
    else:
        locked.update(Account.objects.in_bulk(spending_ids | receiving_ids))
    return locked


def walk(blocks: QuerySet[Block]) -> Iterator[Block]:
    """The blocks of one Party, lowest serial first, fetched in growing helpings so that few are read when
    few are needed.
    """
    after: int | None = None
    helping = 16
    while True:
        page = blocks.order_by("first") if after is None else blocks.filter(first__gt=after).order_by("first")
        got = list(page[:helping])
        yield from got
        if len(got) < helping:
            return
        after, helping = got[-1].first, min(helping * 4, 4096)


def lowest(*, blocks: QuerySet[Block], quantity: int) -> list[Take]:
    """The blocks that hold the `quantity` lowest serials of one Party's `blocks`, the last of them cut.

    Raises:
        TooFew: all of them together hold less.
    """
    takes: list[Take] = []
    missing = quantity
    for block in walk(blocks):
        wanted = block.serials if block.units <= missing else block.serials.split(missing)[0]
        takes.append(Take(block, wanted))
        missing -= wanted.units
        if not missing:
            return takes
    raise TooFew(quantity - missing)


def exactly(*, blocks: QuerySet[Block], serials: SerialRange) -> list[Take]:
    """The blocks that hold these serials, each with its part of them.

    Raises:
        TooFew: some of the serials lie elsewhere.
    """
    touched = blocks.filter(party=serials.party, first__lte=serials.last, last__gte=serials.first)
    takes = [
        Take(block, part)
        for block in touched.order_by("first")
        if (part := block.serials.intersection(serials)) is not None
    ]
    held = sum(take.wanted.units for take in takes)
    if held != serials.units:
        raise TooFew(held)
    return takes


def bear(*, block: Block, serials: SerialRange, account_id: int, entry: Entry) -> Block:
    """A new block like the given one, for some of its serials, in an account. Not yet written."""
    return Block(
        party=serials.party,
        first=serials.first,
        last=serials.last,
        unit_type=block.unit_type,
        original_period=block.original_period,
        applicable_period=block.applicable_period,
        project_number=block.project_number,
        lulucf=block.lulucf,
        track=block.track,
        expires_on=block.expires_on,
        account_id=account_id,
        born_by=entry,
    )


def move(
    *,
    heading: Heading,
    takes: Sequence[Take],
    shares: Sequence[tuple[int, int]],
    suffix: str = "",
    kind: EntryKind | None = None,
) -> tuple[Entry, list[Block]]:
    """Write an entry that spends the blocks taken and bears their serials anew.

    Args:
        shares: account numbers with quantities, served lowest serials first; their sum is the sum of what is
            taken. What remains of a cut block is born again where it was.
        suffix, kind: for the later entries of a movement that has several.
    """
    entry = heading.write(
        units=sum(units for _, units in shares),
        gross_units=sum(take.block.units for take in takes),
        suffix=suffix,
        kind=kind,
    )
    spent_ids = [take.block.pk for take in takes]
    spent = Block.objects.filter(pk__in=spent_ids, spent_by__isnull=True).update(spent_by=entry)
    if spent != len(spent_ids):
        raise RuntimeError("A block was spent by another movement while its account was locked.")
    born: list[Block] = []
    waiting = list(shares)
    for take in takes:
        block = take.block
        if take.wanted.first > block.first:
            before = SerialRange(block.party, block.first, take.wanted.first - 1)
            born.append(bear(block=block, serials=before, account_id=block.account_id, entry=entry))
        open_part: SerialRange | None = take.wanted
        while open_part is not None:
            account_id, missing = waiting[0]
            part, rest = open_part.split(missing) if open_part.units > missing else (open_part, None)
            born.append(bear(block=block, serials=part, account_id=account_id, entry=entry))
            waiting[0] = (account_id, missing - part.units)
            if not waiting[0][1]:
                waiting.pop(0)
            open_part = rest
        if take.wanted.last < block.last:
            after = SerialRange(block.party, take.wanted.last + 1, block.last)
            born.append(bear(block=block, serials=after, account_id=block.account_id, entry=entry))
    return entry, Block.objects.bulk_create(born)


def bear_new(
    *, heading: Heading, counter: PartyCounter, new: NewUnits, pending: Account
) -> tuple[Entry, Issuance, Block]:
    """Take the next serials of the locked counter and bear them as one block in the pending account."""
    serials = SerialRange(new.party, counter.last_serial + 1, counter.last_serial + new.quantity)
    counter.last_serial = serials.last
    counter.save(update_fields=["last_serial"])
    entry = heading.write(units=new.quantity)
    issuance = Issuance.objects.create(
        entry=entry,
        party=new.party,
        project_number=new.project_number,
        unit_type=new.unit_type,
        commitment_period=new.commitment_period,
        first=serials.first,
        last=serials.last,
        monitoring_start=new.monitoring_start,
        monitoring_end=new.monitoring_end,
        request_reference=new.request_reference,
        correction=new.correction,
    )
    block = Block.objects.create(
        party=new.party,
        first=serials.first,
        last=serials.last,
        unit_type=new.unit_type,
        original_period=new.commitment_period,
        applicable_period=new.commitment_period,
        project_number=new.project_number,
        lulucf=new.lulucf,
        expires_on=new.expires_on,
        account=pending,
        born_by=entry,
    )
    return entry, issuance, block


def deduct(
    *, heading: Heading, issuance: Issuance, block: Block, share: ShareOfProceeds, adaptation: Account
) -> None:
    """Move the lowest serials of the block to the adaptation account; record the deduction, taken or not."""
    entry, serials = None, None
    if share.units:
        serials = block.serials if share.units == block.units else block.serials.split(share.units)[0]
        entry, _ = move(
            heading=heading,
            takes=[Take(block, serials)],
            shares=[(adaptation.pk, share.units)],
            suffix=SHARE,
            kind=EntryKind.ADAPTATION_SHARE,
        )
    Deduction.objects.create(
        issuance=issuance,
        entry=entry,
        rate_percent=share.rate_percent,
        units=share.units,
        first=serials.first if serials else None,
        last=serials.last if serials else None,
        rule=share.rule,
        exemption=share.exemption,
    )


def live(**criteria: Any) -> QuerySet[Block]:
    """Live blocks of one kind, as the index `block_live_in_account` has them."""
    return Block.objects.filter(spent_by__isnull=True, **criteria)
