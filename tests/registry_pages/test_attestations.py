"""Attestations: about real cancellations only, once, in plain text, the same each time, found by their code."""

import datetime as dt
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from registry import attestation, book
from registry.accounts import Incomplete
from registry.attestation import Facts, NoSuchAttestation, NotAttestable
from registry.attestation_pdf import pdf
from registry.check_codes import BadCode, with_check
from registry.codes import AccountType
from registry.models import Account, Entry
from registry.models_attestations import Attestation
from registry.serials import SerialRange
from tests.registry import given

pytestmark = pytest.mark.django_db

ADDRESS = "https://registry.example/registry/attestations/check/"


def cancelled(account: Account, quantity: int = 10, **extra: object) -> Entry:
    return book.cancel(source=account, **given.asked(quantity, **extra)).entry


def attested(*entries: Entry, **words: object) -> Attestation:
    return attestation.attest(entries=entries, by=None, at=given.AT, **words)  # type: ignore[arg-type]


def text_of(document: bytes, folder: Path) -> str:
    """The words of a PDF; without poppler, only that it is one."""
    path = folder / "attestation.pdf"
    path.write_bytes(document)
    if shutil.which("pdftotext") is None:
        return ""
    out = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    return out.stdout


def test_it_says_what_the_book_says() -> None:
    account = given.held(100)
    entry = cancelled(account)
    made = attested(
        entry, beneficiary="Stadt Zürich", purpose="Flights of 2007", project_titles={("BR", 8): "NovaGerar"}
    )
    facts = attestation.facts(made)
    (one,) = facts.cancellations
    assert (one.project, one.project_title, one.unit_type, one.commitment_period) == (
        "BR-0008",
        "NovaGerar",
        "CER",
        1,
    )
    assert one.serials == (SerialRange("BR", 1, 10),)
    assert one.identifiers == ("BR-5-1-10-1-1-0-8",)
    assert one.transaction_number == entry.transaction_number
    assert (facts.units, facts.holder, facts.beneficiary, facts.purpose) == (
        10,
        "NovaGerar Eco-Energy",
        "Stadt Zürich",
        "Flights of 2007",
    )


def test_without_words_it_is_for_the_activity() -> None:
    made = attested(cancelled(given.held(100)))
    assert (made.beneficiary, made.purpose) == ("", "cancelled for the originating CDM activity")


def test_a_basket_and_neighbouring_blocks() -> None:
    account = given.held(30)
    other = given.holding(holder="Another")
    # units that went and came back lie in two blocks side by side
    book.transfer(source=account, target=other, **given.asked(5))
    book.transfer(source=other, target=account, **given.asked(5))
    given.issued(
        20, 0, project_number=9, share=given.share(0, exemption="a test"), forward_to=[(account, 20)]
    )
    made = attested(cancelled(account, 8), cancelled(account, 20, project_number=9))
    facts = attestation.facts(made)
    assert [(c.project, c.serials, c.units) for c in facts.cancellations] == [
        ("BR-0008", (SerialRange("BR", 1, 8),), 8),
        ("BR-0009", (SerialRange("BR", 31, 50),), 20),
    ]
    assert facts.units == 28


def test_asked_again_it_is_the_same_and_in_other_words_refused() -> None:
    account = given.held(100)
    one, two = cancelled(account), cancelled(account)
    made = attested(one, purpose="a")
    assert attested(one, purpose=" a ") == made
    for entries, purpose in (((one,), "b"), ((one, two), "a")):
        with pytest.raises(NotAttestable, match="attested already"):
            attested(*entries, purpose=purpose)
    assert Attestation.objects.count() == 1


def test_only_voluntary_cancellations_of_one_holder() -> None:
    account, other = given.held(100), given.holding(holder="Another")
    moved = book.transfer(source=account, target=other, **given.asked(50)).entry
    ordered = book.cancel(
        source=account, kind=AccountType.ADMINISTRATIVE_CANCELLATION, **given.asked(1)
    ).entry
    for entry in (moved, ordered):
        with pytest.raises(NotAttestable, match="no voluntary cancellation"):
            attested(entry)
    with pytest.raises(NotAttestable, match="different holders"):
        attested(cancelled(account), cancelled(other))
    with pytest.raises(Incomplete, match="Name the cancellation"):
        attested()
    assert not Attestation.objects.exists()


def test_words_are_cleaned_and_too_many_refused() -> None:
    account = given.held(100)
    made = attested(cancelled(account), beneficiary="  A\x00\u202eB\tC  ", purpose="one \r\n two\x1b")
    assert (made.beneficiary, made.purpose) == ("A B C", "one\ntwo")
    with pytest.raises(Incomplete, match="301 characters; shorten it to 300"):
        attested(cancelled(account), beneficiary="x" * 301)
    with pytest.raises(Incomplete, match="shorten it to 2,000"):
        attested(cancelled(account), purpose="x" * 2001)


