"""The form of the public calculator: what a request would cost, and what would be left."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cdm.forms.fields import DateBoxesField, TonnesField, UsdField, WholeNumberField
from cdm.rules import parties, sets

OPTIONAL = {"optional": True}


class CalculatorForm(forms.Form):
    """Sent by GET, so that the address of an answer can be passed on. Either half may be left empty."""

    host = forms.ChoiceField(label="Host Party")
    on = DateBoxesField(
        label="Day of the request",
        help_text="The day it is published, or is to be. It decides tariff and exemptions.",
    )
    average_annual_t = TonnesField(
        label="Average annual reductions",
        required=False,
        help_text="Over the first crediting period, from the project design document.",
    )
    registered_projects = WholeNumberField(
        label="Registered projects in the host Party",
        required=False,
        most=100_000,
        help_text="With fewer than ten the fee is paid after the first issuance. Left empty, ten or more are taken.",
    )
    units = WholeNumberField(
        label="Units of one request for issuance", required=False, most=10**12, suffix="units"
    )
    already_requested = WholeNumberField(
        label="Units already requested in the same calendar year",
        required=False,
        most=10**12,
        suffix="units",
        help_text="For the same project. The cheaper first band is counted once a year.",
    )
    prepaid_usd = UsdField(
        label="Paid in advance",
        required=False,
        help_text="The registration fee paid and not yet set off against an administrative share.",
    )
    instalment_usd = UsdField(
        label="First instalment",
        required=False,
        help_text="To see how many units become available when only this much is paid.",
    )
    is_small_scale_afforestation = forms.BooleanField(
        label="Small-scale afforestation or reforestation",
        required=False,
        help_text="Such projects give no share for adaptation.",
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hosts = [(party.code, party.name) for party in parties.ALL if not party.is_annex_i]
        self.fields["host"].choices = [("", "Choose a Party"), *hosts]  # type: ignore[attr-defined]
        self.fields["on"].initial = today
        self.fields["on"].earliest = sets.begins_on()  # type: ignore[attr-defined]
        for name in ("average_annual_t", "registered_projects", "units", "already_requested"):
            self.fields[name].widget.attrs.setdefault("optional", True)
        for name in ("prepaid_usd", "instalment_usd"):
            self.fields[name].widget.attrs.setdefault("optional", True)

    def clean(self) -> dict[str, Any]:
        """Something to work out, and a Party that may host on that day."""
        given = super().clean() or {}
        host, on = given.get("host"), given.get("on")
        if host and on and (sentence := parties.host_problem(host, on)):
            self.add_error("host", sentence)
        if self.errors:
            return given
        if given.get("average_annual_t") is None and given.get("units") is None:
            raise ValidationError(
                "Enter the average annual reductions to see the registration fee, the units of a request to see "
                "the shares of proceeds, or both."
            )
        if given.get("units") is None:
            for name in ("already_requested", "prepaid_usd", "instalment_usd"):
                if given.get(name):
                    self.add_error(
                        "units", "Enter the units of the request as well; the rest belongs to them."
                    )
                    break
        return given
