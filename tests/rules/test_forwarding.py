"""Forwarding by percentage, worked by hand (EB 20, paragraph 70; rulebook 4.3)."""

from decimal import Decimal

import pytest

from cdm.rules.errors import RuleError
from cdm.rules.forwarding import parts_of


@pytest.mark.parametrize(
    ("quantity", "percentages", "units", "left_over"),
    [
        (100, ["60", "40"], (60, 40), 0),
        (7158, ["50", "50"], (3579, 3579), 0),
        # 1.5 each: the halves go down, one unit is left over
        (3, ["50", "50"], (1, 1), 1),
        # 33.33 per cent of 7,158 are 2,385.7614; three of them leave 0.7158, nearest 2,386 each would be 7,158
        (7158, ["33.33", "33.33", "33.33"], (2386, 2386, 2385), 0),
        (7158, ["33.3333", "33.3333", "33.3334"], (2386, 2386, 2386), 0),
        (100, ["33.3", "33.3", "33.4"], (33, 33, 33), 1),
        # 1.67, 1.665 and 1.665 of 5 would be 2 each, one more than there are: the one rounded up most gives way
        (5, ["33.4", "33.3", "33.3"], (2, 2, 1), 0),
        (1, ["50", "50"], (0, 0), 1),
        (10, ["25"], (2,), 0),
        (0, ["100"], (0,), 0),
    ],
)
def test_each_share_is_rounded_and_nothing_is_given_twice(
    quantity: int, percentages: list[str], units: tuple[int, ...], left_over: int
) -> None:
    parts = parts_of(quantity, [Decimal(one) for one in percentages])
    assert (parts.units, parts.left_over) == (units, left_over)


@pytest.mark.parametrize(
    "shares", [["12.5"] * 8, ["33.3", "33.3", "33.4"], ["0.0001", "99.9999"], ["1"] * 100], ids=len
)
def test_a_hundred_per_cent_is_always_everything(shares: list[str]) -> None:
    for quantity in (*range(200), 67_303, 10**12 + 7):
        parts = parts_of(quantity, [Decimal(one) for one in shares])
        assert parts.total == quantity
        assert min(*parts.units, parts.left_over) >= 0


@pytest.mark.parametrize(
    ("percentages", "sentence"),
    [
        ([], "Name at least one"),
        (["0"], "above 0"),
        (["-1"], "above 0"),
        (["100.1"], "at most 100"),
        (["NaN"], "not possible"),
        (["60", "40.0001"], "cannot be more than 100"),
        (["33.33333"], "more than four decimals"),
    ],
)
def test_what_is_no_percentage_is_refused(percentages: list[str], sentence: str) -> None:
    with pytest.raises(RuleError, match=sentence):
        parts_of(100, [Decimal(one) for one in percentages])