def test_it_is_found_by_its_code_only() -> None:
    made = attested(cancelled(given.held(100)))
    printed = attestation.facts(made).printed_code
    assert attestation.find(f" {printed.lower()} ") == made
    with pytest.raises(NoSuchAttestation, match="do not rely on it"):
        attestation.find(with_check("0" * 16))
    with pytest.raises(BadCode):
        attestation.find(printed[:-1] + ("0" if printed[-1] != "0" else "1"))


def test_the_code_tells_nothing_of_the_cancellation() -> None:
    account = given.held(100)
    codes = [attested(cancelled(account)).code for _ in range(5)]
    assert len({code[:4] for code in codes}) == 5


def _printed(facts: Facts) -> bytes:
    once = pdf(facts, address=ADDRESS)
    assert once.startswith(b"%PDF-1.7")
    assert once == pdf(facts, address=ADDRESS)
    return once


def test_the_document_is_the_same_twice_and_says_the_books_numbers(tmp_path: Path) -> None:
    account = given.held(10_000)
    facts = attestation.facts(attested(cancelled(account, 1_346), beneficiary="Stadt Zürich"))
    document = _printed(facts)
    # both standards are claimed, for archives and for everyone to read
    assert b"pdfaid:part" in document
    assert b"pdfuaid:part" in document
    assert b"/Lang" in document
    if words := text_of(document, tmp_path):
        for said in ("Stadt Zürich", "1,346", "BR-5-1-1346-1-1-0-8", facts.printed_code, "NovaGerar Eco-Energy",
                     "cancelled for the originating CDM activity", "8 May 2008", ADDRESS,
                     facts.cancellations[0].transaction_number):  # fmt: skip
            assert said in words, said


@pytest.mark.parametrize(
    "text",
    [
        "#evil *x* _y_ $z$ `c` <l> @r \\ // /* */ = h",
        '#read("/etc/passwd") #import "@preview/x:0.1.0" #image("http://127.0.0.1/x.png")',
        '"} ]]> <img src="file:///etc/passwd"> {{ x }} {% x %}',
        "مرحبا بالعالم",
        "שלום עולם",
        "中国公司 한국 日本",
        "हिन्दी বাংলা தமிழ் ไทย ភាសាខ្មែរ ລາວ မြန်မာ አማርኛ",
        "\U0001d11e \U00013080 \ufdd0 \ue000",
        "\u0301\u0301 \u0e48 \u093f\u200d\u200c x\u0e34",
        "x" * 300,
        "W " * 150,
        "a\nb",
    ],
)
def test_any_words_come_out_as_text(text: str, tmp_path: Path) -> None:
    account = given.held(100)
    facts = attestation.facts(
        attested(
            cancelled(account), beneficiary=text, purpose=(text + " ") * 6, project_titles={("BR", 8): text}
        )
    )
    words = text_of(_printed(facts), tmp_path)
    if words and text.isascii() and len(text) < 60:
        assert re.sub(r"\s", "", text) in re.sub(r"\s", "", words)


def test_a_character_without_a_font_is_printed_as_its_code(tmp_path: Path) -> None:
    facts = attestation.facts(attested(cancelled(given.held(100)), beneficiary="A \U0001d11e B"))
    if words := text_of(_printed(facts), tmp_path):
        assert "A [U+1D11E] B" in words


def test_a_basket_of_many_blocks_has_many_pages(tmp_path: Path) -> None:
    account, other = given.held(4_000), given.holding(holder="Another")
    for first in range(1, 400, 2):
        book.transfer(
            source=account, target=other, **given.asked(None, serials=SerialRange("BR", first, first))
        )
    facts = attestation.facts(attested(cancelled(other, 200)))
    assert len(facts.cancellations[0].serials) == 200
    if words := text_of(_printed(facts), tmp_path):
        assert all(identifier in words for identifier in facts.cancellations[0].identifiers)
        assert "Page 5 of" in words


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE registry_attestation SET beneficiary = 'Mallory'",
        "DELETE FROM registry_attestation",
        "UPDATE registry_attestedcancellation SET project_title = 'x'",
        "DELETE FROM registry_attestedcancellation",
        "INSERT INTO registry_attestation (id, code, beneficiary, purpose, at)"
        " SELECT max(id) + 1, max(code), '', 'x', max(at) FROM registry_attestation",
        "INSERT INTO registry_attestedcancellation (id, attestation_id, entry_id, project_title)"
        " SELECT 900, max(a.id), (SELECT min(id) FROM registry_entry), '' FROM registry_attestation a",
        "INSERT INTO registry_attestedcancellation (id, attestation_id, entry_id, project_title)"
        " SELECT 901, attestation_id, entry_id, '' FROM registry_attestedcancellation",
    ],
)
def test_the_database_keeps_an_attestation_as_it_was_written(attack: str) -> None:
    attested(cancelled(given.held(100)), beneficiary="Alice")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_it_is_dated_by_greenwich() -> None:
    late = dt.datetime(2008, 5, 8, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    made = attestation.attest(entries=[cancelled(given.held(100))], by=None, at=late)
    for facts in (attestation.facts(made), attestation.facts(attestation.find(made.code))):
        assert facts.attested_at.date() == dt.date(2008, 5, 9)
