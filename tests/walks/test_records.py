"""The record of what happened: one chain a project, unbroken, that no one can change unseen (Art. 12.7)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from cdm.acts import proposal, requests
from cdm.models import Project, Record, RecordChain, User, walls
from cdm.workflow import engine, recording
from cdm.workflow.binding import OutsideTheDoor
from cdm.workflow.refusals import Denied, NotOpen, Stale, Unmet
from tests.given import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(world: World) -> Project:
    return world.on("2019-03-01").validated()


def chain_of(project: Project) -> RecordChain:
    return RecordChain.objects.get(name=f"project:{project.pk}")


def test_every_chain_is_unbroken_and_numbered_without_gap(world: World, project: Project) -> None:
    for chain in RecordChain.objects.all():
        assert list(recording.broken_links(chain)) == []
        assert list(chain.records.values_list("number", flat=True)) == list(range(1, chain.length + 1))
    moves = [record.verb for record in chain_of(project).records.order_by("number") if record.is_move]
    assert moves == [
        "begin",
        "submit",
        "begin",
        "begin",
        "issue",
        "record_host_approval",
        "publish",
        "close_comments",
        "give_positive_opinion",
    ]


def test_a_record_says_who_in_which_role_when_and_from_where_to_where(world: World, project: Project) -> None:
    record = project.records.get(verb="give_positive_opinion")
    assert (record.source, record.target) == ("in_validation", "validated")
    assert (record.actor, record.role, record.at) == (world.people["validator"], "doe", world.at)
    assert project.records.get(verb="close_comments").actor is None
    assert project.records.get(verb="close_comments").role == "clock"


TABLES = ["cdm_record", "cdm_documentversion", "cdm_payment", "cdm_boarddecision", "cdm_opinion"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {table} SET id = id", "DELETE FROM {table}"])
def test_the_database_itself_refuses_to_change_what_is_written_once(
    world: World, table: str, statement: str
) -> None:
    """By raw SQL, past every line of Python, on both databases."""
    request = world.published_request(world.on("2005-03-01").validated(), "validator")
    requests.ask_for_review(
        request, grounds=["additionality"], reasons="?", by=world.people["dna BR"], at=world.at
    )
    for who in ("developer", "validator"):
        requests.reply(request, text="Shown.", by=world.people[who], at=world.at)
    request.refresh_from_db()
    world.decided(request, "approve", "Shown.")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        there = cursor.fetchone()[0]
        assert there > 0
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            cursor.execute(statement.format(table=table))
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] == there


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        pytest.param(
            "UPDATE cdm_record SET note = 'bribed' WHERE id = %s", "not what was hashed", id="a column"
        ),
        pytest.param(
            "UPDATE cdm_record SET canonical = '{}' WHERE id = %s", "does not follow", id="the text"
        ),
        pytest.param("UPDATE cdm_record SET hash = 'x' WHERE id = %s", "does not follow", id="the hash"),
        pytest.param(
            "UPDATE cdm_record SET previous_hash = 'x' WHERE id = %s", "does not follow", id="the link"
        ),
    ],
)
def test_with_the_walls_down_tampering_is_found(project: Project, statement: str, found: str) -> None:
    chain = chain_of(project)
    record = chain.records.order_by("number")[3]
    with walls.lifted(), connection.cursor() as cursor:
        if "canonical" in statement:
            cursor.execute("UPDATE cdm_record SET canonical = replace(canonical, 'Draft', 'Final') WHERE id = %s",
                           [record.pk])  # fmt: skip
        else:
            cursor.execute(statement, [record.pk])
    sentences = list(recording.broken_links(chain))
    assert any(found in sentence and f" {record.number} " in sentence for sentence in sentences), sentences


def test_a_record_changed_and_hashed_anew_is_found_by_the_next(project: Project) -> None:
    chain = chain_of(project)
    record = chain.records.order_by("number")[3]
    text = record.canonical.replace('"note":""', '"note":"bribed"')
    with walls.lifted(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cdm_record SET note = 'bribed', canonical = %s, hash = %s WHERE id = %s",
            [text, recording.hash_of(record.previous_hash, text), record.pk],
        )
    assert any(
        f"record {record.number + 1} does not follow" in sentence
        for sentence in recording.broken_links(chain)
    )


def test_a_chain_cut_off_at_its_end_is_found(project: Project) -> None:
    chain = chain_of(project)
    last = chain.records.order_by("-number")[0]
    chain.length, chain.head = last.number + 1, "x"
    assert any("were written" in sentence for sentence in recording.broken_links(chain))


def test_a_transition_past_the_door_is_refused(world: World, project: Project) -> None:
    with pytest.raises(OutsideTheDoor):
        project.fsm_submit_to_awaiting_host_approval.__wrapped__(project)
    with pytest.raises(AttributeError):
        project.state = "registered"


def test_on_every_refusal_nothing_at_all_has_changed(world: World) -> None:
    project = world.on("2019-03-01").published()
    before = (Record.objects.count(), project.version, project.state)
    attempts = [
        (NotOpen, "submit", "developer", {}),
        (NotOpen, "no_such_move", "developer", {}),
        (Unmet, "terminate_validation", "validator", {}),
        (Unmet, "terminate_validation", "validator", {"note": "x", "surprise": 1}),
        (Stale, "terminate_validation", "validator", {"note": "x", "expected_version": 0}),
    ]
    for refusal, move, who, given in attempts:
        with pytest.raises(refusal):
            engine.perform(project, move, by=world.people[who], at=world.at, **given)
    stranger = User.objects.create_user(email="x@example.org", name="X")
    with pytest.raises(Denied):
        engine.perform(project, "terminate_validation", by=stranger, at=world.at, note="x")
    project.refresh_from_db()
    assert (Record.objects.count(), project.version, project.state) == before


def test_a_stale_form_is_told_who_was_there_first(world: World) -> None:
    project = world.on("2019-03-01").submitted()
    drawn_from = project.version
    world.do(project, "reopen_draft", "developer", note="A figure is wrong.")
    with pytest.raises(Stale, match=r"changed by Developer on 1 March 2019, 12:00 UTC and is now “Draft”"):
        engine.perform(
            project,
            "withdraw",
            by=world.seat("partner", "EcoSecurities", "participant"),
            at=world.at,
            note="Not worth it.",
            expected_version=drawn_from,
        )
    with pytest.raises(Stale):
        proposal.save_section(
            project,
            key="description",
            text="x",
            by=world.people["developer"],
            at=world.at,
            expected_version=0,
        )


def test_sections_saved_together_are_one_record_that_keeps_every_text(world: World) -> None:
    project = world.on("2019-03-01").draft()
    by, before = world.people["developer"], project.records.count()
    texts = {"description": " What it does. ", "environmental_impacts": "None."}
    proposal.save_sections(project, texts=texts, by=by, at=world.at, expected_version=project.version)
    record = project.records.order_by("number").last()
    assert record is not None
    assert (project.records.count(), record.verb, record.actor) == (before + 1, "edit_design_document", by)
    assert record.sentence == "Draft saved: 2 sections of the design document"
    assert record.data == {"description": "What it does.", "environmental_impacts": "None."}
    saved = dict(project.sections.values_list("key", "text"))
    assert len(saved) == 10, "each is there once, the others as they were"
    assert (saved["description"], saved["environmental_impacts"]) == ("What it does.", "None.")
    assert saved["crediting_period"].startswith("What ")


def test_two_persons_the_same_move_the_second_is_told(world: World) -> None:
    request = world.submitted_request(world.on("2019-03-01").validated(), "validator")
    seen = request.version
    world.do(request, "pass_completeness", "secretary", expected_version=seen)
    with pytest.raises(Stale, match="You have changed this already"):
        world.do(request, "pass_completeness", "secretary", expected_version=seen)
    world.seat("second secretary", "UNFCCC secretariat", "secretariat")
    with pytest.raises(Stale, match="Somebody was here before you: it was changed by Secretary"):
        world.do(request, "pass_completeness", "second secretary", expected_version=seen)
    with pytest.raises(NotOpen, match="Pass the completeness check"):
        world.do(request, "pass_completeness", "secretary")
