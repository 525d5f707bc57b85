"""A project activity and its project design document."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cdm.models.people import Organisation
from cdm.models.subject import Subject
from cdm.rules import crediting, parties
from cdm.rules.days import months_of_span
from cdm.workflow.project import PROJECT
from registry.state_field import StateField


class Project(Subject):
    """A CDM project activity, from draft to its last issuance."""

    class Scale(models.TextChoices):
        LARGE = "large", "Large scale"
        SMALL = "small", "Small scale"

    class CreditingKind(models.TextChoices):
        RENEWABLE = (
            "renewable",
            "Renewable (at most 7 years, renewable twice; 20 for afforestation and reforestation)",
        )
        FIXED = "fixed", "Fixed (at most 10 years; 30 for afforestation and reforestation)"

    class SmallScaleType(models.TextChoices):
        I = "I", "Type I: renewable energy, at most 15 MW"  # noqa: E741
        II = "II", "Type II: energy efficiency, at most 60 GWh a year"
        III = "III", "Type III: other, at most 60,000 t CO2e a year"

    machine = PROJECT
    state = StateField(default=PROJECT.initial, choices=PROJECT.choices(), protected=True, max_length=40)

    # who files it
    developer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="developed_projects")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    # the form's plain fields; empty while it is a draft, checked at submission
    title = models.CharField(max_length=250)
    scale = models.CharField(max_length=10, choices=Scale.choices, blank=True)
    small_scale_type = models.CharField(max_length=3, choices=SmallScaleType.choices, blank=True)
    is_afforestation = models.BooleanField("Afforestation or reforestation", default=False)
    capacity_mw = models.DecimalField(
        "Installed capacity", max_digits=10, decimal_places=3, null=True, blank=True
    )
    savings_gwh = models.DecimalField(
        "Energy saved a year", max_digits=10, decimal_places=3, null=True, blank=True
    )
    host_party = models.CharField(max_length=2, blank=True)
    sectoral_scopes = models.JSONField(default=list, blank=True)
    started_on = models.DateField("Start date of the project activity", null=True, blank=True)
    crediting_kind = models.CharField(max_length=10, choices=CreditingKind.choices, blank=True)
    crediting_starts_on = models.DateField(null=True, blank=True)
    crediting_ends_on = models.DateField(null=True, blank=True)
    operational_lifetime_years = models.PositiveSmallIntegerField(null=True, blank=True)
    has_public_funding = models.BooleanField("Public funding from Annex I Parties", null=True, blank=True)
    public_funding_affirmed = models.BooleanField(
        "Affirmed: no diversion of official development assistance", default=False
    )

    # the unit of removals the participants chose; fixed for the crediting period (5/CMP.1 annex, para 38)
    removal_unit = models.CharField(
        max_length=4,
        choices=[("tCER", "Temporary CERs (tCER)"), ("lCER", "Long-term CERs (lCER)")],
        blank=True,
    )

    # set by moves
    round = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text="Validation round (para 42)."
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    rule_set_key = models.CharField(max_length=60, blank=True, editable=False)
    published_on = models.DateField(null=True, editable=False)
    comments_close_on = models.DateField(
        null=True, editable=False, help_text="Last day for comments, inclusive."
    )
    reference_number = models.PositiveIntegerField(null=True, unique=True, editable=False)
    registered_on = models.DateField(null=True, editable=False, help_text="Effective date of registration.")
    registration_recorded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = "project activity"
        verbose_name_plural = "project activities"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PROJECT.state_names), name="project_state_is_on_the_page"
            ),
            models.CheckConstraint(
                condition=~Q(state="registered")
                | (Q(reference_number__isnull=False) & Q(registered_on__isnull=False)),
                name="registered_project_has_number_and_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}".strip()

    def get_absolute_url(self) -> str:
        return reverse("cdm:project", args=[self.pk])

    @property
    def whole_project(self) -> Project:
        return self

    @property
    def reference(self) -> str:
        """The reference number in the UNFCCC's four-digit form; empty before registration."""
        return f"{self.reference_number:04d}" if self.reference_number else ""

    @property
    def host_party_name(self) -> str:
        return parties.party(self.host_party).name if self.host_party else ""

    @property
    def is_small_scale(self) -> bool:
        return self.scale == self.Scale.SMALL

    @property
    def is_small_scale_afforestation(self) -> bool:
        return self.is_small_scale and self.is_afforestation

    @property
    def is_registered(self) -> bool:
        return self.registered_on is not None

    @property
    def crediting_months(self) -> int:
        """Length of the crediting period in whole months, rounded up; 0 before both days are known."""
        if self.crediting_starts_on is None or self.crediting_ends_on is None:
            return 0
        return months_of_span(self.crediting_starts_on, self.crediting_ends_on)

    @property
    def maximum_crediting_years(self) -> int | None:
        if not self.crediting_kind:
            return None
        return crediting.maximum_years(self.crediting_kind, self.is_afforestation)


