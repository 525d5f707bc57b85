"""The archive's pages: open to everyone, searched and filtered, and as fast with much in it as with little."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cdm.models import HistoricalMethodology, HistoricalParty, HistoricalProject

pytestmark = pytest.mark.django_db


def record(number: int, title: str = "", **about: Any) -> HistoricalProject:
    host, applied = about.pop("host", "BR"), about.pop("applied", ("ACM0002", "6"))
    about.setdefault("registered_on", dt.date(2006, 3, 1))
    made = HistoricalProject.objects.create(
        reference_number=number,
        title=title or f"Project {number}",
        status="registered" if about["registered_on"] else about.pop("ended", "rejected"),
        annual_reductions_t=50_000,
        methodologies_text=" ver. ".join(applied),
        imported_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        **about,
    )
    HistoricalParty.objects.create(project=made, party=host, is_host=True)
    HistoricalParty.objects.create(project=made, party="NL", is_host=False)
    HistoricalMethodology.objects.create(project=made, code=applied[0], methodology_version=applied[1])
    return made


def titles(client: Client, query: str) -> list[str]:
    answer = client.get(f"/archive/{query}")
    assert answer.status_code == 200
    return [row[0]["text"] for row in answer.context["rows"]]


def test_it_is_found_by_what_the_reader_looks_for(client: Client) -> None:
    record(8, "Brazil NovaGerar Landfill Gas to Energy Project", applied=("AM0003", ""))
    record(28, "Rio Blanco", host="HN", registered_on=dt.date(2005, 1, 11))
    record(100, "Refused wind", registered_on=None, applied=("ACM0002", "7"))
    assert len(titles(client, "")) == 3
    assert titles(client, "?search=novagerar") == ["Brazil NovaGerar Landfill Gas to Energy Project"]
    assert titles(client, "?search=0028") == ["Rio Blanco"]
    assert titles(client, "?host=HN") == ["Rio Blanco"]
    assert titles(client, "?status=rejected") == ["Refused wind"]
    assert titles(client, "?methodology=AM0003") == ["Brazil NovaGerar Landfill Gas to Energy Project"]
    assert titles(client, "?methodology=acm0002+ver.+7") == ["Refused wind"]
    assert titles(client, "?year=2005") == ["Rio Blanco"]
    assert titles(client, "?host=HN&status=rejected") == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?methodology=water", "“WATER” is not a methodology"),
        ("?host=XX", "Host Party"),
        ("?year=1", "Registered in"),
    ],
)
def test_what_cannot_be_looked_for_is_said(client: Client, query: str, words: str) -> None:
    record(8)
    answer = client.get(f"/archive/{query}")
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_one_record_with_its_source(client: Client) -> None:
    record(8, "NovaGerar", applied=("AM0003", "1"))
    page = client.get("/archive/8/").content.decode()
    for words in (
        "0008",
        "Brazil",
        "Netherlands",
        "1 March 2006",
        "50,000 t CO2e",
        "AM0003",
        "Source: UNFCCC",
    ):
        assert words in page
    assert client.get("/archive/9/").status_code == 404


def test_an_empty_archive_says_how_it_is_filled(client: Client) -> None:
    assert "import_history" in client.get("/archive/").content.decode()


def test_titles_are_text_and_nothing_else(client: Client) -> None:
    record(8, "<script>alert(1)</script>")
    assert b"<script>alert(1)" not in client.get("/archive/").content
    assert b"<script>alert(1)" not in client.get("/archive/8/").content


def test_as_many_queries_for_a_hundred_as_for_one(client: Client) -> None:
    record(1)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/archive/")
    for number in range(2, 121):
        record(number)
    with CaptureQueriesContext(connection) as many:
        answer = client.get("/archive/")
    assert len(answer.context["rows"]) == 50
    assert len(many) == len(few) <= 6
    assert len(titles(client, "?page=3")) == 20
