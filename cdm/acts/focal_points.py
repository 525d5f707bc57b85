"""A focal point withdraws from its office (rulebook 2.4: F-CDM-MOC, annex 3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from cdm import notices
from cdm.acts import signing
from cdm.acts.acting import Act, NotOpen, Problem, acting, refuse
from cdm.models import (
    FocalPointWithdrawal,
    ForwardingRequest,
    ModalitiesStatement,
    Organisation,
    ParticipantChange,
    Signed,
    User,
)
from cdm.permissions import Denied
from cdm.workflow.roles import Role


def withdraw(
    statement: ModalitiesStatement, *, organisation: Organisation, reason: str, by: User, at: dt.datetime
) -> FocalPointWithdrawal:
    """The organisation is a focal point no longer, in any scope of the statement in force; nobody has to agree.

    The focal points that are left hold its scopes; a scope with none left is all participants' together, until a new
    statement is in force. What is being signed waits for it no longer. Raises Denied, NotOpen, Unmet.
    """
    with acting(statement, "withdraw_as_focal_point", by=by, at=at) as act:
        named: ModalitiesStatement = act.subject
        if named.state != "in_force":
            raise NotOpen("A focal point withdraws from a statement that is in force. This one is not.")
        if organisation.pk not in {body.pk for body in named.focal_points()}:
            refuse(Problem(f"{organisation} is not a focal point of this statement.", "organisation"))
        if not by.seats.held_on(act.day).filter(organisation=organisation).exists():
            raise Denied(f"Only {organisation} withdraws from its office. You do not sit for it.")
        refuse(None if reason.strip() else Problem("Give the reason: it is kept on the record.", "reason"))
        made = FocalPointWithdrawal.objects.create(
            statement=named, organisation=organisation, reason=reason.strip(), by=by, at=at
        )
        act.record(
            f"{organisation} withdrew as focal point",
            note=made.reason,
            data={"organisation": organisation.pk, "scopes_left_to_all": named.scopes_left_to_all()},
        )
        notices.tell_roles(
            act.project,
            (Role.PARTICIPANT, Role.SECRETARIAT),
            f"{organisation} withdrew as focal point: {act.project.title}",
            at=at,
            but=by,
        )
        for text in _being_signed(act):
            signing.move_on(replace(act, subject=text))
    return made


def _being_signed(act: Act) -> list[Signed]:
    """What waits for signatures under the statement and may wait for none any more."""
    found: list[Signed] = []
    for model in (ForwardingRequest, ParticipantChange):
        found += model.objects.select_for_update(no_key=True).filter(
            modalities=act.subject, state="being_signed"
        )
    return found
