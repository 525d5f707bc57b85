"""What happened, what is due, who is asked, who was told: records, deadlines, tasks and notices."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from cdm.models.people import Organisation
from cdm.models.project import Project
from cdm.rules.days import in_words

if TYPE_CHECKING:
    from cdm.models.subject import Subject


class AboutASubject(models.Model):
    """A row about the subject of a machine, named by the machine's name and the row's key."""

    machine_name = models.CharField(max_length=40)
    subject_id = models.PositiveBigIntegerField()

    class Meta:
        abstract = True

    @property
    def subject(self) -> Subject:
        from cdm.workflow.machines import subject_of

        return subject_of(self.machine_name, self.subject_id)


class OfAProjectOrAnEntity(AboutASubject):
    """A row about a subject, with what the subject belongs to: a project, or an organisation and no project."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="%(class)ss")
    entity = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="%(class)ss_about_it"
    )

    class Meta:
        abstract = True

    @property
    def belongs_to(self) -> Project | Organisation:
        found = self.project or self.entity
        if found is None:
            raise TypeError(f"{self!r} belongs to nothing")
        return found

    @property
    def about(self) -> str:
        """The project's title, or the organisation's name."""
        return self.project.title if self.project is not None else str(self.entity)


class RecordChain(models.Model):
    """The head of one chain of records; its locked row gives the next number and the hash to build on."""

    name = models.CharField(max_length=80, unique=True)
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default="", blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.length})"


class Record(models.Model):
    """One thing that happened. Written once; the database refuses to change or delete it.

    `canonical` is the exact text that was hashed: sha256(version, previous hash, canonical).
    """

    chain = models.ForeignKey(RecordChain, on_delete=models.PROTECT, related_name="records")
    number = models.PositiveIntegerField()
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="records")
    machine_name = models.CharField(max_length=40, blank=True)
    subject_id = models.PositiveBigIntegerField(null=True)
    verb = models.CharField(max_length=60, help_text="The move, or the act that moved nothing.")
    source = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=40)
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    sentence = models.TextField(help_text="What a reader of the history sees.")
    data = models.JSONField(default=dict)
    is_public = models.BooleanField(default=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    canonical = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["chain", "number"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="record_numbered_once_in_its_chain")
        ]
        indexes = [models.Index(fields=["machine_name", "subject_id"], name="records_of_a_subject")]

    def __str__(self) -> str:
        return self.sentence

    @property
    def is_move(self) -> bool:
        return bool(self.target)

    @property
    def acted_as(self) -> str:
        """What the person acted as, where that says more than the role: “Signatory of EcoSecurities”."""
        return str(self.data.get("acted_as", ""))


class Deadline(OfAProjectOrAnEntity):
    """A window that is open: what the clock will do with it, and when. One row a clock and stay in a state."""

    class Kind(models.TextChoices):
        LAW = "law", "Closes by itself"
        TARGET = "target", "Target"

    state = models.CharField(max_length=40)
    clock = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    opened_on = models.DateField()
    length = models.CharField(max_length=40, help_text="In words, for example “28 days”.")
    inclusive = models.BooleanField(help_text="Whether the day it opened is its first day.")
    source = models.CharField(max_length=300)
    last_day = models.DateField(help_text="The last day on which it is still open, GMT.")
    acts_at = models.DateTimeField(help_text="The instant from which the clock may act.")
    then = models.CharField(
        max_length=60, blank=True, help_text="The move the clock makes; empty for a target."
    )
    opened_by = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="+")
    failed_because = models.TextField(
        blank=True, help_text="Why the clock's move could not be made; tried again."
    )

    class Meta:
        ordering = ["acts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["machine_name", "subject_id", "clock"],
                condition=Q(closed_at__isnull=True),
                name="one_open_deadline_for_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(project__isnull=True) ^ Q(entity__isnull=True),
                name="deadline_of_a_project_or_an_entity",
            ),
        ]
        indexes = [
            models.Index(
                fields=["acts_at"], condition=Q(closed_at__isnull=True), name="open_deadlines_by_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clock}: {in_words(self.last_day)}"


class Task(OfAProjectOrAnEntity):
    """One thing that waits for a person: what, for whom, about which subject, due when, claimed by whom."""

    key = models.CharField(
        max_length=80, help_text="State and wait it stands for; one open task a key and seat."
    )
    what = models.CharField(max_length=200)
    role = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tasks")
    due_on = models.DateField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="opened_tasks")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="assigned_tasks"
    )
    assigned_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    reminded_before_at = models.DateTimeField(null=True)
    reminded_after_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="closed_tasks")

    class Meta:
        ordering = ["due_on", "opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["machine_name", "subject_id", "key", "organisation"],
                condition=Q(closed_at__isnull=True),
                name="one_open_task_for_a_wait",
            ),
            models.CheckConstraint(
                condition=Q(project__isnull=True) ^ Q(entity__isnull=True),
                name="task_of_a_project_or_an_entity",
            ),
        ]

    def __str__(self) -> str:
        return self.what


class Notice(models.Model):
    """One line to one person: in the list at once, by e-mail as soon as the worker gets to it.

    `message_id` is fixed when the row is written, so a mail sent twice after a crash is one mail to the reader.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="notices")
    sentence = models.TextField()
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    message_id = models.UUIDField(default=uuid.uuid4, unique=True)
    mail_claimed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_error = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(mailed_at__isnull=True), name="notices_still_to_mail")
        ]

    def __str__(self) -> str:
        return self.sentence


class PendingMail(models.Model):
    """A mail to an address that is no user's (a commenter's confirmation link)."""

    address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()
    message_id = models.UUIDField(default=uuid.uuid4, unique=True)
    mail_claimed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_error = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.subject} to {self.address}"
