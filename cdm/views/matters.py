"""A matter before the Board: its page, and assessing it, putting a text, voting."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import board, permissions
from cdm.acts import matters as matter_acts
from cdm.forms.board import AssessForm, EntityTextForm, TextForm, VoteForm
from cdm.forms.moves import decisions_open_to, scopes_of
from cdm.models import Accreditation, Assessment, BoardMatter
from cdm.rules import board as rules_of_the_board
from cdm.rules import scopes, sets
from cdm.templatetags.cdm_format import day, quantity
from cdm.views.access import now, person, refusals_as_pages, signed_in, subject_or_404
from cdm.views.accreditation import papers_of
from cdm.views.acts import act_page, posted
from cdm.views.board import WAITS_FOR_A_MEETING
from cdm.views.entity_matters import breadcrumbs
from cdm.views.request_facts import rules_url
from cdm.views.subjects import button, frame, may
from cdm.workflow.board_matter import OF_A_REVIEW, OUTCOMES
from cdm.workflow.entity_decisions import warning_of
from cdm.workflow.roles import Role

# who reads assessments, proposals and objections before the decision is taken
INSIDE = frozenset({Role.BOARD_MEMBER, Role.SECRETARIAT, Role.EXPERT})
GOES_ON_ITS_AGENDA = "The matter goes on its agenda, where the meeting is not too near."
NEVER_HELD = (
    "It was not held. The matter goes on the agenda of the meeting that the secretariat convenes next."
)
HOW = {"silence": "No member objected", "consensus": "Consensus", "vote": "Vote"}


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One matter: what is before the Board, who has the ball, how it was decided and why."""
    at = now()
    matter: BoardMatter = subject_or_404(request, "board_matter", key, at)
    held = permissions.roles_on(person(request), matter, at)
    inside = bool(held & INSIDE)
    framed = frame(request, matter, at, acts=_acts(matter, held, request, at))
    context = {
        **framed,
        "breadcrumbs": breadcrumbs(matter) or framed["breadcrumbs"],
        "matter": matter,
        "fact_rows": _fact_rows(matter, permissions.day_of(at)),
        "assessments": _assessments(matter) if inside else [],
        "papers": papers_of(matter.accreditation) if inside and matter.accreditation is not None else [],
        "text": _text(matter) if inside or matter.decided_on else None,
        "objections": list(matter.objections.select_related("membership__user")) if inside else [],
        "questions": list(matter.questions.select_related("asked_by", "answered_by", "document")),
        "votes": _votes(matter) if inside or matter.decided_on else [],
        "vote_columns": [{"label": "Member"}, {"label": "Voted by"}, {"label": "Vote"}],
        "count": _count(matter, permissions.day_of(at)) if inside and matter.state == "on_agenda" else None,
        "ruling": getattr(matter, "ruling_note", None),
    }
    return render(request, "cdm/board/matter.html", context)


def _fact_rows(matter: BoardMatter, today: dt.date) -> list[dict[str, Any]]:
    rules = sets.rule_set(matter.rule_set_key)
    about = matter.about
    of = "Entity" if matter.entity_id is not None else "Project activity"
    url = (
        reverse("cdm:entity", args=[about.pk])
        if matter.entity_id
        else matter.whole_project.get_absolute_url()
    )
    rows: list[dict[str, Any]] = [{"key": of, "value": about, "url": url}]
    if matter.affair is not None:
        rows.append(
            {
                "key": "Decides on",
                "value": matter.affair,
                "url": matter.affair.get_absolute_url(),
                "hint": matter.affair.place.label,
            }
        )
    if matter.request is not None:
        rows.append({"key": "Request", "value": matter.request, "url": matter.request.get_absolute_url()})
    if matter.letter is not None:
        rows.append({"key": "Letter", "value": matter.letter, "url": matter.letter.get_absolute_url()})
    rows += [
        {"key": "Before the Board since", "value": day(matter.opened_on)},
        {"key": "Judged by", "value": rules.title, "url": rules_url(rules.key)},
    ]
    if (meeting := matter.meeting) is not None:
        never_held = meeting.opened_at is None and meeting.ends_on < today
        rows.append(
            {
                "key": "Meeting",
                "value": f"{meeting}, {day(meeting.starts_on)}",
                "url": meeting.get_absolute_url(),
                "hint": NEVER_HELD if never_held else "",
            }
        )
    elif matter.state == "on_agenda":
        rows.append({"key": "Meeting", "value": WAITS_FOR_A_MEETING, "hint": "The secretariat convenes it."})
    if matter.decided_on:
        rows.append(
            {
                "key": "Decided",
                "value": f"{matter.get_outcome_display()}, {day(matter.decided_on)}",
                "hint": HOW[matter.decided_by],
            }
        )
    return rows


def _text(matter: BoardMatter) -> dict[str, Any] | None:
    if not matter.outcome:
        return None
    return {
        "heading": "Decision of the Board"
        if matter.decided_on
        else f"Text before the Board (no. {matter.motion})",
        "outcome": matter.get_outcome_display(),
        "reasons": matter.reasons,
        "corrections": matter.corrections,
        "particulars": _particulars(matter),
    }


def _particulars(matter: BoardMatter) -> list[str]:
    """The scopes that a text withdraws, or the units it finds in excess, and what follows from it at once."""
    named = []
    for key in matter.scopes:
        function, _, number = key.partition(":")
        label = Accreditation.Function(function).label
        named.append(f"Withdrawn: {label.lower()}, {number} {scopes.scope_name(int(number))}.")
    if matter.excess:
        named.append(f"In excess: {quantity(matter.excess)} units.")
    if not matter.decided_on and (warning := warning_of(matter.outcome)):
        named.append(warning)
    return named


