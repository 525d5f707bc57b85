"""Public comments on the pages: made, confirmed, answered, held; and every refusal with nothing changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cdm.acts import comments
from cdm.models import Comment, PendingMail, Project, Record
from cdm.views.comments import MOST_AN_HOUR
from tests.given import World

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]
GIVEN = {
    "name": "Ana",
    "organisation": "",
    "email": "ana@example.org",
    "text": "We live there.",
    "website": "",
}


def address(project: Project) -> str:
    return reverse("cdm:comments", args=[project.pk])


def confirm_address(comment: Comment) -> str:
    return reverse("cdm:comment_confirm", args=[comments.token(comment)])


def test_anyone_comments_and_confirms_by_the_button(world: World, visit: Visit) -> None:
    project = world.published()
    client = visit("")
    answer = client.post(address(project), GIVEN)
    assert answer.status_code == 201
    assert "ana@example.org" in answer.content.decode()
    comment = Comment.objects.get()
    # the link carries the second it was made in, so it is read from the mail
    mailed = re.search(r"/comments/confirm/\S+/", PendingMail.objects.get().body)
    assert mailed is not None
    link = mailed[0]
    assert "We live there." not in client.get(address(project)).content.decode()
    # a mail scanner opens the link: nothing is confirmed
    answer = client.get(link)
    assert answer.status_code == 200
    assert "Confirm this comment" in answer.content.decode()
    comment.refresh_from_db()
    assert comment.standing == "unconfirmed"
    assert "Your comment is published" in client.post(link).content.decode()
    html = client.get(address(project)).content.decode()
    assert "We live there." in html
    assert "ana@example.org" not in html
    # a second press changes nothing
    before = Record.objects.count()
    assert client.post(link).status_code == 200
    assert Record.objects.count() == before


def test_only_a_demonstration_shows_the_link_itself(world: World, visit: Visit, settings: Settings) -> None:
    project = world.published()
    assert "/comments/confirm/" not in visit("").post(address(project), GIVEN).content.decode()
    settings.DEMONSTRATION = True
    html = visit("").post(address(project), {**GIVEN, "text": "Two"}).content.decode()
    assert "/comments/confirm/" not in html  # letters leave this demonstration
    settings.EMAIL_BACKEND = "cdm.mail_folder.EmailBackend"
    html = visit("").post(address(project), {**GIVEN, "text": "Three"}).content.decode()
    shown = re.search(r"/comments/confirm/([^/\s]+)/", html)
    assert shown is not None
    assert comments.of_token(shown[1]) == Comment.objects.latest("pk")


def test_a_false_link_is_not_found(world: World, visit: Visit) -> None:
    for client_method in (visit("").get, visit("").post):
        answer = client_method("/comments/confirm/nonsense/")
        assert answer.status_code == 404
        assert "Copy the whole link from the e-mail." in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Enter your name."),
        ("email", "ana", "Your e-mail address must be an e-mail address"),
        ("text", "  ", "Enter your comment."),
        ("text", "x" * 20_001, "Your comment must be 20000 characters or fewer"),
    ],
)
def test_what_is_missing_is_said_and_nothing_lost(
    world: World, visit: Visit, field: str, value: str, sentence: str
) -> None:
    project = world.published()
    answer = visit("").post(address(project), {**GIVEN, "organisation": "Neighbours", field: value})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert sentence in html
    assert 'value="Neighbours"' in html
    assert not Comment.objects.exists()
    assert not PendingMail.objects.exists()


def test_the_last_day_counts_and_the_next_day_is_too_late(world: World, visit: Visit) -> None:
    project = world.published()
    closes = project.comments_close_on
    assert closes == dt.date(2019, 7, 2)  # 30 days from 3 June, the first counted
    world.at = dt.datetime(2019, 7, 2, 23, 59, tzinfo=dt.UTC)
    assert visit("").post(address(project), GIVEN).status_code == 201
    # the clock has not run yet: the day alone decides
    world.at = dt.datetime(2019, 7, 3, 0, 0, tzinfo=dt.UTC)
    answer = visit("").post(address(project), {**GIVEN, "text": "Too late"})
    assert answer.status_code == 409
    assert "The comment period is not open." in answer.content.decode()
    assert "Make a comment" not in visit("").get(address(project)).content.decode()
    assert Comment.objects.count() == 1


def test_a_filled_trap_holds_the_comment_until_a_person_looks(world: World, visit: Visit) -> None:
    project = world.published()
    visit("").post(address(project), {**GIVEN, "website": "https://spam.example"})
    comment = Comment.objects.get()
    assert "a person at the secretariat" in visit("").post(confirm_address(comment)).content.decode()
    assert "We live there." not in visit("").get(address(project)).content.decode()
    for who in ("developer", "validator", "member 1"):
        assert visit(who).get("/comments/held/").status_code == 403, who
    assert visit("").get("/comments/held/").status_code == 302
    html = visit("secretary").get("/comments/held/").content.decode()
    assert "We live there." in html
    assert "A field that people do not see was filled in." in html
    judge = reverse("cdm:judge_comment", args=[comment.pk])
    prefix = f"judge-{comment.pk}"
    answer = visit("secretary").post(judge, {f"{prefix}-verdict": "release", f"{prefix}-reason": ""})
    assert answer.status_code == 422
    assert "Enter the reason." in answer.content.decode()
    good = {f"{prefix}-verdict": "release", f"{prefix}-reason": "A real neighbour"}
    assert visit("developer").post(judge, good).status_code == 403
    assert visit("secretary").post(judge, good).status_code == 302
    assert "We live there." in visit("").get(address(project)).content.decode()
    assert visit("secretary").post(judge, good).status_code == 409


def test_the_doe_answers_and_nobody_else(world: World, visit: Visit) -> None:
    project = world.published()
    comment = world.comment(project)
    answer_it = reverse("cdm:answer_comment", args=[comment.pk])
    given = {f"answer-{comment.pk}-text": "The boundary was corrected."}
    for who in ("developer", "verifier", "secretary", "dna BR"):
        assert visit(who).post(answer_it, given).status_code == 403, who
        assert "Publish the answer" not in visit(who).get(address(project)).content.decode()
    assert visit("").post(answer_it, given).status_code == 302
    comment.refresh_from_db()
    assert comment.answer == ""
    client = visit("validator")
    assert "Publish the answer" in client.get(address(project)).content.decode()
    answer = client.post(answer_it, {f"answer-{comment.pk}-text": " "})
    assert answer.status_code == 422
    assert "Enter how the comment was taken into account." in answer.content.decode()
    assert client.post(answer_it, given).status_code == 302
    html = visit("").get(address(project)).content.decode()
    assert "The boundary was corrected." in html
    assert "Answer of the DOE" in html


def test_comments_are_kept_by_round(world: World, visit: Visit) -> None:
    project = world.published()
    world.comment(project, "In the first round.")
    world.do(project, "terminate_validation", "developer", note="To be revised")
    world.do(project, "revise", "developer", note="Better")
    world.do(project, "submit", "developer")
    world.engaged(project)
    world.do(project, "publish", "validator")
    world.comment(project, "In the second round.")
    html = visit("").get(address(project)).content.decode()
    assert html.index("Round 2: 1 comment") < html.index("In the second round.")
    assert html.index("In the second round.") < html.index("Round 1: 1 comment")
    assert html.index("Round 1: 1 comment") < html.index("In the first round.")


def test_too_many_comments_from_one_address_wait(world: World, visit: Visit) -> None:
    project = world.published()
    client = visit("")
    for number in range(MOST_AN_HOUR):
        assert client.post(address(project), {**GIVEN, "text": f"Number {number}"}).status_code == 201
    answer = client.post(address(project), {**GIVEN, "text": "One more"})
    assert answer.status_code == 429
    assert Comment.objects.count() == MOST_AN_HOUR


def test_comments_of_a_hidden_project_do_not_exist(world: World, visit: Visit) -> None:
    project = world.submitted()
    assert visit("").get(address(project)).status_code == 404
    assert visit("").post(address(project), GIVEN).status_code == 404
