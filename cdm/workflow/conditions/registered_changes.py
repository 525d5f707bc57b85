"""Needs of a renewal of the crediting period or a post-registration change, and what they mean for an issuance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q

from cdm import crediting_periods
from cdm.models import Document, RegisteredChange
from cdm.rules import crediting, estimates, methodologies, renewal, sets, small_scale, windows
from cdm.rules.days import in_words
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.conditions.proposal import host_letter_is_issued
from cdm.workflow.conditions.validation import accreditation_problem
from cdm.workflow.step import Problem, Step

Kind, Track = RegisteredChange.Kind, RegisteredChange.Track


def papers_of_a_change(change: RegisteredChange, *, report: bool = False) -> Iterator[Problem]:
    """The revised design document, and for a request the validation report too (rulebook 2.9, 2.10)."""
    wanted = [Document.Kind.PROJECT_DESIGN]
    if change.track == Track.NOTIFICATION or change.kind == Kind.TEMPORARY_DEVIATION:
        # nothing of the registered document changes
        wanted = []
    for kind in [*wanted, *([Document.Kind.VALIDATION_REPORT] if report else [])]:
        if not change.documents.filter(kind=kind).exists():
            what = "revised design document" if kind == Document.Kind.PROJECT_DESIGN else kind.label.lower()
            yield Problem(f"Attach the {what} to “{change}”.", "documents")


@condition
def change_is_complete(step: Step) -> Iterator[Problem]:
    """Rulebook 2.9 and 2.10: what the participants have to state before anybody validates it."""
    change: RegisteredChange = step.subject
    if not change.description:
        what = "became of the baseline" if change.is_renewal else "changes, and why"
        yield Problem(f"Say what {what}.", "description")
    yield from papers_of_a_change(change)
    if change.doe is None and change.track != Track.NOTIFICATION:
        yield Problem("Choose the DOE that validates it.", "doe")
    yield from renewal_problems(change, step.day) if change.is_renewal else change_problems(change, step.day)


def renewal_problems(change: RegisteredChange, day: dt.date) -> Iterator[Problem]:
    """What is wrong with a renewal: baseline, methodologies, yearly estimates (EB 63 annex 29)."""
    project = change.project
    if not change.baseline:
        yield Problem("Say whether the original baseline is still valid or was updated.", "baseline")
    if not change.methodologies:
        yield Problem("Name the methodologies applied and their versions, one a line.", "methodologies")
    for code, version in change.methodologies:
        for sentence in methodologies.problems(
            code, version, scale=project.scale, is_afforestation=project.is_afforestation
        ):
            yield Problem(sentence, "methodologies")
        if not version:
            yield Problem(f"Give the version of {code} that is applied.", "methodologies")
    if change.renewed_from is not None:
        rows = [(row.year, row.reductions_t) for row in change.estimates.all()]
        for sentence in estimates.problems(
            rows, starts_on=change.renewed_from, ends_on=change.renewed_until(day)
        ):
            yield Problem(sentence, "estimates")


def change_problems(change: RegisteredChange, day: dt.date) -> Iterator[Problem]:
    """What is wrong with a post-registration change as it is stated (rulebook 2.9)."""
    rules = sets.rule_set_on(day)
    if change.kind == Kind.START_DATE:
        yield from _start_problems(change, rules)
    elif change.applies_from is None:
        yield Problem("Say from which day on it applies.", "applies_from")
    elif change.project.registered_on is not None and change.applies_from < change.project.registered_on:
        yield Problem(
            f"It cannot apply before the project was registered, on {in_words(change.project.registered_on)}.",
            "applies_from",
        )
    if change.kind == Kind.TEMPORARY_DEVIATION and change.applies_until is None:
        yield Problem("A temporary deviation has a last day. Give it.", "applies_until")
    if change.kind != Kind.START_DATE and change.track == Track.NOTIFICATION:
        yield Problem("Only a change of the start date is notified without the Board's approval.", "track")
    if change.track == Track.WITH_ISSUANCE:
        yield from _with_issuance_problems(change, rules)
    if change.kind == Kind.AFFORESTATION and not change.project.is_afforestation:
        yield Problem("This project is not one of afforestation or reforestation.", "kind")
    yield from _scale_problems(change, day)


def _start_problems(change: RegisteredChange, rules: sets.RuleSet) -> Iterator[Problem]:
    """EB 52 annex 59: by a year on notification, by two with a DOE's confirmation, never before registration."""
    project, period = change.project, crediting_periods.latest(change.project)
    if change.new_starts_on is None:
        yield Problem("Give the new first day of the crediting period.", "new_starts_on")
        return
    if period is None or period.number > 1 or project.monitoring_periods.exclude(state="withdrawn").exists():
        yield Problem(
            "The start of the crediting period is changed before anything is monitored in it, and only in the first "
            "one.",
            "new_starts_on",
        )
        return
    if change.new_starts_on == period.starts_on:
        yield Problem("That is the day on which the crediting period starts already.", "new_starts_on")
    if project.registered_on is not None and change.new_starts_on < project.registered_on:
        yield Problem(
            "The crediting period cannot start before the project was registered, on "
            f"{in_words(project.registered_on)} "
            "(EB 52 annex 59).",
            "new_starts_on",
        )
    notified, confirmed = (
        rules.integer(key) if rules.has(key) else None
        for key in (
            "post_registration_change.start_notified_years",
            "post_registration_change.start_confirmed_years",
        )
    )
    most = notified if change.track == Track.NOTIFICATION else confirmed
    if most is not None and not _within_years(period.starts_on, change.new_starts_on, most):
        more = (
            f" By up to {confirmed} years it is changed with the validation of a DOE."
            if change.track == Track.NOTIFICATION and confirmed
            else ""
        )
        yield Problem(
            f"The start is moved by {most} year{'s' if most > 1 else ''} at most here, earlier or later (EB 52 annex "
            f"59).{more}",
            "new_starts_on",
        )


