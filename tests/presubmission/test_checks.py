"""The checks over plain facts, one way of going wrong after the other; the figures are of real submissions' size."""

import dataclasses
from datetime import date

import pytest

from cdm.presubmission import Severity, versions
from cdm.presubmission.examining import of_issuance, of_project
from cdm.presubmission.facts import (
    Amount,
    AppliedVersion,
    IssuanceFacts,
    LetterFacts,
    Paper,
    ProjectFacts,
    Unmet,
    Workbook,
)
from cdm.presubmission.figures import Figures
from cdm.rules.errors import RuleFileError
from tests.presubmission.workbooks import estimates, monitored, read

RETURNED, LOOK_AGAIN = Severity.RETURNED, Severity.LOOK_AGAIN
YEARS = {2014: 20_000, 2015: 21_000}
FIRST, LAST = date(2013, 1, 1), date(2013, 12, 31)


def paper(name="ER.xlsx", kind="calculation", on=date(2014, 3, 1)):
    return Paper(kind, kind.replace("_", " ").capitalize(), "Calculation", name, on)


def book(figures, name="ER.xlsx"):
    return Workbook(paper(name), figures)


def project(**changes):
    """A project without a fault: two years of estimates and a spreadsheet that says the same."""
    facts = ProjectFacts(
        day=date(2013, 6, 1),
        url="/projects/1/",
        unmet=(),
        entity_problems=(),
        applied=(AppliedVersion("ACM0002", "20.0", "20.0", False),),
        estimates=tuple(YEARS.items()),
        total_t=41_000,
        average_t=20_500,
        papers=(paper(),),
        workbooks=(book(read(ER=estimates(YEARS, total=41_000, average=20_500))),),
    )
    return dataclasses.replace(facts, **changes)


def issuance(**changes):
    """A request for issuance without a fault: 67,303 t reported, verified, certified and in the spreadsheet."""
    facts = IssuanceFacts(
        day=date(2014, 5, 1),
        url="/requests/1/",
        unmet=(),
        entity_problems=(),
        amounts=(Amount(2, FIRST, LAST, 67_303, 67_303, 67_303),),
        starts_on=FIRST,
        ends_on=LAST,
        papers=(paper(),),
        workbooks=(book(read(ER=monitored(FIRST, LAST, 67_303.8))),),
        requested_t=67_303,
        crediting_starts_on=FIRST,
        crediting_ends_on=date(2019, 12, 31),
        report_published_on=date(2014, 2, 1),
        certified_on=date(2014, 4, 1),
    )
    return dataclasses.replace(facts, **changes)


def told(findings):
    return [(finding.key, finding.severity) for finding in findings]


def one(findings):
    (finding,) = findings
    assert finding.document and finding.section and finding.what_to_do and finding.source
    return finding


def test_nothing_is_found_where_nothing_is_wrong():
    assert list(of_project(project())) == []
    assert list(of_issuance(issuance())) == []


# --- rulebook 2.6 and 2.12: information and reporting check ---------------------------------------------------


def test_2_6_a_total_that_differs_between_form_and_spreadsheet():
    figures = read(ER=estimates(YEARS, total=41_900, average=20_500))
    finding = one(of_project(project(workbooks=(book(figures),))))
    assert (finding.key, finding.severity) == ("totals_differ", RETURNED)
    assert finding.document == "Calculation (“ER.xlsx”)"
    assert finding.section == "sheet “ER”, cell D6"
    assert "41,900 t there" in finding.sentence and "41,000 t" in finding.sentence


def test_2_6_a_year_that_differs():
    figures = read(ER=estimates({2014: 20_000, 2015: 21_500}, total=41_000, average=20_500))
    finding = one(of_project(project(workbooks=(book(figures),))))
    assert (finding.key, finding.severity) == ("years_differ", RETURNED)
    assert "For 2015 it gives 21,500 t" in finding.sentence


def test_2_6_an_average_that_differs_moves_the_fee():
    figures = read(ER=estimates(YEARS, total=41_000, average=14_999))
    finding = one(of_project(project(workbooks=(book(figures),))))
    assert (finding.key, finding.severity) == ("averages_differ", RETURNED)
    assert "registration fee" in finding.what_to_do


def test_what_a_spreadsheet_shows_unrounded_is_the_same():
    figures = read(ER=estimates({2014: 20_000.7, 2015: 21_000.2}, total=41_000.9, average=20_500.45))
    assert list(of_project(project(workbooks=(book(figures),)))) == []


def test_2_12_a_spreadsheet_with_another_total():
    figures = read(ER=monitored(FIRST, LAST, 67_330))
    finding = one(of_issuance(issuance(workbooks=(book(figures),))))
    assert (finding.key, finding.severity) == ("totals_differ", RETURNED)
    assert "67,330 t there; the request says 67,303 t" in finding.sentence


def test_2_12_one_label_with_two_results():
    figures = read(
        A=[["Total emission reductions", 67_303]],
        B=[["Total emission reductions", 66_000]],
    )
    assert told(of_issuance(issuance(workbooks=(book(figures),)))) == [("totals_differ", LOOK_AGAIN)]


