"""The Executive Board: who is a member, who chairs, when it meets, and who was there. 3/CMP.1 annex, paras 7-16."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cdm.rules import board


class MembershipQuerySet(models.QuerySet["Membership"]):
    def serving_on(self, day: dt.date) -> MembershipQuerySet:
        """Those in office: begun, and not ended. Who has no successor stays after the term (para 8(b))."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), starts_on__lte=day)


class Membership(models.Model):
    """One person's term on the Board, as a member or as the alternate of one. Ended, never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    constituency = models.CharField(
        max_length=20, choices=[(each.code, each.label) for each in board.CONSTITUENCIES]
    )
    group = models.CharField(max_length=12, choices=list(board.GROUPS.items()))
    alternate_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alternates",
        help_text="The member whose alternate this is; empty for a member.",
    )
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="Last day of the term; the office is kept until a successor has it.")
    ended_on = models.DateField(null=True, blank=True, help_text="Last day in office.")
    end_reason = models.TextField(blank=True)
    oath_on = models.DateField(null=True, blank=True, help_text="Day of the written oath of service.")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["constituency", "alternate_of_id", "starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="term_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_on__isnull=True), name="one_office_on_the_board_a_person"
            ),
            models.UniqueConstraint(
                fields=["alternate_of"],
                condition=Q(ended_on__isnull=True, alternate_of__isnull=False),
                name="one_alternate_a_member",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_alternate(self) -> bool:
        return self.alternate_of_id is not None


class BoardOffice(models.Model):
    """Who chairs the Board in a year, and who is vice-chair (para 12)."""

    class Office(models.TextChoices):
        CHAIR = "chair", "Chair"
        VICE_CHAIR = "vice_chair", "Vice-chair"

    year = models.PositiveSmallIntegerField()
    office = models.CharField(max_length=12, choices=Office.choices)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="offices")
    elected_at = models.DateTimeField()

    class Meta:
        ordering = ["-year", "office"]
        constraints = [
            models.UniqueConstraint(fields=["year", "office"], name="one_chair_and_one_vice_chair_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.get_office_display()} {self.year}: {self.membership}"


class Meeting(models.Model):
    """A meeting of the Board: convened, opened, closed, each with its time."""

    number = models.PositiveIntegerField(unique=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    place = models.CharField(max_length=100)
    convened_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="meeting_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False),
                name="meeting_is_closed_after_it_was_opened",
            ),
        ]

    def __str__(self) -> str:
        return f"EB {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("cdm:meeting", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    @property
    def standing(self) -> str:
        if self.closed_at is not None:
            return "Closed"
        return "Open" if self.opened_at is not None else "Convened"


class Attendance(models.Model):
    """One stay of a member or alternate in the meeting room."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="attendances")
    came_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["came_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "membership"],
                condition=Q(left_at__isnull=True),
                name="nobody_is_twice_in_the_room",
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership} at {self.meeting}"
