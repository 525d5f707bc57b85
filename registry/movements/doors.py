"""The doors of movements: propose, approve, reject, cancel, lapse. Nothing else changes a movement.

A proposal is checked at once and its units are reserved; another person approves, everything is checked again, and
the entries are written in the same transaction. What is refused leaves the book as it was; a proposal that failed
its checks is kept with what they said.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from registry import asked, people
from registry.accounts import Incomplete, Refused, WrongAccount, check_at, check_reason, own_account
from registry.asked import WrongUnits
from registry.models import Account, Issuance
from registry.models_movements import Movement, MovementCheck, MovementLine, MovementRecord
from registry.movements import writing
from registry.movements.checks import CHECKS, NotEvaluated
from registry.movements.facts import Facts
from registry.movements.life import State
from registry.movements.table import KINDS, Kind, MovementKind, Role
from registry.refusals import KeyReused, NotEnoughUnits
from registry.serials import SerialRange, is_party_code

RESERVED_DAYS: Final = 14
"""How long a proposal holds its units, unless settings.REGISTRY_RESERVED_DAYS says otherwise."""

MOST_LINES: Final = 50


class NotYours(Refused):
    """The person holds no role in which this can be done here."""


class NotOpen(Refused):
    """The movement has ended already."""


class ChecksFailed(Refused):
    """The movement did not pass its checks. `failures` has a sentence for each that failed."""

    def __init__(self, movement: Movement, failures: Sequence[MovementCheck]) -> None:
        self.movement, self.failures = movement, tuple(failures)
        super().__init__(" ".join(failure.sentence for failure in failures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """One line of a proposal: an amount, lowest serials first, or these serials of one kind of units.

    `original_period`, `lulucf`, `track` and `expires_on` are told for units that arrive from elsewhere only.
    """

    party: str
    project_number: int
    unit_type: int
    period: int
    quantity: int | None = None
    serials: SerialRange | None = None
    original_period: int | None = None
    lulucf: int = 0
    track: int = 0
    expires_on: dt.date | None = None


def propose(
    *,
    kind: MovementKind,
    units: Sequence[Units],
    source: Account | None = None,
    target: Account | None = None,
    by: AbstractBaseUser,
    at: dt.datetime,
    reason: str,
    key: str,
    beneficiary: str = "",
    purpose: str = "",
    basis: str = "",
    expires_on: dt.date | None = None,
    project_number: int | None = None,
    track: int | None = None,
    corrects: Issuance | None = None,
) -> Movement:
    """Propose a movement: it is checked, its units are reserved, and it awaits another person's approval.

    Args:
        target: None where the table knows the one account, or where units change and stay.
        key: the same key with the same content gives the same movement back.

    Raises:
        Refused: malformed, or not this person's to propose; nothing is kept.
        ChecksFailed: kept as terminated, with the checks.
    """
    row = KINDS[MovementKind(kind)]
    if not row.is_proposed_here:
        raise WrongAccount(f"{row.kind.label} comes about by {row.made_by}; it is not proposed here.")
    check_at(at)
    given = {
        "beneficiary": beneficiary.strip(),
        "purpose": purpose.strip(),
        "basis": basis.strip(),
        "expires_on": expires_on,
        "project_number": project_number,
        "track": track,
        "corrects": corrects,
    }
    _check_given(row, given)
    lines = [_line(row, one) for one in _each_once(units)]
    source, target = _read_again(source), _read_again(target)
    _check_accounts(row, source, target)
    role = _role(row.proposes, by, source, at)
    if row.own_target is not None and target is None:
        target = own_account(row.own_target, at=at)
    content = _content(row, source, target, lines, given, reason)
    if (earlier := _done_before(key, content)) is not None:
        return earlier
    movement = Movement(
        kind=row.kind,
        source=source,
        target=target,
        units=sum(line.quantity for line in lines),
        key=key,
        content=content,
        proposed_by_id=by.pk,
        proposed_as=role,
        proposed_at=at,
        reason=check_reason(reason),
        reserved_until=at + dt.timedelta(days=getattr(settings, "REGISTRY_RESERVED_DAYS", RESERVED_DAYS)),
        **given,
    )
    movement.share_units, movement.share_rule = writing.share_of(movement, lines)
    # what has lapsed holds its units no longer, whether or not the clock has come round
    lapse(at=at, source=source)
    return _keep(movement, lines, at=at, earlier=lambda: _done_before(key, content))


def approve(*, movement: Movement, by: AbstractBaseUser, at: dt.datetime, reason: str = "") -> Movement:
    """Approve a movement of another person; it is checked again and its entries are written.

    Raises:
        NotYours: the person may not approve it, or proposed it.
        NotOpen: it has ended, or its reservation has.
        ChecksFailed: it stays as it is, with what the checks said now.
    """
    failures: list[MovementCheck] = []
    with transaction.atomic():
        locked = _locked(movement, at)
        _approver(locked, by, at)
        facts = Facts(locked, list(locked.lines.all()), at, approver=by)
        failures = _evaluate(facts, MovementCheck.Stage.APPROVAL)
        if not failures:
            writing.complete(locked, facts.lines, by=by, at=at)
            locked.go("approve")
            _end(locked, by=by, at=at, reason=reason.strip() or "Approved")
    if failures:
        raise ChecksFailed(locked, failures)
    return locked


def reject(*, movement: Movement, by: AbstractBaseUser, at: dt.datetime, reason: str) -> Movement:
    """Refuse a movement of another person; its units are free again.

    Raises:
        NotYours, NotOpen: as for `approve`.
        Incomplete: without a reason.
    """
    reason = check_reason(reason)
    with transaction.atomic():
        locked = _locked(movement, at)
        _approver(locked, by, at)
        writing.release(locked, by=by, at=at, reason=reason)
        locked.go("reject")
        _end(locked, by=by, at=at, reason=reason)
    return locked


def cancel(*, movement: Movement, by: AbstractBaseUser, at: dt.datetime, reason: str) -> Movement:
    """Take back a movement that one proposed, or that another representative of the account did.

    Raises:
        NotYours, NotOpen, Incomplete: as for `reject`.
    """
    reason = check_reason(reason)
    with transaction.atomic():
        locked = _locked(movement, at)
        if locked.proposed_by_id != by.pk and not _represents(by, locked.source, at):
            raise NotYours(
                "Only who proposed a movement, or a representative of its account, can take it back."
            )
        writing.release(locked, by=by, at=at, reason=reason)
        locked.go("cancel")
        _end(locked, by=by, at=at, reason=reason)
    return locked


def lapse(*, at: dt.datetime, source: Account | None = None) -> list[Movement]:
    """End every movement whose reservation has ended, or those of one account; safe to run twice."""
    ended: list[Movement] = []
    due = Movement.objects.filter(state=State.AWAITING_APPROVAL, reserved_until__lte=at)
    if source is not None:
        due = due.filter(source=source)
    for pk in list(due.order_by("reserved_until", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            locked = Movement.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
            if locked.is_open:
                reason = f"Not approved by {locked.reserved_until:%Y-%m-%d %H:%M} GMT."
                writing.release(locked, by=None, at=at, reason=reason)
                locked.go("lapse")
                _end(locked, by=None, at=at, reason=reason)
                ended.append(locked)
    return ended


def may(movement: Movement, by: AbstractBaseUser | None, at: dt.datetime) -> dict[str, bool]:
    """Which of approve, reject and cancel are this person's, for the buttons."""
    if by is None or not movement.is_open:
        return {"approve": False, "reject": False, "cancel": False}
    own = movement.proposed_by_id == by.pk
    approves = not own and bool(_held(movement.row.approves, by, movement.source, at))
    return {
        "approve": approves,
        "reject": approves,
        "cancel": own or _represents(by, movement.source, at),
    }