def _within_years(first: dt.date, second: dt.date, years: int) -> bool:
    earlier, later = sorted((first, second))
    return later <= crediting.last_day(earlier, years=years) + dt.timedelta(days=1)


def _with_issuance_problems(change: RegisteredChange, rules: sets.RuleSet) -> Iterator[Problem]:
    """Rulebook 2.9: what needs no prior approval is submitted with a request for issuance."""
    allowed = (
        [word.strip() for word in rules.text("post_registration_change.with_issuance").split(",")]
        if rules.has("post_registration_change.with_issuance")
        else []
    )
    if change.kind not in allowed:
        yield Problem(
            f"“{change.get_kind_display()}” needs the Board's approval before issuance is requested.", "track"
        )
    period = change.monitoring_period
    if period is None or period.place.ending or period.state == "requesting_issuance":
        yield Problem(
            "Choose a monitoring period for which issuance has not been requested yet.", "monitoring_period"
        )
    elif change.kind == Kind.TEMPORARY_DEVIATION and not (
        period.starts_on <= (change.applies_from or period.starts_on)
        and (change.applies_until or period.ends_on) <= period.ends_on
    ):
        yield Problem(
            f"A deviation that goes with this issuance lies inside its days, {in_words(period.starts_on)} to "
            f"{in_words(period.ends_on)}.",
            "applies_until",
        )


def _scale_problems(change: RegisteredChange, day: dt.date) -> Iterator[Problem]:
    """Rulebook 2.9: a change never makes a small-scale activity a large one."""
    project = change.project
    for project_type, amount, field in (
        ("I", change.capacity_mw, "capacity_mw"),
        ("II", change.savings_gwh, "savings_gwh"),
    ):
        if amount is None or not project.is_small_scale or project.small_scale_type != project_type:
            continue
        if sentence := small_scale.problem(project_type, amount, on=day):
            yield Problem(f"{sentence} A change must not alter the scale of the activity.", field)


