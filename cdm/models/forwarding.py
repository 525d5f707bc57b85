"""What participants ask to be done with the units that wait in the pending account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.urls import reverse

from cdm.models.modalities import ModalitiesStatement
from cdm.models.project import Project
from cdm.models.signing import Needed, Signed
from cdm.rules import modalities
from cdm.workflow.forwarding import FORWARDING_REQUEST
from registry.state_field import StateField


class ForwardingRequest(Signed):
    """A request to forward units of one issuance to accounts of participants (3/CMP.1 annex, para 66(b))."""

    machine = FORWARDING_REQUEST
    signed_move = "submit"
    state = StateField(
        default=FORWARDING_REQUEST.initial,
        choices=FORWARDING_REQUEST.choices(),
        protected=True,
        max_length=40,
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="forwarding_requests")
    request = models.ForeignKey(
        "cdm.BoardRequest", on_delete=models.PROTECT, related_name="forwarding_requests"
    )
    modalities = models.ForeignKey(
        ModalitiesStatement,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="The statement in force when it was asked for (rulebook 4.1): it says who signs.",
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

    def current_content(self) -> dict[str, Any]:
        return {
            "request": self.request_id,
            "shares": [
                {
                    "account": share.account.identifier,
                    "commitment_period": share.commitment_period,
                    "quantity": str(share.quantity),
                }
                for share in self.shares.select_related("account").order_by("pk")
            ],
        }

    def needed(self) -> list[Needed]:
        """Scope (a) of the statement in force when it was asked for; nobody's for those of before statements."""
        return [self.modalities.rule_of(modalities.FORWARDING)] if self.modalities else []

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
