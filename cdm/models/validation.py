"""Validation and verification work: engagements, public comments, findings and opinions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cdm.models.people import Accreditation, Organisation
from cdm.models.project import Project
from cdm.rules.days import day_of, in_words


class Engagement(models.Model):
    """A DOE under contract with the participants for one function (3/CMP.1 annex, paras 27, 37, 62)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="engagements")
    doe = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="engagements")
    function = models.CharField(max_length=20, choices=Accreditation.Function.choices)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-from_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "function"],
                condition=Q(until_at__isnull=True),
                name="one_doe_at_work_for_a_function",
            )
        ]

    def __str__(self) -> str:
        return f"{self.doe} ({self.get_function_display()})"


class SameEntityWaiver(models.Model):
    """The Board's leave for one DOE to validate and verify one project (3/CMP.1 annex, para 27(e))."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="same_entity_waivers")
    doe = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "doe"], name="one_waiver_for_a_doe_and_project")
        ]

    def __str__(self) -> str:
        return f"{self.doe} may validate and verify {self.project}"


class Comment(models.Model):
    """A comment of the public on a published project design document (3/CMP.1 annex, para 40(c))."""

    class Standing(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Waiting for the e-mail to be confirmed"
        HELD = "held", "Held: looks like spam"
        PUBLISHED = "published", "Published"
        REFUSED = "refused", "Refused as spam"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="comments")
    round = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=150)
    organisation = models.CharField(max_length=200, blank=True)
    email = models.EmailField()
    text = models.TextField()
    made_at = models.DateTimeField()
    standing = models.CharField(max_length=20, choices=Standing.choices, default=Standing.UNCONFIRMED)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    held_because = models.CharField(max_length=200, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "id"]

    def __str__(self) -> str:
        return f"{self.name}, {in_words(day_of(self.made_at))}"


class Finding(models.Model):
    """A corrective action request, clarification request or forward action request of a DOE."""

    class Kind(models.TextChoices):
        CAR = "CAR", "Corrective action request (CAR)"
        CL = "CL", "Clarification request (CL)"
        FAR = "FAR", "Forward action request (FAR)"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="findings")
    monitoring_period = models.ForeignKey(
        "cdm.MonitoringPeriod", on_delete=models.PROTECT, null=True, blank=True, related_name="findings"
    )
    round = models.PositiveSmallIntegerField(default=1)
    doe = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=3, choices=Kind.choices)
    number = models.PositiveIntegerField()
    section = models.CharField("Section of the document", max_length=60, blank=True)
    text = models.TextField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.TextField(blank=True)

    class Meta:
        ordering = ["kind", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "round", "kind", "number"],
                condition=Q(monitoring_period__isnull=True),
                name="validation_finding_numbered_once",
            ),
            models.UniqueConstraint(
                fields=["monitoring_period", "round", "kind", "number"],
                condition=Q(monitoring_period__isnull=False),
                name="verification_finding_numbered_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_by__isnull=False),
                name="finding_closed_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class FindingMessage(models.Model):
    """One message in the thread of a finding."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return f"{self.author}, {in_words(day_of(self.written_at))}"


class Opinion(models.Model):
    """The validation opinion or the certification of a DOE, as given."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="opinions")
    monitoring_period = models.ForeignKey(
        "cdm.MonitoringPeriod", on_delete=models.PROTECT, null=True, blank=True, related_name="opinions"
    )
    change = models.ForeignKey(
        "cdm.RegisteredChange", on_delete=models.PROTECT, null=True, blank=True, related_name="opinions"
    )
    round = models.PositiveSmallIntegerField(default=1)
    doe = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    is_positive = models.BooleanField()
    text = models.TextField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["-given_at", "-id"]

    def __str__(self) -> str:
        return f"{'Positive' if self.is_positive else 'Negative'} opinion of {self.doe}"
