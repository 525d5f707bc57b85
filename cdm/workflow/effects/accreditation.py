"""What the moves of an accreditation bring about: its term, its scopes, and the end of work that lost its ground."""

from __future__ import annotations

from django.db.models import QuerySet

from cdm import notices
from cdm.models import (
    Accreditation,
    AccreditationSuspension,
    CmpDecision,
    Engagement,
    Organisation,
    Project,
    RegisteredChange,
)
from cdm.models.accreditation import WITHDRAWN
from cdm.rules import windows
from cdm.rules.days import in_words
from cdm.workflow import judging, recording, waiting
from cdm.workflow.accreditation_moves import STANDING
from cdm.workflow.conditions.accreditation import scope_key
from cdm.workflow.conditions.validation import lacking_scopes
from cdm.workflow.effects.naming import effect
from cdm.workflow.locking import lock_projects
from cdm.workflow.roles import Role
from cdm.workflow.step import Step


@effect
def keep_assessment(step: Step) -> None:
    step.subject.standards_are_met = step.given["standards_are_met"]
    step.subject.assessment = step.given["assessment"]
    step.facts["standards_are_met"] = step.subject.standards_are_met


@effect
def begin_term(step: Step) -> None:
    """3/CMP.1 annex, para 20(d): the term is as long as the rules of this day say."""
    term = step.subject
    window = windows.window(judging.rules_of(term, step.day), "accreditation.term", on=step.day)
    term.accredited_on, term.last_day = step.day, window.last_day(step.day)
    former = term.follows
    if former is not None and former.state in STANDING and former.designated_on is not None:
        # the CMP's designation stands; a new term of it needs no new one
        term.designated_on = former.designated_on
    Accreditation.objects.bulk_create(
        Accreditation(
            doe=term.doe,
            function=asked.function,
            sectoral_scope=asked.sectoral_scope,
            from_on=step.day,
            until_on=term.last_day,
            entity_accreditation=term,
        )
        for asked in term.applied_scopes.all()
    )
    step.facts["last_day"] = term.last_day
    step.facts["scopes"] = [f"{asked.function}:{asked.sectoral_scope}" for asked in term.applied_scopes.all()]


@effect
def end_former_term(step: Step) -> None:
    former = step.subject.follows
    if former is not None and former.state in STANDING:
        step.follow(former, "continue_in_new_term", note=f"Continued by {step.subject}.")


@effect
def keep_cmp_decision(step: Step) -> None:
    """3/CMP.1 annex, paras 2-4 and 21: number, date and scope of what the CMP decided."""
    kinds = {
        "record_designation": CmpDecision.Kind.DESIGNATION,
        "confirm": CmpDecision.Kind.CONFIRMATION,
        "confirm_scopes": CmpDecision.Kind.CONFIRMATION,
        "set_aside": CmpDecision.Kind.NOT_FOLLOWED,
        "set_aside_scopes": CmpDecision.Kind.NOT_FOLLOWED,
    }
    decision = CmpDecision.objects.create(
        number=step.given["number"].strip(),
        dated_on=step.given["dated_on"],
        kind=kinds[step.move.name],
        scope=f"{step.subject.doe}: {step.move.sentence}",
        entity_accreditation=step.subject,
        recorded_by=step.person,
        recorded_at=step.at,
    )
    step.facts["cmp_decision"] = {"number": decision.number, "dated_on": decision.dated_on}


@effect
def keep_designation(step: Step) -> None:
    keep_cmp_decision(step)
    step.subject.designated_on = step.given["dated_on"]


@effect
def begin_check(step: Step) -> None:
    """A new spot-check has a hearing of its own, if it comes to one."""
    step.subject.hearing_offered_on = step.subject.hearing_settled_on = None
    step.subject.hearing_statement = ""


@effect
def keep_hearing_offer(step: Step) -> None:
    step.subject.hearing_offered_on = step.day


@effect
def keep_hearing(step: Step) -> None:
    step.subject.hearing_statement = step.given["statement"]
    step.subject.hearing_settled_on = step.day


