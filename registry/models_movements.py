"""Movements between two persons: what was proposed, what the checks said, and who decided."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.models import Account, Issuance
from registry.movements.life import ENDS, GoesOnItsWay, State
from registry.movements.table import KINDS, Kind, MovementKind, Role
from registry.serials import SerialRange
from registry.state_field import StateField


class Movement(GoesOnItsWay, models.Model):
    """Units that are to move, from the proposal to the end. Only `registry.movements.doors` writes here.

    While it awaits approval its units are reserved: the blocks carry its number, and only its own entries
    spend them. What was proposed never changes; whoever wants something else proposes anew.
    """

    kind = models.CharField(max_length=40, choices=MovementKind.choices)
    state = StateField(default=State.PROPOSED, choices=State.choices, protected=True, max_length=20)
    source = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="movements_out"
    )
    target = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="movements_in"
    )
    units = models.BigIntegerField(help_text="All lines together.")
    key = models.CharField(max_length=120, unique=True, help_text="The caller's key: asked twice, done once.")
    content = models.CharField(max_length=64, help_text="SHA-256 of what was asked under this key.")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_as = models.CharField(max_length=20, choices=Role.choices)
    proposed_at = models.DateTimeField()
    reason = models.TextField()
    reserved_until = models.DateTimeField(null=True, help_text="The end of the reservation.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)

    beneficiary = models.CharField(max_length=300, blank=True)
    purpose = models.CharField(max_length=2000, blank=True)
    basis = models.CharField(max_length=300, blank=True, help_text="The notification or decision behind it.")
    expires_on = models.DateField(null=True, blank=True, help_text="The new expiry date.")
    project_number = models.IntegerField(null=True, blank=True, help_text="The project converted for.")
    track = models.SmallIntegerField(null=True, blank=True)
    corrects = models.ForeignKey(Issuance, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    share_units = models.BigIntegerField(default=0, help_text="Taken for adaptation, before the rest moves.")
    share_rule = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["reserved_until"],
                condition=Q(state=State.AWAITING_APPROVAL),
                name="movements_awaiting_by_end",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="movement_state_known"),
            models.CheckConstraint(condition=Q(kind__in=MovementKind.values), name="movement_kind_known"),
            models.CheckConstraint(condition=~Q(key="") & ~Q(reason=""), name="movement_has_key_and_reason"),
            models.CheckConstraint(
                condition=Q(units__gte=1, share_units__gte=0, share_units__lte=F("units")),
                name="movement_moves_something",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=False) | Q(target__isnull=False), name="movement_has_an_account"
            ),
            # Who decides that it happens is another person than who proposed it.
            models.CheckConstraint(
                condition=~Q(state__in=[State.COMPLETED, State.REJECTED])
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="movement_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDS, decided_at__isnull=False)
                | ~Q(state__in=ENDS) & Q(decided_at__isnull=True),
                name="movement_decided_when_ended",
            ),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.went = []

    def __str__(self) -> str:
        return f"{MovementKind(self.kind).label} {self.number}"

    @property
    def number(self) -> str:
        """How people name it; the entries it makes have transaction numbers of their own."""
        return f"M{self.pk}"

    @property
    def row(self) -> Kind:
        """Its row of the table."""
        return KINDS[MovementKind(self.kind)]

    @property
    def is_open(self) -> bool:
        return str(self.state) == State.AWAITING_APPROVAL


class MovementLine(models.Model):
    """Units of one Party, project, type and period: an amount, lowest serials first, or these serials.

    For an arrival it holds what the units are, since the book does not know them yet.
    """

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="lines")
    party = models.CharField(max_length=2)
    project_number = models.IntegerField()
    unit_type = models.SmallIntegerField()
    period = models.SmallIntegerField(help_text="The applicable commitment period.")
    quantity = models.BigIntegerField()
    first = models.BigIntegerField(null=True, blank=True)
    last = models.BigIntegerField(null=True, blank=True)
    original_period = models.SmallIntegerField(null=True, blank=True)
    lulucf = models.SmallIntegerField(default=0)
    track = models.SmallIntegerField(default=0)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1)
                & (Q(first__isnull=True, last__isnull=True) | Q(last=F("first") + F("quantity") - 1)),
                name="movement_line_fits_its_serials",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} units of {self.project}"

    @property
    def project(self) -> str:
        """`BR-0008`, or the Party alone for units without a project."""
        return f"{self.party}-{self.project_number:04}" if self.project_number else self.party

    @property
    def serials(self) -> SerialRange | None:
        if self.first is None or self.last is None:
            return None
        return SerialRange(self.party, self.first, self.last)


class MovementCheck(models.Model):
    """What one numbered check said of a movement, when it was proposed or when it was approved."""

    class Outcome(models.TextChoices):
        PASSED = "passed", "Passed"
        FAILED = "failed", "Failed"
        NOT_EVALUATED = "not_evaluated", "Not evaluated"

    class Stage(models.TextChoices):
        PROPOSAL = "proposal", "When proposed"
        APPROVAL = "approval", "When approved"

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="checks")
    stage = models.CharField(max_length=10, choices=Stage.choices)
    at = models.DateTimeField()
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=15, choices=Outcome.choices)
    sentence = models.TextField(blank=True, help_text="Why it failed or could not be evaluated.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.number} {self.outcome}"


class MovementRecord(models.Model):
    """One step of a movement's life: from which state to which, who, when and why. Written once."""

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="records")
    source = models.CharField(max_length=20, choices=State.choices)
    target = models.CharField(max_length=20, choices=State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.source} to {self.target}"


class AssignedAmount(models.Model):
    """A Party's assigned amount for a commitment period, by which limits are measured (Art. 3.7, 13/CMP.1)."""

    party = models.CharField(max_length=2)
    period = models.SmallIntegerField()
    units = models.BigIntegerField(help_text="t CO2 equivalent for the whole period.")
    base_year_units = models.BigIntegerField(null=True, blank=True, help_text="Base year emissions, t CO2e.")
    source = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["party", "period"]
        constraints = [
            models.UniqueConstraint(fields=["party", "period"], name="assigned_amount_once"),
            models.CheckConstraint(condition=Q(units__gte=1), name="assigned_amount_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.party} period {self.period}: {self.units}"
