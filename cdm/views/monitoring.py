"""Monitoring periods: opened, their report and amounts, and the page of one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.utils.text import capfirst

from cdm import confidentiality, crediting_periods, permissions, queries
from cdm.acts import monitoring as monitoring_acts
from cdm.forms.monitoring import AmountsForm, PeriodForm
from cdm.models import MonitoringPeriod, Project
from cdm.provisional import sentence_on_period
from cdm.rules import later_reductions
from cdm.templatetags.cdm_format import day, quantity, tonnes
from cdm.views.access import now, person, project_or_404, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import act_page, posted
from cdm.views.findings import register_url
from cdm.views.status import status_of
from cdm.views.subjects import button, document_rows, frame, may

# what is said of days after 2020, while there is something to say
LATER_DAYS = {
    later_reductions.PROVISIONAL: "A period that ends after 31 December 2020 can be opened while the temporary "
    "measures of EB 108 last; issuance for it is requested provisionally, and no unit is issued.",
    later_reductions.CLOSED: "A period ends on 31 December 2020 at the latest: issuance for later days can no longer "
    "be requested (2/CMP.16).",
}


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One monitoring period: its days, its amounts, its papers, its findings, its requests."""
    at = now()
    period: MonitoringPeriod = subject_or_404(request, "monitoring_period", key, at)
    context = frame(request, period, at, acts=_acts(request, period, at))
    concerned = context["is_concerned"]
    requests = [one for one in period.requests.select_related("doe") if concerned or one.submitted_at]
    context |= {
        "period": period,
        "fact_rows": _fact_rows(period, is_concerned=concerned),
        "amount_columns": AMOUNT_COLUMNS,
        "amount_rows": _amount_rows(period),
        "amount_footer": _amount_footer(period),
        "year_columns": YEAR_COLUMNS,
        "year_rows": _year_rows(period),
        "documents": document_rows(
            confidentiality.shown(
                list(
                    period.documents.exclude(kind="" if concerned else "other").prefetch_related(
                        "versions__uploaded_by"
                    )
                ),
                period.project,
                person(request),
                at,
            )
        ),
        "findings_url": register_url(period) if concerned else "",
        "open_findings": period.findings.filter(closed_at__isnull=True).count(),
        "findings_count": period.findings.count(),
        "opinions": [
            {
                "label": "Certification" if opinion.is_positive else "Negative verification opinion",
                "author": opinion.given_by,
                "organisation": opinion.doe,
                "at": opinion.given_at,
                "text": opinion.text,
            }
            for opinion in period.opinions.select_related("given_by", "doe")
        ],
        "requests": [(one, status_of(one)) for one in requests],
        "provisional_sentence": sentence_on_period(period, permissions.day_of(at)),
    }
    return render(request, "cdm/monitoring.html", context)


@login_required
@refusals_as_pages
def open_period(request: HttpRequest, key: int) -> HttpResponse:
    """Open the next monitoring period of a registered project."""
    at = now()
    project = project_or_404(request, key, at)
    user = signed_in(request)
    permissions.require(user, "open_monitoring_period", at=at, subject=project)
    return act_page(
        request,
        form=PeriodForm(posted(request), initial={"starts_on": next_day(project)}),
        act=lambda given: monitoring_acts.open_period(
            project, starts_on=given["starts_on"], ends_on=given["ends_on"], by=user, at=at
        ),
        done=lambda made: f"{made} is open. State its reductions and attach the monitoring report.",
        onward=lambda made: made.get_absolute_url(),
        heading="Open a monitoring period",
        caption=str(project),
        sentences=_period_sentences(project, at),
        button="Open the period",
        law="3/CMP.1 annex, paras 53-60; rulebook 2.11",
        back_url=project.get_absolute_url(),
        back_label=str(project),
    )


