"""How sure we are of a fact: the tags of the rulebook, spelled out."""

from __future__ import annotations

from enum import Enum


class Confidence(Enum):
    """A tag of the rulebook. `.value` is the wording used in the files and shown to people."""

    READ = "read in a text"
    ON_DATA = "verified on data"
    HIGH = "from memory, high confidence"
    MEDIUM = "from memory, medium confidence"
    LOW = "from memory, low confidence"

    @property
    def tag(self) -> str:
        """The short tag of the rulebook: VT, VD, MH, MM or ML."""
        return _TAGS[self]

    @property
    def is_certain(self) -> bool:
        """Whether the fact was read or measured, rather than remembered."""
        return self in (Confidence.READ, Confidence.ON_DATA)

    @property
    def needs_checking(self) -> bool:
        """Whether the fact is remembered with medium or low confidence, so that a page must say so."""
        return self in (Confidence.MEDIUM, Confidence.LOW)


_TAGS = {
    Confidence.READ: "VT",
    Confidence.ON_DATA: "VD",
    Confidence.HIGH: "MH",
    Confidence.MEDIUM: "MM",
    Confidence.LOW: "ML",
}


def confidence(words: str) -> Confidence:
    """The confidence for its wording. Raises ValueError listing the wordings that exist."""
    try:
        return Confidence(words)
    except ValueError:
        known = "; ".join(member.value for member in Confidence)
        raise ValueError(f"“{words}” is not a confidence. Use one of: {known}.") from None
