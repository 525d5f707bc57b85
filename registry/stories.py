"""The story of any run of serials as a tree: issued, split, moved, cancelled, and where its units lie now.

Blocks are only ever cut, never joined, so two blocks that share a serial are ancestor and descendant. The
blocks that overlap a run of serials are therefore those that start inside it, and the ancestors of its first
serial. Both are found by index, whatever else the book holds; a story takes the same few queries for any book.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from registry.codes import EntryKind
from registry.models import Account, Block, Entry, Issuance
from registry.serials import SerialRange

MOST_PARTS: Final = 500
"""Parts told at once; a longer story says from which serial on it goes on."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the public, the holder of some accounts, or the registry's administrator."""

    accounts: frozenset[int] = frozenset()
    is_administrator: bool = False

    def may_read(self, *accounts: int) -> bool:
        """Whether this viewer is told why something was done to these accounts, when exactly, and by whom.

        Everything else is public: 3/CMP.1 annex, appendix D, paragraphs 9 to 12 publish each account's
        holder and, by serial number, what was issued, transferred with the acquiring account, cancelled and
        is held now. docs/registry-lookups.md goes through them one by one.
        """
        return self.is_administrator or not self.accounts.isdisjoint(accounts)


PUBLIC: Final = Viewer()


@dataclass(slots=True)
class Part:
    """Serials that came into an account together, until an entry took them on or to this day.

    `asked` is the part of them that the question was about. A part that stayed in an account when others
    left it is told only where it lies there now; `remained` marks it.
    """

    serials: SerialRange
    asked: SerialRange
    identifier: str
    account: Account
    entry: Entry
    is_here_now: bool
    remained: bool
    kind: tuple[Any, ...]
    issuance: Issuance | None = None
    children: list[Part] = field(default_factory=list)
    private: bool = True

    @property
    def units(self) -> int:
        return self.asked.units

    @property
    def is_split(self) -> bool:
        """Whether its serials went different ways."""
        return len(self.children) > 1

    @property
    def sentence(self) -> str:
        """What happened, in a few words."""
        if self.remained:
            return "Remained"
        return _SENTENCES[EntryKind(self.entry.kind)]

    @property
    def on(self) -> dt.date:
        """The day it happened, by Greenwich (appendix D, paragraph 12)."""
        return self.entry.at.astimezone(dt.UTC).date()

    @property
    def reason(self) -> str:
        """Why, for those who may read it; empty for others."""
        return "" if self.private else self.entry.reason

    @property
    def by(self) -> str:
        """Who did it, for those who may read it; empty for others."""
        return "" if self.private or self.entry.by is None else str(self.entry.by)


_SENTENCES: Final = {
    EntryKind.ISSUANCE: "Issued",
    EntryKind.ADAPTATION_SHARE: "Taken as share of proceeds for adaptation",
    EntryKind.FORWARDING: "Forwarded",
    EntryKind.TRANSFER: "Transferred",
    EntryKind.ARRIVAL: "Arrived from another registry",
    EntryKind.DEPARTURE: "Transferred to another registry",
    EntryKind.CANCELLATION: "Cancelled",
    EntryKind.RETIREMENT: "Retired",
    EntryKind.REPLACEMENT: "Used for replacement",
    EntryKind.CONVERSION: "Converted",
    EntryKind.CARRY_OVER: "Carried over",
    EntryKind.EXPIRY_DATE_CHANGE: "Expiry date changed",
    EntryKind.MONETISATION: "Monetised for the Adaptation Fund",
    EntryKind.RESERVATION: "Remained",
    EntryKind.RELEASE: "Remained",
}


@dataclass(frozen=True, slots=True)
class Fate:
    """Where units of the run lie now."""

    account: Account
    units: int


