"""Runs of serial numbers and the identifiers printed for people: parse, print, split. Pure and typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LARGEST_SERIAL: Final = 10**15 - 1
"""Serial numbers have at most 15 digits in the data exchange standards."""

_PARTY: Final = re.compile(r"[A-Z]{2}")
_NUMBER: Final = r"(0|[1-9][0-9]*)"
_UNIT_BLOCK: Final = re.compile(rf"([A-Z]{{2}})-{'-'.join([_NUMBER] * 7)}(?:-{_NUMBER})?", re.ASCII)
_ACCOUNT: Final = re.compile(r"([A-Z]{2,3})-([1-9][0-9]{2})-([1-9][0-9]*)-([0-9]|[1-9][0-9])-([0-9]{1,2})")


class BadSerials(ValueError):
    """The text or the numbers are not a run of serial numbers; the message is for the reader."""

    @property
    def sentence(self) -> str:
        return str(self)


def is_party_code(party: str) -> bool:
    """Whether the text has the form of an ISO 3166-1 alpha-2 code, which is all the registry asks of it."""
    return _PARTY.fullmatch(party) is not None


def place_of(party: str, serial: int) -> int:
    """The serial's place on one number line for all Parties, below 2**63.

    Parties stand in the order of their codes (AA is 1, ZZ is 676), each with room for 15 digits. The walls
    of PostgreSQL compute the same number, so that a plain range of integers can refuse an overlap.
    """
    ordinal = (ord(party[0]) - ord("A")) * 26 + ord(party[1]) - ord("A") + 1
    return ordinal * 10**15 + serial


@dataclass(frozen=True, slots=True, order=True)
class SerialRange:
    """The serials `first` to `last` of one Party, both inside."""

    party: str
    first: int
    last: int

    def __post_init__(self) -> None:
        if not is_party_code(self.party):
            raise BadSerials(f"“{self.party}” is not a Party's code of two capital letters.")
        for number in (self.first, self.last):
            if type(number) is not int:
                raise BadSerials(f"A serial number is a whole number, not {number!r}.")
        if self.first < 1:
            raise BadSerials(f"Serial numbers start at 1, not at {self.first}.")
        if self.last < self.first:
            raise BadSerials(f"The last serial {self.last} lies before the first, {self.first}.")
        if self.last > LARGEST_SERIAL:
            raise BadSerials(f"A serial number has at most 15 digits; {self.last} has more.")

    @classmethod
    def parse(cls, text: str) -> SerialRange:
        """Read `BR 1-1346` (also with an en dash) or, for one serial, `BR 7`.

        Raises:
            BadSerials: the text is of another form, or the range is reversed or out of bounds.
        """
        match = re.fullmatch(
            r"([A-Z]{2})\s+([1-9][0-9]*)(?:\s*[-\u2013]\s*([1-9][0-9]*))?", text.strip(), re.ASCII
        )
        if match is None:
            raise BadSerials(f"“{text}” is not a range of serials; write it like “BR 1-1346”.")
        party, first, last = match.groups()
        return cls(party, int(first), int(last or first))

    @property
    def units(self) -> int:
        """How many units the range holds, each of 1 t CO2 equivalent."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        return f"{self.party} {self.first}" if self.units == 1 else f"{self.party} {self.first}-{self.last}"

    def __contains__(self, other: object) -> bool:
        if isinstance(other, int):
            return self.first <= other <= self.last
        if isinstance(other, SerialRange):
            return self.party == other.party and self.first <= other.first and other.last <= self.last
        return False

    def overlaps(self, other: SerialRange) -> bool:
        """Whether at least one serial is in both."""
        return self.party == other.party and self.first <= other.last and other.first <= self.last

    def intersection(self, other: SerialRange) -> SerialRange | None:
        """The serials that are in both, or None."""
        if not self.overlaps(other):
            return None
        return SerialRange(self.party, max(self.first, other.first), min(self.last, other.last))

    def split(self, units: int) -> tuple[SerialRange, SerialRange]:
        """The lowest `units` serials and the rest, neither of them empty.

        Raises:
            BadSerials: `units` is not between 1 and one less than the range holds.
        """
        if not 0 < units < self.units:
            raise BadSerials(f"{self} has {self.units} units and cannot be split after {units}.")
        middle = self.first + units
        return SerialRange(self.party, self.first, middle - 1), SerialRange(self.party, middle, self.last)


