"""The dated rule sets: which applies on a day, and the values of rulebook 7.2 column by column."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from cdm.rules import sets
from cdm.rules.confidence import Confidence
from cdm.rules.errors import NoSuchRule, RuleError

KEYS = ("modalities-2005", "board-procedures-2010", "project-cycle-2017", "project-cycle-2019")


def test_the_four_columns_are_there_in_order():
    assert tuple(each.key for each in sets.ALL) == KEYS


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2004, 11, 18), "modalities-2005"),  # NovaGerar, the first registration
        (date(2001, 11, 10), "modalities-2005"),  # 17/CP.7, prompt start
        (date(2010, 7, 31), "modalities-2005"),
        (date(2010, 8, 1), "board-procedures-2010"),
        (date(2017, 5, 31), "board-procedures-2010"),
        (date(2017, 6, 1), "project-cycle-2017"),
        (date(2018, 12, 31), "project-cycle-2017"),
        (date(2019, 1, 1), "project-cycle-2019"),
        (date(2019, 6, 15), "project-cycle-2019"),
        (date(2031, 1, 1), "project-cycle-2019"),
    ],
)
def test_the_set_in_force_on_a_day(day, key):
    assert sets.rule_set_on(day).key == key


def test_before_the_mechanism_there_are_no_rules():
    with pytest.raises(NoSuchRule, match="they begin on 10 November 2001"):
        sets.rule_set_on(date(2001, 11, 9))


def test_every_day_has_exactly_one_set():
    day = date(2001, 11, 10)
    while day < date(2022, 1, 1):
        assert sum(each.covers(day) for each in sets.ALL) == 1
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("review.min_members", (3, 3, 3, 3)),
        ("review.parties_suffice", (1, 1, 1, 1)),
        ("crediting.renewable_years", (7, 7, 7, 7)),
        ("crediting.renewals", (2, 2, 2, 2)),
        ("crediting.fixed_years", (10, 10, 10, 10)),
        ("crediting.afforestation_renewable_years", (20, 20, 20, 20)),
        ("crediting.afforestation_fixed_years", (30, 30, 30, 30)),
        ("crediting.programme_years", (28, 28, 28, 28)),
        ("crediting.programme_afforestation_years", (60, 60, 60, 60)),
        ("registration.receipt_event", ("fee_received", "publication", "publication", "publication")),
        ("share.adaptation_percent", (2, 2, 2, 2)),
        ("renewal.notice_from_days_before", (270, 270, 270, 270)),
        ("renewal.notice_until_days_before", (180, 180, 180, 180)),
        ("fee.new_methodology_usd", (1000, 1000, 1000, 1000)),
        ("fee.accreditation_usd", (15_000, 15_000, 15_000, 15_000)),
        ("fee.accreditation_first_percent", (50, 50, 50, 50)),
        ("fee.renewal_usd", (0, 0, 0, 0)),
        ("fee.post_registration_change_usd", (0, 0, 0, 0)),
        (
            "review.end_rule",
            ("second_meeting", "silence_then_meeting", "silence_then_meeting", "silence_then_meeting"),
        ),
    ],
)
def test_rows_of_the_table_that_do_not_change_inside_a_set(key, values):
    assert tuple(sets.rule_set(each).value(key) for each in KEYS) == values


@pytest.mark.parametrize(
    ("key", "day", "value"),
    [
        ("registration.effective_date", date(2004, 11, 18), "finality"),
        ("registration.effective_date", date(2010, 12, 10), "finality"),
        ("registration.effective_date", date(2010, 12, 11), "submission"),  # 3/CMP.6
        ("registration.effective_date", date(2019, 6, 1), "submission"),
        ("small_scale.type_ii_gwh", date(2006, 11, 16), Decimal(15)),
        ("small_scale.type_ii_gwh", date(2006, 11, 17), Decimal(60)),  # 1/CMP.2
        ("small_scale.type_iii_kt", date(2005, 1, 1), Decimal(15)),
        ("small_scale.type_iii_kt", date(2019, 1, 1), Decimal(60)),
        ("small_scale.afforestation_kt", date(2007, 12, 14), Decimal(8)),
        ("small_scale.afforestation_kt", date(2007, 12, 15), Decimal(16)),  # 9/CMP.3
        ("fee.least_developed_exempt", date(2007, 12, 14), False),
        ("fee.least_developed_exempt", date(2007, 12, 15), True),  # 2/CMP.3
        ("fee.deferred_below_projects", date(2009, 12, 18), 0),
        ("fee.deferred_below_projects", date(2009, 12, 19), 10),  # 2/CMP.5
        ("registry.voluntary_cancellation", date(2005, 1, 1), False),
        ("registry.voluntary_cancellation", date(2012, 10, 27), True),  # first one observed
        ("registry.public_platform", date(2012, 10, 27), False),
        ("registry.public_platform", date(2015, 10, 1), True),
        ("fee.instalments", date(2016, 1, 1), 1),
        ("fee.instalments", date(2018, 1, 1), 3),
        ("later_reductions.mode", date(2019, 1, 1), "open"),
        ("later_reductions.mode", date(2021, 2, 1), "provisional"),
        ("later_reductions.mode", date(2023, 6, 30), "closed"),
        ("later_reductions.decision", date(2021, 11, 13), "2/CMP.16"),
        ("carbon_capture.reserve_percent", date(2013, 1, 1), Decimal(5)),
    ],
)
def test_rows_of_the_table_that_changed_on_a_day(key, day, value):
    assert sets.rule_set_on(day).value(key, day) == value


def test_the_numbers_of_the_board():
    rules = sets.rule_set("modalities-2005")
    assert rules.integer("board.members") == 10
    assert rules.fraction("board.quorum") == Fraction(2, 3)
    assert rules.fraction("board.vote") == Fraction(3, 4)
    assert rules.integer("board.meetings") == 3


def test_instalments_have_no_limit_after_the_106th_meeting():
    rules = sets.rule_set("project-cycle-2019")
    assert rules.has("fee.instalments", date(2019, 6, 1))
    assert not rules.has("fee.instalments", date(2021, 1, 1))


def test_a_rule_that_changed_must_be_asked_for_a_day():
    with pytest.raises(RuleError, match="say for which day"):
        sets.rule_set("modalities-2005").value("fee.administrative")


def test_a_frozen_set_answers_for_days_after_its_end_with_its_last_value():
    """A request keeps the set it was submitted under, although it may be decided later (rulebook 2.0)."""
    rules = sets.rule_set("modalities-2005")
    assert rules.value("small_scale.type_ii_gwh", date(2011, 1, 1)) == 60
    assert rules.value("small_scale.type_ii_gwh", date(2001, 1, 1)) == 15


def test_unknown_names_are_refused_with_a_sentence():
    with pytest.raises(NoSuchRule, match="There are: modalities-2005"):
        sets.rule_set("modalities-1999")
    with pytest.raises(NoSuchRule, match=r"no rule called “review\.members”"):
        sets.rule_set("modalities-2005").value("review.members")
    with pytest.raises(NoSuchRule, match="has no rule called"):
        sets.rule_set("modalities-2005").value("window.registration.completeness")
    with pytest.raises(NoSuchRule, match="mechanism called “moon”"):
        sets.rule_set_on(date(2019, 1, 1), mechanism="moon")


def test_every_parameter_has_unit_source_confidence_and_words():
    for rules in sets.ALL:
        assert rules.source and rules.words
        assert len(rules.listed()) > 80
        for param in rules.listed():
            assert param.source and param.words
            assert isinstance(param.confidence, Confidence)
            assert param.unit


def test_remembered_rules_show_their_confidence():
    param = sets.rule_set("board-procedures-2010").param("window.review.objection")
    assert param.confidence.tag == "MM"
    assert param.confidence.needs_checking
    assert param.note.endswith("(from memory, medium confidence)")
    assert sets.rule_set("modalities-2005").param("fee.administrative_year").confidence.tag == "ML"
    assert sets.rule_set("modalities-2005").param("share.adaptation_rounding").confidence.tag == "VD"


def test_values_of_the_wrong_kind_are_not_handed_out():
    rules = sets.rule_set("modalities-2005")
    for asked in (rules.decimal, rules.day, rules.text, rules.fraction, rules.steps, rules.period):
        with pytest.raises(RuleError):
            asked("review.min_members")
    with pytest.raises(RuleError):
        rules.integer("share.adaptation_percent")
    with pytest.raises(RuleError):
        rules.integer("registry.voluntary_cancellation")
