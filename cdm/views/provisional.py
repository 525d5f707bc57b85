"""Temporary measures for reductions after 2020: the acknowledgement of risk, the transition, and its public list."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cdm import permissions, queries
from cdm import provisional as measures
from cdm.acts import provisional as acts
from cdm.forms.acts import ConfirmForm
from cdm.forms.provisional import TransitionForm
from cdm.models import BoardRequest, Project, RiskAcknowledgement, Transition
from cdm.models.signing import Signed
from cdm.rules.days import in_words
from cdm.rules.sets import rule_set_on
from cdm.templatetags.cdm_format import day
from cdm.views.access import now, person, project_or_404, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import act_page, posted
from cdm.views.modalities import said, sign_offers, signature_context, text_rows
from cdm.views.status import status_of
from cdm.views.subjects import button, frame
from cdm.workflow.provisional import RESTING

ROWS_ON_A_PAGE = 25
MEASURES_LAW = "EB 108, temporary measures; CDM-RAA-FORM"
TRANSITION_LAW = "2/CMP.16; 3/CMA.3 annex, chapter XI.A; 7/CMA.4 annex I"
WHO_SIGNS = "The focal points for scope (c) sign it, as the statement of modalities says."
COLUMNS = [
    {"label": "Project activity"},
    {"label": "Host Party"},
    {"label": "Requested"},
    {"label": "Leaves the CDM from"},
    {"label": "Status"},
]


@login_required
@refusals_as_pages
def acknowledge(request: HttpRequest, key: int) -> HttpResponse:
    """The focal point acknowledges the risk of a provisional request."""
    at = now()
    user = signed_in(request)
    about: BoardRequest = subject_or_404(request, "board_request", key, at)
    permissions.require(user, "acknowledge_risk", at=at, subject=about)
    return act_page(
        request,
        form=ConfirmForm(posted(request)),
        act=lambda given: acts.acknowledge_risk(about, by=user, at=at),
        done=lambda made: _done(made, "The DOE can submit the request now."),
        onward=lambda made: about.get_absolute_url(),
        heading="Acknowledge the risk of a provisional request",
        caption=f"{about}: {about.project}",
        sentences=[WHO_SIGNS],
        facts=said(
            RiskAcknowledgement(project=about.project, request=about, form=_form(at)).current_content()
        ),
        button="Sign the acknowledgement",
        law=MEASURES_LAW,
        back_url=about.get_absolute_url(),
        back_label=str(about),
    )


def acknowledgement(request: HttpRequest, key: int) -> HttpResponse:
    """One acknowledgement of risk: what it says, and who signed it."""
    at = now()
    text: RiskAcknowledgement = subject_or_404(request, "risk_acknowledgement", key, at)
    more = [{"key": "Request", "value": str(text.request), "url": text.request.get_absolute_url()}]
    return _text_page(request, text, at, more)


@login_required
@refusals_as_pages
def request_transition(request: HttpRequest, key: int) -> HttpResponse:
    """The focal point requests that the activity move to the Article 6.4 mechanism."""
    at = now()
    user = signed_in(request)
    project = project_or_404(request, key, at)
    permissions.require(user, "request_transition", at=at, subject=project)
    against = [] if request.method == "POST" else _against_the_activity(project, at)
    return act_page(
        request,
        form=TransitionForm(posted(request), initial={"effective_on": _earliest(at)}),
        act=lambda given: acts.request_transition(project, by=user, at=at, **given),
        done=lambda made: _done(made, "It is with the host Party now."),
        onward=lambda made: made.get_absolute_url(),
        heading="Request the transition to the Article 6.4 mechanism",
        caption=str(project),
        template="cdm/act_closed.html" if against else "cdm/act.html",
        sentences=against
        or [
            WHO_SIGNS,
            "Then the host Party approves or refuses it. When it approves, the activity is de-registered from the CDM "
            "and its provisional requests move with it. Units for reductions up to 31 December 2020 can still be "
            "issued.",
        ],
        button="Request the transition and sign",
        law="" if measures.transition_not_open(permissions.day_of(at)) else TRANSITION_LAW,
        back_url=project.get_absolute_url(),
        back_label=str(project),
    )


def transition(request: HttpRequest, key: int) -> HttpResponse:
    """One transition: from when, who signed, what the host Party says, and the requests that wait with it."""
    at = now()
    text: Transition = subject_or_404(request, "transition", key, at)
    held = [
        one
        for one in text.project.requests.select_related("project", "doe", "monitoring_period")
        if one.is_provisional and queries.may_see(person(request), one, at)
    ]
    more = [
        {
            "key": "Requested",
            "value": day(text.requested_on) if text.requested_on else "Not signed by all yet",
        },
        *(
            {
                "key": "Provisional request",
                "value": f"{one}: {one.place.label}",
                "url": one.get_absolute_url(),
            }
            for one in held
        ),
    ]
    return _text_page(request, text, at, more)


def public_list(request: HttpRequest) -> HttpResponse:
    """Every transition that was requested, newest first."""
    at = now()
    rows = (
        Transition.objects.filter(
            project__in=queries.visible_projects(person(request), at), requested_on__isnull=False
        )
        .select_related("project")
        .order_by("-requested_on", "-id")
    )
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "not_open": measures.transition_not_open(permissions.day_of(at)),
        "page": page,
        "columns": COLUMNS,
        "rows": [
            [
                {"text": str(one.project), "url": one.get_absolute_url()},
                one.party_name,
                day(one.requested_on),
                day(one.effective_on),
                {"tag": status_of(one)},
            ]
            for one in page
        ],
    }
    return render(request, "cdm/transitions.html", context)


def _text_page(request: HttpRequest, text: Signed, at: Any, more: list[dict[str, Any]]) -> HttpResponse:
    """The page of something that is signed: its text, its signatures, what may be done."""
    context = {
        **frame(request, text, at, acts=sign_offers(text, person(request), at)),
        "fact_rows": [*said(text.content), *more, *text_rows(text)],
        **signature_context(text),
    }
    return render(request, "cdm/modalities/change.html", context)


# --- what the pages of a request and of a project show of it ----------------------------------------------------


def meaning_for(about: BoardRequest, at: Any) -> dict[str, Any]:
    """What being provisional means for this request, and its acknowledgements."""
    return {
        "provisional_sentence": measures.meaning(about, permissions.day_of(at)),
        "acknowledgements": [
            (one, status_of(one)) for one in about.risk_acknowledgements.exclude(state="withdrawn")
        ],
    }


def offers_on_request(about: BoardRequest, held: frozenset[Any], at: Any) -> list[dict[str, Any]]:
    """What the focal point may do: acknowledge the risk, later request the transition of the activity."""
    if about.state == "awaiting_transition" and held & frozenset(permissions.ACTS["request_transition"]):
        if not can_request_transition(about.project, at):
            return []
        label = "Request the transition to the Article 6.4 mechanism"
        return [button(label, "request_transition", about.project_id)]
    may = held & frozenset(permissions.ACTS["acknowledge_risk"])
    if not may or about.state not in ("being_prepared", "returned"):
        return []
    if (
        not measures.is_taken_provisionally(about, permissions.day_of(at))
        or measures.acknowledgement_of(about) is not None
        or about.risk_acknowledgements.filter(state="being_signed").exists()
    ):
        return []
    return [
        button(
            "Acknowledge the risk of a provisional request",
            "acknowledge_risk",
            about.pk,
            sentence="The DOE can submit the request once it is signed.",
        )
    ]


def sentence_on_project(project: Project, at: Any) -> str:
    """What the reader of a project's page is told: provisional, or moved on; empty for every other project."""
    if project.state == "transitioned":
        moved = project.transitions.filter(state="approved").first()
        since = f" from {in_words(moved.effective_on)} on" if moved else ""
        return (
            f"This activity moved to the Article 6.4 mechanism and is no longer one of the CDM{since}. Units for "
            "reductions up to 31 December 2020 can still be issued."
        )
    listed = project.requests.filter(kind="registration", state__in=RESTING).first()
    return measures.meaning_of_state(listed.state, permissions.day_of(at)) if listed else ""


