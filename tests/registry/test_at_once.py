"""On PostgreSQL a proposal and its approval are one statement each; what they leave is what the steps leave."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cdm.models import Notice
from registry import queries, verify
from registry.codes import UnitType
from registry.models import Account, Block, Entry
from registry.models_movements import Movement, MovementCheck, MovementLine, MovementRecord
from registry.movements import at_once, doors, steps
from registry.movements.doors import NotOpen, Units
from registry.movements.table import MovementKind
from tests.registry import given

pytestmark = pytest.mark.django_db
LATER = given.AT.replace(hour=23)


@pytest.fixture
def people() -> given.People:
    return given.People()


@pytest.fixture
def source(people: given.People) -> Account:
    """1,000 CERs of BR-0008, for which Ana and Bo act."""
    account = given.held(1000)
    people.represents(account, "ana", "bo")
    return account


def transfer(people: given.People, source: Account, quantity: int = 100) -> Movement:
    """Proposed by Ana, to an account for which Cy acts."""
    target = given.holding(holder="Receiver", party="NL")
    people.trusted(source, target)
    people.represents(target, "cy")
    line = Units(party="BR", project_number=8, unit_type=UnitType.CER, period=1, quantity=quantity)
    return doors.propose(
        kind=MovementKind.INTERNAL_TRANSFER,
        source=source,
        target=target,
        units=[line],
        by=people["ana"],
        at=given.AT,
        reason="sold, and “{entry:1}” is only text",
        key=given.key(),
    )


def left(movement: Movement) -> dict[str, Any]:
    """All rows of a movement without their numbers, and what was told of it with no other number than its own."""

    def rows(found: Any, *without: str) -> list[dict[str, Any]]:
        names = [
            field.attname
            for field in found.model._meta.concrete_fields
            if field.attname not in ("id", *without)
        ]
        return list(found.order_by("pk").values(*names))

    entries = list(Entry.objects.filter(movement=movement).order_by("pk"))
    told = Notice.objects.filter(url__endswith=f"/{movement.pk}/").order_by("pk")
    return {
        "movement": rows(Movement.objects.filter(pk=movement.pk), "key", "content", "target_id"),
        "lines": rows(MovementLine.objects.filter(movement=movement), "movement_id"),
        "checks": rows(MovementCheck.objects.filter(movement=movement), "movement_id"),
        "records": rows(MovementRecord.objects.filter(movement=movement), "movement_id"),
        "entries": [(one.kind, one.units, one.by_id, one.at, one.reason) for one in entries],
        "told": [
            (
                one.user.name,
                re.sub(r"M\d+|NL-100-[\d-]+", "…", one.sentence).replace(
                    entries[-1].transaction_number, "CDM…"
                ),
            )
            for one in told
        ],
    }


def test_both_ways_leave_the_same(
    people: given.People, source: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = transfer(people, source)
    doors.approve(movement=made, by=people["bo"], at=LATER)
    at_once_left = left(made)
    blocks = Block.objects.filter(born_by__movement=made, account=made.target)
    serials = [(block.first, block.last) for block in blocks]
    monkeypatch.setattr(at_once, "is_possible", lambda: False)
    other = transfer(people, source)
    doors.approve(movement=other, by=people["bo"], at=LATER)
    step_by_step = left(other)
    # the second one's units are the next
    (first, last) = serials[0]
    text = str(step_by_step["told"]).replace(f"{first + 100}-{last + 100}", f"{first}-{last}")
    assert str(at_once_left["told"]) == text
    del at_once_left["told"], step_by_step["told"]
    assert at_once_left == step_by_step
    assert verify.verify_book().ok


def test_who_is_told_reads_the_transaction_and_the_serials(people: given.People, source: Account) -> None:
    made = transfer(people, source)
    decides = Notice.objects.get()
    assert decides.user == people["bo"]
    assert decides.sentence == (
        f"Transfer within this registry M{made.pk} of 100 units awaits your decision until "
        "22 May 2008, 09:30 UTC"
    )
    doors.approve(movement=made, by=people["bo"], at=LATER)
    entry = Entry.objects.get(movement=made, kind="transfer")
    (block,) = Block.objects.filter(born_by=entry)
    told = Notice.objects.filter(created_at=LATER)
    assert {one.user.name for one in told} == {"Ana", "Bo", "Cy"}
    assert {one.sentence for one in told} == {
        f"Transfer within this registry M{made.pk} completed: "
        f"transaction CDM{entry.pk} of 8 May 2008: 100 units, "
        f"from {source.identifier}, to {block.account.identifier}: serial numbers {block.serials}"
    }


def test_a_statement_reads_and_a_statement_writes(people: given.People, source: Account) -> None:
    if not at_once.is_possible():
        assert connection.vendor == "sqlite"
        return
    transfer(people, source)
    with CaptureQueriesContext(connection) as asked:
        made = doors.propose(
            kind=MovementKind.INTERNAL_TRANSFER,
            source=source.identifier,
            target=Account.objects.get(holder="Receiver").identifier,
            units=[Units(party="BR", project_number=8, unit_type=UnitType.CER, period=1, quantity=10)],
            by=people["ana"],
            at=given.AT,
            reason="sold",
            key=given.key(),
        )
    # the third is this test's own, for the target
    assert len(but_savepoints(asked)) == 3
    with CaptureQueriesContext(connection) as asked:
        doors.approve(movement=made, by=people["bo"], at=LATER)
    assert len(but_savepoints(asked)) == 2


def but_savepoints(asked: CaptureQueriesContext) -> list[str]:
    """What was asked, but for the savepoints that are there because a test is one transaction."""
    return [text for row in asked.captured_queries if "SAVEPOINT" not in (text := str(row["sql"]))]


def test_an_approval_of_what_ended_meanwhile_is_refused(
    people: given.People, source: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading and the writing Ana takes it back; nothing moves, and Bo is told why."""
    made = transfer(people, source)
    read = steps.answers_to
    asked = []

    def taken_back(facts: Any) -> Any:
        if not asked:
            asked.append(facts)
            doors.cancel(movement=made, by=people["ana"], at=LATER, reason="a mistake")
        return read(facts)

    monkeypatch.setattr(steps, "answers_to", taken_back)
    if not at_once.is_possible():
        doors.cancel(movement=made, by=people["ana"], at=LATER, reason="a mistake")
    with pytest.raises(NotOpen, match="is cancelled already"):
        doors.approve(movement=made, by=people["bo"], at=LATER)
    assert queries.balance(source) == 1000
    assert not Entry.objects.filter(movement=made, kind="transfer").exists()
    assert not MovementCheck.objects.filter(movement=made, stage="approval").exists()
    assert not Block.objects.filter(reserved_for=made.pk, spent_by=None).exists()


