"""What the check says: one finding names the document, the section, what is wrong, what to do, and by which rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How the secretariat would take it. `.value` is the code for programs, `.label` is for people."""

    RETURNED = "will_be_returned"
    LOOK_AGAIN = "look_again"

    @property
    def label(self) -> str:
        return "Will be returned" if self is Severity.RETURNED else "Look again"

    @property
    def tone(self) -> str:
        """The colour of its tag."""
        return "bad" if self is Severity.RETURNED else "waiting"


@dataclass(frozen=True)
class Finding:
    """One finding. `key` names the kind of fault for programs; `url` leads to where it is put right, if anywhere."""

    key: str
    severity: Severity
    document: str
    section: str
    sentence: str
    what_to_do: str
    source: str
    url: str = ""


def in_order(findings: list[Finding]) -> list[Finding]:
    """What will be returned first; then by document, in the order found. The same finding stands once."""
    once = list(dict.fromkeys(findings))
    return sorted(once, key=lambda one: one.severity is not Severity.RETURNED)
