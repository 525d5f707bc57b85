"""After an administrative cancellation units issued anew are forwarded; who has to decide is told (rulebook 4.4)."""

from __future__ import annotations

from typing import Any

import pytest

from cdm import units
from cdm.models import Notice
from registry import book, queries, verify
from registry.codes import AccountType
from registry.models import Account
from registry.models_movements import Movement
from registry.movements import doors
from registry.movements.table import MovementKind
from tests.given import World

pytestmark = pytest.mark.django_db

CERS = {"party": "BR", "project_number": 1, "unit_type": 5, "period": 2}


def moved(world: World, kind: MovementKind, source: Account | None, quantity: int, **other: Any) -> Movement:
    """One administrator proposes, the other approves."""
    movement = doors.propose(
        kind=kind,
        source=source,
        units=[doors.Units(**CERS, quantity=quantity)],
        by=world.people["administrator"],
        at=world.at,
        reason="Decision of the Board",
        key=f"test:{kind}:{source}",
        **other,
    )
    return doors.approve(movement=movement, by=world.people["second administrator"], at=world.at)


def test_units_issued_anew_wait_to_be_forwarded_like_those_they_replace(world: World) -> None:
    project = world.on("2017-03-01").registered(crediting_from="2018-01-01")
    request = world.on("2019-03-01").issued(project, "2018-01-01", "2018-12-31", {2: 1_000})
    wrong = units.issuances_of(request)[0]
    for type, quantity in ((AccountType.PENDING, 980), (AccountType.ADAPTATION_SHARE, 20)):
        account = book.own_account(type, at=world.at)
        moved(world, MovementKind.ADMINISTRATIVE_CANCELLATION, account, quantity, basis="EB 101")
    moved(world, MovementKind.REISSUE, None, 900, basis="EB 101", corrects=wrong)
    (again,) = units.issuances_of(request)
    assert (again.first, again.quantity, queries.waiting(again)) == (1_001, 900, 882)
    account = world.account()
    world.do(world.forwarding_asked(request, [(account, 2, 882)]), "carry_out", "administrator")
    assert queries.balance(account) == 882
    assert verify.verify_book().ok


def test_who_may_decide_on_a_movement_is_told_and_then_who_proposed_it(world: World) -> None:
    project = world.on("2017-03-01").registered(crediting_from="2018-01-01")
    request = world.on("2019-03-01").issued(project, "2018-01-01", "2018-12-31", {2: 1_000})
    account = world.account()
    world.do(world.forwarding_asked(request, [(account, 2, 980)]), "carry_out", "administrator")
    first, second = world.people["developer"], world.people["second developer"]
    Notice.objects.all().delete()
    movement = doors.propose(
        kind=MovementKind.VOLUNTARY_CANCELLATION,
        source=account,
        units=[doors.Units(**CERS, quantity=10)],
        by=first,
        at=world.at,
        reason="For the race",
        key="one",
    )
    told = Notice.objects.get()
    assert told.user == second and "10 units awaits your decision" in told.sentence
    doors.reject(movement=movement, by=second, at=world.at, reason="Not agreed")
    answer = Notice.objects.exclude(pk=told.pk).get()
    assert answer.user == first and "rejected. Not agreed" in answer.sentence


def test_a_participant_is_known_by_name_where_another_registry_keeps_its_account(world: World) -> None:
    project = world.on("2017-03-01").registered(crediting_from="2018-01-01")
    world.approve(project, "NL")
    names = {"Netherlands Clean Development Facility": True, "Somebody else": False}
    for holder, takes_part in names.items():
        abroad = book.open_account(
            type=AccountType.OTHER_REGISTRY, holder=holder, party="NL", by=None, at=world.at, reason="known"
        )
        assert units.is_participant(abroad, party="BR", project_number=1) is takes_part
