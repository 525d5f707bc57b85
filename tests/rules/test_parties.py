"""Parties: who may host, when the Protocol was in force, who is least developed. Rulebook 5.4 to 5.6."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cdm.rules import parties
from cdm.rules.errors import NoSuchRule

HOST_CODES = """
AE AL AM AR AZ BD BF BI BO BR BT CD CI CL CM CN CO CR CU CV CY DO EC EG ET FJ GE GH GT HN ID IL IN IR JM JO KE
KH KP KR KW LA LK LS MA MD MG ML MM MN MU MW MX MY MZ NE NG NI NP OM PA PE PG PH PK PY QA RW SA SG SN SV TG TH
TN TZ UG UY UZ VN ZA ZM
"""
HOSTS = HOST_CODES.split()
ANNEX_I_CODES = """
AU AT BY BE BG CA HR CY CZ DK EE EU FI FR DE GR HU IS IE IT JP LV LI LT LU MT MC NL NZ NO PL PT RO RU SK SI ES
SE CH TR UA GB US
"""
ANNEX_I = ANNEX_I_CODES.split()
LEAST_DEVELOPED_CODES = """
AF AO BD BJ BF BI KH CF TD KM CD DJ ER ET GM GN GW HT KI LA LS LR MG MW ML MR MZ MM NP NE RW SN SL SB SO SS SD
TL TG TV UG TZ YE ZM
"""


def test_all_82_parties_with_issuances_may_host():
    assert len(HOSTS) == 82
    assert [code for code in HOSTS if not parties.may_host_on(code, date(2012, 6, 1))] == []


def test_no_party_of_annex_i_may_host():
    for code in ANNEX_I:
        assert parties.party(code).is_annex_i
        assert not parties.may_host_on(code, date(2019, 6, 1))
    others = {each.code for each in parties.ALL if each.is_annex_i} - set(ANNEX_I)
    assert others == {"KZ"}  # Annex I only for the purposes of the Protocol (Article 1.7)


def test_192_parties_and_canada_which_withdrew():
    on = date(2019, 6, 1)
    assert sum(parties.is_party_on(each.code, on) for each in parties.ALL) == 192
    assert parties.is_party_on("CA", date(2012, 12, 14))
    assert not parties.is_party_on("CA", date(2012, 12, 15))


@pytest.mark.parametrize("code", ["US", "AD", "SS", "PS", "VA"])
def test_states_that_never_became_parties(code):
    for day in (date(2004, 11, 18), date(2005, 2, 16), date(2019, 6, 1)):
        assert not parties.is_party_on(code, day)
        assert not parties.may_host_on(code, day)
    assert parties.host_problem(code, date(2019, 6, 1))


def test_entry_into_force_is_the_ninetieth_day_after_the_deposit():
    """Kyoto Protocol, Article 25.3; not before 16 February 2005."""
    for each in parties.ALL:
        if each.ratified_on is None:
            assert each.kyoto_from is None
            continue
        expected = max(date(2005, 2, 16), each.ratified_on + timedelta(days=90))
        assert each.kyoto_from == expected, each.code


@pytest.mark.parametrize(
    ("code", "day", "may_host"),
    [
        ("BR", date(2004, 6, 1), True),  # NovaGerar was registered before the Protocol was in force
        ("HN", date(2004, 11, 1), True),
        ("BR", date(2002, 8, 22), False),
        ("BR", date(2002, 8, 23), True),  # the day Brazil ratified
        ("KE", date(2005, 5, 25), False),  # ratified after the start: 90 days
        ("KE", date(2005, 5, 26), True),
        ("ZW", date(2009, 9, 27), False),
        ("ZW", date(2009, 9, 28), True),
        ("CY", date(2013, 1, 8), True),
        ("CY", date(2013, 1, 9), False),  # Annex I
        ("MT", date(2010, 10, 25), True),
        ("MT", date(2010, 10, 26), False),
        ("KZ", date(2009, 9, 17), False),
        ("TR", date(2010, 1, 1), False),
        ("AF", date(2013, 6, 22), False),
        ("AF", date(2013, 6, 23), True),
    ],
)
def test_hosting_is_dated(code, day, may_host):
    assert parties.may_host_on(code, day) is may_host
    assert bool(parties.host_problem(code, day)) is not may_host


def test_the_protocol_itself_was_not_in_force_in_2004():
    assert not parties.is_in_force_for("BR", date(2004, 11, 18))
    assert parties.is_in_force_for("BR", date(2005, 2, 16))


@pytest.mark.parametrize(
    ("code", "day", "is_least_developed"),
    [
        ("BW", date(1994, 12, 18), True),
        ("BW", date(2005, 1, 1), False),
        ("CV", date(2007, 12, 19), True),
        ("CV", date(2007, 12, 20), False),
        ("MV", date(2010, 12, 31), True),
        ("MV", date(2011, 1, 1), False),
        ("WS", date(2013, 12, 31), True),
        ("WS", date(2014, 1, 1), False),
        ("GQ", date(2017, 6, 3), True),
        ("GQ", date(2017, 6, 4), False),
        ("VU", date(2020, 12, 3), True),
        ("VU", date(2020, 12, 4), False),
        ("BT", date(2023, 12, 12), True),
        ("BT", date(2023, 12, 13), False),
        ("ST", date(2024, 12, 12), True),
        ("ST", date(2024, 12, 13), False),
        ("SN", date(2001, 4, 11), False),
        ("SN", date(2001, 4, 12), True),
        ("SS", date(2012, 12, 17), False),
        ("SS", date(2012, 12, 18), True),
        ("BD", date(2026, 11, 23), True),
        ("BD", date(2026, 11, 24), False),
        ("SB", date(2027, 12, 12), True),
        ("SB", date(2027, 12, 13), False),
        ("UG", date(2012, 1, 1), True),
        ("BR", date(2012, 1, 1), False),
    ],
)
def test_least_developed_the_day_before_and_on_the_day(code, day, is_least_developed):
    assert parties.is_least_developed_on(code, day) is is_least_developed


def test_44_are_on_the_list_after_december_2024():
    now = LEAST_DEVELOPED_CODES.split()
    on = date(2025, 1, 1)
    assert sorted(
        each.code for each in parties.ALL if parties.is_least_developed_on(each.code, on)
    ) == sorted(now)


def test_days_that_are_only_scheduled_say_so():
    scheduled = [each.code for each in parties.LEAST_DEVELOPED if "scheduled" in each.note]
    assert sorted(scheduled) == ["BD", "LA", "NP", "SB"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Viet Nam", "VN"),
        ("Republic of Korea", "KR"),
        ("Iran (Islamic Republic of)", "IR"),
        ("Bolivia (Plurinational State of)", "BO"),
        ("Bolivia", "BO"),
        ("Cape Verde", "CV"),
        ("The former Yugoslav Republic of Macedonia", "MK"),
        ("Côte d`Ivoire", "CI"),
        ("United Kingdom of Great Britain and Northern Ireland", "GB"),
        (" brazil ", "BR"),
    ],
)
def test_names_as_the_unfccc_writes_them(name, code):
    assert parties.party_named(name).code == code


def test_unknown_parties_are_refused_with_a_sentence():
    for asked in (parties.party, lambda code: parties.may_host_on(code, date(2019, 1, 1))):
        with pytest.raises(NoSuchRule, match="“XX” is not the code of a Party"):
            asked("XX")
    with pytest.raises(NoSuchRule, match="not the name of a Party"):
        parties.party_named("Atlantis")
    assert "Choose the host Party" in parties.host_problem("XX", date(2019, 1, 1))
    assert "included in Annex I" in parties.host_problem("DE", date(2019, 1, 1))


def test_targets_of_annex_b():
    assert parties.party("CH").annex_b_percent == (Decimal(92), Decimal("84.2"))
    assert parties.party("CA").annex_b_percent == (Decimal(94), None)
    assert parties.party("KZ").annex_b_percent == (None, Decimal(95))
    assert parties.party("BR").annex_b_percent == (None, None)
    assert sum(each.annex_b_percent != (None, None) for each in parties.ALL) == 43


def test_every_real_registered_project_had_a_host_that_may_host():
    """All 7,837 registered projects, where the real data is at hand beside the project."""
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "cdm_projects" / "projects.csv"
    if not path.exists():
        print(f"not compared: {path} is not here; docs/rules.md says what it is")
        return
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["status"] == "Registered"]
    assert len(rows) == 7837
    wrong = [
        (row["ref"], name)
        for row in rows
        for name in row["host_parties"].split("/")
        if not parties.may_host_on(parties.party_named(name).code, date.fromisoformat(row["registered_on"]))
    ]
    assert wrong == []
