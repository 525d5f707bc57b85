"""Real threads at the one door, on PostgreSQL: one wins, the other is told why; and the lock is what does it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from cdm import assignment, post
from cdm.acts import comments, requests
from cdm.models import (
    BoardRequest,
    Notice,
    Organisation,
    PendingMail,
    Project,
    Record,
    RecordChain,
    SecretariatCheck,
    Task,
)
from cdm.models.subject import Subject
from cdm.workflow import engine, recording
from cdm.workflow.refusals import NotOpen, Stale
from registry import queries, verify
from registry.models import Issuance
from tests.given import World, instant
from tests.races.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8
ROUNDS = 3


@pytest.fixture
def world(transactional_db: None) -> World:
    return World()


def press(world: World, subject: Subject, move: str, who: str, **given: Any) -> Callable[[], Record]:
    """An act that presses the button on a row it has read for itself."""
    model, key, by, at = type(subject), subject.pk, world.people[who], world.at

    def act() -> Record:
        fresh: Any = model._default_manager.get(pk=key)
        return engine.perform(fresh, move, by=by, at=at, **given)

    return act


def refused(results: list[Any]) -> list[NotOpen]:
    """The refusals among the results; any other exception is a fault."""
    faults = [r for r in results if isinstance(r, Exception) and not isinstance(r, NotOpen)]
    assert not faults, faults
    return [r for r in results if isinstance(r, NotOpen)]


def assert_true() -> None:
    assert verify.verify_book().ok
    for chain in RecordChain.objects.all():
        assert list(recording.broken_links(chain)) == []


def in_completeness_check(world: World, day: str = "2019-03-01") -> BoardRequest:
    return world.submitted_request(world.on(day).validated(others=()), "validator")


def test_the_same_button_at_once_one_wins_and_the_others_are_told(world: World) -> None:
    request = in_completeness_check(world)
    results = at_once([press(world, request, "pass_completeness", "secretary")] * THREADS)
    losers = refused(results)
    assert len(losers) == THREADS - 1
    assert all("not possible now" in str(loser) for loser in losers)
    assert SecretariatCheck.objects.count() == 1
    assert Record.objects.filter(verb="pass_completeness").count() == 1
    assert request.project.deadlines.filter(clock="information", closed_at=None).count() == 1
    assert_true()


def test_of_those_who_saw_the_same_page_all_but_one_hear_who_was_first(world: World) -> None:
    request = in_completeness_check(world)
    acts = [
        press(world, request, "pass_completeness", "secretary", expected_version=request.version),
        press(
            world,
            request,
            "return",
            "secretary",
            expected_version=request.version,
            sections=["d"],
            reasons="No benchmark.",
        ),
    ] * 2
    losers = refused(at_once(acts))
    assert len(losers) == 3
    told = ("Somebody was here before you", "You have changed this already")  # who pressed twice is told so
    assert all(isinstance(loser, Stale) and str(loser).startswith(told) for loser in losers)
    assert SecretariatCheck.objects.count() == 1


def test_without_the_lock_the_button_is_pressed_several_times(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The canary: nothing but the lock makes the tests above pass."""
    request = in_completeness_check(world)
    together = threading.Barrier(THREADS)

    def unlocked(subject: Any) -> tuple[Project, Any]:
        project = Project.objects.get(pk=subject.whole_project.pk)
        fresh = type(subject)._default_manager.get(pk=subject.pk)
        fresh.project = project
        together.wait(30)
        return project, fresh

    monkeypatch.setattr(engine, "lock", unlocked)
    at_once([press(world, request, "pass_completeness", "secretary")] * THREADS)
    assert SecretariatCheck.objects.count() > 1


def test_a_letter_is_issued_while_the_project_is_withdrawn(world: World) -> None:
    for _ in range(ROUNDS):
        project = world.submitted(others=())
        letter = project.letters.get()
        given = {
            "number": "1",
            "dated_on": world.at.date(),
            "is_voluntary": True,
            "contributes_to_sustainable_development": True,
        }
        issuing = press(world, letter, "issue", "dna BR", **given)
        withdrawing = press(world, project, "withdraw", "developer", note="Sold.")
        issued, withdrawn = at_once([issuing, withdrawing])
        assert not isinstance(withdrawn, Exception)
        project.refresh_from_db()
        letter.refresh_from_db()
        assert project.state == "withdrawn_before_publication"
        # given before the withdrawal, or closed by it: never left asking
        assert letter.state == ("lapsed" if isinstance(issued, NotOpen) else "issued")
        assert isinstance(issued, NotOpen | Record)
        assert not Task.objects.filter(project=project, closed_at=None).exists()
    assert_true()


def test_a_request_for_review_in_the_last_second_and_the_clock(world: World) -> None:
    """Whoever comes first; the other finds it done, and the project is never both registered and under review."""
    for _ in range(ROUNDS):
        request = world.published_request(world.on("2019-03-01").validated(others=()), "validator")
        closes_at = dt.datetime.combine(request.window_last_day + dt.timedelta(days=1), dt.time(), dt.UTC)
        key = request.pk

        def ask(key: int = key, at: dt.datetime = closes_at - dt.timedelta(seconds=1)) -> Any:
            return requests.ask_for_review(
                BoardRequest.objects.get(pk=key),
                grounds=["additionality"],
                reasons="Not shown.",
                by=world.people["dna BR"],
                at=at,
            )

        asked, ran = at_once([ask, lambda at=closes_at: engine.run_clocks(at=at)])
        request.refresh_from_db()
        project = Project.objects.get(pk=request.project_id)
        assert not ran.failed
        if isinstance(asked, NotOpen):
            assert (request.state, project.state) == ("registered", "registered")
            assert len(ran.done) == 1
        else:
            assert not isinstance(asked, Exception)
            assert (request.state, project.state) == ("review_requested", "requesting_registration")
            assert ran.done == ()
        world.at = closes_at
    assert_true()


