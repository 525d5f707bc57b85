"""Accounts by programs: asked for with one key, approved with another's; once, and with the sentences of the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from registry.models_accounts import AccountRequest
from tests.api.conftest import Program, good, problem
from tests.given import World

pytestmark = pytest.mark.django_db
Programs = Callable[..., Program]


def test_an_account_is_opened_and_changed(world: World, program: Programs) -> None:
    first, second, holder = program("administrator"), program("second administrator"), program("developer")
    body = {
        "organisation": world.organisations["developer"].pk,
        "party": "BR",
        "representatives": ["developer@example.org"],
        "reason": "Letter of 3 May",
    }
    asked = good(first.post("registry/accounts/", body, Idempotency_Key="a"), 201)
    again = good(first.post("registry/accounts/", body, Idempotency_Key="a"), 201)
    assert (again["id"], AccountRequest.objects.count()) == (asked["id"], 1)
    assert (asked["state"], asked["opened"], asked["type"]) == ("awaiting_approval", None, "holding")
    assert asked["changes"] == [{"act": "add", "representative": "developer@example.org", "trusted": None}]
    approving = f"registry/account-requests/{asked['id']}/approve/"
    refused = problem(first.post(approving), 403, "denied")
    assert "another registry administrator has to approve it" in refused["detail"]
    problem(holder.post(approving), 404, "not-found")
    account = good(second.post(approving))["opened"]
    problem(second.post(approving), 409, "not-open")
    whole = good(holder.get(f"registry/accounts/{account}/"))
    assert [one["email"] for one in whole["representatives"]] == ["developer@example.org"]

    url = f"registry/accounts/{account}/requests/"
    change = {
        "kind": "change_representatives",
        "add_representatives": ["Buyer@Example.org"],
        "reason": "Holiday",
    }
    earlier = good(holder.post(url, {"kind": "suspend", "reason": "A lost key"}), 201)["id"]
    late = good(holder.post(url, change), 201)["id"]
    good(first.post(f"registry/account-requests/{late}/approve/", {"reason": "Seen."}))
    assert [one["email"] for one in good(program("buyer").get(f"registry/accounts/{account}/"))["representatives"]] == [
        "developer@example.org", "buyer@example.org",
    ]  # fmt: skip
    problem(first.post(f"registry/account-requests/{earlier}/approve/"), 409, "stale")
    problem(holder.post(f"registry/account-requests/{earlier}/cancel/", {"reason": ""}), 422, "unmet")
    good(holder.post(f"registry/account-requests/{earlier}/cancel/", {"reason": "Found."}))
    other = world.account("buyer", "NL").identifier
    trusting = {"kind": "change_trusted_accounts", "add_trusted": [other], "reason": "Sold"}
    third = good(holder.post(url, trusting), 201)["id"]
    good(second.post(f"registry/account-requests/{third}/approve/"))
    (trusted,) = good(holder.get(f"registry/accounts/{account}/"))["trusted_accounts"]
    assert trusted["identifier"] == other
    listed = good(holder.get("registry/account-requests/", state="cancelled"))
    assert [one["id"] for one in listed["results"]] == [earlier]
    assert good(program("verifier").get("registry/account-requests/"))["count"] == 0
    assert good(program("administrator").get("registry/account-requests/"))["count"] == 5


def test_what_is_refused_is_said(world: World, program: Programs) -> None:
    account, first = world.account(), program("administrator")
    retirement = {"type": "retirement", "holder": "Brazil", "party": "BR", "reason": "Note"}
    assert "BR is not one" in problem(first.post("registry/accounts/", retirement), 422, "unmet")["detail"]
    good(first.post("registry/accounts/", retirement | {"party": "NL"}), 201)
    for missing in ({"party": "NL", "reason": "x"}, {"party": "NL", "type": "retirement", "reason": "x"}):
        answer = problem(first.post("registry/accounts/", missing), 422, "unmet")
        assert "Name an organisation, or the type of account and its holder." in answer["detail"]
    problem(program("developer").post("registry/accounts/", retirement), 403, "denied")
    url = f"registry/accounts/{account.identifier}/requests/"
    for body, says in (
        ({"kind": "close", "reason": " "}, "reason is empty"),
        ({"kind": "open", "reason": "x"}, "not a valid choice"),
        ({"kind": "close", "reason": "x", "end_trusted": ["BR-100-1-0-2"]}, "check digits"),
        (
            {"kind": "suspend", "reason": "x", "add_representatives": ["no@example.org"]},
            "Nobody signs in with",
        ),
        ({"kind": "reopen", "reason": "x"}, "is open"),
    ):
        assert says in problem(first.post(url, body), 422, "unmet")["detail"], body
    problem(program("developer").post(url, {"kind": "reopen", "reason": "x"}), 403, "denied")
    problem(program("buyer").post(url, {"kind": "close", "reason": "x"}), 404, "not-found")
    problem(program("secretary").post(url, {"kind": "close", "reason": "x"}), 403, "denied")
    assert AccountRequest.objects.filter(account=account).count() == 0
