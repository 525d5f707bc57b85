"""Tasks: made by moves, assigned in rotation, claimed, handed over, reminded of, closed by the move that does them."""

from __future__ import annotations

import datetime as dt

import pytest

from cdm import assignment, queries
from cdm.acts import people, requests
from cdm.models import BoardRequest, Notice, Organisation, Task, User
from cdm.workflow.refusals import Denied, NotOpen
from tests.given import World
from tests.walks.days import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(world: World) -> BoardRequest:
    """In the completeness check of the secretariat, due on the 7th day; three people sit there."""
    for number in (2, 3):
        world.seat(f"secretary {number}", "UNFCCC secretariat", Organisation.Kind.SECRETARIAT)
    return world.submitted_request(world.on("2019-03-01").validated(others=()), "validator")


def task_of(request: BoardRequest) -> Task:
    found: Task = Task.objects.get(machine_name="board_request", subject_id=request.pk, closed_at=None)
    return found


def notices_about(sentence: str) -> list[str]:
    return list(
        Notice.objects.filter(sentence__startswith=sentence).order_by("user__email").values_list(
            "user__email", flat=True
        )
    )  # fmt: skip


def test_a_move_makes_the_task_and_the_move_that_does_it_closes_it(
    world: World, request_: BoardRequest
) -> None:
    task = task_of(request_)
    assert task.what == "Check the request for completeness"
    assert task.organisation == world.organisations["secretary"]
    assert task.due_on == world.at.date() + dt.timedelta(days=6)
    world.do(request_, "pass_completeness", "secretary 2")
    task.refresh_from_db()
    assert task.closed_at == world.at
    assert task.closed_by.verb == "pass_completeness"
    assert task_of(request_).what == "Check information and reporting"


def test_assigned_in_rotation_and_told(world: World, request_: BoardRequest) -> None:
    for _ in range(4):
        world.submitted_request(world.validated(others=()), "validator")
    assignment.assign_waiting(at=world.at)
    mine = Task.objects.filter(closed_at=None, organisation=world.organisations["secretary"])
    turns = [task.assigned_to.email for task in mine.order_by("opened_at", "id")]
    three = ["secretary.2@example.org", "secretary.3@example.org", "secretary@example.org"]
    # nobody has a second before everybody has a first
    assert sorted(turns[:3]) == three
    assert sorted(turns[3:]) == sorted(turns[:2])
    assert sorted(set(notices_about("Your task: Check the request"))) == three
    assert assignment.assign_waiting(at=world.at) == 0
    assert len(notices_about("Your task: Check the request")) == 5


def test_the_turn_goes_on_with_the_next_task(world: World, request_: BoardRequest) -> None:
    assignment.assign_waiting(at=world.at)
    first = task_of(request_).assigned_to
    world.do(request_, "pass_completeness", "secretary")
    world.on(f"{world.at.date() + dt.timedelta(days=1)}")
    assignment.assign_waiting(at=world.at)
    assert task_of(request_).assigned_to not in (None, first)


def test_never_assigned_to_one_with_a_conflict_of_interest(world: World, request_: BoardRequest) -> None:
    for who in ("secretary", "secretary 3"):
        people.record_conflict(
            user=world.people[who],
            project=request_.project,
            reason="A relative works there.",
            by=world.people[who],
            at=world.at,
        )
    Task.objects.update(assigned_to=None, assigned_at=None)
    assignment.assign_waiting(at=world.at)
    task = task_of(request_)
    assert task.assigned_to == world.people["secretary 2"]
    with pytest.raises(Denied, match="conflict of interest"):
        assignment.claim(task, by=world.people["secretary"], at=world.at)
    with pytest.raises(Denied, match="conflict of interest"):
        assignment.hand_over(
            task, to=world.people["secretary 3"], note="", by=world.people["secretary 2"], at=world.at
        )
    with pytest.raises(Denied):
        world.do(request_, "pass_completeness", "secretary")
    assert task not in queries.inbox_for(world.people["secretary"], world.at)
    assert task in queries.inbox_for(world.people["secretary 2"], world.at)


def test_where_everybody_has_a_conflict_nobody_gets_it(world: World, request_: BoardRequest) -> None:
    Task.objects.update(assigned_to=None, assigned_at=None)
    for who in ("secretary", "secretary 2", "secretary 3"):
        people.record_conflict(
            user=world.people[who], party="BR", reason="Citizen.", by=world.people[who], at=world.at
        )
    assignment.assign_waiting(at=world.at)
    assert task_of(request_).assigned_to is None


def test_one_who_left_is_passed_over(world: World, request_: BoardRequest) -> None:
    Task.objects.update(assigned_to=None, assigned_at=None)
    for who in ("secretary", "secretary 2"):
        people.end_seat(
            world.people[who].seats.get(), reason="Left.", by=world.people["administrator"], at=world.at
        )
    assignment.assign_waiting(at=world.at)
    assert task_of(request_).assigned_to == world.people["secretary 3"]


