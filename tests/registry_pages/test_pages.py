"""The registry's public pages: what they show, to whom, and what they refuse."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from registry import attestation, book, queries, views
from registry.check_codes import with_check
from registry.models import Account
from registry.models_accounts import AccountRepresentative
from registry.models_attestations import Attestation
from registry.serials import SerialRange, UnitBlockIdentifier
from registry.stories import Viewer
from tests.registry import given

pytestmark = pytest.mark.django_db

SERIALS = "/registry/serials/"
CHECK = "/registry/attestations/check/"


@pytest.fixture
def account() -> Account:
    account = given.holding(holder="<b>NovaGerar</b>")
    given.forwarded(given.issued(1346, 27).issuance, (account, 1319))
    book.cancel(source=account, **given.asked(100))
    return account


@pytest.fixture
def made(account: Account) -> Attestation:
    entry = book.cancel(source=account, **given.asked(50)).entry
    return attestation.attest(
        entries=[entry], beneficiary="<script>alert(1)</script>", purpose="=1+1", by=None, at=given.AT
    )


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("text", ["BR 55", "br 1-1346", "BR-5-1-1346-1-1-0-8", "BR 1–1,346"])
def test_the_story_of_serials(client: Client, account: Account, text: str) -> None:
    answer = client.get(SERIALS, {"serial": text})
    page = words(answer.content.decode())
    assert answer.status_code == 200
    assert "Issued BR 1-1346" in page
    assert "Cancelled BR 28-127 Final" in page
    assert "asked by the holder" not in page
    assert "<b>NovaGerar" not in answer.content.decode()


def test_the_tree_is_balanced(client: Client, account: Account) -> None:
    other = given.holding(holder="Another")
    for source, target in ((account, other), (other, account)) * 6:
        book.transfer(source=source, target=target, **given.asked(20))
    html = client.get(SERIALS, {"serial": "BR 1-2000"}).content.decode()
    assert html.count("<ol") == html.count("</ol>") > 5
    assert len(re.findall(r"<li[ >]", html)) == html.count("</li>")
    assert "BR 1347-2000" in html


def test_units_never_issued_and_text_that_is_no_serial(client: Client, account: Account) -> None:
    never = client.get(SERIALS, {"serial": "BR 5000-6000"})
    assert "None of these units was ever issued or held here." in words(never.content.decode())
    for text in (
        "",
        "BR",
        "BR 9-1",
        "BR 0",
        "BR 1-9999999999999999",
        "<script>",
        "BR 1;DROP",
        "x" * 500,
        "BR-9-1-2-1-1-0-8",
    ):
        answer = client.get(SERIALS, {"serial": text})
        assert answer.status_code == 422, text
        assert "<script>" not in re.sub(r"<script src[^>]*>", "", answer.content.decode())


def test_the_administrator_reads_why(
    client: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "viewer_of", lambda request: Viewer(is_administrator=True))
    assert "asked by the holder" in client.get(SERIALS, {"serial": "BR 55"}).content.decode()


def test_the_reports(client: Client, account: Account) -> None:
    index = words(client.get("/registry/reports/").content.decode())
    assert "1,346 units in 1 block." in index
    assert "100 units in 1 block." in index
    assert "1,346 units in 1 host Party." in index
    for name in ("issuances", "cancellations", "holdings"):
        assert client.get(f"/registry/reports/{name}/").status_code == 200
    answer = client.get("/registry/reports/issuances/", {"party": "hn"})
    assert "0 units in 0 rows" in words(answer.content.decode())
    assert client.get("/registry/reports/secrets/").status_code == 404


def test_a_report_as_files(client: Client, account: Account) -> None:
    answer = client.get("/registry/reports/cancellations.csv", {"party": "BR"})
    assert answer.streaming
    assert answer["Content-Disposition"] == 'attachment; filename="cancellations.csv"'
    (row,) = csv.DictReader(io.StringIO(b"".join(answer).decode(), newline=""))
    assert (row["serial_start"], row["serial_end"]) == ("28", "127")
    answer = client.get("/registry/reports/holdings.xlsx", {"by": "account"})
    sheet = load_workbook(io.BytesIO(b"".join(answer))).active
    assert sum(row[-1].value for row in sheet.iter_rows(min_row=2)) == 1346
    assert client.get("/registry/reports/holdings.exe").status_code == 404
    assert client.get("/registry/reports/secrets.csv").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"party": "Brazil"},
        {"project_number": "x"},
        {"project_number": "-1"},
        {"unit_type": "99"},
        {"since": "yesterday"},
        {"since": "2010-01-02", "until": "2010-01-01"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(
    client: Client, account: Account, query: dict[str, str]
) -> None:
    for address in ("/registry/reports/issuances/", "/registry/reports/issuances.csv"):
        assert client.get(address, query).status_code == 422


def test_a_statement_is_for_its_holder_and_the_registrys_own_for_all(
    client: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/registry/statements/{account.identifier}.csv"
    assert client.get(address).status_code == 404
    monkeypatch.setattr(views, "viewer_of", lambda request: Viewer(frozenset({account.pk})))
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get(address)).decode(), newline="")))
    assert [row["balance"] for row in rows] == ["1319", "1219"]
    earlier = client.get(address, {"until": "2008-05-07"})
    assert b"".join(earlier).count(b"\r\n") == 1
    monkeypatch.undo()
    own = next(held.account for held in queries.holdings() if not held.account.party)
    assert client.get(f"/registry/statements/{own.identifier}.csv").status_code == 200
    assert client.get("/registry/statements/CDM-110-1001-0-99.csv").status_code == 404
    assert client.get(f"/registry/statements/{own.identifier}.csv", {"until": "soon"}).status_code == 404


def test_an_attestation_is_checked_against_the_book(client: Client, made: Attestation) -> None:
    printed = attestation.facts(made).printed_code
    answer = client.get(CHECK, {"code": printed.lower(), "beneficiary": "Mallory", "units": "999999"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    page = words(html)
    assert "BR-5-128-177-1-1-0-8" in page
    assert "Units cancelled 50" in page
    main = html[html.index("<main") : html.index("</main>")]
    assert "Mallory" not in main
    assert "999999" not in main
    assert "<script>alert" not in html
    document = client.get(f"/registry/attestations/{made.code}.pdf")
    assert document["Content-Type"] == "application/pdf"
    assert document.content == client.get(f"/registry/attestations/{printed}.pdf").content


def test_a_forged_code_is_refused(client: Client, made: Attestation) -> None:
    forged = with_check("0123456789ABCDEF")
    answer = client.get(CHECK, {"code": forged})
    assert answer.status_code == 404
    assert "do not rely on it" in words(answer.content.decode())
    slip = client.get(CHECK, {"code": made.code[:-1] + ("0" if made.code[-1] != "0" else "1")})
    assert slip.status_code == 422
    assert "has a mistake in it" in words(slip.content.decode())
    for code in (forged, "nonsense", "../../etc"):
        assert client.get(f"/registry/attestations/{code}.pdf").status_code == 404


def test_guessing_is_stopped_for_one_address_and_not_for_another(client: Client, made: Attestation) -> None:
    for _ in range(views.CHECKS_A_MINUTE):
        assert client.get(CHECK, {"code": with_check("0" * 16)}).status_code == 404
    stopped = client.get(CHECK, {"code": made.code})
    assert stopped.status_code == 429
    assert stopped["Retry-After"] == "60"
    assert client.get(f"/registry/attestations/{made.code}.pdf").status_code == 429
    assert client.get(CHECK).status_code == 200
    assert client.get(CHECK, {"code": made.code}, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_files_are_limited_too(client: Client, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "FILES_A_MINUTE", 2)
    answers = [client.get("/registry/reports/issuances.csv").status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_a_page_costs_the_same_queries_in_any_book(client: Client, made: Attestation) -> None:
    account = made.cancellations.get().entry.spent.first().account
    addresses = (
        f"{SERIALS}?serial=BR+1-1346",
        "/registry/reports/",
        "/registry/reports/cancellations/",
        "/registry/reports/holdings/?by=account",
        f"{CHECK}?code={made.code}",
    )

    def cost() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    before = cost()
    for _ in range(25):
        book.cancel(source=account, **given.asked(2))
    assert cost() == before
    assert max(before) <= 12


def test_the_pages_change_nothing(client: Client, account: Account) -> None:
    for address in (SERIALS, "/registry/reports/", "/registry/reports/issuances/", CHECK):
        assert client.post(address).status_code == 405
        assert client.head(address).status_code == 200


def test_units_issued_are_those_of_this_registry_and_not_what_came_from_others(client: Client) -> None:
    given.issued(1346, 27)
    assert "Units issued 1,346" in (page := words(client.get("/registry/").content.decode()))
    assert "Came from other registries" not in page
    book.receive(
        account=given.holding("DE"), units=UnitBlockIdentifier(SerialRange("DE", 1, 1000), 1, 1, 1),
        by=None, at=given.AT, reason="AAUs", key=given.key(),
    )  # fmt: skip
    page = words(client.get("/registry/").content.decode())
    assert "Units issued 1,346" in page
    assert "Came from other registries 1,000" in page


def test_appendix_d_10_accounts_are_published_with_who_represents_them(client: Client) -> None:
    """Party, holder, the representative's identifier, name and address; not who represented it before."""
    people = given.People()
    ours, theirs = given.holding(holder="NovaGerar"), given.holding("NL", "Dutch Fund")
    people.represents(ours, "ana")
    people.represents(theirs, "bert")
    ended = people["carla"]
    AccountRepresentative.objects.create(account=ours, user=ended, from_at=given.BEFORE, until_at=given.AT)
    html = client.get("/registry/reports/accounts/").content.decode()
    page = words(html)
    # on a phone each cell stands under the label of its column
    assert 'data-label="Holder"' in html
    ana = people["ana"]
    assert (
        f"{ours.identifier} Holding (100) BR NovaGerar Open BR-R{1000 + ana.pk} Ana ana@example.org" in page
    )
    assert "Carla" not in page
    narrowed = client.get("/registry/reports/accounts.csv", {"party": "nl"})
    text = b"".join(narrowed.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["account_number"], row["holder"], row["representative_name"], row["representative_contact"]) == (
        theirs.identifier, "Dutch Fund", "Bert", "bert@example.org",
    )  # fmt: skip
    assert "Accounts as CSV" in words(client.get("/registry/reports/").content.decode())


def test_the_kinds_of_movement_begin_with_a_list_of_them(client: Client) -> None:
    page = client.get("/registry/movement-kinds/").content.decode()
    anchors = re.findall(r'<li><a class="govuk-link" href="#(\w+)">', page)
    assert {"issuance", "voluntary_cancellation", "retirement", "life", "checks"} <= set(anchors)
    assert [name for name in anchors if f'id="{name}"' not in page] == []
