"""Monitoring periods and what was certified in them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Sum
from django.urls import reverse

from cdm.models.project import Project
from cdm.models.subject import Subject
from cdm.rules import commitment, warming_potentials
from cdm.workflow.monitoring import MONITORING_PERIOD
from registry.state_field import StateField


class MonitoringPeriod(Subject):
    """A stretch of the crediting period that is monitored, verified, certified and issued for; both days inside."""

    machine = MONITORING_PERIOD
    state = StateField(
        default=MONITORING_PERIOD.initial, choices=MONITORING_PERIOD.choices(), protected=True, max_length=40
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="monitoring_periods")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    created_at = models.DateTimeField()
    report_published_on = models.DateField(null=True, editable=False)
    certified_at = models.DateTimeField(null=True, editable=False)
    visited_on = models.DateField(
        null=True, editable=False, help_text="Last day of the on-site inspection (rulebook 2.11)."
    )
    no_visit_because = models.TextField(blank=True, editable=False)
    removed_since_start_t = models.PositiveBigIntegerField(
        null=True,
        editable=False,
        help_text="Net removals since the start of the project, for tCERs and lCERs.",
    )

    class Meta:
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="monitoring_period_numbered_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="monitoring_period_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=MONITORING_PERIOD.state_names), name="monitoring_state_is_on_the_page"
            ),
        ]

    def __str__(self) -> str:
        return f"Monitoring period {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("cdm:monitoring", args=[self.pk])

    @property
    def certified_t(self) -> int:
        """Tonnes certified, over all commitment periods."""
        return self.amounts.aggregate(total=Sum("certified_t"))["total"] or 0

    @property
    def reported_t(self) -> int:
        """Tonnes the participant's monitoring report claims, over all commitment periods."""
        return self.amounts.aggregate(total=Sum("reported_t"))["total"] or 0


class PeriodYear(models.Model):
    """What a small-scale project reports of one calendar year of a period: its claim, and how large it was."""

    monitoring_period = models.ForeignKey(MonitoringPeriod, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField()
    reported_t = models.PositiveBigIntegerField()
    output = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, help_text="MW or GWh, by the type of small scale."
    )

    class Meta:
        ordering = ["monitoring_period", "year"]
        constraints = [
            models.UniqueConstraint(fields=["monitoring_period", "year"], name="one_statement_for_a_year"),
            models.CheckConstraint(
                condition=Q(output__isnull=True) | Q(output__gte=0), name="output_of_a_year_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.reported_t} t"


class PeriodAmount(models.Model):
    """Whole tonnes of one monitoring period that fall into one commitment period: reported, verified, certified."""

    monitoring_period = models.ForeignKey(MonitoringPeriod, on_delete=models.PROTECT, related_name="amounts")
    commitment_period = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    reported_t = models.PositiveBigIntegerField(null=True)
    verified_t = models.PositiveBigIntegerField(null=True)
    certified_t = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["monitoring_period", "commitment_period"]
        constraints = [
            models.UniqueConstraint(
                fields=["monitoring_period", "commitment_period"], name="one_amount_for_a_commitment_period"
            ),
            # M&P paras 59, 61, 64: what is certified is what was verified
            models.CheckConstraint(
                condition=Q(certified_t__isnull=True) | Q(certified_t=models.F("verified_t")),
                name="certified_equals_verified",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part}: {self.certified_t or self.reported_t} t"

    @property
    def part(self) -> str:
        """“commitment period 2”, or “the time after 31 December 2020” (EB 108)."""
        return commitment.name_of(self.commitment_period)

    @property
    def potentials(self) -> str:
        """The warming potentials by which the report converts the reductions of these days (rulebook 5.3)."""
        return warming_potentials.in_words_on(self.ends_on)
