"""Commitment periods, warming potentials, estimates, later reductions. Rulebook 2.16, 4.2 and 5.3."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from cdm.rules import commitment, estimates, later_reductions, warming_potentials
from cdm.rules.commitment import OutsideCommitmentPeriods, commitment_period_of, split
from cdm.rules.days import as_instant, day_of
from cdm.rules.errors import NoSuchRule, RuleError


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2000, 1, 1), 1),
        (date(2004, 7, 1), 1),  # before 2008 counts in the first
        (date(2007, 12, 31), 1),
        (date(2008, 1, 1), 1),
        (date(2012, 12, 31), 1),
        (date(2013, 1, 1), 2),
        (date(2020, 12, 31), 2),
        (datetime(2012, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), 1),
        (datetime(2013, 1, 1, tzinfo=UTC), 2),
        (datetime(2013, 1, 1, 5, tzinfo=timezone(timedelta(hours=14))), 1),
        (datetime(2020, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), 2),
    ],
)
def test_the_commitment_period_of_a_day(day, period):
    assert commitment_period_of(day) == period


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2021, 1, 1), datetime(2021, 1, 1, tzinfo=UTC)])
def test_days_outside_are_refused(day):
    with pytest.raises(OutsideCommitmentPeriods):
        commitment_period_of(day)


def test_a_time_without_zone_has_no_day():
    with pytest.raises(ValueError, match="without a time zone"):
        commitment_period_of(datetime(2013, 1, 1))
    with pytest.raises(ValueError, match="without a time zone"):
        day_of(datetime(2013, 1, 1))


@pytest.mark.parametrize(
    ("start", "end", "parts"),
    [
        (date(2004, 7, 1), date(2007, 12, 31), [(1, date(2004, 7, 1), date(2007, 12, 31))]),
        (
            date(2012, 10, 1),
            date(2013, 3, 31),
            [(1, date(2012, 10, 1), date(2012, 12, 31)), (2, date(2013, 1, 1), date(2013, 3, 31))],
        ),
        (date(2012, 12, 31), date(2012, 12, 31), [(1, date(2012, 12, 31), date(2012, 12, 31))]),
        (date(2013, 1, 1), date(2013, 1, 1), [(2, date(2013, 1, 1), date(2013, 1, 1))]),
    ],
)
def test_a_monitoring_period_is_split_at_the_end_of_2012(start, end, parts):
    assert list(split(start, end)) == parts


def test_the_parts_cover_every_day_once():
    for offset in range(0, 400, 7):
        start, end = date(2012, 6, 1), date(2012, 6, 1) + timedelta(days=offset)
        days = [
            (period, first + timedelta(days=number))
            for period, first, last in split(start, end)
            for number in range((last - first).days + 1)
        ]
        assert [day for _, day in days] == [start + timedelta(days=n) for n in range(offset + 1)]
        assert all(commitment_period_of(day) == period for period, day in days)


def test_a_period_that_ends_before_it_starts_or_too_late_is_refused():
    with pytest.raises(RuleError, match="before the start"):
        split(date(2013, 1, 2), date(2013, 1, 1))
    with pytest.raises(OutsideCommitmentPeriods, match="The period must end on or before that day"):
        split(date(2020, 1, 1), date(2021, 1, 1))
    assert date(2000, 1, 1) == commitment.EARLIEST_ON


@pytest.mark.parametrize(
    ("gas", "day", "value"),
    [
        ("CH4", date(2012, 12, 31), 21),
        ("CH4", date(2013, 1, 1), 25),
        ("CH4", date(2021, 1, 1), 21),
        ("N2O", date(2012, 12, 31), 310),
        ("N2O", date(2020, 12, 31), 298),
        ("N2O", date(2021, 1, 1), 265),
        ("HFC-23", date(2005, 1, 1), 11700),
        ("HFC-23", date(2014, 1, 1), 14800),
        ("SF6", date(2005, 1, 1), 23900),
        ("SF6", date(2014, 1, 1), 22800),
        ("NF3", date(2014, 1, 1), 17200),
        ("CO2", date(2005, 1, 1), 1),
    ],
)
def test_the_potential_is_the_one_of_the_day_of_reduction(gas, day, value):
    assert warming_potentials.warming_potential(gas, day) == value


def test_gases_that_are_not_listed_are_refused():
    with pytest.raises(NoSuchRule, match="not a gas of the list"):
        warming_potentials.warming_potential("argon", date(2014, 1, 1))
    with pytest.raises(NoSuchRule, match="NF3 has no warming potential"):
        warming_potentials.warming_potential("NF3", date(2012, 1, 1))
    assert len(warming_potentials.ALL) == 31


def test_a_period_over_both_ends_is_computed_in_three_parts():
    assert warming_potentials.split(date(2012, 12, 1), date(2021, 1, 31)) == (
        ("second_assessment", date(2012, 12, 1), date(2012, 12, 31)),
        ("fourth_assessment", date(2013, 1, 1), date(2020, 12, 31)),
        ("lowest", date(2021, 1, 1), date(2021, 1, 31)),
    )
    assert len(warming_potentials.split(date(2014, 1, 1), date(2014, 2, 1))) == 1


def test_days_begin_at_midnight_utc():
    assert as_instant(date(2019, 3, 31)) == datetime(2019, 3, 31, 0, 0, tzinfo=UTC)
    assert day_of(datetime(2019, 3, 31, 1, tzinfo=timezone(timedelta(hours=2)))) == date(2019, 3, 30)


def test_the_average_divides_by_the_length_of_the_period():
    """Seven years from 1 July have eight calendar years in the table."""
    rows = [50, 100, 100, 100, 100, 100, 100, 50]
    assert estimates.totals(rows, months=84) == estimates.Totals(700, 100)
    assert estimates.totals([15_000] * 6 + [14_999], months=84).average_annual_t == 14_999
    assert estimates.total([]) == 0


@pytest.mark.parametrize("bad", [[-1], [1.5], ["7"], [True]])
def test_estimates_are_whole_tonnes(bad):
    with pytest.raises(RuleError, match=r"whole number|negative"):
        estimates.total(bad)


def test_what_is_wrong_with_a_table_of_estimates():
    period = {"starts_on": date(2019, 7, 1), "ends_on": date(2021, 6, 30)}
    assert estimates.problems([(2019, 1), (2020, 2), (2021, 0)], **period) == []
    told = estimates.problems([(2019, 1), (2019, 1), (2022, 5), (2020, -3)], **period)
    assert len(told) == 4
    assert "2019 is entered twice" in told[0]
    assert "2022 lies outside" in told[1]
    assert "for 2020 is negative" in told[2]
    assert "no estimate for 2021" in told[3]
    with pytest.raises(RuleError, match="no length"):
        estimates.totals([1], months=0)


@pytest.mark.parametrize(
    ("kind", "starts_on", "ends_on", "requested_on", "mode"),
    [
        ("issuance", date(2020, 1, 1), date(2020, 12, 31), date(2022, 5, 1), "open"),
        ("issuance", date(2020, 1, 1), date(2021, 1, 1), date(2023, 7, 1), "closed"),
        ("issuance", date(2020, 1, 1), date(2021, 1, 1), date(2021, 3, 1), "provisional"),
        ("registration", date(2021, 1, 1), date(2027, 12, 31), date(2020, 12, 1), "open"),
        ("registration", date(2021, 1, 1), date(2027, 12, 31), date(2021, 2, 1), "provisional"),
        ("registration", date(2021, 1, 1), date(2027, 12, 31), date(2023, 6, 30), "closed"),
        ("registration", date(2021, 1, 1), date(2027, 12, 31), date(2023, 6, 29), "provisional"),
        ("registration", date(2020, 12, 31), date(2027, 12, 30), date(2021, 2, 1), "open"),
        ("renewal", date(2021, 1, 1), date(2027, 12, 31), date(2024, 1, 1), "closed"),
        ("registration", date(2019, 7, 1), date(2026, 6, 30), date(2019, 6, 1), "open"),
    ],
)
def test_requests_about_reductions_after_2020(kind, starts_on, ends_on, requested_on, mode):
    answer = later_reductions.how_taken(kind, starts_on=starts_on, ends_on=ends_on, requested_on=requested_on)
    assert answer.mode == mode
    assert bool(answer.sentence) is (mode != "open")
    assert ("CDM-RAA-FORM" in answer.sentence) is (mode == "provisional")


def test_the_days_after_2020_are_a_part_of_their_own_while_requests_are_provisional():
    assert commitment.split_with_later(date(2012, 12, 1), date(2021, 1, 31)) == (
        (1, date(2012, 12, 1), date(2012, 12, 31)),
        (2, date(2013, 1, 1), date(2020, 12, 31)),
        (3, date(2021, 1, 1), date(2021, 1, 31)),
    )
    assert commitment.split_with_later(date(2021, 5, 1), date(2021, 5, 1)) == (
        (3, date(2021, 5, 1), date(2021, 5, 1)),
    )
    assert commitment.split_with_later(date(2020, 1, 1), date(2020, 12, 31)) == (
        (2, date(2020, 1, 1), date(2020, 12, 31)),
    )
    with pytest.raises(RuleError, match="before the start"):
        commitment.split_with_later(date(2022, 1, 1), date(2021, 5, 1))
    assert [commitment.name_of(number) for number in (2, 3)] == [
        "commitment period 2",
        "the time after 31 December 2020",
    ]


def test_an_unknown_kind_of_request_is_refused():
    with pytest.raises(RuleError, match="not a kind of request"):
        later_reductions.how_taken(
            "lunch", starts_on=date(2020, 1, 1), ends_on=date(2020, 2, 1), requested_on=date(2020, 3, 1)
        )
