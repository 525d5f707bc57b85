"""Requests to the Executive Board, and what is asked, answered, decided and paid about them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Lower
from django.urls import reverse

from cdm.models.people import Organisation
from cdm.models.project import Project
from cdm.models.subject import Subject
from cdm.rules.days import day_of, in_words
from cdm.workflow.board_request import BOARD_REQUEST
from registry.state_field import StateField

HALF_A_CENT = Decimal("0.005")


class BoardRequest(Subject):
    """A request for registration or for issuance (3/CMP.1 annex, paras 40-41 and 64-65)."""

    class Kind(models.TextChoices):
        REGISTRATION = "registration", "Request for registration"
        ISSUANCE = "issuance", "Request for issuance"
        RENEWAL = "renewal", "Request for renewal of the crediting period"
        CHANGE = "post_registration_change", "Request for approval of a post-registration change"

    machine = BOARD_REQUEST
    state = StateField(
        default=BOARD_REQUEST.initial, choices=BOARD_REQUEST.choices(), protected=True, max_length=40
    )
    kind = models.CharField(max_length=30, choices=Kind.choices)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="requests")
    monitoring_period = models.ForeignKey(
        "cdm.MonitoringPeriod", on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    change = models.ForeignKey(
        "cdm.RegisteredChange", on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    doe = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="requests")
    created_at = models.DateTimeField()

    rule_set_key = models.CharField(max_length=60, blank=True, editable=False)
    submitted_at = models.DateTimeField(
        null=True, editable=False, help_text="When the complete request came in."
    )
    published_on = models.DateField(null=True, editable=False)
    window_last_day = models.DateField(null=True, editable=False)
    effective_on = models.DateField(null=True, editable=False)
    corrected_on = models.DateField(
        null=True, editable=False, help_text="When the revised documents that a review required came in."
    )
    requested_t = models.PositiveBigIntegerField(null=True, editable=False)
    is_provisional = models.BooleanField(
        default=False, editable=False, help_text="Taken under the temporary measures of EB 108."
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BOARD_REQUEST.state_names), name="request_state_is_on_the_page"
            ),
            models.CheckConstraint(
                condition=Q(kind="registration", monitoring_period__isnull=True, change__isnull=True)
                | Q(kind="issuance", monitoring_period__isnull=False, change__isnull=True)
                | Q(
                    kind__in=["renewal", "post_registration_change"],
                    monitoring_period__isnull=True,
                    change__isnull=False,
                ),
                name="request_names_what_it_is_about",
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(kind="registration")
                & ~Q(state__in=["registered", "rejected", "withdrawn", "transitioned"]),
                name="one_open_request_for_registration",
            ),
            models.UniqueConstraint(
                fields=["monitoring_period"],
                condition=~Q(state__in=["rejected", "withdrawn"]),
                name="one_standing_request_for_issuance",
            ),
            models.UniqueConstraint(
                fields=["change"],
                condition=~Q(state__in=["rejected", "withdrawn"]),
                name="one_standing_request_about_a_change",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_absolute_url(self) -> str:
        return reverse("cdm:request", args=[self.pk])

    def clock_opened_on(self, clock: str) -> dt.date | None:
        """The window for requests for review counts from receipt: publication, or the fee received (2005)."""
        return self.published_on if clock == "review_window" else None

    @property
    def is_registration(self) -> bool:
        return self.kind == self.Kind.REGISTRATION

    @property
    def is_issuance(self) -> bool:
        return self.kind == self.Kind.ISSUANCE

    @property
    def short_name(self) -> str:
        """What is requested, in a word for tables."""
        return {
            self.Kind.REGISTRATION.value: "Registration",
            self.Kind.ISSUANCE.value: "Issuance",
            self.Kind.RENEWAL.value: "Renewal",
        }.get(self.kind, "Change")

    @property
    def is_renewal(self) -> bool:
        return self.kind == self.Kind.RENEWAL

    @property
    def about(self) -> Subject:
        """What the Board is asked about: the monitoring period, the renewal or change, or the project itself."""
        return self.monitoring_period or self.change or self.project


class SecretariatCheck(models.Model):
    """The outcome of a completeness check or an information and reporting check, with its reasons."""

    class Stage(models.TextChoices):
        COMPLETENESS = "completeness", "Completeness check"
        INFORMATION = "information", "Information and reporting check"

    request = models.ForeignKey(BoardRequest, on_delete=models.PROTECT, related_name="checks")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    passed = models.BooleanField()
    sections = models.JSONField(default=list, blank=True)
    reasons = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(passed=True) | ~Q(reasons=""), name="returned_check_has_reasons"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {'passed' if self.passed else 'returned'}"


class ReviewRequest(models.Model):
    """One request for review: by a Party involved through its DNA, or by one Board member (paras 41, 65)."""

    request = models.ForeignKey(BoardRequest, on_delete=models.PROTECT, related_name="review_requests")
    party = models.CharField(max_length=2, blank=True, help_text="Empty when a Board member asks.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    grounds = models.JSONField(default=list)
    reasons = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "by"], condition=Q(party=""), name="a_member_asks_for_review_once"
            ),
            models.UniqueConstraint(
                fields=["request", "party"], condition=~Q(party=""), name="a_party_asks_for_review_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Request for review by {self.party or self.by}"


class ReviewReply(models.Model):
    """The reply of the participants or of the DOE to the requests for review."""

    class Side(models.TextChoices):
        PARTICIPANT = "participant", "Project participants"
        DOE = "doe", "Designated operational entity"

    request = models.ForeignKey(BoardRequest, on_delete=models.PROTECT, related_name="review_replies")
    side = models.CharField(max_length=20, choices=Side.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "review replies"
        constraints = [models.UniqueConstraint(fields=["request", "side"], name="one_review_reply_a_side")]

    def __str__(self) -> str:
        return f"Reply of the {self.get_side_display()}"


class BoardDecision(models.Model):
    """A decision of the Executive Board on a request, with its reasons. Public."""

    request = models.ForeignKey(BoardRequest, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=30)
    reasons = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who spoke for the Board; empty where a decision became final because nobody objected.",
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.outcome}, {in_words(day_of(self.at))}"


class Invoice(models.Model):
    """Money due for a request: the registration fee or the administrative share of proceeds, in US dollars."""

    class Kind(models.TextChoices):
        REGISTRATION_FEE = "registration_fee", "Registration fee"
        ADMINISTRATIVE_SHARE = "administrative_share", "Administrative share of proceeds"

    request = models.ForeignKey(BoardRequest, on_delete=models.PROTECT, related_name="invoices")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    tariff_usd = models.DecimalField(
        max_digits=12, decimal_places=2, help_text="By the tariff, before netting."
    )
    prepaid_used_usd = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    due_usd = models.DecimalField(max_digits=12, decimal_places=2)
    deferred_usd = models.DecimalField(
        max_digits=12, decimal_places=2, default=Decimal(0), help_text="Put off until the first issuance."
    )
    working = models.JSONField(default=list)
    source = models.CharField(max_length=300)
    issued_on = models.DateField()
    calendar_year = models.PositiveSmallIntegerField()
    quantity_t = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "kind"], name="one_invoice_of_a_kind_for_a_request"),
            models.CheckConstraint(
                # SQLite reckons decimals in binary: 70.70 - 60.60 is not 10.10 there, but less than a cent away
                condition=Q(
                    due_usd__gt=models.F("tariff_usd") - models.F("prepaid_used_usd") - HALF_A_CENT,
                    due_usd__lt=models.F("tariff_usd") - models.F("prepaid_used_usd") + HALF_A_CENT,
                )
                & Q(due_usd__gte=0),
                name="invoice_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: USD {self.due_usd}"

    @property
    def paid_usd(self) -> Decimal:
        return self.payments.aggregate(total=Sum("amount_usd"))["total"] or Decimal(0)

    @property
    def open_usd(self) -> Decimal:
        return self.due_usd - self.paid_usd


class Payment(models.Model):
    """Money received, as recorded by the secretariat."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    amount_usd = models.DecimalField(max_digits=12, decimal_places=2)
    paid_on = models.DateField()
    bank_reference = models.CharField(max_length=100)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["paid_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_usd__gt=0), name="payment_is_positive"),
            models.UniqueConstraint(Lower("bank_reference"), name="one_payment_a_bank_reference"),
        ]

    def __str__(self) -> str:
        return f"USD {self.amount_usd}, {in_words(self.paid_on)}"


class Refund(models.Model):
    """Registration fee owed back where the project was not registered (EB 37 annex 20, para 7), and when it was paid.

    Written when the request ends; the day and the bank reference follow once, when the secretariat has paid it back.
    """

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="refund")
    amount_usd = models.DecimalField(max_digits=12, decimal_places=2)
    working = models.JSONField(default=list)
    source = models.CharField(max_length=300)
    owed_since = models.DateField()
    paid_on = models.DateField(null=True)
    bank_reference = models.CharField(max_length=100, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_usd__gt=0), name="refund_is_positive"),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True, recorded_at__isnull=True, bank_reference="")
                | (Q(paid_on__isnull=False, recorded_at__isnull=False) & ~Q(bank_reference="")),
                name="refund_paid_has_day_and_reference",
            ),
            models.UniqueConstraint(
                Lower("bank_reference"), condition=~Q(bank_reference=""), name="one_refund_a_bank_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"USD {self.amount_usd} to pay back"
