"""Statement of account, instalments and repayments on the pages and by the API."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tests.api.conftest import Program, good
from tests.given import World
from tests.walks.test_instalments import approved, pays
from tests.web.reading import words

Visit = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def test_an_instalment_is_recorded_and_its_units_asked_for(world: World, visit: Visit) -> None:
    """60,000 units for USD 10,500; 3,500 of it makes 20,000 available, 1,200 of them for adaptation."""
    request = approved(world, "2019-06-03")
    address = reverse("cdm:move", args=["board_request", request.pk, "record_share_of_proceeds"])
    page = words(visit("secretary").get(address))
    assert "USD 10,500 is due. It may be paid in at most 3 instalments, each at least USD 1,500.00" in page
    sent = {
        "expected_version": request.version,
        "amount_usd": "1,499",
        "paid_on_day": str(world.at.day),
        "paid_on_month": str(world.at.month),
        "paid_on_year": str(world.at.year),
        "bank_reference": "SOP 1",
    }
    answer = visit("secretary").post(address, sent)
    assert answer.status_code == 422
    assert "An instalment is at least USD 1,500.00, unless it is the remainder" in words(answer)
    assert visit("secretary").post(address, {**sent, "amount_usd": "3,500"}).status_code == 302
    request.refresh_from_db()
    world.do(request, "issue", "administrator")
    world.account()
    page = words(visit("developer").get(request.get_absolute_url()))
    assert "20,000 of 60,000 units are available" in page
    assert "58,800 units wait in the pending account for the participants. 18,800 of them" in page
    page = words(visit("developer").get(reverse("cdm:ask_forwarding", args=[request.pk])))
    assert "18,800 of the 58,800 units that wait may be forwarded now" in page


def test_the_statement_of_account_on_the_page_and_by_the_api(world: World, visit: Visit) -> None:
    request = approved(world, "2019-06-03")
    pays(world, request, "3500", "SOP 77")
    address = reverse("cdm:project_money", args=[request.project.pk])
    page = words(visit("developer").get(address))
    for expected in ("Statement of account", "Still to be paid USD 7,000", "bank reference SOP 77"):
        assert expected in page
    assert "SOP 77" not in words(visit("").get(address))
    shown = good(Program(world, "developer").get(f"projects/{request.project.pk}/statement/"))
    assert [line["balance_usd"] for line in shown["lines"]] == ["0.00", "10500.00", "7000.00"]
    assert (shown["lines"][-1]["bank_reference"], shown["balance_usd"]) == ("SOP 77", "7000.00")
    public = good(Program(world).get(f"projects/{request.project.pk}/statement/"))
    assert {line["bank_reference"] for line in public["lines"]} == {""}
    listed = good(Program(world, "developer").get(f"board-requests/{request.pk}/"))["invoices"][0]
    assert (listed["units_available"], Decimal(listed["open_usd"])) == ("20000", 7000)