def test_2_12_a_total_for_each_commitment_period_is_right():
    amounts = (
        Amount(1, date(2012, 7, 1), date(2012, 12, 31), 30_000, 30_000, 30_000),
        Amount(2, FIRST, date(2013, 6, 30), 37_303, 37_303, 37_303),
    )
    figures = read(
        ER=[
            ["Total emission reductions to 31 Dec 2012", 30_000],
            ["Total emission reductions from 2013", 37_303],
        ]
    )
    facts = issuance(
        amounts=amounts,
        starts_on=date(2012, 7, 1),
        ends_on=date(2013, 6, 30),
        crediting_starts_on=date(2012, 7, 1),
        workbooks=(book(figures),),
    )
    assert list(of_issuance(facts)) == []


def test_a_total_that_may_be_of_something_else_is_only_worth_a_look():
    figures = read(ER=[["Total", 12]])
    assert told(of_issuance(issuance(workbooks=(book(figures),)))) == [("totals_differ", LOOK_AGAIN)]


def test_a_spreadsheet_without_labels_is_not_taken_for_agreement():
    figures = read(ER=[["Figures", 67_303]])
    assert told(of_issuance(issuance(workbooks=(book(figures),)))) == [("no_total_found", LOOK_AGAIN)]


# --- 3/CMP.1 annex, paras 59, 61, 64; EB 85 para 66 ---------------------------------------------------------------


def test_para_64_requested_is_what_was_verified():
    finding = one(of_issuance(issuance(requested_t=67_000)))
    assert (finding.key, finding.severity) == ("requested_not_verified", RETURNED)
    assert finding.document == "Request for issuance"
    assert "67,000 t are requested but 67,303 t were verified" in finding.sentence


def test_para_61_certified_is_what_was_verified():
    facts = issuance(
        amounts=(Amount(2, FIRST, LAST, 67_303, 67_303, 67_000),), requested_t=None, workbooks=()
    )
    assert told(of_issuance(facts)) == [("requested_not_verified", RETURNED)]


def test_a_report_that_claims_more_than_was_verified():
    facts = issuance(amounts=(Amount(2, FIRST, LAST, 68_000, 67_303, 67_303),))
    finding = one(of_issuance(facts))
    assert (finding.key, finding.severity, finding.document) == (
        "totals_differ",
        LOOK_AGAIN,
        "Monitoring report",
    )


# --- rulebook 2.11: the monitoring period -----------------------------------------------------------------------


def test_2_11_a_spreadsheet_of_another_period():
    figures = read(ER=monitored(date(2012, 1, 1), date(2012, 12, 31), 67_303))
    finding = one(of_issuance(issuance(workbooks=(book(figures),))))
    assert (finding.key, finding.severity) == ("period_differs", RETURNED)
    assert finding.section == "sheet “ER”, cell A1"
    assert "1 January 2012 to 31 December 2012" in finding.sentence and "1 January 2013" in finding.sentence


def test_2_11_a_file_named_after_another_period():
    facts = issuance(papers=(paper(), paper("MR_01.01.2012-31.12.2012.pdf", "monitoring_report")))
    finding = one(of_issuance(facts))
    assert (finding.key, finding.severity, finding.section) == (
        "period_differs",
        LOOK_AGAIN,
        "Name of the file",
    )


def test_2_11_periods_follow_each_other_inside_the_crediting_period():
    gap = one(of_issuance(issuance(previous_ends_on=date(2012, 11, 30))))
    assert "leaves out the days from 1 December 2012" in gap.sentence
    overlap = one(of_issuance(issuance(overlapping=("monitoring period 1 (2012-07-01 to 2013-01-31)",))))
    assert "counted twice" in overlap.sentence
    outside = one(of_issuance(issuance(crediting_ends_on=date(2013, 6, 30))))
    assert "inside the crediting period" in outside.what_to_do
    assert {finding.key for finding in (gap, overlap, outside)} == {"dates_out_of_order"}


# --- days out of order ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"certified_on": date(2013, 12, 31), "report_published_on": None}, "before the period was over"),
        ({"certified_on": date(2014, 1, 20)}, "was published on 1 February 2014"),
        (
            {"report_published_on": date(2013, 12, 30)},
            "published on 30 December 2013, before the period was over",
        ),
    ],
)
def test_para_62_report_then_verification_after_the_period(changes, words):
    finding = one(of_issuance(issuance(**changes)))
    assert (finding.key, finding.severity) == ("dates_out_of_order", RETURNED)
    assert words in finding.sentence


def test_para_62_a_verification_report_older_than_the_monitoring_report():
    facts = issuance(papers=(paper(), paper("VR.pdf", "verification_report", date(2014, 1, 31))))
    assert told(of_issuance(facts)) == [("dates_out_of_order", LOOK_AGAIN)]


def test_para_40_the_opinion_comes_after_the_comments():
    facts = project(comments_close_on=date(2013, 4, 30), opinion_on=date(2013, 4, 30))
    assert told(of_project(facts)) == [("dates_out_of_order", RETURNED)]
    assert list(of_project(dataclasses.replace(facts, opinion_on=date(2013, 5, 1)))) == []


