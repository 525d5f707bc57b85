"""Real issuances, unit by unit, with the amounts of the rulebook and of the CDM registry's own reports."""

import datetime as dt
from decimal import Decimal

import pytest

from registry import book, queries, verify
from registry.codes import AccountType, UnitType
from registry.models import Block, Entry
from registry.serials import SerialRange
from tests.registry import given

pytestmark = pytest.mark.django_db


def in_account(kind: AccountType) -> list[SerialRange]:
    return [b.serials for b in Block.objects.filter(account__type=kind, spent_by__isnull=True)]


def test_novagerars_first_issuance() -> None:
    result = given.issued(
        67_303, 1_346, monitoring_start=dt.date(2004, 7, 1), monitoring_end=dt.date(2007, 12, 31)
    )
    assert result.serials == SerialRange("BR", 1, 67_303)
    assert result.share_serials == SerialRange("BR", 1, 1_346)
    assert result.rest_serials == SerialRange("BR", 1_347, 67_303)
    assert in_account(AccountType.ADAPTATION_SHARE) == [SerialRange("BR", 1, 1_346)]
    assert in_account(AccountType.PENDING) == [SerialRange("BR", 1_347, 67_303)]
    # Article 66: first into the pending account, then the share of proceeds out of it
    assert [entry.kind for entry in Entry.objects.order_by("pk")] == ["issuance", "adaptation_share"]

    account = given.holding()
    moved = given.forwarded(result.issuance, (account, 65_957))
    assert moved.parts == ((account, SerialRange("BR", 1_347, 67_303)),)
    assert queries.balance(account) == 65_957
    assert queries.waiting(result.issuance) == 0
    share = Block.objects.get(account__type=AccountType.ADAPTATION_SHARE)
    assert str(share) == "BR-5-1-1346-1-1-0-8"
    assert verify.verify_book().ok


def test_rio_blancos_first_issuance_follows_la_esperanzas() -> None:
    given.issued(2_210, 44, party="HN", project_number=9)
    result = given.issued(7_304, 146, party="HN", project_number=28)
    # the CDM registry's report of 9 November 2007 prints 2211 to 9514
    assert result.serials == SerialRange("HN", 2_211, 9_514)
    assert result.rest_serials is not None
    assert result.rest_serials.units == 7_158


def test_a_least_developed_host_gives_nothing_and_the_reason_is_kept() -> None:
    result = given.issued(
        12_345,
        0,
        party="UG",
        project_number=4217,
        share=given.share(0, exemption="Uganda is a least developed country."),
    )
    assert result.share_serials is None
    assert result.rest_serials == SerialRange("UG", 1, 12_345)
    assert result.issuance.deduction.exemption == "Uganda is a least developed country."
    assert in_account(AccountType.ADAPTATION_SHARE) == []
    assert verify.verify_book().ok


def test_a_period_across_2012_is_two_blocks_each_rounded_by_itself() -> None:
    # Ghana, project 5342: serials 1-458 of the first period, 459-12472 of the second
    days = [
        (1, 458, 9, dt.date(2012, 12, 10), dt.date(2012, 12, 31)),
        (2, 12_014, 240, dt.date(2013, 1, 1), dt.date(2013, 12, 31)),
    ]
    runs = []
    for period, quantity, units, start, end in days:
        result = given.issued(
            quantity,
            units,
            party="GH",
            project_number=5342,
            commitment_period=period,
            monitoring_start=start,
            monitoring_end=end,
            request_reference="request 77",
        )
        runs.append((result.serials.first, result.serials.last, result.share_serials))
    assert runs == [
        (1, 458, SerialRange("GH", 1, 9)),
        (459, 12_472, SerialRange("GH", 459, 698)),
    ]
    assert verify.verify_book().ok


# Rulebook 0.3: quantities and shares as observed on the CDM registry, exact halves among them
OBSERVED = [
    *((230_375, 4_607), (14_725, 294), (106_575, 2_131), (7_275, 145), (532_375, 10_647)),
    *((82_975, 1_659), (8_975, 179), (75_075, 1_501), (292_875, 5_857), (59_025, 1_180), (11_275, 225)),
    *((245_275, 4_905), (18_925, 378), (209_825, 4_196), (6_475, 129), (93_646, 1_873), (93_921, 1_878)),
    *((853, 17), (1_044, 21), (44_150, 883), (221_899, 4_438), (10, 0), (12, 0), (16, 0)),
    *((25, 0), (26, 1), (75, 1), (76, 2)),
]


def test_every_observed_share_is_accepted_and_its_neighbours_are_not() -> None:
    for quantity, units in OBSERVED:
        given.issued(quantity, units)
        for wrong in (units - 1, units + 1):
            with pytest.raises(book.WrongShare, match=rf"is {units}, not {wrong}\."):
                given.issued(quantity, wrong)
    assert verify.verify_book().ok


