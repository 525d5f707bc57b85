"""Where a project stands in the six stages of the mission, told from its letters, opinions, requests and periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cdm.models import BoardRequest, LetterOfApproval, MonitoringPeriod, Project
from cdm.templatetags.cdm_format import day, quantity
from cdm.workflow.project import PROJECT, STAGES

DONE, CURRENT, WAITING, FAILED = "done", "current", "waiting", "failed"
NAMES = dict(STAGES)

# periods that have left verification behind
CERTIFIED = ("certified", "requesting_issuance", "issued", "rejected")
# states in which an opinion of this round cannot stand, or counts for nothing any more
BEFORE_OPINION = ("draft", "open_for_comments", "in_validation", "validation_terminated")
IN_ISSUANCE = ("certified", "requesting_issuance", "issued")


@dataclass(frozen=True)
class Stage:
    """One stage of the stepper: done, current, waiting or failed, with a few words on where it stands."""

    key: str
    name: str
    state: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Facts:
    """What the stages are told from; loaded once, so that a page asks the database once."""

    project: Project
    letters: Sequence[LetterOfApproval]
    requests: Sequence[BoardRequest]
    periods: Sequence[MonitoringPeriod]
    has_positive_opinion: bool
    issued_units: int
    sees_all: bool


def stages_of(facts: Facts) -> list[Stage]:
    """The six stages of a project, in order."""
    found = (
        _proposal(facts),
        _host_approval(facts),
        _validation(facts),
        _registration(facts),
        _verification(facts),
        _issuance(facts),
    )
    return [Stage(key, name, state, note) for (key, name), (state, note) in zip(STAGES, found, strict=True)]


def with_issuance(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Projects that also know, as `is_in_issuance`, whether anything of theirs has come as far as issuance."""
    requested = BoardRequest.objects.filter(project=OuterRef("pk"), kind=BoardRequest.Kind.ISSUANCE).exclude(
        state="withdrawn"
    )
    certified = MonitoringPeriod.objects.filter(project=OuterRef("pk"), state__in=IN_ISSUANCE)
    return projects.annotate(is_in_issuance=Exists(requested) | Exists(certified))


def stage_key(project: Any) -> str:
    """The stage of a project that came from `with_issuance`; the same answer as `queries.stage_of`."""
    if project.state != "registered":
        return str(project.place.stage)
    return "issuance" if project.is_in_issuance else "verification"


def in_stage(projects: QuerySet[Project], key: str) -> QuerySet[Project]:
    """Those of the projects from `with_issuance` that stand in this stage."""
    if key in ("verification", "issuance"):
        return projects.filter(state="registered", is_in_issuance=key == "issuance")
    states = [state.name for state in PROJECT.states if state.stage == key and state.name != "registered"]
    return projects.filter(Q(state__in=states))


def _proposal(facts: Facts) -> tuple[str, str]:
    project = facts.project
    if project.state == "draft":
        return CURRENT, f"Being revised, round {project.round}" if project.round > 1 else "Draft"
    if project.submitted_at is None:
        return FAILED, "Withdrawn"
    return DONE, f"Submitted {day(project.submitted_at)}"


def _host_approval(facts: Facts) -> tuple[str, str]:
    project = facts.project
    letter = next((one for one in facts.letters if one.party == project.host_party), None)
    if letter is not None and letter.state == "issued":
        return DONE, f"{letter.party_name}, {day(letter.dated_on)}"
    if project.state == "draft" or (letter is None and project.place.ending):
        return WAITING, ""
    if letter is None:
        return CURRENT, "Not yet given"
    if letter.state == "withdrawn":
        return FAILED, "Letter withdrawn"
    if letter.state == "refused" and facts.sees_all:
        return FAILED, "Letter refused"
    if project.place.ending == "bad":
        return FAILED if project.state == "withdrawn_before_publication" else WAITING, "Not given"
    return CURRENT, f"Waiting for {letter.party_name}"


def _validation(facts: Facts) -> tuple[str, str]:
    project = facts.project
    if facts.has_positive_opinion and project.state not in BEFORE_OPINION:
        return DONE, "Positive opinion"
    notes = {
        "host_approved": (CURRENT, "Not yet published"),
        "open_for_comments": (CURRENT, f"Comments until {day(project.comments_close_on)}"),
        "in_validation": (CURRENT, "Findings and opinion"),
        "validation_negative": (FAILED, "Negative opinion"),
        "validation_terminated": (FAILED, "Terminated"),
        "withdrawn": (FAILED, "Withdrawn"),
    }
    return notes.get(project.state, (WAITING, ""))


def _registration(facts: Facts) -> tuple[str, str]:
    project = facts.project
    if project.is_registered:
        return DONE, f"{project.reference}, {day(project.registered_on)}"
    if project.state == "rejected":
        return FAILED, "Rejected"
    if project.state == "transitioned":
        return DONE, "Moved to Article 6.4"
    if project.state == "withdrawn" and facts.has_positive_opinion:
        return FAILED, "Withdrawn"
    if project.state == "validated":
        return CURRENT, "To be requested"
    if project.state != "requesting_registration":
        return WAITING, ""
    request = next((one for one in facts.requests if one.is_registration and not one.place.ending), None)
    return CURRENT, _words(request.place, facts.sees_all) if request else "Requested"


def _verification(facts: Facts) -> tuple[str, str]:
    periods = [period for period in facts.periods if period.state not in ("withdrawn", "not_claimed")]
    if not facts.project.is_registered:
        return WAITING, ""
    if not periods:
        return CURRENT, "No monitoring period yet"
    under_way = [period for period in periods if period.state not in (*CERTIFIED, "verification_negative")]
    if under_way:
        return CURRENT, f"Period {under_way[-1].number}: {under_way[-1].place.label.lower()}"
    if periods[-1].state == "verification_negative":
        return FAILED, f"Period {periods[-1].number}: negative opinion"
    return DONE, f"{len(periods)} period{'s' if len(periods) > 1 else ''} certified"


def _issuance(facts: Facts) -> tuple[str, str]:
    periods = [period for period in facts.periods if period.state in CERTIFIED]
    under_way = [period for period in periods if period.state in ("certified", "requesting_issuance")]
    if under_way:
        period = under_way[-1]
        request = next((one for one in facts.requests if one.monitoring_period_id == period.pk), None)
        words = (
            _words(request.place, facts.sees_all)
            if request and not request.place.ending
            else "To be requested"
        )
        return CURRENT, f"Period {period.number}: {words[:1].lower()}{words[1:]}"
    if periods and periods[-1].state == "rejected":
        return FAILED, f"Period {periods[-1].number} rejected"
    if facts.issued_units:
        return DONE, f"{quantity(facts.issued_units)} units"
    return WAITING, ""


def _words(place: Any, sees_all: bool) -> str:
    """A state in words: the working label for those concerned, the public wording for everybody else."""
    return str(place.label if sees_all else place.public or "Being prepared")
