"""Asking for a participant to be added, renamed or withdrawn after registration (rulebook 2.4, annex 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cdm import notices
from cdm.acts import signing
from cdm.acts.acting import Act, NotOpen, Problem, acting, refuse
from cdm.modalities import in_force
from cdm.models import LetterOfApproval, Organisation, ParticipantChange, Project, User
from cdm.permissions import Denied
from cdm.rules import parties
from cdm.workflow import engine, opening
from cdm.workflow.roles import Role

Kind = ParticipantChange.Kind


def ask(
    project: Project,
    *,
    kind: str,
    organisation: Organisation,
    reason: str,
    party: str = "",
    new_name: str = "",
    has_ceased: bool = False,
    by: User,
    at: dt.datetime,
) -> ParticipantChange:
    """Ask for a change of participants; the focal points for scope (b) and the participant concerned sign it.

    Who adds a participant names the Party that authorises it; its letter is asked for where none stands.
    Raises Denied, NotOpen, Unmet.
    """
    with acting(project, "ask_for_participant_change", by=by, at=at) as act:
        if act.project.state != "registered":
            raise NotOpen(
                "Participants are changed so after registration; before it, revise the design document."
            )
        statement = in_force(act.project)
        if statement is None:
            raise NotOpen(
                "No statement of modalities is in force. State the modalities of communication first."
            )
        change = ParticipantChange(
            project=act.project,
            modalities=statement,
            kind=kind,
            organisation=organisation,
            asked_at=at,
            **_given(kind, reason, party, new_name, has_ceased),
        )
        _require_signatory(change, act)
        refuse(*problems(change, act.day), _not_ones_own(change, act))
        if kind == Kind.DEREGISTER and act.project.participant_changes.filter(
            kind=Kind.DEREGISTER, state__in=("being_signed", "submitted")
        ):
            raise NotOpen("De-registration is asked for already. Sign that request, or withdraw it.")
        if act.project.participant_changes.filter(
            organisation=organisation, state__in=("being_signed", "submitted")
        ).exists():
            raise NotOpen(f"A change of {organisation} is under way already. Complete or withdraw that one.")
        change.save()
        about = replace(act, subject=change)
        signing.write_text(about)
        opening.begin(
            change,
            sentence=f"{change}: asked for",
            by=by,
            role=act.role,
            at=at,
            tells=(Role.FOCAL_POINT,),
        )
        if kind == Kind.ADD:
            _ask_for_letter(change, act)
        signing.sign_what_one_wrote(about)
    change.refresh_from_db()
    return change


def alter(
    change: ParticipantChange,
    *,
    reason: str,
    party: str = "",
    new_name: str = "",
    has_ceased: bool = False,
    by: User,
    at: dt.datetime,
    expected_version: int | None = None,
) -> ParticipantChange:
    """Change what is asked for; it is signed anew. Raises Denied, NotOpen, Stale, Unmet."""
    with acting(
        change,
        "change_signed",
        by=by,
        at=at,
        states=("being_signed", "submitted"),
        expected_version=expected_version,
    ) as act:
        _require_signatory(act.subject, act)
        for name, value in _given(act.subject.kind, reason, party, new_name, has_ceased).items():
            setattr(act.subject, name, value)
        refuse(*problems(act.subject, act.day))
        if act.subject.state == "submitted":
            act.subject.save()
            engine.follow(act.subject, "return_for_signature", by=by, at=at)
            act.subject.refresh_from_db()
        signing.write_text(act, reason=reason.strip())
        if act.subject.kind == Kind.ADD:
            _ask_for_letter(act.subject, act)
        signing.sign_what_one_wrote(act)
    change.refresh_from_db()
    return change


def _not_ones_own(change: ParticipantChange, act: Act) -> Problem | None:
    """To de-register, a participant asks for itself (rulebook 2.15)."""
    mine = act.by.seats.held_on(act.day).filter(organisation=change.organisation)
    if change.kind != Kind.DEREGISTER or mine.exists():
        return None
    return Problem("Choose the participant for which you ask yourself.", "organisation")


def problems(change: ParticipantChange, day: dt.date) -> Iterator[Problem]:
    """What stands against the change whatever its letters say."""
    body, project = change.organisation, change.project
    if change.kind == Kind.DEREGISTER and project.state != "registered":
        yield Problem(
            f"The project is “{project.place.label}”. Only a registered one is de-registered.", "reason"
        )
    takes_part = project.participations.filter(organisation=body).exists()
    if not change.reason:
        yield Problem("Give the reason: it is part of what is signed.", "reason")
    if change.kind == Kind.ADD:
        if body.kind != Organisation.Kind.PARTICIPANT:
            yield Problem(f"{body} is not registered as a project participant.", "organisation")
        if takes_part:
            yield Problem(f"{body} is a participant of this project already.", "organisation")
        if not parties.is_known(change.party) or not parties.is_party_on(change.party, day):
            yield Problem("Name the Party to the Kyoto Protocol that authorises the participant.", "party")
        return
    if not takes_part:
        yield Problem(f"{body} is not a participant of this project.", "organisation")
    if change.kind == Kind.RENAME:
        if not change.new_name or change.new_name == body.name:
            yield Problem("Give the new name of the participant.", "new_name")
        elif Organisation.objects.filter(name=change.new_name).exclude(pk=body.pk).exists():
            yield Problem(f"There is another organisation of the name {change.new_name}.", "new_name")
    if change.kind == Kind.WITHDRAW and not project.participations.exclude(organisation=body).exists():
        yield Problem(
            f"{body} is the only participant. A project has one participant or more.", "organisation"
        )


def _given(kind: str, reason: str, party: str, new_name: str, has_ceased: bool) -> dict[str, Any]:
    """What counts for this kind of change, and nothing else."""
    return {
        "reason": reason.strip(),
        "party": party if kind == Kind.ADD else "",
        "new_name": new_name.strip() if kind == Kind.RENAME else "",
        "has_ceased": has_ceased and kind == Kind.WITHDRAW,
    }


def _require_signatory(change: ParticipantChange, act: Act) -> None:
    """Only a focal point for scope (b), or the participant that withdraws or is renamed itself, asks for it."""
    mine = set(act.by.seats.held_on(act.day).values_list("organisation_id", flat=True))
    if not mine & change.signatories().keys():
        names = ", ".join(str(body) for body in change.signatories().values())
        raise Denied(
            f"Only {names} can ask for this: the focal points for scope (b) or the participant itself."
        )


def _ask_for_letter(change: ParticipantChange, act: Act) -> None:
    """The Party is asked for its letter where it has never been asked, or where its letter no longer stands."""
    letter = act.project.letters.filter(party=change.party).first()
    if letter is None:
        letter = LetterOfApproval(project=act.project, party=change.party, requested_at=act.at)
        opening.begin(
            letter,
            sentence=f"{letter}: asked for",
            by=act.by,
            role=act.role,
            at=act.at,
            tells=(Role.DNA,),
        )
    elif letter.state in ("lapsed", "refused", "withdrawn"):
        engine.follow(letter, "request_again", by=act.by, at=act.at, note=change.reason)
    else:
        replace(act, subject=letter).record(
            f"{letter}: asked to authorise {change.organisation}", is_public=False
        )
        notices.tell_roles(letter, (Role.DNA,), f"{change}: asks for your letter", at=act.at, but=act.by)
