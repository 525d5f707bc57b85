"""The registration fee of a host with few projects (2/CMP.5; project cycle procedure, appendix 1, paras 4-5)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from cdm.acts import accounts
from cdm.workflow.engine import Unmet
from tests.given import World

pytestmark = pytest.mark.django_db


def counted(world: World, number: int, counted_on: str = "2019-01-01") -> None:
    accounts.count_registered_elsewhere(
        party="BR",
        number=number,
        counted_on=dt.date.fromisoformat(counted_on),
        source="UNFCCC project search",
        by=world.people["secretary"],
        at=world.at,
    )


@pytest.mark.parametrize(("elsewhere", "due"), [(9, Decimal(0)), (10, Decimal(18_500))])
def test_fewer_than_ten_registered_projects_pay_after_the_first_issuance(
    world: World, elsewhere: int, due: Decimal
) -> None:
    counted(world, elsewhere)
    # eight calendar years in a period of seven: 8 x 87,500 / 7 = 100,000 t a year (rulebook 3.2: USD 18,500)
    project = world.validated(yearly_t=87_500, others=())
    request = world.request_for(project, "validator")
    world.do(request, "submit", "validator")
    assert request.invoices.get().due_usd == due
    assert request.state == ("awaiting_fee" if due else "completeness_check")


def test_the_latest_count_before_the_day_is_taken(world: World) -> None:
    counted(world, 3, "2015-01-01")
    counted(world, 12, "2019-01-01")
    project = world.validated(yearly_t=100_000, others=())
    request = world.request_for(project, "validator")
    world.do(request, "submit", "validator")
    assert request.state == "awaiting_fee"


def test_one_count_a_party_and_day_with_a_source(world: World) -> None:
    counted(world, 3)
    with pytest.raises(Unmet, match="kept for this Party and day already"):
        counted(world, 4)
    with pytest.raises(Unmet, match="a day that has passed"):
        counted(world, 4, "2030-01-01")
