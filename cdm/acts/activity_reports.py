"""An operational entity hands in its annual activity report (3/CMP.1 annex, para 27(g))."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction

from cdm import notices, permissions
from cdm.acts.acting import Problem, refuse
from cdm.models import ActivityReport, Engagement, Opinion, Organisation, Seat, User
from cdm.permissions import Denied
from cdm.workflow import recording
from cdm.workflow.roles import Role

READERS: Final = frozenset({Role.BOARD_MEMBER, Role.SECRETARIAT, Role.REGISTRY_ADMINISTRATOR})
"""Who reads the reports of every entity; its own people read those of theirs."""


def hand_in(*, doe: Organisation, year: int, text: str, by: User, at: dt.datetime) -> ActivityReport:
    """Hand in the report on a year that is over; a further one on the same year corrects the one before.

    The registry adds what it knows of the year: engagements begun, opinions given. Raises Denied, Unmet.
    """
    role = permissions.require(by, "report_activities", at=at)
    day = permissions.day_of(at)
    if not by.seats.held_on(day).filter(organisation=doe).exists():
        raise Denied(f"Only {doe} reports on its activities. You do not sit for it.")
    refuse(
        None if text.strip() else Problem("Write the report.", "text"),
        None
        if 2001 <= year < day.year
        else Problem(
            f"Report on a year that is over: {day.year - 1} or an earlier one, from 2001 on.", "year"
        ),
    )
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=doe.pk)
        made = ActivityReport.objects.create(
            doe=doe,
            year=year,
            number=doe.activity_reports.filter(year=year).count() + 1,
            text=text.strip(),
            figures=figures(doe, year),
            by=by,
            at=at,
        )
        recording.append(
            verb="report_activities",
            sentence=f"{doe}: {str(made).lower()} handed in to the Board",
            by=by,
            role=role,
            at=at,
            chain_name=f"entity:{doe.pk}",
            data={"year": year, "number": made.number, **made.figures},
        )
        kinds = (Organisation.Kind.SECRETARIAT, Organisation.Kind.BOARD)
        seats = Seat.objects.held_on(day).filter(organisation__kind__in=kinds).select_related("user")
        notices.tell_users(
            {seat.user_id: seat.user for seat in seats}.values(),
            f"{doe} handed in its activity report on {year}",
            url=f"/entities/{doe.pk}/",
            at=at,
        )
    return made


def figures(doe: Organisation, year: int) -> dict[str, int]:
    """What this registry has of an entity in a calendar year (GMT)."""
    first, after = (dt.datetime(one, 1, 1, tzinfo=dt.UTC) for one in (year, year + 1))
    engaged = Engagement.objects.filter(doe=doe, from_at__gte=first, from_at__lt=after)
    given = Opinion.objects.filter(doe=doe, given_at__gte=first, given_at__lt=after)
    validations, verifications = (
        given.filter(monitoring_period__isnull=nothing) for nothing in (True, False)
    )
    return {
        "engagements_for_validation": engaged.filter(function="validation").count(),
        "engagements_for_verification": engaged.filter(function="verification").count(),
        "positive_validation_opinions": validations.filter(is_positive=True).count(),
        "negative_validation_opinions": validations.filter(is_positive=False).count(),
        "certifications": verifications.filter(is_positive=True).count(),
        "negative_verification_opinions": verifications.filter(is_positive=False).count(),
    }
