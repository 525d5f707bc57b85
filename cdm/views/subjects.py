"""What the page of a letter, a request, a monitoring period or a forwarding request has in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from cdm import permissions, queries
from cdm.models import Deadline, Record
from cdm.models.subject import Subject
from cdm.views.access import person
from cdm.views.moves import buttons
from cdm.views.status import status_of
from cdm.workflow import engine
from cdm.workflow.roles import Role

ENTRIES_SHOWN = 100

# what a window is called on a page
CLOCKS = {
    "comment_period": "Comments",
    "completeness": "Completeness check",
    "information": "Information and reporting check",
    "review_window": "Requests for review",
    "replies": "Replies to the requests for review",
    "status_update": "Report on how the activity stands",
    "corrections": "Corrected documents",
    "secretariat_assessment": "Assessment of the secretariat",
    "expert_assessment": "Assessment of an independent expert",
    "completion": "Completion of the review",
    "answer": "Answer to the question",
    "objection": "Objections of members",
    "electronic": "Objections to the electronic decision",
    "ruling_note": "Ruling note",
    "accreditation_term": "Term of the accreditation",
    "hearing": "Hearing",
    "replacement": "Replacement of excess issuance",
    "latest_request": "Last day to request the renewal",
    "closing": "Temporary measures",
    "transition_request": "Request for transition",
    "host_approval": "Approval of the transition by the host Party",
}


def frame(
    request: HttpRequest, subject: Subject, at: dt.datetime, *, acts: Iterable[dict[str, Any]] = ()
) -> dict[str, Any]:
    """The context of `cdm/subject.html`: where it stands, who has the ball, what one may do, what happened.

    `acts` are buttons for what is not a move, shown before the moves.
    """
    user = person(request)
    project = subject.project_if_any
    if project is None:
        records = queries.history_of_entity(subject, user, at)
        is_concerned = bool(permissions.roles_on(user, subject, at) - {Role.PUBLIC})
        over: tuple[str, str] | None = None
    else:
        records = queries.history_of(project, user, at).filter(
            machine_name=subject.machine.name, subject_id=subject.pk
        )
        is_concerned = queries.is_concerned(user, project, at)
        over = (str(project), project.get_absolute_url())
    moves = _in_order([*acts, *buttons(engine.open_moves(subject, by=user, at=at), subject)])
    return {
        "subject": subject,
        "project": project,
        "heading": str(subject),
        "caption": str(project) if project is not None else "",
        "status": status_of(subject),
        "breadcrumbs": [*([over] if over else []), (str(subject), "")],
        "moves": moves,
        "waiting": queries.open_tasks_of(subject),
        "deadlines": deadlines_of(subject),
        "entries": [entry_of(record, subject) for record in records[:ENTRIES_SHOWN]],
        "today": permissions.day_of(at),
        "is_concerned": is_concerned,
    }


def entry_of(record: Record, subject: Subject) -> dict[str, Any]:
    """A record for `parts/timeline.html`, without the name of the subject whose page it stands on."""
    sentence = record.sentence.removeprefix(f"{subject}: ")
    return {
        "at": record.at,
        "sentence": sentence[:1].upper() + sentence[1:],
        "actor": record.actor,
        "role": record.role,
        "acted_as": record.acted_as,
        "note": record.note,
        "number": record.number,
        "hash": record.hash,
    }


def _in_order(moves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What leads on first, then what is not possible yet, and last what ends something; one button stands out."""
    moves.sort(key=lambda move: (move.get("tone") == "warning", bool(move.get("unmet"))))
    for number, move in enumerate(moves):
        move["tone"] = move.get("tone") or ("secondary" if number else "")
    return moves


def deadlines_of(subject: Subject) -> list[dict[str, Any]]:
    """The open windows of a subject, for `parts/deadline.html`."""
    rows = Deadline.objects.filter(
        machine_name=subject.machine.name, subject_id=subject.pk, closed_at__isnull=True
    )
    return [
        {
            "what": CLOCKS.get(row.clock, row.clock),
            "last_day": row.last_day,
            "kind": row.kind,
            "source": row.source,
            "failed_because": row.failed_because,
        }
        for row in rows
    ]


def may(held: frozenset[Role], act: str) -> bool:
    """Whether one of the roles held on a subject may do the act."""
    return bool(held & frozenset(permissions.ACTS.get(act, ())))


def button(label: str, name: str, *args: Any, sentence: str = "", tone: str = "") -> dict[str, Any]:
    """A button to the page of an act, for `parts/moves.html`."""
    return {"label": label, "url": reverse(f"cdm:{name}", args=args), "sentence": sentence, "tone": tone}


def document_rows(documents: Iterable[Any]) -> list[dict[str, Any]]:
    """Documents with their versions, for `parts/document_list.html`; give them with `versions` prefetched."""
    rows = []
    for document in documents:
        versions = sorted(document.versions.all(), key=lambda version: -version.number)
        rows.append(
            {
                "title": document.title,
                "kind_label": document.get_kind_display(),
                "confidential_because": document.confidential_because,
                "latest": versions[0] if versions else None,
                "earlier": versions[1:],
            }
        )
    return rows
