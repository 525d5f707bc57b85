"""What comes before the Board: the matter, and what is assessed, asked, objected, voted and ruled about it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cdm.models.accreditation import EntityAccreditation
from cdm.models.board import Meeting, Membership
from cdm.models.excess_issuance import ExcessIssuance
from cdm.models.letter import LetterOfApproval
from cdm.models.papers import DocumentVersion
from cdm.models.people import Organisation
from cdm.models.project import Project
from cdm.models.requests import BoardRequest
from cdm.models.subject import OrganisationSubject, Subject
from cdm.workflow.board_matter import ALL_OUTCOMES, BOARD_MATTER, OUTCOMES
from registry.state_field import StateField

OF_A_PROJECT = {"project__isnull": False, "entity__isnull": True}
OF_AN_ENTITY = {"project__isnull": True, "entity__isnull": False}


class BoardMatter(Subject):
    """One matter the Board has to decide.

    Of a project: the review of a request, whatever its kind, or a withdrawn letter. Of an operational entity: its
    accreditation, or an excess issuance; such a matter has an `entity` and no project, and its `outcome` is the move
    that is then made on the accreditation or the excess issuance.
    """

    class Kind(models.TextChoices):
        REVIEW = "review", "Review"
        WITHDRAWN_LETTER = "withdrawn_letter", "Withdrawn letter of approval"
        ACCREDITATION = "accreditation", "Accreditation of an operational entity"
        EXCESS_ISSUANCE = "excess_issuance", "Excess issuance"

    machine = BOARD_MATTER
    state = StateField(
        default=BOARD_MATTER.initial, choices=BOARD_MATTER.choices(), protected=True, max_length=40
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="matters")
    entity = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="matters")
    accreditation = models.ForeignKey(
        EntityAccreditation, on_delete=models.PROTECT, null=True, related_name="matters"
    )
    excess_issuance = models.ForeignKey(
        ExcessIssuance, on_delete=models.PROTECT, null=True, related_name="matters"
    )
    request = models.ForeignKey(BoardRequest, on_delete=models.PROTECT, null=True, related_name="matters")
    letter = models.ForeignKey(LetterOfApproval, on_delete=models.PROTECT, null=True, related_name="matters")
    rule_set_key = models.CharField(max_length=60)
    opened_on = models.DateField()

    outcome = models.CharField(max_length=30, choices=ALL_OUTCOMES, blank=True)
    scopes = models.JSONField(
        default=list, help_text="Functions and scopes that the text withdraws, as “function:number”."
    )
    excess = models.PositiveBigIntegerField(null=True, help_text="Units that the text finds in excess.")
    reasons = models.TextField(blank=True)
    corrections = models.TextField(blank=True)
    motion = models.PositiveSmallIntegerField(
        default=0, help_text="Number of the text last put to the Board."
    )
    circulated_on = models.DateField(null=True)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, related_name="matters")
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=20, blank=True, help_text="silence, consensus or vote.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BOARD_MATTER.state_names), name="matter_state_is_on_the_page"
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=~Q(state__in=["decided", "lapsed"]),
                name="one_open_review_of_a_request",
            ),
            models.CheckConstraint(
                condition=Q(kind="review", request__isnull=False, **OF_A_PROJECT)
                | Q(kind="withdrawn_letter", letter__isnull=False, **OF_A_PROJECT)
                | Q(kind="accreditation", accreditation__isnull=False, **OF_AN_ENTITY)
                | Q(kind="excess_issuance", excess_issuance__isnull=False, **OF_AN_ENTITY),
                name="matter_names_its_object",
            ),
            *(
                models.UniqueConstraint(
                    fields=[about],
                    condition=~Q(state__in=["decided", "lapsed"]),
                    name=f"one_open_matter_of_an_{about}",
                )
                for about in ("accreditation", "excess_issuance")
            ),
        ]

    def __str__(self) -> str:
        if self.request is not None:
            return f"Review of the {self.request.get_kind_display().lower()}"
        if self.affair is not None:
            words = str(self.affair)
            return f"Decision on {words[:1].lower()}{words[1:]}"
        return f"Withdrawal of the letter of {self.letter.party}" if self.letter else "Matter"

    def get_absolute_url(self) -> str:
        return reverse("cdm:matter", args=[self.pk])

    @property
    def affair(self) -> OrganisationSubject | None:
        """The accreditation or excess issuance that is decided on; None where it is a project's matter."""
        return self.accreditation or self.excess_issuance

    @property
    def about(self) -> Project | Organisation:
        """Whose matter it is: the project activity, or the operational entity."""
        return self.belongs_to

    @property
    def whole_project(self) -> Project:
        if self.project is None:
            raise TypeError(f"{self} belongs to an organisation, not to a project")
        return self.project

    @property
    def project_if_any(self) -> Project | None:
        return self.project

    @property
    def entity_if_any(self) -> Organisation | None:
        return self.entity

    @property
    def concerned_project(self) -> Project | None:
        return self.excess_issuance.project if self.excess_issuance is not None else self.project

    @property
    def belongs_to(self) -> Project | Organisation:
        return self.entity if self.entity is not None else self.whole_project

    @property
    def chain_name(self) -> str:
        if self.entity_id is not None:
            return f"organisation:{self.entity_id}"
        return f"project:{self.whole_project.pk}"

    @property
    def is_review(self) -> bool:
        return self.kind == self.Kind.REVIEW

    @property
    def is_issuance(self) -> bool:
        return self.request is not None and self.request.is_issuance

    def clock_opened_on(self, clock: str) -> dt.date | None:
        """The days count from the start of the review, and from the circulation of the decision."""
        if clock in ("secretariat_assessment", "expert_assessment", "completion"):
            return self.opened_on
        return self.circulated_on if clock in ("objection", "electronic") else None

    def days_clock_stood(self, clock: str) -> int:
        """The days for which it was stopped by questions: from the question to the answer, or to its last day."""
        return sum(
            question.stood_days
            for question in self.questions.filter(ended_on__isnull=False, motion=self.motion)
            if clock in question.clocks
        )

    def barred_from_tasks(self) -> set[int]:
        """Who has assessed it already: a second assessment is another person's."""
        return set(self.assessments.values_list("by_id", flat=True))


