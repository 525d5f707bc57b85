"""Applying for accreditation, taking over what the Board gave before, opening the review of an entity's report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction

from cdm import notices, permissions, units
from cdm.acts import entity_matters
from cdm.acts.acting import Problem, refuse
from cdm.models import (
    Accreditation,
    AppliedScope,
    EntityAccreditation,
    ExcessIssuance,
    Organisation,
    Project,
    Seat,
    User,
)
from cdm.rules import scopes
from cdm.workflow import engine, opening, recording
from cdm.workflow.accreditation_moves import STANDING, SUSPENDED
from cdm.workflow.conditions.validation import accreditation_problem
from cdm.workflow.locking import lock_entity
from cdm.workflow.refusals import Denied
from cdm.workflow.roles import Role

Function = Accreditation.Function
Scope = tuple[str, int]
# a term from which an application for a further one goes on
CONTINUABLE = (*STANDING, "under_spot_check", "hearing_offered", "hearing_over", *SUSPENDED)
LOST = ("suspended", "suspension_confirmed", "withdrawn", "withdrawal_confirmed")


def apply(
    *,
    doe: Organisation,
    asked: Sequence[Scope],
    statement: str,
    follows: EntityAccreditation | None = None,
    by: User,
    at: dt.datetime,
) -> EntityAccreditation:
    """Apply for accreditation for (function, sectoral scope) pairs (3/CMP.1 annex, para 20 and Appendix A).

    With `follows` it is an application for re-accreditation: accredited, it takes the place of that term.
    """
    _require_seat_of(doe, by, at)
    with transaction.atomic():
        lock_entity(doe)
        chosen = list(dict.fromkeys(asked))
        pending = doe.entity_accreditations.filter(state__in=("applied", "under_assessment", "assessed"))
        refuse(
            Problem("Choose at least one function and sectoral scope.", "asked") if not chosen else None,
            *_unknown(chosen),
            None
            if statement.strip()
            else Problem("Say how the entity meets the standards of Appendix A.", "statement"),
            Problem(f"{pending[0]} is still being decided on. Wait for it, or withdraw it.")
            if pending
            else None,
            None
            if follows is None or (follows.doe_id == doe.pk and follows.state in CONTINUABLE)
            else Problem("Choose a term of your own that has not ended.", "follows"),
        )
        term = EntityAccreditation(
            doe=doe, follows=follows, statement=statement.strip(), applied_by=by, applied_at=at
        )
        term.save()
        AppliedScope.objects.bulk_create(
            AppliedScope(entity_accreditation=term, function=function, sectoral_scope=number)
            for function, number in chosen
        )
        opening.begin(
            term,
            sentence="Re-accreditation applied for" if follows else "Accreditation applied for",
            by=by,
            role=Role.DOE,
            at=at,
            tells=(Role.SECRETARIAT,),
        )
    return term


def take_over(
    doe: Organisation, rows: Iterable[Accreditation], *, by: User, at: dt.datetime
) -> EntityAccreditation:
    """Put scopes that the Board gave before the registry was kept here under the page of the law, as designated.

    Call inside a transaction; who may enter them has been asked.
    """
    found = list(rows)
    scopes_of_term = Accreditation.objects.filter(pk__in=[row.pk for row in found])
    ends = {row.until_on for row in found}
    first = min(row.from_on for row in found)
    last = None if None in ends else max(end for end in ends if end is not None)
    same = doe.entity_accreditations.filter(
        state="designated", applied_at=at, accredited_on=first, last_day=last
    ).first()
    if same is not None:
        # the other function of the same line of the list
        scopes_of_term.update(entity_accreditation=same)
        return same
    term = EntityAccreditation(
        doe=doe,
        statement="Taken over from the list of designated operational entities.",
        applied_by=by,
        applied_at=at,
        accredited_on=first,
        designated_on=first,
        last_day=last,
    )
    opening.begin(term, sentence="Entered from the list", by=by, role=Role.CONSEQUENCE, at=at)
    scopes_of_term.update(entity_accreditation=term)
    engine.follow(term, "take_over", by=by, at=at)
    term.refresh_from_db()
    return term


def take_over_list(doe: Organisation, *, by: User, at: dt.datetime) -> EntityAccreditation:
    """Put those scopes of a DOE that belong to no term yet under the page of the law; by who keeps organisations."""
    permissions.require(by, "manage_people", at=at)
    with transaction.atomic():
        lock_entity(doe)
        loose = Accreditation.objects.filter(doe=doe, entity_accreditation__isnull=True)
        refuse(None if loose else f"All accreditations of {doe} belong to a term already.")
        return take_over(doe, loose, by=by, at=at)


def open_review(
    *,
    doe: Organisation,
    project: Project,
    reason: str,
    reviewer: Organisation | None = None,
    by: User,
    at: dt.datetime,
) -> ExcessIssuance:
    """Open the Board's review of a report of a suspended or withdrawn entity on a registered project (para 22).

    `reviewer` is the other DOE that reviews and corrects the report, where the Board appoints one.
    """
    permissions.require(by, "review_report_of_entity", at=at)
    with transaction.atomic():
        lock_entity(doe)
        subject = ExcessIssuance(
            doe=doe,
            project=project,
            reviewer=reviewer,
            reason=reason.strip(),
            opened_by=by,
            opened_at=at,
        )
        if permissions.is_barred(by, subject):
            raise Denied(permissions.denial((Role.BOARD_MEMBER,), by, subject))
        refuse(
            None if reason.strip() else Problem("Say what gives rise to the review.", "reason"),
            None
            if doe.entity_accreditations.filter(state__in=LOST).exists()
            else f"{doe} is neither suspended nor withdrawn. Only then are its reports reviewed (para 22).",
            _issued_problem(project),
            None
            if project.opinions.filter(doe=doe).exists()
            else Problem(f"{doe} has reported on nothing of {project}.", "project"),
            _reviewer_problem(reviewer, doe, project, permissions.day_of(at)),
            Problem(f"A review of {doe}'s reports on {project} is open already.", "project")
            if project.excess_issuances.filter(doe=doe, state__in=("under_review", "determined")).exists()
            else None,
        )
        _begin_review(subject, by=by, at=at)
        entity_matters.begin(subject, by=by, at=at)
    return subject


def _begin_review(subject: ExcessIssuance, *, by: User, at: dt.datetime) -> None:
    """Put the review on its page and on the project's record, and tell everybody whom it concerns."""
    opening.begin(
        subject,
        sentence=f"Review of the report on {subject.project} opened",
        by=by,
        role=Role.BOARD_MEMBER,
        at=at,
        tells=(Role.DOE, Role.SECRETARIAT),
    )
    recording.append(
        verb="open_review_of_report",
        sentence=f"Review of the report of {subject.doe} opened",
        by=by,
        role=Role.BOARD_MEMBER,
        at=at,
        project=subject.project,
        note=subject.reason,
        data={
            "excess_issuance": subject.pk,
            "doe": subject.doe_id,
            "reviewer": subject.reviewer_id,
        },
    )
    if subject.reviewer is not None:
        seats = Seat.objects.held_on(permissions.day_of(at)).filter(organisation=subject.reviewer)
        notices.tell_users(
            [seat.user for seat in seats.select_related("user")],
            f"The Board appointed you to review the report of {subject.doe}: {subject.project.title}",
            url=subject.get_absolute_url(),
            project=subject.project,
            at=at,
        )
    notices.tell_roles(
        subject.project,
        (Role.PARTICIPANT, Role.DNA),
        f"The Board reviews the report of {subject.doe}. The registration stands: {subject.project.title}",
        at=at,
        but=by,
    )


