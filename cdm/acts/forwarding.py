"""Asking for units in the pending account to be forwarded: by the focal points for scope (a) (rulebook 4.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from cdm import modalities
from cdm.acts import signing
from cdm.acts.acting import Act, NotOpen, Problem, acting, refuse
from cdm.models import BoardRequest, ForwardingRequest, ForwardingShare, User
from cdm.permissions import Denied
from cdm.rules.errors import RuleError
from cdm.rules.forwarding import parts_of
from cdm.rules.modalities import FORWARDING
from cdm.units import Share, available, issuances_of
from cdm.workflow import engine, opening
from cdm.workflow.conditions.forwarding import eligibility_problems, share_problems
from cdm.workflow.refusals import Unmet
from cdm.workflow.roles import Role
from registry import queries as book_queries
from registry.accounts import own_account
from registry.codes import AccountType
from registry.models import Account


def ask(request: BoardRequest, *, shares: Sequence[Share], by: User, at: dt.datetime) -> ForwardingRequest:
    """Ask that so many units of each commitment period go to these accounts: (account, commitment period, units).

    The signatures that the statement in force demands for scope (a) are given to it before it is carried out; who
    asks signs with it. Raises Denied where the person is no focal point for it, Unmet where an account cannot
    receive, or more is asked for than waits.
    """
    with acting(request, "ask_for_forwarding", by=by, at=at) as act:
        if act.subject.state != "issued":
            raise NotOpen("Units are forwarded after they have been issued.")
        statement = modalities.in_force(act.project)
        if statement is None:
            raise NotOpen(
                "No statement of modalities is in force. State the modalities of communication first."
            )
        mine = set(by.seats.held_on(act.day).values_list("organisation_id", flat=True))
        rule = statement.rule_of(FORWARDING)
        if not mine & {body.pk for body in rule.organisations}:
            names = ", ".join(str(body) for body in rule.organisations)
            raise Denied(
                f"Only a focal point for scope (a) asks for forwarding (rulebook 4.3): {names}. "
                "You do not sit for any of them."
            )
        _check(act, act.subject, shares)
        forwarding = ForwardingRequest(
            project=act.project, request=act.subject, modalities=statement, asked_by=by, asked_at=at
        )
        # the shares are read by the tasks and the record of the new row, so they stand before it begins
        forwarding.save()
        _keep(forwarding, shares)
        about = replace(act, subject=forwarding)
        signing.write_text(about)
        opening.begin(
            forwarding,
            sentence=f"Forwarding of {_total(shares):,} units asked for",
            by=by,
            role=act.role,
            at=at,
            tells=(Role.FOCAL_POINT,),
        )
        signing.sign_what_one_wrote(about)
    forwarding.refresh_from_db()
    return forwarding


def change(
    forwarding: ForwardingRequest,
    *,
    shares: Sequence[Share],
    reason: str,
    by: User,
    at: dt.datetime,
    expected_version: int | None = None,
) -> ForwardingRequest:
    """Ask for something else in the same request, before it is carried out; it is signed anew."""
    with acting(
        forwarding,
        "change_signed",
        by=by,
        at=at,
        states=("being_signed", "requested"),
        expected_version=expected_version,
    ) as act:
        _check(act, act.subject.request, shares)
        refuse(
            None if reason.strip() else Problem("Say what is changed: it is kept on the record.", "reason")
        )
        if act.subject.state == "requested":
            engine.follow(act.subject, "return_for_signature", by=by, at=at)
            act.subject.refresh_from_db()
        act.subject.shares.all().delete()
        _keep(act.subject, shares)
        signing.write_text(act, reason=reason.strip())
        signing.sign_what_one_wrote(act)
    forwarding.refresh_from_db()
    return forwarding


def by_percentage(
    request: BoardRequest,
    percentages: Sequence[tuple[Account, Decimal]],
    *,
    left_over_to: Account | None,
    at: dt.datetime,
) -> list[Share]:
    """So many per cent of what may be forwarded now for each account, commitment period by commitment period.

    Units that rounding leaves over go to the account named for them, else to that of the adaptation share (EB 20,
    paragraph 70).

    Raises Unmet where the percentages cannot be (`cdm.rules.forwarding`).
    """
    free = available(request).free
    shares: dict[tuple[int, int], Share] = {}
    for issuance in issuances_of(request):
        there = min(book_queries.waiting(issuance), free)
        free -= there
        try:
            parts = parts_of(there, [percentage for _, percentage in percentages])
        except RuleError as error:
            raise Unmet([Problem(str(error), "percentages")]) from None
        wanted = [(account, units) for (account, _), units in zip(percentages, parts.units, strict=True)]
        if parts.left_over:
            rest = left_over_to or own_account(AccountType.ADAPTATION_SHARE, at=at)
            wanted.append((rest, parts.left_over))
        for account, units in wanted:
            key = (account.pk, issuance.commitment_period)
            if units:
                before = shares[key][2] if key in shares else 0
                shares[key] = (account, issuance.commitment_period, before + units)
    return list(shares.values())


def _check(act: Act, request: BoardRequest, shares: Sequence[Share]) -> None:
    refuse(
        *(
            Problem("Ask for a whole number of units of 1 or more.", "quantity")
            for _, _, units in shares
            if isinstance(units, bool) or not isinstance(units, int) or units < 1
        )
    )
    refuse(*share_problems(request, shares), *eligibility_problems(request, shares, act.day))


def _keep(forwarding: ForwardingRequest, shares: Sequence[Share]) -> None:
    for account, commitment_period, units in shares:
        ForwardingShare.objects.create(
            forwarding_request=forwarding,
            account=account,
            commitment_period=commitment_period,
            quantity=units,
        )


def _total(shares: Sequence[Share]) -> int:
    return sum(units for _, _, units in shares)
