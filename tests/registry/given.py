"""Short ways to say what a test of the book starts from."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from cdm.models import Organisation, Seat, User
from registry import book
from registry.codes import AccountType
from registry.models import Account, Block, Deduction, Entry, Issuance, PartyCounter
from registry.models_accounts import AccountRepresentative, TrustedAccount

AT = dt.datetime(2008, 5, 8, 9, 30, tzinfo=dt.UTC)
BEFORE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
OWN_ACCOUNTS = (AccountType.PENDING, AccountType.ADAPTATION_SHARE, AccountType.VOLUNTARY_CANCELLATION)
RULE = "17/CP.7, paragraph 15(a)"
_keys: Iterator[int] = itertools.count(1)


def key() -> str:
    return f"test:{next(_keys)}"


def share(units: int, *, exemption: str = "") -> book.ShareOfProceeds:
    """Two per cent, with the units the rulebook gives for the quantity of the test."""
    return book.ShareOfProceeds(units, Decimal("2.00"), RULE, exemption)


def holding(party: str = "BR", holder: str = "NovaGerar Eco-Energy", **extra: Any) -> Account:
    return book.open_account(
        type=AccountType.HOLDING, holder=holder, party=party, by=None, at=AT, reason="asked for", **extra
    )


def issued(
    quantity: int, share_units: int, *, party: str = "BR", project_number: int = 8, **extra: Any
) -> book.Issued:
    """An issuance with its share; each for a later day of the monitoring, so that none overlaps another."""
    day = dt.date(2004, 7, 1) + dt.timedelta(days=Issuance.objects.count())
    wanted: dict[str, Any] = {
        "commitment_period": 1,
        "share": share(share_units),
        "monitoring_start": day,
        "monitoring_end": day,
        "by": None,
        "at": AT,
        "reason": "instructed by the Board",
        "key": key(),
    }
    return book.issue(party=party, project_number=project_number, quantity=quantity, **(wanted | extra))


def forwarded(issuance: Issuance, *shares: tuple[Account, int], **extra: Any) -> book.Moved:
    wanted: dict[str, Any] = {"by": None, "at": AT, "reason": "asked by the focal point", "key": key()}
    return book.forward(issuance=issuance, shares=shares, **(wanted | extra))


def held(quantity: int, *, party: str = "BR", project_number: int = 8) -> Account:
    """A holding account with `quantity` units of one project, from an issuance without a share."""
    account = holding(party)
    issued(
        quantity,
        0,
        party=party,
        project_number=project_number,
        share=share(0, exemption="a test"),
        forward_to=[(account, quantity)],
    )
    return account


def asked(
    quantity: int | None, *, party: str = "BR", project_number: int = 8, **extra: Any
) -> dict[str, Any]:
    """What transfer and cancel have in common."""
    wanted: dict[str, Any] = {
        "party": party,
        "project_number": project_number,
        "commitment_period": 1,
        "quantity": quantity,
        "by": None,
        "at": AT,
        "reason": "asked by the holder",
        "key": key(),
    }
    return wanted | extra


def contents() -> list[tuple[Any, ...]]:
    """Everything in the book, to see that nothing has changed."""
    tables = (Account, Block, Deduction, Entry, Issuance, PartyCounter)
    return [row for table in tables for row in table.objects.order_by("pk").values_list()]


class People:
    """Users by name, made when first asked for; and who represents which account.

    The only place where tests tell `registry.people` who is who; written against its provisional form.
    """

    def __init__(self) -> None:
        self.made: dict[str, User] = {}

    def __getitem__(self, name: str) -> User:
        if name not in self.made:
            self.made[name] = User.objects.create_user(
                email=f"{name.replace(' ', '.')}@example.org", name=name.title()
            )
            if "administrator" in name:
                registry, _ = Organisation.objects.get_or_create(
                    name="CDM registry administrator", defaults={"kind": Organisation.Kind.REGISTRY}
                )
                Seat.objects.create(user=self.made[name], organisation=registry, from_on=BEFORE.date())
        return self.made[name]

    def represents(self, account: Account, *names: str) -> None:
        """From before the first act of any test on."""
        self.represented_by(account, *(self[name] for name in names))

    def represented_by(self, account: Account, *users: User) -> None:
        already = set(account.representatives.values_list("user", flat=True))
        AccountRepresentative.objects.bulk_create(
            AccountRepresentative(account=account, user=user, from_at=BEFORE)
            for user in users
            if user.pk not in already
        )

    def trusted(self, source: Account, *targets: Account) -> None:
        TrustedAccount.objects.bulk_create(
            TrustedAccount(account=source, trusted=target, from_at=BEFORE)
            for target in targets
            if target != source
        )


def nobody_participates(account: Account, **_: Any) -> bool:
    """For REGISTRY_PARTICIPANT."""
    return False


def nobody_is_eligible(party: str, day: dt.date) -> bool:
    """For REGISTRY_ELIGIBILITY."""
    return False


def everybody_participates(account: Account, **_: Any) -> bool:
    """For REGISTRY_PARTICIPANT."""
    return True


def everybody_is_eligible(party: str, day: dt.date) -> bool:
    """For REGISTRY_ELIGIBILITY."""
    return True


def owes_a_thousand(account: Account) -> int:
    """For REGISTRY_UNITS_TO_REPLACE."""
    return 1000