def test_a_proposal_of_units_that_go_meanwhile_is_kept_as_refused(
    people: given.People, source: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading and the writing another takes them; the checks are asked again, and say so."""
    read = doors.answers_to
    asked = []

    def taken(facts: Any) -> Any:
        found = read(facts)
        if not asked:
            asked.append(facts)
            transfer(people, source, 950)
        return found

    monkeypatch.setattr(doors, "answers_to", taken)
    with pytest.raises(doors.ChecksFailed, match=r"only 50|50 are free") as refused:
        transfer(people, source, 100)
    assert str(refused.value.movement.state) == "terminated"
    assert Movement.objects.filter(state="awaiting_approval").get().units == 950
    assert verify.verify_book().ok


def test_an_identifier_that_is_nobodys_is_refused(people: given.People, source: Account) -> None:
    target = given.holding(holder="Receiver", party="NL")
    for wrong in (target.identifier.replace("NL", "BR", 1), "NL-100-999999-0-1", "nonsense"):
        with pytest.raises((queries.NoSuchAccount, ValueError)):
            doors.propose(
                kind=MovementKind.INTERNAL_TRANSFER,
                source=source,
                target=wrong,
                units=[Units(party="BR", project_number=8, unit_type=UnitType.CER, period=1, quantity=10)],
                by=people["ana"],
                at=given.AT,
                reason="sold",
                key=given.key(),
            )
    assert not Movement.objects.exists()
