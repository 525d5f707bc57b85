"""Participants of a project: who they are, who speaks for them, and the changes that are asked for."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cdm import modalities as speaking
from cdm import permissions, units
from cdm.acts import participants as acts
from cdm.forms.modalities import CHANGE_FORMS
from cdm.models import ParticipantChange
from cdm.rules import eligibility
from cdm.rules import modalities as rules
from cdm.views.access import now, person, project_or_404, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import act_page, posted
from cdm.views.modalities import (
    SCOPE_COLUMNS,
    said,
    scope_rows,
    sign_offers,
    signature_context,
    text_rows,
)
from cdm.views.project_page import ProjectPage, load
from cdm.views.status import status_of
from cdm.views.subjects import button, frame
from cdm.workflow.participant_change import DEREGISTRATION_LAW

Kind = ParticipantChange.Kind
NO_WAY_BACK = (
    "Once carried out, nothing more is issued for the activity, and it is not registered under the CDM again."
)
OF_A_CHANGE = "Rulebook 2.4 (annex 2 of the form); 3/CMP.1 annex, para 33"


def of_project(request: HttpRequest, key: int) -> HttpResponse:
    """Participants with the Party that authorises each, the statement in force, and changes."""
    shown = load(request, key, "project_participants")
    project = shown.project
    statement = speaking.in_force(project)
    statements = project.modalities_statements.all()
    changes = project.participant_changes.select_related("organisation")
    if not shown.seen.sees_all:
        statements = statements.filter(state__in=("in_force", "superseded"))
        changes = changes.filter(state="carried_out")
    return render(
        request,
        "cdm/modalities/participants.html",
        shown.context(
            participant_columns=[
                {"label": "Participant"},
                {"label": "Party"},
                {"label": "Letter of approval"},
                {"label": "Units"},
            ],
            participant_rows=_participant_rows(shown),
            statement=statement,
            scope_columns=SCOPE_COLUMNS,
            scope_rows=scope_rows(statement) if statement else [],
            status_columns=[{"label": "What"}, {"label": "Status"}],
            statement_rows=[
                [{"text": f"{row}, {row.form}", "url": row.get_absolute_url()}, {"tag": status_of(row)}]
                for row in statements
            ],
            change_rows=[
                [{"text": str(row), "url": row.get_absolute_url()}, {"tag": status_of(row)}]
                for row in changes
            ],
            offers=_offers(shown),
        ),
    )


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One change of participants: what is asked for, who signed, what the secretariat made of it."""
    at = now()
    change: ParticipantChange = subject_or_404(request, "participant_change", key, at)
    offers = sign_offers(change, person(request), at)
    if change.state in ("being_signed", "submitted") and permissions.roles_for(
        person(request), "change_signed", at=at, subject=change
    ):
        offers.append(
            button(
                "Change what is asked for",
                "alter_participant_change",
                change.pk,
                sentence="It is signed anew then.",
            )
        )
    context = {
        **frame(request, change, at, acts=offers),
        "fact_rows": [*said(change.content), *text_rows(change)],
        **signature_context(change),
    }
    return render(request, "cdm/modalities/change.html", context)


@login_required
@refusals_as_pages
def ask(request: HttpRequest, key: int, kind: str) -> HttpResponse:
    """Ask for a participant to be added, renamed or withdrawn."""
    at = now()
    project = project_or_404(request, key, at)
    if kind not in CHANGE_FORMS:
        raise Http404("There is no such change.")
    user = signed_in(request)
    permissions.require(user, "ask_for_participant_change", at=at, subject=project)
    label = Kind(kind).label
    form: Any = CHANGE_FORMS[kind](posted(request), project=project)  # type: ignore[call-arg]
    return act_page(
        request,
        form=form,
        act=lambda given: acts.ask(project, kind=kind, by=user, at=at, **given),
        done=_done,
        onward=lambda made: made.get_absolute_url(),
        heading=label,
        caption=str(project),
        sentences=_sentences(project, kind),
        warning=NO_WAY_BACK if kind == Kind.DEREGISTER else "",
        button="Ask for it and sign",
        law=_law(kind),
        back_url=project.get_absolute_url(),
        back_label=str(project),
    )


