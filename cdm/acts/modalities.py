"""Stating the modalities of communication and changing a statement that is being signed (rulebook 2.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from cdm.acts import signing
from cdm.acts.acting import Act, NotOpen, Problem, acting, refuse
from cdm.modalities import rule_of
from cdm.models import ModalitiesStatement, Organisation, Project, ScopeOfAuthority, User
from cdm.permissions import Denied
from cdm.rules import modalities
from cdm.workflow import opening
from cdm.workflow.roles import Role

Scopes = Mapping[str, tuple[str, Iterable[Organisation]]]


def state(project: Project, *, scopes: Scopes, by: User, at: dt.datetime) -> ModalitiesStatement:
    """Put a statement forward for signature: scope -> (sole, shared or joint; its focal points).

    It comes into force with the last signature, in the place of the one before. Raises Denied, NotOpen, Unmet.
    """
    with acting(project, "state_modalities", by=by, at=at) as act:
        if act.project.state == "draft" or act.project.place.ending == "bad":
            raise NotOpen("Modalities of communication are stated once the design document is submitted.")
        _require_speaker(act)
        if act.project.modalities_statements.filter(state="being_signed").exists():
            raise NotOpen("A statement is being signed already. Change that one, or withdraw it.")
        given = _checked(scopes, act)
        statement = ModalitiesStatement(project=act.project, form=modalities.form_on(act.day).name)
        statement.save()
        _keep(statement, given)
        about = replace(act, subject=statement)
        signing.write_text(about)
        opening.begin(
            statement,
            sentence=f"{statement}: put forward for signature",
            by=by,
            role=act.role,
            at=at,
            tells=(Role.FOCAL_POINT,),
        )
        signing.sign_what_one_wrote(about)
    statement.refresh_from_db()
    return statement


def change(
    statement: ModalitiesStatement,
    *,
    scopes: Scopes,
    reason: str,
    by: User,
    at: dt.datetime,
    expected_version: int | None = None,
) -> ModalitiesStatement:
    """Change a statement that is being signed; the signatures given to the earlier text are void."""
    with acting(
        statement,
        "state_modalities",
        by=by,
        at=at,
        states=("being_signed",),
        expected_version=expected_version,
    ) as act:
        given = _checked(scopes, act)
        refuse(
            None if reason.strip() else Problem("Say what is changed: it is kept on the record.", "reason")
        )
        for scope in act.subject.scopes.all():
            scope.focal_points.clear()
        act.subject.scopes.all().delete()
        act.subject.form = modalities.form_on(act.day).name
        _keep(act.subject, given)
        signing.write_text(act, reason=reason.strip())
        signing.sign_what_one_wrote(act)
    statement.refresh_from_db()
    return statement


def _require_speaker(act: Act) -> None:
    """A participant states modalities, or a focal point for scope (b), and no other (rulebook 2.4)."""
    if act.role is Role.PARTICIPANT:
        return
    rule = rule_of(act.project, modalities.PARTICIPANTS)
    mine = set(act.by.seats.held_on(act.day).values_list("organisation_id", flat=True))
    if rule is None or not mine & {body.pk for body in rule.organisations}:
        raise Denied(
            "Only a participant or a focal point for scope (b) states the modalities of communication."
        )


def _checked(scopes: Scopes, act: Act) -> dict[str, tuple[str, tuple[Organisation, ...]]]:
    given = {scope: (held, tuple(bodies)) for scope, (held, bodies) in scopes.items()}
    unknown = given.keys() - modalities.SCOPES.keys()
    refuse(
        *(f"“{scope}” is not a scope of authority." for scope in sorted(unknown)),
        *(Problem(sentence, "scopes") for sentence in modalities.problems(given, act.day)),
        *(
            Problem(f"{body} is not registered as an organisation that can be a focal point.", "scopes")
            for _, bodies in given.values()
            for body in bodies
            if body.kind != Organisation.Kind.PARTICIPANT
        ),
    )
    return given


def _keep(statement: ModalitiesStatement, given: dict[str, tuple[str, tuple[Organisation, ...]]]) -> None:
    for scope in modalities.SCOPES:
        held, bodies = given[scope]
        row = ScopeOfAuthority.objects.create(statement=statement, scope=scope, held=held)
        row.focal_points.set(bodies)
