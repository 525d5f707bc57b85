"""The statement of modalities of communication, and changes of participants after registration (rulebook 2.4)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cdm.models.people import Organisation
from cdm.models.project import Participation, Project
from cdm.models.signing import Needed, Signed, named
from cdm.rules import modalities, parties
from cdm.workflow.machine import Move
from cdm.workflow.modalities import MODALITIES_STATEMENT
from cdm.workflow.participant_change import DEREGISTRATION_LAW, PARTICIPANT_CHANGE
from registry.state_field import StateField


class ModalitiesStatement(Signed):
    """Who speaks for the participants, scope by scope; signed by all participants and by the focal points it names."""

    machine = MODALITIES_STATEMENT
    signed_move = "enter_into_force"
    state = StateField(
        default=MODALITIES_STATEMENT.initial,
        choices=MODALITIES_STATEMENT.choices(),
        protected=True,
        max_length=40,
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="modalities_statements")
    form = models.CharField(max_length=80, help_text="The form in use on the day it was written.")
    in_force_from = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = "statement of modalities of communication"
        verbose_name_plural = "statements of modalities of communication"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MODALITIES_STATEMENT.state_names),
                name="modalities_state_is_on_the_page",
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(state="in_force"), name="one_statement_of_modalities_in_force"
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state="being_signed"),
                name="one_statement_of_modalities_being_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"Statement of modalities {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("cdm:modalities_statement", args=[self.pk])

    def current_content(self) -> dict[str, Any]:
        return {
            "project": self.project_id,
            "title": self.project.title,
            "form": self.form,
            "participants": [
                {**named(row.organisation), "party": row.party} for row in _participations(self.project)
            ],
            "scopes": {
                scope.scope: {
                    "held": scope.held,
                    "focal_points": [named(body) for body in scope.focal_points.order_by("pk")],
                }
                for scope in self.scopes.all()
            },
        }

    def needed(self) -> list[Needed]:
        """All participants, and all focal points that it names (rulebook 2.4)."""
        participants = tuple(row.organisation for row in _participations(self.project))
        known = {body.pk for body in participants}
        others = {
            body.pk: body
            for scope in self.scopes.prefetch_related("focal_points")
            for body in scope.focal_points.all()
            if body.pk not in known
        }
        return [
            Needed(participants, "All participants of the project activity"),
            *(
                [
                    Needed(
                        tuple(others.values()), "Focal points that are no participants", as_focal_points=True
                    )
                ]
                if others
                else []
            ),
        ]

    def rule_of(self, scope: str) -> Needed:
        """Whose signatures a scope of authority demands."""
        row = self.scopes.get(scope=scope)
        label = modalities.SCOPES[scope].partition(":")[0]
        left = tuple(row.focal_points.exclude(pk__in=self._withdrawn()).order_by("pk"))
        if not left:
            participants = tuple(one.organisation for one in _participations(self.project))
            return Needed(
                participants, f"Scope {label}: its focal points have withdrawn, so all participants"
            )
        any_one = row.held == modalities.SHARED
        return Needed(left, f"Scope {label}, held {row.held}", any_one=any_one, as_focal_points=True)

    def focal_points(self) -> list[Organisation]:
        """The focal points in office, of whatever scope."""
        named = Organisation.objects.filter(scopes_of_authority__statement=self).exclude(
            pk__in=self._withdrawn()
        )
        return list(named.distinct().order_by("pk"))

    def scopes_left_to_all(self) -> list[str]:
        """The scopes of which every focal point has withdrawn."""
        held = self.scopes.filter(focal_points__in=self.focal_points()).values("pk")
        return list(self.scopes.exclude(pk__in=held).values_list("scope", flat=True))

    def _withdrawn(self) -> models.QuerySet[FocalPointWithdrawal, Any]:
        return self.withdrawals_of_focal_points.values("organisation")


class FocalPointWithdrawal(models.Model):
    """A focal point that has withdrawn from its office (F-CDM-MOC, annex 3). Written once."""

    statement = models.ForeignKey(
        ModalitiesStatement, on_delete=models.PROTECT, related_name="withdrawals_of_focal_points"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "organisation"], name="a_focal_point_withdraws_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} withdrew"


class ScopeOfAuthority(models.Model):
    """One scope of a statement: how it is held and by which focal points; a focal point may be no participant."""

    statement = models.ForeignKey(ModalitiesStatement, on_delete=models.PROTECT, related_name="scopes")
    scope = models.CharField(max_length=20, choices=list(modalities.SCOPES.items()))
    held = models.CharField(max_length=10, choices=list(modalities.HELD.items()))
    focal_points = models.ManyToManyField(Organisation, related_name="scopes_of_authority")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "scopes of authority"
        constraints = [
            models.UniqueConstraint(fields=["statement", "scope"], name="one_rule_for_a_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.held}"


class ParticipantChange(Signed):
    """A request to add, rename or withdraw a participant of a registered project, or to de-register it (2.4, 2.15)."""

    class Kind(models.TextChoices):
        ADD = "add", "Add a participant"
        RENAME = "rename", "Rename a participant"
        WITHDRAW = "withdraw", "Withdraw a participant"
        DEREGISTER = "deregister", "De-register the project activity"

    machine = PARTICIPANT_CHANGE
    signed_move = "submit"
    state = StateField(
        default=PARTICIPANT_CHANGE.initial,
        choices=PARTICIPANT_CHANGE.choices(),
        protected=True,
        max_length=40,
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="participant_changes")
    modalities = models.ForeignKey(
        ModalitiesStatement,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The statement in force when it was asked for: it says who signs.",
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=2, blank=True)
    new_name = models.CharField(max_length=200, blank=True)
    has_ceased = models.BooleanField("The participant no longer exists", default=False)
    reason = models.TextField()
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PARTICIPANT_CHANGE.state_names),
                name="participant_change_state_is_on_the_page",
            ),
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.DEREGISTER:
            return f"De-registration of the project activity, asked for by {self.organisation}"
        return f"{self.get_kind_display()}: {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("cdm:participant_change", args=[self.pk])

    def law_of(self, row: Move) -> str:
        return DEREGISTRATION_LAW if self.kind == self.Kind.DEREGISTER else row.law

    @property
    def party_name(self) -> str:
        return parties.party(self.party).name if self.party else ""

    def current_content(self) -> dict[str, Any]:
        return {
            "project": self.project_id,
            "kind": self.kind,
            "organisation": named(self.organisation),
            "party": self.party,
            "new_name": self.new_name,
            "has_ceased": self.has_ceased,
            "reason": self.reason,
        }

    def needed(self) -> list[Needed]:
        """Scope (b), and the participant itself, unless it no longer exists (2.4); to de-register, all (2.15)."""
        if self.kind == self.Kind.DEREGISTER:
            everybody = tuple(one.organisation for one in _participations(self.project))
            return [Needed(everybody, "All participants")]
        found = [self.modalities.rule_of(modalities.PARTICIPANTS)]
        if not self.has_ceased:
            found.append(Needed((self.organisation,), "The participant concerned"))
        return found


def _participations(project: Project) -> list[Participation]:
    return list(project.participations.select_related("organisation").order_by("organisation_id"))
