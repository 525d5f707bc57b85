"""A random walk through the doors of the book beside a model that knows every single serial."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from registry import book, queries, verify
from registry.codes import AccountType
from registry.models import Account, Block, Issuance
from registry.serials import SerialRange
from tests.registry import given

PARTIES = ("BR", "HN")
PROJECTS = (8, 28)
quantities = st.integers(1, 130)


class Walk(RuleBasedStateMachine):
    """The model: for each single serial, the account it lies in; for each Party, how many there are."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.holders = [given.holding(holder=name) for name in ("one", "two", "three")]
        self.pending = book.own_account(AccountType.PENDING, at=given.AT)
        self.adaptation = book.own_account(AccountType.ADAPTATION_SHARE, at=given.AT)
        self.cancelled = book.own_account(AccountType.VOLUNTARY_CANCELLATION, at=given.AT)
        self.issued: dict[str, int] = dict.fromkeys(PARTIES, 0)
        self.where: dict[tuple[str, int], Account] = {}
        self.project: dict[tuple[str, int], int] = {}
        self.issuances: list[Issuance] = []
        self.last: tuple[Any, dict[str, Any], Any] | None = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def lying(self, account: Account, party: str, project: int) -> list[int]:
        return sorted(
            serial
            for (p, serial), place in self.where.items()
            if place == account and p == party and self.project[p, serial] == project
        )

    def do(self, door: Any, **asked: Any) -> Any:
        result = door(**asked)
        self.last = (door, asked, result)
        return result

    @rule(
        party=st.sampled_from(PARTIES),
        project=st.sampled_from(PROJECTS),
        quantity=quantities,
        exempt=st.booleans(),
    )
    def issue(self, party: str, project: int, quantity: int, exempt: bool) -> None:
        # the rule as people say it: to the nearest unit, an exact half stays with the participants
        units = 0 if exempt else sum(2 * quantity > 100 * n + 50 for n in range(quantity))
        day = dt.date(2001, 1, 1) + dt.timedelta(days=len(self.issuances))
        result = self.do(
            book.issue,
            party=party,
            project_number=project,
            commitment_period=1,
            quantity=quantity,
            share=book.ShareOfProceeds(units, Decimal(2), "rule", "exempt" if exempt else ""),
            monitoring_start=day,
            monitoring_end=day,
            by=None,
            at=given.AT,
            reason="walk",
            key=given.key(),
        )
        first = self.issued[party] + 1
        self.issued[party] += quantity
        assert result.serials == SerialRange(party, first, first + quantity - 1)
        for n in range(quantity):
            self.where[party, first + n] = self.adaptation if n < units else self.pending
            self.project[party, first + n] = project
        self.issuances.append(result.issuance)

    @rule(data=st.data(), holder=st.integers(0, 2), quantity=quantities, second=st.integers(0, 40))
    def forward(self, data: st.DataObject, holder: int, quantity: int, second: int) -> None:
        if not self.issuances:
            return
        issuance = data.draw(st.sampled_from(self.issuances))
        shares = [(self.holders[holder], quantity)]
        if second:
            shares.append((self.holders[(holder + 1) % 3], second))
        asked = {
            "issuance": issuance,
            "shares": shares,
            "by": None,
            "at": given.AT,
            "reason": "walk",
            "key": given.key(),
        }
        waiting = [
            n
            for n in range(issuance.first, issuance.last + 1)
            if self.where[issuance.party, n] == self.pending
        ]
        if len(waiting) < quantity + second:
            self.refused(book.forward, **asked)
            return
        self.do(book.forward, **asked)
        for account, units in shares:
            for _ in range(units):
                self.where[issuance.party, waiting.pop(0)] = account

    @rule(
        source=st.integers(0, 2),
        receiver=st.integers(0, 2),
        party=st.sampled_from(PARTIES),
        project=st.sampled_from(PROJECTS),
        quantity=quantities,
    )
    def transfer(self, source: int, receiver: int, party: str, project: int, quantity: int) -> None:
        self.move(self.holders[source], self.holders[receiver], book.transfer, party, project, quantity)

    @rule(
        source=st.integers(0, 4),
        party=st.sampled_from(PARTIES),
        project=st.sampled_from(PROJECTS),
        quantity=quantities,
    )
    def cancel(self, source: int, party: str, project: int, quantity: int) -> None:
        accounts = [*self.holders, self.pending, self.adaptation]
        self.move(accounts[source], self.cancelled, book.cancel, party, project, quantity)

    def move(
        self, source: Account, target: Account, door: Any, party: str, project: int, quantity: int
    ) -> None:
        asked = given.asked(quantity, party=party, project_number=project, source=source)
        if door is book.transfer:
            asked["target"] = target
        lying = self.lying(source, party, project)
        if source == target or len(lying) < quantity:
            self.refused(door, **asked)
            return
        result = self.do(door, **asked)
        assert result.quantity == quantity
        for serial in lying[:quantity]:
            self.where[party, serial] = target

    @rule(
        party=st.sampled_from(PARTIES),
        first=st.integers(1, 300),
        units=st.integers(1, 40),
        project=st.sampled_from(PROJECTS),
    )
    def cancel_these(self, party: str, first: int, units: int, project: int) -> None:
        run = SerialRange(party, first, first + units - 1)
        places = {self.where.get((party, n)) for n in range(run.first, run.last + 1)}
        projects = {self.project.get((party, n)) for n in range(run.first, run.last + 1)}
        source = self.where.get((party, first)) or self.holders[0]
        asked = given.asked(None, party=party, project_number=project, serials=run, source=source)
        if places != {source} or projects != {project} or source == self.cancelled:
            self.refused(book.cancel, **asked)
            return
        self.do(book.cancel, **asked)
        for n in range(run.first, run.last + 1):
            self.where[party, n] = self.cancelled

    @rule()
    def ask_the_same_again(self) -> None:
        if self.last is not None:
            door, asked, result = self.last
            again = door(**asked)
            assert again.again
            assert vars_of(again) == vars_of(result)

    def refused(self, door: Any, **asked: Any) -> None:
        before = Block.objects.count()
        with pytest.raises(book.Refused):
            door(**asked)
        assert Block.objects.count() == before

    @invariant()
    def every_account_holds_what_the_model_says(self) -> None:
        held: dict[Account, set[tuple[str, int]]] = defaultdict(set)
        for block in Block.objects.filter(spent_by__isnull=True).select_related("account"):
            run = {(block.party, n) for n in range(block.first, block.last + 1)}
            assert not held[block.account] & run
            held[block.account] |= run
        modelled: dict[Account, set[tuple[str, int]]] = defaultdict(set)
        for serial, account in self.where.items():
            modelled[account].add(serial)
        assert {a: s for a, s in held.items() if s} == dict(modelled)
        for account in (*self.holders, self.pending):
            assert queries.balance(account) == len(modelled[account])

    @invariant()
    def the_book_is_true(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        result = verify.verify_book()
        assert result.ok, result.findings


def vars_of(result: Any) -> list[Any]:
    return [getattr(result, name) for name in result.__slots__ if name != "again"]


@pytest.mark.django_db
def test_the_book_walks_like_a_set_of_single_serials() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=checks
        ),
    )
