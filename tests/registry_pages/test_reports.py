"""The public reports: the published columns, the book's own totals, and files that no spreadsheet misreads."""

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from registry import book, queries, reports, spreadsheets
from registry.codes import AccountType
from registry.models import Account
from registry.reports import Filters, Report
from registry.serials import SerialRange
from registry.spreadsheets import Column
from tests.registry import given

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

DAY = dt.timedelta(days=1)
REAL = Path(__file__).parents[3] / "shared" / "data" / "cdm_registry"
# the first rows of the real files; copied here, because a test must not need them
ISSUANCE_HEADER = [
    "seq",
    "completed_at",
    "party",
    "project_ref",
    "unit_type",
    "commitment_period",
    "serial_start",
    "serial_end",
    "quantity",
    "activity",
    "issuance_process_id",
    "issuance_date",
    "monitoring_start",
    "monitoring_end",
    "monitoring_report_no",
    "verifying_doe",
    "type",
    "subtype",
]
CANCELLATION_HEADER = [
    "seq",
    "completed_at",
    "party",
    "project_ref",
    "unit_type",
    "commitment_period",
    "serial_start",
    "serial_end",
    "quantity",
    "via_online_platform",
]


@pytest.fixture
def account() -> Account:
    """Two projects of two Parties, some units forwarded and some cancelled in two ways."""
    account = given.holding()
    for quantity, share, party, number in ((1346, 27, "BR", 8), (7304, 146, "HN", 28), (2210, 44, "HN", 9)):
        issuance = given.issued(quantity, share, party=party, project_number=number).issuance
        given.forwarded(issuance, (account, 500), at=given.AT + DAY)
    book.cancel(source=account, **given.asked(100, at=given.AT + 2 * DAY))
    book.cancel(source=account, **given.asked(7, party="HN", project_number=28, at=given.AT + 3 * DAY))
    book.cancel(
        source=account,
        kind=AccountType.ADMINISTRATIVE_CANCELLATION,
        **given.asked(5, party="HN", project_number=9, at=given.AT + 4 * DAY),
    )
    return account


def as_rows(report: Report) -> list[dict[str, str]]:
    text = b"".join(spreadsheets.as_csv(report.columns, report.rows())).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_issuance_report_has_the_published_columns(account: Account) -> None:
    report = reports.issuances()
    assert [column.name for column in report.columns][: len(ISSUANCE_HEADER)] == ISSUANCE_HEADER
    rows = as_rows(report)
    first = rows[0]
    assert {name: first[name] for name in ("seq", "completed_at", "party", "project_ref", "unit_type")} == {
        "seq": "1",
        "completed_at": "2008-05-08T09:30:00.000",
        "party": "BR",
        "project_ref": "0008",
        "unit_type": "CER",
    }
    assert (first["serial_start"], first["serial_end"], first["quantity"]) == ("1", "1346", "1346")
    assert (first["transaction_type"], first["transaction_status"]) == ("Issuance (1)", "4 - Completed")
    assert first["monitoring_start"] == "2004-07-01"
    assert first["transaction_number"].startswith("CDM")
    # serials of a Party follow each other whatever the project
    assert [(row["serial_start"], row["serial_end"]) for row in rows[1:]] == [("1", "7304"), ("7305", "9514")]
    assert (report.count, report.units) == (3, 1346 + 7304 + 2210)


def test_the_cancellation_report_has_the_published_columns(account: Account) -> None:
    report = reports.cancellations()
    assert [column.name for column in report.columns][: len(CANCELLATION_HEADER)] == CANCELLATION_HEADER
    rows = as_rows(report)
    assert [
        (r["party"], r["project_ref"], r["serial_start"], r["serial_end"], r["quantity"]) for r in rows
    ] == [
        ("BR", "0008", "28", "127", "100"),
        ("HN", "0028", "147", "153", "7"),
    ]
    assert {row["transaction_type"] for row in rows} == {"Cancellation (4)"}
    assert {row["cancellation_account"] for row in rows} == {"Voluntary cancellation (230)"}
    assert (report.count, report.units) == (2, 107)
    assert reports.cancellations(kind=None).units == 112
    (administrative,) = as_rows(reports.cancellations(kind=AccountType.ADMINISTRATIVE_CANCELLATION))
    assert administrative["cancellation_account"] == "Administrative cancellation (260)"