@dataclass(frozen=True, slots=True)
class Story:
    """What the registry knows of a run of serials.

    `never_here` are the runs within `told` that were neither issued nor held here; `units_never_here` counts
    all such units of the whole run. `rest` is what remains to be told where the story is too long for once.
    """

    asked: SerialRange
    told: SerialRange
    roots: tuple[Part, ...]
    fates: tuple[Fate, ...]
    never_here: tuple[SerialRange, ...]
    rest: SerialRange | None

    @property
    def units_here(self) -> int:
        return sum(fate.units for fate in self.fates)

    @property
    def units_never_here(self) -> int:
        return self.asked.units - self.units_here

    def walk(self) -> Iterator[tuple[int, Part]]:
        """Every part after the one it came from, with its depth from 0."""
        waiting = [(0, part) for part in reversed(self.roots)]
        while waiting:
            depth, part = waiting.pop()
            yield depth, part
            waiting += [(depth + 1, child) for child in reversed(part.children)]


def story(serials: SerialRange, *, viewer: Viewer = PUBLIC, most: int = MOST_PARTS) -> Story:
    """The whole story of a run of serials of one Party, however many blocks it spans.

    Args:
        viewer: who asks; see `Viewer.may_read` for what is not public.
        most: parts told at once. The story then ends before a serial, and `rest` begins with it.
    """
    blocks = list(_told(serials).order_by("first", "-last", "id")[: most + 1])
    told = serials
    if len(blocks) > most:
        # All parts that begin with one serial are told or none, so that no story ends in its middle.
        start = max(blocks[-1].first, serials.first + 1)
        blocks = [block for block in blocks if block.first < start]
        if start == serials.first + 1:
            blocks = list(_told(SerialRange(serials.party, serials.first, serials.first)))
        told = SerialRange(serials.party, serials.first, start - 1)
    before = list(_told_before(serials))
    roots = _tree(sorted({*before, *blocks}, key=lambda b: (b.first, -b.last, b.pk)), told, viewer)
    _add_issuances(roots)
    return Story(
        asked=serials,
        told=told,
        roots=tuple(roots),
        fates=_fates(serials),
        never_here=tuple(_gaps(told, (root.serials for root in roots))),
        rest=SerialRange(serials.party, told.last + 1, serials.last) if told.last < serials.last else None,
    )


def _blocks() -> QuerySet[Block]:
    return Block.objects.select_related("account", "born_by", "born_by__by")


def _told(serials: SerialRange) -> QuerySet[Block]:
    """Blocks that begin inside the run and are worth telling: those that moved, and those that lie somewhere now.

    When a block is cut, what stays in its account is a block of its own. It has no story until it moves.
    """
    stayed = Block.objects.filter(
        spent_by=OuterRef("born_by"),
        account=OuterRef("account"),
        party=OuterRef("party"),
        first__lte=OuterRef("first"),
        last__gte=OuterRef("last"),
        # a part that was changed where it lay has a story; what stayed as it was has none
        unit_type=OuterRef("unit_type"),
        applicable_period=OuterRef("applicable_period"),
    ).filter(Q(expires_on=OuterRef("expires_on")) | Q(expires_on__isnull=True))
    inside = _blocks().filter(party=serials.party, first__gte=serials.first, first__lte=serials.last)
    return inside.filter(Q(spent_by__isnull=True) | ~Exists(stayed))


_ANCESTORS: Final = """
    WITH RECURSIVE line (id, account_id, born_by_id, kind, below_id, below_account_id, below_kind) AS (
        SELECT live.id, live.account_id, live.born_by_id, live.kind, CAST(NULL AS bigint), CAST(NULL AS bigint),
               CAST(NULL AS text) FROM (
            SELECT id, account_id, born_by_id, last,
                   unit_type || '.' || applicable_period || '.' || coalesce(CAST(expires_on AS text), '') AS kind
            FROM registry_block
            WHERE party = %s AND first <= %s AND spent_by_id IS NULL ORDER BY first DESC LIMIT 1) AS live
        WHERE live.last >= %s
        UNION ALL
        SELECT b.id, b.account_id, b.born_by_id,
               b.unit_type || '.' || b.applicable_period || '.' || coalesce(CAST(b.expires_on AS text), ''),
               line.id, line.account_id, line.kind
        FROM line JOIN registry_block b
          ON b.spent_by_id = line.born_by_id AND b.party = %s AND b.first <= %s AND b.last >= %s)
    SELECT below_id FROM line WHERE account_id <> below_account_id OR kind <> below_kind
    UNION SELECT min(id) FROM line
    UNION SELECT max(id) FROM line"""
