"""What a door of the book gives back; what was not needed to do it is read from the book when asked for."""

from __future__ import annotations

from dataclasses import dataclass

from registry.models import Account, Entry, Issuance
from registry.serials import SerialRange


@dataclass(frozen=True, slots=True)
class Issued:
    """What an issuance did. `again` is true when this key had been done before."""

    issuance: Issuance
    share_units: int
    again: bool = False

    @property
    def serials(self) -> SerialRange:
        """All the units issued."""
        return self.issuance.serials

    @property
    def share_serials(self) -> SerialRange | None:
        """The share of proceeds for adaptation: the lowest serials."""
        if not self.share_units:
            return None
        return (
            self.serials
            if self.share_units == self.serials.units
            else self.serials.split(self.share_units)[0]
        )

    @property
    def rest_serials(self) -> SerialRange | None:
        """What remains for the participants."""
        if self.share_units == self.serials.units:
            return None
        return self.serials.split(self.share_units)[1] if self.share_units else self.serials

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The issuance, the share of proceeds if one was taken, and the forwarding done at once, if any."""
        first = self.issuance.entry
        later = Entry.objects.filter(key__in=[f"{first.key}:share", f"{first.key}:forward"]).order_by("pk")
        return (first, *later)


@dataclass(frozen=True, slots=True)
class Moved:
    """What a movement did. `again` is true when this key had been done before."""

    entry: Entry
    quantity: int
    again: bool = False

    @property
    def parts(self) -> tuple[tuple[Account, SerialRange], ...]:
        """Which serials went to which account, lowest first."""
        sources = self.entry.spent.values("account")
        born = self.entry.born.exclude(account__in=sources).select_related("account")
        return tuple((block.account, block.serials) for block in born.order_by("party", "first"))
