"""The letter of approval: one for each Party involved in a project activity."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cdm.models.people import Organisation
from cdm.models.project import Project
from cdm.models.subject import Subject
from cdm.rules import parties
from cdm.workflow.letter import LETTER_OF_APPROVAL
from registry.state_field import StateField


class LetterOfApproval(Subject):
    """Written approval of voluntary participation by a Party's DNA (3/CMP.1 annex, para 40(a))."""

    machine = LETTER_OF_APPROVAL
    state = StateField(
        default=LETTER_OF_APPROVAL.initial,
        choices=LETTER_OF_APPROVAL.choices(),
        protected=True,
        max_length=40,
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="letters")
    party = models.CharField(max_length=2)
    requested_at = models.DateTimeField()

    number = models.CharField("Number of the letter", max_length=60, blank=True)
    dated_on = models.DateField("Date of the letter", null=True, blank=True)
    is_voluntary = models.BooleanField("Participation is voluntary", default=False)
    contributes_to_sustainable_development = models.BooleanField(default=False)
    authorised = models.ManyToManyField(Organisation, blank=True, related_name="authorising_letters")
    document = models.ForeignKey(
        "cdm.DocumentVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "letters of approval"
        constraints = [
            models.UniqueConstraint(fields=["project", "party"], name="one_letter_of_approval_per_party"),
            models.CheckConstraint(
                condition=Q(state__in=LETTER_OF_APPROVAL.state_names), name="letter_state_is_on_the_page"
            ),
            models.CheckConstraint(
                condition=~Q(state="issued")
                | (Q(is_voluntary=True) & ~Q(number="") & Q(dated_on__isnull=False)),
                name="issued_letter_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"Letter of approval of {self.party_name}"

    def get_absolute_url(self) -> str:
        return reverse("cdm:letter", args=[self.pk])

    @property
    def party_name(self) -> str:
        return parties.party(self.party).name

    @property
    def is_host(self) -> bool:
        return self.party == self.project.host_party
