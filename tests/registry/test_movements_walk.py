"""A random walk through all movements beside a model that knows every single serial, and who holds it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from registry import book, verify
from registry.codes import AccountType, UnitType
from registry.models import Account, Block
from registry.models_movements import Movement
from registry.movements import doors
from registry.movements.table import MovementKind
from registry.serials import SerialRange, UnitBlockIdentifier
from tests.registry import given

Kind = MovementKind
Serial = tuple[str, int]
What = tuple[int, int, int]
"""Unit type, project, applicable period."""


class Walk(RuleBasedStateMachine):
    """The model: for each serial the account, what it is, and the movement that holds it, if any."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        people = given.People()
        self.first, self.second = people["administrator"], people["other administrator"]
        self.holders = [given.holding(party="DE", holder=name) for name in ("one", "two")]
        for account, other in (self.holders, reversed(self.holders)):
            people.trusted(account, other)
        self.retired = book.open_account(
            type=AccountType.RETIREMENT, holder="Germany", party="DE", by=None, at=given.AT, reason="Annex I"
        )
        self.place: dict[Serial, Account] = {}
        self.what: dict[Serial, What] = {}
        self.held_by: dict[Serial, int] = {}
        self.waiting: dict[int, tuple[Movement, list[Serial], Account | None, What]] = {}
        self.arrived = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # --- units come in: CERs of BR by issuance, AAUs of DE by arrival

    @rule(holder=st.integers(0, 1), quantity=st.integers(2, 60))
    def issue(self, holder: int, quantity: int) -> None:
        account = self.holders[holder]
        issued = given.issued(
            quantity, 0, share=given.share(0, exemption="walk"), forward_to=[(account, quantity)]
        )
        for n in range(issued.serials.first, issued.serials.last + 1):
            self.place["BR", n], self.what["BR", n] = account, (UnitType.CER, 8, 1)

    @rule(holder=st.integers(0, 1), quantity=st.integers(2, 60))
    def arrive(self, holder: int, quantity: int) -> None:
        run = SerialRange("DE", self.arrived + 1, self.arrived + quantity)
        self.arrived += quantity
        book.receive(
            account=self.holders[holder],
            units=UnitBlockIdentifier(run, UnitType.AAU, 1, 1),
            by=None,
            at=given.AT,
            reason="walk",
            key=given.key(),
        )
        for n in range(run.first, run.last + 1):
            self.place["DE", n], self.what["DE", n] = self.holders[holder], (UnitType.AAU, 0, 1)

    # --- movements

    @rule(
        data=st.data(),
        kind=st.sampled_from(
            [
                Kind.INTERNAL_TRANSFER,
                Kind.VOLUNTARY_CANCELLATION,
                Kind.RETIREMENT,
                Kind.CARRY_OVER,
                Kind.CONVERSION,
            ]
        ),
        holder=st.integers(0, 1),
        party=st.sampled_from(["BR", "DE"]),
        quantity=st.integers(1, 50),
        by_serials=st.booleans(),
        first=st.integers(1, 80),
    )
    def propose(
        self,
        data: st.DataObject,
        kind: MovementKind,
        holder: int,
        party: str,
        quantity: int,
        by_serials: bool,
        first: int,
    ) -> None:
        source = self.holders[holder]
        kinds = sorted({self.what[s] for s, place in self.place.items() if place == source and s[0] == party})
        if kind == Kind.CONVERSION:
            # of units of the second period a share is taken, which test_movements counts
            kinds = [one for one in kinds if one[2] == 1]
        what = data.draw(st.sampled_from(kinds)) if kinds else (UnitType.CER, 8, 1)
        run = SerialRange(party, first, first + quantity - 1) if by_serials else None
        free = [
            s
            for s in sorted(self.place)
            if s[0] == party and self.place[s] == source and self.what[s] == what and s not in self.held_by
        ]
        if run is not None:
            free = [s for s in free if run.first <= s[1] <= run.last]
        asked: dict[str, Any] = {
            "kind": kind,
            "source": source,
            "units": [
                doors.Units(
                    party=party,
                    project_number=what[1],
                    unit_type=what[0],
                    period=what[2],
                    quantity=None if run else quantity,
                    serials=run,
                )
            ],
            "by": self.first,
            "at": given.AT,
            "reason": "walk",
            "key": given.key(),
        }
        target: Account | None = None
        if kind == Kind.INTERNAL_TRANSFER:
            target = asked["target"] = self.holders[1 - holder]
        elif kind == Kind.RETIREMENT:
            target = asked["target"] = self.retired
        elif kind == Kind.VOLUNTARY_CANCELLATION:
            target = book.own_account(AccountType.VOLUNTARY_CANCELLATION, at=given.AT)
        becomes = what
        allowed = len(free) >= quantity
        if kind == Kind.CARRY_OVER:
            becomes, allowed = (what[0], what[1], 2), allowed and what[2] == 1
        if kind == Kind.CONVERSION:
            asked |= {"project_number": 55, "track": 1, "basis": "JI 55"}
            becomes, allowed = (what[0] + 2, 55, what[2]), allowed and what[0] == UnitType.AAU
        if not allowed:
            before = Block.objects.count()
            with pytest.raises(doors.ChecksFailed):
                doors.propose(**asked)
            assert Block.objects.count() == before
            return
        movement = doors.propose(**asked)
        for serial in free[:quantity]:
            self.held_by[serial] = movement.pk
        self.waiting[movement.pk] = (movement, free[:quantity], target, becomes)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), way=st.sampled_from(["approve", "approve", "reject", "cancel", "lapse"]))
    def decide(self, data: st.DataObject, way: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.waiting)))
        movement, serials, target, becomes = self.waiting.pop(key)
        if way == "approve":
            doors.approve(movement=movement, by=self.second, at=given.AT)
        elif way == "reject":
            doors.reject(movement=movement, by=self.second, at=given.AT, reason="walk")
        elif way == "cancel":
            doors.cancel(movement=movement, by=self.first, at=given.AT, reason="walk")
        else:
            self.waiting[key] = (movement, serials, target, becomes)
            assert doors.lapse(at=given.AT + dt.timedelta(days=13)) == []
            return
        for serial in serials:
            del self.held_by[serial]
            if way != "approve":
                continue
            if target is not None:
                self.place[serial] = target
            self.what[serial] = becomes

    @invariant()
    def the_book_says_what_the_model_says(self) -> None:
        found: dict[Serial, tuple[int, What, int]] = {}
        for block in Block.objects.filter(spent_by__isnull=True):
            what = (block.unit_type, block.project_number, block.applicable_period)
            for n in range(block.first, block.last + 1):
                assert (block.party, n) not in found
                found[block.party, n] = (block.account_id, what, block.reserved_for)
        modelled = {
            serial: (place.pk, self.what[serial], self.held_by.get(serial, 0))
            for serial, place in self.place.items()
        }
        assert found == modelled

    @invariant()
    def the_book_is_true(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        result = verify.verify_book()
        assert result.ok, result.findings


@pytest.mark.django_db
def test_movements_walk_like_a_set_of_single_serials() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=checks
        ),
    )
