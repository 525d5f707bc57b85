"""The temporary measures for reductions after 2020: the acknowledgement of risk, and the transition (rulebook 2.16)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cdm.models.modalities import ModalitiesStatement
from cdm.models.project import Project
from cdm.models.requests import BoardRequest
from cdm.models.signing import Needed, Signed
from cdm.rules import modalities, parties
from cdm.rules.days import in_words
from cdm.workflow.risk_acknowledgement import RISK_ACKNOWLEDGEMENT
from cdm.workflow.transition import TRANSITION
from registry.state_field import StateField

RISKS = (
    "The request is provisional. Whatever is decided on it waits for what the Parties decide at CMP 16. No activity is "
    "registered and no unit is issued by it. It may be rejected in the end, whoever has relied on it, and what the "
    "participants have spent or paid for it is at their own risk."
)


class RiskAcknowledgement(Signed):
    """The risk acknowledgement and acceptance form of one request; the focal points for scope (c) sign it."""

    machine = RISK_ACKNOWLEDGEMENT
    signed_move = "be_given"
    state = StateField(
        default=RISK_ACKNOWLEDGEMENT.initial,
        choices=RISK_ACKNOWLEDGEMENT.choices(),
        protected=True,
        max_length=40,
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="risk_acknowledgements")
    request = models.ForeignKey(BoardRequest, on_delete=models.PROTECT, related_name="risk_acknowledgements")
    modalities = models.ForeignKey(
        ModalitiesStatement,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The statement in force when it was written: it says who signs.",
    )
    form = models.CharField(max_length=80, help_text="The form in use on the day it was written.")

    class Meta:
        ordering = ["-id"]
        verbose_name = "acknowledgement of risk"
        verbose_name_plural = "acknowledgements of risk"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RISK_ACKNOWLEDGEMENT.state_names),
                name="risk_acknowledgement_state_is_on_the_page",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(state="being_signed"),
                name="one_risk_acknowledgement_being_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"Acknowledgement of risk {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("cdm:risk_acknowledgement", args=[self.pk])

    def current_content(self) -> dict[str, Any]:
        period = self.request.monitoring_period
        change = self.request.change
        first = period.starts_on if period else self.project.crediting_starts_on
        last = period.ends_on if period else self.project.crediting_ends_on
        if change is not None:
            first = change.renewed_from
            last = change.renewed_until(first) if first else None
        return {
            "project": self.project_id,
            "title": self.project.title,
            "form": self.form,
            "request": self.request_id,
            "concerning": self.request.get_kind_display(),
            "days": f"{in_words(first)} to {in_words(last)}" if first and last else "",
            "tonnes": f"{period.certified_t:,} t CO2e" if period else "",
            "acknowledged": RISKS,
        }

    def needed(self) -> list[Needed]:
        return [self.modalities.rule_of(modalities.OTHER)]


class Transition(Signed):
    """The request that an activity move to the Article 6.4 mechanism; the focal points for scope (c) sign it."""

    machine = TRANSITION
    signed_move = "submit"
    state = StateField(
        default=TRANSITION.initial, choices=TRANSITION.choices(), protected=True, max_length=40
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="transitions")
    modalities = models.ForeignKey(
        ModalitiesStatement,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The statement in force when it was asked for: it says who signs.",
    )
    effective_on = models.DateField(help_text="From this day the activity is no longer one of the CDM.")
    remarks = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    requested_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=TRANSITION.state_names), name="transition_state_is_on_the_page"
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state__in=["being_signed", "requested", "approved"]),
                name="one_standing_transition_of_a_project",
            ),
        ]

    def __str__(self) -> str:
        return "Transition to the Article 6.4 mechanism"

    def get_absolute_url(self) -> str:
        return reverse("cdm:transition", args=[self.pk])

    @property
    def party(self) -> str:
        """The host Party: its national authority alone approves."""
        return self.project.host_party

    @property
    def party_name(self) -> str:
        return parties.party(self.party).name

    def current_content(self) -> dict[str, Any]:
        return {
            "project": self.project_id,
            "title": self.project.title,
            "host_party": self.party_name,
            "effective_from": in_words(self.effective_on),
            "remarks": self.remarks,
        }

    def needed(self) -> list[Needed]:
        return [self.modalities.rule_of(modalities.OTHER)]