@effect
def settle_hearing(step: Step) -> None:
    """Declined, or its time over: the possibility was there."""
    step.subject.hearing_settled_on = step.day


@effect
def begin_suspension(step: Step) -> None:
    AccreditationSuspension.objects.create(entity_accreditation=step.subject, from_on=step.day)


@effect
def begin_withdrawal(step: Step) -> None:
    """Its scopes end today, and can be given back if the CMP does not follow the recommendation."""
    _end_suspension(step)
    _end_scopes(step, step.subject.scopes.filter(ended_on__isnull=True), WITHDRAWN)


@effect
def restore(step: Step) -> None:
    """From today on the entity may work again, in the scopes that the suspension or withdrawal took."""
    _end_suspension(step)
    step.subject.scopes.filter(ended_because=WITHDRAWN).update(ended_on=None, ended_because="")


@effect
def settle_scopes(step: Step) -> None:
    """The CMP has decided: these scopes are not given back any more."""
    step.subject.scopes_awaiting_the_cmp().update(ended_because=step.move.name)


@effect
def restore_scopes(step: Step) -> None:
    step.subject.scopes_awaiting_the_cmp().update(ended_on=None, ended_because="")


@effect
def end_chosen_scopes(step: Step) -> None:
    chosen = [row.pk for row in step.subject.scopes_held(step.day) if scope_key(row) in step.given["scopes"]]
    _end_scopes(step, step.subject.scopes.filter(pk__in=chosen), step.move.name)


@effect
def end_all_scopes(step: Step) -> None:
    _end_suspension(step)
    _end_scopes(step, step.subject.scopes.filter(ended_on__isnull=True), step.move.target)


@effect
def stop_work(step: Step) -> None:
    """EB 56 annex 2, paras 166-168: engagements that lost their ground end, and those concerned are told.

    What was registered stays as it is (3/CMP.1 annex, para 22).
    """
    doe = step.subject.doe
    standing = Engagement.objects.filter(doe=doe, until_at__isnull=True).values_list("project", flat=True)
    for project in lock_projects(set(standing)):
        for engagement in project.engagements.filter(doe=doe, until_at__isnull=True):
            if lacking_scopes(doe, project, engagement.function, step.day):
                _stop(step, engagement, project, doe)
    for change in RegisteredChange.objects.filter(doe=doe, state="in_validation").order_by("pk"):
        if lacking_scopes(doe, change.project, Accreditation.Function.VALIDATION, step.day):
            step.follow(
                change, "hand_back", note=f"{step.move.sentence} on {in_words(step.day)} ({step.subject})."
            )


def _stop(step: Step, engagement: Engagement, project: Project, doe: Organisation) -> None:
    why = f"{step.move.sentence} on {in_words(step.day)} ({step.subject})."
    engagement.until_at, engagement.ended_because = step.at, why
    engagement.save(update_fields=["until_at", "ended_because"])
    sentence = f"Engagement of {doe} ended: {engagement.get_function_display().lower()}"
    record = recording.append(
        verb="end_engagement",
        sentence=sentence,
        by=step.by,
        role=Role.CONSEQUENCE,
        at=step.at,
        project=project,
        subject=project,
        note=why,
        data={"doe": doe.pk, "function": engagement.function},
    )
    step.facts.setdefault("engagements_ended", []).append(engagement.pk)
    waiting.settle(project, at=step.at, record=record)
    for period in project.monitoring_periods.all():
        if not period.place.ending:
            waiting.settle(period, at=step.at, record=record)
    notices.tell_roles(
        project,
        (Role.PARTICIPANT, Role.DNA),
        f"{sentence}. {why} Engage another DOE to go on: {project.title}",
        at=step.at,
        but=step.by,
    )


def _end_scopes(step: Step, rows: QuerySet[Accreditation], because: str) -> None:
    step.facts["scopes_ended"] = [scope_key(row) for row in rows]
    rows.update(ended_on=step.day, ended_because=because)


def _end_suspension(step: Step) -> None:
    step.subject.suspensions.filter(ended_on__isnull=True).update(ended_on=step.day)
