"""Acknowledging the risk of a provisional request, and asking for the transition to Article 6.4 (rulebook 2.16)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from cdm import provisional
from cdm.acts import signing
from cdm.acts.acting import Act, NotOpen, Problem, acting, refuse
from cdm.modalities import in_force
from cdm.models import BoardRequest, ModalitiesStatement, Project, RiskAcknowledgement, Transition, User
from cdm.models.signing import Signed
from cdm.permissions import Denied
from cdm.rules.sets import rule_set_on
from cdm.workflow import opening, waiting
from cdm.workflow.roles import Role


def acknowledge_risk(request: BoardRequest, *, by: User, at: dt.datetime) -> RiskAcknowledgement:
    """Put the risk acknowledgement of a provisional request forward and sign it; the DOE submits once all have signed.

    The focal points for scope (c) sign it. Raises Denied, NotOpen, Unmet.
    """
    with acting(request, "acknowledge_risk", by=by, at=at, states=("being_prepared", "returned")) as act:
        if not provisional.is_taken_provisionally(act.subject, act.day):
            raise NotOpen(
                "This request is not provisional today, so no risk is acknowledged with it: only requests about "
                "reductions after 31 December 2020 are, while temporary measures for them last."
            )
        if provisional.acknowledgement_of(act.subject) is not None:
            raise NotOpen("The risk of this request is acknowledged already.")
        if act.subject.risk_acknowledgements.filter(state="being_signed").exists():
            raise NotOpen("An acknowledgement is being signed already. Sign that one, or withdraw it.")
        made = RiskAcknowledgement(
            project=act.project,
            request=act.subject,
            modalities=_statement(act),
            form=rule_set_on(act.day).text("later_reductions.form", act.day),
        )
        _put_forward(act, made, "put forward for signature")
    made.refresh_from_db()
    return made


def request_transition(
    project: Project, *, effective_on: dt.date, remarks: str = "", by: User, at: dt.datetime
) -> Transition:
    """Ask that the activity move to the Article 6.4 mechanism; with the last signature it goes to the host Party.

    The focal points for scope (c) sign it. Raises Denied, NotOpen, Unmet.
    """
    with acting(project, "request_transition", by=by, at=at) as act:
        statement = _statement(act)
        if act.project.transitions.filter(state__in=("being_signed", "requested", "approved")).exists():
            raise NotOpen("The transition of this activity has been requested already.")
        refuse(
            *(
                Problem(sentence, field)
                for field, sentence in provisional.transition_problems(act.project, effective_on, act.day)
            )
        )
        made = Transition(
            project=act.project,
            modalities=statement,
            effective_on=effective_on,
            remarks=remarks.strip(),
            asked_at=at,
        )
        _put_forward(act, made, "put forward for signature")
    made.refresh_from_db()
    return made


def _statement(act: Act) -> ModalitiesStatement:
    """The statement in force, of which the person is a focal point for scope (c)."""
    statement = in_force(act.project)
    if statement is None:
        raise NotOpen("No statement of modalities is in force. State the modalities of communication first.")
    holders = statement.rule_of("other").organisations
    mine = set(act.by.seats.held_on(act.day).values_list("organisation_id", flat=True))
    if not mine & {body.pk for body in holders}:
        names = ", ".join(str(body) for body in holders)
        raise Denied(f"Only {names} can ask for this: the focal points for scope (c).")
    return statement


def _put_forward(act: Act, text: Signed, sentence: str) -> None:
    """Keep the text, begin it with its deadlines, and sign it for who wrote it."""
    text.save()
    about = replace(act, subject=text)
    signing.write_text(about)
    record = opening.begin(
        text, sentence=f"{text}: {sentence}", by=act.by, role=act.role, at=act.at, tells=(Role.FOCAL_POINT,)
    )
    waiting.settle(act.subject, at=act.at, record=record)
    signing.sign_what_one_wrote(about)