@dataclass(frozen=True, slots=True)
class UnitBlockIdentifier:
    """The elements of the serial number of a block of units, as appendix D and the DES list them.

    `project_number`, `lulucf` and `track` are 0 where the unit has none.
    """

    serials: SerialRange
    unit_type: int
    original_period: int
    applicable_period: int
    lulucf: int = 0
    project_number: int = 0
    track: int = 0

    def __str__(self) -> str:
        return print_unit_block(self)


def print_unit_block(block: UnitBlockIdentifier, *, separator: str = "-") -> str:
    """`BR-5-1-1346-1-1-0-8`: Party, unit type, first, last, original and applicable period, LULUCF, project.

    A ninth element, the track, follows only for units that have one (joint implementation).
    """
    elements = [
        block.serials.party,
        block.unit_type,
        block.serials.first,
        block.serials.last,
        block.original_period,
        block.applicable_period,
        block.lulucf,
        block.project_number,
    ]
    if block.track:
        elements.append(block.track)
    return separator.join(str(element) for element in elements)


def parse_unit_block(text: str, *, separator: str = "-") -> UnitBlockIdentifier:
    """Read an identifier as `print_unit_block` writes it; nothing looser is accepted.

    Raises:
        BadSerials: an element is missing, has a leading zero, or is out of bounds.
    """
    plain = text.replace(separator, "-") if separator != "-" else text
    match = _UNIT_BLOCK.fullmatch(plain)
    if match is None:
        raise BadSerials(
            f"“{text}” is not a unit block identifier; one looks like BR-5-1-1346-1-1-0-8 "
            "(Party, unit type, first and last serial, original and applicable period, LULUCF, project)."
        )
    party = match.group(1)
    unit_type, first, last, original, applicable, lulucf, project = (int(n) for n in match.groups()[1:8])
    track = match.group(9)
    if track == "0":
        raise BadSerials(f"“{text}” ends with track 0; a unit without a track leaves the element out.")
    if not 1 <= unit_type <= 7:
        raise BadSerials(f"“{text}” names unit type {unit_type}; the unit types are 1 to 7.")
    if project > 9_999_999 or max(original, applicable) > 99 or lulucf > 999 or int(track or 0) > 99:
        raise BadSerials(f"“{text}” has an element with more digits than the standard allows.")
    return UnitBlockIdentifier(
        SerialRange(party, first, last), unit_type, original, applicable, lulucf, project, int(track or 0)
    )


@dataclass(frozen=True, slots=True)
class AccountIdentifier:
    """`CDM-100-1001-0-51`: registry or Party, DES account type, number, commitment period, check digits."""

    registry: str
    des_type: int
    number: int
    period: int = 0

    @property
    def check_digits(self) -> int:
        """1 to 98, such that the whole number is 1 modulo 97 (the practice of the UK and EU registries)."""
        return 98 - self._checked_number("00") % 97

    def _checked_number(self, digits: str) -> int:
        letters = "".join(str(ord(letter) - ord("A") + 10) for letter in self.registry)
        return int(f"{self.number}{letters}{self.des_type:03}{self.period:02}{digits}")

    def __str__(self) -> str:
        return f"{self.registry}-{self.des_type}-{self.number}-{self.period}-{self.check_digits}"

    @classmethod
    def parse(cls, text: str) -> AccountIdentifier:
        """Read an identifier and check its last element.

        Raises:
            BadSerials: the form is another, or the check digits do not fit, as after a slip of the finger.
        """
        match = _ACCOUNT.fullmatch(text)
        if match is None:
            raise BadSerials(f"“{text}” is not an account identifier; one looks like CDM-100-1001-0-51.")
        registry, des_type, number, period, check = match.groups()
        identifier = cls(registry, int(des_type), int(number), int(period))
        if check != str(identifier.check_digits):
            raise BadSerials(f"“{text}” has wrong check digits; please look at the number again.")
        return identifier
