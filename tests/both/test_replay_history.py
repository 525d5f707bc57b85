"""The replay of the CDM registry's public history: real rows where they are at hand, and every odd row by itself."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from registry import queries, verify
from registry.codes import AccountType
from registry.models import Account, Block, Deduction, Issuance
from registry.serials import SerialRange

pytestmark = pytest.mark.django_db

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "cdm_registry"
ISSUANCES = (
    "seq,completed_at,party,project_ref,unit_type,commitment_period,serial_start,serial_end,quantity,activity,"
    "issuance_process_id,issuance_date,monitoring_start,monitoring_end\n"
)
CANCELLATIONS = (
    "seq,completed_at,party,project_ref,unit_type,commitment_period,serial_start,serial_end,quantity,"
    "via_online_platform\n"
)
# The first two rows of the report, a request across 2012, a least developed host, and an issuance made twice
LA_ESPERANZA = (
    "1,2007-11-09T10:33:23.293,HN,0009,CER,1,1,2210,2210,PA,A.35,2005-10-20,2003-06-01,2005-05-31\n"
)
RIO_BLANCO = (
    "2,2007-11-09T10:33:47.437,HN,0028,CER,1,2211,9514,7304,PA,A.62,2005-10-20,2004-08-01,2004-12-31\n"
)
GHANA = (
    "3,2014-05-01T08:00:00,GH,5342,CER,1,1,458,458,PA,B.1,2014-04-30,2012-12-10,2013-12-31\n"
    "4,2014-05-01T08:00:01,GH,5342,CER,2,459,12472,12014,PA,B.1,2014-04-30,2012-12-10,2013-12-31\n"
)
UGANDA = "5,2013-05-01T08:00:00,UG,4217,CER,1,1,12345,12345,PA,C.1,2013-04-30,2012-01-01,2012-12-31\n"
TWICE = (
    "6,2012-08-01T08:00:00,CN,1177,CER,1,1,1000,1000,PA,D.1,2012-07-30,2010-09-26,2012-03-27\n"
    "7,2012-09-01T08:00:00,CN,1177,CER,1,1001,2000,1000,PA,D.2,2012-08-30,2010-09-26,2012-03-27\n"
)
SMALL_FOREST = "8,2015-09-04T08:00:00,IN,8283,tCER,1,1,41269,41269,PA,E.1,2015-09-04,2009-07-28,2012-12-31\n"


@pytest.fixture
def replay(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Writes the rows to files and replays them; answers with what was printed."""

    def replayed(issuances: str, cancellations: str = "") -> dict[str, Any]:
        (tmp_path / "issuances.csv").write_text(ISSUANCES + issuances)
        (tmp_path / "cancellations.csv").write_text(CANCELLATIONS + cancellations)
        return run(tmp_path / "issuances.csv", tmp_path / "cancellations.csv")

    return replayed


def run(issuances: Path, cancellations: Path) -> dict[str, Any]:
    out = StringIO()
    files = ["--issuances", str(issuances), "--cancellations", str(cancellations)]
    call_command("replay_history", *files, "--json", stdout=out)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def test_the_printed_object_has_the_agreed_names(replay: Callable[..., dict[str, Any]]) -> None:
    report = replay(LA_ESPERANZA + RIO_BLANCO)
    assert report.keys() == {
        *("issuances", "issued_units", "serial_mismatches", "adaptation_units", "cancellations"),
        *("cancelled_units", "rejected", "parties", "seconds_issuance", "seconds_cancellation", "verified"),
    }
    assert (report["issuances"], report["issued_units"], report["serial_mismatches"]) == (2, 9_514, 0)
    assert (report["adaptation_units"], report["parties"], report["verified"]) == (44 + 146, 1, True)
    holder = Account.objects.get(holder="Participants of project HN-0028")
    assert queries.balance(holder) == 7_158


def test_serial_order_decides_and_not_the_order_of_the_file(replay: Callable[..., dict[str, Any]]) -> None:
    assert replay(RIO_BLANCO + LA_ESPERANZA)["serial_mismatches"] == 0


def test_a_request_across_2012_is_two_issuances_with_their_own_days(
    replay: Callable[..., dict[str, Any]],
) -> None:
    report = replay(GHANA)
    assert (report["issuances"], report["adaptation_units"], report["rejected"]) == (2, 9 + 240, [])
    days = [(str(i.monitoring_start), str(i.monitoring_end)) for i in Issuance.objects.order_by("first")]
    assert days == [("2012-12-10", "2012-12-31"), ("2013-01-01", "2013-12-31")]