def test_two_workers_run_the_clocks(world: World) -> None:
    """Four windows close: each once, and the reference numbers follow each other."""
    found = [
        world.published_request(world.on("2019-03-01").validated(others=()), "validator") for _ in range(1)
    ]
    for _ in range(3):
        world.at = instant("2019-03-01")
        project = world.published(others=())
        world.after_comments(project)
        world.attach(project, "validation_report", "validator")
        world.do(project, "give_positive_opinion", "validator", opinion="Fine.")
        found.append(world.published_request(project, "validator"))
    at = dt.datetime.combine(max(r.window_last_day for r in found), dt.time(), dt.UTC) + dt.timedelta(days=1)
    ran = at_once([lambda: engine.run_clocks(at=at)] * 4)
    assert [r for r in ran if isinstance(r, Exception)] == []
    assert sum(len(one.done) for one in ran) == len(found)
    assert all(not one.failed for one in ran)
    numbers = Project.objects.filter(state="registered").values_list("reference_number", flat=True)
    assert sorted(numbers) == [1, 2, 3, 4]
    assert Record.objects.filter(verb="register").count() == 4
    assert_true()


def test_two_projects_registered_by_the_board_at_once(world: World) -> None:
    under_review = []
    for _ in range(2):
        request = in_completeness_check(world)
        world.do(request, "pass_completeness", "secretary")
        world.do(request, "pass_information", "secretary")
        requests.ask_for_review(
            request, grounds=["additionality"], reasons="?", by=world.people["dna BR"], at=world.at
        )
        for who in ("developer", "validator"):
            requests.reply(request, text="Shown.", by=world.people[who], at=world.at)
        under_review.append(request)
    before_the_board = [world.proposed(request, "approve") for request in under_review]
    for matter in before_the_board:
        world.do(matter, "object", "member 2", "It needs a discussion.")
    day = f"{world.at.date() + dt.timedelta(days=14)}"
    meeting = world.meeting(on=day, is_open=False)
    world.on(day).opened(meeting)
    for matter in before_the_board:
        matter.refresh_from_db()
    acts = [
        press(world, matter, "adopt_by_consensus", world.chair)
        for matter in before_the_board
        for _ in range(2)
    ]
    assert len(refused(at_once(acts))) == 2
    numbers = Project.objects.values_list("reference_number", flat=True)
    assert sorted(numbers) == [1, 2]
    assert_true()


def test_two_workers_assign(world: World) -> None:
    for number in range(1, 4):
        world.seat(f"secretary {number}", "UNFCCC secretariat", Organisation.Kind.SECRETARIAT)
    for _ in range(4):
        in_completeness_check(world)
    Notice.objects.all().delete()
    Task.objects.update(assigned_to=None, assigned_at=None)
    waiting = Task.objects.filter(closed_at=None).count()
    results = at_once([lambda: assignment.assign_waiting(at=world.at)] * 4)
    assert [r for r in results if isinstance(r, Exception)] == []
    assert sum(results) == waiting
    assert Notice.objects.filter(sentence__startswith="Your task").count() == waiting
    checks = Task.objects.filter(closed_at=None, organisation__kind="secretariat")
    # in rotation: four tasks, four people, one each
    assert len(set(checks.values_list("assigned_to", flat=True))) == checks.count() == 4


def test_two_workers_send_the_mail(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    project = world.on("2019-03-01").published()
    for number in range(20):
        comments.make(
            project,
            name="Ana",
            organisation="",
            email=f"a{number}@example.org",
            text=f"{number}",
            at=world.at,
        )
    Notice.objects.update(mailed_at=None, mail_claimed_at=None)
    PendingMail.objects.update(mailed_at=None, mail_claimed_at=None)
    waiting = Notice.objects.count() + PendingMail.objects.count()
    mail.outbox.clear()
    sent: list[str] = []
    plain = EmailMessage.send

    def send(message: EmailMessage, *args: Any, **kwargs: Any) -> int:
        sent.append(message.extra_headers["Message-ID"])
        return plain(message, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", send)
    results = at_once([lambda: post.send_waiting(at=world.at)] * 4)
    assert [r for r in results if isinstance(r, Exception)] == []
    assert sum(results) == len(sent) == len(set(sent)) == waiting


def test_two_administrators_issue_and_two_forward(world: World) -> None:
    world.seat("administrator 2", "CDM registry administrator", Organisation.Kind.REGISTRY)
    project = world.on("2017-03-01").registered(others=(), crediting_from="2018-01-01")
    world.on("2019-03-01")
    request = world.instructed(world.certified(project, "2018-01-01", "2018-12-31", {2: 1_000}))
    both = ["administrator", "administrator 2"] * 2
    assert len(refused(at_once([press(world, request, "issue", who) for who in both]))) == 3
    issuance = Issuance.objects.get()
    request.refresh_from_db()
    account = world.account()
    asked = world.forwarding_asked(request, [(account, 2, 980)])
    acts = [press(world, asked, "carry_out", who) for who in both]
    acts.append(press(world, asked, "withdraw", "developer", note="Elsewhere."))
    assert len(refused(at_once(acts))) == 4
    asked.refresh_from_db()
    forwarded = 980 if asked.state == "forwarded" else 0
    assert (queries.balance(account), queries.waiting(issuance)) == (forwarded, 980 - forwarded)
    assert_true()
