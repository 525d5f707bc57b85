"""PostgreSQL was restarted between two requests: the first question of the next one finds out and asks anew."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.models import BigIntegerField

from registry.models import Account
from registry.prepared import Prepared, ask
from tests.registry import given

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNT = Prepared(lambda pk: Account.objects.filter(pk=pk), pk=BigIntegerField())


def lose() -> None:
    """End the session of this thread's connection, as a restart of the server does."""
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    finally:
        other.close()


def begin_a_request() -> None:
    connection.close_if_unusable_or_obsolete()
    assert not connection.health_check_done


def test_a_question_is_asked_anew() -> None:
    account = given.holding()
    assert ACCOUNT.first(pk=account.pk) == account
    begin_a_request()
    lose()
    assert ACCOUNT.first(pk=account.pk) == account
    assert connection.health_check_done


def test_what_writes_is_not_done_twice_but_finds_out_before() -> None:
    given.holding()
    begin_a_request()
    lose()
    # the look at the connection comes first, so that the statement runs once, on a new one
    assert ask(connection, "SELECT %s::bigint", [7]) == [(7,)]


def test_in_the_midst_of_a_request_it_is_an_error() -> None:
    account = given.holding()
    begin_a_request()
    assert ACCOUNT.first(pk=account.pk) == account
    lose()
    with pytest.raises(OperationalError):
        ACCOUNT.first(pk=account.pk)
    connection.close()
    with pytest.raises(OperationalError), transaction.atomic():
        ACCOUNT.first(pk=account.pk)
        lose()
        ACCOUNT.first(pk=account.pk)
    connection.close()
    assert ACCOUNT.first(pk=account.pk) == account


def test_after_a_rollback_a_statement_is_prepared_anew() -> None:
    """The driver throws away all that is prepared in a session that rolled back, before its next statement."""
    account = given.holding()

    def prepared() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%registry_account%'"
            )
            return int(cursor.fetchone()[0])

    assert ACCOUNT.first(pk=account.pk) == account
    assert prepared() == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ACCOUNT.first(pk=account.pk)
        raise ZeroDivisionError
    assert prepared() == 0
    assert ACCOUNT.first(pk=account.pk) == account
    assert prepared() == 1
