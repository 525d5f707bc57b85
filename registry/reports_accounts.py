"""The public list of accounts: holder, who represents it, and how to reach them (appendix D, para 10)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from registry import codes
from registry.models import FIRST_ACCOUNT_NUMBER, Account
from registry.models_accounts import AccountRepresentative
from registry.reports import EVERYTHING, Filters, Report
from registry.spreadsheets import Cell, Column

COLUMNS: Final = (
    Column("account_number", "Account", width=22),
    Column("account_type", "Type", width=26),
    Column("party", "Party", width=8),
    Column("holder", "Holder", width=40),
    Column("account_state", "State", width=12),
    Column("representative_identifier", "Representative", width=18),
    Column("representative_name", "Name", width=30),
    Column("representative_contact", "E-mail", width=34),
)


def representative_identifier(account: Account, user_key: int) -> str:
    """The Party's identifier and a number that is only this person's (appendix D, para 10(b))."""
    return f"{account.party or codes.REGISTRY_CODE}-R{FIRST_ACCOUNT_NUMBER + user_key}"


def accounts(filters: Filters = EVERYTHING, *, at: dt.datetime) -> Report:
    """Every account with those who represent it at an instant, one row each; an account without any has one row.

    Only `filters.party` narrows it: the Party for which the account is kept. `units` is 0, for no units are told.
    """
    found = Account.objects.order_by("id")
    if filters.party:
        found = found.filter(party=filters.party)
    held = AccountRepresentative.objects.held_at(at).filter(account__in=found)
    people: dict[int, list[AccountRepresentative]] = defaultdict(list)
    for row in held.select_related("user").order_by("id"):
        people[row.account_id].append(row)
    listed = list(found)

    def rows() -> Iterator[Sequence[Cell]]:
        for account in listed:
            about = (
                account.identifier,
                f"{account.account_type.label} ({account.account_type.des_code})",
                account.party,
                account.holder,
                account.get_state_display(),
            )
            for row in people[account.pk]:
                identifier = representative_identifier(account, row.user_id)
                yield (*about, identifier, str(row.user), row.user.email)
            if not people[account.pk]:
                yield (*about, "", "", "")

    count = sum(max(1, len(people[account.pk])) for account in listed)
    return Report("accounts", "Accounts", COLUMNS, rows, count, 0)
