"""Assigned amounts: recorded once by an administrator, public, and asked by the limits of carry-over and use."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from registry import assigned_amounts
from registry.accounts import Refused
from registry.models_movements import AssignedAmount
from tests.registry import given

pytestmark = pytest.mark.django_db
PAGE = "/registry/assigned-amounts/"
GERMANY = {
    "party": "de",
    "period": "1",
    "units": "4868096694",
    "base_year_units": "",
    "source": "Initial report",
}


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(given.People()[name])
    return client


def test_an_administrator_records_one_once_and_everybody_reads_it() -> None:
    administrator = signed_in("administrator")
    assert administrator.post(PAGE, GERMANY).status_code == 302
    page = Client().get(PAGE).content.decode()
    assert "4,868,096,694" in page and "Initial report" in page and "Record an assigned amount" not in page
    again = administrator.post(PAGE, GERMANY)
    assert again.status_code == 422
    assert "recorded already" in again.content.decode()
    assert AssignedAmount.objects.count() == 1


def test_nobody_else_records_one() -> None:
    for client in (Client(), signed_in("stranger")):
        assert client.post(PAGE, GERMANY).status_code == 403
    assert not AssignedAmount.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"party": "d1"}, "not a Party's code"),
        ({"period": 3}, "no commitment period 3"),
        ({"units": 0}, "At least one unit"),
        ({"base_year_units": -1}, "At least one unit"),
        ({"source": " "}, "the source is empty"),
    ],
)
def test_what_is_malformed_is_refused_in_words(wrong: dict[str, Any], sentence: str) -> None:
    asked = {"party": "DE", "period": 1, "units": 1000, "base_year_units": None, "source": "a report"} | wrong
    with pytest.raises(Refused, match=sentence):
        assigned_amounts.record(**asked, by=given.People()["administrator"], at=given.AT)
    assert not AssignedAmount.objects.exists()
