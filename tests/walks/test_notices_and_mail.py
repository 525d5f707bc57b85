"""Notices and letters: written once, sent once, and after a crash sent again under the same Message-ID."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from cdm import post
from cdm.models import Deadline, Notice, PendingMail, Record
from cdm.workflow import engine
from tests.given import World

pytestmark = pytest.mark.django_db


def sent_ids() -> list[str]:
    return [message.extra_headers["Message-ID"] for message in mail.outbox]


def test_a_move_tells_each_person_once_and_not_the_one_who_made_it(world: World) -> None:
    project = world.submitted()
    Notice.objects.all().delete()
    world.approve(project)
    told = Notice.objects.filter(sentence__startswith="Letter of approval issued")
    # the developer and the buyer take part; the DNA that issued it is not told
    assert sorted(notice.user.email for notice in told) == ["buyer@example.org", "developer@example.org"]
    assert {notice.url for notice in told} == {project.letters.get(party="BR").get_absolute_url()}


def test_a_refused_move_tells_nobody(world: World) -> None:
    project = world.draft()
    project.sections.all().delete()
    Notice.objects.all().delete()
    with pytest.raises(engine.Unmet):
        world.do(project, "submit", "developer")
    assert not Notice.objects.exists()


def test_the_clocks_run_twice_do_and_say_everything_once(world: World) -> None:
    project = world.on("2019-03-01").published()
    at = dt.datetime.combine(project.comments_close_on, dt.time(), dt.UTC) + dt.timedelta(days=1)
    ran = [engine.run_clocks(at=at) for _ in range(3)]
    assert [len(one.done) for one in ran] == [1, 0, 0]
    assert Record.objects.filter(verb="close_comments").count() == 1
    people = Notice.objects.filter(sentence__startswith="The comment period is over")
    assert sorted(people.values_list("user__email", flat=True)) == [
        "buyer@example.org",
        "developer@example.org",
        "validator@example.org",
    ]


def test_a_clock_that_cannot_move_says_why_once_and_tries_again(world: World) -> None:
    """A host letter that is gone keeps the window's move from being made; nothing is registered silently."""
    request = world.published_request(world.on("2019-03-01").validated(others=()), "validator")
    letter = request.project.letters.get()
    type(letter).objects.filter(pk=letter.pk).update(party="HN")
    at = dt.datetime.combine(request.window_last_day, dt.time(), dt.UTC) + dt.timedelta(days=1)
    for _ in range(3):
        assert [why for _, why in engine.run_clocks(at=at).failed] != []
    deadline = Deadline.objects.get(clock="review_window", closed_at=None)
    assert "has not been issued" in deadline.failed_because
    told = Notice.objects.filter(sentence__startswith="The clock could not make its move")
    administrators = {world.people[who].pk for who in ("administrator", "second administrator")}
    assert sorted(told.values_list("user", flat=True)) == sorted(administrators), "each of them once"
    type(letter).objects.filter(pk=letter.pk).update(party="BR")
    assert len(engine.run_clocks(at=at).done) == 1
    deadline.refresh_from_db()
    assert (deadline.failed_because, deadline.closed_at) == ("", at)


def test_mail_is_sent_once_however_often_it_is_asked_for(world: World) -> None:
    world.on("2019-03-01").published()
    waiting = Notice.objects.count()
    assert waiting > 0
    mail.outbox.clear()
    assert [post.send_waiting(at=world.at) for _ in range(3)] == [waiting, 0, 0]
    assert len(set(sent_ids())) == len(mail.outbox) == waiting


class WorkerKilled(BaseException):
    """What a killed worker looks like from inside: no `except Exception` gets hold of it."""


def test_killed_between_sending_and_settling_it_is_sent_again_under_the_same_id(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.submitted(others=())
    Notice.objects.exclude(pk=Notice.objects.latest("id").pk).delete()
    mail.outbox.clear()

    def killed(*args: Any, **kwargs: Any) -> None:
        raise WorkerKilled

    with monkeypatch.context() as patched:
        patched.setattr(Notice, "save", killed)
        with pytest.raises(WorkerKilled):
            post.send_waiting(at=world.at)
    assert len(mail.outbox) == 1
    # the claim holds for five minutes, then another worker takes it
    assert post.send_waiting(at=world.at + dt.timedelta(minutes=5)) == 0
    assert post.send_waiting(at=world.at + dt.timedelta(minutes=5, seconds=1)) == 1
    assert len(set(sent_ids())) == 1
    assert len(mail.outbox) == 2
    notice = Notice.objects.get()
    assert sent_ids()[0].startswith(f"<{notice.message_id}@")
    assert post.send_waiting(at=world.at + dt.timedelta(days=1)) == 0


def test_one_bad_address_does_not_hold_up_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    project = world.on("2019-03-01").published(others=())
    for number in range(3):
        PendingMail.objects.create(
            address=f"a{number}@example.org", subject="Confirm", body="Please.", created_at=world.at
        )
    Notice.objects.all().delete()
    plain = EmailMessage.send

    def send(message: EmailMessage, *args: Any, **kwargs: Any) -> int:
        if message.to == ["a1@example.org"]:
            raise OSError("no such host")
        return plain(message, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", send)
    assert post.send_waiting(at=world.at) == 2
    bad = PendingMail.objects.get(mailed_at=None)
    assert (bad.mail_attempts, bad.mail_error) == (1, "no such host")
    later = world.at
    for _ in range(20):
        later += dt.timedelta(minutes=6)
        post.send_waiting(at=later)
    bad.refresh_from_db()
    # given up after ten attempts, and the reason kept
    assert (bad.mail_attempts, bad.mailed_at) == (10, None)
    assert project.state == "open_for_comments"
