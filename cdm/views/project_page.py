"""What all pages of one project share: who reads, what they see, the heading and the tabs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse

from cdm import permissions, queries, stages
from cdm.models import Deadline, Project, Task, User
from cdm.models.subject import Subject
from cdm.queries import Seen
from cdm.rules.sets import RuleSet
from cdm.views import subjects
from cdm.views.access import now, person, project_or_404
from cdm.views.status import status_of
from cdm.workflow import judging
from cdm.workflow.machines import MACHINES
from cdm.workflow.provisional import RESTING
from cdm.workflow.roles import Role
from registry.models import Issuance

PARTS = (
    ("Overview", "project"),
    ("Design document", "project_design"),
    ("Participants", "project_participants"),
    ("Documents", "project_documents"),
    ("Comments", "comments"),
    ("Findings", "findings"),
    ("Monitoring and units", "project_units"),
    ("Renewal and changes", "project_changes"),
    ("Money", "project_money"),
    ("History", "project_history"),
)


@dataclass
class ProjectPage:
    """One project as one person sees it at one instant."""

    project: Project
    user: User | None
    at: dt.datetime
    part: str
    roles: frozenset[Role] = field(default_factory=frozenset)

    @cached_property
    def seen(self) -> Seen:
        return queries.seen_of(self.project, self.user, self.at)

    @property
    def today(self) -> dt.date:
        return permissions.day_of(self.at)

    @property
    def shows_document(self) -> bool:
        """Whether the design document is there to read: published in this round, or the reader is concerned."""
        return self.seen.sees_all or self.project.published_on is not None

    def may(self, act: str) -> bool:
        return bool(self.roles & frozenset(permissions.ACTS.get(act, ())))

    @cached_property
    def issuances(self) -> list[Issuance]:
        """What was issued for the project, in the order of the serials."""
        if self.project.reference_number is None:
            return []
        return list(
            Issuance.objects.filter(project_number=self.project.reference_number)
            .select_related("deduction", "deduction__entry", "entry")
            .order_by("party", "first")
        )

    @property
    def issued_units(self) -> int:
        return sum(issuance.quantity for issuance in self.issuances)

    @cached_property
    def stepper(self) -> list[stages.Stage]:
        return stages.stages_of(
            stages.Facts(
                project=self.project,
                letters=self.seen.letters,
                requests=self.seen.requests,
                periods=self.seen.periods,
                has_positive_opinion=self.project.opinions.filter(
                    monitoring_period__isnull=True,
                    change__isnull=True,
                    is_positive=True,
                    round=self.project.round,
                ).exists(),
                issued_units=self.issued_units,
                sees_all=self.seen.sees_all,
            )
        )

    def waiting(self) -> list[Task]:
        """Who has the ball: the open tasks about what the reader sees, those with a day first."""
        tasks = self.project.tasks.filter(closed_at__isnull=True).select_related(
            "organisation", "assigned_to"
        )
        ordered = tasks.order_by(F("due_on").asc(nulls_last=True), "opened_at", "id")
        return [task for task in ordered if self.seen.includes(task.machine_name, task.subject_id)]

    def deadlines(self) -> list[dict[str, Any]]:
        """The windows that are open, with the rule they rest on."""
        found = self.project.deadlines.filter(closed_at__isnull=True).order_by("last_day", "id")
        return [
            {"deadline": one, "what": what_closes(one), "rule_url": rule_url(one, self._subject(one))}
            for one in found
            if self.seen.includes(one.machine_name, one.subject_id)
        ]

    def _subject(self, deadline: Deadline) -> Subject:
        rows: list[Subject] = [self.project, *self.seen.requests, *self.seen.periods, *self.seen.letters]
        rows += [*self.seen.notices_of_consideration, *self.seen.changes]
        found = (
            row for row in rows if (row.machine.name, row.pk) == (deadline.machine_name, deadline.subject_id)
        )
        return next(found, None) or deadline.subject

    def context(self, **more: Any) -> dict[str, Any]:
        """What the layout of a project's pages needs, and more."""
        project = self.project
        project.is_listed_as_provisional = any(  # type: ignore[attr-defined]
            one.is_registration and one.state in RESTING for one in self.seen.requests
        )
        facts = [project.host_party_name, project.get_scale_display(), str(project.developer)]
        return {
            "page": self,
            "project": project,
            "today": self.today,
            "heading": project.title,
            "caption": f"Project {project.reference}" if project.reference else "Project activity",
            "facts": [fact for fact in facts if fact],
            "status": status_of(project),
            "tabs": [
                (label, reverse(f"cdm:{name}", args=[project.pk]), name == self.part)
                for label, name in PARTS
                # the register of findings is for those who take part, and only what is registered is changed
                if (name != "findings" or self.seen.sees_all)
                and (name != "project_changes" or project.is_registered)
            ],
            "tabs_label": "Pages of this project",
            "breadcrumbs": self._breadcrumbs(),
            **more,
        }

    def _breadcrumbs(self) -> list[tuple[str, str]]:
        name = self.project.reference or self.project.title
        label = next(label for label, part in PARTS if part == self.part)
        first = [("Projects", reverse("cdm:projects"))]
        if self.part == "project":
            return [*first, (name, "")]
        return [*first, (name, self.project.get_absolute_url()), (label, "")]


def load(request: HttpRequest, key: int, part: str) -> ProjectPage:
    """The page of a project for whoever asks; 404 where it is not theirs to see."""
    at = now()
    project = project_or_404(request, key, at)
    user = person(request)
    return ProjectPage(project, user, at, part, permissions.roles_on(user, project, at))


def what_closes(deadline: Deadline) -> str:
    """What a window is for, in words."""
    state = MACHINES[deadline.machine_name].state(deadline.state)
    return CLOCKS.get(deadline.clock, state.label)


# the windows named as on the pages of their subjects; for every other the label of its state speaks
CLOCKS = {
    "comment_period": "Comments by anyone",
    **{
        name: subjects.CLOCKS[name]
        for name in (
            "review_window",
            "completeness",
            "information",
            "replies",
            "status_update",
            "latest_request",
            "closing",
            "transition_request",
            "host_approval",
        )
    },
}


def rule_url(deadline: Deadline, subject: Subject) -> str:
    """The rule of a window on the page of its rule set."""
    machine = MACHINES[deadline.machine_name]
    clock = next((one for one in machine.state(deadline.state).clocks if one.name == deadline.clock), None)
    rules = judging.rules_of(subject, deadline.opened_on)
    url = reverse("cdm:rule_set", args=[rules.key])
    if clock is None:
        return url
    if clock.until:
        return f"{url}#{anchor_of(clock.until)}"
    return f"{url}#{_anchor(rules, clock.window.format(kind=getattr(subject, 'kind', '')), subject)}"


def _anchor(rules: RuleSet, window: str, subject: Subject) -> str:
    project = subject.whole_project
    variants = ["afforestation_large"] if project.is_afforestation and not project.is_small_scale else []
    for name in (
        *(f"window.{window}.{variant}" for variant in (*variants, project.scale)),
        f"window.{window}",
    ):
        if rules.has(name):
            return anchor_of(name)
    return ""


def anchor_of(parameter: str) -> str:
    """The name of a parameter as it can stand behind # in an address."""
    return parameter.replace(".", "-").replace("_", "-")