# --- what is proposed, before it is kept


def _check_given(row: Kind, given: dict[str, Any]) -> None:
    """What the kind is not told must be left out; what it is told is looked at by its checks."""
    names = {"project": ("project_number", "track")}
    told = {name for one in row.given for name in names.get(one, (one,))}
    for name, value in given.items():
        if value not in (None, "") and name not in told:
            raise Incomplete(f"{row.kind.label} is not told “{name.replace('_', ' ')}”; leave it out.")
    for name, most in (("beneficiary", 300), ("purpose", 2000), ("basis", 300)):
        if len(given[name]) > most:
            raise Incomplete(f"The {name} is longer than {most} characters; shorten it.")


def _each_once(units: Sequence[Units]) -> Sequence[Units]:
    if not units:
        raise asked.NotAQuantity("Name the units that are to move.")
    if len(units) > MOST_LINES:
        raise asked.NotAQuantity(f"One movement has at most {MOST_LINES} lines; propose several.")
    runs: dict[tuple[Any, ...], list[Units]] = {}
    for one in units:
        runs.setdefault((one.party, one.project_number, one.unit_type, one.period), []).append(one)
    for same in runs.values():
        if len(same) > 1 and any(one.serials is None for one in same):
            raise asked.NotAQuantity(
                f"Units of project {same[0].party}-{same[0].project_number:04} are named twice; "
                "add the amounts together."
            )
        ordered = sorted((one.serials for one in same if one.serials), key=lambda run: run.first)
        for before, after in itertools.pairwise(ordered):
            if before.overlaps(after):
                raise WrongUnits(f"The serials {before} and {after} overlap; name each unit once.")
    return units


