"""Forwarding: the participants say where waiting units go, the registry administrator carries it out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cdm import modalities, permissions, units
from cdm.acts import forwarding as forwarding_acts
from cdm.forms.forwarding import ForwardingForm
from cdm.forms.modalities import reason_field
from cdm.models import BoardRequest, ForwardingRequest, Needed, User
from cdm.rules.modalities import FORWARDING
from cdm.templatetags.cdm_format import day, instant, quantity
from cdm.views.access import now, person, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import act_page, posted
from cdm.views.modalities import sign_offers, signature_context, text_rows
from cdm.views.subjects import button, frame
from cdm.workflow.roles import Role
from registry import queries as book_queries

LAW = "3/CMP.1 annex, para 66(b); EB 25 para 108; rulebook 2.4 and 4.3"
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
    offers = sign_offers(asked, person(request), at)
    if asked.state in ("being_signed", "requested") and permissions.roles_for(
        person(request), "change_signed", at=at, subject=asked
    ):
        offers.append(
            button(
                "Change the request",
                "change_forwarding",
                asked.pk,
                sentence="It is signed anew then.",
                tone="secondary",
            )
        )
    context = {
        **frame(request, asked, at, acts=offers),
        **signature_context(asked),
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
            *text_rows(asked),
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
    form, sentences = _form_of(request, about, at)
    rule = modalities.rule_of(about.project, FORWARDING)
    if (refusal := _speaks(rule, user, at)) and request.method != "POST":
        form, sentences = None, [refusal]
    return act_page(
        request,
        form=form or ForwardingForm(posted(request), accounts=[], waiting={}),
        act=lambda given: forwarding_acts.ask(about, shares=_shares(form, about, at), by=user, at=at),
        done=_done,
        onward=lambda made: made.get_absolute_url(),
        heading="Ask for units to be forwarded",
        caption=f"{about}: {about.project}",
        sentences=sentences,
        button="Ask for the forwarding and sign",
        law=LAW,
        template="cdm/act.html" if form or request.method == "POST" else "cdm/act_closed.html",
        back_url=about.get_absolute_url(),
        back_label=str(about),
    )


@login_required
@refusals_as_pages
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Ask for something else in a request that is not carried out yet; it is signed anew."""
    at = now()
    asked: ForwardingRequest = subject_or_404(request, "forwarding_request", key, at)
    user = signed_in(request)
    permissions.require(user, "change_signed", at=at, subject=asked)
    form, sentences = _form_of(request, asked.request, at)
    if form is not None:
        form.fields["reason"] = reason_field("What is changed")
    return act_page(
        request,
        form=form or ForwardingForm(posted(request), accounts=[], waiting={}),
        act=lambda given: forwarding_acts.change(
            asked, shares=_shares(form, asked.request, at), reason=given.get("reason", ""), by=user, at=at
        ),
        done=_done,
        onward=lambda made: made.get_absolute_url(),
        heading="Change the forwarding request",
        caption=f"{asked}: {asked.project}",
        sentences=sentences,
        warning="The signatures given so far are void; the focal points sign the new text.",
        button="Change and sign",
        law=LAW,
        template="cdm/act.html" if form or request.method == "POST" else "cdm/act_closed.html",
        back_url=asked.get_absolute_url(),
        back_label=str(asked),
    )


def _form_of(
    request: HttpRequest, about: BoardRequest, at: dt.datetime
) -> tuple[ForwardingForm | None, list[str]]:
    """The form over accounts and what waits, or None with the sentence that says why nothing can be asked for."""
    holders = units.authorised_holders(about.project)
    accounts = book_queries.accounts_of(holders.keys())
    waiting = {
        issuance.commitment_period: number
        for issuance in units.issuances_of(about)
        if (number := book_queries.waiting(issuance))
    }
    held_back = units.available(about)
    sentences = _sentences(about, accounts, waiting, holders, held_back)
    if about.state != "issued" or not accounts or not waiting:
        return None, sentences
    form = ForwardingForm(posted(request), accounts=accounts, waiting=waiting, free=held_back.free)
    return form, sentences


def _shares(form: ForwardingForm | None, about: BoardRequest, at: dt.datetime) -> list[units.Share]:
    if form is None:
        return []
    if not form.is_by_percentage:
        return form.shares()
    return forwarding_acts.by_percentage(about, form.percentages(), left_over_to=form.left_over_to(), at=at)


def _speaks(rule: Needed | None, user: User, at: dt.datetime) -> str:
    """Why this person cannot ask for forwarding, in a sentence; empty where it is a focal point for scope (a)."""
    if rule is None:
        return "No statement of modalities is in force. State the modalities of communication first."
    seats = permissions.seats_of(user, permissions.day_of(at)).values_list("organisation_id", flat=True)
    if set(seats) & {body.pk for body in rule.organisations}:
        return ""
    names = ", ".join(str(body) for body in rule.organisations)
    return f"Only a focal point for scope (a) asks for forwarding (rulebook 4.3): {names}."


def _done(made: ForwardingRequest) -> str:
    asked = f"Asked for: {quantity(made.quantity)} units."
    if names := ", ".join(str(body) for body in made.still_to_sign()):
        return f"{asked} Still to sign: {names}."
    return f"{asked} The registry administrator carries it out."


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
