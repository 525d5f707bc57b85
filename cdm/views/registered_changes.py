"""Renewal and post-registration changes: those of a project, the page of one, preparing and stating it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import crediting_periods, permissions
from cdm.acts import registered_changes as acts
from cdm.forms.acts import ConfirmForm
from cdm.forms.registered_changes import ASKED, ChangeForm, KindForm, NewChangeForm, RenewalForm
from cdm.models import RegisteredChange
from cdm.presubmission import versions
from cdm.rules import sets
from cdm.templatetags.cdm_format import day, tonnes
from cdm.views.access import now, person, project_or_404, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import act_page, posted
from cdm.views.project_page import ProjectPage, load
from cdm.views.status import status_of
from cdm.views.subjects import button, document_rows, frame, may
from cdm.workflow.refusals import NotOpen
from cdm.workflow.registered_change import BEFORE_THE_REQUEST
from cdm.workflow.roles import Role

RENEWAL_LAW = "3/CMP.1 annex, para 49(a); EB 63 annex 29; rulebook 2.10"
CHANGE_LAW = "Rulebook 2.9; EB 52 annex 59 for the start date"


def of_project(request: HttpRequest, key: int) -> HttpResponse:
    """The crediting periods of a project, what may be renewed and when, and every renewal and change."""
    shown = load(request, key, "project_changes")
    return render(
        request,
        "cdm/project/changes.html",
        shown.context(
            period_columns=[
                {"label": "Crediting period"},
                {"label": "First day"},
                {"label": "Last day"},
                {"label": "Credited from"},
                {"label": "Methodologies"},
            ],
            period_rows=[
                [
                    str(period.number),
                    day(period.starts_on),
                    day(period.ends_on),
                    day(period.credited_from),
                    ", ".join(f"{code} version {version}" for code, version in period.methodologies),
                ]
                for period in shown.project.crediting_periods.all()
            ],
            next_renewal=_next_renewal(shown),
            change_columns=[{"label": "What"}, {"label": "Status"}, {"label": "Holds from"}],
            change_rows=[
                [
                    {"text": str(one), "url": one.get_absolute_url()},
                    {"tag": status_of(one)},
                    day(one.effective_on) if one.effective_on else "–",
                ]
                for one in shown.seen.changes
            ],
            offers=offers(shown),
        ),
    )


def offers(shown: ProjectPage) -> list[dict[str, Any]]:
    """What a participant may begin here."""
    project = shown.project
    if project.state != "registered" or not shown.may("prepare_change"):
        return []
    found = []
    chance = crediting_periods.renewable(project, shown.today)
    if not chance.sentence and crediting_periods.standing_renewal(project) is None:
        found.append(
            button(
                "Notify the intention to renew the crediting period",
                "prepare_renewal",
                project.pk,
                sentence=_in_time(chance, shown.today),
            )
        )
    found.append(
        button(
            "Ask for a post-registration change",
            "choose_change",
            project.pk,
            sentence="A deviation, a correction, or a change of start date, monitoring plan or design.",
            tone="secondary" if found else "",
        )
    )
    return found


def _in_time(chance: crediting_periods.Renewable, today: dt.date) -> str:
    if chance.last_day_in_time is None:
        return ""
    if chance.is_late_on(today):
        return f"Late: it was to be notified by {day(chance.last_day_in_time)}."
    return f"In time until {day(chance.last_day_in_time)}."


def _next_renewal(shown: ProjectPage) -> str:
    """What the rules of today say about the next renewal, in a sentence."""
    if not shown.project.is_registered:
        return ""
    standing = crediting_periods.standing_renewal(shown.project)
    if standing is not None:
        return ""
    chance = crediting_periods.renewable(shown.project, shown.today)
    if chance.sentence:
        return chance.sentence
    if chance.is_late_on(shown.today):
        return (
            f"The intention to renew had to be notified by {day(chance.last_day_in_time)}. Notified later, nothing is "
            "credited between the end of the period and the day on which the complete request comes in."
        )
    return (
        f"The intention to renew is notified by {day(chance.last_day_in_time)}."
        if chance.last_day_in_time
        else ""
    )


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One renewal or change: what is stated, its papers, the opinion of the DOE, its requests."""
    at = now()
    change: RegisteredChange = subject_or_404(request, "registered_change", key, at)
    context = frame(request, change, at, acts=_acts(request, change, at))
    requests = [
        one
        for one in change.requests.select_related("doe")
        if context["is_concerned"] or one.submitted_at is not None
    ]
    context |= {
        "change": change,
        "fact_rows": _fact_rows(change),
        "estimate_columns": [{"label": "Year"}, {"label": "Estimated reductions", "numeric": True}],
        "estimate_rows": [[str(row.year), row.reductions_t] for row in change.estimates.all()],
        "documents": document_rows(change.documents.prefetch_related("versions__uploaded_by")),
        "opinions": [
            {
                "label": "Positive validation opinion" if one.is_positive else "Negative validation opinion",
                "author": one.given_by,
                "organisation": one.doe,
                "at": one.given_at,
                "text": one.text,
            }
            for one in change.opinions.select_related("given_by", "doe")
        ],
        "requests": [(one, status_of(one)) for one in requests],
    }
    return render(request, "cdm/registered_change.html", context)


