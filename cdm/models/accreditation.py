"""The accreditation of operational entities: terms, what they were applied for, suspensions, decisions of the CMP."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cdm.models.people import Accreditation, Organisation
from cdm.models.subject import OrganisationSubject
from cdm.rules.days import in_words
from cdm.workflow.accreditation import ACCREDITATION
from registry.state_field import StateField

# why a scope ended before its term, where the CMP may still give it back
WITHDRAWN, WITHDRAWN_SCOPES = "withdrawn", "withdraw_scopes"


class EntityAccreditation(OrganisationSubject):
    """One term of an entity's accreditation, for the functions and scopes in its `scopes` (3/CMP.1 annex, 20-22).

    `follows` is the term that this one continues (re-accreditation); without it, it is a first application or an
    extension of scope. `last_day` is the last day of the term; empty where one was taken over without an end.
    """

    machine = ACCREDITATION
    state = StateField(
        default=ACCREDITATION.initial, choices=ACCREDITATION.choices(), protected=True, max_length=40
    )
    doe = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="entity_accreditations")
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="continued_by"
    )
    statement = models.TextField(help_text="How the entity meets the standards of Appendix A.")
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField()
    assessment = models.TextField(blank=True)
    standards_are_met = models.BooleanField(null=True)
    accredited_on = models.DateField(null=True)
    last_day = models.DateField(null=True)
    designated_on = models.DateField(null=True)
    # of the spot-check that runs, or ran last
    hearing_offered_on = models.DateField(null=True)
    hearing_settled_on = models.DateField(null=True)
    hearing_statement = models.TextField(blank=True)

    class Meta:
        ordering = ["doe__name", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ACCREDITATION.state_names), name="accreditation_state_is_on_the_page"
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=models.F("accredited_on")),
                name="accreditation_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"Accreditation {self.pk} of {self.doe}"

    def get_absolute_url(self) -> str:
        return reverse("cdm:accreditation", args=[self.pk])

    @property
    def organisation(self) -> Organisation:
        return self.doe

    def clock_opened_on(self, clock: str) -> dt.date | None:
        return self.accredited_on if clock == "accreditation_term" else None

    def clock_last_day(self, clock: str) -> dt.date | None:
        return self.last_day if clock == "accreditation_term" else None

    def scopes_held(self, day: dt.date) -> models.QuerySet[Accreditation]:
        """The functions and sectoral scopes of this term that are held on `day`."""
        return Accreditation.objects.held_on(day).filter(entity_accreditation=self)

    def scopes_awaiting_the_cmp(self) -> models.QuerySet[Accreditation]:
        """The scopes that the Board withdrew by themselves and on which the CMP has not decided yet (para 21)."""
        return self.scopes.filter(ended_because=WITHDRAWN_SCOPES)


class AppliedScope(models.Model):
    """One function and sectoral scope that an application asks for."""

    entity_accreditation = models.ForeignKey(
        EntityAccreditation, on_delete=models.PROTECT, related_name="applied_scopes"
    )
    function = models.CharField(max_length=20, choices=Accreditation.Function.choices)
    sectoral_scope = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["function", "sectoral_scope"]
        constraints = [
            models.UniqueConstraint(
                fields=["entity_accreditation", "function", "sectoral_scope"], name="scope_applied_for_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_function_display()}, scope {self.sectoral_scope}"


class AccreditationSuspension(models.Model):
    """Days on which a term gave no right to work: from `from_on` on, and no longer on `ended_on` (para 21)."""

    entity_accreditation = models.ForeignKey(
        EntityAccreditation, on_delete=models.PROTECT, related_name="suspensions"
    )
    from_on = models.DateField()
    ended_on = models.DateField(null=True, help_text="First day on which it is suspended no longer.")

    class Meta:
        ordering = ["-from_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entity_accreditation"],
                condition=Q(ended_on__isnull=True),
                name="one_running_suspension_of_an_accreditation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entity_accreditation} suspended from {in_words(self.from_on)}"


class CmpDecision(models.Model):
    """A decision of the Conference of the Parties serving as the meeting of the Parties (3/CMP.1 annex, paras 2-4)."""

    class Kind(models.TextChoices):
        DESIGNATION = "designation", "Designation"
        CONFIRMATION = "confirmation", "Suspension or withdrawal decided"
        NOT_FOLLOWED = "not_followed", "Recommendation not followed"

    number = models.CharField(max_length=60)
    dated_on = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    scope = models.TextField(help_text="What it decides, about whom.")
    entity_accreditation = models.ForeignKey(
        EntityAccreditation, on_delete=models.PROTECT, related_name="cmp_decisions"
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-dated_on", "-id"]

    def __str__(self) -> str:
        return f"Decision {self.number}"
