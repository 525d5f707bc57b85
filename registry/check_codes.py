"""Codes that nobody guesses and everybody can copy: random, without look-alike letters, with check characters."""

from __future__ import annotations

import re
import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U, which are read for something else."""

RANDOM_CHARACTERS: Final = 16
"""80 random bits: at a thousand guesses a second, a million codes are safe for decades."""

_PRIME: Final = 1021
"""The largest below 32 squared. A code is 1 modulo it, which no one wrong character and no swap leaves true."""

_READ_AS: Final = str.maketrans("OIL", "011")


class BadCode(ValueError):
    """The text is no code, or one with a slip of the finger; the message is for the reader."""

    @property
    def sentence(self) -> str:
        return str(self)


def new() -> str:
    """A fresh code of 18 characters, the last two of them check characters."""
    return with_check("".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS)))


def with_check(characters: str) -> str:
    """The 16 characters with the two that make the whole 1 modulo the prime."""
    rest = (1 - _number(characters) * len(ALPHABET) ** 2) % _PRIME
    return characters + ALPHABET[rest // 32] + ALPHABET[rest % 32]


def read(text: str) -> str:
    """The code as it is stored, from what a person typed: small letters, spaces, dashes, O for 0, I or L for 1.

    Raises:
        BadCode: it has another form, or its check characters do not fit.
    """
    code = re.sub(r"[\s\u2010-\u2015-]", "", text[:100]).upper().translate(_READ_AS)
    if len(code) != RANDOM_CHARACTERS + 2 or not set(code) <= set(ALPHABET):
        raise BadCode(
            "A check code has 18 letters and digits, such as 7K3M-Q9TA-04XW-ZB2C-RR. Copy it from the attestation."
        )
    if _number(code) % _PRIME != 1:
        raise BadCode(
            "The check code has a mistake in it. Compare it with the attestation, character by character."
        )
    return code


def printed(code: str) -> str:
    """In groups of four: 7K3M-Q9TA-04XW-ZB2C-RR."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _number(characters: str) -> int:
    number = 0
    for character in characters:
        number = number * len(ALPHABET) + ALPHABET.index(character)
    return number