def test_claimed_by_one_and_not_taken_by_another(world: World, request_: BoardRequest) -> None:
    task = task_of(request_)
    with pytest.raises(Denied, match="You do not sit for it"):
        assignment.claim(task, by=world.people["developer"], at=world.at)
    assignment.claim(task, by=world.people["secretary 2"], at=world.at)
    with pytest.raises(NotOpen, match="has claimed this task"):
        assignment.claim(task, by=world.people["secretary 3"], at=world.at)
    assert request_.project.records.filter(verb="claim_task").count() == 1


def test_handed_over_to_a_colleague_who_is_told(world: World, request_: BoardRequest) -> None:
    task = task_of(request_)
    assignment.claim(task, by=world.people["secretary 2"], at=world.at)
    with pytest.raises(Denied, match="does not hold the seat"):
        assignment.hand_over(
            task, to=world.people["developer"], note="", by=world.people["secretary 2"], at=world.at
        )
    assignment.hand_over(
        task, to=world.people["secretary 3"], note="On leave.", by=world.people["secretary 2"], at=world.at
    )
    task.refresh_from_db()
    assert (task.assigned_to, task.claimed_at) == (world.people["secretary 3"], None)
    assert notices_about("A task was handed to you") == ["secretary.3@example.org"]
    record = request_.project.records.get(verb="hand_over_task")
    assert (record.note, record.is_public) == ("On leave.", False)


def test_a_done_task_is_neither_claimed_nor_handed_over(world: World, request_: BoardRequest) -> None:
    task = task_of(request_)
    world.do(request_, "pass_completeness", "secretary")
    with pytest.raises(NotOpen, match="done already"):
        assignment.claim(task, by=world.people["secretary 2"], at=world.at)
    with pytest.raises(NotOpen, match="done already"):
        assignment.hand_over(
            task, to=world.people["secretary 3"], note="", by=world.people["secretary"], at=world.at
        )


def test_reminded_before_and_after_and_escalated_each_once(world: World, request_: BoardRequest) -> None:
    """Due on the 7th day: told from three days before, on the day after, and to all after a week."""
    assignment.assign_waiting(at=world.at)
    task = task_of(request_)
    due_on = task.due_on
    assert due_on is not None

    def told(days: int) -> int:
        at = dt.datetime.combine(due_on + dt.timedelta(days=days), dt.time(9), dt.UTC)
        return assignment.remind(at=at)

    person = task.assigned_to.email
    assert told(-4) == 0
    assert told(-3) == 1
    assert [told(-3), told(-1), told(0)] == [0, 0, 0]
    assert notices_about("Due on") == [person]
    assert told(1) == 1
    assert [told(1), told(7)] == [0, 0]
    assert notices_about(f"Overdue since {written(due_on)}: ") == [person]
    assert told(8) == 3
    assert [told(8), told(100)] == [0, 0]
    everybody = ["secretary.2@example.org", "secretary.3@example.org", "secretary@example.org"]
    assert notices_about(f"Overdue since {written(due_on)} and escalated") == everybody


def test_nobody_is_reminded_of_what_is_done(world: World, request_: BoardRequest) -> None:
    world.do(request_, "pass_completeness", "secretary")
    world.do(request_, "pass_information", "secretary")
    Notice.objects.all().delete()
    assert assignment.remind(at=world.at + dt.timedelta(days=20)) == 0
    assert not Notice.objects.exists()


def test_reply_tasks_close_one_by_one(world: World) -> None:
    request = world.published_request(world.on("2019-03-01").validated(others=()), "validator")
    requests.ask_for_review(
        request, grounds=["additionality"], reasons="?", by=world.people["dna BR"], at=world.at
    )
    waiting = Task.objects.filter(what="Reply to the requests for review", closed_at=None)
    assert {task.role for task in waiting} == {"participant", "doe"}
    assert {task.due_on for task in waiting} == {world.at.date() + dt.timedelta(days=27)}
    requests.reply(request, text="Shown.", by=world.people["developer"], at=world.at)
    assert [task.role for task in waiting.all()] == ["doe"]
    requests.reply(request, text="Shown.", by=world.people["validator"], at=world.at)
    assert not waiting.all().exists()
    assert Task.objects.get(what="Assess the request under review independently", closed_at=None)


def test_a_person_with_two_seats_has_the_tasks_of_both(world: World) -> None:
    user: User = world.people["member 1"]
    people.grant_seat(
        user=user,
        organisation=world.organisations["secretary"],
        by=world.people["administrator"],
        at=world.at,
    )
    request = world.submitted_request(world.on("2019-07-01").validated(others=()), "validator")
    assert task_of(request) in queries.inbox_for(user, world.at)
