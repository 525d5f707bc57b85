"""Draws the table of movements, their life and the numbered checks: for docs/movements.md and the public page."""

from __future__ import annotations

from typing import Any

from registry.codes import AccountType, UnitType
from registry.movements.checks import CHECKS
from registry.movements.life import LIFE, TRANSACTION_STATUS, State
from registry.movements.table import ANY, KINDS, Kind, Role

DRAWN_BY = "Drawn from `registry/movements/` by `manage.py draw_machines`. Do not edit."
FILE = "movements.md"


def described(row: Kind) -> dict[str, Any]:
    """One row of the table in words."""
    return {
        "name": row.kind.value,
        "label": row.kind.label,
        "transaction": f"{int(row.transaction)} {row.transaction.label}",
        "units": _units(row.units),
        "sources": _accounts(row.sources) or "no account of this registry",
        "targets": _accounts(row.targets) or "the same account, as other units",
        "proposes": _roles(row.proposes) or row.made_by,
        "approves": _roles(row.approves) or "with that request",
        "given": [name.replace("_", " ") for name in row.given],
        "checks": sorted(row.checks),
        "share": row.takes_share or "none",
        "law": row.law,
        "warning": row.warning,
    }


def checks() -> list[tuple[int, str, str]]:
    """Number, demand, and the kinds it is asked of."""
    return [(number, CHECKS[number].demands, _asked_of(number)) for number in sorted(CHECKS)]


def life() -> list[list[str]]:
    """From, to, by whom, and when."""
    return [[way.source.label, way.target.label, way.by, way.label] for way in LIFE]


def page() -> str:
    """docs/movements.md."""
    lines = [
        "# Movements of units",
        "",
        DRAWN_BY,
        "",
        "One person proposes a movement, the registry checks it and reserves its units, and another person approves",
        "it; only then is it written in the book. What the checks refuse is kept with what they said. The public page",
        "`/registry/movement-kinds/` shows the same.",
        "",
        "## The life of a movement",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> proposed",
        *(f"    {way.source} --> {way.target}: {way.label}" for way in LIFE),
        "```",
        "",
        "| from | to | by | when |",
        "|---|---|---|---|",
        *(_row(*cells) for cells in life()),
        "",
        "| state | transaction status (DES) |",
        "|---|---|",
        *(_row(state.label, str(TRANSACTION_STATUS[state])) for state in State),
        "",
        "## Kinds",
        "",
        "| kind | transaction (DES) | units | from | to | proposed by | approved by | told | checks | share for "
        "adaptation | law |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *(_kind_row(row) for row in KINDS.values()),
        "",
        "Account types by their DES numbers: "
        + ", ".join(f"{one.label} {one.des_code}" for one in AccountType)
        + ".",
        "",
        "Before the last button a person reads:",
        "",
        *(f"- {row.kind.label}: {row.warning}" for row in KINDS.values() if row.warning),
        "",
        "## Checks",
        "",
        "The numbers are this registry's own; the international transaction log has others. All checks of a kind are",
        "asked when it is proposed, and again when it is approved.",
        "",
        "| check | demands | asked of |",
        "|---|---|---|",
        *(_row(str(number), demands, asked) for number, demands, asked in checks()),
        "",
    ]
    return "\n".join(lines)


def _kind_row(row: Kind) -> str:
    words = described(row)
    return _row(
        f"{words['label']} (`{words['name']}`)",
        words["transaction"],
        words["units"],
        words["sources"],
        words["targets"],
        words["proposes"],
        words["approves"],
        ", ".join(words["given"]) or "–",
        ", ".join(str(number) for number in words["checks"]) or "–",
        words["share"],
        words["law"],
    )


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _units(units: tuple[UnitType, ...]) -> str:
    if set(units) == set(ANY):
        return "all"
    return ", ".join(unit.label for unit in units)


def _accounts(types: tuple[AccountType, ...]) -> str:
    return ", ".join(f"{one.label} ({one.des_code})" for one in types)


def _roles(roles: tuple[Role, ...]) -> str:
    return " or ".join(Role(role).label for role in roles)


def _asked_of(number: int) -> str:
    kinds = [row.kind.label for row in KINDS.values() if number in row.checks]
    asked = sum(1 for row in KINDS.values() if row.checks)
    return "all" if len(kinds) == asked else "; ".join(kinds)
