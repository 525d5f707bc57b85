"""Requests to the Board: the page of one, preparing one, asking for its review, replying, and the public list."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import confidentiality, permissions, queries
from cdm.acts import requests as request_acts
from cdm.forms.acts import ConfirmForm
from cdm.forms.requests import ReplyForm, RequestFilter, ReviewForm
from cdm.models import BoardRequest, MonitoringPeriod, Project, RegisteredChange
from cdm.rules import review
from cdm.templatetags.cdm_format import day
from cdm.views.access import now, person, project_or_404, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import act_page, posted
from cdm.views.provisional import meaning_for, offers_on_request
from cdm.views.request_facts import facts_of
from cdm.views.status import status_of
from cdm.views.subjects import button, document_rows, frame, may
from cdm.workflow import judging
from cdm.workflow.roles import Role

REQUESTS_ON_A_PAGE = 25


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One request: where it stands, by which rules, what was checked, paid, asked, answered and decided."""
    at = now()
    about: BoardRequest = subject_or_404(request, "board_request", key, at)
    context = {
        **frame(request, about, at, acts=_acts(request, about, at)),
        "request_row": about,
        "documents": document_rows(
            confidentiality.shown(
                list(about.documents.prefetch_related("versions__uploaded_by")),
                about.project,
                person(request),
                at,
            )
        ),
        **facts_of(about, at),
        **meaning_for(about, at),
    }
    return render(request, "cdm/request.html", context)


def public_list(request: HttpRequest) -> HttpResponse:
    """Every request that is public, newest first."""
    at = now()
    filter_form = RequestFilter(request.GET)
    rows = (
        BoardRequest.objects.filter(
            project__in=queries.visible_projects(person(request), at),
            state__in=queries.PUBLIC_REQUEST_STATES,
            submitted_at__isnull=False,
        )
        .filter(**filter_form.criteria())
        .select_related("project", "doe", "monitoring_period", "change")
        .order_by("-submitted_at", "-id")
    )
    if words := filter_form.wanted_words:
        matches = Q(project__title__icontains=words)
        if words.isdecimal() and len(words) < 9:
            matches |= Q(project__reference_number=int(words))
        rows = rows.filter(matches)
    page = Paginator(rows, REQUESTS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filter_form": filter_form,
        "reset_url": reverse("cdm:requests") if any(request.GET.values()) else "",
        "columns": LIST_COLUMNS,
        "rows": [list_row(one) for one in page],
    }
    return render(request, "cdm/requests/list.html", context)


LIST_COLUMNS = [
    {"label": "Project activity"},
    {"label": "Request"},
    {"label": "State"},
    {"label": "Submitted"},
    {"label": "Last day for review"},
    {"label": "t CO2e", "numeric": True},
]


def list_row(one: BoardRequest) -> list[Any]:
    """A request in a table with LIST_COLUMNS."""
    return [
        {"text": str(one.project), "url": one.get_absolute_url(), "hint": one.doe.name},
        {"text": one.short_name, "hint": str(one.monitoring_period or one.change or "")},
        {"tag": status_of(one)},
        day(one.submitted_at),
        day(one.window_last_day),
        one.requested_t,
    ]


@login_required
@refusals_as_pages
def prepare_registration(request: HttpRequest, key: int) -> HttpResponse:
    """The DOE opens the request for registration of a validated project."""
    at = now()
    project = project_or_404(request, key, at)
    return _prepare(request, project, at, "Prepare the request for registration")


@login_required
@refusals_as_pages
def prepare_issuance(request: HttpRequest, key: int) -> HttpResponse:
    """The DOE opens the request for issuance of a certified period."""
    at = now()
    period: MonitoringPeriod = subject_or_404(request, "monitoring_period", key, at)
    return _prepare(request, period, at, "Prepare the request for issuance")


@login_required
@refusals_as_pages
def prepare_approval(request: HttpRequest, key: int) -> HttpResponse:
    """The DOE opens the request for renewal, or for approval of a change."""
    at = now()
    change: RegisteredChange = subject_or_404(request, "registered_change", key, at)
    what = "renewal" if change.is_renewal else "approval"
    return _prepare(request, change, at, f"Prepare the request for {what}")


