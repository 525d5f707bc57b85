"""Who acts for an account and where it may send: representatives, trusted accounts, and the requests to change them.

Only `registry.account_requests` writes here. What began is ended, never deleted; a request is decided once, by
somebody else than who made it. `registry/sql/*/accounts.sql` holds every program to that.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.account_request_moves import RequestState, transitions
from registry.codes import AccountType
from registry.models import Account
from registry.state_field import StateField

MOST_ON_A_TEMPORARY_ACCOUNT = 3
"""Representatives of a temporary holding account at one time (CDM registry, rulebook 4.1)."""


class Standing(models.QuerySet[Any]):
    """Rows that hold from one instant until another."""

    def held_at(self, at: dt.datetime) -> Standing:
        """Those in force at an instant; the instant at which one ends is outside."""
        return self.filter(Q(until_at__isnull=True) | Q(until_at__gt=at), from_at__lte=at)


class AccountRepresentative(models.Model):
    """A person who acts for an account, from one instant until another."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="representatives")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="represents")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True, help_text="Empty while the person represents it.")

    objects = Standing.as_manager()

    class Meta:
        ordering = ["account", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "user"],
                condition=Q(until_at__isnull=True),
                name="representative_once_per_account",
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")),
                name="representative_ends_after_beginning",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.account}"


class TrustedAccount(models.Model):
    """An account to which another may send units, from one instant until another."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="trusted_accounts")
    trusted = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="trusted_by")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True, help_text="Empty while it is trusted.")

    objects = Standing.as_manager()

    class Meta:
        ordering = ["account", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "trusted"],
                condition=Q(until_at__isnull=True),
                name="trusted_once_per_account",
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")),
                name="trust_ends_after_beginning",
            ),
            models.CheckConstraint(condition=~Q(account=F("trusted")), name="trusted_is_another_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account} may send to {self.trusted}"


class AccountRequest(models.Model):
    """What somebody asks to be done about an account, and who decided it."""

    class Kind(models.TextChoices):
        OPEN = "open", "Open an account"
        SUSPEND = "suspend", "Suspend the account"
        REOPEN = "reopen", "Reopen the account"
        CLOSE = "close", "Close the account"
        CHANGE_REPRESENTATIVES = "change_representatives", "Change the representatives"
        CHANGE_TRUSTED_ACCOUNTS = "change_trusted_accounts", "Change the trusted accounts"

    kind = models.CharField(max_length=30, choices=Kind.choices)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="requests")
    # for an opening: what is to be opened, for whom
    type = models.CharField(max_length=40, blank=True, choices=AccountType.choices)
    party = models.CharField(max_length=2, blank=True)
    holder = models.CharField(max_length=200, blank=True)
    holder_reference = models.CharField(max_length=100, blank=True)
    project_number = models.PositiveIntegerField(null=True, blank=True)
    changes_asked = models.PositiveSmallIntegerField(default=0, help_text="How many changes follow.")
    last_record = models.ForeignKey(
        "registry.AccountRecord",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="The last act on the account when this was asked: approval is about what was seen then.",
    )
    state = StateField(default=RequestState.AWAITING_APPROVAL, choices=RequestState.choices, protected=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    reason = models.TextField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    opened = models.OneToOneField(Account, on_delete=models.PROTECT, null=True, related_name="opening")
    key = models.CharField(max_length=160, unique=True, help_text="The caller's key: asked twice, made once.")
    content = models.CharField(max_length=64, help_text="SHA-256 of what was asked under this key.")

    # one method for each row of registry.account_request_moves
    approve, reject, cancel = transitions()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state"], name="account_request_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "open",
                        "suspend",
                        "reopen",
                        "close",
                        "change_representatives",
                        "change_trusted_accounts",
                    ]
                ),
                name="account_request_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="open", account__isnull=True, type__in=AccountType.values)
                & ~Q(party="")
                & ~Q(holder="")
                | ~Q(kind="open")
                & Q(account__isnull=False, type="", party="", holder="", opened__isnull=True),
                name="account_request_says_what_is_asked",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="awaiting_approval",
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                    decision_reason="",
                )
                | Q(state__in=["approved", "rejected"], decided_at__isnull=False)
                & ~Q(decided_by=F("proposed_by"))
                & Q(decided_by__isnull=False)
                | Q(state="cancelled", decided_at__isnull=False, decided_by=F("proposed_by")),
                name="account_request_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="approved") & (Q(opened__isnull=False) | ~Q(kind="open"))
                | ~Q(state="approved") & Q(opened__isnull=True),
                name="account_request_opens_when_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "cancelled"]) | ~Q(decision_reason=""),
                name="account_request_refused_with_reason",
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(key=""), name="account_request_has_reason"),
        ]

    def __str__(self) -> str:
        return f"Request {self.pk}: {self.Kind(self.kind).label.lower()}"

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Reload; the guarded state is dropped first because its field refuses a second assignment."""
        self.__dict__.pop("state", None)
        super().refresh_from_db(*args, **kwargs)
        if "state" not in self.__dict__:
            rows = AccountRequest.objects.using(self._state.db)
            self.__dict__["state"] = rows.values_list("state", flat=True).get(pk=self.pk)

    @property
    def state_label(self) -> str:
        return RequestState(self.state).label

    @property
    def is_awaiting(self) -> bool:
        return bool(self.state == RequestState.AWAITING_APPROVAL)

    @property
    def subject(self) -> Account | None:
        """The account it is about: the one it changes, or the one it opened."""
        return self.account or self.opened


class RequestedChange(models.Model):
    """One representative or trusted account that a request adds or ends. Written once, with its request."""

    class Act(models.TextChoices):
        ADD = "add", "Add"
        END = "end", "End"

    request = models.ForeignKey(AccountRequest, on_delete=models.PROTECT, related_name="changes")
    act = models.CharField(max_length=3, choices=Act.choices)
    representative = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    trusted = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(act__in=["add", "end"]), name="requested_change_act_known"),
            models.CheckConstraint(
                condition=Q(representative__isnull=False, trusted__isnull=True)
                | Q(representative__isnull=True, trusted__isnull=False),
                name="requested_change_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.representative or self.trusted}"
