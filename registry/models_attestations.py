"""What is attested: voluntary cancellations, for whom and why, under a code that anyone can check."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.models import Entry

CODE_LENGTH = 18


class Attestation(models.Model):
    """A written statement that units were cancelled. What was cancelled stands in the book, not here.

    Written once, like the cancellations it speaks of; `registry/sql/*/attestations.sql` holds it to that.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True, help_text="Random, with check characters.")
    beneficiary = models.CharField(
        max_length=300, blank=True, help_text="Empty: the account's holder itself."
    )
    purpose = models.CharField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="attestation_has_code"),
            models.CheckConstraint(condition=~Q(purpose=""), name="attestation_has_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.at:%Y-%m-%d}"


class AttestedCancellation(models.Model):
    """One cancellation of an attestation: a basket of several projects has several. None is attested twice."""

    attestation = models.ForeignKey(Attestation, on_delete=models.PROTECT, related_name="cancellations")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="attested")
    project_title = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["entry"]

    def __str__(self) -> str:
        return f"{self.attestation_id} {self.entry_id}"
