"""What publication for comments and the DOE's opinions bring about."""

from __future__ import annotations

from cdm import permissions
from cdm.models import Opinion
from cdm.rules import sets
from cdm.workflow import waiting
from cdm.workflow.effects.naming import effect
from cdm.workflow.step import Step


@effect
def open_comment_period(step: Step) -> None:
    """3/CMP.1 annex, para 40(b)-(c): the days come from the rule set in force on the day of publication."""
    project = step.project
    project.rule_set_key = sets.rule_set_on(step.day).key
    project.published_on = step.day
    clock = project.machine.state("open_for_comments").clocks[0]
    window = waiting.window_of(project, clock, step.day)
    project.comments_close_on = window.last_day(step.day)
    step.facts.update(rule_set=project.rule_set_key, last_day_for_comments=project.comments_close_on)


@effect
def keep_validation_opinion(step: Step) -> None:
    keep_opinion(step, is_positive=step.move.target == "validated")
    if proposed_on := step.given.get("methodology_proposed_on"):
        step.facts["methodology_proposed_on"] = proposed_on


@effect
def end_validation_engagement(step: Step) -> None:
    for engagement in step.project.engagements.filter(function="validation", until_at__isnull=True):
        engagement.until_at = step.at
        engagement.ended_because = step.note or step.move.sentence
        engagement.save(update_fields=["until_at", "ended_because"])


def keep_opinion(step: Step, *, is_positive: bool, **about: object) -> None:
    """Keep the opinion of the DOE engaged for the subject as it was given."""
    doe = permissions.doe_of(step.subject)
    if doe is None:
        raise TypeError("an opinion is given by the DOE engaged, and none is")
    Opinion.objects.create(
        project=step.project,
        round=step.project.round,
        doe=doe,
        is_positive=is_positive,
        text=step.given["opinion"],
        given_by=step.person,
        given_at=step.at,
        **about,
    )
    step.facts.update(opinion=step.given["opinion"])
