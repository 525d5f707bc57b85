"""Crediting periods and the early start. 3/CMP.1 annex para 49; 5/CMP.1 annex para 23; rulebook 1.O."""

from datetime import date

import pytest

from cdm.rules import crediting
from cdm.rules.crediting import early_start_allowed, last_day, problems
from cdm.rules.errors import RuleError
from cdm.rules.renewal import last_day_to_request, notice_days
from cdm.rules.sets import rule_set


@pytest.mark.parametrize(
    ("kind", "is_afforestation", "years"),
    [("renewable", False, 7), ("fixed", False, 10), ("renewable", True, 20), ("fixed", True, 30)],
)
def test_greatest_lengths(kind, is_afforestation, years):
    assert crediting.maximum_years(kind, is_afforestation) == years


def test_renewable_twice_fixed_never():
    assert crediting.maximum_renewals("renewable") == 2
    assert crediting.maximum_renewals("fixed") == 0
    with pytest.raises(RuleError, match="not a kind of crediting period"):
        crediting.maximum_renewals("endless")


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        (date(2004, 7, 1), {"years": 7}, date(2011, 6, 30)),
        (date(2004, 7, 1), {"years": 10}, date(2014, 6, 30)),
        (date(2013, 1, 1), {"years": 7}, date(2019, 12, 31)),
        (date(2013, 1, 1), {"years": 21}, date(2033, 12, 31)),
        (date(2008, 2, 29), {"years": 7}, date(2015, 2, 28)),
        (date(2008, 2, 29), {"years": 20}, date(2028, 2, 28)),
        (date(2008, 2, 29), {"years": 10}, date(2018, 2, 28)),
        (date(2080, 2, 29), {"years": 20}, date(2100, 2, 28)),  # 2100 is no leap year
        (date(2007, 3, 1), {"years": 1}, date(2008, 2, 29)),
        (date(2019, 8, 31), {"months": 6}, date(2020, 2, 29)),
        (date(2019, 3, 31), {"months": 1}, date(2019, 4, 30)),
        (date(2019, 1, 1), {"years": 6, "months": 6}, date(2025, 6, 30)),
    ],
)
def test_the_last_day_of_a_period(start, length, end):
    assert last_day(start, **length) == end


def test_a_period_without_length_is_refused():
    with pytest.raises(RuleError, match="no length"):
        last_day(date(2019, 1, 1))


def test_a_renewed_period_starts_the_day_after():
    assert crediting.next_start(date(2011, 6, 30)) == date(2011, 7, 1)


def found(**given):
    return problems(
        **({"kind": "renewable", "starts_on": date(2019, 7, 1), "ends_on": date(2026, 6, 30)} | given)
    )


def test_a_right_period_has_no_problem():
    assert found() == []
    assert found(kind="fixed", ends_on=date(2029, 6, 30)) == []
    assert found(ends_on=date(2019, 7, 1)) == []  # one day


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"ends_on": date(2026, 7, 1)},
            "lasts at most 7 years: starting on 1 July 2019 it ends on 30 June 2026 at the latest.",
        ),
        ({"kind": "fixed", "ends_on": date(2029, 7, 1)}, "lasts at most 10 years"),
        ({"ends_on": date(2039, 7, 1), "is_afforestation": True}, "lasts at most 20 years"),
        (
            {"kind": "fixed", "ends_on": date(2049, 7, 1), "is_afforestation": True},
            "lasts at most 30 years",
        ),
        ({"ends_on": date(2019, 6, 30)}, "ends before it starts"),
        ({"kind": "endless"}, "is not a kind of crediting period"),
        ({"renewals_before": 3}, "may be renewed at most 2 times"),
        ({"kind": "fixed", "renewals_before": 1}, "A fixed crediting period cannot be renewed."),
        ({"starts_on": date(1999, 12, 31), "ends_on": date(2005, 1, 1)}, "before 1 January 2000"),
        ({"activity_started_on": date(2019, 8, 1)}, "before the project activity itself (1 August 2019)"),
        (
            {"is_afforestation": True, "activity_started_on": date(2018, 8, 1)},
            "starts with the project activity, on 1 August 2018",
        ),
        (
            {"registered_on": date(2019, 7, 2)},
            "before the effective date of registration (2 July 2019). Choose a start on or after that day.",
        ),
    ],
)
def test_a_wrong_period_is_told_in_a_sentence(given, sentence):
    assert any(sentence in each for each in found(**given)), found(**given)


