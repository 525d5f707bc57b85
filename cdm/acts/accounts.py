"""Asking for an account in the book for a participant, and numbering projects: by those who keep the registry."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from cdm import permissions
from cdm.acts.acting import Problem, refuse
from cdm.models import Organisation, Project, ReferenceNumbers, RegisteredElsewhere, User
from cdm.rules import parties
from cdm.rules.parties import is_known
from cdm.units import reference_of
from cdm.workflow import recording
from registry import account_requests
from registry.codes import AccountType
from registry.models_accounts import AccountRequest

MAY_HOLD = (Organisation.Kind.PARTICIPANT, Organisation.Kind.DOE)


def ask_for_account(
    *,
    organisation: Organisation,
    party: str,
    reason: str,
    by: User,
    at: dt.datetime,
    type: AccountType | str = "",
    representatives: Sequence[User] = (),
    key: str = "",
) -> AccountRequest:
    """Ask for a holding account for a participant authorised by `party`; a second administrator approves it.

    A DOE gets one too: it may have to acquire units and have them cancelled (para 22); `party` is where it is seated.

    Args:
        type: where it is empty, what the Party allows: a temporary holding account for an Annex I Party, a permanent
            one for any other (3/CMP.1 annex, Appendix D, para 3(b); rulebook 4.1).
        key: asked twice under one key, asked once.
    """
    permissions.require(by, "open_account", at=at)
    refuse(
        None
        if organisation.kind in MAY_HOLD
        else Problem(f"{organisation} is neither a project participant nor a DOE.", "organisation"),
        None if reason.strip() else Problem("Say what the account is for.", "reason"),
    )
    return account_requests.propose_opening(
        type=type or type_for(party, at=at),
        party=party,
        holder=organisation.name,
        holder_reference=reference_of(organisation),
        representatives=representatives,
        by=by,
        at=at,
        reason=reason,
        key=key or f"account:{uuid.uuid4()}",
    )


def type_for(party: str, *, at: dt.datetime) -> AccountType:
    """The kind of holding account that whom this Party authorises is given."""
    is_annex_i = is_known(party) and parties.party(party).is_annex_i_on(permissions.day_of(at))
    return AccountType.TEMPORARY_HOLDING if is_annex_i else AccountType.HOLDING


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
