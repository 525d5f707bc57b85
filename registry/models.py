"""What the book holds: accounts, entries, blocks of serials, issuances with their deduction, and the
counters.

Only `registry.book` writes here. A block is born by one entry and at most once spent by another; nothing else
about it ever changes, and `registry.guards` makes the database itself refuse anything else. On PostgreSQL it takes the
check constraints and foreign keys of the book away and says the same in its walls, which are quicker.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry import codes
from registry.codes import AccountState, AccountType, EntryKind, UnitType
from registry.serials import LARGEST_SERIAL, AccountIdentifier, SerialRange, UnitBlockIdentifier

FIRST_ACCOUNT_NUMBER = 1000
"""Account numbers start above this, so that an identifier is never mistaken for a DES code."""

PERIODS = sorted(codes.COMMITMENT_PERIODS)


class Account(models.Model):
    """A place where units lie. The holder is named here; the life-cycle app may keep its own reference."""

    type = models.CharField(max_length=40, choices=AccountType.choices)
    party = models.CharField(
        max_length=2, blank=True, help_text="The Party it is kept for; empty: the Board."
    )
    holder = models.CharField(max_length=200)
    holder_reference = models.CharField(max_length=100, blank=True, db_index=True)
    project_number = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=AccountState.choices, default=AccountState.OPEN)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["type"], name="account_by_type")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AccountState.values), name="account_state_known"),
            models.CheckConstraint(condition=Q(type__in=AccountType.values), name="account_type_known"),
            models.CheckConstraint(condition=~Q(holder=""), name="account_has_holder"),
            models.CheckConstraint(
                condition=Q(type__in=[str(t) for t in codes.REGISTRY_ACCOUNTS], party="")
                | ~Q(type__in=[str(t) for t in codes.REGISTRY_ACCOUNTS]),
                name="registry_account_without_party",
            ),
            # One pending account, one for the adaptation share and one of each cancellation kind (appendix
            # D, 3).
            models.UniqueConstraint(
                fields=["type"],
                condition=Q(type__in=[str(t) for t in codes.REGISTRY_ACCOUNTS]),
                name="registry_account_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} {self.holder if self.party else self.account_type.label}"

    @property
    def account_type(self) -> AccountType:
        return AccountType(self.type)

    @property
    def identifier(self) -> str:
        """Appendix D, paragraph 5: the Party (or the registry, for the Board's accounts) and a unique
        number.
        """
        return str(
            AccountIdentifier(
                registry=self.party or codes.REGISTRY_CODE,
                des_type=self.account_type.des_code,
                number=FIRST_ACCOUNT_NUMBER + self.pk,
            )
        )


class AccountRecord(models.Model):
    """One act on an account: opened, suspended, its representatives changed, by whom and why. Written once."""

    class Act(models.TextChoices):
        OPENED = "opened", "Opened"
        SUSPENDED = "suspended", "Suspended"
        REOPENED = "reopened", "Reopened"
        CLOSED = "closed", "Closed"
        REPRESENTATIVE_ADDED = "representative_added", "Representative added"
        REPRESENTATIVE_ENDED = "representative_ended", "Representative ended"
        TRUSTED_ACCOUNT_ADDED = "trusted_account_added", "Trusted account added"
        TRUSTED_ACCOUNT_ENDED = "trusted_account_ended", "Trusted account ended"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="records")
    act = models.CharField(max_length=30, choices=Act.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.account_id} {self.act} {self.at:%Y-%m-%d}"


class PartyCounter(models.Model):
    """The last serial allotted for a host Party; the row is locked while an issuance takes its serials.

    A sequence would leave gaps after a rollback; the serials of a Party have none.
    """

    party = models.CharField(max_length=2, primary_key=True)
    last_serial = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_serial__gte=0, last_serial__lte=LARGEST_SERIAL), name="counter_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.last_serial}"


class Entry(models.Model):
    """One movement, written once.

    `units` is what moved. `gross_units` is what the blocks hold that it spends and bears anew: more than
    `units` where a block was cut and a part of it stayed.
    """

    kind = models.CharField(max_length=20, choices=EntryKind.choices)
    key = models.CharField(max_length=160, help_text="The caller's key: asked twice, done once.")
    content = models.CharField(max_length=64, help_text="SHA-256 of what was asked under this key.")
    units = models.BigIntegerField()
    gross_units = models.BigIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    reason = models.TextField()
    movement = models.ForeignKey(
        "registry.Movement",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        db_index=False,
    )

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "entries"
        indexes = [
            models.Index(
                fields=["movement"], condition=Q(movement__isnull=False), name="entries_of_a_movement"
            )
        ]
        constraints = [
            # not `unique` of the field, with which PostgreSQL keeps a second index, to look for parts of a key
            models.UniqueConstraint(fields=["key"], name="entry_key_once"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="entry_kind_known"),
            models.CheckConstraint(
                condition=Q(units__gte=1, gross_units__gte=F("units")), name="entry_moves_something"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="entry_has_key"),
            models.CheckConstraint(condition=~Q(reason=""), name="entry_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.transaction_number} {self.kind} {self.units}"

    @property
    def transaction_number(self) -> str:
        """Registry code and digits, as the transaction log prints it."""
        return f"{codes.REGISTRY_CODE}{self.pk}"


class Block(models.Model):
    """A run of serials in one account; live until an entry spends it."""

    party = models.CharField(max_length=2)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    unit_type = models.SmallIntegerField(choices=UnitType.choices)
    original_period = models.SmallIntegerField()
    applicable_period = models.SmallIntegerField()
    project_number = models.IntegerField(help_text="0 where the unit has no project.")
    lulucf = models.SmallIntegerField(default=codes.NONE)
    track = models.SmallIntegerField(default=codes.NONE)
    expires_on = models.DateField(null=True, blank=True)
    reserved_for = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Number of the movement that alone may spend it; 0 where it is free.",
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="blocks")
    born_by = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="born")
    spent_by = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="spent", null=True, blank=True, db_index=False
    )

    class Meta:
        ordering = ["party", "first", "id"]
        indexes = [
            # Walks the live blocks of one kind in an account, free or reserved for one movement, lowest serial
            # first.
            models.Index(
                fields=[
                    "account",
                    "party",
                    "project_number",
                    "unit_type",
                    "applicable_period",
                    "reserved_for",
                    "first",
                ],
                condition=Q(spent_by__isnull=True),
                name="block_live_in_account",
            ),
            models.Index(
                fields=["spent_by", "party", "first"],
                condition=Q(spent_by__isnull=False),
                name="block_spent_by_entry",
            ),
            models.Index(fields=["party", "first"], name="block_by_serial"),
            models.Index(
                fields=["reserved_for"],
                condition=Q(spent_by__isnull=True, reserved_for__gt=0),
                name="block_reserved",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first"), last__lte=LARGEST_SERIAL),
                name="block_range_in_bounds",
            ),
            # PostgreSQL reads the text of each check anew for every statement: few checks, plain comparisons.
            models.CheckConstraint(
                condition=Q(
                    unit_type__range=(min(UnitType.values), max(UnitType.values)),
                    original_period__range=(PERIODS[0], PERIODS[-1]),
                    applicable_period__range=(PERIODS[0], PERIODS[-1]),
                    project_number__range=(0, 9_999_999),
                    lulucf__range=(0, 7),
                    track__range=(0, 2),
                ),
                name="block_codes_known",
            ),
            # 5/CMP.1 annex, paragraph 40: tCERs and lCERs, which come last, carry an expiry date, no other
            # does.
            models.CheckConstraint(
                condition=Q(unit_type__gte=UnitType.TCER, expires_on__isnull=False)
                | Q(unit_type__lt=UnitType.TCER, expires_on__isnull=True),
                name="block_expiry_by_unit_type",
            ),
            models.CheckConstraint(condition=Q(spent_by__gt=F("born_by")), name="block_spent_by_later_entry"),
        ]

    def __str__(self) -> str:
        return str(self.identifier)

    @property
    def serials(self) -> SerialRange:
        return SerialRange(self.party, self.first, self.last)

    @property
    def units(self) -> int:
        return self.last - self.first + 1

    @property
    def identifier(self) -> UnitBlockIdentifier:
        return UnitBlockIdentifier(
            serials=self.serials,
            unit_type=self.unit_type,
            original_period=self.original_period,
            applicable_period=self.applicable_period,
            lulucf=self.lulucf,
            project_number=self.project_number,
            track=self.track,
        )


class Issuance(models.Model):
    """What the Board instructed to be issued: one block of one project, one monitoring period, one period."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="issuance")
    party = models.CharField(max_length=2)
    project_number = models.IntegerField()
    unit_type = models.SmallIntegerField(choices=UnitType.choices)
    commitment_period = models.SmallIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    monitoring_start = models.DateField()
    monitoring_end = models.DateField()
    request_reference = models.CharField(max_length=160)
    correction = models.TextField(
        blank=True, help_text="The recorded reason why this monitoring period may overlap an issued one."
    )

    class Meta:
        ordering = ["party", "first"]
        indexes = [models.Index(fields=["party", "project_number"], name="issuance_of_project")]
        constraints = [
            models.UniqueConstraint(fields=["party", "first"], name="issuance_starts_once"),
            models.UniqueConstraint(
                fields=["request_reference", "party", "commitment_period"], name="issuance_request_once"
            ),
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first"), last__lte=LARGEST_SERIAL),
                name="issuance_range_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(
                    unit_type__range=(min(codes.ISSUED_HERE), max(codes.ISSUED_HERE)),
                    commitment_period__range=(PERIODS[0], PERIODS[-1]),
                    project_number__range=(1, 9_999_999),
                    monitoring_end__gte=F("monitoring_start"),
                ),
                name="issuance_codes_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}-{self.project_number:04} {self.serials}"

    @property
    def serials(self) -> SerialRange:
        return SerialRange(self.party, self.first, self.last)

    @property
    def quantity(self) -> int:
        return self.last - self.first + 1


class Deduction(models.Model):
    """The share of proceeds for adaptation of one issued block, taken or exempt, with its rule (Article
    12.8).
    """

    issuance = models.OneToOneField(Issuance, on_delete=models.PROTECT, related_name="deduction")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="deduction")
    rate_percent = models.DecimalField(max_digits=5, decimal_places=2)
    units = models.BigIntegerField()
    first = models.BigIntegerField(null=True)
    last = models.BigIntegerField(null=True)
    rule = models.TextField()
    exemption = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(units=0, first__isnull=True, last__isnull=True, entry__isnull=True)
                | Q(units__gte=1, last=F("first") + F("units") - 1, entry__isnull=False),
                name="deduction_serials_fit_units",
            ),
            models.CheckConstraint(condition=Q(units=0) | Q(exemption=""), name="deduction_or_exemption"),
            models.CheckConstraint(
                condition=Q(rate_percent__gte=Decimal(0), rate_percent__lte=Decimal(100)),
                name="deduction_rate_is_percent",
            ),
            models.CheckConstraint(condition=~Q(rule=""), name="deduction_names_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.units} units at {self.rate_percent} per cent"

    @property
    def serials(self) -> SerialRange | None:
        if self.first is None or self.last is None:
            return None
        return SerialRange(self.issuance.party, self.first, self.last)


class BookCheck(models.Model):
    """The result of one look at the whole book by `registry.verify`; the last one is public."""

    at = models.DateTimeField(db_index=True)
    verified = models.BooleanField()
    result = models.JSONField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {'true' if self.verified else 'not true'}"