@login_required
@refusals_as_pages
def change_days(request: HttpRequest, key: int) -> HttpResponse:
    """Change the days of a period that is still being prepared."""
    at = now()
    period: MonitoringPeriod = subject_or_404(request, "monitoring_period", key, at)
    user = signed_in(request)
    permissions.require(user, "edit_monitoring_period", at=at, subject=period)
    initial = {
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "expected_version": period.version,
    }
    form = PeriodForm(posted(request), initial=initial)
    return act_page(
        request,
        form=form,
        act=lambda given: monitoring_acts.change_days(
            period, **form.days(), by=user, at=at, expected_version=given["expected_version"]
        ),
        done=lambda changed: "The days were changed. State the reductions again.",
        onward=lambda changed: changed.get_absolute_url(),
        heading="Change the days",
        caption=f"{period}: {period.project}",
        sentences=_period_sentences(period.project, at),
        warning="Reductions that were stated have to be stated again." if period.reported_t else "",
        button="Change the days",
        back_url=period.get_absolute_url(),
        back_label=str(period),
    )


@login_required
@refusals_as_pages
def state_amounts(request: HttpRequest, key: int) -> HttpResponse:
    """State the reductions that the monitoring report claims."""
    at = now()
    period: MonitoringPeriod = subject_or_404(request, "monitoring_period", key, at)
    user = signed_in(request)
    permissions.require(user, "edit_monitoring_period", at=at, subject=period)
    form = AmountsForm(posted(request), period=period)
    return act_page(
        request,
        form=form,
        act=lambda given: monitoring_acts.state_amounts(
            period,
            reported=form.reported(),
            years=form.stated_years(),
            by=user,
            at=at,
            expected_version=given["expected_version"],
        ),
        done=lambda changed: f"Stated: {tonnes(changed.reported_t)}.",
        onward=lambda changed: changed.get_absolute_url(),
        heading="State the reductions",
        caption=f"{period}: {period.project}",
        sentences=[
            "State what the monitoring report says. Commitment periods are stated apart, because their units are."
        ],
        button="Save the reductions",
        law="3/CMP.1 annex, paras 59-60",
        back_url=period.get_absolute_url(),
        back_label=str(period),
    )


def next_day(project: Project) -> dt.date | None:
    """The day on which the next monitoring period has to start."""
    last = project.monitoring_periods.exclude(state="withdrawn").order_by("-ends_on").first()
    if last is not None:
        return crediting_periods.next_credited_day(project, last.ends_on)
    first = project.crediting_periods.first()
    return first.credited_from if first is not None else project.crediting_starts_on


def _period_sentences(project: Project, at: dt.datetime) -> list[str]:
    """What decides which days are possible."""
    return [
        f"The crediting period is {crediting_periods.in_words_of(project)}. Monitoring "
        "periods lie inside one, follow each other without a gap, do not overlap, and are over when they are opened.",
        "A period across 31 December 2012 is split there, because its units belong to two commitment periods.",
        *(
            [LATER_DAYS[mode]]
            if (mode := later_reductions.mode_on(permissions.day_of(at))) in LATER_DAYS
            else []
        ),
    ]


def _acts(request: HttpRequest, period: MonitoringPeriod, at: dt.datetime) -> list[dict[str, Any]]:
    """What may be done on a period besides moving it."""
    user = person(request)
    if user is None:
        return []
    held = permissions.roles_on(user, period, at)
    project = period.project
    found = []
    if period.state == "being_prepared" and may(held, "edit_monitoring_period"):
        found.append(button("State the reductions", "state_amounts", period.pk))
        found.append(button("Change the days", "change_days", period.pk))
    if (period.state, may(held, "attach_document")) in (("being_prepared", True), ("in_verification", True)):
        papers = {"being_prepared": "participant", "in_verification": "doe"}
        if papers[period.state] in held:
            found.append(_attach(period))
    if period.state == "being_prepared" and may(held, "engage_doe") and permissions.doe_of(period) is None:
        found.append(button("Engage a DOE to verify", "engage_verifier", project.pk))
    if period.state == "in_verification" and may(held, "raise_finding"):
        found.append(button("Raise a finding", "finding_raise", "monitoring_period", period.pk))
    standing = period.requests.exclude(state__in=["rejected", "withdrawn"])
    if period.state == "certified" and may(held, "prepare_request") and not standing.exists():
        found.append(button("Prepare the request for issuance", "prepare_issuance", period.pk))
    return [one for one in found if one]


