"""Check codes: forgiving of how they are copied, and of no mistake in what they say."""

import itertools

import pytest

from registry import check_codes
from registry.check_codes import ALPHABET, BadCode

CODE = check_codes.with_check("7K3MQ9TA04XWZB2C")


def test_a_code_is_read_however_it_was_copied() -> None:
    printed = check_codes.printed(CODE)
    assert printed.count("-") == 4
    assert check_codes.read(f"  {printed.lower()} ") == CODE
    assert check_codes.read(printed.replace("-", " ").replace("0", "o")) == CODE
    assert check_codes.read(printed.replace("-", "\u2013")) == CODE


def test_every_single_slip_is_found() -> None:
    for at, sign in itertools.product(range(len(CODE)), ALPHABET):
        if sign != CODE[at]:
            with pytest.raises(BadCode):
                check_codes.read(CODE[:at] + sign + CODE[at + 1 :])


def test_every_swap_of_neighbours_is_found() -> None:
    for at in range(len(CODE) - 1):
        swapped = CODE[:at] + CODE[at + 1] + CODE[at] + CODE[at + 2 :]
        if swapped != CODE:
            with pytest.raises(BadCode):
                check_codes.read(swapped)


@pytest.mark.parametrize(
    "text", ["", "ABC", CODE + "A", CODE[:-1], "U" * 18, "é" * 18, "0" * 10_000, "<script>"]
)
def test_what_is_no_code_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadCode, match=r"^(A check code has 18|The check code has a mistake)"):
        check_codes.read(text)


def test_codes_are_unlike_each_other() -> None:
    codes = {check_codes.new() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert all(check_codes.read(code) == code for code in codes)
