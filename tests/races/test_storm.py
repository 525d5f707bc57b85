"""A storm of issuances, transfers, cancellations, approvals and suspensions from sixteen threads, on PostgreSQL.

It lasts CDM_STORM_SECONDS (6 where nothing is said; docs/registry.md says how to let it blow for a minute).
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from registry import book, guards, verify
from registry.models import Account, Block
from registry.models_movements import Movement
from registry.movements import doors
from registry.movements.table import MovementKind
from tests.races.at_once import at_once
from tests.registry import given

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 16
SECONDS = float(os.environ.get("CDM_STORM_SECONDS", "6"))
PARTIES = ("BR", "CN", "IN")
ISSUED = 1_000


class Storm:
    """Accounts and people that all threads share, and the acts one thread does in turn, by its own dice."""

    def __init__(self) -> None:
        self.people = given.People()
        self.accounts = [given.holding(party="BR", holder=f"Holder {n}") for n in range(4)]
        for account in self.accounts:
            self.people.represents(account, *(f"person {n}" for n in range(4)))
            self.people.trusted(account, *self.accounts)
        # several at once open it here, not in the storm
        for kind in given.OWN_ACCOUNTS:
            book.own_account(kind, at=given.AT)
        for party in PARTIES:
            for account in self.accounts:
                given.issued(ISSUED, 20, party=party, project_number=8, forward_to=[(account, 900)])

    def blow(self, seed: int, seconds: float) -> Counter[str]:
        """One thread's acts until its time is over; how many of each were done."""
        dice = random.Random(seed)
        done: Counter[str] = Counter()
        acts: list[Callable[[random.Random, int], Any]] = [
            *(self.issue, self.transfer, self.transfer, self.cancel, self.propose, self.propose),
            *(self.decide, self.decide, self.decide, self.suspend),
        ]
        until = time.monotonic() + seconds
        number = 0
        while time.monotonic() < until:
            number += 1
            act = dice.choice(acts)
            try:
                act(dice, seed * 1_000_000 + number)
            except book.Refused:
                done["refused"] += 1
            else:
                done[act.__name__] += 1
        return done

    def issue(self, dice: random.Random, number: int) -> None:
        party = dice.choice(PARTIES)
        given.issued(
            ISSUED,
            20,
            party=party,
            project_number=8,
            correction="storm",
            monitoring_start=given.AT.date(),
            monitoring_end=given.AT.date(),
            forward_to=[(dice.choice(self.accounts), dice.randint(1, 980))],
            key=f"storm {number}",
        )

    def transfer(self, dice: random.Random, number: int) -> None:
        source, target = dice.sample(self.accounts, 2)
        book.transfer(source=source, target=target, **self.units(dice, number))

    def cancel(self, dice: random.Random, number: int) -> None:
        book.cancel(source=dice.choice(self.accounts), **self.units(dice, number))

    def units(self, dice: random.Random, number: int) -> dict[str, Any]:
        return given.asked(dice.randint(1, 40), party=dice.choice(PARTIES), key=f"storm {number}")

    def propose(self, dice: random.Random, number: int) -> None:
        source, target = dice.sample(self.accounts, 2)
        kind = dice.choice([MovementKind.INTERNAL_TRANSFER, MovementKind.VOLUNTARY_CANCELLATION])
        doors.propose(
            kind=kind,
            source=source,
            target=target if kind == MovementKind.INTERNAL_TRANSFER else None,
            units=[
                doors.Units(
                    party=dice.choice(PARTIES),
                    project_number=8,
                    unit_type=5,
                    period=1,
                    quantity=dice.randint(1, 40),
                )
            ],
            by=self.people[f"person {dice.randrange(4)}"],
            at=given.AT,
            reason="storm",
            key=f"storm {number}",
        )

    def decide(self, dice: random.Random, number: int) -> None:
        movement = Movement.objects.filter(state="awaiting_approval").order_by("?").first()
        if movement is None:
            return
        act = dice.choice([doors.approve, doors.approve, doors.approve, doors.reject, doors.cancel])
        by = self.people[f"person {dice.randrange(4)}"]
        act(movement=movement, by=by, at=given.AT, reason="storm")  # type: ignore[operator]

    def suspend(self, dice: random.Random, number: int) -> None:
        account = dice.choice(self.accounts)
        book.suspend_account(account=account, by=None, at=given.AT, reason="storm")
        book.reopen_account(account=account, by=None, at=given.AT, reason="storm")


def blown(storm: Storm, seconds: float) -> tuple[Counter[str], list[Exception]]:
    """What all threads did together, and every exception that is no refusal."""
    acts = [lambda seed=seed: storm.blow(seed, seconds) for seed in range(1, THREADS + 1)]
    results = at_once(acts, seconds=60 + seconds * 3)
    faults = [result for result in results if isinstance(result, Exception)]
    done: Counter[str] = Counter()
    for result in results:
        if isinstance(result, Counter):
            done += result
    return done, faults


def test_a_storm_leaves_a_true_book_and_no_deadlock_surfaces() -> None:
    done, faults = blown(Storm(), SECONDS)
    assert not faults
    for act in ("issue", "transfer", "cancel", "propose", "decide", "suspend"):
        assert done[act], f"nobody managed to {act}: {done}"
    result = verify.verify_book()
    assert result.ok, result.findings
    completed = Movement.objects.filter(state="completed")
    assert completed.exists()
    held = sum(b.units for b in Block.objects.filter(spent_by=None, account__in=Account.objects.all()))
    assert held == sum(c.last_serial for c in given.PartyCounter.objects.all())


@pytest.fixture
def without_the_account_lock() -> Iterator[None]:
    """The writer without its lock on the account that units leave; afterwards the right one again."""
    right = guards.statements("postgresql", "book")
    lock = "WHERE id = source FOR NO KEY UPDATE;"
    assert right.count(lock) == 1
    with connection.cursor() as cursor:
        cursor.execute(right.replace(lock, "WHERE id = source;\n    PERFORM pg_sleep(0.01);"))
    yield
    guards.install()


@pytest.mark.usefixtures("without_the_account_lock")
def test_without_the_lock_the_storm_finds_faults_and_the_walls_keep_the_book_true() -> None:
    _, faults = blown(Storm(), 2)
    assert faults
    assert verify.verify_book().ok
