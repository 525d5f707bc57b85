"""One cell of the matrix: a person tries a move on a subject; what came of it, and that a refusal left no trace."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from cdm import units
from cdm.models import Refund, User
from cdm.models.subject import Subject
from cdm.workflow import engine
from cdm.workflow.machines import model_of
from tests.given import World, pdf
from tests.matrix.people import seats_of

EXPECTED = Path(__file__).parent / "expected"
CLOSED, DENIED, UNMET = "closed", "denied", "unmet"
WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE", "TRUNCATE")
Table = dict[tuple[str, str], dict[str, str]]


def expected(machine: str) -> Table:
    """(state, move) -> seat -> closed, denied, unmet, or the state the move leads to: as reviewed."""
    with (EXPECTED / f"{machine}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(list(row) == ["state", "move", *seats_of(machine)] for row in rows), (
        "the columns are the seats"
    )
    table = {(row.pop("state"), row.pop("move")): row for row in rows}
    assert len(table) == len(rows), "a row stands twice"
    return table


def outcome(world: World, subject: Subject, move: str, by: User) -> str:
    """What comes of it, undone again; asserts that a refusal wrote nothing, and that a move left its record."""
    given = values(world, subject, move)
    state, version = subject.state, subject.version
    savepoint = transaction.savepoint()
    written: list[str] = []
    refused = ""
    try:
        with _watching(written):
            record = engine.perform(
                subject, move, by=by, at=world.at, note="For the reasons on file.", **given
            )
    except engine.NotOpen:
        refused = CLOSED
    except engine.Denied:
        refused = DENIED
    except engine.Unmet:
        refused = UNMET
    if not refused:
        fresh = model_of(subject.machine.name)._default_manager.get(pk=subject.pk)
        assert (record.verb, record.source, record.target) == (move, state, fresh.state)
        assert (record.actor_id, fresh.version) == (by.pk, version + 1)
        transaction.savepoint_rollback(savepoint)
        subject.refresh_from_db()
        return str(fresh.state)
    assert written == [], f"{move} was refused and yet wrote: {written}"
    transaction.savepoint_commit(savepoint)
    return refused


def values(world: World, subject: Any, move: str) -> dict[str, Any]:
    """What the move asks for, in good order."""
    day = world.at.date()
    if (subject.machine.name, move) == ("registered_change", "give_positive_opinion"):
        return {"opinion": "As in the report.", "confirmed": True}
    if move in ("give_positive_opinion", "give_negative_opinion", "refuse_certification"):
        return {"opinion": "As in the report."}
    if (subject.machine.name, move) == ("letter_of_approval", "issue"):
        return {
            "number": "BR-1", "dated_on": day, "is_voluntary": True,
            "contributes_to_sustainable_development": True,
            "participants": [world.organisations["developer"]], "letter": pdf("letter.pdf"),
        }  # fmt: skip
    if move == "authorise_further":
        return {"participants": [world.organisations["agent"]]}
    if move in ("record_fee", "record_share_of_proceeds"):
        invoice = subject.invoices.last()
        amount = invoice.open_usd if invoice else 1
        return {"amount_usd": amount, "paid_on": day, "bank_reference": "REF of the matrix"}
    if move == "record_refund":
        refund = Refund.objects.filter(invoice__request=subject).first()
        amount = refund.amount_usd if refund else 1
        return {"amount_usd": amount, "paid_on": day, "bank_reference": "REF of the matrix"}
    if move == "find_late":
        return {"started_on": dt.date(2018, 5, 2)}
    if move == "report_status":
        return {"progress": "Being built."}
    if move == "return":
        return {"sections": ["fee"], "reasons": "No proof of payment."}
    if subject.machine.name == "board_matter":
        return OF_A_MATTER.get(move, {})
    if move == "certify":
        return {"verified": {2: 5_000}, "certified": {2: 5_000}, "opinion": "Verified.", "visited_on": day}
    if move == "record_assessment":
        return {"standards_are_met": True, "assessment": "All is met."}
    if move in ("record_designation", "confirm", "set_aside", "confirm_scopes", "set_aside_scopes"):
        return {"number": "9/CMP.14", "dated_on": day}
    if move in ("withdraw_scopes", "give_up_scopes"):
        return {"scopes": ["validation:13"]}
    if move == "be_heard":
        return {"statement": "We have hired them."}
    if move == "determine":
        return {"excess": 5, "participants_could_be_heard": True}
    if move == "cancel_units":
        return {"holding": next(iter(units.holdings_of(subject.doe)), ""), "quantity": 1}
    return {}


OF_A_MATTER: dict[str, dict[str, Any]] = {
    "recommend": {"outcome": "accredit", "reasons": "As assessed."},
    "propose": {"outcome": "approve", "reasons": "As assessed."},
    "ask_for_information": {"asked_of": "participant", "text": "Which benchmark?"},
    "answer": {"text": "That of the sector."},
    "publish_ruling_note": {"facts": "The facts.", "rule": "Para 43.", "rationale": "Hence."},
}


def snapshot(subject: Subject) -> tuple[Any, ...]:
    """How many rows every table of the life cycle and of the book has, and the subject's own row."""
    with connection.cursor() as cursor:
        cursor.execute(_counts())
        found = tuple(sorted(cursor.fetchall()))
    row = model_of(subject.machine.name)._default_manager.filter(pk=subject.pk).values().get()
    return found, row


@cache
def _counts() -> str:
    models = [
        model
        for name in ("cdm", "registry")
        for model in apps.get_app_config(name).get_models(include_auto_created=True)
    ]
    tables = [model._meta.db_table for model in models]
    return " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)


@contextmanager
def _watching(written: list[str]) -> Iterator[None]:
    """Notes every statement that writes."""

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(WRITING):
            written.append(sql[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield
