"""Days and periods as people write them in cells and file names."""

from datetime import date

import pytest

from cdm.presubmission.written_days import days_in, period_in, period_in_file_name


@pytest.mark.parametrize(
    "text",
    [
        "2013-01-31",
        "31/01/2013",
        "31.01.2013",
        "31-1-2013",
        "31 January 2013",
        "31st of January, 2013",
        "31-Jan-2013",
        "January 31, 2013",
        "Jan 31st 2013",
        "20130131",
        "31012013",
    ],
)
def test_one_day_in_many_hands(text):
    (found,) = days_in(f"until {text} inclusive")
    assert found.can_be(date(2013, 1, 31))


def test_a_day_that_may_be_two_is_held_against_nobody():
    (found,) = days_in("01/02/2013")
    assert found.can_be(date(2013, 2, 1)) and found.can_be(date(2013, 1, 2))
    assert not found.can_be(date(2013, 2, 2))


@pytest.mark.parametrize(
    "text", ["", "2013", "version 1.2", "31/13/2013", "12345678901", "serial 67303", "2012-2013"]
)
def test_what_is_no_day_is_none(text):
    assert days_in(text) == []


@pytest.mark.parametrize(
    "name",
    [
        "MR_2013-01-01_to_2013-12-31_v2.pdf",
        "ER sheet 01.01.2013-31.12.2013.xlsx",
        "Monitoring Report (01 Jan 2013 - 31 Dec 2013).docx",
        "MR_20130101_20131231.xlsx",
        "01012013-31122013 monitoring.pdf",
    ],
)
def test_the_period_in_the_name_of_a_file(name):
    found = period_in_file_name(name)
    assert found is not None and found.can_be(date(2013, 1, 1), date(2013, 12, 31))
    assert not found.can_be(date(2012, 1, 1), date(2012, 12, 31))


def test_one_day_or_three_are_no_period():
    assert period_in("report of 3 May 2014") is None
    assert period_in("3 May 2014, 1 January 2013 to 31 December 2013") is None
    assert period_in_file_name("Monitoring report 2.pdf") is None
