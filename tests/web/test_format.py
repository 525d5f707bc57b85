"""How days, quantities, money and sizes are written on pages."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from cdm.templatetags import cdm_format


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (dt.date(2019, 6, 18), "18 June 2019"),
        (dt.datetime(2019, 6, 18, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-3))), "19 June 2019"),
        ("2004-07-01", "1 July 2004"),
        (None, "–"),
        ("not a day", "–"),
    ],
)
def test_day(value: Any, written: str) -> None:
    assert cdm_format.day(value) == written


def test_instant_is_in_utc() -> None:
    in_brasilia = dt.datetime(2019, 6, 18, 11, 5, tzinfo=dt.timezone(dt.timedelta(hours=-3)))
    assert cdm_format.instant(in_brasilia) == "18 June 2019, 14:05 UTC"
    assert cdm_format.instant(dt.date(2019, 6, 18)) == "18 June 2019"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (67303, "67,303"),
        (0, "0"),
        (-4, "−4"),
        (9007199254740993, "9,007,199,254,740,993"),
        (Decimal("1346.0600"), "1,346.06"),
        (Decimal("100.00"), "100"),
        ("670133", "670,133"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_quantity(value: Any, written: str) -> None:
    assert cdm_format.quantity(value) == written


def test_units() -> None:
    assert cdm_format.tonnes(67303) == "67,303 t CO2e"
    assert cdm_format.tonnes(None) == "–"
    assert cdm_format.usd(Decimal("18500")) == "USD 18,500"
    assert cdm_format.usd(Decimal("0.5")) == "USD 0.50"
    assert cdm_format.file_size(0) == "0 bytes"
    assert cdm_format.file_size(1_412_000) == "1.4 MB"


def test_days_left() -> None:
    today = dt.date(2019, 6, 18)
    told = [
        cdm_format.days_left_sentence(cdm_format.days_until(today + dt.timedelta(days=days), today))
        for days in (12, 1, 0, -1, -30)
    ]
    assert told == ["12 days left", "1 day left", "Last day today", "1 day overdue", "30 days overdue"]
    assert cdm_format.days_until(None, today) is None


def test_working_is_parted_at_its_last_equals_sign() -> None:
    assert cdm_format.working_parts("a = b = USD 1") == ("a = b", "USD 1")
    assert cdm_format.working_parts("No fee is due.") == ("No fee is due.", "")


def test_a_seat_has_a_name_for_people() -> None:
    assert cdm_format.role_label("dna") == "Designated national authority"
    assert cdm_format.role_label("somebody") == "somebody"