def can_request_transition(project: Project, at: Any) -> bool:
    """Whether the page of a project offers it: in time, of an activity that could move."""
    if measures.transition_not_open(permissions.day_of(at)):
        return False
    if project.transitions.filter(state__in=("being_signed", "requested", "approved")).exists():
        return False
    return not _against_the_activity(project, at)


def _against_the_activity(project: Project, at: Any) -> list[str]:
    """What stands against a request for transition today, from whichever day on."""
    today = permissions.day_of(at)
    problems = measures.transition_problems(project, _earliest(at) or today, today)
    return [sentence for field, sentence in problems if not field]


def _form(at: Any) -> str:
    """The form of the acknowledgement in use today; empty where the rules know none."""
    today = permissions.day_of(at)
    rules, key = rule_set_on(today), "later_reductions.form"
    return rules.text(key, today) if rules.has(key, today) else ""


def _earliest(at: Any) -> dt.date | None:
    """The earliest day on which a transition can take effect."""
    today = permissions.day_of(at)
    rules, key = rule_set_on(today), "article_6_4.effective_from"
    return rules.day(key, today) if rules.has(key, today) else None


def _done(made: Signed, sentence: str) -> str:
    if names := ", ".join(str(body) for body in made.still_to_sign()):
        return f"Signed. Still to sign: {names}."
    return f"Signed. {sentence}"