def test_para_40_a_letter_newer_than_the_opinion():
    facts = project(opinion_on=date(2013, 5, 1), letters=(LetterFacts("Brazil", date(2013, 5, 2), True),))
    finding = one(of_project(facts))
    assert (finding.key, finding.severity) == ("dates_out_of_order", LOOK_AGAIN)
    assert finding.document == "Letter of approval of Brazil"


# --- rulebook 2.6, point 3: versions of methodologies --------------------------------------------------------------


def test_2_6_3_a_version_past_its_last_day_where_that_day_is_known():
    known = AppliedVersion(
        "ACM0002", "12.0", "20.0", False, usable_until=date(2013, 5, 31), usable_source="EB 72, annex 5"
    )
    assert list(of_project(project(day=date(2013, 5, 31), applied=(known,)))) == []
    finding = one(of_project(project(day=date(2013, 6, 1), applied=(known,))))
    assert (finding.key, finding.severity) == ("methodology_version_expired", RETURNED)
    assert "until 31 May 2013" in finding.sentence and "EB 72, annex 5" in finding.source
    assert finding.what_to_do == "Otherwise apply version 20.0."


def test_2_6_3_where_the_last_day_is_not_known_it_says_so():
    older = AppliedVersion("ACM0002", "12", "20.0", False, last_registered_on=date(2013, 1, 5))
    finding = one(of_project(project(applied=(older,))))
    assert (finding.key, finding.severity) == ("methodology_version_in_doubt", LOOK_AGAIN)
    assert "does not know the day" in finding.sentence and "5 January 2013" in finding.sentence


@pytest.mark.parametrize(
    ("applied", "words"),
    [
        (AppliedVersion("AM0003", "1", "4", True, ("ACM0001",)), "has been withdrawn"),
        (AppliedVersion("ACM0002", "21.0", "20.0", False), "newer than the latest"),
        (AppliedVersion("ACM0002", "", "20.0", False), "No version"),
    ],
)
def test_2_6_3_versions_in_doubt(applied, words):
    finding = one(of_project(project(applied=(applied,))))
    assert finding.severity is LOOK_AGAIN and words in finding.sentence


@pytest.mark.parametrize("version", ["4", "4.0", "4.0.0"])
def test_a_version_written_shorter_is_the_same(version):
    assert list(of_project(project(applied=(AppliedVersion("AM0003", version, "4.0", False),)))) == []


def test_the_file_of_last_days_is_read_strictly(tmp_path):
    path = tmp_path / "last_days.csv"
    header = "code,version,usable_until,source,confidence\n"
    path.write_text(header + "ACM0002,12.0,2013-05-31,EB 72,read in a text\n")
    assert versions.last_days(path) == {("ACM0002", "12.0"): (date(2013, 5, 31), "EB 72 (read in a text)")}
    path.write_text(header + "ACM0002,12.0,,EB 72,read in a text\n")
    with pytest.raises(RuleFileError, match="line 2"):
        versions.last_days(path)


def test_the_file_in_the_product_can_be_read():
    assert isinstance(versions.last_days(), dict)


# --- completeness ----------------------------------------------------------------------------------------------------


def test_2_12_1_a_request_for_issuance_without_a_spreadsheet():
    finding = one(of_issuance(issuance(papers=(paper("MR.pdf"),), workbooks=())))
    assert (finding.key, finding.severity) == ("missing", RETURNED)


def test_a_project_without_a_spreadsheet_is_worth_a_look():
    assert told(of_project(project(papers=(), workbooks=()))) == [("missing", LOOK_AGAIN)]


def test_missing_sections_and_entities_name_their_place():
    unmet = Unmet(
        "Section (d) Additionality is empty.", "Project design document", "(d) Additionality", "/x/"
    )
    scope = "DNV is not accredited for scope 13."
    first, second = of_project(project(unmet=(unmet,), entity_problems=(scope,)))
    assert (first.key, first.section, first.url) == ("missing", "(d) Additionality", "/x/")
    assert (second.key, second.section, second.sentence) == ("entity", "Designated operational entity", scope)
    assert first.severity is second.severity is RETURNED


def test_what_cannot_be_read_is_said():
    locked = Workbook(
        paper(), Figures(), trouble="it is damaged, locked with a password, or not a spreadsheet"
    )
    assert told(of_issuance(issuance(workbooks=(locked,)))) == [("spreadsheet_not_read", LOOK_AGAIN)]
    bare = book(read(ER=monitored(FIRST, LAST, "=1+1")))
    assert told(of_issuance(issuance(workbooks=(bare,)))) == [("formula_without_result", LOOK_AGAIN)]


def test_a_letter_without_its_text():
    finding = one(of_project(project(letters=(LetterFacts("Brazil", date(2013, 3, 1), False),))))
    assert (finding.key, finding.severity, finding.section) == ("missing", LOOK_AGAIN, "The letter itself")
