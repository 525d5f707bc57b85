"""Asking for units to be forwarded, in units or in percentages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rest_framework import serializers

from cdm.acts import forwarding
from cdm.api import written
from cdm.api.acts import Act, described
from cdm.api.fields import Units
from cdm.models import BoardRequest
from cdm.units import Share
from registry import queries as book_queries
from registry.serials import BadSerials


def account_of(identifier: str) -> Any:
    """The account of this identifier, or the field's own error."""
    try:
        return book_queries.account(identifier)
    except (BadSerials, LookupError) as error:
        raise serializers.ValidationError(str(error)) from error


class ShareAsks(serializers.Serializer[Any]):
    account = serializers.CharField(max_length=60, help_text="Identifier of the account.")
    commitment_period = serializers.IntegerField(min_value=1, max_value=9)
    quantity = Units()

    def validate_account(self, identifier: str) -> Any:
        return account_of(identifier)


class PercentageAsks(serializers.Serializer[Any]):
    account = serializers.CharField(max_length=60, help_text="Identifier of the account.")
    percent = serializers.DecimalField(
        max_digits=7, decimal_places=4, min_value=0, max_value=100, help_text="Of what may be forwarded now."
    )

    def validate_account(self, identifier: str) -> Any:
        return account_of(identifier)


class ForwardAsks(serializers.Serializer[Any]):
    """Either units or percentages."""

    shares = ShareAsks(many=True, max_length=200, required=False)
    percentages = PercentageAsks(many=True, max_length=200, required=False)
    left_over_to = serializers.CharField(
        max_length=60,
        required=False,
        help_text="Account for the units that rounding percentages leaves over; without it, that for adaptation.",
    )

    def validate_left_over_to(self, identifier: str) -> Any:
        return account_of(identifier)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if bool(given.get("shares")) == bool(given.get("percentages")):
            raise serializers.ValidationError("Give either `shares` or `percentages`.")
        return given


def shares_of(request: BoardRequest, given: dict[str, Any], at: dt.datetime) -> list[Share]:
    """What is asked for, in units."""
    if given.get("percentages"):
        percentages = [(row["account"], row["percent"]) for row in given["percentages"]]
        rest = given.get("left_over_to")
        return forwarding.by_percentage(request, percentages, left_over_to=rest, at=at)
    return [(row["account"], row["commitment_period"], row["quantity"]) for row in given["shares"]]


@described(
    "board_request_forward",
    "Forwarding requests",
    "Ask for issued units to be forwarded",
    asks=ForwardAsks,
    answers=written.ForwardingWriter,
)
class Forward(Act):
    """Ask for forwarding out of the pending account."""

    machine, verb, asks = "board_request", "ask_for_forwarding", ForwardAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        shares = shares_of(subject, given, self.acting["at"])
        return written.ForwardingWriter(forwarding.ask(subject, shares=shares, **self.acting)).data