class InvolvedParty(models.Model):
    """A Party named in the design document; the host is one of them."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="involved_parties")
    party = models.CharField(max_length=2)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "involved Parties"
        constraints = [
            models.UniqueConstraint(fields=["project", "party"], name="party_named_once_in_a_project"),
        ]

    def __str__(self) -> str:
        return self.party_name

    @property
    def party_name(self) -> str:
        return parties.party(self.party).name

    @property
    def is_host(self) -> bool:
        return self.party == self.project.host_party


class Participation(models.Model):
    """An organisation that takes part, and the Party that is asked to authorise it (paras 28-33)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="participations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="participations")
    party = models.CharField(max_length=2, blank=True, help_text="Party asked to authorise the participant.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "organisation"], name="participant_named_once_in_a_project"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.party})"

    @property
    def party_name(self) -> str:
        return parties.party(self.party).name if self.party else ""


class Site(models.Model):
    """One place of the project activity; WGS 84 decimal degrees."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=150)
    region = models.CharField("Town, province or region", max_length=150)
    latitude = models.DecimalField(
        max_digits=8, decimal_places=5, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.DecimalField(
        max_digits=8, decimal_places=5, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="site_lies_on_the_earth",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AppliedMethodology(models.Model):
    """An approved methodology and the version the design document applies."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="methodologies")
    code = models.CharField(max_length=20)
    methodology_version = models.CharField("Version", max_length=12)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "applied methodologies"
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="methodology_named_once_in_a_project"),
        ]

    def __str__(self) -> str:
        return f"{self.code} version {self.methodology_version}"


class AnnualEstimate(models.Model):
    """Estimated emissions of one calendar year of the crediting period, in whole t CO2e (Appendix B, para 2(i))."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="estimates")
    year = models.PositiveSmallIntegerField()
    baseline_t = models.PositiveBigIntegerField("Baseline emissions")
    project_t = models.PositiveBigIntegerField("Project emissions")
    leakage_t = models.BigIntegerField("Leakage")

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(fields=["project", "year"], name="one_estimate_for_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.reductions_t} t"

    @property
    def reductions_t(self) -> int:
        """Baseline less project emissions less leakage."""
        return self.baseline_t - self.project_t - self.leakage_t


class DesignSection(models.Model):
    """The text of one section of the project design document (3/CMP.1 annex, Appendix B, para 2)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="sections")
    key = models.CharField(max_length=40)
    text = models.TextField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="one_text_for_a_section"),
        ]

    def __str__(self) -> str:
        return self.key


class ReferenceNumbers(models.Model):
    """The one counter of UNFCCC reference numbers, shared by all projects (rulebook 4.2); a locked row."""

    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "reference numbers"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_counter_of_reference_numbers")]

    def __str__(self) -> str:
        return f"next: {self.next_number}"

    @classmethod
    def locked(cls) -> ReferenceNumbers:
        """The counter, locked until the transaction ends; made when first asked for."""
        cls.objects.get_or_create(pk=1)
        return cls.objects.select_for_update(no_key=True).get(pk=1)