def _line(row: Kind, one: Units) -> MovementLine:
    if not is_party_code(one.party):
        raise WrongUnits(f"“{one.party}” is not a Party's code of two capital letters, such as BR.")
    if type(one.project_number) is not int or not 0 <= one.project_number <= 9_999_999:
        raise WrongUnits(f"{one.project_number!r} is not a project number of at most seven digits.")
    if one.unit_type not in range(1, 8):
        raise WrongUnits(f"There is no unit type {one.unit_type!r}; the unit types are 1 to 7.")
    if type(one.period) is not int or not 0 <= one.period <= 99:
        raise WrongUnits(f"There is no commitment period {one.period!r}.")
    wanted = asked.check_wanted(one.party, one.quantity, one.serials)
    serials, quantity = (wanted, wanted.units) if isinstance(wanted, SerialRange) else (None, wanted)
    arrives = row.kind == MovementKind.ARRIVAL
    if arrives and (one.unit_type in (6, 7)) != (one.expires_on is not None):
        raise WrongUnits("tCERs and lCERs have an expiry date, other units have none.")
    return MovementLine(
        party=one.party,
        project_number=one.project_number,
        unit_type=one.unit_type,
        period=one.period,
        quantity=quantity,
        first=serials.first if serials else None,
        last=serials.last if serials else None,
        original_period=(one.original_period or one.period) if arrives else None,
        lulucf=one.lulucf if arrives else 0,
        track=one.track if arrives else 0,
        expires_on=one.expires_on,
    )


def _check_accounts(row: Kind, source: Account | None, target: Account | None) -> None:
    if row.sources and source is None:
        raise WrongAccount("Name the account that the units are to leave.")
    if not row.sources and source is not None:
        raise WrongAccount(f"{row.kind.label} takes units from no account of this registry; leave it out.")
    if row.targets and target is None and row.own_target is None:
        raise WrongAccount("Name the account that is to receive the units.")
    if not row.targets and target is not None:
        raise WrongAccount(f"{row.kind.label} changes units where they lie; leave the receiving account out.")


def _read_again(account: Account | None) -> Account | None:
    """As it is now: the caller's copy may be older than a suspension."""
    return Account.objects.get(pk=account.pk) if account else None


