"""The Executive Board: its seats, its quorum, its majorities, its terms. 3/CMP.1 annex, paras 7-15."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from cdm.rules import days
from cdm.rules.sets import RuleSet

ANNEX_I: Final = "annex_i"
NON_ANNEX_I: Final = "non_annex_i"
GROUPS: Final = {ANNEX_I: "Annex I", NON_ANNEX_I: "non-Annex I"}


@dataclass(frozen=True)
class Constituency:
    """One of those that nominate members (para 7): `seats` members, each with an alternate.

    `group` is empty where the members of the constituency may come from either group.
    """

    code: str
    label: str
    seats: int
    group: str = ""


CONSTITUENCIES: Final = (
    Constituency("african", "African States", 1),
    Constituency("asia_pacific", "Asia-Pacific States", 1),
    Constituency("eastern_european", "Eastern European States", 1),
    Constituency("latin_american", "Latin American and Caribbean States", 1),
    Constituency("western_european", "Western European and other States", 1),
    Constituency("other_annex_i", "Other Parties included in Annex I", 2, ANNEX_I),
    Constituency("other_non_annex_i", "Other Parties not included in Annex I", 2, NON_ANNEX_I),
    Constituency("small_island", "Small island developing States", 1, NON_ANNEX_I),
)
BY_CODE: Final = {each.code: each for each in CONSTITUENCIES}


def least_present(rules: RuleSet, on: date | None = None) -> int:
    """How many members have to be present: two thirds of ten are seven (para 14)."""
    return math.ceil(rules.integer("board.members", on) * rules.fraction("board.quorum", on))


def quorum_problems(
    rules: RuleSet, *, present: Mapping[str, int], members: Mapping[str, int], on: date | None = None
) -> list[str]:
    """What is missing for a quorum, as sentences (para 14); empty where there is one.

    `present` and `members` count the members of each group, those present and those in office. An empty seat does
    not make the two thirds fewer: they are of the members the Board has by para 7.
    """
    found = []
    here, wanted = sum(present.values()), least_present(rules, on)
    if here < wanted:
        fraction, whole = rules.fraction("board.quorum", on), rules.integer("board.members", on)
        found.append(f"{here} members are present; {wanted} are needed, {fraction} of {whole}.")
    for group, label in GROUPS.items():
        in_office, there = members.get(group, 0), present.get(group, 0)
        if not there > in_office * rules.fraction("board.group_quorum", on):
            found.append(f"{there} of {in_office} {label} members are present; a majority of them is needed.")
    return found


def is_carried(rules: RuleSet, *, in_favour: int, against: int, on: date | None = None) -> bool:
    """Whether a vote carries: three quarters of those present and voting; abstainers do not vote (para 15)."""
    voting = in_favour + against
    return voting > 0 and in_favour >= voting * rules.fraction("board.vote", on)


def least_in_favour(rules: RuleSet, voting: int, on: date | None = None) -> int:
    """How many votes in favour carry, of so many cast."""
    return math.ceil(voting * rules.fraction("board.vote", on))


def term_ends_on(rules: RuleSet, starts_on: date) -> date:
    """The last day of a full term that starts on this day (para 8(b))."""
    return days.add_months(starts_on, 12 * rules.integer("board.term_years", starts_on)) - days.ONE_DAY


def term_problem(rules: RuleSet, starts_on: date, ends_on: date) -> str:
    """What is wrong with the days of a term, or nothing. A shorter one is the rest of a mandate (para 11)."""
    if ends_on < starts_on:
        return "The term ends before it starts."
    longest = term_ends_on(rules, starts_on)
    if ends_on > longest:
        years = rules.integer("board.term_years", starts_on)
        return f"A term lasts at most {years} years: to {days.in_words(longest)}."
    return ""


def terms_problem(rules: RuleSet, terms_before: int, on: date) -> str:
    """What stands against another term as a member straight after so many (para 8(b))."""
    most = rules.integer("board.terms", on)
    if terms_before >= most:
        return f"A member serves at most {most} terms in a row; terms as an alternate do not count."
    return ""


def election_problems(*, chair: str, vice_chair: str, chair_before: str) -> list[str]:
    """What is wrong with an election, the groups of the elected given; `chair_before`: of the year before, or ''.

    Para 12: one of the two is from Annex I and one is not, and the posts alternate every year.
    """
    found = []
    if chair == vice_chair:
        found.append(
            "The chair and the vice-chair come from different groups: one from Annex I, one from outside it."
        )
    if chair_before and chair == chair_before:
        found.append(
            f"Last year's chair was from the group {GROUPS[chair]}; this year it is the other's turn."
        )
    return found
