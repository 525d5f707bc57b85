"""Forwarding: the participants say where waiting units go, the registry administrator carries it out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cdm import permissions, units
from cdm.acts import forwarding as forwarding_acts
from cdm.forms.forwarding import ForwardingForm
from cdm.models import BoardRequest, ForwardingRequest
from cdm.templatetags.cdm_format import day, instant, quantity
from cdm.views.access import now, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import act_page, posted
from cdm.views.subjects import frame
from cdm.workflow.roles import Role
from registry import queries as book_queries

COLUMNS = [
    {"label": "Account"},
    {"label": "Holder"},
    {"label": "Commitment period", "numeric": True},
    {"label": "Units", "numeric": True},
]


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One forwarding request: what was asked for, and what came of it."""
    at = now()
    asked: ForwardingRequest = subject_or_404(request, "forwarding_request", key, at)
    shares = list(asked.shares.select_related("account"))
    waiting = {
        issuance.commitment_period: book_queries.waiting(issuance)
        for issuance in units.issuances_of(asked.request)
    }
    context = {
        **frame(request, asked, at),
        "asked": asked,
        "fact_rows": [
            {"key": "Project activity", "value": asked.project, "url": asked.project.get_absolute_url()},
            {
                "key": "Issued under",
                "value": f"{asked.request}, {day(asked.request.submitted_at)}",
                "url": asked.request.get_absolute_url(),
            },
            {"key": "Asked for by", "value": asked.asked_by, "hint": instant(asked.asked_at)},
            {
                "key": "Waiting in the pending account",
                "value": ", ".join(
                    f"{quantity(number)} units of commitment period {period}"
                    for period, number in waiting.items()
                )
                or "None",
            },
        ],
        "columns": COLUMNS,
        "rows": [
            [
                {"text": share.account.identifier},
                share.account.holder,
                str(share.commitment_period),
                share.quantity,
            ]
            for share in shares
        ],
        "footer": ["Together", "", "", sum(share.quantity for share in shares)],
    }
    return render(request, "cdm/forwarding.html", context)


@login_required
@refusals_as_pages
def ask(request: HttpRequest, key: int) -> HttpResponse:
    """Choose accounts of authorised participants and units; what waits is filled in."""
    at = now()
    about: BoardRequest = subject_or_404(request, "board_request", key, at)
    user = signed_in(request)
    permissions.require(user, "ask_for_forwarding", at=at, subject=about)
    holders = units.authorised_holders(about.project)
    accounts = book_queries.accounts_of(holders.keys())
    waiting = {
        issuance.commitment_period: number
        for issuance in units.issuances_of(about)
        if (number := book_queries.waiting(issuance))
    }
    held_back = units.available(about)
    form = ForwardingForm(posted(request), accounts=accounts, waiting=waiting, free=held_back.free)
    possible = about.state == "issued" and bool(accounts) and bool(waiting)
    return act_page(
        request,
        form=form,
        act=lambda given: forwarding_acts.ask(about, shares=form.shares(), by=user, at=at),
        done=lambda made: (
            f"Asked for: {quantity(made.quantity)} units. The registry administrator carries it out."
        ),
        onward=lambda made: made.get_absolute_url(),
        heading="Ask for units to be forwarded",
        caption=f"{about}: {about.project}",
        sentences=_sentences(about, accounts, waiting, holders, held_back),
        button="Ask for the forwarding",
        law="3/CMP.1 annex, para 66(b); EB 25 para 108",
        template="cdm/act.html" if possible or request.method == "POST" else "cdm/act_closed.html",
        back_url=about.get_absolute_url(),
        back_label=str(about),
    )


def _sentences(
    about: BoardRequest,
    accounts: list[Any],
    waiting: dict[int, int],
    holders: dict[str, Any],
    held_back: units.Available,
) -> list[str]:
    """What can be asked for, or why nothing can."""
    if about.state != "issued":
        return ["Units are forwarded after they have been issued."]
    if not waiting:
        return ["No units wait in the pending account any more."]
    if not holders:
        return ["No participant of this project is authorised by a standing letter of approval."]
    if not accounts:
        names = ", ".join(str(organisation) for organisation in holders.values())
        seat = Role.REGISTRY_ADMINISTRATOR.label.lower()
        return [f"None of the authorised participants ({names}) has an account. Ask the {seat} to open one."]
    first = (
        [
            f"{quantity(held_back.free)} of the {quantity(held_back.waiting)} units that wait may be forwarded now; "
            "the rest when the next instalment of the administrative share has been received."
        ]
        if held_back.is_held_back
        else []
    )
    return [
        *first,
        "Only accounts of participants authorised by a standing letter of approval are listed. The units with the "
        "lowest serial numbers go first, to the accounts in the order of this form.",
    ]