def _assessments(matter: BoardMatter) -> list[dict[str, Any]]:
    return [
        {
            "label": f"{one.get_side_display()}: {one.get_recommendation_display().lower()}",
            "author": one.by,
            "at": one.at,
            "text": one.text,
        }
        for one in matter.assessments.select_related("by")
    ]


def _votes(matter: BoardMatter) -> list[list[Any]]:
    return [
        [str(one.seat), str(one.by), one.get_choice_display()]
        for one in matter.votes.filter(motion=matter.motion).select_related("seat__user", "by")
    ]


def _count(matter: BoardMatter, today: dt.date) -> dict[str, Any]:
    """How the vote stands, and whether there is a quorum."""
    votes, rules = board.count(matter), board.rules_of(matter)
    cast = votes.in_favour + votes.against
    return {
        "votes": votes,
        "needed": rules_of_the_board.least_in_favour(rules, cast, today) if cast else None,
        "quorum": board.quorum_problems(matter.meeting, rules, today)
        if matter.meeting is not None and matter.meeting.is_open
        else ["The meeting is not open."],
    }


def _acts(
    matter: BoardMatter, held: frozenset[Role], request: HttpRequest, at: dt.datetime
) -> list[dict[str, Any]]:
    """What may be done besides moving it; who cannot is told why on the act's own page."""
    user = person(request)
    found: list[dict[str, Any]] = []
    if user is None:
        return found
    if matter.state == "being_assessed" and may(held, "assess") and user.pk not in matter.barred_from_tasks():
        sides = set(matter.assessments.values_list("side", flat=True))
        wanted = Assessment.Side.SECRETARIAT if Role.SECRETARIAT in held else Assessment.Side.SECOND_EXPERT
        if wanted not in sides:
            found.append(button("Give an assessment", "assess", matter.pk))
    if matter.state == "on_agenda" and matter.meeting is None and Role.SECRETARIAT in held:
        found.append(button("Convene a meeting", "convene_meeting", sentence=GOES_ON_ITS_AGENDA))
    if matter.state == "on_agenda" and matter.meeting is not None and matter.meeting.is_open:
        today = permissions.day_of(at)
        if not board.president_problem(user, matter, matter.meeting, today):
            found.append(button("Put a text to the meeting", "put_motion", matter.pk))
        if may(held, "vote") and matter.outcome and not board.acting_problem(user, matter.meeting, today):
            found.append(button("Vote", "vote", matter.pk))
    return found


@login_required
@refusals_as_pages
def assess(request: HttpRequest, key: int) -> HttpResponse:
    """The secretariat or an expert assesses the request under review."""
    at = now()
    user = signed_in(request)
    matter: BoardMatter = subject_or_404(request, "board_matter", key, at)
    permissions.require(user, "assess", at=at, subject=matter)
    return act_page(
        request,
        form=AssessForm(posted(request), outcomes=OF_A_REVIEW),
        act=lambda given: matter_acts.assess(matter, **given, by=user, at=at),
        done=lambda made: "Your assessment is on record.",
        onward=lambda made: matter.get_absolute_url(),
        heading="Assess the request under review",
        caption=f"{matter}: {matter.about}",
        sentences=["A second expert is asked only where the secretariat and the first expert disagree."],
        button="Give the assessment",
        law="Rulebook 2.7; EB 64 annexes 3 and 4",
        back_url=matter.get_absolute_url(),
        back_label=str(matter),
    )


@login_required
@refusals_as_pages
def put_motion(request: HttpRequest, key: int) -> HttpResponse:
    """Who presides puts another text to the meeting."""
    at = now()
    user = signed_in(request)
    matter: BoardMatter = subject_or_404(request, "board_matter", key, at)
    permissions.require(user, "put_motion", at=at, subject=matter)
    return act_page(
        request,
        form=_text_form(request, matter),
        act=lambda given: matter_acts.put_motion(matter, **given, by=user, at=at),
        done=lambda made: "The text is before the meeting.",
        onward=lambda made: matter.get_absolute_url(),
        heading="Put a text to the meeting",
        caption=f"{matter}: {matter.about}",
        sentences=["Votes on the text before it no longer count."],
        button="Put the text",
        law="3/CMP.1 annex, para 15",
        back_url=matter.get_absolute_url(),
        back_label=str(matter),
    )


def _text_form(request: HttpRequest, matter: BoardMatter) -> TextForm:
    started = {
        name: getattr(matter, name) for name in ("outcome", "reasons", "corrections", "scopes", "excess")
    }
    if matter.affair is not None:
        return EntityTextForm(
            posted(request), initial=started, outcomes=decisions_open_to(matter), scopes=scopes_of(matter)
        )
    return TextForm(
        posted(request), outcomes=OF_A_REVIEW if matter.is_review else OUTCOMES[3:], initial=started
    )


@login_required
@refusals_as_pages
def vote(request: HttpRequest, key: int) -> HttpResponse:
    """A member, or the alternate of an absent one, votes on the text that is put."""
    at = now()
    user = signed_in(request)
    matter: BoardMatter = subject_or_404(request, "board_matter", key, at)
    permissions.require(user, "vote", at=at, subject=matter)
    return act_page(
        request,
        form=VoteForm(posted(request)),
        act=lambda given: matter_acts.vote(matter, choice=given["choice"], by=user, at=at),
        done=lambda made: "Your vote is on record.",
        onward=lambda made: matter.get_absolute_url(),
        heading="Vote",
        caption=f"{matter}: {matter.about}",
        sentences=[f"Text {matter.motion}: {matter.get_outcome_display()}. {matter.reasons}"],
        button="Cast the vote",
        law="3/CMP.1 annex, para 15: three quarters of the members present and voting",
        back_url=matter.get_absolute_url(),
        back_label=str(matter),
    )
