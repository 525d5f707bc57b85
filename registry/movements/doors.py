"""The doors of movements: propose, approve, reject, cancel, lapse. Nothing else changes a movement.

A proposal is checked at once and its units are reserved; another person approves, everything is checked again, and
the entries are written in the same transaction. What is refused leaves the book as it was; a proposal that failed
its checks is kept with what they said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, CharField

from registry import asked
from registry.accounts import Incomplete, check_reason
from registry.models import Account
from registry.models_movements import Movement, MovementCheck, MovementLine, MovementRecord
from registry.movements import at_once, standing, writing
from registry.movements.asking import answers_to, as_checks
from registry.movements.facts import Facts
from registry.movements.persons import NotYours, deciding_role, held_role, represents
from registry.movements.proposal import Units, prepared
from registry.movements.steps import (
    Beside,
    ChecksFailed,
    NotOpen,
    approve_at_once,
    check_open,
    happened,
    happening,
    kept_at_once,
)
from registry.movements.table import MovementKind
from registry.prepared import Prepared
from registry.refusals import SENT_BEFORE, KeyReused, NotEnoughUnits
from registry.written import insert, insert_with, update_with

# what every movement asks, or reads
_UNDER_KEY = Prepared(lambda key: Movement.objects.filter(key=key), key=CharField())
_LOCKED = Prepared(
    lambda pk: (
        Movement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("source", "target", "corrects", "proposed_by")
        .filter(pk=pk)
    ),
    pk=BigIntegerField(),
)
_LINES = Prepared(
    lambda movement: MovementLine.objects.filter(movement_id=movement), movement=BigIntegerField()
)


def propose(
    *,
    kind: MovementKind,
    units: Sequence[Units],
    source: Account | str | None = None,
    target: Account | str | None = None,
    by: AbstractBaseUser,
    at: dt.datetime,
    reason: str,
    key: str,
    **given: Any,
) -> Movement:
    """Propose a movement: it is checked, its units are reserved, and it awaits another person's approval.

    Args:
        source, target: the accounts, or their identifiers; whichever they are, they are read anew.
        target: None where the table knows the one account, or where units change and stay.
        key: the same key with the same content gives the same movement back.
        given: what the row of the kind names in `given`, by the names of `registry.movements.proposal`.

    Raises:
        Refused: malformed, or not this person's to propose; nothing is kept.
        ChecksFailed: kept as terminated, with the checks.
        BadSerials, NoSuchAccount: no account has this identifier; nothing is kept.
    """
    movement, lines, before = prepared(
        kind=kind,
        units=units,
        source=source,
        target=target,
        by=by,
        at=at,
        reason=reason,
        key=key,
        keeps=True,
        **given,
    )
    known, blocks = before.standing, before.blocks
    _check_key(key)
    is_new = known is not None and not known.is_key_used
    if not is_new and (earlier := _done_before(key, movement.content)) is not None:
        return earlier
    if known is None or known.has_lapsed:
        # what has lapsed holds its units no longer, whether or not the clock has come round
        lapse(at=at, source=movement.source)
        blocks = ()
    facts = Facts(
        movement,
        lines,
        at,
        standing=known,
        first_blocks=blocks,
        participations=before.participates,
    )
    return _keep(facts, number=before.number, earlier=lambda: _done_before(key, movement.content))


def approve(
    *,
    movement: Movement,
    by: AbstractBaseUser,
    at: dt.datetime,
    reason: str = "",
    beside: Beside | None = None,
) -> Movement:
    """Approve a movement of another person; it is checked again and its entries are written.

    Args:
        beside: gives rows that are written with it.

    Raises:
        NotYours: the person may not approve it, or proposed it.
        NotOpen: it has ended, or its reservation has.
        ChecksFailed: it stays as it is, with what the checks said now.
    """
    reason = reason.strip() or "Approved"
    if at_once.is_possible() and (done := approve_at_once(movement, by, at, reason, beside)) is not None:
        return done
    failures: list[MovementCheck] = []
    with transaction.atomic():
        locked = _locked(movement, at)
        known = standing.read(
            source=locked.source, target=locked.target, by=by, proposed_by=locked.proposed_by_id, at=at
        )
        deciding_role(locked, by, at, known)
        facts = Facts(locked, _LINES(movement=locked.pk), at, approver=by, standing=known)
        checks = as_checks(locked, answers_to(facts), MovementCheck.Stage.APPROVAL, at)
        failures = [check for check in checks if check.outcome == MovementCheck.Outcome.FAILED]
        if failures:
            insert(checks)
        else:
            writing.complete(locked, facts.lines, by=by, at=at)
            locked.go("approve")
            _end(locked, by=by, at=at, reason=reason, checks=checks, beside=beside)
    if failures:
        raise ChecksFailed(locked, failures)
    return locked


def reject(
    *,
    movement: Movement,
    by: AbstractBaseUser,
    at: dt.datetime,
    reason: str,
    beside: Beside | None = None,
) -> Movement:
    """Refuse a movement of another person; its units are free again.

    Raises:
        NotYours, NotOpen: as for `approve`.
        Incomplete: without a reason.
    """
    reason = check_reason(reason)
    with transaction.atomic():
        locked = _locked(movement, at)
        deciding_role(locked, by, at)
        writing.release(locked, by=by, at=at, reason=reason)
        locked.go("reject")
        _end(locked, by=by, at=at, reason=reason, beside=beside)
    return locked


def cancel(
    *,
    movement: Movement,
    by: AbstractBaseUser,
    at: dt.datetime,
    reason: str,
    beside: Beside | None = None,
) -> Movement:
    """Take back a movement that one proposed, or that another representative of the account did.

    Raises:
        NotYours, NotOpen, Incomplete: as for `reject`.
    """
    reason = check_reason(reason)
    with transaction.atomic():
        locked = _locked(movement, at)
        if locked.proposed_by_id != by.pk and not represents(by, locked.source, at):
            raise NotYours(
                "Only who proposed a movement, or a representative of its account, can take it back."
            )
        writing.release(locked, by=by, at=at, reason=reason)
        locked.go("cancel")
        _end(locked, by=by, at=at, reason=reason, beside=beside)
    return locked


def lapse(*, at: dt.datetime, source: Account | None = None) -> list[Movement]:
    """End every movement whose reservation has ended, or those of one account; safe to run twice."""
    ended: list[Movement] = []
    due = standing.lapsed(at) if source is None else standing.lapsed(at).filter(source=source)
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            locked = Movement.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
            if locked.is_open:
                reason = f"Not approved by {locked.reserved_until:%-d %B %Y, %H:%M} GMT."
                writing.release(locked, by=None, at=at, reason=reason)
                locked.go("lapse")
                _end(locked, by=None, at=at, reason=reason)
                ended.append(locked)
    return ended


def may(movement: Movement, by: AbstractBaseUser | None, at: dt.datetime) -> dict[str, bool]:
    """Which of approve, reject and cancel are this person's, for the buttons."""
    ended = movement.reserved_until is not None and movement.reserved_until <= at
    if by is None or not movement.is_open or ended:
        return {"approve": False, "reject": False, "cancel": False}
    own = movement.proposed_by_id == by.pk
    approves = not own and held_role(movement.row.approves, by, movement.source, at) is not None
    return {
        "approve": approves,
        "reject": approves,
        "cancel": own or represents(by, movement.source, at),
    }


