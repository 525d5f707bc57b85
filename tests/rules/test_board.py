"""Quorum, majorities, terms and elections of the Board, in figures (3/CMP.1 annex, paras 7-15)."""

from datetime import date

import pytest

from cdm.rules import board, sets

RULES = [pytest.param(each, id=each.key) for each in sets.ALL]


def test_para_7_ten_members_from_eight_constituencies():
    assert sum(each.seats for each in board.CONSTITUENCIES) == 10
    assert all(each.integer("board.members") == 10 for each in sets.ALL)


@pytest.mark.parametrize("rules", RULES)
def test_para_14_seven_of_ten_are_present(rules):
    assert board.least_present(rules) == 7


@pytest.mark.parametrize(
    ("annex_i", "others", "is_met"),
    [(3, 4, True), (4, 6, True), (2, 6, False), (3, 3, False), (4, 3, False), (2, 5, False), (4, 4, True)],
)
def test_para_14_a_majority_of_each_group(annex_i, others, is_met):
    problems = board.quorum_problems(
        sets.ALL[0],
        present={"annex_i": annex_i, "non_annex_i": others},
        members={"annex_i": 4, "non_annex_i": 6},
    )
    assert (problems == []) is is_met


def test_an_empty_board_has_no_quorum():
    assert len(board.quorum_problems(sets.ALL[0], present={}, members={})) == 3


@pytest.mark.parametrize(
    ("in_favour", "against", "is_carried"),
    [(8, 2, True), (7, 3, False), (6, 2, True), (5, 2, False), (3, 1, True), (3, 2, False), (1, 0, True)],
)
def test_para_15_three_quarters_of_those_voting(in_favour, against, is_carried):
    assert board.is_carried(sets.ALL[0], in_favour=in_favour, against=against) is is_carried


def test_para_15_a_vote_in_which_nobody_votes_carries_nothing():
    assert not board.is_carried(sets.ALL[0], in_favour=0, against=0)
    assert board.least_in_favour(sets.ALL[0], 7) == 6


def test_para_8b_a_term_is_two_years():
    assert board.term_ends_on(sets.ALL[0], date(2006, 1, 1)) == date(2007, 12, 31)
    assert board.term_problem(sets.ALL[0], date(2006, 1, 1), date(2008, 1, 1)) != ""
    assert board.term_problem(sets.ALL[0], date(2006, 5, 1), date(2007, 12, 31)) == ""


def test_para_12_the_chair_alternates_between_the_groups():
    one, other = "annex_i", "non_annex_i"
    assert board.election_problems(chair=one, vice_chair=other, chair_before=other) == []
    assert len(board.election_problems(chair=one, vice_chair=other, chair_before=one)) == 1
    assert len(board.election_problems(chair=one, vice_chair=one, chair_before=one)) == 2


def test_the_days_of_a_review_by_rule_set():
    """Rulebook 2.18 and 7.2; none in 2005, where a meeting decided."""
    wanted = {"secretariat_assessment": 14, "expert_assessment": 14, "objection": 20, "agenda_cut_off": 14,
              "ruling_note": 21}  # fmt: skip
    for rules in sets.ALL:
        for name, days in wanted.items():
            key = f"window.review.{name}"
            if rules.key == "modalities-2005":
                assert not rules.has(key)
            else:
                assert rules.period(key).days == days
                assert rules.param(key).confidence.tag == "MM"
        assert rules.period("window.board.electronic_decision").days == 21
        assert rules.has("window.review.information")
