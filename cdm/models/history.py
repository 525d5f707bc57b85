"""Projects of the past, as the UNFCCC lists them: read, searched and cited, but no subject of any machine."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cdm.rules import parties


class HistoricalProject(models.Model):
    """One project of the UNFCCC's list that ended in the real mechanism: registered, rejected or withdrawn."""

    class Status(models.TextChoices):
        """In the UNFCCC's own wording."""

        REGISTERED = "registered", "Registered"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Scale(models.TextChoices):
        LARGE = "large", "Large-scale"
        SMALL = "small", "Small-scale"

    reference_number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=12, choices=Status.choices)
    registered_on = models.DateField(null=True, blank=True, help_text="Effective date of registration.")
    annual_reductions_t = models.PositiveBigIntegerField(help_text="Expected average a year, in t CO2e.")
    methodologies_text = models.CharField(max_length=250, help_text="As the list writes them.")
    scale = models.CharField(max_length=10, choices=Scale.choices, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["reference_number"]
        indexes = [models.Index(fields=["status", "registered_on"], name="history_by_status_and_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="registered", registered_on__isnull=False)
                | (~Q(status="registered") & Q(registered_on__isnull=True)),
                name="historical_date_goes_with_registered",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="historical_place_lies_on_the_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("cdm:archived_project", args=[self.reference_number])

    @property
    def reference(self) -> str:
        """The reference number as the UNFCCC writes it, with at least four digits."""
        return f"{self.reference_number:04d}"


class HistoricalParty(models.Model):
    """A Party involved in a project of the past: as its host, or as another."""

    project = models.ForeignKey(HistoricalProject, on_delete=models.CASCADE, related_name="parties")
    party = models.CharField(max_length=2)
    is_host = models.BooleanField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "historical Parties"
        indexes = [models.Index(fields=["party", "is_host"], name="history_by_party")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "party", "is_host"], name="historical_party_named_once"
            )
        ]

    def __str__(self) -> str:
        return self.party_name

    @property
    def party_name(self) -> str:
        return parties.party(self.party).name


class HistoricalMethodology(models.Model):
    """A methodology that a project of the past applied, and the version where the list gives one."""

    project = models.ForeignKey(HistoricalProject, on_delete=models.CASCADE, related_name="methodologies")
    code = models.CharField(max_length=20)
    methodology_version = models.CharField("Version", max_length=12, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "historical methodologies"
        indexes = [models.Index(fields=["code", "methodology_version"], name="history_by_methodology")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code", "methodology_version"], name="historical_methodology_named_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} version {self.methodology_version}" if self.methodology_version else self.code
