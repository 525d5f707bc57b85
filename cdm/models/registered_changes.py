"""Crediting periods, and what is asked about a registered project activity: their renewal, or a change."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cdm.models.people import Organisation
from cdm.models.project import Project
from cdm.models.subject import Subject
from cdm.rules import crediting, renewal, sets
from cdm.rules.days import in_words
from cdm.workflow import judging
from cdm.workflow.machine import Ask
from cdm.workflow.registered_change import CONFIRMED_OF_CHANGE, CONFIRMED_OF_RENEWAL, REGISTERED_CHANGE
from registry.state_field import StateField


class RegisteredChange(Subject):
    """A renewal of the crediting period, or a post-registration change (rulebook 2.9, 2.10)."""

    class Kind(models.TextChoices):
        RENEWAL = "renewal", "Renewal of the crediting period"
        TEMPORARY_DEVIATION = (
            "temporary_deviation",
            "Temporary deviation from the monitoring plan or methodology",
        )
        CORRECTION = "correction", "Correction of the design document"
        START_DATE = "start_date", "Change of the start date of the crediting period"
        MONITORING_PLAN = "monitoring_plan", "Permanent change of the monitoring plan"
        PROJECT_DESIGN = "project_design", "Change of the project design"
        AFFORESTATION = "afforestation", "Change specific to afforestation or reforestation"

    class Track(models.TextChoices):
        PRIOR_APPROVAL = "prior_approval", "Approved by the Board before issuance is requested"
        WITH_ISSUANCE = "with_issuance", "Approved with the request for issuance of a monitoring period"
        NOTIFICATION = "notification", "Notified to the secretariat"

    class Baseline(models.TextChoices):
        VALID = "valid", "The original baseline is still valid"
        UPDATED = "updated", "The baseline is updated"

    machine = REGISTERED_CHANGE
    state = StateField(
        default=REGISTERED_CHANGE.initial, choices=REGISTERED_CHANGE.choices(), protected=True, max_length=40
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="changes")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=30, choices=Kind.choices)
    track = models.CharField(max_length=20, choices=Track.choices)
    doe = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="changes"
    )
    created_at = models.DateTimeField()
    description = models.TextField(
        blank=True, help_text="What changes and why; for a renewal, what became of the baseline."
    )

    # a change: for which days it holds; with issuance, the monitoring period it goes with
    applies_from = models.DateField(null=True, blank=True)
    applies_until = models.DateField(null=True, blank=True)
    monitoring_period = models.ForeignKey(
        "cdm.MonitoringPeriod", on_delete=models.PROTECT, null=True, blank=True, related_name="changes"
    )
    new_starts_on = models.DateField("New start of the crediting period", null=True, blank=True)
    capacity_mw = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    savings_gwh = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)

    # a renewal: of the period that ends on this day; late where it was notified or requested late
    expires_on = models.DateField(null=True, editable=False)
    is_late = models.BooleanField(default=False, editable=False)
    baseline = models.CharField(max_length=10, choices=Baseline.choices, blank=True)
    methodologies = models.JSONField(default=list, blank=True, help_text="Pairs of code and version.")

    effective_on = models.DateField(null=True, editable=False, help_text="From when what was approved holds.")

    class Meta:
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="change_numbered_once"),
            models.CheckConstraint(
                condition=Q(state__in=REGISTERED_CHANGE.state_names), name="change_state_is_on_the_page"
            ),
            models.UniqueConstraint(
                fields=["project", "expires_on"],
                condition=Q(kind="renewal")
                & ~Q(state__in=["rejected", "validation_negative", "lapsed", "withdrawn"]),
                name="a_crediting_period_is_renewed_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind="renewal") | Q(expires_on__isnull=False), name="renewal_names_the_period"
            ),
            models.CheckConstraint(
                condition=~Q(track="with_issuance") | Q(monitoring_period__isnull=False),
                name="change_with_issuance_names_the_period",
            ),
            models.CheckConstraint(
                condition=Q(applies_until__isnull=True) | Q(applies_until__gte=models.F("applies_from")),
                name="change_applies_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} (number {self.number})"

    def get_absolute_url(self) -> str:
        return reverse("cdm:registered_change", args=[self.pk])

    def label_of(self, ask: Ask) -> str:
        if ask.name == "confirmed":
            return CONFIRMED_OF_RENEWAL if self.is_renewal else CONFIRMED_OF_CHANGE
        return ask.label

    @property
    def is_renewal(self) -> bool:
        return self.kind == self.Kind.RENEWAL

    @property
    def request_kind(self) -> str:
        """The kind of request by which the Board is asked; it names the rules that apply."""
        return "renewal" if self.is_renewal else "post_registration_change"

    @property
    def renewed_from(self) -> dt.date | None:
        """First day of the renewed crediting period: the day after the one before has ended (rulebook 2.10)."""
        return crediting.next_start(self.expires_on) if self.expires_on else None

    def renewed_until(self, day: dt.date) -> dt.date:
        """Last day of the renewed period, as long as the rules of that day allow (3/CMP.1 annex, para 49(a))."""
        if self.renewed_from is None:
            raise TypeError(f"{self} renews nothing")
        kind, rules = self.project.crediting_kind, sets.rule_set_on(day)
        years = crediting.maximum_years(kind, self.project.is_afforestation, rules=rules)
        return crediting.last_day(self.renewed_from, years=years)

    def clock_last_day(self, clock: str) -> dt.date | None:
        """The last day to request a renewal counts from the end of the crediting period (EB 100, para 32)."""
        if clock != "latest_request" or self.expires_on is None or self.entered_state_at is None:
            return None
        rules = judging.rules_of(self, self.entered_state_at.astimezone(dt.UTC).date())
        return renewal.last_day_to_request(rules, self.expires_on)


class ChangeEstimate(models.Model):
    """Estimated reductions of one calendar year of the renewed crediting period, in whole t CO2e."""

    change = models.ForeignKey(RegisteredChange, on_delete=models.PROTECT, related_name="estimates")
    year = models.PositiveSmallIntegerField()
    reductions_t = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(fields=["change", "year"], name="one_renewed_estimate_for_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.reductions_t} t"


class CreditingPeriod(models.Model):
    """One crediting period of a registered project activity, both days inside (3/CMP.1 annex, para 49)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="crediting_periods")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    credited_from = models.DateField(
        help_text="First day of which reductions count: later after a late renewal."
    )
    renewal = models.OneToOneField(
        RegisteredChange, on_delete=models.PROTECT, null=True, related_name="crediting_period"
    )
    methodologies = models.JSONField(default=list, help_text="Pairs of code and version applied in it.")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="crediting_period_numbered_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on"), credited_from__gte=models.F("starts_on")),
                name="crediting_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(number=1, renewal__isnull=True) | Q(number__gt=1, renewal__isnull=False),
                name="later_crediting_period_was_renewed",
            ),
        ]

    def __str__(self) -> str:
        return f"Crediting period {self.number}: {in_words(self.starts_on)} to {in_words(self.ends_on)}"
