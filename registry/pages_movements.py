"""Rows and sentences of the pages of movements: facts, lines, checks, share and record, as the parts take them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse

from registry.codes import UnitType
from registry.models import Account
from registry.models_movements import Movement, MovementCheck, MovementLine, MovementRecord
from registry.movements.checks import CHECKS
from registry.movements.life import LIFE, TRANSACTION_STATUS, State
from registry.movements.preview import Preview, Share, Taken
from registry.movements.table import Kind, MovementKind, Role
from registry.serials import SerialRange

MOST_RUNS = 12
"""Runs of serials shown of one line; the rest is counted."""

TONES = {
    State.PROPOSED: "progress",
    State.CHECKED: "progress",
    State.AWAITING_APPROVAL: "waiting",
    State.COMPLETED: "good",
    State.REJECTED: "bad",
    State.CANCELLED: "ended",
    State.TERMINATED: "ended",
}
LIST_COLUMNS = [
    {"label": "Movement"},
    {"label": "From"},
    {"label": "To"},
    {"label": "Units", "numeric": True},
    {"label": "Proposed"},
    {"label": "State"},
]
LINE_COLUMNS = [
    {"label": "Units of"},
    {"label": "Units", "numeric": True},
    {"label": "Asked for", "serial": True},
]
TAKEN_COLUMNS = [*LINE_COLUMNS[:2], {"label": "Serials", "serial": True}]
CHECK_COLUMNS = [{"label": "Check"}, {"label": "Demanded, and what was found"}]
OUTCOMES = {
    MovementCheck.Outcome.PASSED: {"label": "Passed", "tone": "good"},
    MovementCheck.Outcome.FAILED: {"label": "Failed", "tone": "bad"},
    MovementCheck.Outcome.NOT_EVALUATED: {"label": "Not evaluated", "tone": "neutral"},
}
_ORDER = (MovementCheck.Outcome.FAILED, MovementCheck.Outcome.NOT_EVALUATED, MovementCheck.Outcome.PASSED)


def url_of(movement: Movement) -> str:
    """The page of a movement."""
    return reverse("registry:movement", args=[movement.pk])


def status_of(movement: Movement) -> dict[str, str]:
    """Its state as a tag."""
    state = State(str(movement.state))
    return {"label": state.label, "tone": TONES[state]}


def place(account: Account | None, row: Kind, *, is_source: bool) -> str:
    """Where units come from or go to, in words where it is no account of this registry."""
    if account is None:
        if is_source:
            return "Another registry" if row.kind == MovementKind.ARRIVAL else "New serial numbers"
        return "Stay where they are, changed" if row.changes_units else "–"
    label = account.holder if account.party else account.account_type.label
    return f"{account.identifier}, {label}" if account.pk else f"{label}, opened with its first units"


def list_row(movement: Movement) -> list[Any]:
    """One line of a list; `source`, `target` and `proposed_by` are read with it."""
    row = movement.row
    accounts = [(movement.source, True), (movement.target, False)]
    return [
        {"text": movement.number, "url": url_of(movement), "hint": row.kind.label},
        *(
            {
                "text": account.identifier if account else place(None, row, is_source=is_source),
                "hint": (account.holder if account.party else account.account_type.label) if account else "",
            }
            for account, is_source in accounts
        ),
        movement.units,
        {"text": f"{movement.proposed_at:%-d %B %Y}", "hint": str(movement.proposed_by)},
        {"tag": status_of(movement)},
    ]


def runs(serials: Sequence[SerialRange]) -> str:
    """Serials in words, the first of many."""
    shown = ", ".join(str(run) for run in serials[:MOST_RUNS])
    left = len(serials) - MOST_RUNS
    return f"{shown} and {left} more runs" if left > 0 else shown


def line_rows(lines: Iterable[MovementLine]) -> list[list[Any]]:
    """What was asked for, line by line."""
    return [
        [*_of(line), {"text": str(line.serials) if line.serials else "The lowest serials"}] for line in lines
    ]


def _of(line: MovementLine) -> list[Any]:
    label = UnitType(line.unit_type).label
    return [{"text": line.project, "hint": f"{label}, commitment period {line.period}"}, line.quantity]


def check_rows(checks: Iterable[MovementCheck]) -> list[list[Any]]:
    """Failed ones first; each with what it demands and what it said."""
    ordered = sorted(checks, key=lambda one: (_ORDER.index(MovementCheck.Outcome(one.outcome)), one.number))
    return [
        [
            {"tag": OUTCOMES[MovementCheck.Outcome(one.outcome)], "hint": str(one.number)},
            {"text": one.sentence or CHECKS[one.number].demands, "hint": _demanded(one)},
        ]
        for one in ordered
    ]


def _demanded(check: MovementCheck) -> str:
    return f"Demanded: {CHECKS[check.number].demands}" if check.sentence else ""


def share_row(share: Share) -> dict[str, str]:
    """The share of proceeds for adaptation, for a summary list."""
    if share.none_because:
        rule = f" Rule: {share.rule}." if share.rule else ""
        return {
            "key": "Share of proceeds for adaptation",
            "value": "None",
            "hint": share.none_because + rule,
        }
    return {
        "key": "Share of proceeds for adaptation",
        "value": f"{share.units:,} units, the lowest serials; {share.rest:,} move on",
        "hint": f"{share.rate_percent:f} per cent. Rule: {share.rule}.",
    }


def told_rows(movement: Movement) -> list[dict[str, Any]]:
    """What the movement was told besides units and accounts."""
    labels = {
        "beneficiary": ("On behalf of", "The holder itself"),
        "purpose": ("Purpose", "Not named"),
        "basis": ("Rests on", "Not named"),
        "expires_on": ("New expiry date", "Not named"),
        "corrects": ("Takes the place of", "Not named"),
    }
    rows = []
    for name in movement.row.given:
        if name == "project":
            value = f"Project {movement.project_number}, track {movement.track}"
            rows.append({"key": "Converted for", "value": value})
            continue
        label, missing = labels[name]
        value = getattr(movement, name)
        if name == "corrects" and value is not None:
            value = f"The issuance {value.serials}"
        if name == "expires_on" and value is not None:
            value = f"{value:%-d %B %Y}"
        rows.append({"key": label, "value": value or missing})
    return rows


def preview_rows(found: Preview) -> list[dict[str, Any]]:
    """What a movement would do, for a summary list."""
    movement, row = found.movement, found.row
    return [
        {"key": "Movement", "value": row.kind.label, "hint": f"Law: {row.law}."},
        {"key": "From", "value": place(movement.source, row, is_source=True)},
        {"key": "To", "value": place(movement.target, row, is_source=False)},
        {"key": "Units", "value": f"{movement.units:,}", "hint": "Each is 1 t CO2 equivalent."},
        share_row(found.share),
        *told_rows(movement),
        {"key": "Reason", "value": movement.reason},
        {
            "key": "Approved by",
            "value": " or ".join(Role(role).label for role in row.approves),
            "hint": "Another person than who proposes. Until then the units are reserved, to "
            f"{movement.reserved_until:%-d %B %Y, %H:%M} GMT at the latest.",
        },
    ]


def taken_rows(lines: Sequence[Taken]) -> list[list[Any]]:
    """The serials that would be taken, line by line."""
    return [
        [
            *_of(taken.line),
            {"text": runs(taken.serials) or "None are free", "hint": _adaptation(taken)},
        ]
        for taken in lines
    ]


def _adaptation(taken: Taken) -> str:
    return f"For adaptation: {runs(taken.for_adaptation)}" if taken.for_adaptation else ""


def record_entries(movement: Movement, records: Iterable[MovementRecord]) -> list[dict[str, Any]]:
    """The life of the movement, newest first, for a timeline."""
    by_states = {(way.source.value, way.target.value): way.label for way in LIFE}
    said = {
        ("awaiting_approval", "completed"): "Approved: the units have moved",
        ("awaiting_approval", "rejected"): "Rejected: the units are free again",
        ("awaiting_approval", "cancelled"): "Taken back: the units are free again",
    }
    entries = [
        {
            "at": one.at,
            "sentence": said.get((one.source, one.target), by_states[(one.source, one.target)]),
            "actor": one.by,
            "note": one.reason if one.source not in (State.CHECKED, State.PROPOSED) else "",
        }
        for one in records
    ]
    proposed = {
        "at": movement.proposed_at,
        "sentence": f"Proposed as {Role(movement.proposed_as).label}",
        "actor": movement.proposed_by,
        "note": movement.reason,
    }
    return [*reversed(entries), proposed]


def number_of_state(movement: Movement) -> int:
    """The transaction status of the data exchange standards."""
    return TRANSACTION_STATUS[State(str(movement.state))]
