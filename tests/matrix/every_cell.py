"""The tests of one machine's matrix; a module a machine, so that two run at the same time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from django.test import TestCase

from cdm.workflow.machine import Machine
from cdm.workflow.machines import MACHINES
from tests.given import World
from tests.matrix import cells, lives, people


class Matrix(TestCase):
    """A subject in every state is built once; each test, and each cell in it, is rolled back."""

    __test__ = False
    machine: ClassVar[Machine]
    table: ClassVar[cells.Table]
    world: World
    subjects: lives.Lives

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = people.cast()
        cls.subjects = lives.LIVES[cls.machine.name](cls.world)

    @property
    def places(self) -> list[str]:
        return list(dict.fromkeys(state for state, _ in self.table))

    def test_an_unknown_cell_is_a_failure(self) -> None:
        """Nobody has said what is right there."""
        assert {place.partition("/")[0] for place in self.places} == set(self.machine.state_names)
        wanted = {(place, move) for place in self.places for move in self.machine.move_names}
        assert set(self.table) == wanted
        known = {cells.CLOSED, cells.DENIED, cells.UNMET, *self.machine.state_names}
        assert {cell for row in self.table.values() for cell in row.values()} <= known

    def test_every_state_is_reached_from_nothing(self) -> None:
        assert set(self.subjects) == set(self.places)
        for place, subject in self.subjects.items():
            subject.refresh_from_db()
            assert subject.state == place.partition("/")[0]

    def every_move_of_every_seat(self, place: str) -> None:
        """All cells of one state, and a list of those that are not as reviewed."""
        subject = self.subjects[place]
        subject.refresh_from_db()
        before = cells.snapshot(subject)
        wrong = []
        for move in self.machine.move_names:
            for seat, right in self.table[place, move].items():
                by = people.sitting(self.world, seat, subject)
                found = cells.outcome(self.world, subject, move, by)
                if found != right:
                    wrong.append(f"{move} by {seat}: {found}, but {right} is expected")
            assert cells.snapshot(subject) == before, (
                f"{move} was refused or undone and yet something changed"
            )
        assert wrong == [], "\n".join(wrong)


def matrix_of(name: str) -> type[Matrix]:
    """The test class of one machine, with a test for each of its states."""
    table = cells.expected(name)
    tests: dict[str, Any] = {
        f"test_state_{re.sub(r'[^a-z]+', '_', place)}": _of_state(place)
        for place in dict.fromkeys(state for state, _ in table)
    }
    return type(
        "TestMatrix", (Matrix,), {"__test__": True, "machine": MACHINES[name], "table": table, **tests}
    )


def _of_state(place: str) -> Callable[[Matrix], None]:
    def test(self: Matrix) -> None:
        self.every_move_of_every_seat(place)

    return test
