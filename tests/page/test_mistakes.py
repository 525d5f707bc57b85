"""A page with a mistake on it is refused before anything starts."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from cdm.checks_pages import mistakes, pages_name_what_exists
from cdm.workflow.letter import LETTER_OF_APPROVAL
from cdm.workflow.machine import Clock, Machine, Move, State, Wait
from cdm.workflow.machines import MACHINES
from cdm.workflow.roles import Role

BEGUN, DONE = State("begun", "Begun"), State("done", "Done", ending="good")
FINISH = Move("finish", ("begun",), "done", (Role.PARTICIPANT,), "Finish")


def page(**changes: Any) -> Machine:
    """A page of two states and one move, with changes."""
    whole = {
        "name": "errand",
        "title": "Errand",
        "states": (BEGUN, DONE),
        "moves": (FINISH,),
        "initial": "begun",
    }
    return Machine(**(whole | changes))


def state(**changes: Any) -> State:
    return dataclasses.replace(BEGUN, **changes)


def move(**changes: Any) -> Move:
    return dataclasses.replace(FINISH, **changes)


def test_a_page_without_a_mistake_stands() -> None:
    assert page().state_names == ("begun", "done")
    assert list(mistakes(page())) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"initial": "nowhere"}, "the initial state nowhere is not on the page"),
        ({"states": (BEGUN, DONE, DONE)}, "two states share a name"),
        ({"moves": (move(target="gone"),)}, "finish names the unknown state gone"),
        ({"moves": (move(source=("nowhere",)),)}, "finish names the unknown state nowhere"),
        ({"states": (BEGUN, DONE, State("island", "Island", ending="bad"))}, "island can never be reached"),
        ({"states": (BEGUN, State("done", "Done"))}, "done has no way out and is not an end"),
        ({"moves": (FINISH, FINISH)}, "finish stands twice from begun to done"),
        (
            {
                "states": (BEGUN, DONE, State("lost", "Lost", ending="bad")),
                "moves": (FINISH, move(target="lost", when="is_issuance")),
            },
            "finish from begun has several rows, so each needs a `when`",
        ),
        (
            {"states": (state(clocks=(Clock("patience", "review.reply", then="finish"),)), DONE)},
            "the clock patience of begun has no move finish by the clock",
        ),
        (
            {"states": (state(clocks=(Clock("patience"),)), DONE)},
            "the clock patience of begun has a window, or a rule that names its last day",
        ),
        (
            {
                "states": (
                    state(clocks=(Clock("patience", "review.reply", until="later_reductions.mode"),)),
                    DONE,
                )
            },
            "the clock patience of begun has a window, or a rule that names its last day",
        ),
        (
            {"states": (state(waits=(Wait(Role.DNA, "Finish it", ("finish",)),)), DONE)},
            "begun waits for dna to finish, which is not on the page",
        ),
    ],
)
def test_a_page_that_cannot_be_walked_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace("`", "`")):
        page(**changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"moves": (move(needs=("good_weather",)),)}, "needs “good_weather”, which is no condition"),
        ({"moves": (move(then=("ring_the_bell",)),)}, "brings about “ring_the_bell”, which is no effect"),
        ({"moves": (move(when="on_sundays"),)}, "is routed by “on_sundays”, which is no route"),
        (
            {"states": (state(waits=(Wait(Role.PARTICIPANT, "Finish", when="on_sundays"),)), DONE)},
            "waits when “on_sundays”, which is no route",
        ),
        (
            {"states": (state(clocks=(Clock("patience", "a.while"),)), DONE)},
            "has the window “a.while”, which no rule set can have",
        ),
        (
            {"states": (state(clocks=(Clock("patience", until="a.day"),)), DONE)},
            "runs until “a.day”, which no rule set can have",
        ),
    ],
)
def test_a_name_that_stands_for_nothing_is_found(changes: dict[str, Any], sentence: str) -> None:
    assert any(sentence in found for found in mistakes(page(**changes)))


def test_the_system_check_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pages_name_what_exists() == []
    wrong = dataclasses.replace(LETTER_OF_APPROVAL.moves[0], needs=("good_weather",))
    broken = dataclasses.replace(
        LETTER_OF_APPROVAL, moves=(wrong, *LETTER_OF_APPROVAL.moves[1:]), _by_name={}
    )
    monkeypatch.setitem(MACHINES, "letter_of_approval", broken)
    (error,) = pages_name_what_exists()
    assert error.id == "cdm.E100"
    assert error.is_serious()
    assert "letter_of_approval.issue needs “good_weather”" in str(error.msg)
