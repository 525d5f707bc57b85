"""Movements between two persons: what each kind does to the book, how one goes, and what is refused in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cdm.models import User
from registry import attestation, book, queries, stories, verify
from registry.codes import AccountType, UnitType
from registry.models import Account, Block, Entry
from registry.models_movements import AssignedAmount, Movement, MovementCheck
from registry.movements import doors
from registry.movements.doors import ChecksFailed, NotOpen, NotYours, Units
from registry.movements.life import State
from registry.movements.table import MovementKind
from registry.serials import SerialRange, UnitBlockIdentifier
from tests.registry import given

pytestmark = pytest.mark.django_db

AT = given.AT
LATER = AT + dt.timedelta(days=1)
Kind = MovementKind


@pytest.fixture
def people() -> given.People:
    return given.People()


def units(quantity: int | None = 100, serials: SerialRange | None = None, **other: Any) -> Units:
    about: dict[str, Any] = {"party": "BR", "project_number": 8, "unit_type": UnitType.CER, "period": 1}
    return Units(quantity=quantity, serials=serials, **(about | other))


def proposed(kind: MovementKind, by: User, source: Account | None, **other: Any) -> Movement:
    wanted: dict[str, Any] = {
        "kind": kind,
        "source": source,
        "units": [units()],
        "by": by,
        "at": AT,
        "reason": "asked by the holder",
        "key": given.key(),
    }
    return doors.propose(**(wanted | other))


def lying(account: Account) -> int:
    return queries.balance(account)


def true() -> None:
    found = verify.verify_book()
    assert found.ok, [str(finding) for finding in found.findings]


# --- the life of a movement


def test_what_is_proposed_is_reserved_and_moves_when_another_person_approves(people: given.People) -> None:
    source, target = given.held(1000), given.holding(holder="Buyer")
    people.represents(source, "first", "second")
    people.trusted(source, target)
    movement = proposed(Kind.INTERNAL_TRANSFER, people["first"], source, target=target)
    assert movement.state == State.AWAITING_APPROVAL
    assert (lying(source), lying(target)) == (1000, 0)
    assert sum(b.units for b in Block.objects.filter(reserved_for=movement.pk, spent_by=None)) == 100
    true()

    doors.approve(movement=movement, by=people["second"], at=LATER)
    movement = Movement.objects.get(pk=movement.pk)
    assert (movement.state, movement.decided_by, movement.decided_at) == (
        State.COMPLETED,
        people["second"],
        LATER,
    )
    assert (lying(source), lying(target)) == (900, 100)
    assert not Block.objects.filter(reserved_for__gt=0, spent_by=None).exists()
    assert [(r.source, r.target, r.by) for r in movement.records.all()] == [
        ("proposed", "checked", people["first"]),
        ("checked", "awaiting_approval", people["first"]),
        ("awaiting_approval", "completed", people["second"]),
    ]
    true()


def test_units_that_wait_can_be_taken_by_nobody_else(people: given.People) -> None:
    source, target = given.held(150), given.holding(holder="Buyer")
    people.represents(source, "first", "second")
    people.trusted(source, target)
    proposed(Kind.INTERNAL_TRANSFER, people["first"], source, target=target)
    with pytest.raises(ChecksFailed) as failed:
        proposed(Kind.INTERNAL_TRANSFER, people["second"], source, target=target)
    assert [one.number for one in failed.value.failures] == [3002]
    assert "100 are reserved for another movement" in failed.value.sentence
    with pytest.raises(book.NotEnoughUnits):
        book.cancel(source=source, **given.asked(51))
    book.cancel(source=source, **given.asked(50))
    with pytest.raises(book.NotEnoughUnits):
        book.transfer(source=source, target=target, **given.asked(None, serials=SerialRange("BR", 1, 1)))
    true()


@pytest.mark.parametrize("way", ["reject", "cancel", "lapse"])
def test_units_of_a_movement_that_does_not_happen_are_free_again(people: given.People, way: str) -> None:
    source = given.held(150)
    people.represents(source, "first", "second")
    movement = proposed(Kind.VOLUNTARY_CANCELLATION, people["first"], source)
    if way == "reject":
        doors.reject(movement=movement, by=people["second"], at=AT, reason="Not agreed")
    elif way == "cancel":
        doors.cancel(movement=movement, by=people["first"], at=AT, reason="A mistake")
    else:
        assert movement.reserved_until is not None
        assert doors.lapse(at=movement.reserved_until - dt.timedelta(seconds=1)) == []
        assert doors.lapse(at=movement.reserved_until) == [movement]
        assert doors.lapse(at=movement.reserved_until) == []
    ended = Movement.objects.get(pk=movement.pk)
    assert ended.state == {"reject": "rejected", "cancel": "cancelled", "lapse": "terminated"}[way]
    assert lying(source) == 150
    book.cancel(source=source, **given.asked(150, at=AT + dt.timedelta(days=30)))
    for again in (doors.approve, doors.reject, doors.cancel):
        with pytest.raises(NotOpen, match="already"):
            again(movement=ended, by=people["second"], at=AT, reason="again")
    true()


def test_nobody_approves_after_the_reservation_has_ended(people: given.People) -> None:
    source = given.held(150)
    people.represents(source, "first", "second")
    movement = proposed(Kind.VOLUNTARY_CANCELLATION, people["first"], source)
    assert movement.reserved_until is not None
    with pytest.raises(NotOpen, match="propose it again"):
        doors.approve(movement=movement, by=people["second"], at=movement.reserved_until)
    # whoever proposes next finds the units free, though no clock came round
    again = proposed(
        Kind.VOLUNTARY_CANCELLATION,
        people["first"],
        source,
        units=[units(150)],
        at=movement.reserved_until,
    )
    assert again.is_open
    assert Movement.objects.get(pk=movement.pk).state == State.TERMINATED
    true()


def test_the_person_who_proposed_cannot_decide_and_a_stranger_cannot_either(people: given.People) -> None:
    source = given.held(150)
    people.represents(source, "first", "second")
    movement = proposed(Kind.VOLUNTARY_CANCELLATION, people["first"], source)
    before = given.contents()
    with pytest.raises(NotYours, match="another person"):
        doors.approve(movement=movement, by=people["first"], at=AT)
    for act in (doors.approve, doors.reject):
        with pytest.raises(
            NotYours, match="Only a representative of the account or a registry administrator"
        ):
            act(movement=movement, by=people["stranger"], at=AT, reason="because")
    with pytest.raises(NotYours):
        doors.cancel(movement=movement, by=people["stranger"], at=AT, reason="because")
    with pytest.raises(NotYours, match="Only a representative"):
        proposed(Kind.VOLUNTARY_CANCELLATION, people["stranger"], source, units=[units(1)])
    with pytest.raises(NotYours, match="Only a registry administrator"):
        proposed(Kind.ADMINISTRATIVE_CANCELLATION, people["first"], source, basis="EB 1")
    with pytest.raises(book.Incomplete):
        doors.reject(movement=movement, by=people["second"], at=AT, reason=" ")
    assert given.contents() == before


def test_an_account_suspended_in_between_stops_the_approval_and_nothing_changes(people: given.People) -> None:
    source = given.held(150)
    people.represents(source, "first", "second")
    movement = proposed(Kind.VOLUNTARY_CANCELLATION, people["first"], source)
    book.suspend_account(account=source, by=None, at=AT, reason="phishing")
    before = given.contents()
    with pytest.raises(ChecksFailed, match="suspended") as failed:
        doors.approve(movement=movement, by=people["second"], at=AT)
    assert [one.number for one in failed.value.failures] == [1001]
    assert given.contents() == before
    assert Movement.objects.get(pk=movement.pk).is_open
    asked = movement.checks.filter(stage="approval")
    assert {one.number: one.outcome for one in asked}[1001] == "failed"
    book.reopen_account(account=source, by=None, at=AT, reason="cleared")
    doors.approve(movement=movement, by=people["second"], at=AT)
    assert lying(source) == 50


def test_the_same_proposal_twice_is_one(people: given.People) -> None:
    source = given.held(150)
    people.represents(source, "first", "second")
    first = proposed(Kind.VOLUNTARY_CANCELLATION, people["first"], source, key="mine")
    assert proposed(Kind.VOLUNTARY_CANCELLATION, people["first"], source, key="mine").pk == first.pk
    with pytest.raises(book.KeyReused):
        proposed(Kind.VOLUNTARY_CANCELLATION, people["first"], source, key="mine", units=[units(5)])
    assert Movement.objects.count() == 1


def test_a_proposal_that_fails_its_checks_is_kept_with_all_of_them(people: given.People) -> None:
    source, target = given.held(150), given.holding(holder="Buyer")
    people.represents(source, "first")
    book.suspend_account(account=target, by=None, at=AT, reason="phishing")
    before = given.contents()
    with pytest.raises(ChecksFailed) as failed:
        proposed(Kind.INTERNAL_TRANSFER, people["first"], source, target=target, units=[units(151)])
    assert [one.number for one in failed.value.failures] == [1002, 3001, 4003]
    assert given.contents() == before
    kept = Movement.objects.get()
    assert (kept.state, kept.pk) == (State.TERMINATED, failed.value.movement.pk)
    outcomes = {one.number: one.outcome for one in kept.checks.all()}
    assert set(outcomes) == set(kept.row.checks)
    assert outcomes[1001] == "passed"
    assert outcomes[5002] == "not_evaluated"
    with pytest.raises(ChecksFailed):
        proposed(
            Kind.INTERNAL_TRANSFER,
            people["first"],
            source,
            target=target,
            units=[units(151)],
            key=kept.key,
        )
    assert Movement.objects.count() == 1
    true()


# --- each kind


def test_a_voluntary_cancellation_of_a_basket_is_attested_with_beneficiary_and_purpose(
    people: given.People,
) -> None:
    source = given.held(1000)
    given.issued(
        500, 0, project_number=28, share=given.share(0, exemption="a test"), forward_to=[(source, 500)]
    )
    people.represents(source, "first", "second")
    movement = proposed(
        Kind.VOLUNTARY_CANCELLATION,
        people["first"],
        source,
        units=[
            units(30),
            units(None, SerialRange("BR", 1001, 1005), project_number=28),
            units(None, SerialRange("BR", 1011, 1020), project_number=28),
        ],
        beneficiary="Oslo Marathon",
        purpose="The race of 2008",
    )
    assert movement.units == 45
    doors.approve(movement=movement, by=people["second"], at=AT)
    cancelled = queries.holdings(account=book.own_account(AccountType.VOLUNTARY_CANCELLATION, at=AT))
    assert {(h.project_number, h.units) for h in cancelled} == {(8, 30), (28, 15)}
    attested = attestation.facts(attestation.Attestation.objects.get())
    assert (attested.beneficiary, attested.purpose, attested.units) == (
        "Oslo Marathon",
        "The race of 2008",
        45,
    )
    runs = [str(run) for one in attested.cancellations for run in one.serials]
    assert runs == ["BR 1-30", "BR 1001-1005", "BR 1011-1020"]
    true()


def test_units_of_the_adaptation_account_are_monetised_by_two_administrators(people: given.People) -> None:
    given.issued(1000, 20)
    adaptation = book.own_account(AccountType.ADAPTATION_SHARE, at=AT)
    buyer = given.holding(holder="Buyer", party="NL")
    movement = proposed(
        Kind.MONETISATION,
        people["administrator"],
        adaptation,
        target=buyer,
        units=[units(15)],
        basis="Trustee's sale 7",
    )
    doors.approve(movement=movement, by=people["other administrator"], at=AT)
    assert (lying(adaptation), lying(buyer)) == (5, 15)
    true()


def test_units_arrive_from_another_registry_and_are_converted_carried_over_and_retired(
    people: given.People,
) -> None:
    account = given.holding(party="DE", holder="Germany")
    retired = book.open_account(
        type=AccountType.RETIREMENT, holder="Germany", party="DE", by=None, at=AT, reason="Annex I Party"
    )
    aau = {"party": "DE", "project_number": 0, "unit_type": UnitType.AAU, "period": 1}
    arrival = proposed(
        Kind.ARRIVAL,
        people["administrator"],
        None,
        target=account,
        units=[units(None, SerialRange("DE", 1, 1000), **aau)],
        basis="ITL DE77",
    )
    assert lying(account) == 0
    doors.approve(movement=arrival, by=people["other administrator"], at=AT)
    assert lying(account) == 1000
    true()

    conversion = proposed(
        Kind.CONVERSION,
        people["administrator"],
        account,
        units=[units(None, SerialRange("DE", 101, 300), **aau)],
        project_number=55,
        track=2,
        basis="JI 55",
    )
    doors.approve(movement=conversion, by=people["other administrator"], at=AT)
    held = {(h.unit_type, h.project_number): h.units for h in queries.holdings(account=account)}
    assert held == {(UnitType.AAU, 0): 800, (UnitType.ERU_FROM_AAU, 55): 200}
    true()

    eru = {"party": "DE", "project_number": 55, "unit_type": UnitType.ERU_FROM_AAU, "period": 1}
    AssignedAmount.objects.create(party="DE", period=1, units=2000, source="a test", at=AT)
    with pytest.raises(ChecksFailed, match="may carry over 50 such units") as failed:
        proposed(Kind.CARRY_OVER, people["administrator"], account, units=[units(51, **eru)])
    assert [one.number for one in failed.value.failures] == [6001]
    carried = proposed(Kind.CARRY_OVER, people["administrator"], account, units=[units(50, **eru)])
    doors.approve(movement=carried, by=people["other administrator"], at=AT)
    with pytest.raises(ChecksFailed, match="so 0 remain"):
        proposed(Kind.CARRY_OVER, people["administrator"], account, units=[units(1, **eru)])
    periods = {h.commitment_period: h.units for h in queries.holdings(account=account, unit_type=3)}
    assert periods == {1: 150, 2: 50}
    assert {b.original_period for b in Block.objects.filter(account=account, spent_by=None)} == {1}
    true()
    lines = [
        (line.entry.kind, line.units_in, line.units_out, line.balance) for line in queries.statement(account)
    ]
    assert lines == [("arrival", 1000, 0, 1000), ("conversion", 200, 200, 1000), ("carry_over", 50, 50, 1000)]
    assert [str(run) for run in queries.statement(account)[2].serials] == ["DE 101-150"]
    told = [
        (part.sentence, str(part.serials)) for _, part in stories.story(SerialRange("DE", 101, 300)).walk()
    ]
    assert told == [
        ("Arrived from another registry", "DE 1-1000"),
        ("Converted", "DE 101-300"),
        ("Carried over", "DE 101-150"),
        ("Remained", "DE 151-300"),
    ]

    gone = proposed(
        Kind.RETIREMENT, people["administrator"], account, target=retired, units=[units(150, **eru)]
    )
    doors.approve(movement=gone, by=people["other administrator"], at=AT)
    assert lying(retired) == 150
    with pytest.raises(ChecksFailed, match="Retirement is not possible from the account"):
        proposed(Kind.RETIREMENT, people["administrator"], retired, target=retired, units=[units(1, **eru)])
    true()


def test_the_share_is_taken_of_conversions_and_of_first_transfers_of_the_second_period(
    people: given.People,
) -> None:
    account = given.holding(party="DE", holder="Germany")
    abroad = book.open_account(
        type=AccountType.OTHER_REGISTRY, holder="FR-100-7", party="FR", by=None, at=AT, reason="known"
    )
    people.trusted(account, abroad)
    book.receive(
        account=account,
        units=UnitBlockIdentifier(SerialRange("DE", 1, 1000), UnitType.AAU, 2, 2),
        by=None,
        at=AT,
        reason="arrived",
        key=given.key(),
    )
    adaptation = book.own_account(AccountType.ADAPTATION_SHARE, at=AT)
    aau = {"party": "DE", "project_number": 0, "unit_type": UnitType.AAU, "period": 2}
    conversion = proposed(
        Kind.CONVERSION,
        people["administrator"],
        account,
        units=[units(75, **aau)],
        project_number=55,
        track=1,
        basis="JI 55",
    )
    # 2 per cent of 75 is 1.5: the half stays with the holder
    assert conversion.share_units == 1
    doors.approve(movement=conversion, by=people["other administrator"], at=AT)
    assert [(h.unit_type, h.units) for h in queries.holdings(account=adaptation)] == [
        (UnitType.ERU_FROM_AAU, 1)
    ]
    true()
    leaving = proposed(
        Kind.EXTERNAL_TRANSFER,
        people["administrator"],
        account,
        target=abroad,
        units=[units(None, SerialRange("DE", 101, 200), **aau)],
    )
    assert leaving.share_units == 2
    doors.approve(movement=leaving, by=people["other administrator"], at=AT)
    assert lying(abroad) == 98
    taken = Block.objects.get(account=adaptation, unit_type=UnitType.AAU, spent_by=None)
    assert str(taken.serials) == "DE 101-102"
    true()


def test_the_expiry_date_of_lcers_moves_on_with_a_renewed_crediting_period(people: given.People) -> None:
    first, renewed = dt.date(2027, 12, 31), dt.date(2047, 12, 31)
    account = given.holding()
    given.issued(
        100,
        0,
        unit_type=UnitType.LCER,
        expires_on=first,
        share=given.share(0, exemption="a test"),
        forward_to=[(account, 100)],
    )
    lcer = {"unit_type": UnitType.LCER}
    with pytest.raises(ChecksFailed, match="is no later"):
        proposed(
            Kind.EXPIRY_DATE_CHANGE,
            people["administrator"],
            account,
            units=[units(40, **lcer)],
            expires_on=first,
            basis="renewal",
        )
    change = proposed(
        Kind.EXPIRY_DATE_CHANGE,
        people["administrator"],
        account,
        units=[units(40, **lcer)],
        expires_on=renewed,
        basis="renewal",
    )
    doors.approve(movement=change, by=people["other administrator"], at=AT)
    found = {
        (b.first, b.last): b.expires_on for b in Block.objects.filter(account=account, spent_by__isnull=True)
    }
    assert found == {(1, 40): renewed, (41, 100): first}
    true()


@pytest.mark.parametrize(
    ("kind", "type", "unit", "is_taken"),
    [
        (Kind.TCER_EXPIRY_REPLACEMENT, AccountType.TCER_EXPIRY_REPLACEMENT, UnitType.TCER, True),
        (Kind.TCER_EXPIRY_REPLACEMENT, AccountType.TCER_EXPIRY_REPLACEMENT, UnitType.LCER, False),
        (Kind.LCER_EXPIRY_REPLACEMENT, AccountType.LCER_EXPIRY_REPLACEMENT, UnitType.CER, True),
        (Kind.LCER_EXPIRY_REPLACEMENT, AccountType.LCER_EXPIRY_REPLACEMENT, UnitType.LCER, False),
        (Kind.LCER_REVERSAL_REPLACEMENT, AccountType.LCER_REVERSAL_REPLACEMENT, UnitType.LCER, True),
        (Kind.LCER_REPORT_REPLACEMENT, AccountType.LCER_REPORT_REPLACEMENT, UnitType.TCER, False),
    ],
)
def test_tcers_and_lcers_are_replaced_by_what_5_cmp_1_paras_43_to_50_allow(
    people: given.People, kind: MovementKind, type: AccountType, unit: UnitType, is_taken: bool
) -> None:
    account = given.holding(party="DE", holder="Germany")
    replacing = book.open_account(type=type, holder="Germany", party="DE", by=None, at=AT, reason="Annex I")
    given.issued(
        100,
        0,
        unit_type=unit,
        expires_on=None if unit == UnitType.CER else dt.date(2017, 12, 31),
        share=given.share(0, exemption="a test"),
        forward_to=[(account, 100)],
    )
    asked: dict[str, Any] = {
        "target": replacing,
        "units": [units(60, unit_type=unit)],
        "basis": "ITL notice 3",
    }
    if not is_taken:
        with pytest.raises(ChecksFailed, match="is not open to") as failed:
            proposed(kind, people["administrator"], account, **asked)
        assert [one.number for one in failed.value.failures] == [2001]
        return
    movement = proposed(kind, people["administrator"], account, **asked)
    doors.approve(movement=movement, by=people["other administrator"], at=AT)
    assert lying(replacing) == 60
    with (
        pytest.raises(ChecksFailed, match="expired on 31 December 2017")
        if unit != UnitType.CER
        else _nothing()
    ):
        proposed(
            kind,
            people["administrator"],
            account,
            **(asked | {"units": [units(10, unit_type=unit)]}),
            at=AT.replace(year=2018),
        )
    true()


@pytest.mark.parametrize(
    ("kind", "type"),
    [
        (Kind.EXCESS_ISSUANCE_CANCELLATION, AccountType.EXCESS_ISSUANCE_CANCELLATION),
        (Kind.CCS_REVERSAL_CANCELLATION, AccountType.CCS_REVERSAL_CANCELLATION),
        (Kind.CCS_REPORT_CANCELLATION, AccountType.CCS_REPORT_CANCELLATION),
        (Kind.MANDATORY_CANCELLATION, AccountType.MANDATORY_CANCELLATION),
        (Kind.ADMINISTRATIVE_CANCELLATION, AccountType.ADMINISTRATIVE_CANCELLATION),
    ],
)
def test_each_cancellation_rests_on_something_and_is_final(
    people: given.People, kind: MovementKind, type: AccountType
) -> None:
    source = given.held(150)
    with pytest.raises(ChecksFailed, match="notification or decision"):
        proposed(kind, people["administrator"], source)
    movement = proposed(kind, people["administrator"], source, basis="Notice 6")
    doors.approve(movement=movement, by=people["other administrator"], at=AT)
    cancelled = book.own_account(type, at=AT)
    assert lying(cancelled) == 100
    with pytest.raises(ChecksFailed, match="not possible from"):
        proposed(Kind.VOLUNTARY_CANCELLATION, people["administrator"], cancelled, units=[units(1)])
    true()


def test_an_issuance_in_error_is_cancelled_administratively_and_issued_anew(people: given.People) -> None:
    """As IN-2241: 404,897 tCERs of 14 December 2012, issued again as lCERs on 9 October 2013 (rulebook 8)."""
    holder = given.holding(party="IN")
    wrong = given.issued(
        404_897,
        8_098,
        party="IN",
        project_number=2241,
        unit_type=UnitType.TCER,
        expires_on=dt.date(2017, 12, 31),
        forward_to=[(holder, 300_000)],
    ).issuance
    tcer = {"party": "IN", "project_number": 2241, "unit_type": UnitType.TCER}
    lcer = tcer | {"unit_type": UnitType.LCER, "expires_on": dt.date(2032, 12, 31)}
    asked = {"corrects": wrong, "units": [units(404_897, **lcer)], "basis": "EB decision"}
    with pytest.raises(ChecksFailed, match="0 are cancelled administratively"):
        proposed(Kind.REISSUE, people["administrator"], None, **asked)
    places = (
        (holder, 300_000),
        (book.own_account(AccountType.PENDING, at=AT), 96_799),
        (book.own_account(AccountType.ADAPTATION_SHARE, at=AT), 8_098),
    )
    for account, quantity in places:
        movement = proposed(
            Kind.ADMINISTRATIVE_CANCELLATION,
            people["administrator"],
            account,
            units=[units(quantity, **tcer)],
            basis="EB decision",
        )
        doors.approve(movement=movement, by=people["other administrator"], at=AT)
    reissue = proposed(Kind.REISSUE, people["administrator"], None, **asked)
    assert reissue.share_units == 8_098
    with pytest.raises(ChecksFailed, match="is corrected by movement"):
        proposed(Kind.REISSUE, people["other administrator"], None, **asked)
    doors.approve(movement=reissue, by=people["other administrator"], at=AT)
    again = queries.issuances_of(party="IN", project_number=2241).last()
    assert again is not None
    assert (again.first, again.quantity, again.unit_type) == (404_898, 404_897, UnitType.LCER)
    assert again.deduction.units == 8_098
    assert "cancelled administratively" in again.correction
    true()


# --- bad input, each with a sentence, and a book unchanged


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ([units(0)], "At least one unit is needed, not 0"),
        ([units(-5)], "At least one unit is needed, not -5"),
        ([units(1.5)], "whole number of units, not 1.5"),  # type: ignore[arg-type]
        ([units(float("nan"))], "whole number of units, not nan"),  # type: ignore[arg-type]
        ([units(True)], "whole number of units, not True"),
        ([units(10**18)], "more than a Party's serial numbers can count"),
        ([units(None)], "Name either an amount or a range"),
        ([], "Name the units"),
        ([units(1), units(2)], "are named twice"),
        ([units(1), units(None, SerialRange("BR", 1, 2))], "are named twice"),
        (
            [units(None, SerialRange("BR", 1, 5)), units(None, SerialRange("BR", 5, 9))],
            "overlap; name each unit once",
        ),
        ([units(None, SerialRange("HN", 1, 5))], "are not of the Party BR"),
        ([units(1, party="br")], "not a Party's code"),
        ([units(1, unit_type=9)], "There is no unit type 9"),
        ([units(1, project_number=10**8)], "not a project number"),
    ],
)
def test_what_is_malformed_is_refused_and_not_even_kept(
    people: given.People, wrong: list[Units], sentence: str
) -> None:
    source = given.held(150)
    people.represents(source, "first")
    before = given.contents()
    with pytest.raises(book.Refused, match=sentence):
        proposed(Kind.VOLUNTARY_CANCELLATION, people["first"], source, units=wrong)
    assert given.contents() == before
    assert not Movement.objects.exists()


@pytest.mark.parametrize(
    ("kind", "extra", "sentence"),
    [
        (Kind.ISSUANCE, {}, "comes about by the Board's instruction"),
        (Kind.INTERNAL_TRANSFER, {}, "Name the account that is to receive"),
        (Kind.VOLUNTARY_CANCELLATION, {"source": None}, "Name the account that the units are to leave"),
        (Kind.VOLUNTARY_CANCELLATION, {"reason": " "}, "Say why"),
        (Kind.VOLUNTARY_CANCELLATION, {"key": " "}, "A key of 1 to"),
        (Kind.VOLUNTARY_CANCELLATION, {"basis": "x"}, "is not told “basis”"),
        (Kind.VOLUNTARY_CANCELLATION, {"purpose": "x" * 2001}, "longer than 2000"),
        (Kind.MANDATORY_CANCELLATION, {"beneficiary": "x"}, "is not told “beneficiary”"),
    ],
)
def test_what_does_not_fit_the_kind_is_refused(
    people: given.People, kind: MovementKind, extra: dict[str, Any], sentence: str
) -> None:
    source = given.held(150)
    people.represents(source, "first")
    with pytest.raises(book.Refused, match=sentence):
        proposed(kind, people["first"], **({"source": source} | extra))
    assert not Movement.objects.exists()


def test_serials_half_reserved_are_refused_with_what_is_free(people: given.People) -> None:
    source = given.held(150)
    people.represents(source, "first")
    proposed(
        Kind.VOLUNTARY_CANCELLATION, people["first"], source, units=[units(None, SerialRange("BR", 1, 50))]
    )
    with pytest.raises(ChecksFailed, match=r"50 are reserved .* 10 are free") as failed:
        proposed(
            Kind.VOLUNTARY_CANCELLATION,
            people["first"],
            source,
            units=[units(None, SerialRange("BR", 1, 60))],
        )
    assert [one.number for one in failed.value.failures] == [3002]


def test_two_types_or_periods_in_one_movement_fail(people: given.People) -> None:
    source = given.held(150)
    people.represents(source, "first")
    with pytest.raises(ChecksFailed) as failed:
        proposed(
            Kind.VOLUNTARY_CANCELLATION,
            people["first"],
            source,
            units=[units(1), units(1, unit_type=UnitType.ERU_FROM_RMU), units(1, period=2)],
        )
    assert [one.number for one in failed.value.failures] == [2002, 2003, 3001]


def test_what_nobody_keeps_a_list_of_is_not_evaluated(people: given.People, settings: Any) -> None:
    settings.REGISTRY_PARTICIPANT = settings.REGISTRY_ELIGIBILITY = ""
    source, target = given.held(150), given.holding(holder="Buyer", party="NL")
    people.represents(source, "first")
    people.trusted(source, target)
    movement = proposed(Kind.INTERNAL_TRANSFER, people["first"], source, target=target)
    unasked = movement.checks.filter(outcome=MovementCheck.Outcome.NOT_EVALUATED)
    assert [one.number for one in unasked] == [4001, 4002, 5002]
    assert all(one.sentence for one in unasked)


def test_a_receiver_who_does_not_take_part_or_may_not_is_refused(people: given.People, settings: Any) -> None:
    settings.REGISTRY_PARTICIPANT = "tests.registry.given.nobody_participates"
    settings.REGISTRY_ELIGIBILITY = "tests.registry.given.nobody_is_eligible"
    source, target = given.held(150), given.holding(holder="Buyer", party="NL")
    people.represents(source, "first")
    with pytest.raises(ChecksFailed) as failed:
        proposed(Kind.INTERNAL_TRANSFER, people["first"], source, target=target)
    assert [one.number for one in failed.value.failures] == [4001, 4002, 4003]
    assert "not a participant of project BR-0008" in failed.value.sentence
    assert "NL does not meet the eligibility requirements" in failed.value.sentence
    assert "not on the list of trusted accounts" in failed.value.sentence


def test_an_entry_says_which_movement_it_belongs_to(people: given.People) -> None:
    source = given.held(150)
    people.represents(source, "first", "second")
    movement = proposed(Kind.VOLUNTARY_CANCELLATION, people["first"], source)
    doors.approve(movement=movement, by=people["second"], at=AT)
    kinds = list(Entry.objects.filter(movement=movement).values_list("kind", "by__name"))
    assert kinds == [("reservation", "First"), ("cancellation", "Second")]


def _nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def test_a_representative_who_was_removed_meanwhile_proposes_nothing_any_more(people: given.People) -> None:
    source = given.held(150)
    people.represents(source, "first", "second")
    movement = proposed(Kind.VOLUNTARY_CANCELLATION, people["first"], source)
    source.representatives.filter(user=people["first"]).update(until_at=AT)
    with pytest.raises(ChecksFailed, match="First is no longer a representative of the account") as failed:
        doors.approve(movement=movement, by=people["second"], at=AT)
    assert [one.number for one in failed.value.failures] == [5001]
    doors.reject(movement=movement, by=people["second"], at=AT, reason="Proposed by somebody who left")


def test_signs_that_turn_the_text_round_are_taken_out_before_anybody_approves(people: given.People) -> None:
    source = given.held(150)
    people.represents(source, "first")
    movement = proposed(
        Kind.VOLUNTARY_CANCELLATION,
        people["first"],
        source,
        purpose="For \u202eLTR\u202c",
        reason="asked\u200f for",
    )
    assert (movement.purpose, movement.reason) == ("For LTR", "asked for")


def test_cers_come_from_no_other_registry(people: given.People) -> None:
    """Let in under serials that no issuance gave, they would stand in the way of the Party's own later."""
    account = given.holding(party="NL")
    asked = {"target": account, "basis": "ITL NL1"}
    run = SerialRange("CN", 1, 5000)
    with pytest.raises(ChecksFailed, match="by an issuance of this registry only") as failed:
        proposed(
            Kind.ARRIVAL,
            people["administrator"],
            None,
            units=[units(None, run, party="CN", project_number=5832)],
            **asked,
        )
    assert [one.number for one in failed.value.failures] == [3005]
    with pytest.raises(book.WrongUnits):
        book.receive(
            account=account,
            units=UnitBlockIdentifier(run, UnitType.CER, 1, 1, 0, 5832),
            by=None,
            at=AT,
            reason="arrived",
            key=given.key(),
        )
    assert given.issued(100, 2, party="CN", project_number=5832).serials == SerialRange("CN", 1, 100)