@condition
def rules_know_this_change(step: Step) -> Iterator[Problem]:
    """The rules of that day have such a request, and a renewal is not too late (EB 100, para 32)."""
    change: RegisteredChange = step.subject
    yield from known_problems(change, step.day)


def known_problems(change: RegisteredChange, day: dt.date) -> Iterator[Problem]:
    """Why the rules of that day do not take this renewal or change."""
    rules = sets.rule_set_on(day)
    if windows.find_window(rules, f"{change.request_kind}.request_for_review") is None:
        yield Problem(
            f"“{rules.title}” knows no {change.get_kind_display().lower()}. It can be asked for under the later "
            "procedures."
        )
        return
    if change.is_renewal:
        last_day = renewal.last_day_to_request(rules, change.expires_on) if change.expires_on else None
        if last_day is not None and day > last_day:
            yield Problem(
                f"Renewal had to be requested by {in_words(last_day)} and is no longer possible (EB 100, para 32)."
            )


@condition
def chosen_doe_is_accredited(step: Step) -> Answer:
    """3/CMP.1 annex, para 27: accredited for validation in every sectoral scope of the project."""
    if step.subject.doe is None:
        return None
    return accreditation_problem(step.subject.doe, step.project, "validation", step.day)


@condition
def nothing_like_it_is_under_way(step: Step) -> Answer:
    change: RegisteredChange = step.subject
    if not change.is_renewal:
        return None
    standing = crediting_periods.standing_renewal(change.project)
    if standing is not None and standing.pk != change.pk:
        return f"“{standing}” is under way already. Complete or withdraw that one."
    latest = crediting_periods.latest(change.project)
    if latest is not None and latest.ends_on != change.expires_on:
        return "That crediting period has been renewed."
    return None


@condition
def report_on_the_change_is_attached(step: Step) -> Answer:
    """3/CMP.1 annex, paras 49(a) and 57: the DOE validates, and reports."""
    if not step.subject.documents.filter(kind=Document.Kind.VALIDATION_REPORT).exists():
        return Problem("Attach the validation report on it first.", "documents")
    return None


@condition
def approval_can_be_requested(step: Step) -> Iterator[Problem]:
    """Rulebook 2.9, 2.10: a validated renewal or change of a registered project with its host's letter."""
    change: RegisteredChange | None = step.subject.change
    if change is None:
        return
    if change.state not in ("validated", "requesting_approval"):
        yield Problem(
            f"“{change}” is “{change.place.label}”; approval is requested after a positive opinion."
        )
    if change.project.state != "registered":
        yield Problem(
            f"The project is “{change.project.place.label}”. Only a registered one is changed or renewed."
        )
    yield from known_problems(change, step.day)
    if change.is_renewal and (sentence := host_letter_is_issued(step)):
        yield Problem(str(sentence))


@condition
def changes_leave_issuance_open(step: Step) -> Iterator[Problem]:
    """Rulebook 2.9: changes of the days monitored are approved before, or validated to be approved with it."""
    period = step.subject.monitoring_period
    if period is None:
        return
    open_ones = RegisteredChange.objects.filter(
        project=step.project, state__in=crediting_periods.STANDING
    ).exclude(kind=Kind.RENEWAL)
    for change in open_ones.filter(track=Track.WITH_ISSUANCE, monitoring_period=period):
        if change.state in ("being_prepared", "in_validation"):
            yield Problem(f"“{change}” goes with this request and is not validated yet.", "changes")
    before = open_ones.filter(track=Track.PRIOR_APPROVAL, applies_from__lte=period.ends_on)
    for change in before.filter(Q(applies_until__isnull=True) | Q(applies_until__gte=period.starts_on)):
        yield Problem(
            f"“{change}” concerns days of this period and needs the Board's approval before issuance is requested.",
            "changes",
        )
