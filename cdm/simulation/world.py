"""The simulated world: its cast, its clock, its dice, and the one way in which anything is tried in it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from cdm.models import (
    Deadline,
    DocumentVersion,
    Notice,
    Organisation,
    Payment,
    Project,
    Record,
    RecordChain,
    Seat,
    Signature,
    Task,
    User,
)
from cdm.models.subject import Subject
from cdm.simulation.cast import Cast
from cdm.simulation.tally import Tally
from cdm.workflow import engine
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from registry.accounts import Refused
from registry.models import Block, Entry

T = TypeVar("T")
REFUSED = (Denied, NotOpen, Unmet, Refused)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
# what a refusal must leave as it was: the last row of what is only ever added, and how much is open of the rest
_LAST_ROWS = (
    Record,
    RecordChain,
    Deadline,
    Task,
    Notice,
    DocumentVersion,
    Payment,
    Signature,
    Seat,
    Entry,
    Block,
)
_OPEN = ((Deadline, "closed_at IS NULL"), (Task, "closed_at IS NULL"), (Block, "spent_by_id IS NULL"),
         (Block, "spent_by_id IS NULL AND reserved_for > 0"))  # fmt: skip


def paper(name: str = "paper.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


@dataclass
class World:
    """What every agent is given. `is_calm` ends all mischief, so that what was begun can come to its end."""

    cast: Cast
    dice: random.Random
    tally: Tally
    at: dt.datetime
    tempers: dict[int, str] = field(default_factory=dict)
    is_calm: bool = False
    numbers: int = 0

    @property
    def today(self) -> dt.date:
        return self.at.date()

    def number(self) -> int:
        """A number never given before in this world: of a letter, a transfer, a key."""
        self.numbers += 1
        return self.numbers

    def happens(self, chance: float) -> bool:
        """Mischief and whims: never once the world is calm."""
        return not self.is_calm and self.dice.random() < chance

    def one_of(self, things: Sequence[T]) -> T:
        return self.dice.choice(things)

    def temper(self, project: Project | None) -> str:
        """What is special about the life of a project; nothing once the world is calm."""
        return "" if self.is_calm or project is None else self.tempers.get(project.pk, "")

    def sits_for(self, organisation: Organisation) -> User | None:
        people = self.cast.people.get(organisation.pk)
        return self.one_of(people) if people else None

    def attempt(
        self, what: str, do: Callable[[], object], *, subject: Subject | None = None, counts: bool = False
    ) -> bool:
        """Try something at a door. A refusal has to say why, and to leave everything as it was.

        `counts`: whether it is counted here as an act; moves are counted from the record in the end.
        """
        if subject is not None:
            # a window that closed meanwhile closes first, whatever comes of what is tried
            engine.catch_up(subject, at=self.at)
        before = _standing(subject)
        try:
            do()
        except REFUSED as refusal:
            self._refused(what, refusal, is_same=_standing(subject) == before)
            return False
        if counts:
            self.tally.acts[what] += 1
        return True

    def provoke(self, what: str, do: Callable[[], object], *, subject: Subject | None = None) -> None:
        """Try what must be refused."""
        if self.attempt(what, do, subject=subject):
            self.tally.failures.append(
                f"{self.today}: {what} was taken, although it had to be refused ({subject})."
            )
        else:
            self.tally.on_purpose += 1

    def _refused(self, what: str, refusal: Exception, *, is_same: bool) -> None:
        sentence = str(refusal)
        self.tally.refusals[what] += 1
        self.tally.sentences[f"{what}: {sentence}"] += 1
        if len(sentence.split()) < 3:
            self.tally.failures.append(f"{self.today}: {what} was refused without a sentence: “{sentence}”.")
        if not is_same:
            self.tally.failures.append(
                f"{self.today}: {what} was refused and changed something: “{sentence}”."
            )


def _standing(subject: Subject | None) -> tuple[Any, ...]:
    """What a refusal must not change, read with one query besides the subject's own row."""
    # names of tables only, none of it from outside
    parts = [f"(SELECT COALESCE(MAX(id), 0) FROM {model._meta.db_table})" for model in _LAST_ROWS]  # noqa: S608
    parts += [f"(SELECT COUNT(*) FROM {model._meta.db_table} WHERE {open_})" for model, open_ in _OPEN]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts))
        found = tuple(cursor.fetchone())
    if subject is None:
        return found
    return (*found, *type(subject)._default_manager.filter(pk=subject.pk).values().get().items())