@pytest.mark.parametrize(
    ("filters", "units"),
    [
        (Filters(party="HN"), 9514),
        (Filters(party="HN", project_number=28), 7304),
        (Filters(commitment_period=2), 0),
        (Filters(unit_type=6), 0),
        (Filters(since=dt.date(2008, 5, 8), until=dt.date(2008, 5, 8)), 10860),
        (Filters(since=dt.date(2008, 5, 9)), 0),
        (Filters(until=dt.date(2008, 5, 7)), 0),
        (Filters(until=dt.date.max), 10860),
    ],
)
def test_a_report_is_narrowed(account: Account, filters: Filters, units: int) -> None:
    report = reports.issuances(filters)
    assert report.units == units == sum(int(row["quantity"]) for row in as_rows(report))
    assert report.count == len(as_rows(report))


@pytest.mark.parametrize("by", reports.GROUPS)
def test_holdings_are_the_books_own(account: Account, by: str) -> None:
    for at in (None, given.AT + 2 * DAY, given.AT - DAY):
        report = reports.holdings(by=by, at=at)
        rows = as_rows(report)
        assert sum(int(row["quantity"]) for row in rows) == report.units
        assert len(rows) == report.count
        assert report.units == sum(held.units for held in queries.holdings(at=at))


def test_holdings_by_project_and_by_account(account: Account) -> None:
    by_project = {
        (r["party"], r["project_ref"]): r["quantity"] for r in as_rows(reports.holdings(by="project"))
    }
    assert by_project == {("BR", "0008"): "1346", ("HN", "0028"): "7304", ("HN", "0009"): "2210"}
    rows = as_rows(reports.holdings(by="account"))
    own = [row for row in rows if row["account"] == account.identifier]
    assert [(row["project_ref"], row["quantity"]) for row in own] == [
        ("0008", "400"),
        ("0009", "495"),
        ("0028", "493"),
    ]
    # units that wait for distribution are added up by Party
    waiting = [
        (r["party"], r["project_ref"], r["quantity"]) for r in rows if r["account_type"] == "Pending (110)"
    ]
    assert waiting == [("BR", "", str(1346 - 27 - 500)), ("HN", "", str(7304 - 146 - 500 + 2210 - 44 - 500))]


def test_a_statement_is_the_accounts_own(account: Account) -> None:
    report = reports.statement(account)
    rows = as_rows(report)
    assert rows[-1]["balance"] == str(report.units) == str(queries.balance(account))
    assert [(row["units_in"], row["units_out"]) for row in rows] == [
        ("500", "0"),
        ("500", "0"),
        ("500", "0"),
        ("0", "100"),
        ("0", "7"),
        ("0", "5"),
    ]
    assert rows[3]["serials"] == "BR 28-127"
    day = (given.AT + 2 * DAY).date()
    assert reports.statement(account, until=day).units == 1400
    assert reports.statement(account, since=day + 3 * DAY, until=day + 4 * DAY).units == 1388
    assert reports.statement(account, until=dt.date(2000, 1, 1)).units == 0


def test_the_same_queries_however_many_rows(account: Account) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            for report in (reports.issuances(), reports.cancellations(), reports.holdings(by="account")):
                list(report.rows())
        return len(found)

    before = cost()
    for _ in range(15):
        book.cancel(source=account, **given.asked(1))
    assert cost() == before


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        '"=1',
        "'=1",
        "\n@x",
        " =1",
        "\u200b=1",
        "\uff1d1",
        "=cmd|' /C'!A0",
    ],
)
def test_no_text_becomes_a_formula(text: str) -> None:
    columns = [Column("what", "What"), Column("more", "More")]
    line = b"".join(spreadsheets.as_csv(columns, [(text, f"a\n{text}")])).decode()
    header, what, more = *csv.reader([line.split("\r\n")[0]]), *next(csv.reader([line.split("\r\n")[1]]))
    assert header == ["what", "more"]
    assert what.startswith("'")
    assert not set(what + more) & set("\t\r\n")
    cell = _workbook(columns, [(text, text)])["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_a_plain_text_is_left_as_it_is() -> None:
    for text in ("NovaGerar", "Ünïcode – 中文", "1-2", "a=b", "0008", ""):
        assert spreadsheets.defused(text) == text


def test_a_spreadsheet_keeps_zeros_and_long_serials() -> None:
    columns = [
        Column("ref", "Ref"),
        Column("serial", "Serial"),
        Column("quantity", "Units", is_quantity=True),
    ]
    sheet = _workbook(columns, [("0009", str(10**15 - 1), 1346), ("x", "1", 10**15)])
    assert [cell.value for cell in sheet[2]] == ["0009", "999999999999999", 1346]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "n"]
    assert [cell.number_format for cell in sheet[2]][:2] == ["@", "@"]
    assert sheet["C3"].value == "1000000000000000"


