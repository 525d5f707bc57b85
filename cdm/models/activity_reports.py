"""What an operational entity reports to the Board of a year (3/CMP.1 annex, para 27(g))."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cdm.models.people import Organisation


class ActivityReport(models.Model):
    """An entity's report on its activities of one year; a later one of the same year corrects it. Written once."""

    doe = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="activity_reports")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(help_text="1 for the first of the year, 2 for its correction.")
    text = models.TextField()
    figures = models.JSONField(
        help_text="What this registry has of the year, as it stood when it was handed in."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["doe", "year", "number"], name="activity_report_numbered_once")
        ]

    def __str__(self) -> str:
        return f"Report on {self.year}" + (f", correction {self.number - 1}" if self.number > 1 else "")
