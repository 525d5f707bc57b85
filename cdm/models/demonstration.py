"""The clock of the demonstration; it has no effect, and cannot be set, outside demonstration mode."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class DemonstrationClock(models.Model):
    """How far the demonstration's time is from the real one, in seconds. One row."""

    offset_seconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_demonstration_clock")]

    def __str__(self) -> str:
        return f"{self.offset_seconds} s"
