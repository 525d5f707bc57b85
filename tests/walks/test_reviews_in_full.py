"""A review from its start to its end: assessments, proposed decision, silence, corrections, questions (2.6, 2.7)."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from django.apps import apps

from cdm import assignment
from cdm.acts import matters, people, requests
from cdm.models import BoardMatter, BoardRequest, Deadline, Document, Task
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.given import World, pdf
from tests.walks.days import first_second_after, last_second_of

pytestmark = pytest.mark.django_db
BOARD_MIGRATION = "cdm.migrations.0007_board"


@pytest.fixture
def request_(world: World) -> BoardRequest:
    """A request for registration under review in 2019."""
    request = world.published_request(world.on("2019-03-01").validated(), "validator")
    world.under_review(request)
    return request


def issuance(world: World, year: str = "2019", ground: str = "amount_of_reductions") -> BoardRequest:
    """A request for issuance of 900 t, under review."""
    before = int(year) - 2
    project = world.on(f"{before}-03-01").registered(others=())
    starts_on = project.crediting_starts_on
    assert starts_on is not None
    period = world.on(f"{year}-09-02").certified(
        project, f"{starts_on}", f"{starts_on + dt.timedelta(days=200)}", {1 if before < 2012 else 2: 900}
    )
    request = world.published_request(period, "verifier")
    world.under_review(request, ground)
    return request


def asked_now(matter: BoardMatter) -> list[tuple[str, str]]:
    """Who has the ball, and what for."""
    open_now = Task.objects.filter(machine_name="board_matter", subject_id=matter.pk, closed_at__isnull=True)
    return [(task.role, task.what) for task in open_now.order_by("role", "what")]


def answer(world: World, matter: BoardMatter, who: str) -> None:
    world.do(matter, "answer", who, text="The meter was replaced on 3 May.")


# --- replies and assessments -----------------------------------------------------------------------------------


def test_rulebook_2_7_a_reply_comes_with_its_documents(world: World) -> None:
    request = world.published_request(world.on("2019-03-01").validated(), "validator")
    requests.ask_for_review(
        request, grounds=["additionality"], reasons="?", by=world.people["dna BR"], at=world.at
    )
    requests.reply(
        request,
        text="See the analysis.",
        by=world.people["developer"],
        at=world.at,
        files=[pdf("analysis.pdf"), pdf("prices.pdf")],
    )
    kept = request.documents.filter(kind=Document.Kind.REVIEW_REPLY)
    assert {paper.versions.get().filename for paper in kept} == {"analysis.pdf", "prices.pdf"}


def test_rulebook_2_7_two_assessments_that_agree_and_no_third(world: World, request_: BoardRequest) -> None:
    matter = request_.matters.get()
    assert [role for role, _ in asked_now(matter)] == ["expert", "secretariat"]
    due = {task.due_on for task in Task.objects.filter(machine_name="board_matter")}
    assert due == {world.at.date() + dt.timedelta(days=13)}
    with pytest.raises(Unmet, match="secretariat's assessment is missing"):
        world.do(matter, "propose", "secretary", outcome="approve", reasons="Shown.")
    world.assess(matter, "approve", "secretary")
    with pytest.raises(NotOpen, match="already"):
        world.assess(matter, "reject", "secretary")
    world.assess(matter, "approve")
    assert asked_now(matter) == [("secretariat", "Circulate the proposed decision to the Board")]
    with pytest.raises(NotOpen, match="only on disagreement"):
        world.assess(matter, "reject", "expert 3")


def test_rulebook_2_7_a_second_expert_only_where_the_first_two_disagree(
    world: World, request_: BoardRequest
) -> None:
    """Given by Celery to an expert without a conflict of interest, and never twice to the same."""
    people.record_conflict(
        user=world.people["expert 1"],
        organisation=world.organisations["developer"],
        reason="Advised it.",
        by=world.people["expert 1"],
        at=world.at,
    )
    matter = request_.matters.get()
    first = world.expert_of(matter)
    assert first == world.people["expert 2"]
    with pytest.raises(Denied, match="conflict of interest"):
        world.assess(matter, "reject", "expert 1")
    with pytest.raises(Denied, match="is given to Expert 2"):
        world.assess(matter, "reject", "expert 3")
    world.assess(matter, "reject", "expert 2")
    world.assess(matter, "approve", "secretary")
    assert [what for role, what in asked_now(matter) if role == "expert"] == [
        "Assess it as second expert: the first two assessments disagree"
    ]
    with pytest.raises(Unmet, match="a second expert's is needed"):
        world.do(matter, "propose", "secretary", outcome="approve", reasons="Shown.")
    assert world.expert_of(matter) == world.people["expert 3"]
    with pytest.raises(Denied, match="another person's"):
        world.assess(matter, "reject", "expert 2")
    world.assess(matter, "approve", "expert 3")
    world.do(matter, "propose", "secretary", outcome="approve", reasons="Two of three.")
    assert matter.state == "proposed"


# --- silence, objection, ruling note ---------------------------------------------------------------------------


def test_rulebook_2_7_final_where_no_member_objects_within_20_days(
    world: World, request_: BoardRequest
) -> None:
    matter = world.proposed(request_, "reject", "Not additional.")
    last_day = world.at.date() + dt.timedelta(days=19)
    last_second_of(world, last_day)
    matter.refresh_from_db()
    assert matter.state == "proposed"
    first_second_after(world, last_day, clocks_run=False)
    with pytest.raises(NotOpen):
        world.do(matter, "object", "member 2", "Too late.")
    matter.refresh_from_db()
    request_.refresh_from_db()
    assert (matter.state, matter.decided_by) == ("awaiting_ruling_note", "silence")
    assert (request_.state, request_.decisions.get().by) == ("rejected", None)
    # the ruling note is due within 21 days of the decision, and is what the public reads
    assert Deadline.objects.get(
        clock="ruling_note", closed_at=None
    ).last_day == world.at.date() + dt.timedelta(days=20)
    with pytest.raises(Denied):
        world.do(matter, "publish_ruling_note", "member 1", facts="a", rule="b", rationale="c")
    with pytest.raises(Unmet, match="The rationale"):
        world.do(matter, "publish_ruling_note", "secretary", facts="a", rule="b", rationale="")
    world.do(matter, "publish_ruling_note", "secretary", facts="A.", rule="Para 43.", rationale="So.")
    assert (matter.state, matter.ruling_note.rule) == ("decided", "Para 43.")


def test_rulebook_2_7_one_objection_takes_it_to_a_meeting_which_approves(
    world: World, request_: BoardRequest
) -> None:
    matter = world.proposed(request_, "reject")
    world.do(matter, "object", "member 2", "The barrier is shown.")
    day = f"{world.at.date() + dt.timedelta(days=14)}"
    meeting = world.meeting(on=day, is_open=False)
    world.on(day).opened(meeting)
    matter.refresh_from_db()
    matters.put_motion(matter, outcome="approve", reasons="Shown.", by=world.people[world.chair], at=world.at)
    world.do(matter, "adopt_by_consensus", world.chair)
    request_.refresh_from_db()
    assert (matter.state, request_.state) == ("decided", "registered")


def test_rulebook_2_8_a_withdrawn_request_leaves_nothing_to_decide(
    world: World, request_: BoardRequest
) -> None:
    matter = world.proposed(request_, "reject")
    world.do(request_, "withdraw", "developer", "The investor left.")
    matter.refresh_from_db()
    assert (matter.state, asked_now(matter)) == ("lapsed", [])
    assert not Deadline.objects.filter(machine_name="board_matter", closed_at=None).exists()


# --- corrections and the effective date (2.6, points 12-13) ----------------------------------------------------


def test_rulebook_2_6_point_13_effective_when_the_corrected_documents_came_in(
    world: World, request_: BoardRequest
) -> None:
    matter = request_.matters.get()
    world.assess(matter, "approve_with_corrections", "secretary")
    world.assess(matter, "approve_with_corrections")
    with pytest.raises(Unmet, match="which corrections are required"):
        world.do(matter, "propose", "secretary", outcome="approve_with_corrections", reasons="Nearly.")
    world.do(
        matter,
        "propose",
        "secretary",
        outcome="approve_with_corrections",
        reasons="Nearly.",
        corrections="The grid factor in section (i).",
    )
    world.on(f"{world.at.date() + dt.timedelta(days=20)}")
    request_.refresh_from_db()
    assert request_.state == "corrections_requested"
    with pytest.raises(Unmet, match="Attach the corrected documents"):
        world.do(request_, "submit_corrections", "validator", "Section (i).")
    world.attach(request_, "correction", "validator")
    world.do(request_, "submit_corrections", "validator", "Section (i).")
    # checked, sent back, and submitted again with newer papers
    world.on(f"{world.at.date() + dt.timedelta(days=3)}")
    world.do(request_, "send_back_corrections", "secretary", "The annex still has the old factor.")
    with pytest.raises(Unmet, match="Attach the corrected documents"):
        world.do(request_, "submit_corrections", "validator", "Section (i).")
    world.on(f"{world.at.date() + dt.timedelta(days=2)}")
    world.attach(request_, "correction", "validator")
    world.do(request_, "submit_corrections", "validator", "Section (i) and the annex.")
    came_in_on = world.at.date()
    with pytest.raises(Denied):
        world.do(request_, "accept_corrections", "validator")
    world.on(f"{came_in_on + dt.timedelta(days=4)}")
    world.do(request_, "accept_corrections", "secretary")
    request_.project.refresh_from_db()
    assert (request_.state, request_.project.registered_on) == ("registered", came_in_on)


def test_rulebook_2_12_point_5_an_issuance_is_approved_for_a_corrected_lower_amount(world: World) -> None:
    request = issuance(world)
    world.decided(request, "approve_with_corrections", corrections="The amount of May.")
    assert request.state == "corrections_requested"
    world.attach(request, "correction", "verifier")
    with pytest.raises(Unmet, match="901 t is more than the 900 t certified"):
        world.do(request, "submit_corrections", "verifier", "May.", corrected={2: 901})
    world.do(request, "submit_corrections", "verifier", "May.", corrected={2: 850})
    world.do(request, "accept_corrections", "secretary")
    assert (request.state, request.requested_t) == ("awaiting_instruction", 850)


# --- a question stops the clock --------------------------------------------------------------------------------


def test_rulebook_2_7_a_question_stops_the_clock_and_its_days_are_added(
    world: World, request_: BoardRequest
) -> None:
    matter = world.proposed(request_, "approve")
    was = Deadline.objects.get(clock="objection", closed_at=None).last_day
    world.on(f"{world.at.date() + dt.timedelta(days=5)}")
    world.do(matter, "ask_for_information", "member 2", asked_of="doe", text="When was the meter replaced?")
    assert asked_now(matter) == [("doe", "Answer the question of the review")]
    with pytest.raises(Unmet, match="they answer it"):
        answer(world, matter, "developer")
    world.on(f"{world.at.date() + dt.timedelta(days=9)}")
    world.do(matter, "answer", "validator", text="On 3 May.", file=pdf("log.pdf"))
    assert matter.state == "proposed"
    assert matter.questions.get().document.filename == "log.pdf"  # type: ignore[union-attr]
    assert Deadline.objects.get(clock="objection", closed_at=None).last_day == was + dt.timedelta(days=9)
    last_second_of(world, was + dt.timedelta(days=9))
    matter.refresh_from_db()
    assert matter.state == "proposed"
    first_second_after(world, was + dt.timedelta(days=9))
    matter.refresh_from_db()
    assert matter.state == "decided"


def test_rulebook_2_7_without_an_answer_the_review_goes_on_after_the_last_day(
    world: World, request_: BoardRequest
) -> None:
    matter = request_.matters.get()
    was = Deadline.objects.get(clock="expert_assessment", closed_at=None).last_day
    world.do(matter, "ask_for_information", "secretary", asked_of="participant", text="Which benchmark?")
    last_day = world.at.date() + dt.timedelta(days=13)
    last_second_of(world, last_day)
    matter.refresh_from_db()
    assert matter.state == "awaiting_information"
    first_second_after(world, last_day)
    matter.refresh_from_db()
    assert matter.state == "being_assessed"
    with pytest.raises(NotOpen):
        answer(world, matter, "developer")
    assert Deadline.objects.get(clock="expert_assessment", closed_at=None).last_day == was + dt.timedelta(
        days=14
    )
    assert [role for role, _ in asked_now(matter)] == ["expert", "secretariat"]


# --- the rules of 2005 -----------------------------------------------------------------------------------------


def test_para_41b_in_2005_a_meeting_decides_no_later_than_the_second(world: World) -> None:
    request = world.published_request(world.on("2006-03-01").validated(), "validator")
    matter = world.under_review(request)
    for number, day in ((24, "2006-06-12"), (25, "2006-07-19"), (26, "2006-09-26")):
        world.meeting(number, on=day, is_open=False)
    world.proposed(request, "approve")
    matter.refresh_from_db()
    # no silence procedure, and no days before the meeting
    assert (matter.state, str(matter.meeting)) == ("on_agenda", "EB 24")
    world.on("2006-06-12").opened(matter.meeting)  # type: ignore[arg-type]
    world.do(matter, "defer", "member 1", "The expert was ill.")
    assert str(matter.meeting) == "EB 25"
    world.on("2006-07-19").opened(matter.meeting)  # type: ignore[arg-type]
    with pytest.raises(Unmet, match="second meeting after the review was requested"):
        world.do(matter, "defer", "member 1", "The expert is ill.")
    world.do(matter, "adopt_by_consensus", "member 1")
    request.project.refresh_from_db()
    assert request.project.registered_on == dt.date(2006, 7, 19)


def test_para_65_in_2005_an_issuance_review_is_about_the_doe_alone_and_takes_30_days(world: World) -> None:
    with pytest.raises(Unmet, match="not a permitted ground"):
        issuance(world, "2008")
    request = BoardRequest.objects.get(kind="issuance")
    matter = world.under_review(request, "fraud")
    assert Deadline.objects.get(
        clock="completion", closed_at=None
    ).last_day == world.at.date() + dt.timedelta(days=30)
    world.decided(request, "reject", "The visit did not take place.")
    matter.refresh_from_db()
    assert (request.state, matter.state) == ("rejected", "awaiting_ruling_note")


def test_tasks_of_a_review_are_given_out_once(world: World, request_: BoardRequest) -> None:
    """Two sweeps, one person each."""
    assert assignment.assign_waiting(at=world.at) > 0
    assert assignment.assign_waiting(at=world.at) == 0


def test_a_review_that_was_open_before_the_board_sat_is_carried_on(
    world: World, request_: BoardRequest
) -> None:
    """As it was before the migration: under review, and no matter before the Board."""
    Task.objects.filter(machine_name="board_matter").update(closed_at=world.at)
    Deadline.objects.filter(machine_name="board_matter").update(closed_at=world.at)
    BoardMatter.objects.all().delete()
    migration = importlib.import_module(BOARD_MIGRATION)
    migration.bring_open_reviews_before_the_board(apps, None)
    matter = request_.matters.get()
    assert (matter.state, matter.opened_on) == ("being_assessed", world.at.date())
    # the first assessment opens the tasks of what is still missing
    world.assess(matter, "approve", "secretary")
    world.assess(matter, "approve")
    world.do(matter, "propose", "secretary", outcome="approve", reasons="Shown.")
    assert matter.state == "proposed"