def _attach(period: MonitoringPeriod) -> dict[str, Any]:
    label = (
        "Attach the monitoring report"
        if period.state == "being_prepared"
        else "Attach the verification report"
    )
    try:
        return button(label, "attach", "monitoring_period", period.pk)
    except NoReverseMatch:
        return {}


def _fact_rows(period: MonitoringPeriod, *, is_concerned: bool) -> list[dict[str, Any]]:
    project = period.project
    doe = permissions.doe_of(period)
    credited = crediting_periods.holding(project, period.starts_on)
    rows: list[dict[str, Any]] = [
        {"key": "Project activity", "value": project, "url": project.get_absolute_url()},
        {
            "key": "Days",
            "value": f"{day(period.starts_on)} to {day(period.ends_on)}",
            "hint": "Both days inside",
        },
        {
            "key": "Crediting period",
            "value": f"{day(credited.starts_on)} to {day(credited.ends_on)}" if credited else "None",
        },
        {"key": "Verifier", "value": doe or "Nobody is engaged yet"},
    ]
    changes = period.changes.exclude(state="withdrawn")
    rows += [
        {"key": "Change that goes with it", "value": one, "url": one.get_absolute_url()}
        for one in (changes if is_concerned else changes.filter(queries.PUBLIC_CHANGE))
    ]
    if period.report_published_on:
        rows.append({"key": "Monitoring report published", "value": day(period.report_published_on)})
    if period.certified_at:
        rows.append({"key": "Certified", "value": day(period.certified_at)})
    if period.visited_on:
        rows.append({"key": "Site inspected", "value": day(period.visited_on)})
    elif period.no_visit_because:
        rows.append({"key": "Site not inspected", "value": period.no_visit_because})
    if period.removed_since_start_t is not None:
        rows.append({"key": "Net removals since the start", "value": tonnes(period.removed_since_start_t)})
    return rows


AMOUNT_COLUMNS = [
    {"label": "Part"},
    {"label": "Days"},
    {"label": "Reported", "numeric": True},
    {"label": "Verified", "numeric": True},
    {"label": "Certified", "numeric": True},
]


YEAR_COLUMNS = [
    {"label": "Year"},
    {"label": "Reported", "numeric": True},
    {"label": "Estimated", "numeric": True},
    {"label": "Output or savings", "numeric": True},
]


def _year_rows(period: MonitoringPeriod) -> list[list[Any]]:
    """What a small-scale project stated of each year, beside the estimate of its design document."""
    estimates = {row.year: row.reductions_t for row in period.project.estimates.all()}
    unit = {"I": "MW", "II": "GWh"}.get(period.project.small_scale_type, "")
    return [
        [
            str(row.year),
            row.reported_t,
            estimates.get(row.year),
            f"{row.output.normalize():f} {unit}" if row.output is not None else "–",
        ]
        for row in period.years.all()
    ]


def _amount_rows(period: MonitoringPeriod) -> list[list[Any]]:
    return [
        [
            {"text": capfirst(amount.part), "hint": amount.potentials},
            f"{day(amount.starts_on)} to {day(amount.ends_on)}",
            amount.reported_t,
            amount.verified_t,
            amount.certified_t,
        ]
        for amount in period.amounts.all()
    ]


def _amount_footer(period: MonitoringPeriod) -> list[Any] | None:
    amounts = list(period.amounts.all())
    if len(amounts) < 2:
        return None
    sums = [
        quantity(sum(values)) if all(value is not None for value in values) else "–"
        for values in (
            [amount.reported_t for amount in amounts],
            [amount.verified_t for amount in amounts],
            [amount.certified_t for amount in amounts],
        )
    ]
    return ["Together", "", *sums]