def _content(
    row: Kind,
    source: Account | None,
    target: Account | None,
    lines: Sequence[MovementLine],
    given: dict[str, Any],
    reason: str,
) -> str:
    """The digest by which the same proposal is known again."""
    what = [
        row.kind.value,
        source and source.pk,
        target and target.pk,
        [[getattr(line, field.attname) for field in MovementLine._meta.concrete_fields] for line in lines],
        {name: getattr(value, "pk", value) for name, value in given.items()},
        reason.strip(),
    ]
    text = json.dumps(what, default=str, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _done_before(key: str, content: str) -> Movement | None:
    if not key.strip() or len(key) > asked.LONGEST_KEY:
        raise Incomplete(
            f"A key of 1 to {asked.LONGEST_KEY} characters is needed, so that nothing is done twice."
        )
    earlier = Movement.objects.filter(key=key).first()
    if earlier is None:
        return None
    if earlier.content != content:
        raise KeyReused(f"The key “{key}” was used before for something else; take a new one.")
    failed = list(earlier.checks.filter(outcome=MovementCheck.Outcome.FAILED, stage="proposal"))
    if failed:
        raise ChecksFailed(earlier, failed)
    return earlier


def _keep(
    movement: Movement, lines: list[MovementLine], *, at: dt.datetime, earlier: Callable[[], Movement | None]
) -> Movement:
    """Check and keep the proposal; reserve its units where every check passed."""
    facts = Facts(movement, lines, at)
    answers = _answers(facts)
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
        with transaction.atomic():
            movement.save(force_insert=True)
            for line in lines:
                line.movement = movement
            MovementLine.objects.bulk_create(lines)
            checks = MovementCheck.objects.bulk_create(
                _kept_checks(movement, answers, MovementCheck.Stage.PROPOSAL, at)
            )
            _record(movement, by_id=movement.proposed_by_id, at=at, reason=movement.reason)
            if not failed:
                writing.reserve(movement, lines)
    except IntegrityError:
        # two proposals under one key met; the one that was first is given back
        if (same := earlier()) is not None:
            return same
        raise
    except NotEnoughUnits:
        # another movement took the units between the check and the lock: look again, and say so
        again = Facts(movement, lines, at)
        if not any(isinstance(answer, str) for answer in _answers(again).values()):
            raise
        fresh = _unsaved(movement)
        return _keep(fresh, [_unsaved_line(line) for line in lines], at=at, earlier=earlier)
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


# --- checks, kept


def _answers(facts: Facts) -> dict[int, str | NotEvaluated | None]:
    """Every check of the kind, in the order of their numbers."""
    return {number: CHECKS[number].ask(facts) for number in sorted(facts.row.checks)}


def _kept_checks(
    movement: Movement, answers: dict[int, str | NotEvaluated | None], stage: str, at: dt.datetime
) -> list[MovementCheck]:
    Outcome = MovementCheck.Outcome
    rows = []
    for number, answer in answers.items():
        outcome, sentence = Outcome.PASSED, ""
        if isinstance(answer, NotEvaluated):
            outcome, sentence = Outcome.NOT_EVALUATED, answer.why
        elif answer is not None:
            outcome, sentence = Outcome.FAILED, answer
        rows.append(
            MovementCheck(
                movement=movement, stage=stage, at=at, number=number, outcome=outcome, sentence=sentence
            )
        )
    return rows


def _evaluate(facts: Facts, stage: str) -> list[MovementCheck]:
    """Ask and keep; the checks that failed."""
    checks = MovementCheck.objects.bulk_create(_kept_checks(facts.movement, _answers(facts), stage, facts.at))
    return [check for check in checks if check.outcome == MovementCheck.Outcome.FAILED]


# --- who, and the end


def _held(roles: Sequence[Role], by: AbstractBaseUser, source: Account | None, at: dt.datetime) -> list[Role]:
    held: list[Role] = []
    for role in roles:
        if role == Role.ADMINISTRATOR and people.is_administrator(by, at):
            held.append(role)
        if role == Role.REPRESENTATIVE and _represents(by, source, at):
            held.append(role)
    return held


def _represents(by: AbstractBaseUser, source: Account | None, at: dt.datetime) -> bool:
    return source is not None and people.is_representative(by, source, at)


def _role(roles: Sequence[Role], by: AbstractBaseUser, source: Account | None, at: dt.datetime) -> Role:
    held = _held(roles, by, source, at)
    if held:
        return held[0]
    who = " or ".join(str(role.label) for role in roles)
    raise NotYours(f"Only {who} can propose this.")


def _approver(movement: Movement, by: AbstractBaseUser, at: dt.datetime) -> Role:
    if movement.proposed_by_id == by.pk:
        raise NotYours("You proposed this movement yourself; another person has to decide on it.")
    held = _held(movement.row.approves, by, movement.source, at)
    if held:
        return held[0]
    who = " or ".join(str(role.label) for role in movement.row.approves)
    raise NotYours(f"Only {who} can decide on this.")


def _locked(movement: Movement, at: dt.datetime) -> Movement:
    """The movement, read after its row is locked; refused unless it still awaits approval."""
    locked = (
        Movement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("source", "target", "corrects")
        .get(pk=movement.pk)
    )
    check_at(at)
    if not locked.is_open:
        raise NotOpen(f"{locked} is {State(locked.state).label.lower()} already.")
    if locked.reserved_until is not None and locked.reserved_until <= at:
        raise NotOpen(
            f"{locked} was not approved by {locked.reserved_until:%Y-%m-%d %H:%M} GMT, when its reservation "
            "ended; propose it again."
        )
    return locked


def _end(movement: Movement, *, by: AbstractBaseUser | None, at: dt.datetime, reason: str) -> None:
    movement.decided_by_id = by.pk if by else None
    movement.decided_at = at
    movement.decision = reason
    movement.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    _record(movement, by_id=movement.decided_by_id, at=at, reason=reason)


def _record(movement: Movement, *, by_id: int | None, at: dt.datetime, reason: str) -> None:
    """Keep every step the movement has just gone."""
    MovementRecord.objects.bulk_create(
        MovementRecord(
            movement=movement, source=way.source, target=way.target, by_id=by_id, at=at, reason=reason
        )
        for way in movement.went
    )
    movement.went.clear()


__all__ = [
    "ChecksFailed",
    "NotOpen",
    "NotYours",
    "Units",
    "approve",
    "cancel",
    "lapse",
    "may",
    "propose",
    "reject",
]