@login_required
@refusals_as_pages
def alter(request: HttpRequest, key: int) -> HttpResponse:
    """Change what is asked for, before it is carried out."""
    at = now()
    change: ParticipantChange = subject_or_404(request, "participant_change", key, at)
    user = signed_in(request)
    permissions.require(user, "change_signed", at=at, subject=change)
    initial = {
        name: getattr(change, name) for name in ("party", "new_name", "has_ceased", "reason", "organisation")
    }
    form: Any = CHANGE_FORMS[change.kind](posted(request), project=change.project, initial=initial)  # type: ignore[call-arg]
    del form.fields["organisation"]
    return act_page(
        request,
        form=form,
        act=lambda given: acts.alter(change, by=user, at=at, **given),
        done=_done,
        onward=lambda made: made.get_absolute_url(),
        heading=f"Change: {change}",
        caption=str(change.project),
        warning="The signatures given to the earlier text are void; it is signed anew.",
        button="Change and sign",
        law=_law(change.kind),
        back_url=change.get_absolute_url(),
        back_label=str(change),
    )


def _participant_rows(shown: ProjectPage) -> list[list[Any]]:
    """Each participant, the Party that authorises it, the standing of its letter, and whether it can receive units."""
    letters = {letter.party: letter for letter in shown.project.letters.all()}
    holders = units.authorised_holders(shown.project)
    rows: list[list[Any]] = []
    for row in shown.project.participations.select_related("organisation"):
        letter = letters.get(row.party)
        receives = units.reference_of(row.organisation) in holders
        why = eligibility.acquiring_problem(row.party, shown.today) if row.party else ""
        rows.append(
            [
                str(row.organisation),
                row.party_name or "–",
                {"tag": status_of(letter)} if letter else "–",
                {
                    "text": "Can receive" if receives and not why else "Cannot receive",
                    "hint": why
                    or (
                        "" if receives else "No standing letter of its Party authorises it (EB 25 para 108)."
                    ),
                },
            ]
        )
    return rows


def _offers(shown: ProjectPage) -> list[dict[str, Any]]:
    project, found = shown.project, []
    being_signed = project.modalities_statements.filter(state="being_signed").first()
    can_state = project.state != "draft" and project.place.ending != "bad"
    if shown.may("state_modalities") and can_state and being_signed is None:
        found.append(button("State the modalities of communication", "state_modalities", project.pk))
    if (
        shown.may("ask_for_participant_change")
        and project.state == "registered"
        and speaking.in_force(project) is not None
    ):
        found += [
            button(label, "ask_participant_change", project.pk, kind, tone="secondary")
            for kind, label in Kind.choices
        ]
    return found


def _law(kind: str) -> str:
    return DEREGISTRATION_LAW if kind == Kind.DEREGISTER else OF_A_CHANGE


def _sentences(project: Any, kind: str) -> list[str]:
    carried_out = "The secretariat carries it out once it is signed."
    if kind == Kind.DEREGISTER:
        return ["All participants sign it. Units that were issued stay with their holders.", carried_out]
    return [_who_signs(project), carried_out]


def _who_signs(project: Any) -> str:
    rule = speaking.rule_of(project, rules.PARTICIPANTS)
    if rule is None:
        return "No statement of modalities is in force. State the modalities of communication first."
    names = ", ".join(str(body) for body in rule.organisations)
    how = "any one of them" if rule.any_one else "all of them"
    return (
        f"It is signed by the focal points for scope (b), {how} ({names}), and by the participant concerned."
    )


def _done(change: ParticipantChange) -> str:
    if names := ", ".join(str(body) for body in change.still_to_sign()):
        return f"Asked for. Still to sign: {names}."
    return "Asked for and signed. The secretariat carries it out."
