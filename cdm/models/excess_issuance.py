"""Excess issuance: what an entity has to replace, and each cancellation that counts towards it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.urls import reverse

from cdm.models.people import Organisation
from cdm.models.project import Project
from cdm.models.subject import OrganisationSubject
from cdm.workflow.excess_issuance import EXCESS_ISSUANCE
from registry.state_field import StateField


class ExcessIssuance(OrganisationSubject):
    """A review of an entity's report on a registered project, and the units it must replace (para 22).

    `quantity` is in units of 1 t CO2 equivalent, empty until it is determined.
    """

    machine = EXCESS_ISSUANCE
    state = StateField(
        default=EXCESS_ISSUANCE.initial, choices=EXCESS_ISSUANCE.choices(), protected=True, max_length=40
    )
    doe = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="excess_issuances")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="excess_issuances")
    reviewer = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Another DOE that reviews and corrects, where the Board appoints one.",
    )
    reason = models.TextField(help_text="What in the report gives rise to the review.")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    quantity = models.PositiveBigIntegerField(null=True)
    review_ended_on = models.DateField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=EXCESS_ISSUANCE.state_names),
                name="excess_issuance_state_is_on_the_page",
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0), name="excess_issuance_is_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["due", "overdue", "fulfilled"])
                | (Q(quantity__isnull=False) & Q(review_ended_on__isnull=False)),
                name="excess_issuance_due_has_amount_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"Excess issuance {self.pk} of {self.doe}"

    def get_absolute_url(self) -> str:
        return reverse("cdm:excess_issuance", args=[self.pk])

    @property
    def organisation(self) -> Organisation:
        return self.doe

    @property
    def concerned_project(self) -> Project | None:
        return self.project

    def clock_opened_on(self, clock: str) -> dt.date | None:
        return self.review_ended_on if clock == "replacement" else None

    @property
    def replaced(self) -> int:
        """Units cancelled so far."""
        return self.cancellations.aggregate(total=Sum("quantity"))["total"] or 0

    @property
    def remaining(self) -> int:
        """Units still to be cancelled."""
        return (self.quantity or 0) - self.replaced


class ReplacementCancellation(models.Model):
    """One entry of the book by which units were cancelled towards an obligation; an entry counts for one only."""

    excess_issuance = models.ForeignKey(
        ExcessIssuance, on_delete=models.PROTECT, related_name="cancellations"
    )
    entry = models.OneToOneField("registry.Entry", on_delete=models.PROTECT, related_name="+")
    unit_type = models.CharField(max_length=10)
    quantity = models.PositiveBigIntegerField()
    serials = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="replacement_cancellation_is_positive")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.unit_type} cancelled"
