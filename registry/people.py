"""Who may act in the registry: its administrators, the representatives of an account, and where it may send."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeGuard

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import BigIntegerField, DateTimeField, QuerySet
from django.utils.module_loading import import_string

from registry.models import Account
from registry.models_accounts import AccountRepresentative, TrustedAccount
from registry.prepared import Prepared

if TYPE_CHECKING:
    Person = AbstractBaseUser | AnonymousUser | None
else:
    Person = Any

# two questions that every movement asks
_REPRESENTS: Prepared[Any] = Prepared(
    lambda user, account, at: (
        AccountRepresentative.objects.held_at(at)
        .filter(user_id=user, account_id=account)
        .order_by()
        .values_list("pk")[:1]
    ),
    user=BigIntegerField(),
    account=BigIntegerField(),
    at=DateTimeField(),
)
_TRUSTS: Prepared[Any] = Prepared(
    lambda account, target, at: (
        TrustedAccount.objects.held_at(at)
        .filter(account_id=account, trusted_id=target)
        .order_by()
        .values_list("pk")[:1]
    ),
    account=BigIntegerField(),
    target=BigIntegerField(),
    at=DateTimeField(),
)


def is_administrator(user: Person, at: dt.datetime) -> bool:
    """Whether the person keeps the registry at this instant.

    The project names a function in REGISTRY_ADMINISTRATOR that knows; without it nobody does.
    """
    name = getattr(settings, "REGISTRY_ADMINISTRATOR", "")
    return bool(name) and may_act(user) and bool(import_string(name)(user, at))


def is_representative(user: Person, account: Account, at: dt.datetime) -> bool:
    """Whether the person acts for the account at this instant."""
    return may_act(user) and bool(_REPRESENTS(user=user.pk, account=account.pk, at=at))


def representatives_of(account: Account, at: dt.datetime) -> QuerySet[AccountRepresentative]:
    """Who acts for the account at this instant, in the order in which they were named."""
    found: QuerySet[AccountRepresentative] = AccountRepresentative.objects.held_at(at)
    return found.filter(account=account).select_related("user").order_by("id")


_REPRESENTATIVES: Prepared[AccountRepresentative] = Prepared(
    representatives_of, account=BigIntegerField(), at=DateTimeField()
)


def representatives_now(account: Account, at: dt.datetime) -> list[AccountRepresentative]:
    """The same, read at once."""
    return _REPRESENTATIVES(account=account.pk, at=at)


def accounts_represented_by(user: Person, at: dt.datetime) -> QuerySet[Account]:
    """The accounts for which the person acts at this instant, whatever state they are in."""
    if not may_act(user):
        return Account.objects.none()
    held = AccountRepresentative.objects.held_at(at).filter(user__pk=user.pk)
    return Account.objects.filter(pk__in=held.values("account"))


def trusts(account: Account, target: Account, at: dt.datetime) -> bool:
    """Whether the target is on the account's list of accounts to which it may send."""
    return bool(_TRUSTS(account=account.pk, target=target.pk, at=at))


def trusted_accounts(account: Account, at: dt.datetime) -> QuerySet[Account]:
    """The accounts to which the account may send at this instant."""
    held = TrustedAccount.objects.held_at(at).filter(account=account)
    return Account.objects.filter(pk__in=held.values("trusted"))


def may_act(user: Person) -> TypeGuard[AbstractBaseUser]:
    """Whether this is somebody who is signed in and may still sign in."""
    return user is not None and user.is_authenticated and user.is_active
