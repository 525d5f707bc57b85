"""Runs of serials and printed identifiers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import codes
from registry.serials import (
    LARGEST_SERIAL,
    AccountIdentifier,
    BadSerials,
    SerialRange,
    UnitBlockIdentifier,
    parse_unit_block,
    place_of,
    print_unit_block,
)

parties = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
serials = st.integers(1, LARGEST_SERIAL)
ranges = st.builds(lambda party, a, b: SerialRange(party, min(a, b), max(a, b)), parties, serials, serials)
small = st.builds(
    lambda party, a, n: SerialRange(party, a, a + n),
    st.sampled_from(["BR", "HN"]),
    st.integers(1, 30),
    st.integers(0, 20),
)


def members(run: SerialRange | None) -> set[tuple[str, int]]:
    """The oracle: the serials one by one."""
    return {(run.party, n) for n in range(run.first, run.last + 1)} if run else set()


def test_the_identifier_of_novagerars_share_reads_as_the_registry_prints_it() -> None:
    block = UnitBlockIdentifier(SerialRange("BR", 1, 1346), 5, 1, 1, 0, 8)
    assert str(block) == "BR-5-1-1346-1-1-0-8"
    assert parse_unit_block("BR-5-1-1346-1-1-0-8") == block


def test_a_joint_implementation_unit_prints_its_track() -> None:
    text = "RO-4-3319283423-3319454772-1-1-0-1000080-2"
    block = parse_unit_block(text)
    assert (block.serials.units, block.track) == (171_350, 2)
    assert str(block) == text


@given(ranges, st.integers(1, 7), st.integers(0, 9_999_999), st.integers(0, 2), st.sampled_from("-/:"))
def test_a_printed_identifier_is_read_as_it_was(
    run: SerialRange, unit_type: int, project: int, track: int, separator: str
) -> None:
    block = UnitBlockIdentifier(run, unit_type, 1, 2, 0, project, track)
    assert parse_unit_block(print_unit_block(block, separator=separator), separator=separator) == block


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BR",
        "BR-5-1-1346-1-1-0",
        "BR-5-01-1346-1-1-0-8",
        "br-5-1-1346-1-1-0-8",
        "BRA-5-1-1346-1-1-0-8",
        "BR-5-1346-1-1-1-0-8",
        "BR-5-0-1346-1-1-0-8",
        "BR-8-1-1346-1-1-0-8",
        "BR-0-1-1346-1-1-0-8",
        "BR-5-1-1000000000000000-1-1-0-8",
        "BR-5-1-1346-1-1-0-8-0",
        "BR-5-1-1346-1-1-0-8-1-1",
        "BR-5-1-1346-1-1-0-12345678",
        "BR-5-1-1346-1-1-0-8 ",
        "BR-5-1-1346-1-1-0-8\n",
        "BR-5-\N{ARABIC-INDIC DIGIT ONE}-1346-1-1-0-8",
    ],
)
def test_nothing_looser_is_accepted_as_an_identifier(text: str) -> None:
    with pytest.raises(BadSerials):
        parse_unit_block(text)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("BR", 5, 4), "before the first"),
        (("BR", 0, 4), "start at 1"),
        (("BR", -3, 4), "start at 1"),
        (("BR", 1, LARGEST_SERIAL + 1), "15 digits"),
        (("B", 1, 2), "two capital letters"),
        (("br", 1, 2), "two capital letters"),
        (("BR", 1.0, 2), "whole number"),
        (("BR", True, 2), "whole number"),
    ],
)
def test_a_bad_range_is_refused_with_a_sentence(arguments: tuple, says: str) -> None:
    with pytest.raises(BadSerials, match=says):
        SerialRange(*arguments)


@pytest.mark.parametrize("text", ["BR 1-1346", " BR  1 - 1346 ", "BR 1\N{EN DASH}1346"])
def test_a_range_is_read_as_people_write_it(text: str) -> None:
    assert SerialRange.parse(text) == SerialRange("BR", 1, 1346)


@pytest.mark.parametrize("text", ["BR 7-3", "BR", "1-3", "BR 1-", "BR 1-2-3", "BR 0", "BR 1,5"])
def test_a_range_that_is_none_is_not_guessed(text: str) -> None:
    with pytest.raises(BadSerials):
        SerialRange.parse(text)


@given(ranges)
def test_a_printed_range_is_read_as_it_was(run: SerialRange) -> None:
    assert SerialRange.parse(str(run)) == run


@given(small, small)
def test_ranges_agree_with_sets_of_single_serials(a: SerialRange, b: SerialRange) -> None:
    assert a.overlaps(b) == bool(members(a) & members(b))
    assert members(a.intersection(b)) == members(a) & members(b)
    assert (b in a) == (members(b) <= members(a))
    assert a.units == len(members(a))


@given(small, st.integers(-1, 25))
def test_a_split_loses_and_doubles_nothing(run: SerialRange, units: int) -> None:
    if 0 < units < run.units:
        low, high = run.split(units)
        assert low.units == units
        assert members(low) | members(high) == members(run)
        assert not members(low) & members(high)
    else:
        with pytest.raises(BadSerials):
            run.split(units)


@given(ranges, ranges)
def test_places_of_different_parties_never_meet(a: SerialRange, b: SerialRange) -> None:
    one = range(place_of(a.party, a.first), place_of(a.party, a.last) + 1)
    two = range(place_of(b.party, b.first), place_of(b.party, b.last) + 1)
    assert (one[0] <= two[-1] and two[0] <= one[-1]) == a.overlaps(b)
    assert place_of("ZZ", LARGEST_SERIAL) < 2**63


def test_check_digits_are_those_of_the_uk_registry() -> None:
    # GB-100-1003-2-76 and GB-280-1018-2-30 stand in its code; its generator counts with the letters UK
    assert AccountIdentifier("UK", 100, 1003, 2).check_digits == 76
    assert AccountIdentifier("UK", 280, 1018, 2).check_digits == 30


@given(
    st.sampled_from(["CDM", "BR", "GB"]),
    st.sampled_from([100, 110, 230]),
    st.integers(1, 10**9),
    st.integers(0, 2),
)
def test_an_account_identifier_is_read_as_it_was(
    registry: str, des_type: int, number: int, period: int
) -> None:
    identifier = AccountIdentifier(registry, des_type, number, period)
    assert AccountIdentifier.parse(str(identifier)) == identifier


@given(st.integers(1000, 99_999), st.data())
def test_one_wrong_digit_or_two_exchanged_are_noticed(number: int, data: st.DataObject) -> None:
    digits = str(number)
    place = data.draw(st.integers(0, len(digits) - 1))
    wrong = digits[:place] + data.draw(st.sampled_from("0123456789")) + digits[place + 1 :]
    if place + 1 < len(digits) and data.draw(st.booleans()):
        wrong = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    right = str(AccountIdentifier("CDM", 100, number))
    if wrong != digits and not wrong.startswith("0"):
        with pytest.raises(BadSerials, match="check digits"):
            AccountIdentifier.parse(right.replace(f"-{digits}-", f"-{wrong}-"))


@pytest.mark.parametrize(
    "text", ["CDM-100-1001", "cdm-100-1001-0-24", "CDM-100-01001-0-24", "CDM-100-1001-0-024", ""]
)
def test_a_malformed_account_identifier_is_refused(text: str) -> None:
    with pytest.raises(BadSerials, match="looks like"):
        AccountIdentifier.parse(text)


def test_the_codes_are_those_of_the_data_exchange_standards() -> None:
    assert {unit.value: unit.label for unit in codes.UnitType} == {
        1: "AAU",
        2: "RMU",
        3: "ERU (from AAU)",
        4: "ERU (from RMU)",
        5: "CER",
        6: "tCER",
        7: "lCER",
    }
    assert {t.value for t in codes.TransactionType} == {1, 2, 3, 4, 5, 6, 7, 8, 10}
    assert [t.des_code for t in codes.AccountType] == [
        *(110, 100, 100, 100, 100),
        *(230, 240, 241, 242, 250, 260),
        *(300, 411, 421, 422, 423),
    ]
