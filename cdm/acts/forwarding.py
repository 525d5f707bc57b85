"""Asking for units in the pending account to be forwarded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cdm.acts.acting import NotOpen, Problem, acting, refuse
from cdm.models import BoardRequest, ForwardingRequest, ForwardingShare, User
from cdm.units import Share
from cdm.workflow import opening
from cdm.workflow.conditions.forwarding import share_problems
from cdm.workflow.roles import Role


def ask(request: BoardRequest, *, shares: Sequence[Share], by: User, at: dt.datetime) -> ForwardingRequest:
    """Ask that so many units of each commitment period go to these accounts: (account, commitment period, units).

    Raises Unmet where an account is not a participant's, or more is asked for than waits.
    """
    with acting(request, "ask_for_forwarding", by=by, at=at) as act:
        if act.subject.state != "issued":
            raise NotOpen("Units are forwarded after they have been issued.")
        refuse(
            *(
                Problem("Ask for a whole number of units of 1 or more.", "quantity")
                for _, _, units in shares
                if isinstance(units, bool) or not isinstance(units, int) or units < 1
            )
        )
        refuse(*share_problems(act.subject, shares))
        forwarding = ForwardingRequest(project=act.project, request=act.subject, asked_by=by, asked_at=at)
        # the shares are read by the tasks and the record of the new row, so they stand before it begins
        forwarding.save()
        for account, commitment_period, units in shares:
            ForwardingShare.objects.create(
                forwarding_request=forwarding,
                account=account,
                commitment_period=commitment_period,
                quantity=units,
            )
        total = sum(units for _, _, units in shares)
        opening.begin(
            forwarding,
            sentence=f"Forwarding of {total:,} units asked for",
            by=by,
            role=act.role,
            at=at,
            tells=(Role.REGISTRY_ADMINISTRATOR,),
        )
    return forwarding
