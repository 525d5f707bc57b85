"""Idempotency-Key: the same request twice is done once, whoever crashes in between."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from cdm.api import once
from cdm.models import KeptAnswer, Project, Record
from tests.api.conftest import Program, good, problem
from tests.given import World, pdf

pytestmark = pytest.mark.django_db
Programs = Callable[..., Program]
KEY = {"idempotency_key": "3f1c"}


def filing(world: World, title: str = "A draft") -> dict[str, Any]:
    return {"title": title, "developer": world.organisations["developer"].pk}


def test_the_same_request_gets_the_same_answer(world: World, program: Programs) -> None:
    developer = program("developer")
    first = developer.post("projects/", filing(world), **KEY)
    again = developer.post("projects/", filing(world), **KEY)
    assert good(first, 201) == good(again, 201)
    assert again["ETag"] == first["ETag"]
    assert again["Idempotent-Replayed"] == "true"
    assert Project.objects.count() == 1
    assert KeptAnswer.objects.get().record == Record.objects.get(verb="begin")


def test_another_body_under_the_same_key_is_refused(world: World, program: Programs) -> None:
    developer = program("developer")
    good(developer.post("projects/", filing(world), **KEY), 201)
    answer = developer.post("projects/", filing(world, "Another"), **KEY)
    assert "came with another request before" in problem(answer, 422, "key-reused")["detail"]
    assert Project.objects.count() == 1


def test_another_address_or_version_is_another_request(world: World, program: Programs) -> None:
    project, developer = world.draft(), program("developer")
    etag = developer.get(f"projects/{project.pk}/")["ETag"]
    good(developer.post(f"projects/{project.pk}/moves/submit/", {}, if_match=etag, **KEY))
    problem(developer.post(f"projects/{project.pk}/moves/submit/", {}, **KEY), 422, "key-reused")
    problem(developer.post(f"projects/{project.pk}/moves/withdraw/", {}, **KEY), 422, "key-reused")


def test_each_person_has_keys_of_their_own(world: World, program: Programs) -> None:
    project = world.published()
    for who in ("developer", "validator"):
        answer = program(who).post(
            f"projects/{project.pk}/moves/terminate_validation/", {"note": "End."}, **KEY
        )
        assert "Idempotent-Replayed" not in answer


def test_a_move_is_made_once(world: World, program: Programs) -> None:
    project, developer = world.draft(), program("developer")
    answers = [developer.post(f"projects/{project.pk}/moves/submit/", {}, **KEY) for _ in range(3)]
    assert {good(answer)["record"]["id"] for answer in answers} == {Record.objects.get(verb="submit").pk}


def test_a_refusal_is_not_kept(world: World, program: Programs) -> None:
    """What was missing is put right, and the same request goes through."""
    project = world.published()
    world.after_comments(project)
    validator = program("validator")
    address, body = f"projects/{project.pk}/moves/give_positive_opinion/", {"opinion": "All is met."}
    problem(validator.post(address, body, **KEY), 422, "unmet")
    assert not KeptAnswer.objects.exists()
    world.attach(project, "validation_report", "validator")
    assert good(validator.post(address, body, **KEY))["standing"]["state"] == "validated"


def test_files_count_by_what_is_in_them(world: World, program: Programs) -> None:
    project = world.draft()
    developer = program("developer")
    address = f"projects/{project.pk}/documents/"
    for _ in range(2):
        good(developer.upload(address, {"kind": "calculation", "file": pdf()}, **KEY), 201)
    assert project.documents.get().versions.count() == 1
    problem(
        developer.upload(address, {"kind": "calculation", "file": pdf("other.pdf")}, **KEY), 422, "key-reused"
    )


def test_a_crash_before_the_answer_leaves_it_done_once(
    world: World, program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends after the commit and before it has answered; the retry learns that it was done."""
    project, developer = world.draft(), program("developer")
    address = f"projects/{project.pk}/moves/submit/"

    class Killed(BaseException):
        pass

    def killed(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(once, "_keep", killed)
    with pytest.raises(Killed):
        developer.post(address, {}, **KEY)
    monkeypatch.undo()
    monkeypatch.setattr("cdm.clock.now", lambda: world.at)
    project.refresh_from_db()
    assert project.state == "awaiting_host_approval"
    world.at += once.LEASE + dt.timedelta(seconds=1)
    answer = good(developer.post(address, {}, **KEY))
    assert answer["record"] == Record.objects.get(verb="submit").pk
    assert Record.objects.filter(verb="submit").count() == 1


def test_a_crash_before_the_work_lets_the_retry_do_it(world: World, program: Programs) -> None:
    developer = program("developer")
    good(developer.post("projects/", filing(world), **KEY), 201)
    # as a process leaves it that was killed before it did anything
    KeptAnswer.objects.update(record=None, status=None, body=None)
    Project.objects.update(title="The other one")
    problem(developer.post("projects/", filing(world), **KEY), 409, "key-in-use")
    world.at += once.LEASE + dt.timedelta(seconds=1)
    good(developer.post("projects/", filing(world), **KEY), 201)
    assert Project.objects.count() == 2


def test_who_was_given_up_cannot_commit(
    world: World, program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that took too long finds at its first record that another took over, and is rolled back."""
    project = world.draft()
    developer = program("developer")
    row = once._row

    def taken_over(*arguments: Any) -> Any:
        mine, is_new = row(*arguments)
        KeptAnswer.objects.update(attempt=uuid.uuid4())
        return mine, is_new

    monkeypatch.setattr(once, "_row", taken_over)
    with pytest.raises(once.GivenUp):
        developer.post(f"projects/{project.pk}/moves/submit/", {}, **KEY)
    project.refresh_from_db()
    assert project.state == "draft"
    assert not Record.objects.filter(verb="submit").exists()


def test_old_keys_are_forgotten(world: World, program: Programs) -> None:
    developer = program("developer")
    good(developer.post("projects/", filing(world), **KEY), 201)
    world.at += once.KEPT_FOR + dt.timedelta(minutes=1)
    good(developer.post("projects/", filing(world, "Later"), idempotency_key="another"), 201)
    assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["another"]


@pytest.mark.parametrize("key", ["x" * 201, "tab\there"])
def test_keys_that_are_none(world: World, program: Programs, key: str) -> None:
    answer = program("developer").post("projects/", filing(world), idempotency_key=key)
    assert problem(answer, 422, "unmet")["problems"][0]["field"] == "Idempotency-Key"
