"""Who may propose, approve, reject and take back each kind of movement, against a reviewed table.

R is a representative of the account that units leave (of the receiving one where they leave none), A a registry
administrator. A stranger and somebody who is not signed in may nothing; nobody decides on what he proposed himself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from registry import book
from registry.codes import AccountType
from registry.models import Account
from registry.models_movements import Movement, MovementLine, MovementRecord
from registry.movements import doors
from registry.movements.doors import ChecksFailed, NotYours, Units
from registry.movements.life import State
from registry.movements.table import KINDS, PROPOSED_HERE, MovementKind
from tests.registry import given

pytestmark = pytest.mark.django_db

AT = given.AT
# kind: who proposes, who approves and rejects
REVIEWED = {
    "internal_transfer": ("RA", "RA"),
    "external_transfer": ("RA", "RA"),
    "arrival": ("A", "A"),
    "voluntary_cancellation": ("RA", "RA"),
    "excess_issuance_cancellation": ("RA", "RA"),
    "ccs_reversal_cancellation": ("RA", "RA"),
    "ccs_report_cancellation": ("RA", "RA"),
    "mandatory_cancellation": ("RA", "RA"),
    "administrative_cancellation": ("A", "A"),
    "reissue": ("A", "A"),
    "monetisation": ("A", "A"),
    "retirement": ("RA", "RA"),
    "tcer_expiry_replacement": ("RA", "RA"),
    "lcer_expiry_replacement": ("RA", "RA"),
    "lcer_reversal_replacement": ("RA", "RA"),
    "lcer_report_replacement": ("RA", "RA"),
    "carry_over": ("RA", "A"),
    "expiry_date_change": ("A", "A"),
    "conversion": ("RA", "A"),
}
PERSONS = {"representative": "R", "administrator": "A", "stranger": ""}


def test_every_kind_that_is_proposed_here_is_reviewed() -> None:
    assert set(REVIEWED) == {kind.value for kind in PROPOSED_HERE}


@pytest.fixture
def people() -> given.People:
    return given.People()


def accounts(kind: str) -> tuple[Account | None, Account | None]:
    """Fitting ones, where the kind has any."""
    row = KINDS[MovementKind(kind)]

    def fitting(types: tuple[AccountType, ...]) -> Account | None:
        if not types:
            return None
        first = types[0]
        if first in (AccountType.ADAPTATION_SHARE, AccountType.PENDING) or first == row.own_target:
            return book.own_account(first, at=AT)
        return book.open_account(
            type=first, holder="Somebody", party="BR", by=None, at=AT, reason="asked for"
        )

    return fitting(row.sources), fitting(row.targets)


def everything() -> list[tuple[Any, ...]]:
    tables = (Movement, MovementLine, MovementRecord)
    return [
        *given.contents(),
        *(row for table in tables for row in table.objects.order_by("pk").values_list()),
    ]


def refused(act: Callable[[], Any]) -> bool:
    """Whether the person may not; what fails for another reason was theirs to try."""
    before = everything()
    try:
        act()
    except NotYours:
        assert everything() == before, "a refusal changes nothing"
        return True
    except ChecksFailed:
        return False
    return False


@pytest.mark.parametrize("kind", REVIEWED)
def test_who_proposes(people: given.People, kind: str) -> None:
    source, target = accounts(kind)
    people.represents(source or target or pytest.fail("no account"), "representative")
    units = [Units(party="BR", project_number=8, unit_type=5, period=1, quantity=1)]
    found = {
        who: refused(
            lambda who=who: doors.propose(  # type: ignore[misc]
                kind=MovementKind(kind), units=units, source=source, target=target, by=people[who], at=AT,
                reason="asked for", key=given.key(),
            )
        )
        for who in PERSONS
    }  # fmt: skip
    may = REVIEWED[kind][0]
    assert found == {who: not letter or letter not in may for who, letter in PERSONS.items()}


@pytest.mark.parametrize("kind", REVIEWED)
def test_who_decides(people: given.People, kind: str) -> None:
    source, target = accounts(kind)
    people.represents(source or target or pytest.fail("no account"), "representative", "proposer")
    made = Movement.objects.create(
        kind=kind, state=State.AWAITING_APPROVAL, source=source, target=target, units=1, key=given.key(),
        content="", proposed_by=people["proposer"], proposed_as="representative", proposed_at=AT,
        reason="asked for", reserved_until=AT + dt.timedelta(days=14),
    )  # fmt: skip
    has_source = source is not None
    deciding = {
        who: bool(letter) and letter in REVIEWED[kind][1] and (letter == "A" or has_source)
        for who, letter in PERSONS.items()
    } | {"proposer": False}
    taking_back = {
        "proposer": True,
        "representative": has_source,
        "administrator": False,
        "stranger": False,
    }
    expected = {"approve": deciding, "reject": deciding, "cancel": taking_back}
    for act, persons in expected.items():
        for who, allowed in persons.items():
            assert doors.may(made, people[who], AT)[act] is allowed, (act, who)
            if not allowed:
                door = getattr(doors, act)
                assert refused(
                    lambda door=door, who=who: door(movement=made, by=people[who], at=AT, reason="because")  # type: ignore[misc]
                ), (act, who)
    assert doors.may(made, None, AT) == dict.fromkeys(expected, False)


def test_who_is_not_signed_in_is_sent_to_sign_in(people: given.People) -> None:
    source = given.held(100)
    people.represents(source, "first")
    made = doors.propose(
        kind=MovementKind.VOLUNTARY_CANCELLATION,
        units=[Units(party="BR", project_number=8, unit_type=5, period=1, quantity=1)],
        source=source, by=people["first"], at=AT, reason="asked for", key=given.key(),
    )  # fmt: skip
    before = everything()
    addresses = [
        *(f"/registry/movements/{made.pk}/{act}/" for act in ("approve", "reject", "take-back")),
        *(f"/registry/movements/propose/{kind}/?from={source.identifier}" for kind in REVIEWED),
    ]
    for address in addresses:
        answer = Client().post(address, {"step": "propose", "reason": "because"})
        assert answer.status_code == 302 and "/accounts/login/" in answer["Location"], address
    assert everything() == before