# --- what is proposed, and kept


def _check_key(key: str) -> None:
    if not key.strip() or len(key) > asked.LONGEST_KEY:
        raise Incomplete(
            f"A key of 1 to {asked.LONGEST_KEY} characters is needed, so that nothing is done twice."
        )


def _done_before(key: str, content: str) -> Movement | None:
    earlier = _UNDER_KEY.first(key=key)
    if earlier is None:
        return None
    if earlier.content != content:
        raise KeyReused(SENT_BEFORE)
    failed = list(earlier.checks.filter(outcome=MovementCheck.Outcome.FAILED, stage="proposal"))
    if failed:
        raise ChecksFailed(earlier, failed)
    return earlier


def _keep(facts: Facts, *, earlier: Callable[[], Movement | None], number: int | None = None) -> Movement:
    """Check and keep the proposal, at once where it has a number; reserve its units where every check passed."""
    movement, lines, at = facts.movement, facts.lines, facts.at
    answers = answers_to(facts)
    failed = [number for number, answer in answers.items() if isinstance(answer, str)]
    if failed:
        movement.go("refuse")
        movement.reserved_until = None
        movement.decided_at = at
        movement.decision = "A check failed"
    else:
        movement.go("check")
        movement.go("hold")
    try:
        if number is not None and not failed and kept_at_once(facts, answers, number):
            return movement
        with transaction.atomic():
            checks = as_checks(movement, answers, MovementCheck.Stage.PROPOSAL, at)
            records = _records(movement, by_id=movement.proposed_by_id, at=at, reason=movement.reason)
            insert_with(movement, [*lines, *checks, *records])
            if not failed:
                writing.reserve(movement, lines)
                happened.send(Movement, movement=movement, act="propose", at=at)
    except IntegrityError:
        # two proposals under one key met; the one that was first is given back
        if (same := earlier()) is not None:
            return same
        raise
    except NotEnoughUnits:
        # another movement took the units between the check and the lock: look again, and say so
        again = Facts(movement, lines, at)
        if not any(isinstance(answer, str) for answer in answers_to(again).values()):
            raise
        fresh = Facts(_unsaved(movement), [_unsaved_line(line) for line in lines], at)
        return _keep(fresh, earlier=earlier)
    if failed:
        raise ChecksFailed(movement, [one for one in checks if one.outcome == MovementCheck.Outcome.FAILED])
    return movement


