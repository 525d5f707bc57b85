"""The sectoral scopes that designated operational entities are accredited for. Rulebook 5.1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cdm.rules.errors import NoSuchRule

SECTORAL_SCOPES: Final[dict[int, str]] = {
    1: "Energy industries (renewable and non-renewable sources)",
    2: "Energy distribution",
    3: "Energy demand",
    4: "Manufacturing industries",
    5: "Chemical industries",
    6: "Construction",
    7: "Transport",
    8: "Mining and mineral production",
    9: "Metal production",
    10: "Fugitive emissions from fuels (solid, oil and gas)",
    11: "Fugitive emissions from production and consumption of halocarbons and sulphur hexafluoride",
    12: "Solvent use",
    13: "Waste handling and disposal",
    14: "Afforestation and reforestation",
    15: "Agriculture",
    16: "Carbon capture and storage of CO2 in geological formations",
}


def scope_name(number: int) -> str:
    """The name of a sectoral scope. Raises NoSuchRule."""
    if number not in SECTORAL_SCOPES:
        raise NoSuchRule(f"There is no sectoral scope {number}. They run from 1 to {len(SECTORAL_SCOPES)}.")
    return SECTORAL_SCOPES[number]


def missing(needed: Iterable[int], accredited: Iterable[int]) -> tuple[int, ...]:
    """The scopes an entity lacks: a methodology with several scopes needs all of them. Empty: none."""
    return tuple(sorted(set(needed) - set(accredited)))


def in_words(numbers: Iterable[int]) -> str:
    """Scopes as people read them: "1 Energy industries (…); 13 Waste handling and disposal"."""
    return "; ".join(f"{number} {scope_name(number)}" for number in sorted(set(numbers)))
