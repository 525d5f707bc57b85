"""A prepared query gives what its query set would give."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.db.models import BigIntegerField, CharField, DateTimeField

from registry.codes import AccountState
from registry.models import Account
from registry.models_accounts import AccountRepresentative
from registry.prepared import Prepared
from tests.registry.given import AT, BEFORE, People, holding

pytestmark = pytest.mark.django_db

OPEN_OF = Prepared(
    lambda party, least: Account.objects.filter(
        party=party, pk__gte=least, state=AccountState.OPEN, holder__contains="50 %"
    ).order_by("-pk"),
    party=CharField(),
    least=BigIntegerField(),
)
ACTING = Prepared(
    lambda account, at: (
        AccountRepresentative.objects.held_at(at).filter(account_id=account).select_related("user", "account")
    ),
    account=BigIntegerField(),
    at=DateTimeField(),
)
NAMES: Prepared[str] = Prepared(
    lambda party: Account.objects.filter(party=party).order_by("pk").values_list("holder", flat=True)[:2],
    party=CharField(),
)


def test_objects_come_as_the_query_set_gives_them() -> None:
    one, two = holding(holder="owns 50 %"), holding(holder="also 50 %")
    holding(holder="owns 50 ")
    holding(party="IN", holder="50 % of India")
    assert OPEN_OF(party="BR", least=one.pk) == [two, one]
    assert OPEN_OF(party="BR", least=two.pk) == [two]
    assert OPEN_OF(party="'; DROP TABLE registry_account; --", least=0) == []
    assert OPEN_OF.first(party="MX", least=0) is None
    found = OPEN_OF.first(party="IN", least=0)
    assert found is not None and found.holder == "50 % of India"
    assert not found._state.adding and found._state.db == "default"


def test_what_is_selected_along_needs_no_further_query(django_assert_num_queries: object) -> None:
    account, people = holding(), People()
    people.represents(account, "ana")
    user = people["ana"]
    later = AT + dt.timedelta(days=1)
    with django_assert_num_queries(1):  # type: ignore[operator]
        (row,) = ACTING(account=account.pk, at=later)
        assert (row.user.email, row.account.holder) == (user.email, account.holder)
    assert row.from_at == AccountRepresentative.objects.get().from_at
    AccountRepresentative.objects.update(until_at=later)
    assert ACTING(account=account.pk, at=later) == []
    assert ACTING(account=account.pk, at=BEFORE - dt.timedelta(days=1)) == []


def test_plain_values_and_slices() -> None:
    for name in ("first", "second", "third"):
        holding(holder=name)
    assert NAMES(party="BR") == ["first", "second"]


def test_postgresql_prepares_it_once() -> None:
    if connection.vendor != "postgresql":
        assert connection.vendor == "sqlite"
        return
    for _ in range(3):
        NAMES(party="BR")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%\"holder\" AS%%LIMIT 2%%'"
        )
        assert cursor.fetchone() == (1,)
