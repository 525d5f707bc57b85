"""Turns what the writer answered into a result, or into the sentence with which the book refuses."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from registry.accounts import Refused, refuse_not_open
from registry.asked import WrongUnits
from registry.codes import UnitType
from registry.models import Account, Entry, Issuance
from registry.posting import Asked, Outcome
from registry.results import Issued, Moved
from registry.serials import SerialRange


class NotEnoughUnits(Refused):
    """The account holds fewer such units than asked for."""


SENT_BEFORE: Final = (
    "This was sent before, with other contents, and what was sent first stands. Open the page again to ask anew; a "
    "program takes a new key."
)


class KeyReused(Refused):
    """The key was used before, for something else."""


class PeriodOverlaps(Refused):
    """Units were already issued for days of this monitoring period, or for this request."""


def key_reused(wanted: Asked) -> KeyReused:
    return KeyReused(SENT_BEFORE)


def refuse(wanted: Asked, outcome: Outcome) -> None:
    """Raise what fits the outcome, unless it was done.

    Raises:
        Refused: one of its subclasses, with a sentence.
    """
    match outcome["outcome"]:
        case "done" | "again":
            return
        case "key_reused":
            raise key_reused(wanted)
        case "not_open":
            refuse_not_open(Account.objects.get(pk=outcome["account"]))
        case "too_few":
            raise NotEnoughUnits(_too_few(wanted, outcome["available"]))
        case "overlaps":
            raise PeriodOverlaps(
                f"Units of project {wanted['party']}-{wanted['project_number']:04} were already issued for "
                f"{_day(outcome['start'])} to {_day(outcome['end'])}, which overlaps "
                f"{_day(wanted['monitoring_start'])} to {_day(wanted['monitoring_end'])}. An administrator may "
                "record a correction."
            )
        case "issued_before":
            raise PeriodOverlaps(
                f"Units were already issued for the request {wanted['request_reference']} and period "
                f"{wanted['period']}."
            )
        case "here_already":
            serials = SerialRange(wanted["party"], wanted["first"], wanted["last"])
            raise WrongUnits(f"Some of the units {serials} lie in this registry already.")
        case "no_serials":
            raise NotEnoughUnits(f"The serial numbers of {wanted['party']} do not suffice for so many units.")
    raise RuntimeError(f"The writer of the book answered {outcome!r}.")


def _day(text: str) -> str:
    return f"{dt.date.fromisoformat(text):%-d %B %Y}"


def _too_few(wanted: Asked, available: int) -> str:
    units = sum(quantity for _, quantity in wanted["targets"])
    if wanted["kind"] == "forwarding":
        return (
            f"{units} units are to be forwarded, but only {available} of this issuance are still in the "
            "pending account."
        )
    source = Account.objects.get(pk=wanted["source"])
    those = f"the {units}"
    if wanted["first"] is not None:
        those += f" units {SerialRange(wanted['party'], wanted['first'], wanted['last'])},"
    return (
        f"The account “{source}” holds only {available} of {those} {UnitType(wanted['unit_type']).label}s of "
        f"project {wanted['party']}-{wanted['project_number']:04}, period {wanted['period']}."
    )


def issued(wanted: Asked, outcome: Outcome) -> Issued:
    """The issuance, as it was written now or before; refused when it was not."""
    refuse(wanted, outcome)
    if outcome["outcome"] == "again":
        issuance = Issuance.objects.select_related("deduction").get(entry=outcome["entry"])
        return Issued(issuance, issuance.deduction.units, again=True)
    written: dict[str, Any] = {
        "id": outcome["issuance"],
        "entry_id": outcome["entry"],
        "party": wanted["party"],
        "project_number": wanted["project_number"],
        "unit_type": wanted["unit_type"],
        "commitment_period": wanted["period"],
        "first": outcome["first"],
        "last": outcome["first"] + wanted["quantity"] - 1,
        "monitoring_start": dt.date.fromisoformat(wanted["monitoring_start"]),
        "monitoring_end": dt.date.fromisoformat(wanted["monitoring_end"]),
        "request_reference": wanted["request_reference"],
        "correction": wanted["correction"],
    }
    return Issued(Issuance.from_db("default", list(written), list(written.values())), wanted["share_units"])


def moved(wanted: Asked, outcome: Outcome) -> Moved:
    """The movement, as it was written now or before; refused when it was not."""
    refuse(wanted, outcome)
    if outcome["outcome"] == "again":
        entry = Entry.objects.get(pk=outcome["entry"])
        return Moved(entry, entry.units, again=True)
    written: dict[str, Any] = {
        "id": outcome["entry"],
        "kind": wanted["kind"],
        "key": wanted["key"],
        "content": wanted["content"],
        "units": sum(units for _, units in wanted["targets"]),
        "gross_units": outcome["gross_units"],
        "by_id": wanted["by"],
        "at": dt.datetime.fromisoformat(wanted["at"]),
        "reason": wanted["reason"],
    }
    entry = Entry.from_db("default", list(written), list(written.values()))
    return Moved(entry, entry.units)
