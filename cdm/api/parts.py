"""Acts on parts of a project: comments, findings, engagements, tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import assignment, permissions
from cdm.acts import comments, engagement, findings
from cdm.api import reading, written
from cdm.api.acts import Asks, ReasonAsks, TextAsks, described, text
from cdm.api.authentication import SignedIn
from cdm.api.door import LARGEST_KEY, Door
from cdm.api.moves import LONGEST_TEXT
from cdm.api.throttling import CommentThrottle
from cdm.models import Comment, Engagement, Finding, Task, User


class CommentAsks(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=150)
    organisation = serializers.CharField(max_length=200, allow_blank=True, default="")
    email = serializers.EmailField(
        help_text="Not published. A link is sent there; opening it publishes the comment."
    )
    text = serializers.CharField(max_length=LONGEST_TEXT)


class CommentTaken(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    standing = serializers.CharField(help_text="“unconfirmed” until the link in the e-mail is opened.")


@described("project_comment", "Projects", "Comment on a project", asks=CommentAsks, answers=CommentTaken)
class ProjectComments(reading.Comments):
    """Published comments; and a comment of anybody, confirmed by e-mail."""

    is_open_to_the_public = True

    def get_throttles(self) -> list[Any]:
        return [CommentThrottle()] if self.request.method == "POST" else super().get_throttles()

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._taken(key))

    def _taken(self, key: int) -> Response:
        made = comments.make(self.project(key), **self.read(CommentAsks), at=self.at())
        return Response(CommentTaken(made).data, status=201)


class PartAct(Door):
    """POST on a part of a subject (a comment, a finding, an engagement): found if its project may be seen."""

    asks: ClassVar[Asks]
    verb: ClassVar[str]

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._made(key))

    def _made(self, key: int) -> Response:
        part = self.part(key) if key <= LARGEST_KEY else None
        if part is None:
            raise Http404("There is nothing with this number, or it is not yours to see.")
        self.project(part.project_id)
        about = getattr(part, "monitoring_period", None) or part.project
        permissions.require(self.person(), self.verb, at=self.at(), subject=about)
        return Response(self.act(part, self.read(self.asks), {"by": self.signed_in(), "at": self.at()}))

    def part(self, key: int) -> Any:
        """The row, or None."""
        raise TypeError(f"{type(self).__name__} is a part of nothing")

    def act(self, part: Any, given: dict[str, Any], acting: dict[str, Any]) -> Any:
        """One domain call."""
        raise TypeError(f"{type(self).__name__} does nothing")


def _part(operation: str, summary: str, asks: Asks, answers: Any) -> Callable[[type[PartAct]], type[PartAct]]:
    return described(operation, "Projects", summary, asks=asks, answers=answers, status=200)


class OfComment(PartAct):
    """About a comment."""

    def part(self, key: int) -> Comment | None:
        return Comment.objects.select_related("project").filter(pk=key).first()


@_part("comment_answer", "Say how a comment was taken into account", TextAsks, written.CommentWriter)
class Answer(OfComment):
    """Answer a comment."""

    verb, asks = "answer_comment", TextAsks

    def act(self, part: Any, given: dict[str, Any], acting: dict[str, Any]) -> Any:
        return written.CommentWriter(comments.answer(part, **given, **acting)).data


class JudgeAsks(ReasonAsks):
    is_spam = serializers.BooleanField()


@_part("comment_judge", "Release a held comment, or refuse it as spam", JudgeAsks, written.CommentWriter)
class Judge(OfComment):
    """Judge a held comment."""

    verb, asks = "release_comment", JudgeAsks

    def act(self, part: Any, given: dict[str, Any], acting: dict[str, Any]) -> Any:
        return written.CommentWriter(comments.judge(part, **given, **acting)).data


class OfFinding(PartAct):
    """About a finding."""

    def part(self, key: int) -> Finding | None:
        return Finding.objects.select_related("project", "monitoring_period").filter(pk=key).first()


@_part("finding_write", "Write to the thread of a finding", TextAsks, written.MessageWriter)
class WriteToFinding(OfFinding):
    """Write to a finding."""

    verb, asks = "write_to_finding", TextAsks

    def act(self, part: Any, given: dict[str, Any], acting: dict[str, Any]) -> Any:
        return written.MessageWriter(findings.write(part, **given, **acting)).data


@_part("finding_close", "Close a finding", ReasonAsks, written.FindingWriter)
class CloseFinding(OfFinding):
    """Close a finding."""

    verb, asks = "close_finding", ReasonAsks

    def act(self, part: Any, given: dict[str, Any], acting: dict[str, Any]) -> Any:
        return written.FindingWriter(findings.close(part, **given, **acting)).data


@_part("engagement_end", "End an engagement", ReasonAsks, written.EngagementWriter)
class EndEngagement(PartAct):
    """End an engagement."""

    verb, asks = "end_engagement", ReasonAsks

    def part(self, key: int) -> Engagement | None:
        return Engagement.objects.select_related("project").filter(pk=key).first()

    def act(self, part: Any, given: dict[str, Any], acting: dict[str, Any]) -> Any:
        engagement.end_engagement(part, **given, **acting)
        part.refresh_from_db()
        return written.EngagementWriter(part).data


class TaskAct(Door):
    """POST about an open task of one's organisations."""

    permission_classes = (SignedIn,)

    def task(self, key: int) -> Task:
        """The task; 404 where it is not one of one's organisations'."""
        seats = permissions.seats_of(self.signed_in(), permissions.day_of(self.at()))
        rows = Task.objects.filter(organisation__in=seats.values("organisation"))
        found = rows.filter(pk=key).first() if key <= LARGEST_KEY else None
        if found is None:
            raise Http404("There is no such task, or it is not yours to see.")
        return found


@described("task_claim", "My desk", "Claim a task", asks=None, answers=written.TaskWriter, status=200)
class ClaimTask(TaskAct):
    """Claim a task."""

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._claimed(key))

    def _claimed(self, key: int) -> Response:
        task = assignment.claim(self.task(key), by=self.signed_in(), at=self.at())
        return Response(written.TaskWriter(task).data)


class HandOverAsks(serializers.Serializer[Any]):
    to = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))
    note = text("A note to that person.", allow_blank=True, default="")


@described(
    "task_hand_over", "My desk", "Hand a task over", asks=HandOverAsks, answers=written.TaskWriter, status=200
)
class HandOverTask(TaskAct):
    """Hand a task over."""

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._handed(key))

    def _handed(self, key: int) -> Response:
        task, given = self.task(key), self.read(HandOverAsks)
        task = assignment.hand_over(task, **given, by=self.signed_in(), at=self.at())
        return Response(written.TaskWriter(task).data)
