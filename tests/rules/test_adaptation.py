"""The share of proceeds for adaptation: vectors and observed blocks of rulebook 0.3; 17/CP.7, para 15."""

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from cdm.rules.adaptation import adaptation_share, share_of
from cdm.rules.errors import NoSuchRule, RuleError

EVIDENCE = Path(__file__).parent / "data" / "sop_adaptation_evidence.csv"
TWO = Decimal(2)


def share(quantity, host="BR", on=date(2008, 6, 1), is_small_scale_afforestation=False):
    return adaptation_share(
        quantity=quantity, host=host, on=on, is_small_scale_afforestation=is_small_scale_afforestation
    )


@pytest.mark.parametrize(
    ("quantity", "units"),
    [
        # exact halves, all observed
        (230375, 4607),
        (14725, 294),
        (106575, 2131),
        (7275, 145),
        (532375, 10647),
        (82975, 1659),
        (8975, 179),
        (75075, 1501),
        (292875, 5857),
        (59025, 1180),
        (11275, 225),
        (245275, 4905),
        (18925, 378),
        (209825, 4196),
        (6475, 129),
        # others
        (93646, 1873),
        (93921, 1878),
        (853, 17),
        (1044, 21),
        (44150, 883),
        (221899, 4438),
        (10, 0),
        (12, 0),
        (16, 0),
        # trust.md T3
        (25, 0),
        (26, 1),
        (75, 1),
        (76, 2),
        (0, 0),
        (1, 0),
        # afforestation units, rulebook 0.1
        (23084, 462),
        (100188, 2004),
    ],
)
def test_vectors_of_the_rulebook(quantity, units):
    assert share_of(quantity, TWO) == units


def test_all_1303_observed_blocks():
    with EVIDENCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1303
    wrong = []
    for row in rows:
        on = date.fromisoformat(row["issuance_date"])
        found = share(int(row["block_units"]), row["host_party"], on)
        if (found.units, found.exemption) != (int(row["sop_units_observed"]), ""):
            wrong.append((row["cdm_ref"], row["block_units"], row["sop_units_observed"], found))
    assert wrong == []


@pytest.mark.parametrize(
    ("host", "on", "certified", "adaptation", "rest"),
    [
        ("BR", date(2008, 9, 1), 67303, 1346, 65957),  # NovaGerar, 0008
        ("HN", date(2005, 10, 20), 7304, 146, 7158),  # Rio Blanco, 0028
    ],
)
def test_first_amounts_of_real_projects(host, on, certified, adaptation, rest):
    found = share(certified, host, on)
    assert (found.units, found.rest, found.rate_percent) == (adaptation, rest, TWO)
    assert found.units + found.rest == certified
    assert not found.is_exempt


def test_a_period_over_the_end_of_2012_is_two_blocks_each_rounded_by_itself():
    """0.3: rounding is per block. 75 and 75 are 1 and 1, where 150 together would be 3."""
    assert share(75).units + share(75).units == 2
    assert share(150).units == 3


def test_nearest_unit_with_halves_to_the_participants():
    """Against exact fractions, for every quantity to 10,000 (trust.md, T3)."""
    previous = 0
    for quantity in range(10_001):
        exact = Fraction(2 * quantity, 100)
        below = exact.numerator // exact.denominator
        found = share_of(quantity, TWO)
        assert found == (below if exact - below <= Fraction(1, 2) else below + 1)
        assert previous <= found <= quantity
        previous = found


@pytest.mark.parametrize(
    ("quantity", "rate", "units"),
    [
        (1000, "5", 50),
        (10, "5", 0),  # 0.5
        (11, "5", 1),  # 0.55
        (30, "5", 1),  # 1.5
        (1000, "0", 0),
        (1000, "0.00", 0),
        (20, "2.5", 0),  # 0.5
        (21, "2.5", 1),  # 0.525
        (60, "2.5", 1),  # 1.5
        (10**18, "2.5", 25 * 10**15),
        (3, "33.333", 1),  # 0.99999
        (7, "100", 7),
    ],
)
def test_other_rates_are_exact(quantity, rate, units):
    assert share_of(quantity, Decimal(rate)) == units


def test_rate_zero_stays_zero():
    assert all(share_of(quantity, Decimal(0)) == 0 for quantity in (0, 1, 67303, 10**18))


@pytest.mark.parametrize(
    "host", ["UG", "MW", "BD", "BF", "ET", "MG", "MZ", "NP", "MM", "ML", "RW", "ZM", "NE", "CD"]
)
def test_least_developed_hosts_seen_without_a_share(host):
    found = share(100_000, host, date(2014, 1, 1))
    assert (found.units, found.rate_percent, found.rest) == (0, 0, 100_000)
    assert "list of least developed countries on 1 January 2014" in found.exemption
    assert "17/CP.7, para 15(b)" in found.exemption
    assert found.full_rate_percent == TWO


@pytest.mark.parametrize(
    ("host", "day", "exempt"),
    [
        ("CV", date(2007, 12, 19), True),
        ("CV", date(2007, 12, 20), False),
        ("MV", date(2010, 12, 31), True),
        ("MV", date(2011, 1, 1), False),
        ("BT", date(2023, 12, 12), True),
        ("BT", date(2023, 12, 13), False),
        ("SN", date(2001, 11, 10), True),
    ],
)
def test_the_exemption_is_dated(host, day, exempt):
    assert share(50_000, host, day).is_exempt is exempt


def test_small_scale_afforestation_is_exempt_and_large_scale_is_not():
    small = share(50_000, "PY", date(2013, 1, 1), is_small_scale_afforestation=True)
    assert small.units == 0
    assert "Small-scale" not in small.rule
    assert "small-scale afforestation" in small.exemption
    assert share(23084, "CR", date(2015, 1, 1)).units == 462  # CR-7572, tCER


def test_the_working_and_the_rule_are_in_words():
    found = share(67303)
    assert found.working[0] == "2 per cent of 67,303 units = 1,346.06, rounded to 1,346."
    assert "exact halves to the participants" in found.rule
    assert "17/CP.7, para 15(a)" in found.rule


@pytest.mark.parametrize("quantity", [-1, 1.5, Decimal("2"), True, "3"])
def test_impossible_quantities_are_refused(quantity):
    with pytest.raises(RuleError, match=r"whole number|negative"):
        share(quantity)


@pytest.mark.parametrize("rate", ["-1", "100.01", "NaN", "Infinity"])
def test_impossible_rates_are_refused(rate):
    with pytest.raises(RuleError, match="not possible"):
        share_of(10, Decimal(rate))


def test_an_unknown_host_is_refused():
    with pytest.raises(NoSuchRule, match="“XX” is not the code of a Party"):
        share(10, "XX")
