"""Opening an account in the book for a participant, and numbering projects: by those who keep the registry."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cdm import permissions
from cdm.acts.acting import Problem, refuse
from cdm.models import Organisation, Project, ReferenceNumbers, RegisteredElsewhere, User
from cdm.rules.parties import is_known
from cdm.units import reference_of
from cdm.workflow import recording
from registry import book
from registry.codes import AccountType
from registry.models import Account

MAY_HOLD = (Organisation.Kind.PARTICIPANT, Organisation.Kind.DOE)


def open_holding_account(
    *, organisation: Organisation, party: str, reason: str, by: User, at: dt.datetime
) -> Account:
    """Open a holding account for a participant authorised by `party` (3/CMP.1 annex, Appendix D, para 3(b)).

    A DOE gets one too: it may have to acquire units and have them cancelled (para 22); `party` is where it is seated.
    """
    role = permissions.require(by, "open_account", at=at)
    with transaction.atomic():
        refuse(
            None
            if organisation.kind in MAY_HOLD
            else Problem(f"{organisation} is neither a project participant nor a DOE.", "organisation"),
            None if reason.strip() else Problem("Say what the account is for.", "reason"),
        )
        account = book.open_account(
            type=AccountType.HOLDING,
            holder=organisation.name,
            party=party,
            holder_reference=reference_of(organisation),
            by=by,
            at=at,
            reason=reason.strip(),
        )
        recording.append(
            verb="open_account",
            sentence=f"Account {account.identifier} opened for {organisation}",
            by=by,
            role=role,
            at=at,
            chain_name="accounts",
            note=reason.strip(),
            data={"account": account.identifier},
        )
    return account


def set_next_reference_number(*, number: int, reason: str, by: User, at: dt.datetime) -> int:
    """Let the numbering of projects go on from `number`; only forward to a number no project has."""
    role = permissions.require(by, "set_reference_number", at=at)
    with transaction.atomic():
        counter = ReferenceNumbers.locked()
        refuse(
            Problem(f"The next number is {counter.next_number}; it can only be raised.", "number")
            if number < counter.next_number
            else None,
            Problem(f"Project {number:04d} is registered already.", "number")
            if Project.objects.filter(reference_number__gte=number).exists()
            else None,
            None if reason.strip() else Problem("Say why the numbering goes on from there.", "reason"),
        )
        counter.next_number = number
        counter.save(update_fields=["next_number"])
        recording.append(
            verb="set_reference_number",
            sentence=f"The next project registered is number {number:04d}",
            by=by,
            role=role,
            at=at,
            chain_name="registry",
            note=reason.strip(),
        )
    return number


def count_registered_elsewhere(
    *, party: str, number: int, counted_on: dt.date, source: str, by: User, at: dt.datetime
) -> RegisteredElsewhere:
    """Keep how many projects of a Party are registered that are not in this registry, and how that is known."""
    role = permissions.require(by, "count_registered_elsewhere", at=at)
    with transaction.atomic():
        refuse(
            None if is_known(party) else Problem(f"“{party}” is not the code of a Party.", "party"),
            None if number >= 0 else Problem("Give a whole number of 0 or more.", "number"),
            None
            if counted_on <= permissions.day_of(at)
            else Problem("Give a day that has passed.", "counted_on"),
            None if source.strip() else Problem("Say where the number comes from.", "source"),
            Problem("A number is kept for this Party and day already.", "counted_on")
            if RegisteredElsewhere.objects.filter(party=party, counted_on=counted_on).exists()
            else None,
        )
        kept = RegisteredElsewhere.objects.create(
            party=party,
            number=number,
            counted_on=counted_on,
            source=source.strip(),
            recorded_by=by,
            recorded_at=at,
        )
        recording.append(
            verb="count_registered_elsewhere",
            sentence=f"Registered elsewhere: {kept}",
            by=by,
            role=role,
            at=at,
            chain_name="registry",
            note=source.strip(),
            data={"party": party, "number": number, "counted_on": counted_on},
        )
    return kept
