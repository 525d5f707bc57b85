"""Telling the host Party's authority and the secretariat that the CDM is considered."""

from __future__ import annotations

import datetime as dt

from cdm.acts.acting import NotOpen, Problem, acting, refuse
from cdm.models import PriorConsideration, Project, User
from cdm.models.prior_consideration import STANDING
from cdm.rules import parties
from cdm.rules import prior_consideration as rules
from cdm.rules.days import in_words
from cdm.workflow import opening
from cdm.workflow.roles import Role

# from the draft to the end of the validation: afterwards no notice can change anything
OPEN_STATES = ("draft", "awaiting_host_approval", "host_approved", "open_for_comments", "in_validation")
NOT_LONGER_THAN = 250


def notify(
    project: Project,
    *,
    host_party: str,
    location: str,
    description: str,
    started_on: dt.date,
    by: User,
    at: dt.datetime,
) -> PriorConsideration:
    """Give notice of prior consideration: location, brief description and start date (EB 48 annex 61, para 2).

    Raises Unmet where it is too late, not needed or incomplete; NotOpen where a notice stands already.
    """
    with acting(project, "notify_prior_consideration", by=by, at=at, states=OPEN_STATES) as act:
        if act.project.prior_considerations.filter(state__in=STANDING).exists():
            raise NotOpen("Notice of prior consideration was given for this project already.")
        location, description = location.strip(), description.strip()
        host = parties.host_problem(host_party, act.day)
        refuse(
            Problem(host, "host_party") if host else None,
            Problem("Say where the activity is: site, town and region.", "location")
            if not location
            else None,
            Problem(f"The location may have {NOT_LONGER_THAN} characters at most.", "location")
            if len(location) > NOT_LONGER_THAN
            else None,
            Problem("Describe the activity briefly.", "description") if not description else None,
            _too_late(started_on, act.day),
        )
        notice = PriorConsideration(
            project=act.project,
            title=act.project.title,
            host_party=host_party,
            location=location,
            description=description,
            started_on=started_on,
            notified_at=at,
            notified_by=by,
        )
        opening.begin(
            notice,
            sentence="Notice of prior consideration given",
            by=by,
            role=act.role,
            at=at,
            tells=(Role.DNA, Role.SECRETARIAT),
        )
    return notice


def _too_late(started_on: dt.date, today: dt.date) -> Problem | None:
    duty = rules.duty(started_on)
    if duty is None:
        return Problem(
            f"An activity that started on {in_words(started_on)} needs no notice: for starts before 2 August "
            "2008 the DOE judges "
            "by your records whether the CDM was considered (EB 48 annex 61).",
            "started_on",
        )
    if not duty.is_met_on(today):
        return Problem(
            f"An activity that started on {in_words(started_on)} had to be notified by "
            f"{in_words(duty.last_day)}, within {duty.length} of "
            f"its start ({duty.source}). Today is {in_words(today)}: the notice cannot be taken any more.",
            "started_on",
        )
    return None