def test_exempt_hosts_and_small_forests_give_no_share(replay: Callable[..., dict[str, Any]]) -> None:
    report = replay(UGANDA + SMALL_FOREST)
    assert (report["issuances"], report["adaptation_units"]) == (2, 0)
    assert all(deduction.exemption for deduction in Deduction.objects.all())


def test_what_was_issued_twice_is_taken_with_a_recorded_reason(replay: Callable[..., dict[str, Any]]) -> None:
    report = replay(TWICE)
    assert (report["issuances"], report["rejected"]) == (2, [])
    first, second = Issuance.objects.order_by("first")
    assert first.correction == ""
    assert "second issuance for days from 2010-09-26 to 2012-03-27" in second.correction


def test_days_after_2020_and_days_the_report_does_not_give_stand_in_nobodys_way(
    replay: Callable[..., dict[str, Any]],
) -> None:
    report = replay(
        "1,2022-03-01T08:00:00,HN,0028,CER,2,1,100,100,PA,F.1,2022-02-28,2020-05-01,2021-04-30\n"
        "2,2022-04-01T08:00:00,HN,0028,CER,2,101,200,100,PA,F.2,,,\n"
        # one process, two blocks of one period
        "3,2022-05-01T08:00:00,HN,0009,CER,2,201,300,100,PA,F.3,2022-04-30,2019-01-01,2019-06-30\n"
        "4,2022-05-01T08:00:01,HN,0009,CER,2,301,350,50,PA,F.3,2022-04-30,2019-07-01,2019-12-31\n"
    )
    assert (report["issuances"], report["rejected"], report["verified"]) == (4, [], True)
    first, second, *_ = Issuance.objects.order_by("first")
    assert (str(first.monitoring_start), str(first.monitoring_end)) == ("2020-05-01", "2020-12-31")
    assert "second issuance for days from 2020-05-01" in second.correction


def test_a_day_that_is_none_is_rejected_in_words(replay: Callable[..., dict[str, Any]]) -> None:
    report = replay(LA_ESPERANZA.replace("2003-06-01", "June 2003"))
    assert [row["reason"] for row in report["rejected"]] == ["“June 2003” is not a day such as 2012-12-31."]


def test_a_cancellation_in_the_adaptation_share_is_taken_from_that_account(
    replay: Callable[..., dict[str, Any]],
) -> None:
    report = replay(
        RIO_BLANCO.replace("2211,9514", "1,7304"),
        "1,2015-10-01T08:00:00,HN,0028,CER,1,1,1,1,No\n2,2015-10-01T08:00:00,HN,0028,CER,1,147,156,10,Yes\n",
    )
    assert (report["cancellations"], report["cancelled_units"], report["rejected"]) == (2, 11, [])
    cancelled = Block.objects.filter(account__type=AccountType.VOLUNTARY_CANCELLATION).order_by("first")
    assert [b.serials for b in cancelled] == [SerialRange("HN", 1, 1), SerialRange("HN", 147, 156)]
    share = Account.objects.get(type=AccountType.ADAPTATION_SHARE)
    assert queries.balance(share) == 145
    assert "online platform" in cancelled[1].born_by.reason


def test_it_goes_on_from_earlier_history_and_refuses_what_is_in(
    replay: Callable[..., dict[str, Any]],
) -> None:
    cancelled = "1,2015-10-01T08:00:00,HN,0009,CER,1,50,59,10,No\n"
    assert replay(LA_ESPERANZA, cancelled)["rejected"] == []
    report = replay(LA_ESPERANZA + RIO_BLANCO, cancelled)
    assert (report["issuances"], report["serial_mismatches"], report["cancellations"]) == (1, 0, 0)
    assert [(row["file"], row["row"]) for row in report["rejected"]] == [
        ("issuances", "1"),
        ("cancellations", "1"),
    ]
    assert all("in the book already" in row["reason"] for row in report["rejected"])
    assert verify.verify_book().units == 9_514


def test_units_of_another_registry_are_taken_when_the_row_says_what_they_are(
    replay: Callable[..., dict[str, Any]],
) -> None:
    rows = "1,2020-01-01T08:00:00,RO,RO-1000080,ERU (from RMU),1,3319283423,3319454772,171350,No\n"
    report = replay("", rows)
    assert (report["cancellations"], report["cancelled_units"], report["verified"]) == (1, 171_350, True)
    block = Block.objects.get(account__type=AccountType.VOLUNTARY_CANCELLATION)
    assert str(block).startswith("RO-4-3319283423-3319454772-1-1-0-1000080")
    again = replay("", rows)
    assert [row["reason"] for row in again["rejected"]] == ["This cancellation is in the book already."]