@login_required
@refusals_as_pages
def prepare_renewal(request: HttpRequest, key: int) -> HttpResponse:
    """Notify the intention to renew the crediting period."""
    at = now()
    project = project_or_404(request, key, at)
    user = signed_in(request)
    permissions.require(user, "prepare_change", at=at, subject=project)
    today = permissions.day_of(at)
    chance = crediting_periods.renewable(project, today)
    if chance.sentence:
        raise NotOpen(chance.sentence)
    sentences = []
    if chance.period is not None:
        sentences.append(
            f"Crediting period {chance.period.number} ends on {day(chance.period.ends_on)}; the renewed one starts "
            "the day after. The host Party's authority and the secretariat are told."
        )
    late = (
        "The notice comes late: nothing is credited between the end of the period and the day on which the complete "
        "request for renewal comes in."
        if chance.is_late_on(today)
        else ""
    )
    return act_page(
        request,
        form=ConfirmForm(posted(request)),
        act=lambda given: acts.prepare_renewal(project, by=user, at=at),
        done=lambda made: "The intention is notified. State the baseline and the estimates next.",
        onward=lambda made: made.get_absolute_url(),
        heading="Renew the crediting period",
        caption=str(project),
        sentences=sentences,
        warning=late,
        button="Notify the intention to renew",
        law=RENEWAL_LAW,
        back_url=reverse("cdm:project_changes", args=[project.pk]),
        back_label=str(project),
    )


@login_required
@refusals_as_pages
def choose_change(request: HttpRequest, key: int) -> HttpResponse:
    """Choose the kind of a post-registration change; the next page asks what that kind needs."""
    at = now()
    project = project_or_404(request, key, at)
    permissions.require(signed_in(request), "prepare_change", at=at, subject=project)
    return act_page(
        request,
        form=KindForm(posted(request)),
        act=lambda given: str(given["kind"]),
        done=lambda kind: "",
        onward=lambda kind: reverse("cdm:prepare_change", args=[project.pk, kind]),
        heading="Ask for a post-registration change",
        caption=str(project),
        sentences=[
            "One kind of change at a time. A DOE validates it, save a change of the start date by up to a year, which "
            "is notified. It must not touch additionality, scale or the applicability of the methodology."
        ],
        button="Continue",
        law=CHANGE_LAW,
        back_url=reverse("cdm:project_changes", args=[project.pk]),
        back_label=str(project),
    )


@login_required
@refusals_as_pages
def prepare_change(request: HttpRequest, key: int, kind: str) -> HttpResponse:
    """Begin a post-registration change of one kind."""
    at = now()
    project = project_or_404(request, key, at)
    if kind not in ASKED:
        raise Http404("There is no such kind of change.")
    user = signed_in(request)
    permissions.require(user, "prepare_change", at=at, subject=project)
    form = NewChangeForm(posted(request), project=project, kind=kind)
    return act_page(
        request,
        form=form,
        act=lambda given: acts.prepare_change(
            project, kind=kind, track=given["track"], **form.details(), by=user, at=at
        ),
        done=lambda made: f"{made} is being prepared. The page says what is still missing.",
        onward=lambda made: made.get_absolute_url(),
        heading=RegisteredChange.Kind(kind).label,
        caption=str(project),
        button="Begin the change",
        law=CHANGE_LAW,
        back_url=reverse("cdm:choose_change", args=[project.pk]),
        back_label="Kinds of change",
    )


@login_required
@refusals_as_pages
def state(request: HttpRequest, key: int) -> HttpResponse:
    """State what a renewal or change is, while it is being prepared."""
    at = now()
    change: RegisteredChange = subject_or_404(request, "registered_change", key, at)
    user = signed_in(request)
    permissions.require(user, "prepare_change", at=at, subject=change)
    common: dict[str, Any] = {
        "done": lambda made: " ".join(["Saved.", *versions.doubts(made.methodologies)]),
        "onward": lambda made: made.get_absolute_url(),
        "caption": str(change.project),
        "button": "Save",
        "back_url": change.get_absolute_url(),
        "back_label": str(change),
    }
    if not change.is_renewal:
        form = ChangeForm(posted(request), project=change.project, kind=change.kind, change=change)
        return act_page(
            request,
            form=form,
            act=lambda given: acts.state_change(
                change, **form.details(), by=user, at=at, expected_version=given["expected_version"]
            ),
            heading=change.get_kind_display(),
            sentences=[f"How it is approved: {change.get_track_display().lower()}."],
            law=CHANGE_LAW,
            **common,
        )
    first, last = change.renewed_from, change.renewed_until(permissions.day_of(at))
    renewal_form = RenewalForm(posted(request), change=change, years=range(first.year, last.year + 1))  # type: ignore[union-attr]
    return act_page(
        request,
        form=renewal_form,
        act=lambda given: acts.state_renewal(
            change,
            baseline=given["baseline"],
            description=given["description"],
            applied=given["methodologies"],
            estimates=renewal_form.estimates(),
            doe=given["doe"],
            by=user,
            at=at,
            expected_version=given["expected_version"],
        ),
        heading="State the renewal",
        sentences=[
            f"The renewed crediting period is {day(first)} to {day(last)}. In its first and last year count only the "
            "days inside it.",
            *versions.doubts(change.methodologies),
        ],
        law=RENEWAL_LAW,
        **common,
    )


