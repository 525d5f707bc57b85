"""Rows written in one statement are what the ORM would have written one after another."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cdm.models import User
from registry.models import Account, AccountRecord
from registry.models_movements import AssignedAmount, Movement, MovementCheck, MovementLine, MovementRecord
from registry.movements.life import State
from registry.written import insert, insert_with, update_with
from tests.registry.given import AT, holding, key

pytestmark = pytest.mark.django_db


def cancellation(account: Account, **other: Any) -> Movement:
    wanted: dict[str, Any] = {
        "kind": "external_transfer",
        "state": State.AWAITING_APPROVAL,
        "source": account,
        "units": 7,
        "key": key(),
        "content": "c" * 64,
        "proposed_by": User.objects.get_or_create(email="ana@example.org")[0],
        "proposed_as": "representative",
        "proposed_at": AT,
        "reason": "50 % of “it”; DROP TABLE",
    }
    return Movement(**(wanted | other))


def hanging() -> list[MovementLine | MovementCheck | MovementRecord]:
    return [
        MovementLine(party="BR", project_number=8, unit_type=5, period=1, quantity=3),
        MovementLine(party="BR", project_number=9, unit_type=5, period=1, quantity=4, first=1, last=4),
        *(
            MovementCheck(stage="proposal", at=AT, number=number, outcome="passed")
            for number in (1005, 1001, 3001)
        ),
        MovementRecord(source=State.PROPOSED, target=State.CHECKED, at=AT, reason="r"),
    ]


@pytest.mark.parametrize("many", [1, 3])
def test_new_rows_have_their_keys_in_order(many: int) -> None:
    made = insert(
        [Account(type="holding", party="BR", holder=f"holder {n}", state="open") for n in range(many)]
    )
    assert [Account.objects.get(pk=one.pk).holder for one in made] == [f"holder {n}" for n in range(many)]
    assert not made[0]._state.adding
    made[0].holder = "renamed"
    made[0].save()
    assert Account.objects.count() == many


def test_a_row_and_what_hangs_on_it(django_assert_num_queries: Any) -> None:
    account, rows = holding(), hanging()
    made = cancellation(account)
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 4):
        insert_with(made, rows)
    found = Movement.objects.get(pk=made.pk)
    assert (found.reason, found.source, str(found.state)) == (made.reason, account, "awaiting_approval")
    assert (found.proposed_at, found.target, found.share_units) == (AT, None, 0)
    lines = found.lines.values_list("project_number", "quantity", "first", "last", "lulucf")
    assert list(lines) == [(8, 3, None, None, 0), (9, 4, 1, 4, 0)]
    assert list(found.checks.values_list("number", flat=True)) == [1005, 1001, 3001]
    assert list(found.records.values_list("source", "target", "by", "reason")) == [
        ("proposed", "checked", None, "r")
    ]
    assert {row.movement_id for row in rows} == {made.pk}


def test_a_row_is_changed_and_more_hangs_on_it(django_assert_num_queries: Any) -> None:
    made, other = (insert_with(cancellation(holding()), hanging()) for _ in range(2))
    made.go("cancel")
    made.decided_at, made.decision = AT, "taken back"
    record = MovementRecord(
        source=State.AWAITING_APPROVAL, target=State.CANCELLED, at=AT, reason="taken back"
    )
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2):
        update_with(made, ("state", "decided_at", "decision"), [record])
    found = Movement.objects.get(pk=made.pk)
    assert (str(found.state), found.decided_at, found.decision) == ("cancelled", AT, "taken back")
    assert found.records.last() == found.records.get(target="cancelled")
    assert str(Movement.objects.get(pk=other.pk).state) == "awaiting_approval"


def test_a_row_that_is_not_there_is_not_changed() -> None:
    made = cancellation(holding(), pk=999)
    made._state.adding = False
    with pytest.raises(DatabaseError), transaction.atomic():
        update_with(made, ("decision",))


def test_the_walls_and_constraints_stand() -> None:
    made = insert_with(cancellation(holding()), hanging())
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_with(cancellation(holding(), key=made.key), hanging())
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_with(cancellation(holding(), units=0), hanging())
    made.units = 8
    with pytest.raises(IntegrityError, match="proposed once"), transaction.atomic():
        update_with(made, ("units",))
    assert (Movement.objects.count(), MovementLine.objects.count()) == (1, 2)


def test_a_row_that_is_there_already_is_left_alone() -> None:
    first = insert([AssignedAmount(party="BR", period=1, units=5, source="s", at=AT)], unless_there=True)
    again = insert([AssignedAmount(party="BR", period=1, units=6, source="s", at=AT)], unless_there=True)
    assert (len(first), again) == (1, [])
    assert AssignedAmount.objects.get() == first[0] and AssignedAmount.objects.get().units == 5


def test_nothing_to_write_asks_nothing(django_assert_num_queries: Any) -> None:
    nothing: list[AccountRecord] = []
    with django_assert_num_queries(0):
        assert insert(nothing) == []
