"""Documents and their versions: a file is never replaced, a newer version is put on top."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from cdm.models.project import Project


class Document(models.Model):
    """One paper of a project activity; what it says is in its versions."""

    class Kind(models.TextChoices):
        PROJECT_DESIGN = "project_design", "Project design document"
        CALCULATION = "calculation", "Emission reduction calculation"
        ENVIRONMENT = "environment", "Environmental impact analysis"
        STAKEHOLDERS = "stakeholders", "Local stakeholder consultation"
        LETTER = "letter", "Letter of approval"
        VALIDATION_REPORT = "validation_report", "Validation report"
        MONITORING_REPORT = "monitoring_report", "Monitoring report"
        VERIFICATION_REPORT = "verification_report", "Verification and certification report"
        REVIEW_REPLY = "review_reply", "Reply to a request for review"
        CORRECTION = "correction", "Corrected document"
        OTHER = "other", "Other document"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    title = models.CharField(max_length=200)
    monitoring_period = models.ForeignKey(
        "cdm.MonitoringPeriod", on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    request = models.ForeignKey(
        "cdm.BoardRequest", on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    change = models.ForeignKey(
        "cdm.RegisteredChange", on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    round = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    confidential_because = models.TextField(
        blank=True, help_text="Why it is not disclosed (3/CMP.1 annex, para 6); empty where it may be."
    )

    class Meta:
        ordering = ["kind", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def latest(self) -> DocumentVersion | None:
        return self.versions.order_by("-number").first()


def stored_at(version: DocumentVersion, filename: str) -> str:
    """Where a file lies: by its content's hash, so that its name can do no harm."""
    return f"documents/{version.sha256[:2]}/{version.sha256}-{version.document_id}-{version.number}"


class DocumentVersion(models.Model):
    """One uploaded file, with its hash, its uploader and the time. Written once."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    file = models.FileField(upload_to=stored_at, max_length=300)
    filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["document", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="one_file_for_a_document_version"),
        ]

    def __str__(self) -> str:
        return f"{self.document} (version {self.number})"

    def get_absolute_url(self) -> str:
        return reverse("cdm:document", args=[self.pk])