def test_afforestation_is_credited_from_its_start_before_registration():
    start = date(2015, 3, 1)
    assert (
        found(
            is_afforestation=True,
            starts_on=start,
            ends_on=date(2035, 2, 28),
            activity_started_on=start,
            registered_on=date(2017, 1, 1),
        )
        == []
    )


def novagerar(**given):
    return early_start_allowed(
        **({"started_on": date(2004, 1, 1), "requested_on": date(2004, 9, 20)} | given)
    )


def test_novagerar_is_credited_before_its_registration():
    """Registered 18 November 2004, credited from 1 July 2004 (rulebook 1.O, Article 12.10)."""
    early = novagerar()
    assert early.allowed
    assert "17/CP.7" in early.source
    given = {
        "kind": "renewable",
        "starts_on": date(2004, 7, 1),
        "ends_on": date(2011, 6, 30),
        "registered_on": date(2004, 11, 18),
    }
    assert problems(**given, early_start=early) == []
    assert len(problems(**given)) == 1


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({"started_on": date(1999, 12, 31)}, False),
        ({"started_on": date(2000, 1, 1)}, True),
        ({"requested_on": date(2005, 12, 30)}, True),
        ({"requested_on": date(2005, 12, 31)}, False),
        # prepared by 31 December 2005, registered by 31 March 2007 (7/CMP.1, 1/CMP.2)
        ({"requested_on": date(2006, 11, 1), "validation_requested_on": date(2005, 12, 31)}, True),
        ({"requested_on": date(2006, 11, 1), "validation_requested_on": date(2006, 1, 1)}, False),
        ({"requested_on": date(2006, 11, 1), "new_methodology_on": date(2005, 10, 1)}, True),
        (
            {
                "requested_on": date(2006, 11, 1),
                "validation_requested_on": date(2006, 2, 1),
                "new_methodology_on": date(2005, 10, 1),
            },
            True,
        ),
        (
            {
                "requested_on": date(2006, 11, 1),
                "validation_requested_on": date(2005, 6, 1),
                "registered_on": date(2007, 3, 31),
            },
            True,
        ),
        (
            {
                "requested_on": date(2006, 11, 1),
                "validation_requested_on": date(2005, 6, 1),
                "registered_on": date(2007, 4, 1),
            },
            False,
        ),
        ({"requested_on": date(2007, 4, 1), "validation_requested_on": date(2005, 6, 1)}, False),
        (
            {
                "started_on": date(2004, 11, 18),
                "requested_on": date(2006, 11, 1),
                "validation_requested_on": date(2005, 6, 1),
            },
            False,
        ),
        (
            {
                "started_on": date(2004, 11, 17),
                "requested_on": date(2006, 11, 1),
                "validation_requested_on": date(2005, 6, 1),
            },
            True,
        ),
        ({"requested_on": date(2019, 6, 1)}, False),
    ],
)
def test_who_may_start_early(given, allowed):
    early = novagerar(**given)
    assert early.allowed is allowed
    assert early.sentence and early.source
    assert (early.earliest_on is not None) is allowed


def test_nothing_before_the_activity_or_the_year_2000_is_credited():
    assert novagerar(started_on=date(2003, 5, 5)).earliest_on == date(2003, 5, 5)
    assert novagerar(started_on=date(2000, 1, 1)).earliest_on == date(2000, 1, 1)


def test_a_refused_early_start_is_explained_with_the_start_date():
    sentence = novagerar(requested_on=date(2019, 6, 1)).sentence
    told = found(registered_on=date(2019, 7, 2), early_start=novagerar(requested_on=date(2019, 6, 1)))
    assert sentence in told[0]


def test_renewal_is_notified_270_to_180_days_before_and_requested_within_a_year():
    ends_on = date(2019, 12, 31)
    assert notice_days(rule_set("project-cycle-2019"), ends_on) == (date(2019, 4, 5), date(2019, 7, 4))
    assert last_day_to_request(rule_set("project-cycle-2019"), ends_on) == date(2020, 12, 31)
    assert last_day_to_request(rule_set("project-cycle-2017"), ends_on) is None
    assert notice_days(rule_set("modalities-2005"), ends_on) == (date(2019, 4, 5), date(2019, 7, 4))