BAD = {
    "9,2007-11-09T10:33:23,HN,0009,CER,1,1,2210,2211,PA,A,2005-10-20,2003-06-01,2005-05-31\n": "2210 units, not 2211",
    "9,2007-11-09T10:33:23,HN,0009,CER,1,10,5,1,PA,A,2005-10-20,2003-06-01,2005-05-31\n": "before the first",
    "9,2007-11-09T10:33:23,HN,0009,VER,1,1,10,10,PA,A,2005-10-20,2003-06-01,2005-05-31\n": "Kyoto unit",
    "9,2007-11-09T10:33:23,HN,X,CER,1,1,10,10,PA,A,2005-10-20,2003-06-01,2005-05-31\n": "not a project number",
    "9,never,HN,0009,CER,1,1,10,10,PA,A,2005-10-20,2003-06-01,2005-05-31\n": "never",
    "9,2007-11-09T10:33:23,HN,0009,CER,2,1,10,10,PA,A,2005-10-20,2003-06-01,2005-05-31\n": "commitment period 2",
    "9,2007-11-09T10:33:23,HN,0009,CER,1,1,1.5,10,PA,A,2005-10-20,2003-06-01,2005-05-31\n": "1.5",
    "9,2007-11-09T10:33:23,HN,0009,AAU,1,1,10,10,PA,A,2005-10-20,2003-06-01,2005-05-31\n": "CERs, tCERs and lCERs",
    "9,2007-11-09T10:33:23,QQ,0009,CER,1,1,10,10,PA,A,2005-10-20,2003-06-01,2005-05-31\n": "QQ",
}


@pytest.mark.parametrize("row", BAD)
def test_a_bad_row_is_rejected_with_its_reason_and_the_others_go_in(
    replay: Callable[..., dict[str, Any]], row: str
) -> None:
    report = replay(row + UGANDA)
    assert report["issuances"] == 1
    assert [rejected["row"] for rejected in report["rejected"]] == ["9"]
    assert BAD[row] in report["rejected"][0]["reason"]


def test_serials_that_are_not_the_allotted_ones_are_counted_and_fail_the_command(
    replay: Callable[..., dict[str, Any]],
) -> None:
    with pytest.raises(CommandError, match="not what the file says"):
        replay(RIO_BLANCO)
    assert Issuance.objects.get().serials == SerialRange("HN", 1, 7_304)


def test_a_cancellation_of_units_that_are_not_there_is_rejected(
    replay: Callable[..., dict[str, Any]],
) -> None:
    report = replay(
        LA_ESPERANZA,
        "1,2015-10-01T08:00:00,HN,0009,CER,1,2205,2214,10,No\n"
        "2,2015-10-01T08:00:00,HN,0028,CER,1,100,109,10,No\n"
        "3,2015-10-01T08:00:00,HN,0009,CER,1,40,49,10,No\n",
    )
    assert (report["cancellations"], report["verified"]) == (0, True)
    reasons = [row["reason"] for row in report["rejected"]]
    assert any("only 6 of the 10 units" in reason for reason in reasons)
    assert any("only 0 of the 10 units" in reason for reason in reasons)
    assert any("partly in the adaptation account" in reason for reason in reasons)


def test_a_file_that_is_none_is_said_so(tmp_path: Path, replay: Callable[..., dict[str, Any]]) -> None:
    replay("")
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "missing.csv", tmp_path / "cancellations.csv")
    with pytest.raises(CommandError, match="lacks the columns"):
        run(tmp_path / "cancellations.csv", tmp_path / "cancellations.csv")


def test_the_real_history_to_2015() -> None:
    """9,093 issuances and 728 cancellations of the CDM registry, to the serial."""
    issuances, cancellations = REAL / "issuances_to_2015.csv", REAL / "voluntary_cancellations_to_2015.csv"
    if not issuances.exists():
        warnings.warn(f"The real data is not at {REAL}; its replay was not tested.", stacklevel=1)
        return
    report = run(issuances, cancellations)
    assert (report["issuances"], report["issued_units"]) == (9_093, 1_646_937_365)
    assert (report["cancellations"], report["cancelled_units"]) == (728, 6_820_593)
    assert (report["serial_mismatches"], report["rejected"], report["parties"]) == (0, [], 68)
    assert report["verified"] is True
