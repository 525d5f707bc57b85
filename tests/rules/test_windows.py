"""Every window: its length by rule set, its last day and the day the clock acts. Rulebook 2.18, 7.2, 7.3."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cdm.rules.errors import NoSuchRule, RuleError
from cdm.rules.sets import rule_set
from cdm.rules.windows import LAW, TARGET, as_instant, find_window, window

OLD, BOARD, FIRST, LAST = (
    "modalities-2005",
    "board-procedures-2010",
    "project-cycle-2017",
    "project-cycle-2019",
)
LATER = (BOARD, FIRST, LAST)


def test_the_window_the_unfccc_published():
    """S3: 22 July 2017 to 18 August 2017, 28 days with the day of publication."""
    opened = date(2017, 7, 22)
    found = window(rule_set(FIRST), "registration.request_for_review", scale="large")
    assert found.last_day(opened) == date(2017, 8, 18)
    assert found.acts_on(opened) == date(2017, 8, 19)
    assert found.closes_at(opened) == datetime(2017, 8, 19, tzinfo=UTC)
    assert found.is_open(opened, datetime(2017, 8, 18, 23, 59, 59, 999999, tzinfo=UTC))
    assert not found.is_open(opened, datetime(2017, 8, 19, tzinfo=UTC))
    assert not found.is_open(opened, datetime(2017, 7, 21, 23, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("key", "name", "kind", "days", "inclusive", "last_day"),
    [
        # opened on 1 February 2008, a leap year
        (OLD, "registration.request_for_review", {"scale": "large"}, 56, False, date(2008, 3, 28)),
        (OLD, "registration.request_for_review", {"scale": "small"}, 28, False, date(2008, 2, 29)),
        (OLD, "registration.request_for_review", {"is_programme": True}, 56, False, date(2008, 3, 28)),
        (OLD, "issuance.request_for_review", {"scale": "large"}, 15, False, date(2008, 2, 16)),
        (OLD, "issuance.request_for_review", {"scale": "small"}, 15, False, date(2008, 2, 16)),
        (OLD, "issuance.request_for_review", {"is_programme": True}, 42, False, date(2008, 3, 14)),
        (OLD, "global_stakeholder_comments", {"scale": "large"}, 30, True, date(2008, 3, 1)),
        (OLD, "global_stakeholder_comments", {"scale": "small"}, 30, True, date(2008, 3, 1)),
        (OLD, "global_stakeholder_comments", {"is_afforestation": True}, 45, True, date(2008, 3, 16)),
        (
            OLD,
            "global_stakeholder_comments",
            {"is_afforestation": True, "scale": "small"},
            30,
            True,
            date(2008, 3, 1),
        ),
        (BOARD, "global_stakeholder_comments", {"is_carbon_capture": True}, 45, True, date(2008, 3, 16)),
        (BOARD, "registration.request_for_review", {"scale": "small"}, 28, True, date(2008, 2, 28)),
        (LAST, "registration.request_for_review", {"is_programme": True}, 42, True, date(2008, 3, 13)),
        (LAST, "issuance.request_for_review", {"scale": "large"}, 28, True, date(2008, 2, 28)),
        (LAST, "issuance.request_for_review", {"is_programme": True}, 42, True, date(2008, 3, 13)),
    ],
)
def test_windows_that_are_law(key, name, kind, days, inclusive, last_day):
    found = window(rule_set(key), name, **kind)
    assert (found.days, found.inclusive, found.kind) == (days, inclusive, LAW)
    assert found.last_day(date(2008, 2, 1)) == last_day
    assert found.acts_on(date(2008, 2, 1)) == last_day + timedelta(days=1)
    assert found.acts_at(date(2008, 2, 1)) == as_instant(last_day + timedelta(days=1))


@pytest.mark.parametrize("key", LATER)
@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("registration.completeness", 7),
        ("registration.information", 23),
        ("issuance.completeness", 7),
        ("issuance.information", 23),
        ("registration.summary_note", 14),
        ("review.secretariat_assessment", 14),
        ("review.expert_assessment", 14),
        ("review.ruling_note", 21),
    ],
)
def test_the_secretariats_days_are_targets(key, name, days):
    found = window(rule_set(key), name)
    assert (found.days, found.kind, found.is_law) == (days, TARGET, False)


@pytest.mark.parametrize("key", LATER)
def test_later_sets_have_28_days_for_requests_and_replies(key):
    for name in ("registration.request_for_review", "issuance.request_for_review", "review.reply"):
        for scale in ("large", "small"):
            assert window(rule_set(key), name, scale=scale).days == 28
    assert window(rule_set(key), "review.objection").days == 20


def test_a_target_of_seven_days_counts_its_first_day():
    found = window(rule_set(LAST), "registration.completeness")
    assert found.last_day(date(2019, 6, 3)) == date(2019, 6, 9)


def test_the_2005_modalities_gave_the_secretariats_checks_no_days():
    assert find_window(rule_set(OLD), "registration.completeness") is None
    with pytest.raises(NoSuchRule, match=r"sets no window for “registration\.completeness”"):
        window(rule_set(OLD), "registration.completeness")


def test_the_reply_of_2005_counts_working_days():
    found = window(rule_set(OLD), "review.reply")
    assert found.length == "5 working days"
    assert found.last_day(date(2008, 2, 1)) == date(2008, 2, 8)  # a Friday, and the next
    assert found.last_day(date(2008, 2, 2)) == date(2008, 2, 8)  # a Saturday
    assert found.last_day(date(2008, 2, 4)) == date(2008, 2, 11)  # a Monday, over a weekend


def test_the_2005_review_of_an_issuance_takes_30_days_and_later_sets_have_none():
    assert window(rule_set(OLD), "issuance.review").days == 30
    for key in LATER:
        assert find_window(rule_set(key), "issuance.review") is None


def test_prior_consideration_none_then_six_months_then_180_days():
    name = "prior_consideration.notice"
    assert find_window(rule_set(OLD), name, on=date(2008, 8, 1)) is None
    six_months = window(rule_set(OLD), name, on=date(2008, 8, 2))
    assert six_months.length == "6 months"
    assert six_months.last_day(date(2008, 8, 31)) == date(2009, 2, 28)  # clipped to the month
    assert window(rule_set(LAST), name).last_day(date(2019, 1, 1)) == date(2019, 6, 30)


@pytest.mark.parametrize(
    ("key", "name", "length"),
    [
        (OLD, "excess_issuance.replacement", "30 days"),
        (LAST, "excess_issuance.replacement", "30 days"),
        (OLD, "methodology.decision", "4 months"),
        (BOARD, "methodology.proof_of_payment", "20 days"),
        (BOARD, "methodology.payment", "40 days"),
        (FIRST, "resubmission.grace", "90 days"),
        (OLD, "removals.verification_interval", "60 months"),
        (OLD, "removals.replacement", "30 days"),
        (LAST, "renewal.latest_after_expiry", "12 months"),
        (LAST, "renewal.request_for_review", "28 days"),
        (LAST, "prior_consideration.status", "24 months"),
        (LAST, "post_registration_change.request_for_review", "28 days"),
    ],
)
def test_other_lengths(key, name, length):
    assert window(rule_set(key), name).length == length


def test_daylight_saving_does_not_move_a_deadline():
    """Windows over the last Sundays of March and October end at 00:00 UTC all the same."""
    found = window(rule_set(LAST), "registration.request_for_review")
    for opened in (date(2019, 3, 15), date(2019, 10, 15)):
        assert found.acts_at(opened) == as_instant(opened) + timedelta(days=28)


def test_unknown_names_and_scales_are_refused():
    with pytest.raises(NoSuchRule, match="no window called “lunch”"):
        window(rule_set(LAST), "lunch")
    with pytest.raises(RuleError, match="is not a scale"):
        window(rule_set(LAST), "review.reply", scale="tiny")


def test_a_window_says_where_it_comes_from():
    found = window(rule_set(OLD), "registration.request_for_review")
    assert found.source == "3/CMP.1 annex, para 41 (read in a text)"
    assert "eight weeks" in found.words
