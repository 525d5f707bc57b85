"""Wake-ups for the worker: the first goes at once, those of the next second become one at its end, none is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction

from cdm import waking

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    found: list[str] = []
    monkeypatch.setattr(waking, "settings", SimpleNamespace(CELERY_TASK_ALWAYS_EAGER=False))
    monkeypatch.setattr(waking, "_send", found.append)
    monkeypatch.setattr(waking, "APART", 0.3)
    monkeypatch.setattr(waking, "_sent_at", {})
    yield found
    until = time.monotonic() + 5
    while waking._waiting and time.monotonic() < until:
        time.sleep(0.01)


def test_many_become_one_at_the_end_of_the_time(sent: list[str]) -> None:
    for _ in range(5):
        waking.wake("a")
    waking.wake("b")
    assert sent == ["a", "b"]
    until = time.monotonic() + 5
    while len(sent) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.4)
    assert sent == ["a", "b", "a"]
    waking.wake("a")
    assert sent == ["a", "b", "a", "a"]


def test_nobody_is_woken_for_what_was_rolled_back(sent: list[str]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        waking.wake("a")
        raise ZeroDivisionError
    with transaction.atomic():
        waking.wake("b")
        assert sent == []
    assert sent == ["b"]


def test_a_late_one_that_cannot_be_sent_is_a_line_in_the_log(
    sent: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waking.wake("a")

    def away(task_name: str) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(waking, "_send", away)
    waking.wake("a")
    until = time.monotonic() + 5
    while "could not be woken" not in caplog.text and time.monotonic() < until:
        time.sleep(0.01)
    assert "could not be woken for a" in caplog.text
    monkeypatch.setattr(waking, "_send", sent.append)