def _acts(request: HttpRequest, change: RegisteredChange, at: dt.datetime) -> list[dict[str, Any]]:
    """What may be done besides moving it."""
    user = person(request)
    if user is None:
        return []
    held = permissions.roles_on(user, change, at)
    found = []
    if change.state == "being_prepared" and may(held, "prepare_change"):
        label = "State the baseline and the estimates" if change.is_renewal else "Change what is stated"
        found.append(button(label, "state_change", change.pk))
        if change.track != "notification":
            found.append(
                button("Attach the revised design document", "attach", "registered_change", change.pk)
            )
    if change.state == "in_validation" and Role.DOE in held:
        found.append(button("Attach the validation report", "attach", "registered_change", change.pk))
    if change.state == "validated" and change.monitoring_period is not None and Role.DOE in held:
        found.append(
            button(
                "Go to its monitoring period",
                "monitoring",
                change.monitoring_period.pk,
                sentence="It goes before the Board with the request for issuance of that period.",
            )
        )
    standing = change.requests.exclude(state__in=["rejected", "withdrawn"])
    goes_alone = change.track == "prior_approval"
    if change.state == "validated" and goes_alone and may(held, "prepare_request") and not standing.exists():
        what = "renewal" if change.is_renewal else "approval"
        found.append(button(f"Prepare the request for {what}", "prepare_approval", change.pk))
    return found


def _fact_rows(change: RegisteredChange) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"key": "Project activity", "value": change.project, "url": change.project.get_absolute_url()},
    ]
    if not change.is_renewal:
        rows.append({"key": "How it is approved", "value": change.get_track_display()})
    if change.is_renewal and change.renewed_from and change.expires_on:
        rules = sets.rule_set_on(permissions.day_of(change.created_at))
        rows.append({"key": "Crediting period that ends", "value": day(change.expires_on)})
        rows.append(
            {
                "key": "Renewed crediting period",
                "value": f"{day(change.renewed_from)} to "
                f"{day(change.renewed_until(permissions.day_of(change.created_at)))}",
            }
        )
        rows.append(
            {
                "key": "Intention notified",
                "value": f"{day(change.created_at)}{', late' if change.is_late else ''}",
                "hint": "Days until the complete request comes in are not credited after the period has ended."
                if change.is_late
                else rules.title,
            }
        )
        rows.append({"key": "Baseline", "value": change.get_baseline_display() or "Not stated yet"})
        doubts = versions.doubts(change.methodologies) if change.state in BEFORE_THE_REQUEST else []
        rows.append(
            {
                "key": "Methodologies",
                "value": "\n".join(f"{code} version {version}" for code, version in change.methodologies),
                "hint": " ".join(doubts),
            }
        )
        total = sum(row.reductions_t for row in change.estimates.all())
        rows.append({"key": "Estimated reductions", "value": tonnes(total) if total else "Not stated yet"})
    what = "Assessment of the baseline" if change.is_renewal else "What changes, and why"
    rows.append({"key": what, "value": change.description or "Not stated yet"})
    if change.applies_from:
        until = f" to {day(change.applies_until)}" if change.applies_until else " on"
        rows.append({"key": "Applies", "value": f"From {day(change.applies_from)}{until}"})
    if change.new_starts_on:
        rows.append({"key": "New first day of the crediting period", "value": day(change.new_starts_on)})
    if change.capacity_mw is not None:
        rows.append({"key": "Installed capacity after the change", "value": f"{change.capacity_mw} MW"})
    if change.savings_gwh is not None:
        rows.append({"key": "Energy saved a year after the change", "value": f"{change.savings_gwh} GWh"})
    if change.monitoring_period is not None:
        period = change.monitoring_period
        rows.append({"key": "Monitoring period", "value": period, "url": period.get_absolute_url()})
    if change.track != "notification":
        rows.append({"key": "Validated by", "value": change.doe or "No DOE is chosen yet"})
    if change.effective_on:
        rows.append({"key": "Holds from", "value": day(change.effective_on)})
    return rows
