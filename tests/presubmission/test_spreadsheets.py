"""What is recognised in a spreadsheet by its labels, and what is left alone."""

import io
import random
import time
from datetime import date
from decimal import Decimal

import pytest

from cdm.presubmission import spreadsheet
from cdm.presubmission.figures import figures_in
from cdm.presubmission.spreadsheet import CannotRead, sheets_of
from tests.presubmission.workbooks import estimates, monitored, read, xlsx


def test_total_average_and_years_of_a_table():
    found = read(ER=estimates({2014: 20_000, 2015: 21_000.4}, total=41_000.4, average=20_500.2))
    assert [(one.is_reductions, one.values) for one in found.totals] == [(True, (Decimal("41000.4"),))]
    assert [(one.is_reductions, one.values) for one in found.averages] == [(True, (Decimal("20500.2"),))]
    assert [(one.year, one.value) for one in found.years] == [
        (2014, Decimal(20_000)),
        (2015, Decimal("21000.4")),
    ]
    assert found.totals[0].where == "sheet “ER”, cell D6"
    assert (
        found.totals[0].states(41_000)
        and found.totals[0].states(41_001)
        and not found.totals[0].states(41_002)
    )


def test_years_along_a_row():
    found = read(
        ER=[
            ["", 2014, 2015, "Total"],
            ["Baseline emissions", 5_000, 6_000, 11_000],
            ["Emission reductions (tCO2e)", 4_000, 5_000, 9_000],
        ]
    )
    assert [(one.year, one.value) for one in found.years] == [(2014, Decimal(4_000)), (2015, Decimal(5_000))]


def test_a_row_of_units_below_the_headings_is_looked_through():
    found = read(
        ER=[
            ["Year", "Baseline emissions", "Emission reductions"],
            ["", "(tCO2e)", "(tCO2e)"],
            [2014, 5_000, 4_000],
            ["Total", 5_000, 4_000],
        ]
    )
    assert [(one.year, one.value) for one in found.years] == [(2014, Decimal(4_000))]
    assert [(one.is_reductions, one.values) for one in found.totals] == [(True, (Decimal(4_000),))]


def test_totals_of_other_things_are_left_alone():
    found = read(
        Data=[["Total electricity", 182_400], ["Sub-total", 7], ["Total baseline emissions", 99_000]]
    )
    assert found.totals == []


def test_a_bare_total_is_no_proof():
    found = read(Data=[["Total", 12]])
    assert [(one.is_reductions, one.values) for one in found.totals] == [(False, (Decimal(12),))]


def test_a_total_below_its_heading():
    found = read(Summary=[["Total CERs", "Average price"], [67_303, 4]])
    assert found.totals[0].values == (Decimal(67_303),) and found.totals[0].is_reductions


@pytest.mark.parametrize(
    "rows",
    [
        [["Monitoring period", date(2013, 1, 1), "to", date(2013, 12, 31)]],
        [["Monitoring period: 01/01/2013 - 31/12/2013"]],
        [["Monitoring period", "1 January 2013 to 31 December 2013"]],
        [["Monitoring period"], ["From", date(2013, 1, 1)], ["To", date(2013, 12, 31)]],
        [
            ["Start of the monitoring period", date(2013, 1, 1)],
            ["End of the monitoring period", date(2013, 12, 31)],
        ],
    ],
)
def test_the_monitoring_period_however_it_stands(rows):
    (found,) = read(Cover=rows).periods
    assert found.period.can_be(date(2013, 1, 1), date(2013, 12, 31))


def test_formulae_without_a_kept_result_are_told_not_calculated():
    found = read(ER=monitored("2013-01-01", "2013-12-31", "=B2*0.5"))
    assert found.totals == []
    assert found.without_result == ["sheet “ER”, cell B4, beside “Total emission reductions (tCO2e)”"]


def test_what_is_no_spreadsheet_is_refused():
    for content in (b"", b"PK\x03\x04 broken", b"not a zip at all"):
        with pytest.raises(CannotRead, match="damaged, locked"):
            sheets_of(io.BytesIO(content), len(content))


def test_a_huge_one_is_not_opened(monkeypatch):
    content = xlsx(A=[["Total", 1]])
    with pytest.raises(CannotRead, match="more than 20 MB"):
        sheets_of(io.BytesIO(content), 21 * 1024 * 1024)
    monkeypatch.setattr(spreadsheet, "MOST_UNPACKED_BYTES", 100)
    with pytest.raises(CannotRead, match="unpacks to more"):
        sheets_of(io.BytesIO(content), len(content))


def test_a_long_one_is_read_to_a_limit_and_says_so(monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_CELLS", 10)
    content = xlsx(A=[[1, 2, 3] for _ in range(10)])
    _sheets, remark = sheets_of(io.BytesIO(content), len(content))
    assert remark == "only its first 10 filled cells were read"


def test_damaged_bytes_never_break_the_reading():
    """A thousand files with random damage: each is read, or refused with its sentence."""
    content = xlsx(ER=estimates({2014: 20_000, 2015: 21_000}, total="=SUM(D4:D5)", average=20_500))
    chance = random.Random(4)
    for _ in range(1000):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 12)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            sheets, _remark = sheets_of(io.BytesIO(bytes(damaged)), len(damaged))
        except CannotRead:
            continue
        figures_in(sheets)


def test_a_hostile_sheet_is_read_in_no_time():
    """Every cell a year under one heading, or a label with “total”: what grew with the square took minutes."""
    rows = [
        ["Emission reductions"] * 100,
        *([[2015] * 100] * 150),
        *([["Total emission reductions"] * 100] * 150),
    ]
    content = xlsx(A=rows)
    began = time.process_time()
    sheets, _remark = sheets_of(io.BytesIO(content), len(content))
    found = figures_in(sheets)
    assert time.process_time() - began < 30
    assert len(found.years) == 500