"""From the live block that holds the serial up to the first one; those that moved or changed, first and last."""


def _told_before(serials: SerialRange) -> QuerySet[Block]:
    """The blocks worth telling that hold the first serial of the run but begin before it."""
    party, serial = serials.party, serials.first
    line = RawSQL(_ANCESTORS, [party, serial, serial, party, serial, serial])  # noqa: S611  numbers of ours
    return _blocks().filter(first__lt=serial, pk__in=line)


def _tree(blocks: Iterable[Block], told: SerialRange, viewer: Viewer) -> list[Part]:
    """Hang each block under the nearest one told before it that holds its serials.

    Args:
        blocks: by first serial, then the longest first, then the oldest: an ancestor precedes its descendants.
    """
    roots: list[Part] = []
    open_parts: list[Part] = []
    for block in blocks:
        asked = block.serials.intersection(told)
        if asked is None:
            continue
        while open_parts and open_parts[-1].serials.last < block.first:
            open_parts.pop()
        above = open_parts[-1] if open_parts else None
        involved = [block.account_id, *([above.account.pk] if above else [])]
        part = Part(
            serials=block.serials,
            asked=asked,
            identifier=str(block.identifier),
            account=block.account,
            entry=block.born_by,
            is_here_now=block.spent_by_id is None,
            remained=above is not None
            and above.account.pk == block.account_id
            and above.kind == _kind(block),
            kind=_kind(block),
            private=not viewer.may_read(*involved),
        )
        (above.children if above else roots).append(part)
        open_parts.append(part)
    return roots


def _kind(block: Block) -> tuple[Any, ...]:
    """What may change about units while they stay in an account."""
    return (block.unit_type, block.applicable_period, block.expires_on)


def _add_issuances(roots: Iterable[Part]) -> None:
    """Which request, monitoring period and share of proceeds stand behind what was issued here."""
    entries = [root.entry.pk for root in roots]
    found = Issuance.objects.filter(entry__in=entries).select_related("deduction")
    by_entry = {issuance.entry_id: issuance for issuance in found}
    for root in roots:
        root.issuance = by_entry.get(root.entry.pk)


_FATES: Final = """
    SELECT account_id, sum(CASE WHEN last < %s THEN last ELSE %s END
                           - CASE WHEN first > %s THEN first ELSE %s END + 1) AS units
    FROM registry_block
    WHERE party = %s AND spent_by_id IS NULL AND first <= %s AND last >= %s
      AND first >= coalesce((SELECT first FROM registry_block WHERE party = %s AND spent_by_id IS NULL
                             AND first <= %s ORDER BY first DESC LIMIT 1), 0)
    GROUP BY account_id ORDER BY account_id"""


def _fates(serials: SerialRange) -> tuple[Fate, ...]:
    """Where the units of the run lie now, by account. Live blocks never overlap, so only one begins before it."""
    party, first, last = serials.party, serials.first, serials.last
    with connection.cursor() as cursor:
        cursor.execute(_FATES, [last, last, first, first, party, last, first, party, first])
        rows = cursor.fetchall()
    accounts = Account.objects.in_bulk([account for account, _ in rows])
    return tuple(Fate(accounts[account], int(units)) for account, units in rows)


def _gaps(told: SerialRange, held: Iterable[SerialRange]) -> Iterator[SerialRange]:
    """The runs of `told` outside all of `held`, which come in the order of their serials."""
    following = told.first
    for run in held:
        if run.first > following:
            yield SerialRange(told.party, following, run.first - 1)
        following = max(following, run.last + 1)
    if following <= told.last:
        yield SerialRange(told.party, following, told.last)


__all__ = ["MOST_PARTS", "PUBLIC", "Fate", "Part", "Story", "Viewer", "story"]
