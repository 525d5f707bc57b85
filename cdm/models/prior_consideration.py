"""The notice that a project activity considers the CDM, given before anything else of it is public."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cdm.models.project import Project
from cdm.models.subject import Subject
from cdm.rules import parties
from cdm.workflow.prior_consideration import PRIOR_CONSIDERATION
from registry.state_field import StateField

STANDING = ("notified", "acknowledged", "taken_up")


class PriorConsideration(Subject):
    """Notice to the host's DNA and the secretariat, with what form F-CDM-Prior Consideration asks (rulebook 2.1).

    It is given from the project's draft, and keeps the title and the days as they were told.
    """

    machine = PRIOR_CONSIDERATION
    state = StateField(
        default=PRIOR_CONSIDERATION.initial,
        choices=PRIOR_CONSIDERATION.choices(),
        protected=True,
        max_length=40,
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="prior_considerations")
    title = models.CharField(max_length=250)
    host_party = models.CharField(max_length=2)
    location = models.CharField(max_length=250)
    description = models.TextField()
    started_on = models.DateField("Start date of the project activity")
    notified_at = models.DateTimeField()
    notified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, editable=False)
    last_reported_on = models.DateField(null=True, editable=False)
    found_started_on = models.DateField(
        null=True, editable=False, help_text="The earlier start that made it too late."
    )

    class Meta:
        ordering = ["-notified_at", "-id"]
        verbose_name = "notice of prior consideration"
        verbose_name_plural = "notices of prior consideration"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PRIOR_CONSIDERATION.state_names),
                name="prior_consideration_state_is_on_the_page",
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state__in=STANDING),
                name="one_standing_notice_of_prior_consideration",
            ),
        ]

    def __str__(self) -> str:
        return "Notice of prior consideration"

    def get_absolute_url(self) -> str:
        return reverse("cdm:prior_consideration", args=[self.pk])

    def clock_opened_on(self, clock: str) -> dt.date | None:
        """Two years count from the first notice, then from the last report (EB 48 annex 61, para 5)."""
        return self.last_reported_on or self.notified_on

    @property
    def notified_on(self) -> dt.date:
        """The GMT day of the notice."""
        return self.notified_at.astimezone(dt.UTC).date()

    @property
    def host_party_name(self) -> str:
        return parties.party(self.host_party).name
