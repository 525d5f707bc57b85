"""Comments of the public on a published design document: made, confirmed by e-mail, held, released, answered."""

from __future__ import annotations

import datetime as dt
import re

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from cdm import notices, permissions
from cdm.acts.acting import NotOpen, Problem, acting, refuse
from cdm.models import Comment, PendingMail, Project, User
from cdm.rules.days import in_words
from cdm.waking import wake
from cdm.workflow import recording, waiting
from cdm.workflow.locking import lock
from cdm.workflow.roles import Role

Standing = Comment.Standing
SALT = "cdm.comment"
MOST_LINKS = 3
MOST_CHARACTERS = 20_000


def make(
    project: Project,
    *,
    name: str,
    organisation: str,
    email: str,
    text: str,
    at: dt.datetime,
    is_trap_filled: bool = False,
) -> Comment:
    """Take a comment while the comment period is open; it counts once its e-mail address is confirmed.

    Raises NotOpen after the last day, Unmet for what is missing. A comment that looks like spam is held, not lost.
    """
    with transaction.atomic():
        locked, _ = lock(project)
        if locked.state != "open_for_comments" or not _in_time(locked, at):
            raise NotOpen(
                "The comment period is not open. "
                + (
                    f"Its last day was {in_words(locked.comments_close_on)} (GMT)."
                    if locked.comments_close_on
                    else ""
                )
            )
        refuse(
            None if name.strip() else Problem("Give your name.", "name"),
            None if text.strip() else Problem("Write your comment.", "text"),
            Problem(f"A comment has at most {MOST_CHARACTERS:,} characters. Shorten it.", "text")
            if len(text) > MOST_CHARACTERS
            else None,
        )
        comment = Comment.objects.create(
            project=locked,
            round=locked.round,
            name=name.strip(),
            organisation=organisation.strip(),
            email=email.strip().lower(),
            text=text.strip(),
            made_at=at,
            held_because=_suspicion(locked, text, is_trap_filled),
        )
        link = settings.SITE_URL + reverse("cdm:comment_confirm", args=[token(comment)])
        PendingMail.objects.create(
            address=comment.email,
            subject="Confirm your comment",
            body=(
                f"You commented on the project activity “{locked.title}”.\n\n"
                f"Open this address to confirm it; it is then published with your name and organisation:\n{link}\n\n"
                "If you did not write a comment, do nothing."
            ),
            created_at=at,
        )
        wake("cdm.tasks.send_mail")
    return comment


def token(comment: Comment) -> str:
    """The signed text in the confirmation link."""
    return signing.dumps(comment.pk, salt=SALT)


def of_token(text: str) -> Comment:
    """The comment a confirmation link was made for. Raises NotOpen for a link that is not ours."""
    try:
        return Comment.objects.select_related("project").get(pk=signing.loads(text, salt=SALT))
    except (signing.BadSignature, Comment.DoesNotExist) as error:
        raise NotOpen("This confirmation link is not valid. Copy the whole link from the e-mail.") from error


def confirm(text: str, *, at: dt.datetime) -> Comment:
    """Confirm a comment by the text of its link. Raises NotOpen for a link that is not ours.

    Confirmation may come after the last day; what counts is that the comment was made in time (made_at).
    """
    comment = of_token(text)
    with transaction.atomic():
        project, _ = lock(comment.project)
        comment.refresh_from_db()
        if comment.standing != Standing.UNCONFIRMED:
            return comment
        comment.standing = Standing.HELD if comment.held_because else Standing.PUBLISHED
        comment.confirmed_at = at
        comment.save(update_fields=["standing", "confirmed_at"])
        record = recording.append(
            verb="comment",
            sentence=f"Comment received from {comment.name}",
            by=None,
            role=Role.PUBLIC,
            at=at,
            project=project,
            subject=project,
            data={"comment": comment.pk, "standing": comment.standing},
            is_public=comment.standing == Standing.PUBLISHED,
        )
        waiting.settle(project, at=at, record=record)
        roles = (Role.SECRETARIAT,) if comment.standing == Standing.HELD else (Role.DOE, Role.PARTICIPANT)
        notices.tell_roles(project, roles, f"{record.sentence}: {project.title}", at=at)
    return comment


def judge(comment: Comment, *, is_spam: bool, reason: str, by: User, at: dt.datetime) -> Comment:
    """Release a held comment, or refuse it as spam; by the secretariat, with a reason."""
    with acting(comment.project, "release_comment", by=by, at=at) as act:
        comment.refresh_from_db()
        if comment.standing != Standing.HELD:
            raise NotOpen("This comment is not held.")
        refuse(None if reason.strip() else Problem("Say why.", "reason"))
        comment.standing = Standing.REFUSED if is_spam else Standing.PUBLISHED
        comment.save(update_fields=["standing"])
        act.record(
            f"Comment of {comment.name} {'refused as spam' if is_spam else 'released'}",
            note=reason.strip(),
            data={"comment": comment.pk},
            is_public=not is_spam,
        )
    return comment


def answer(comment: Comment, *, text: str, by: User, at: dt.datetime) -> Comment:
    """Say how the comment was taken into account (3/CMP.1 annex, para 40(f)); by the DOE, public."""
    states = ("open_for_comments", "in_validation")
    with acting(comment.project, "answer_comment", by=by, at=at, states=states) as act:
        comment.refresh_from_db()
        if comment.standing != Standing.PUBLISHED:
            raise NotOpen("Only a published comment is answered.")
        refuse(None if text.strip() else Problem("Write how the comment was taken into account.", "text"))
        earlier = comment.answer
        comment.answer, comment.answered_by, comment.answered_at = text.strip(), by, at
        comment.save(update_fields=["answer", "answered_by", "answered_at"])
        act.record(
            f"Comment of {comment.name} answered",
            data={"comment": comment.pk, "answer": comment.answer, "earlier_answer": earlier},
        )
    return comment


def _in_time(project: Project, at: dt.datetime) -> bool:
    return project.comments_close_on is None or permissions.day_of(at) <= project.comments_close_on


def _suspicion(project: Project, text: str, is_trap_filled: bool) -> str:
    """Why a comment is held until the secretariat has looked at it; empty where it is not."""
    if is_trap_filled:
        return "A field that people do not see was filled in."
    if len(re.findall(r"https?://|www\.", text, re.IGNORECASE)) > MOST_LINKS:
        return f"It has more than {MOST_LINKS} links."
    if project.comments.filter(text=text.strip()).exists():
        return "The same text was sent before."
    return ""
