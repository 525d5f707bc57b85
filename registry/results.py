"""What a door of the book gives back, read from the book itself."""

from __future__ import annotations

from dataclasses import dataclass

from registry.models import Account, Entry, Issuance
from registry.serials import SerialRange

SHARE = ":share"
FORWARD = ":forward"
"""What the keys of the later entries of an issuance end with."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What an issuance did. `again` is true when this key had been done before."""

    issuance: Issuance
    serials: SerialRange
    share_serials: SerialRange | None
    rest_serials: SerialRange | None
    entries: tuple[Entry, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """What a movement did: which serials went to which account, lowest first."""

    entry: Entry
    quantity: int
    parts: tuple[tuple[Account, SerialRange], ...]
    again: bool = False


def issued(entry: Entry, *, again: bool) -> Issued:
    """The result of an issuance, read from the book."""
    issuance = Issuance.objects.select_related("deduction").get(entry=entry)
    serials, share = issuance.serials, issuance.deduction.units
    parts = (
        (None, serials) if not share else (serials, None) if share == serials.units else serials.split(share)
    )
    later = Entry.objects.filter(key__in=[entry.key + SHARE, entry.key + FORWARD]).order_by("pk")
    return Issued(
        issuance=issuance,
        serials=serials,
        share_serials=parts[0],
        rest_serials=parts[1],
        entries=(entry, *later),
        again=again,
    )


def moved(entry: Entry, *, again: bool) -> Moved:
    """The result of a movement, read from the book: what it bore outside the account it took from."""
    sources = entry.spent.values("account")
    born = entry.born.exclude(account__in=sources).select_related("account").order_by("first")
    return Moved(
        entry=entry,
        quantity=entry.units,
        parts=tuple((block.account, block.serials) for block in born),
        again=again,
    )
