"""An invoice adds up to the cent on every database, and one that does not is refused by the database itself."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cdm.models import Invoice
from tests.given import World

pytestmark = pytest.mark.django_db


def test_an_advance_is_set_off_to_the_cent(world: World) -> None:
    """70.70 less 60.60 is 10.10, which binary numbers do not hold exactly: the simulation met such an invoice."""
    request = world.request_for(world.validated(), "validator")
    row = {
        "request": request,
        "project": request.project,
        "kind": Invoice.Kind.ADMINISTRATIVE_SHARE,
        "tariff_usd": Decimal("70.70"),
        "prepaid_used_usd": Decimal("60.60"),
        "source": "7/CMP.1",
        "working": [],
        "issued_on": world.at.date(),
        "calendar_year": world.at.year,
        "quantity_t": 700,
    }
    for wrong in ("10.09", "10.11"):
        with pytest.raises(IntegrityError, match="invoice_adds_up"), transaction.atomic():
            Invoice.objects.create(**row, due_usd=Decimal(wrong))
    kept = Invoice.objects.create(**row, due_usd=Decimal("10.10"))
    kept.refresh_from_db()
    assert kept.due_usd == Decimal("10.10")
