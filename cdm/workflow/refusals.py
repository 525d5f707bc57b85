"""The ways a move or an act is refused. Each carries the sentence the reader sees; nothing has changed then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cdm.permissions import Denied
from cdm.rules.days import instant_in_words
from cdm.workflow.roles import Role
from cdm.workflow.step import Problem

if TYPE_CHECKING:
    from cdm.models import User
    from cdm.models.subject import Subject

__all__ = ["Denied", "NotOpen", "Stale", "Unmet", "moved_meanwhile"]


class NotOpen(Exception):
    """The move cannot be made from the state the subject is in (409)."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Stale(NotOpen):
    """Somebody moved or edited the subject after the form was drawn (409)."""


class Unmet(Exception):
    """What still has to be done before the move, all of it at once (422)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.sentence for problem in self.problems))


def moved_meanwhile(subject: Subject, by: User | None = None) -> str:
    """Who was there first, and what to do now; `by` is the reader, who may have been first in another window."""
    from cdm.models import Record

    last = (
        Record.objects.filter(machine_name=subject.machine.name, subject_id=subject.pk)
        .order_by("-number")
        .first()
    )
    if last is not None and by is not None and last.actor_id == by.pk:
        return (
            f"You have changed this already, on {instant_in_words(last.at)}: it is now “{subject.place.label}”. "
            "This second time changed nothing. Look at the page again."
        )
    who = f" by {last.actor or Role(last.role).label} on {instant_in_words(last.at)}" if last else ""
    return (
        f"Somebody was here before you: it was changed{who} and is now “{subject.place.label}”. "
        "Nothing of yours was saved. Look at the page again and decide anew."
    )
