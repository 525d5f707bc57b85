"""Assigned amounts of Annex I Parties, by which carry-over and the use of tCERs and lCERs are limited."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from registry import codes, people
from registry.accounts import Incomplete, check_at
from registry.asked import NotAQuantity, WrongUnits, check_quantity
from registry.models_movements import AssignedAmount
from registry.movements.persons import NotYours
from registry.serials import is_party_code


def record(
    *,
    party: str,
    period: int,
    units: int,
    base_year_units: int | None,
    source: str,
    by: AbstractBaseUser,
    at: dt.datetime,
) -> AssignedAmount:
    """Keep a Party's assigned amount for a commitment period, once (Kyoto Protocol, Art. 3.7; 13/CMP.1).

    Args:
        units: t CO2 equivalent for the whole period.
        base_year_units: base year emissions, t CO2 equivalent; without them the limit on tCERs and lCERs is unknown.

    Raises:
        Refused: not an administrator, malformed, or recorded already; nothing is kept.
    """
    if not people.is_administrator(by, at):
        raise NotYours("Only a registry administrator records assigned amounts.")
    if not is_party_code(party):
        raise WrongUnits(f"“{party}” is not a Party's code of two capital letters, such as DE.")
    if period not in codes.COMMITMENT_PERIODS:
        raise WrongUnits(f"There is no commitment period {period!r}.")
    if not source.strip():
        raise Incomplete("Say where the amount is published: the source is empty.")
    check_quantity(units)
    if base_year_units is not None:
        check_quantity(base_year_units)
    try:
        with transaction.atomic():
            return AssignedAmount.objects.create(
                party=party,
                period=period,
                units=units,
                base_year_units=base_year_units,
                source=source.strip(),
                by_id=by.pk,
                at=check_at(at),
            )
    except IntegrityError:
        raise NotAQuantity(
            f"The assigned amount of {party} for period {period} is recorded already; it is recorded once."
        ) from None
