"""Parties: who is a Party to the Kyoto Protocol on a day, who may host, who is least developed.

Facts and their confidence: data/parties.csv and data/least_developed.csv.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from cdm.rules import tables
from cdm.rules.confidence import Confidence
from cdm.rules.days import in_words
from cdm.rules.errors import NoSuchRule, RuleFileError

PROTOCOL_IN_FORCE_ON: Final = date(2005, 2, 16)
"""The Kyoto Protocol entered into force."""

PROMPT_START_ON: Final = date(2001, 11, 10)
"""Decision 17/CP.7 opened the mechanism before that, to States that had ratified the Protocol."""

SOURCE: Final = "3/CMP.1 annex, paras 28 to 30; Kyoto Protocol, Article 12.3; 17/CP.7 (prompt start)"


@dataclass(frozen=True)
class Party:
    """A State or organisation by its ISO 3166-1 alpha-2 code and the name the UNFCCC uses in English.

    `kyoto_from` is the day the Protocol entered into force for it (None: never), `kyoto_until` the first day
    on which it was no longer a Party. `annex_i_from` is the day it came into Annex I (None: never).
    `annex_b_percent` holds the targets for the first and second commitment period, per cent of the base year.
    """

    code: str
    name: str
    kyoto_from: date | None
    kyoto_until: date | None
    ratified_on: date | None
    annex_i_from: date | None
    annex_b_percent: tuple[Decimal | None, Decimal | None]
    other_names: tuple[str, ...]
    confidence: Confidence
    note: str

    @property
    def is_annex_i(self) -> bool:
        """Whether it is in Annex I now. Malta and Cyprus came late: see `is_annex_i_on`."""
        return self.annex_i_from is not None

    def is_annex_i_on(self, day: date) -> bool:
        """Whether it was in Annex I on the day."""
        return self.annex_i_from is not None and self.annex_i_from <= day


@dataclass(frozen=True)
class LeastDeveloped:
    """When a country was on the United Nations list. `starts_on` None: since before the mechanism began.

    `ends_on` is the day it left the list: on that day it is no longer on it. None: still on it.
    """

    code: str
    starts_on: date | None
    ends_on: date | None
    confidence: Confidence
    note: str

    def covers(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day < self.ends_on
        )


def _read_parties() -> tuple[Party, ...]:
    columns = (
        "code,name,other_names,annex_i_from,ratified_on,kyoto_from,kyoto_until,"
        "annex_b_1_percent,annex_b_2_percent,confidence,note"
    )
    found: dict[str, Party] = {}
    for line in tables.lines(tables.FOLDER / "parties.csv", tuple(columns.split(","))):
        code = line.text("code")
        if len(code) != 2 or not code.isascii() or not code.isupper() or code in found:
            raise line.fail(f"“{code}” is not a new code of two capital letters.")
        found[code] = Party(
            code=code,
            name=line.text("name"),
            kyoto_from=line.day("kyoto_from"),
            kyoto_until=line.day("kyoto_until"),
            ratified_on=line.day("ratified_on"),
            annex_i_from=line.day("annex_i_from"),
            annex_b_percent=(line.number_in("annex_b_1_percent"), line.number_in("annex_b_2_percent")),
            other_names=line.words("other_names"),
            confidence=line.confidence(),
            note=line.cells["note"],
        )
    return tuple(sorted(found.values(), key=lambda each: each.name))


def _read_least_developed() -> tuple[LeastDeveloped, ...]:
    path = tables.FOLDER / "least_developed.csv"
    return tuple(
        LeastDeveloped(
            code=line.text("code"),
            starts_on=line.day("from"),
            ends_on=line.day("until"),
            confidence=line.confidence(),
            note=line.cells["note"],
        )
        for line in tables.lines(path, ("code", "from", "until", "confidence", "note"))
    )


ALL: Final = _read_parties()
LEAST_DEVELOPED: Final = _read_least_developed()
_BY_CODE: Final = {each.code: each for each in ALL}
_BY_NAME: Final = {name.casefold(): each for each in ALL for name in (each.name, *each.other_names)}
if unknown := sorted({each.code for each in LEAST_DEVELOPED} - set(_BY_CODE)):
    raise RuleFileError(tables.FOLDER / "least_developed.csv", 1, f"“{unknown[0]}” is not in parties.csv.")


def party(code: str) -> Party:
    """The Party with that code. Raises NoSuchRule."""
    if code not in _BY_CODE:
        raise NoSuchRule(f"“{code}” is not the code of a Party. Use the ISO code of two letters, such as BR.")
    return _BY_CODE[code]


def is_known(code: str) -> bool:
    """Whether the code is that of a Party to the Convention in the list."""
    return code in _BY_CODE


def party_named(name: str) -> Party:
    """The Party with that name, also an older or shorter one ("Cape Verde"). Raises NoSuchRule."""
    try:
        return _BY_NAME[" ".join(name.split()).casefold()]
    except KeyError:
        raise NoSuchRule(f"“{name}” is not the name of a Party in the list of the UNFCCC.") from None


def is_in_force_for(code: str, day: date) -> bool:
    """Whether the Kyoto Protocol was in force for it on the day, strictly."""
    found = party(code)
    if found.kyoto_from is None or day < found.kyoto_from:
        return False
    return found.kyoto_until is None or day < found.kyoto_until


def is_party_on(code: str, day: date) -> bool:
    """Whether it counts as a Party for the mechanism on the day.

    From the day the Protocol is in force for it; before 16 February 2005 also from the day it ratified,
    because 17/CP.7 started the mechanism promptly and projects were registered from November 2004.
    Raises NoSuchRule for an unknown code.
    """
    if is_in_force_for(code, day):
        return True
    ratified_on = party(code).ratified_on
    return ratified_on is not None and ratified_on <= day < PROTOCOL_IN_FORCE_ON


def may_host_on(code: str, day: date) -> bool:
    """Whether it may host a project on the day: a Party to the Protocol that is not in Annex I."""
    return is_party_on(code, day) and not party(code).is_annex_i_on(day)


def host_problem(code: str, day: date) -> str:
    """Why it may not host on the day, as a sentence; empty where it may."""
    if code not in _BY_CODE:
        return f"“{code}” is not the code of a Party. Choose the host Party from the list."
    found = party(code)
    if found.is_annex_i_on(day):
        return f"{found.name} is a Party included in Annex I and cannot host a project ({SOURCE})."
    if not is_party_on(code, day):
        return (
            f"{found.name} is no Party to the Kyoto Protocol on {in_words(day)}: it cannot host ({SOURCE})."
        )
    return ""


def is_least_developed_on(code: str, day: date) -> bool:
    """Whether it was on the list of least developed countries on the day; on the day it leaves it is not."""
    party(code)
    return any(each.code == code and each.covers(day) for each in LEAST_DEVELOPED)