def _unsaved(movement: Movement) -> Movement:
    """The proposal as it was before it was kept."""
    fields = {
        field.attname: getattr(movement, field.attname)
        for field in Movement._meta.concrete_fields
        if field.name not in ("id", "state", "decided_at", "decision")
    }
    return Movement(**fields)


def _unsaved_line(line: MovementLine) -> MovementLine:
    fields = {
        field.attname: getattr(line, field.attname)
        for field in MovementLine._meta.concrete_fields
        if field.name not in ("id", "movement")
    }
    return MovementLine(**fields)


# --- the end


def _locked(movement: Movement, at: dt.datetime) -> Movement:
    """The movement, read after its row is locked; refused unless it still awaits approval."""
    locked = _LOCKED.first(pk=movement.pk)
    if locked is None:
        raise Movement.DoesNotExist(f"There is no movement {movement.pk}.")
    check_open(locked, at)
    return locked


def _end(
    movement: Movement,
    *,
    by: AbstractBaseUser | None,
    at: dt.datetime,
    reason: str,
    checks: Sequence[MovementCheck] = (),
    beside: Beside | None = None,
) -> None:
    movement.decided_by_id = by.pk if by else None
    movement.decided_at = at
    movement.decision = reason
    records = _records(movement, by_id=movement.decided_by_id, at=at, reason=reason)
    update_with(movement, ("state", "decided_by", "decided_at", "decision"), [*checks, *records])
    for row in beside(movement) if beside else ():
        row.save(force_insert=True)
    happened.send(Movement, movement=movement, act=str(movement.state), at=at)


def _records(movement: Movement, *, by_id: int | None, at: dt.datetime, reason: str) -> list[MovementRecord]:
    """Every step the movement has just gone, to be kept with it."""
    steps = [
        MovementRecord(
            movement=movement, source=way.source, target=way.target, by_id=by_id, at=at, reason=reason
        )
        for way in movement.went
    ]
    movement.went.clear()
    return steps


__all__ = [
    "ChecksFailed",
    "NotOpen",
    "NotYours",
    "Units",
    "approve",
    "cancel",
    "happened",
    "happening",
    "lapse",
    "may",
    "propose",
    "reject",
]
