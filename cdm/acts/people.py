"""Organisations, seats, accreditations and conflicts of interest: granted, ended, recorded, never deleted."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cdm import permissions
from cdm.acts.accreditation import LOST, take_over
from cdm.acts.acting import NotOpen, Problem, refuse
from cdm.models import Accreditation, ConflictOfInterest, Organisation, Project, Seat, User
from cdm.rules import parties, scopes
from cdm.workflow import recording
from cdm.workflow.roles import Role

CHAIN = "people"


def enter_first_administrator(*, email: str, name: str, password: str, at: dt.datetime) -> User:
    """The one person whom nobody lets in: sits for the registry and the secretariat, and lets the others in."""
    with transaction.atomic():
        if User.objects.exists():
            raise NotOpen("People are entered already; one of them lets others in.")
        user = User.objects.create_user(email=email, name=name, password=password)
        for kind, title in (
            (Organisation.Kind.REGISTRY, "Registry administrator"),
            (Organisation.Kind.SECRETARIAT, "Secretariat"),
        ):
            organisation = Organisation.objects.create(name=title, kind=kind)
            Seat.objects.create(user=user, organisation=organisation, from_on=permissions.day_of(at))
        recording.append(
            verb="enter_first_administrator",
            sentence=f"First administrator entered: {user}",
            by=None,
            role=Role.CONSEQUENCE,
            at=at,
            chain_name=CHAIN,
            data={"user": user.pk},
            is_public=False,
        )
    return user


def open_organisation(
    *, name: str, kind: str, party: str = "", email: str = "", by: User, at: dt.datetime
) -> Organisation:
    """Enter an organisation. A DNA needs the Party it speaks for; there is one for each Party."""
    role = permissions.require(by, "manage_people", at=at)
    with transaction.atomic():
        refuse(
            None if name.strip() else Problem("Give the organisation a name.", "name"),
            Problem("There is an organisation of this name already.", "name")
            if Organisation.objects.filter(name__iexact=name.strip()).exists()
            else None,
            None
            if kind in Organisation.Kind.values
            else Problem("Choose what kind of organisation it is.", "kind"),
            Problem(f"“{party}” is not the code of a country.", "party")
            if party and not parties.is_known(party)
            else None,
            Problem("A designated national authority speaks for a Party. Choose the Party.", "party")
            if kind == Organisation.Kind.DNA and not party
            else None,
            Problem("This Party has a designated national authority already.", "party")
            if kind == Organisation.Kind.DNA and Organisation.objects.filter(kind=kind, party=party).exists()
            else None,
        )
        organisation = Organisation.objects.create(
            name=name.strip(), kind=kind, party=party, email=email.strip()
        )
        _record(
            "open_organisation", f"{organisation} entered", by, role, at, {"organisation": organisation.pk}
        )
    return organisation


def add_person(*, email: str, name: str, by: User, at: dt.datetime, password: str | None = None) -> User:
    """Enter a person. Without a password the person sets one by the link of “forgotten password”."""
    role = permissions.require(by, "manage_people", at=at)
    with transaction.atomic():
        refuse(
            None if name.strip() else Problem("Give the person's name.", "name"),
            None if "@" in email else Problem("Give the person's e-mail address.", "email"),
            Problem("A person with this e-mail address is entered already.", "email")
            if User.objects.filter(email=email.strip().lower()).exists()
            else None,
        )
        user = User.objects.create_user(email=email, name=name, password=password)
        _record("add_person", f"{user} entered", by, role, at, {"user": user.pk})
    return user


def enter_person(
    *, email: str, name: str, organisation: Organisation | None, by: User, at: dt.datetime
) -> User:
    """Enter a person together with a first seat, where an organisation is given: both, or neither."""
    with transaction.atomic():
        user = add_person(email=email, name=name, by=by, at=at)
        if organisation is not None:
            grant_seat(user=user, organisation=organisation, by=by, at=at)
    return user


def grant_seat(
    *, user: User, organisation: Organisation, by: User, at: dt.datetime, reason: str = ""
) -> Seat:
    """Give a person a seat from this day. Raises Unmet where the person holds it already."""
    role = permissions.require(by, "manage_people", at=at)
    day = permissions.day_of(at)
    with transaction.atomic():
        refuse(
            f"{user} sits for {organisation} already."
            if Seat.objects.filter(user=user, organisation=organisation, until_on__isnull=True).exists()
            else None
        )
        seat = Seat.objects.create(user=user, organisation=organisation, from_on=day, granted_by=by)
        _record("grant_seat", f"{user} sits for {organisation}", by, role, at, {"seat": seat.pk}, reason)
    return seat


def end_seat(seat: Seat, *, reason: str, by: User, at: dt.datetime) -> Seat:
    """End a seat; it is gone with the next request the person makes."""
    role = permissions.require(by, "manage_people", at=at)
    with transaction.atomic():
        seat = Seat.objects.select_for_update(no_key=True, of=("self",)).get(pk=seat.pk)
        if seat.until_on is not None:
            raise NotOpen("This seat has ended already.")
        refuse(None if reason.strip() else Problem("Say why the seat ends.", "reason"))
        # the last day is yesterday, so that the change has effect at once
        seat.until_on = permissions.day_of(at) - dt.timedelta(days=1)
        seat.save(update_fields=["until_on"])
        _record(
            "end_seat",
            f"{seat.user} no longer sits for {seat.organisation}",
            by,
            role,
            at,
            {"seat": seat.pk},
            reason,
        )
    return seat


def record_conflict(
    *,
    user: User,
    reason: str,
    by: User,
    at: dt.datetime,
    organisation: Organisation | None = None,
    project: Project | None = None,
    party: str = "",
) -> ConflictOfInterest:
    """Record a conflict of interest of a person with an organisation, a project or a Party.

    A person may always record one of their own; for others it takes a registry administrator or the secretariat.
    """
    role = Role.PUBLIC if user.pk == by.pk else permissions.require(by, "manage_people", at=at)
    with transaction.atomic():
        refuse(
            None
            if organisation or project or party
            else Problem("Say with whom or what the conflict is.", "organisation"),
            None if reason.strip() else Problem("Say what the conflict is.", "reason"),
        )
        conflict = ConflictOfInterest.objects.create(
            user=user,
            organisation=organisation,
            project=project,
            party=party,
            reason=reason.strip(),
            recorded_by=by,
            recorded_at=at,
        )
        _record(
            "record_conflict",
            f"Conflict of interest of {user} recorded",
            by,
            role,
            at,
            {"conflict": conflict.pk},
            reason,
        )
    return conflict


def end_conflict(
    conflict: ConflictOfInterest, *, reason: str, by: User, at: dt.datetime
) -> ConflictOfInterest:
    """Record that a conflict of interest has ended; by those who keep people, and not by the person concerned."""
    role = permissions.require(by, "manage_people", at=at)
    if conflict.user_id == by.pk:
        raise permissions.Denied("Nobody ends a conflict of interest of their own. Ask a colleague.")
    with transaction.atomic():
        conflict = ConflictOfInterest.objects.select_for_update(no_key=True, of=("self",)).get(pk=conflict.pk)
        if conflict.ended_at is not None:
            raise NotOpen("This conflict of interest has ended already.")
        refuse(None if reason.strip() else Problem("Say how it ended.", "reason"))
        conflict.ended_at = at
        conflict.save(update_fields=["ended_at"])
        _record(
            "end_conflict",
            f"Conflict of interest of {conflict.user} ended",
            by,
            role,
            at,
            {"conflict": conflict.pk},
            reason,
        )
    return conflict


def accredit(
    *,
    doe: Organisation,
    function: str,
    sectoral_scopes: list[int],
    from_on: dt.date,
    until_on: dt.date | None = None,
    by: User,
    at: dt.datetime,
) -> list[Accreditation]:
    """Enter what the Board gave a DOE before: a function in these sectoral scopes (3/CMP.1 annex, para 20).

    It is taken over as a designated term; what is decided from now on is decided on the page of the law.
    """
    role = permissions.require(by, "manage_people", at=at)
    with transaction.atomic():
        refuse(
            None if doe.kind == Organisation.Kind.DOE else f"{doe} is not a designated operational entity.",
            *(
                Problem(f"There is no sectoral scope {scope}.", "sectoral_scopes")
                for scope in sectoral_scopes
                if scope not in scopes.SECTORAL_SCOPES
            ),
            Problem("The accreditation ends before it starts.", "until_on")
            if until_on and until_on < from_on
            else None,
            f"{doe} was suspended or its designation withdrawn. Only the Board accredits it again: it has to apply."
            if doe.entity_accreditations.filter(state__in=LOST).exists()
            else None,
        )
        rows = [
            Accreditation.objects.create(
                doe=doe, function=function, sectoral_scope=scope, from_on=from_on, until_on=until_on
            )
            for scope in sectoral_scopes
        ]
        if rows:
            take_over(doe, rows, by=by, at=at)
        _record(
            "accredit",
            f"{doe} accredited: {Accreditation.Function(function).label.lower()}",
            by,
            role,
            at,
            {"sectoral_scopes": sectoral_scopes, "from_on": from_on, "until_on": until_on},
        )
    return rows


def _record(
    verb: str, sentence: str, by: User, role: Role, at: dt.datetime, data: dict[str, object], note: str = ""
) -> None:
    recording.append(
        verb=verb,
        sentence=sentence,
        by=by,
        role=role,
        at=at,
        chain_name=CHAIN,
        note=note.strip(),
        data=data,
        is_public=False,
    )