def _prepare(
    request: HttpRequest,
    subject: Project | MonitoringPeriod | RegisteredChange,
    at: dt.datetime,
    heading: str,
) -> HttpResponse:
    user = signed_in(request)
    permissions.require(user, "prepare_request", at=at, subject=subject)
    return act_page(
        request,
        form=ConfirmForm(posted(request)),
        act=lambda given: request_acts.prepare(subject, by=user, at=at),
        done=lambda made: f"{made} is being prepared. Submit it when its papers are complete.",
        onward=lambda made: made.get_absolute_url(),
        heading=heading,
        caption=str(subject.whole_project),
        sentences=[
            "The request is opened for you to complete. Nothing is sent to the secretariat until you submit it."
        ],
        button="Prepare the request",
        law="3/CMP.1 annex, paras 40(f) and 64",
        back_url=subject.get_absolute_url(),
        back_label=str(subject),
    )


@login_required
@refusals_as_pages
def ask_for_review(request: HttpRequest, key: int) -> HttpResponse:
    """A Party involved, through its DNA, or a Board member asks for a review, on permitted grounds."""
    at = now()
    user = signed_in(request)
    about: BoardRequest = subject_or_404(request, "board_request", key, at)
    permissions.require(user, "request_review", at=at, subject=about)
    rules = judging.rules_of(about, permissions.day_of(at))
    permitted = review.grounds(rules, about.kind, permissions.day_of(at))
    return act_page(
        request,
        form=ReviewForm(posted(request), permitted=permitted),
        act=lambda given: request_acts.ask_for_review(
            about, grounds=given["grounds"], reasons=given["reasons"], by=user, at=at
        ),
        done=lambda asked: "Your request for review is on record.",
        onward=lambda asked: about.get_absolute_url(),
        heading="Ask for a review",
        caption=f"{about}: {about.project}",
        sentences=[
            f"One Party involved is enough for a review, or {review.min_members(rules)} Board members, each for "
            f"themselves. The last day is {day(about.window_last_day)}, 24:00 GMT."
        ],
        button="Ask for a review",
        law=f"3/CMP.1 annex, paras 41 and 65; {rules.title}",
        back_url=about.get_absolute_url(),
        back_label=str(about),
    )


@login_required
@refusals_as_pages
def reply(request: HttpRequest, key: int) -> HttpResponse:
    """The participants or the DOE reply to the requests for review."""
    at = now()
    user = signed_in(request)
    about: BoardRequest = subject_or_404(request, "board_request", key, at)
    role = permissions.require(user, "reply_to_review", at=at, subject=about)
    return act_page(
        request,
        form=ReplyForm(posted(request), request.FILES or None),
        act=lambda given: request_acts.reply(
            about, text=given["text"], files=[file for file in [given["document"]] if file], by=user, at=at
        ),
        done=lambda made: "Your reply is on record.",
        onward=lambda made: about.get_absolute_url(),
        heading="Reply to the requests for review",
        caption=f"{about}: {about.project}",
        sentences=[f"You reply as {role.label.lower()}."],
        button="Send the reply",
        law="Project cycle procedure, requests for review (rulebook 2.7)",
        back_url=about.get_absolute_url(),
        back_label=str(about),
    )


def _acts(request: HttpRequest, about: BoardRequest, at: dt.datetime) -> list[dict[str, Any]]:
    """What may be done on a request besides moving it."""
    user = person(request)
    if user is None:
        return []
    held = permissions.roles_on(user, about, at)
    found = offers_on_request(about, held, at)
    if about.state in ("being_prepared", "returned") and held & {Role.PARTICIPANT, Role.DOE}:
        sentence = "Finds what such requests were really returned for."
        found.append(button("Check before submission", "request_check", about.pk, sentence=sentence))
    has_asked = about.review_requests.filter(by=user).exists()
    if about.state == "published" and may(held, "request_review") and not has_asked:
        sentence = "With grounds, until the last day."
        found.append(button("Ask for a review", "request_review", about.pk, sentence=sentence))
    if about.state == "review_requested" and may(held, "reply_to_review"):
        sides = {
            "doe" if role == "doe" else "participant"
            for role in held & {*permissions.ACTS["reply_to_review"]}
        }
        if sides - set(about.review_replies.values_list("side", flat=True)):
            found.append(button("Reply to the requests for review", "request_reply", about.pk))
    if about.state == "issued" and may(held, "ask_for_forwarding"):
        found.append(
            button(
                "Ask for the units to be forwarded",
                "ask_forwarding",
                about.pk,
                sentence="From the pending account to accounts of the participants.",
            )
        )
    return found
