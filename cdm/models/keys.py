"""Keys for programs that act for a person, and the answers kept so that a request sent twice is done once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cdm.models.record import Record


class ApiKey(models.Model):
    """A key a person gave to a program. Only its hash is kept; the key itself is shown once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100, help_text="What the key is for, in the person's own words.")
    prefix = models.CharField(max_length=12, unique=True)
    hash = models.CharField(max_length=64, help_text="SHA-256 of the whole key, in hex.")
    may_write = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "API key"
        verbose_name_plural = "API keys"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class KeptAnswer(models.Model):
    """One request sent with an Idempotency-Key, and its answer.

    `record` is written in the same transaction as what the request did, so after a crash between that and the
    answer it is known whether it was done. `attempt` tells apart a process that was given up from its successor.
    """

    owner = models.CharField(max_length=80, help_text="Whose key it is: a user, or an address.")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what was asked under this key.")
    attempt = models.UUIDField()
    began_at = models.DateTimeField(db_index=True)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="one_answer_for_an_idempotency_key"),
            models.CheckConstraint(condition=~Q(key=""), name="kept_answer_has_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.owner}: {self.key}"
