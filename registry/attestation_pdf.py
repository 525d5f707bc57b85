"""Prints an attestation as PDF/A-2a and PDF/UA-1, offline, the same byte for byte each time."""

from __future__ import annotations

import datetime as dt
import json
import re
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from registry.attestation import Facts

REGISTRY_NAME: Final = "CDM Registry"
TITLE: Final = "Attestation of voluntary cancellation"

_ROOM: Final = Path(__file__).parent
_TEMPLATE: Final = _ROOM / "attestation.typ"
_FONTS: Final = _ROOM / "fonts"
_FIRST_FONT: Final = "Public Sans"
_STANDARDS: Final[Any] = ["a-2a", "ua-1"]


def pdf(facts: Facts, *, address: str) -> bytes:
    """The document.

    Args:
        address: of the page where its code is checked, printed on it.
    """
    content = _content(facts, address)
    try:
        return _set(_drawable(content, covered=_covered()))
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        # Each sign has a font, but one holds a combination that none draws: only the first font's stay.
        return _set(_drawable(content, covered=_LATIN))


def _content(facts: Facts, address: str) -> dict[str, Any]:
    day = facts.attested_at
    return {
        "registry": REGISTRY_NAME,
        "title": TITLE,
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "statement": (
            f"The administrator of the {REGISTRY_NAME} attests that the units listed here were cancelled "
            "voluntarily. They lie in the registry's voluntary cancellation account, which no unit ever leaves: "
            "they cannot be transferred, used or cancelled again."
        ),
        "units": f"{facts.units:,}",
        "units_label": "units cancelled, each one tonne of carbon dioxide equivalent",
        "rows": [
            ["Cancelled by", facts.holder],
            ["Account", ", ".join(account.identifier for account in facts.holders)],
            ["On behalf of", facts.beneficiary or "Itself"],
            ["Purpose", facts.purpose],
            ["Attested on", _day(facts.attested_at)],
        ],
        "cancellations": [
            {
                "project": f"Project {cancelled.project}",
                "title": cancelled.project_title,
                "what": (
                    f"{cancelled.units:,} {cancelled.unit_type} of commitment period {cancelled.commitment_period}, "
                    f"cancelled on {_day(cancelled.at)} by transaction {cancelled.transaction_number}"
                ),
                "serials": [
                    [identifier, str(run.first), str(run.last), f"{run.units:,}"]
                    for identifier, run in zip(cancelled.identifiers, cancelled.serials, strict=True)
                ],
            }
            for cancelled in facts.cancellations
        ],
        "code": facts.printed_code,
        "address": address,
    }


def _set(content: dict[str, Any]) -> bytes:
    """Run the compiler on the template of this room; it reads no other file, and no network."""
    day = content["date"]
    fonts = _fonts()
    families = [_FIRST_FONT, *(name for name in sorted(fonts.families()) if name != _FIRST_FONT)]
    compiler = typst.Compiler(
        str(_TEMPLATE),
        root=str(_ROOM),
        font_paths=fonts,
        sys_inputs={"facts": json.dumps({**content, "fonts": families}, ensure_ascii=False, sort_keys=True)},
    )
    made = compiler.compile(format="pdf", pdf_standards=_STANDARDS, timestamp=_midnight(day))
    if not isinstance(made, bytes):
        raise TypeError(f"The typesetter gave {type(made).__name__} and not a document.")
    return made


def _midnight(day: dict[str, int]) -> dt.datetime:
    """The document says it was made on the day of the attestation, whenever it is printed."""
    return dt.datetime(day["year"], day["month"], day["day"], tzinfo=dt.UTC)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)])


def _day(at: dt.datetime) -> str:
    return f"{at:%-d %B %Y}"


Covered = tuple[tuple[int, ...], tuple[int, ...]]
"""First and last code points of the runs of characters that a font draws."""

_LATIN: Final[Covered] = ((0x0A, 0x20, 0xA0), (0x0A, 0x7E, 0xFF))


@cache
def _covered() -> Covered:
    lines = (_FONTS / "coverage.txt").read_text(encoding="ascii").split()
    runs = [tuple(int(number, 16) for number in line.split("-")) for line in lines]
    return tuple(run[0] for run in runs), tuple(run[1] for run in runs)


def _drawable(content: Any, *, covered: Covered) -> Any:
    """The content with every character that no font draws written as its code."""
    if isinstance(content, str):
        return re.sub(r"[^\x20-\x7e\n]", lambda found: _sign(found[0], covered), content)
    if isinstance(content, list):
        return [_drawable(part, covered=covered) for part in content]
    if isinstance(content, dict):
        return {name: _drawable(part, covered=covered) for name, part in content.items()}
    return content


def _sign(sign: str, covered: Covered) -> str:
    point, (firsts, lasts) = ord(sign), covered
    place = bisect_right(firsts, point) - 1
    return sign if place >= 0 and point <= lasts[place] else f"[U+{point:04X}]"
