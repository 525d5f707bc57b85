"""Preparing requests to the Board, asking for review of them, and replying."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.files.base import File

from cdm import board, notices, permissions
from cdm.acts.acting import NotOpen, Problem, acting, refuse
from cdm.files import file_problems, store
from cdm.modalities import speaking_problem
from cdm.models import (
    BoardRequest,
    Document,
    MonitoringPeriod,
    Project,
    RegisteredChange,
    ReviewReply,
    ReviewRequest,
    User,
)
from cdm.permissions import Denied
from cdm.rules import review
from cdm.rules.days import in_words
from cdm.workflow import engine, judging, opening, waiting
from cdm.workflow.roles import Role

ENDED = BoardRequest.machine.end_names


def prepare(
    subject: Project | MonitoringPeriod | RegisteredChange, *, by: User, at: dt.datetime
) -> BoardRequest:
    """Open a request about a validated project, a certified period, or a validated renewal or change; by its DOE."""
    states = ("certified",) if isinstance(subject, MonitoringPeriod) else ("validated",)
    with acting(subject, "prepare_request", by=by, at=at, states=states) as act:
        period = act.subject if isinstance(act.subject, MonitoringPeriod) else None
        change = act.subject if isinstance(act.subject, RegisteredChange) else None
        kind = BoardRequest.Kind(_kind_of(act.subject))
        if change is not None and change.track == RegisteredChange.Track.WITH_ISSUANCE:
            raise NotOpen(
                "This change goes before the Board with the request for issuance. Prepare that one."
            )
        standing = act.project.requests.filter(kind=kind, monitoring_period=period, change=change).exclude(
            state__in=ENDED
        )
        if standing.exists():
            raise NotOpen(f"There is a {kind.label.lower()} already. Complete that one.")
        request = BoardRequest(
            kind=kind,
            project=act.project,
            monitoring_period=period,
            change=change,
            doe=permissions.doe_of(act.subject),
            created_at=at,
        )
        record = opening.begin(request, sentence=f"{kind.label} being prepared", by=by, role=act.role, at=at)
        waiting.settle(act.subject, at=at, record=record)
    return request


def _kind_of(subject: Project | MonitoringPeriod | RegisteredChange) -> str:
    if isinstance(subject, RegisteredChange):
        return subject.request_kind
    return "issuance" if isinstance(subject, MonitoringPeriod) else "registration"


def ask_for_review(
    request: BoardRequest, *, grounds: Iterable[str], reasons: str, by: User, at: dt.datetime
) -> ReviewRequest:
    """Ask for a review while the window is open (3/CMP.1 annex, paras 41 and 65); by a Party's DNA or a Board member.

    One Party, or as many members as the rule set says, are enough: the request is then under review at once.
    """
    named = list(dict.fromkeys(grounds))
    with acting(request, "request_review", by=by, at=at, states=("published",)) as act:
        rules = judging.rules_of(act.subject, act.day)
        last_day = act.subject.window_last_day
        if last_day is not None and act.day > last_day:
            raise NotOpen(f"The window for requests for review closed on {in_words(last_day)}, 24:00 GMT.")
        party = _party_of(act.subject, by, at) if act.role is Role.DNA else ""
        refuse(None if party else board.member_problem(by, act.day) or None)
        earlier = act.subject.review_requests.filter(party=party)
        if not party:
            earlier = earlier.filter(by=by)
        refuse(
            *(
                Problem(sentence, "grounds")
                for sentence in review.ground_problems(rules, act.subject.kind, named, act.day)
            ),
            None if reasons.strip() else Problem("Give your reasons.", "reasons"),
            "This Party has asked for a review already." if party and earlier.exists() else None,
            "You have asked for a review already." if not party and earlier.exists() else None,
        )
        asked = ReviewRequest.objects.create(
            request=act.subject, party=party, by=by, grounds=named, reasons=reasons.strip(), at=at
        )
        who = f"Party {party}" if party else f"Board member {by}"
        act.record(f"Review requested by {who}", data={"grounds": named, "reasons": asked.reasons})
        if review.is_triggered(
            rules,
            members=act.subject.review_requests.filter(party="").count(),
            parties=act.subject.review_requests.exclude(party="").count(),
        ):
            engine.follow(act.subject, "open_review", by=by, at=at)
    return asked


def reply(
    request: BoardRequest, *, text: str, by: User, at: dt.datetime, files: Iterable[File[bytes]] = ()
) -> ReviewReply:
    """Reply to the requests for review, once for the participants and once for the DOE, with documents (2.7)."""
    papers = list(files)
    with acting(request, "reply_to_review", by=by, at=at, states=("review_requested",)) as act:
        side = ReviewReply.Side.DOE if act.role is Role.DOE else ReviewReply.Side.PARTICIPANT
        if side == ReviewReply.Side.PARTICIPANT and (why := speaking_problem(act.project, by, act.day)):
            raise Denied(why)
        refuse(
            None if text.strip() else Problem("Write the reply.", "text"),
            "This side has replied already."
            if act.subject.review_replies.filter(side=side).exists()
            else None,
            *(problem for file in papers for problem in file_problems(file)),
        )
        kept = [
            store(
                act.subject,
                kind=Document.Kind.REVIEW_REPLY,
                title=f"Reply of the {side.label}, document {number}",
                file=file,
                by=by,
                at=at,
            )
            for number, file in enumerate(papers, 1)
        ]
        given = ReviewReply.objects.create(request=act.subject, side=side, by=by, text=text.strip(), at=at)
        act.record(
            f"Reply to the requests for review: {side.label}",
            data={"text": given.text, "documents": [version.document_id for version in kept]},
        )
        notices.tell_roles(
            act.subject, (Role.BOARD_MEMBER,), f"{side.label} replied: {act.project.title}", at=at, but=by
        )
        if act.subject.review_replies.count() == len(ReviewReply.Side):
            engine.follow(act.subject, "start_review", by=by, at=at)
    return given


def _party_of(request: BoardRequest, user: User, at: dt.datetime) -> str:
    codes = permissions.party_codes(request.project)
    seats = permissions.seats_of(user, permissions.day_of(at)).filter(
        organisation__kind="dna", organisation__party__in=codes
    )
    return seats[0].organisation.party
