"""What a movement writes in the book: the reservation, its release, and the entries of the movement itself.

Only `registry.movements.doors` calls this room, inside its transaction and after its checks. Each line makes an
entry of its own, so that one entry has units of one type and period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser

from registry import asked, attestation, book, outside, posting, refusals
from registry.accounts import own_account
from registry.asked import ShareOfProceeds
from registry.codes import AccountType, EntryKind, UnitType
from registry.models import Entry
from registry.models_movements import Movement, MovementLine
from registry.movements.table import MovementKind
from registry.posting import Asked

Value = TypeVar("Value")

SECOND_PERIOD_SHARE_PERCENT: Final = Decimal("2.00")
"""1/CMP.8, paragraphs 20 and 21; settings.REGISTRY_SECOND_PERIOD_SHARE_PERCENT takes another."""

SECOND_PERIOD_RULE: Final = "1/CMP.8, paragraphs 20 and 21"


def share_of(movement: Movement, lines: Sequence[MovementLine]) -> tuple[int, str]:
    """Units taken for adaptation from all lines together, and the rule, for the preview and the record."""
    if movement.kind == MovementKind.REISSUE and movement.corrects is not None:
        share = reissue_share(movement)
        return share.units, share.exemption or share.rule
    units = sum(line_share(movement, line) for line in lines)
    return units, SECOND_PERIOD_RULE if units else ""


def line_share(movement: Movement, line: MovementLine) -> int:
    """The share of a line: of AAUs of the second period at their first transfer abroad, and of conversions.

    Nearest whole unit, an exact half to the holder, as for CERs (rulebook 0.3).
    """
    if not is_shared(movement, line):
        return 0
    nearest, rest = divmod(int(second_period_rate() * 100) * line.quantity, 10_000)
    return nearest + (rest > 5_000)


def is_shared(movement: Movement, line: MovementLine) -> bool:
    """Whether the rule of the second period asks for a share of this line, whatever its rate."""
    if line.period != 2:
        return False
    first_transfer = (
        movement.kind == MovementKind.EXTERNAL_TRANSFER
        and line.unit_type == UnitType.AAU
        and movement.source is not None
        and movement.source.party == line.party
    )
    return movement.kind == MovementKind.CONVERSION or first_transfer


def second_period_rate() -> Decimal:
    """Per cent; 0 where the settings say 0."""
    return Decimal(getattr(settings, "REGISTRY_SECOND_PERIOD_SHARE_PERCENT", SECOND_PERIOD_SHARE_PERCENT))


def reissue_share(movement: Movement) -> ShareOfProceeds:
    """The share of a reissue, by the rule and rate, or the exemption, of the issuance it corrects."""
    taken = _there(movement.corrects).deduction
    nearest, rest = divmod(int(taken.rate_percent * 100) * movement.units, 10_000)
    units = 0 if taken.exemption else nearest + (rest > 5_000)
    return ShareOfProceeds(units, taken.rate_percent, taken.rule, taken.exemption)


def reserve(movement: Movement, lines: Sequence[MovementLine]) -> None:
    """Hold the units of every line for this movement, where they lie.

    Raises:
        NotEnoughUnits: they are no longer free.
    """
    for wanted in reservations(movement, lines):
        _move(wanted)


def reservations(movement: Movement, lines: Sequence[MovementLine]) -> list[Asked]:
    """What the writer of the book is asked for that, line by line."""
    if movement.source is None:
        return []
    moves = []
    for number, line in enumerate(lines, start=1):
        wanted = _asked(movement, line, EntryKind.RESERVATION, f"{number}:reserve", at=movement.proposed_at)
        wanted |= {"by": movement.proposed_by_id, "for": movement.pk, "from": 0}
        wanted["targets"] = [(movement.source.pk, line.quantity)]
        moves.append(wanted)
    return moves


def release(movement: Movement, *, by: AbstractBaseUser | None, at: dt.datetime, reason: str) -> None:
    """Let the units go that the movement held."""
    if movement.source is None:
        return
    for number, line in enumerate(movement.lines.all(), start=1):
        wanted = _asked(movement, line, EntryKind.RELEASE, f"{number}:release", at=at)
        wanted |= {"by": by.pk if by else None, "reason": reason, "from": movement.pk}
        wanted["targets"] = [(movement.source.pk, line.quantity)]
        _move(wanted)


def complete(
    movement: Movement, lines: Sequence[MovementLine], *, by: AbstractBaseUser, at: dt.datetime
) -> None:
    """Write the entries of the movement; for a voluntary cancellation also its attestation."""
    if movement.kind == MovementKind.REISSUE:
        _reissue(movement, lines[0], by=by, at=at)
        return
    entries = []
    for number, line in enumerate(lines, start=1):
        if movement.kind == MovementKind.ARRIVAL:
            wanted = _arrival(movement, line, f"{number}", at=at)
            refusals.moved(wanted | {"by": by.pk}, posting.writer().arrive(wanted | {"by": by.pk}))
            continue
        entries.append(_moved(movement, line, number, by=by, at=at))
    if movement.kind == MovementKind.VOLUNTARY_CANCELLATION:
        attestation.attest(
            entries=entries,
            beneficiary=movement.beneficiary,
            purpose=movement.purpose,
            project_titles=outside.project_titles([(line.party, line.project_number) for line in lines]),
            by=by,
            at=at,
        )


def plain_moves(
    movement: Movement, lines: Sequence[MovementLine], *, by: AbstractBaseUser, at: dt.datetime
) -> list[Asked] | None:
    """What `complete` asks of the writer, where it is nothing but to move each line from one account to another.

    None for a movement that takes a share, changes its units, brings them from elsewhere or is attested.
    """
    if (
        movement.source is None
        or movement.target is None
        or movement.row.changes_units
        or movement.kind in (MovementKind.REISSUE, MovementKind.VOLUNTARY_CANCELLATION)
        or any(is_shared(movement, line) for line in lines)
    ):
        return None
    return [
        _asked(movement, line, movement.row.entry, f"{number}", at=at)
        | {
            "by": by.pk,
            "from": movement.pk,
            "becomes": None,
            "targets": [(movement.target.pk, line.quantity)],
        }
        for number, line in enumerate(lines, start=1)
    ]


def _moved(
    movement: Movement, line: MovementLine, number: int, *, by: AbstractBaseUser, at: dt.datetime
) -> Entry:
    """The share of proceeds first, lowest serials, where one is due; then the rest on its way."""
    here = _there(movement.source)
    share = line_share(movement, line)
    adaptation = own_account(AccountType.ADAPTATION_SHARE, at=at) if share else None
    wanted = _asked(movement, line, movement.row.entry, f"{number}", at=at)
    wanted |= {"by": by.pk, "from": movement.pk, "becomes": _becomes(movement, line)}
    rest = ((movement.target or here).pk, line.quantity - share)
    if adaptation is None:
        return _move(wanted | {"targets": [rest]})
    if movement.row.changes_units:
        # converted and shared by one entry: what goes to the adaptation account is converted too
        return _move(wanted | {"targets": [(adaptation.pk, share), rest]})
    taken = _asked(movement, line, EntryKind.ADAPTATION_SHARE, f"{number}:share", at=at)
    _move(taken | {"by": by.pk, "from": movement.pk, "targets": [(adaptation.pk, share)]})
    if line.first is not None:
        wanted["first"] = line.first + share
    return _move(wanted | {"targets": [rest]})


def _becomes(movement: Movement, line: MovementLine) -> dict[str, Any] | None:
    """What the units are from now on, where the movement changes them."""
    if movement.kind == MovementKind.CARRY_OVER:
        return {"period": line.period + 1}
    if movement.kind == MovementKind.EXPIRY_DATE_CHANGE and movement.expires_on is not None:
        return {"expires_on": movement.expires_on.isoformat()}
    if movement.kind == MovementKind.CONVERSION:
        return {
            "unit_type": line.unit_type + 2,
            "project_number": movement.project_number,
            "track": movement.track,
        }
    return None


def _reissue(movement: Movement, line: MovementLine, *, by: AbstractBaseUser, at: dt.datetime) -> None:
    """New units in the place of an issuance that was cancelled administratively, with a share as that one had."""
    corrected = _there(movement.corrects)
    book.issue(
        party=corrected.party,
        project_number=corrected.project_number,
        unit_type=line.unit_type,
        commitment_period=corrected.commitment_period,
        quantity=movement.units,
        share=reissue_share(movement),
        monitoring_start=corrected.monitoring_start,
        monitoring_end=corrected.monitoring_end,
        by=by,
        at=at,
        reason=movement.reason,
        key=f"movement:{movement.pk}",
        request_reference=f"{corrected.request_reference[:120]}:reissue:{movement.pk}",
        correction=(
            f"Reissue of {corrected.serials}, cancelled administratively: {movement.reason} ({movement.basis})"
        ),
        expires_on=line.expires_on,
        movement=movement.pk,
    )


def _asked(movement: Movement, line: MovementLine, kind: EntryKind, suffix: str, *, at: dt.datetime) -> Asked:
    """What the writer of the book is asked, but for who asks and where the units go."""
    what: Asked = {
        "source": movement.source.pk if movement.source else None,
        "party": line.party,
        "project_number": line.project_number,
        "unit_type": line.unit_type,
        "period": line.period,
        "first": line.first,
        "last": line.last,
        "movement": movement.pk,
    }
    heading = asked.heading(
        kind,
        by=None,
        at=at,
        reason=movement.reason,
        key=f"movement:{movement.pk}:{suffix}",
        content=[kind.value, what],
    )
    return {**what, **heading}


def _arrival(movement: Movement, line: MovementLine, suffix: str, *, at: dt.datetime) -> Asked:
    target = _there(movement.target)
    wanted = _asked(movement, line, EntryKind.ARRIVAL, suffix, at=at)
    return wanted | {
        "original_period": line.original_period,
        "lulucf": line.lulucf,
        "track": line.track,
        "expires_on": line.expires_on.isoformat() if line.expires_on else None,
        "targets": [(target.pk, line.quantity)],
    }


def _move(wanted: Asked) -> Entry:
    return refusals.moved(wanted, posting.writer().move(wanted)).entry


def _there(value: Value | None) -> Value:
    """What the checks of this kind of movement have made sure of."""
    if value is None:
        raise TypeError("a movement of this kind has passed its checks without what they ask for")
    return value
