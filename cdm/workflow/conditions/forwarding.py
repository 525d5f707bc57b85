"""Needs of forwarding units out of the pending account."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from cdm.models import BoardRequest
from cdm.rules import eligibility
from cdm.units import Share, authorised_holders, available, issuances_of, reference_of
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.step import Problem, Step
from registry import queries as book_queries
from registry.codes import AccountType


def share_problems(request: BoardRequest, shares: Iterable[Share]) -> Iterator[Problem]:
    """What is wrong with sending (account, commitment period, units) out of an issuance (EB 25 para 108)."""
    holders = authorised_holders(request.project)
    asked: dict[int, int] = defaultdict(int)
    shares = list(shares)
    for account, commitment_period, units in shares:
        asked[commitment_period] += units
        if account.account_type == AccountType.ADAPTATION_SHARE:
            others = sum(period == commitment_period for _, period, _ in shares) - 1
            if units > max(1, others // 2):
                yield Problem(
                    "Only units that rounding percentages leaves over go to the account for adaptation (EB 20, "
                    "para 70). Name an account of a participant for the rest.",
                    "account",
                )
        elif account.holder_reference not in holders:
            yield Problem(
                f"{account.holder} holds account {account.identifier} but is not a participant of this project "
                "authorised by a standing letter of approval. Choose an account of one that is.",
                "account",
            )
    waiting = {
        issuance.commitment_period: book_queries.waiting(issuance) for issuance in issuances_of(request)
    }
    for commitment_period, units in asked.items():
        there = waiting.get(commitment_period, 0)
        if units > there:
            yield Problem(
                f"{units:,} units of commitment period {commitment_period} are asked for, but {there:,} wait in the "
                "pending account. Ask for no more than that.",
                "quantity",
            )
    held_back = available(request)
    together = sum(asked.values())
    if held_back.free < together <= held_back.waiting:
        yield Problem(
            f"{together:,} units are asked for, but {held_back.free:,} may be forwarded now: the administrative share "
            f"is paid for {held_back.paid_for:,} units, those for adaptation first (CDM-EB96-A11-AMEN). Ask for "
            "no more than that, or pay the next instalment.",
            "quantity",
        )
    if not asked:
        yield Problem("Say how many units go to which account.", "quantity")


def eligibility_problems(request: BoardRequest, shares: Iterable[Share], day: dt.date) -> Iterator[Problem]:
    """Who cannot acquire units because the Party that authorises it is not eligible on the day (paras 31 to 33)."""
    wanted = {account.holder_reference for account, _, _ in shares}
    for participation in request.project.participations.select_related("organisation"):
        if not participation.party or reference_of(participation.organisation) not in wanted:
            continue
        if problem := eligibility.acquiring_problem(participation.party, day):
            yield Problem(f"{participation.organisation} cannot receive units now. {problem}", "account")


@condition
def forwarding_is_in_order(step: Step) -> Answer:
    shares = [
        (share.account, share.commitment_period, share.quantity)
        for share in step.subject.shares.select_related("account")
    ]
    return [
        *share_problems(step.subject.request, shares),
        *eligibility_problems(step.subject.request, shares, step.day),
    ]
