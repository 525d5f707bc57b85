"""Methodologies: the list with scale, status, successors and scopes, and how their codes are written.

Facts and their confidence: data/methodologies.csv. Which scopes belong to which methodology is remembered,
not read, and marked so (`scopes_confidence`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cdm.rules import tables
from cdm.rules.confidence import Confidence
from cdm.rules.errors import NoSuchRule, RuleError
from cdm.rules.scale import LARGE, SCALES, SMALL
from cdm.rules.scopes import SECTORAL_SCOPES

APPROVED: Final = "approved"
WITHDRAWN: Final = "withdrawn"

_CODE: Final = re.compile(r"(AR-AMS|AR-ACM|AR-AM|ACM|AM)\d{4}|AMS-(I|II|III)\.[A-Z]{1,2}")
_NEW: Final = re.compile(r"NM\d{4}")
_VERSION: Final = re.compile(r"\d+(\.\d+){0,2}")
_WITH_VERSION: Final = re.compile(
    r"(?P<code>[A-Z][A-Z0-9.\-]*?)\.?(?:\s*,?\s+(?:ver(?:sion)?\.?\s*)?(?P<version>\d+(?:\.\d+){0,2}))?"
)


@dataclass(frozen=True)
class Methodology:
    """One methodology. `version` is the latest known (empty: unknown); `status` is "approved" or "withdrawn".

    `successors` are the codes of the methodologies it was merged into.
    """

    code: str
    title: str
    version: str
    scale: str
    status: str
    sectoral_scopes: tuple[int, ...]
    source: str
    is_afforestation: bool
    successors: tuple[str, ...]
    confidence: Confidence
    scopes_confidence: Confidence
    note: str

    @property
    def label(self) -> str:
        """Code and title, as lists show it."""
        return f"{self.code} {self.title}"


def _read() -> tuple[Methodology, ...]:
    columns = (
        "code,title,version,scale,is_afforestation,status,successors,sectoral_scopes,scopes_confidence,"
        "source,confidence,note"
    )
    found: dict[str, Methodology] = {}
    for line in tables.lines(tables.FOLDER / "methodologies.csv", tuple(columns.split(","))):
        code, version = line.text("code"), line.cells["version"]
        if not is_code(code) or code in found:
            raise line.fail(f"“{code}” is not a new code of a methodology.")
        if version and not _VERSION.fullmatch(version):
            raise line.fail(f"“{version}” is not a version such as 4 or 3.0.1.")
        scopes = tuple(int(word) for word in line.words("sectoral_scopes") if word.isdigit())
        if not scopes or not set(scopes) <= set(SECTORAL_SCOPES):
            raise line.fail("at least one sectoral scope from 1 to 16 is needed.")
        if line.text("scale") not in SCALES or line.text("status") not in (APPROVED, WITHDRAWN):
            raise line.fail("the scale is large or small, the status approved or withdrawn.")
        found[code] = Methodology(
            code=code,
            title=line.text("title"),
            version=version,
            scale=line.text("scale"),
            status=line.text("status"),
            sectoral_scopes=scopes,
            source=line.text("source"),
            is_afforestation=line.text("is_afforestation") == "yes",
            successors=line.words("successors"),
            confidence=line.confidence(),
            scopes_confidence=line.confidence("scopes_confidence"),
            note=line.cells["note"],
        )
    for each in found.values():
        if unknown := [code for code in each.successors if code not in found]:
            raise RuleError(
                f"methodologies.csv: the successor “{unknown[0]}” of {each.code} is not in the list."
            )
    return tuple(sorted(found.values(), key=lambda each: _order(each.code)))


def is_code(text: str) -> bool:
    """Whether the text is written as the code of an approved methodology is (rulebook 5.7)."""
    return bool(_CODE.fullmatch(text))


def is_new_methodology_case(text: str) -> bool:
    """Whether the text is the number of a proposed new methodology: NM0001."""
    return bool(_NEW.fullmatch(text))


def is_version(text: str) -> bool:
    """Whether the text is written as a version is: 4, 3.0, 3.0.1."""
    return bool(_VERSION.fullmatch(text))


def parse(text: str) -> tuple[str, str]:
    """(code, version) from a text such as "AMS-I.D. ver. 4" or "ACM0002"; the version may be empty.

    Raises RuleError where the text is no methodology's code.
    """
    found = _WITH_VERSION.fullmatch(" ".join(text.split()))
    if found is None or not is_code(found["code"]):
        raise RuleError(
            f"“{text}” is not a methodology. Codes look like AM0003, ACM0002, AMS-I.D or AR-AMS0007."
        )
    return found["code"], found["version"] or ""


def methodology(code: str) -> Methodology:
    """The methodology with that code; a full stop at its end does not matter. Raises NoSuchRule."""
    wanted = code.strip().removesuffix(".")
    if wanted not in _BY_CODE:
        raise NoSuchRule(f"“{code}” is not a methodology of the list. Codes look like ACM0002 or AMS-I.D.")
    return _BY_CODE[wanted]


def problems(code: str, version: str, *, scale: str, is_afforestation: bool) -> list[str]:
    """What is wrong with a project of that scale and type using the methodology, as sentences."""
    try:
        chosen = methodology(code)
    except NoSuchRule as error:
        return [str(error)]
    found: list[str] = []
    if version and not is_version(version):
        found.append(f"“{version}” is not a version. Write it as 4 or 3.0.1.")
    if chosen.is_afforestation != is_afforestation:
        what = "is only for" if chosen.is_afforestation else "is not for"
        found.append(f"{chosen.code} {what} afforestation and reforestation projects.")
    if scale == LARGE and chosen.scale == SMALL:
        found.append(f"{chosen.code} is for small-scale projects; this one is declared large-scale.")
    return found


def _order(code: str) -> tuple[int, str, int, str]:
    """AM, ACM, AMS, then AR; small-scale letters A to Z before AA."""
    family = next(
        n
        for n, start in enumerate(("AR-AM0", "AR-ACM", "AR-AMS", "AMS-", "ACM", "AM"))
        if code.startswith(start)
    )
    series, _, letters = code.partition(".")
    return ((5 - family) if family > 2 else 3 + family, series, len(letters), letters)


ALL: Final = _read()
_BY_CODE: Final = {each.code: each for each in ALL}