def _issued_problem(project: Project) -> Problem | None:
    """Why nothing can be in excess: no unit was issued for the activity (para 22)."""
    if not project.is_registered:
        return Problem(f"{project} is not registered, so nothing was issued for it.", "project")
    if units.issued_for(project):
        return None
    return Problem(
        f"No unit has been issued for {project}, so none was issued in excess. A review is opened after an issuance.",
        "project",
    )


def _reviewer_problem(
    reviewer: Organisation | None, doe: Organisation, project: Project, day: dt.date
) -> Problem | None:
    """Why this DOE does not review the report: it is its own, or it may work on the project in neither function."""
    if reviewer is None:
        return None
    if reviewer.pk == doe.pk:
        return Problem(f"{doe} does not review its own report. Appoint another DOE.", "reviewer")
    problems = [accreditation_problem(reviewer, project, function, day) for function in Function.values]
    if all(problems):
        return Problem(str(problems[0]), "reviewer")
    return None


def _require_seat_of(doe: Organisation, by: User, at: dt.datetime) -> None:
    permissions.require(by, "apply_for_accreditation", at=at)
    seats = permissions.seats_of(by, permissions.day_of(at))
    if not seats.filter(organisation=doe).exists():
        raise Denied(f"Only those who sit for {doe} can apply for its accreditation.")
    refuse(None if doe.kind == Organisation.Kind.DOE else f"{doe} is not entered as an operational entity.")


def _unknown(asked: Iterable[Scope]) -> list[Problem]:
    return [
        *(
            Problem(f"There is no function “{function}”.", "asked")
            for function in dict.fromkeys(function for function, _ in asked)
            if function not in Function.values
        ),
        *(
            Problem(f"There is no sectoral scope {number}.", "asked")
            for number in dict.fromkeys(number for _, number in asked)
            if number not in scopes.SECTORAL_SCOPES
        ),
    ]
