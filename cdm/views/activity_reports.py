"""An operational entity's annual reports on its activities (3/CMP.1 annex, para 27(g))."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from cdm import permissions
from cdm.acts import activity_reports
from cdm.forms.discipline import ActivityReportForm
from cdm.models import Organisation, User
from cdm.templatetags.cdm_format import day
from cdm.views.access import now, refusals_as_pages, signed_in
from cdm.views.acts import act_page, posted


@login_required
@refusals_as_pages
def hand_in(request: HttpRequest, key: int) -> HttpResponse:
    """The form of the report on a year."""
    user, at = signed_in(request), now()
    permissions.require(user, "report_activities", at=at)
    doe = Organisation.objects.filter(pk=key, kind=Organisation.Kind.DOE).first()
    if doe is None or not user.seats.held_on(permissions.day_of(at)).filter(organisation=doe).exists():
        raise Http404("This is not your entity.")
    entity = doe
    url = reverse("cdm:entity", args=[entity.pk])
    return act_page(
        request,
        form=ActivityReportForm(posted(request), initial={"year": permissions.day_of(at).year - 1}),
        act=lambda given: activity_reports.hand_in(doe=entity, **given, by=user, at=at),
        done=lambda made: f"{made} is with the Board.",
        onward=lambda made: url,
        heading="Report on the activities of a year",
        caption=str(entity),
        sentences=[
            "The Board and the secretariat read it. A second report on the same year corrects the first."
        ],
        button="Hand in the report",
        law="3/CMP.1 annex, para 27(g)",
        back_url=url,
        back_label=str(entity),
    )


def reports_for(doe: Organisation, user: User | None, at: dt.datetime, *, sits: bool) -> list[dict[str, Any]]:
    """The reports of an entity, for itself, the Board and the secretariat; nothing for anybody else."""
    if not sits and not activity_reports.READERS & permissions.roles_of(user, at):
        return []
    return [
        {
            "heading": f"{report}, handed in on {day(report.at)} by {report.by}",
            "text": report.text,
            "figures": ", ".join(
                f"{name.replace('_', ' ')}: {number}" for name, number in report.figures.items() if number
            )
            or "nothing in this registry",
        }
        for report in doe.activity_reports.select_related("by")
    ]