def test_a_rate_of_0_takes_nothing_and_one_of_5_its_part() -> None:
    free = given.issued(1_000, 0, share=book.ShareOfProceeds(0, Decimal(0), "a test"))
    assert (free.share_serials, free.issuance.deduction.units) == (None, 0)
    five = given.issued(1_000, 50, share=book.ShareOfProceeds(50, Decimal("5"), "a test"))
    assert five.share_serials == SerialRange("BR", 1_001, 1_050)
    everything = given.issued(10, 10, share=book.ShareOfProceeds(10, Decimal(100), "a test"))
    assert (everything.share_serials, everything.rest_serials) == (SerialRange("BR", 2_001, 2_010), None)
    assert verify.verify_book().ok


def test_a_temporary_unit_of_afforestation_gives_its_share_in_kind_and_expires() -> None:
    # Costa Rica, project 7572: 23,084 tCERs, of them 462 for adaptation
    result = given.issued(
        23_084,
        462,
        party="CR",
        project_number=7572,
        unit_type=UnitType.TCER,
        expires_on=dt.date(2020, 12, 31),
    )
    assert result.share_serials == SerialRange("CR", 1, 462)
    assert {b.expires_on for b in Block.objects.all()} == {dt.date(2020, 12, 31)}
    assert str(Block.objects.filter(spent_by__isnull=True)[0]) == "CR-6-1-462-1-1-1-7572"


def test_one_counter_for_all_projects_types_and_periods_of_a_party_and_another_for_another() -> None:
    firsts = [
        given.issued(100, 2, party="CN", project_number=1).serials.first,
        given.issued(50, 1, party="CN", project_number=2).serials.first,
        given.issued(60, 1, party="IN", project_number=2).serials.first,
        given.issued(
            10, 0, party="CN", project_number=1, unit_type=UnitType.LCER, expires_on=dt.date(2030, 1, 1)
        ).serials.first,
    ]
    assert firsts == [1, 101, 1, 151]


def test_forwarding_in_parts_to_several_accounts_takes_the_lowest_serials_first() -> None:
    one, two = given.holding(holder="EcoSecurities"), given.holding(holder="Veolia")
    result = given.issued(1_000, 20)
    first = given.forwarded(result.issuance, (two, 300), (one, 100))
    assert first.parts == ((two, SerialRange("BR", 21, 320)), (one, SerialRange("BR", 321, 420)))
    assert queries.waiting(result.issuance) == 580
    second = given.forwarded(result.issuance, (one, 580))
    assert second.parts == ((one, SerialRange("BR", 421, 1_000)),)
    assert queries.balance(one) == 680
    assert verify.verify_book().ok


def test_forwarding_one_issuance_leaves_another_of_the_same_project_waiting() -> None:
    account = given.holding()
    early, late = given.issued(1_000, 20), given.issued(1_000, 20)
    moved = given.forwarded(late.issuance, (account, 5))
    assert moved.parts == ((account, SerialRange("BR", 1_021, 1_025)),)
    assert (queries.waiting(early.issuance), queries.waiting(late.issuance)) == (980, 975)


def test_a_cancellation_splits_a_block_and_stays_for_ever() -> None:
    account = given.held(1_000)
    moved = book.cancel(source=account, **given.asked(None, serials=SerialRange("BR", 400, 409)))
    assert moved.quantity == 10
    target, serials = moved.parts[0]
    assert (target.type, serials) == (AccountType.VOLUNTARY_CANCELLATION, SerialRange("BR", 400, 409))
    live = [b.serials for b in account.blocks.filter(spent_by__isnull=True).order_by("first")]
    assert live == [SerialRange("BR", 1, 399), SerialRange("BR", 410, 1_000)]
    with pytest.raises(book.WrongAccount, match="never leave"):
        book.transfer(source=target, target=account, **given.asked(1))
    assert verify.verify_book().ok


def test_a_transfer_gathers_several_blocks() -> None:
    source = given.held(100)
    for _ in range(3):
        given.issued(10, 0, forward_to=[(source, 10)])
    target = given.holding(holder="Another")
    moved = book.transfer(source=source, target=target, **given.asked(115))
    assert [run for _, run in moved.parts] == [
        SerialRange("BR", 1, 100),
        SerialRange("BR", 101, 110),
        SerialRange("BR", 111, 115),
    ]
    assert (queries.balance(source), queries.balance(target)) == (15, 115)
    assert verify.verify_book().ok


def test_units_of_the_pending_account_can_be_cancelled_there() -> None:
    result = given.issued(100, 2)
    pending = book.own_account(AccountType.PENDING, at=given.AT)
    moved = book.cancel(source=pending, **given.asked(98))
    assert moved.parts[0][1] == SerialRange("BR", 3, 100)
    assert queries.waiting(result.issuance) == 0
