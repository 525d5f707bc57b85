"""What the registry has to be told about Parties because it happened elsewhere."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cdm.rules import parties
from cdm.rules.days import in_words


class RegisteredElsewhere(models.Model):
    """How many projects of a Party were registered, on a day, that are not in this registry.

    A host with fewer than ten registered projects pays its fee after the first issuance (2/CMP.5); a registry that
    was started later, or beside another, would count too few without this.
    """

    party = models.CharField(max_length=2)
    number = models.PositiveIntegerField()
    counted_on = models.DateField()
    source = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["party", "counted_on"]
        verbose_name_plural = "projects registered elsewhere"
        constraints = [
            models.UniqueConstraint(fields=["party", "counted_on"], name="one_count_a_party_and_day"),
        ]

    def __str__(self) -> str:
        return f"{parties.party(self.party).name}: {self.number} on {in_words(self.counted_on)}"