def test_a_spreadsheet_takes_any_text() -> None:
    sheet = _workbook([Column("what", "What")], [("\x00\x0b\ud800 =1 </c> & \ufffe" + "x" * 40_000,)])
    assert len(sheet["A2"].value) == 32_767
    assert "</c> &" in sheet["A2"].value


def test_rows_beyond_a_sheet_go_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 3)
    file = io.BytesIO()
    spreadsheets.as_xlsx([Column("n", "N")], ((str(n),) for n in range(5)), title="Rows", file=file)
    book_read = load_workbook(file)
    assert book_read.sheetnames == ["Rows", "Rows 2", "Rows 3"]
    assert [cell.value for sheet in book_read for (cell,) in sheet.iter_rows()] == [
        "n",
        "0",
        "1",
        "n",
        "2",
        "3",
        "n",
        "4",
    ]


def test_an_empty_report_is_a_file_with_its_columns() -> None:
    assert b"".join(spreadsheets.as_csv([Column("n", "N")], [])) == b"n\r\n"
    assert _workbook([Column("n", "N")], [])["A1"].value == "n"


def test_a_spreadsheet_holds_no_formula_at_all(account: Account) -> None:
    file = io.BytesIO()
    report = reports.issuances()
    spreadsheets.as_xlsx(report.columns, report.rows(), title=report.title, file=file)
    with ZipFile(file) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_the_real_files_have_these_columns() -> None:
    """Where the real data lies beside the project, its own headers are looked at."""
    for name, header in (
        ("issuances_to_2015.csv", ISSUANCE_HEADER),
        ("voluntary_cancellations_to_2015.csv", CANCELLATION_HEADER),
    ):
        if (REAL / name).is_file():
            with (REAL / name).open() as file:
                assert next(csv.reader(file)) == header


def _workbook(columns: list[Column], rows: list[tuple[Any, ...]]) -> Any:
    file = io.BytesIO()
    spreadsheets.as_xlsx(columns, rows, title="Test", file=file)
    return load_workbook(file).active


def test_a_cut_block_is_reported_as_it_was_cancelled() -> None:
    account = given.held(100)
    book.cancel(source=account, **given.asked(None, serials=SerialRange("BR", 40, 50)))
    (row,) = as_rows(reports.cancellations())
    assert (row["serial_start"], row["serial_end"], row["quantity"]) == ("40", "50", "11")


def test_a_slice_of_the_real_issuances_comes_out_as_it_went_in() -> None:
    """Where the real data lies beside the project: the first blocks of one Party, through the book and out again."""
    file = REAL / "issuances_to_2015.csv"
    if not file.is_file():
        return
    with file.open() as lines:
        real = sorted(
            (row for row in csv.DictReader(lines) if row["party"] == "HN" and row["unit_type"] == "CER"),
            key=lambda row: int(row["serial_start"]),
        )[:12]
    for row in real:
        given.issued(
            int(row["quantity"]),
            0,
            party="HN",
            project_number=int(row["project_ref"]),
            commitment_period=int(row["commitment_period"]),
            share=given.share(0, exemption="not looked at here"),
            at=dt.datetime.fromisoformat(row["completed_at"]).replace(tzinfo=dt.UTC),
            monitoring_start=dt.date.fromisoformat(row["monitoring_start"]),
            monitoring_end=dt.date.fromisoformat(row["monitoring_end"]),
            request_reference=row["issuance_process_id"],
        )
    names = [*ISSUANCE_HEADER[1:9], "issuance_process_id", "monitoring_start", "monitoring_end"]
    written = [[row[name] for name in names] for row in as_rows(reports.issuances())]
    assert written == [[row[name] for name in names] for row in real]
    assert len(written) == 12
