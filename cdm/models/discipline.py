"""Members of the Board suspended for cause, meetings missed with a justification (3/CMP.1 annex, para 10)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cdm.models.board import Meeting, Membership


class MemberSuspension(models.Model):
    """A member or alternate suspended by the Board, which recommends to the CMP that the term be ended."""

    class Cause(models.TextChoices):
        CONFLICT = "conflict_of_interest", "Breach of the rules on conflict of interest"
        CONFIDENTIALITY = "confidentiality", "Breach of the rules on confidentiality"
        MISSED_MEETINGS = "missed_meetings", "Meetings missed in a row without proper justification"
        OTHER = "other", "Another cause"

    class Ending(models.TextChoices):
        TERMINATED = "terminated", "The CMP ended the membership"
        LIFTED = "lifted", "The suspension was lifted"

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="suspensions")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="suspensions")
    cause = models.CharField(max_length=30, choices=Cause.choices)
    reason = models.TextField()
    in_favour = models.PositiveSmallIntegerField()
    against = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ending = models.CharField(max_length=12, choices=Ending.choices, blank=True)
    decision = models.CharField(max_length=200, blank=True, help_text="The decision that ended it.")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(ended_at__isnull=True), name="suspended_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="") | Q(ended_at__isnull=False) & ~Q(ending=""),
                name="suspension_ends_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"Suspension of {self.membership}"


class JustifiedAbsence(models.Model):
    """A proper justification for having missed a meeting, as accepted. Written once."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="justified_absences")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="justified_absences")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["membership", "meeting"], name="an_absence_is_justified_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership} at {self.meeting}"
