"""The public calculator: the worked examples of rulebook section 3, on the page and through the form."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

IN_2018 = {"host": "BR", "on_day": 1, "on_month": 6, "on_year": 2018}


def text_of(answer: Any) -> str:
    """What a reader reads: the page without its markup."""
    page = re.sub(r"(?s)<(script|style).*?</\1>", " ", answer.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").replace("&nbsp;", " ").split())


def asked(**given: Any) -> Any:
    return Client().get("/calculator/?" + urlencode({**IN_2018, **given}))


def test_a_blank_form_first() -> None:
    answer = Client().get("/calculator/")
    assert answer.status_code == 200
    assert "There is a problem" not in text_of(answer)
    assert not answer.context["form"].is_bound


# rulebook 3.2, worked; and EB 6 A5, the fixed scale before March 2006
FEES = [
    (100_000, 2018, "USD 18,500"),
    (14_999, 2018, "USD 0"),
    (15_000, 2018, "USD 1,500"),
    (2_000_000, 2018, "USD 350,000"),
    (15_000, 2005, "USD 5,000"),
    (50_000, 2005, "USD 10,000"),
    (100_000, 2005, "USD 15,000"),
    (200_000, 2005, "USD 20,000"),
    (200_001, 2005, "USD 30,000"),
]


@pytest.mark.parametrize(("average", "year", "fee"), FEES)
def test_3_2_the_registration_fee(average: int, year: int, fee: str) -> None:
    page = text_of(asked(average_annual_t=average, on_year=year))
    assert re.search(rf"Registration fee {re.escape(fee)} Rule: ", page)


@pytest.mark.parametrize(("average", "year", "fee"), FEES)
def test_3_2_the_same_figures_stand_among_the_worked_examples(average: int, year: int, fee: str) -> None:
    rows = Client().get("/calculator/").context["example_rows"]
    what = f"Registration fee for {average:,} t a year, requested on 1 June {year}"
    (row,) = [row for row in rows if row[0]["text"] == what]
    assert row[1].replace("\u00a0", " ") == fee


def test_each_worked_example_leads_to_the_form_with_its_answer() -> None:
    rows = Client().get("/calculator/").context["example_rows"]
    assert len(rows) == len(FEES) + 4
    for row in rows:
        answer = Client().get(row[0]["url"])
        assert answer.status_code == 200
        assert answer.context["rules"] is not None, row[0]["text"]


def test_3_2_countries_with_fewer_than_ten_projects_pay_after_the_first_issuance() -> None:
    page = text_of(asked(average_annual_t=100_000, registered_projects=9))
    assert "has 9 registered projects, fewer than 10" in page
    assert "Nothing is to be paid with the request" in page
    page = text_of(asked(average_annual_t=100_000, registered_projects=10))
    assert "Nothing is to be paid with the request" not in page


def test_an_empty_number_of_projects_is_said_to_be_taken_as_ten() -> None:
    assert "ten or more are taken" in text_of(asked(average_annual_t=100_000))


def test_3_2_what_is_paid_back_where_the_project_is_not_registered() -> None:
    assert "USD 320,000 of it is paid back" in text_of(asked(average_annual_t=2_000_000))
    assert "It is not paid back" in text_of(asked(average_annual_t=100_000))


def test_3_1_the_administrative_share_by_the_calendar_year() -> None:
    page = text_of(asked(units=100_000))
    assert "15,000 units at USD 0.10 USD 1,500.00." in page and "To pay USD 18,500 Rule: 7/CMP.1" in page
    page = text_of(asked(units=100_000, already_requested=15_000))
    assert "15,000 units were already requested in 2018" in page and "To pay USD 20,000" in page


def test_3_2_the_fee_paid_in_advance_is_set_off() -> None:
    page = text_of(asked(units=50_000, prepaid_usd="18500"))
    assert "To pay USD 0 Rule" in page
    assert "USD 10,000 Left of what was paid in advance" in swapped(page)


def swapped(page: str) -> str:
    """Tiles are written label first; read them number first."""
    return re.sub(r"(Left of what was paid in advance) (USD [\d,.]+)", r"\2 \1", page)


def test_3_1_instalments_with_units_in_proportion() -> None:
    """EB 96: 60,000 units cost 1,500 + 9,000; a third of it makes a third of the units available."""
    page = text_of(asked(units=60_000, instalment_usd="3500"))
    assert "USD 3,500.00 of USD 10,500.00 is paid." in page
    assert "Units available 20,000" in page
    # 2 per cent of 60,000 first (rulebook 3.4, 4.6): the figures of tests/walks/test_instalments.py
    assert (
        "1,200 of them go to adaptation first, so the participants can have forwarded 18,800 units." in page
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"instalment_usd": "1499.99"}, "An instalment is at least USD 1,500.00"),
        ({"instalment_usd": "10500.01"}, "is more than the USD 10,500.00 still due"),
        ({"instalment_usd": "3500", "on_year": 2016}, "The share is paid in one payment"),
    ],
)
def test_3_1_an_instalment_that_would_not_be_taken(given: dict[str, Any], words: str) -> None:
    page = text_of(asked(units=60_000, **given))
    assert "This payment would not be taken." in page and words in page
    assert "Units available" not in page


@pytest.mark.parametrize(("units", "share"), [(75, 1), (76, 2), (67_303, 1_346), (100, 2), (25, 0)])
def test_3_4_the_share_for_adaptation(units: int, share: int) -> None:
    page = text_of(asked(units=units))
    assert f"Units for adaptation {share:,} Rule: 2 per cent of each block" in page
    assert f"Units for the participants {units - share:,}" in page


def test_3_4_least_developed_hosts_give_and_pay_nothing() -> None:
    page = text_of(asked(host="UG", units=100_000, average_annual_t=100_000))
    assert "Registration fee USD 0" in page and "To pay USD 0" in page
    assert "Units for adaptation 0" in page and "Exempt: Uganda is on the list" in page


def test_3_4_small_scale_afforestation_gives_nothing() -> None:
    page = text_of(asked(units=100_000, is_small_scale_afforestation="on"))
    assert "Units for adaptation 0" in page and "Exempt: small-scale afforestation" in page


def test_the_rule_set_of_the_day_is_named_with_its_sources() -> None:
    page = text_of(asked(units=100, average_annual_t=100_000))
    assert (
        "by the rule set Project cycle procedure of 1 June 2017 , in force from 1 June 2017 to 31 December"
        in page
    )
    assert "(read in a text)" in page and "17/CP.7" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Enter the average annual reductions to see the registration fee"),
        ({"units": "1.5"}, "must be a whole number without decimals"),
        ({"units": "-3"}, "must be 0 or more"),
        ({"units": "many"}, "must be a whole number"),
        ({"units": 10**13}, "or less"),
        ({"host": "", "units": 10}, "Select the host Party."),
        ({"host": "DE", "units": 10}, "select one of the choices"),
        ({"on_day": 31, "units": 10}, "Day of the request must be a real date."),
        ({"on_year": 1999, "units": 10}, "must be on or after 10 November 2001"),
        ({"prepaid_usd": "5", "average_annual_t": 10}, "Enter the units of the request as well"),
        ({"units": 10, "prepaid_usd": "1.234"}, "2 digits or fewer after the point"),
        ({"host": "SS", "units": 10, "on_year": 2005}, "is no Party to the Kyoto Protocol"),
    ],
)
def test_what_cannot_be_worked_out_is_said_in_a_sentence(given: dict[str, Any], words: str) -> None:
    answer = asked(**given)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "There is a problem" in page and words in page
    assert answer.context.get("rules") is None
