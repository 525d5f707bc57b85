"""Two administrators at the same request, and two requests at the same account, on PostgreSQL with real threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from registry import account_requests, people
from registry.models import Account
from registry.models_accounts import AccountRepresentative, AccountRequest
from tests.given import World
from tests.races.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def approving(world: World, request: AccountRequest) -> Callable[[], AccountRequest]:
    return lambda: account_requests.approve(
        request=request, by=world.people["second administrator"], at=world.at
    )


def test_a_request_is_carried_out_once() -> None:
    world = World()
    asked: dict[str, Any] = {"type": "holding", "party": "BR", "holder": "Once", "reason": "x"}
    act = {"by": world.people["administrator"], "at": world.at}
    made = at_once(
        [lambda: account_requests.propose_opening(**asked, **act, key="k") for _ in range(THREADS)]
    )
    assert len({one.pk for one in made}) == 1, made
    results = at_once([approving(world, made[0]) for _ in range(THREADS)])
    done = [one for one in results if isinstance(one, AccountRequest)]
    refused = [one for one in results if isinstance(one, account_requests.AlreadyDecided)]
    assert (len(done), len(refused)) == (1, THREADS - 1), results
    assert Account.objects.filter(holder="Once").count() == 1


def test_nobody_becomes_the_fourth_representative() -> None:
    """By the doors, and past them: the wall lets one at a time name a representative of a temporary account."""
    world = World()
    account = world.account("buyer", "NL")
    users = [world.people[f"member {number}"] for number in range(1, 5)]
    requests = [
        account_requests.propose_change(
            kind="change_representatives",
            account=account,
            add_representatives=[user],
            by=world.people["administrator"],
            at=world.at,
            reason="x",
            key=f"k{user.pk}",
        )
        for user in users
    ]
    results = at_once([approving(world, request) for request in requests])
    assert sum(isinstance(one, AccountRequest) for one in results) == 1, results
    other = world.account("buyer", "NL")
    results = at_once(
        [
            lambda user=user: AccountRepresentative.objects.create(  # type: ignore[misc]
                account=other, user=user, from_at=world.at
            )
            for user in users
        ]
    )
    assert sum(isinstance(one, AccountRepresentative) for one in results) == 1, results
    assert all(isinstance(one, AccountRepresentative | IntegrityError) for one in results), results
    for one in (account, other):
        assert people.representatives_of(one, world.at).count() == 3