class Assessment(models.Model):
    """What the secretariat or an independent expert recommends, and why (rulebook 2.7)."""

    class Side(models.TextChoices):
        SECRETARIAT = "secretariat", "Secretariat"
        EXPERT = "expert", "Independent expert"
        SECOND_EXPERT = "second_expert", "Second independent expert"

    matter = models.ForeignKey(BoardMatter, on_delete=models.PROTECT, related_name="assessments")
    side = models.CharField(max_length=20, choices=Side.choices)
    recommendation = models.CharField(max_length=30, choices=OUTCOMES)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["matter", "side"], name="one_assessment_a_side")]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.get_recommendation_display()}"


class Objection(models.Model):
    """A member's objection to a decision that was circulated."""

    matter = models.ForeignKey(BoardMatter, on_delete=models.PROTECT, related_name="objections")
    motion = models.PositiveSmallIntegerField()
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Objection of {self.membership}"


class Question(models.Model):
    """A request for information: from the day it is asked to the day it ends the clocks of the matter stand."""

    class Side(models.TextChoices):
        PARTICIPANT = "participant", "Project participants"
        DOE = "doe", "Designated operational entity"

    matter = models.ForeignKey(BoardMatter, on_delete=models.PROTECT, related_name="questions")
    motion = models.PositiveSmallIntegerField()
    asked_of = models.CharField(max_length=20, choices=Side.choices)
    asked_from = models.CharField(max_length=40, help_text="The state the matter was in, and goes back to.")
    clocks = models.JSONField(default=list, help_text="The clocks that stand.")
    text = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_on = models.DateField()
    ended_on = models.DateField(null=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"], condition=Q(ended_on__isnull=True), name="one_open_question_a_matter"
            )
        ]

    def __str__(self) -> str:
        return f"Question to the {self.get_asked_of_display()}"

    @property
    def stood_days(self) -> int:
        """How many days the clocks stood for it; 0 while it is open."""
        return (self.ended_on - self.asked_on).days if self.ended_on else 0


class Vote(models.Model):
    """One vote on one text put to the Board. Written once for each text."""

    class Choice(models.TextChoices):
        IN_FAVOUR = "in_favour", "In favour"
        AGAINST = "against", "Against"
        ABSTAIN = "abstain", "Abstain"

    matter = models.ForeignKey(BoardMatter, on_delete=models.PROTECT, related_name="votes")
    motion = models.PositiveSmallIntegerField()
    seat = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", help_text="The member whose vote it is."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=12, choices=Choice.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "motion", "seat"], name="one_vote_a_member_and_text")
        ]

    def __str__(self) -> str:
        return f"{self.seat}: {self.get_choice_display()}"


class RulingNote(models.Model):
    """The reasons of a rejection as they are published: the facts, the rule and the rationale (rulebook 2.7)."""

    matter = models.OneToOneField(BoardMatter, on_delete=models.PROTECT, related_name="ruling_note")
    facts = models.TextField()
    rule = models.TextField()
    rationale = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Ruling note: {self.matter}"
