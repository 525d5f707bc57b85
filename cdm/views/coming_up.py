"""What comes up for the reader's organisations, as `parts/coming_up.html` shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from cdm import coming_up
from cdm.models import Organisation

Kind = Organisation.Kind


def rows_for(bodies: Iterable[Organisation], day: dt.date) -> list[dict[str, Any]]:
    """Renewals that participants have to ask for, and the year on which an entity has not reported yet."""
    mine = list(bodies)
    participants = [body for body in mine if body.kind == Kind.PARTICIPANT]
    due = coming_up.renewals_due(participants, day) if participants else []
    return [
        *(
            {
                "what": "Notify the renewal of the crediting period",
                "url": reverse("cdm:project_changes", args=[one.project.pk]),
                "about": one.project.title,
                "sentence": one.sentence,
                "due_on": one.due_on,
            }
            for one in due
        ),
        *(
            {
                "what": f"Report on the activities of {year}",
                "url": reverse("cdm:report_activities", args=[body.pk]),
                "about": str(body),
                "sentence": "The Board and the secretariat read it (3/CMP.1 annex, para 27(g)).",
                "due_on": None,
            }
            for body in mine
            if body.kind == Kind.DOE and (year := coming_up.year_to_report(body, day)) is not None
        ),
    ]
