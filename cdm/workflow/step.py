"""What a route, a condition and an effect are told about the move that is being made."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cdm.workflow.machine import Move
from cdm.workflow.roles import Role

if TYPE_CHECKING:
    from cdm.models import Project, Record, User
    from cdm.models.subject import Subject


@dataclass(frozen=True)
class Problem:
    """One unmet need: a sentence a person can act on, and the field or section it belongs to."""

    sentence: str
    field: str = ""

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Following:
    """A move on another subject that this one brings about, made in the same transaction."""

    subject: Subject
    move: str
    note: str
    given: dict[str, Any]


@dataclass(frozen=True)
class Beginning:
    """A new subject that this move puts on its page, in the same transaction."""

    subject: Subject
    sentence: str
    tells: tuple[Role, ...]


@dataclass
class Step:
    """One move under way. `facts` go into the record; `begin` and `follow` queue what comes after it."""

    subject: Any
    move: Move
    by: User | None
    role: Role
    at: dt.datetime
    note: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    following: list[Following] = field(default_factory=list)
    beginning: list[Beginning] = field(default_factory=list)
    record: Record | None = None
    told: str = ""
    """What an effect adds to the notices of the move, such as the serial numbers of what moved."""

    @property
    def day(self) -> dt.date:
        """The GMT day of the move: the UNFCCC counts in GMT days."""
        return self.at.astimezone(dt.UTC).date()

    @property
    def person(self) -> User:
        """Who makes the move, where the page gives it to people only."""
        if self.by is None:
            raise TypeError(f"{self.move.name} is a person's move, but nobody made it.")
        return self.by

    @property
    def project(self) -> Project:
        return self.subject.whole_project  # type: ignore[no-any-return]

    def begin(self, subject: Subject, sentence: str, *, tells: tuple[Role, ...] = ()) -> None:
        """Queue a new subject, to be put on its page after this step's record."""
        self.beginning.append(Beginning(subject, sentence, tells))

    def follow(self, subject: Subject, move: str, *, note: str = "", **given: Any) -> None:
        """Queue `move` on `subject` as a consequence of this step."""
        self.following.append(Following(subject, move, note, given))
