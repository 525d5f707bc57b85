"""Bringing an entity's accreditation or excess issuance before the Board where it does not come there by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cdm.acts.acting import NotOpen, Problem, acting, refuse
from cdm.models import BoardMatter, EntityAccreditation, User
from cdm.models.subject import OrganisationSubject
from cdm.workflow import engine, opening
from cdm.workflow.conditions.accreditation import hearing_problem
from cdm.workflow.effects.entity_matters import matter_about
from cdm.workflow.entity_decisions import open_in
from cdm.workflow.roles import Role

CHECKED = ("under_spot_check", "hearing_offered")


def bring(affair: OrganisationSubject, *, reason: str, by: User, at: dt.datetime) -> BoardMatter:
    """Bring it before the Board: to lift a suspension, to withdraw what is suspended, or what waits from before.

    An accreditation that was assessed, or whose hearing is over, and a review of a report come there by themselves.
    Refused before the entity had the possibility of a hearing (3/CMP.1 annex, para 21), and while it is there already.
    """
    with acting(affair, "bring_before_board", by=by, at=at) as act:
        found = act.subject
        if isinstance(found, EntityAccreditation) and found.state in CHECKED:
            refuse(hearing_problem(found))
        if not open_in(found.machine.name, found.state):
            raise NotOpen(
                f"{found} is in the state “{found.place.label}”: nothing is for the Board to decide."
            )
        there = _open_matter(found)
        refuse(
            f"It is before the Board already: {there}, {there.place.label.lower()}." if there else None,
            None if reason.strip() else Problem("Say why it comes before the Board.", "reason"),
        )
        act.record("Brought before the Board", note=reason.strip(), is_public=False)
        return begin(found, by=by, at=at)


def begin(affair: Any, *, by: User, at: dt.datetime) -> BoardMatter:
    """Put the matter on its page, awaiting the recommendation. Call inside a transaction, after the lock."""
    matter = matter_about(affair, at.astimezone(dt.UTC).date())
    opening.begin(matter, sentence=f"{matter} comes before the Board", by=by, role=Role.CONSEQUENCE, at=at)
    engine.follow(matter, "take_up", by=by, at=at)
    matter.refresh_from_db()
    return matter


def _open_matter(affair: Any) -> BoardMatter | None:
    found: BoardMatter | None = affair.matters.exclude(state__in=("decided", "lapsed")).first()
    return found
