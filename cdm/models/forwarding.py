"""What participants ask to be done with the units that wait in the pending account."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.urls import reverse
from django_fsm import FSMField

from cdm.models.project import Project
from cdm.models.subject import Subject
from cdm.workflow.forwarding import FORWARDING_REQUEST


class ForwardingRequest(Subject):
    """A request to forward units of one issuance to accounts of participants (3/CMP.1 annex, para 66(b))."""

    machine = FORWARDING_REQUEST
    state = FSMField(
        default=FORWARDING_REQUEST.initial,
        choices=FORWARDING_REQUEST.choices(),
        protected=True,
        max_length=40,
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="forwarding_requests")
    request = models.ForeignKey(
        "cdm.BoardRequest", on_delete=models.PROTECT, related_name="forwarding_requests"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=FORWARDING_REQUEST.state_names), name="forwarding_state_is_on_the_page"
            ),
        ]

    def __str__(self) -> str:
        return f"Forwarding request {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("cdm:forwarding", args=[self.pk])

    @property
    def quantity(self) -> int:
        """Units asked for, over all accounts."""
        return self.shares.aggregate(total=Sum("quantity"))["total"] or 0


class ForwardingShare(models.Model):
    """So many units of one commitment period to one account."""

    forwarding_request = models.ForeignKey(ForwardingRequest, on_delete=models.PROTECT, related_name="shares")
    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="+")
    commitment_period = models.PositiveSmallIntegerField()
    quantity = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="forwarding_share_is_positive")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} to {self.account}"
