"""Movements by programs: preview, propose, decide; one entry for each failed check; few queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cdm.api import once
from cdm.models import KeptAnswer
from registry import queries, verify
from registry.models import Account
from registry.models_movements import Movement, MovementCheck
from registry.movements.table import KINDS
from tests.api.conftest import Program, good, problem
from tests.given import World
from tests.registry import given

Programs = Callable[..., Program]

MOVEMENTS = "registry/movements/"


@pytest.fixture
def source(world: World) -> Account:
    """1,000 CERs of BR-0008, represented by the developer and the buyer; the receiving account is trusted."""
    account, people = given.held(1000), given.People()
    people.represented_by(account, world.people["developer"], world.people["buyer"])
    target = given.holding(holder="Receiver", party="NL")
    people.trusted(account, target)
    return account


def cancellation(account: Account, **other: Any) -> dict[str, Any]:
    line = {"party": "BR", "project_number": 8, "unit_type": "CER", "commitment_period": 1}
    units = {**line, **other.pop("line", {"quantity": "100"})}
    wanted = {
        "kind": "voluntary_cancellation",
        "source": account.identifier,
        "units": [units],
        "reason": "asked for",
    }
    return wanted | other


def test_one_previews_and_proposes_and_another_approves(program: Programs, source: Account) -> None:
    one, other = program("developer"), program("buyer")
    body = cancellation(source, line={"serials": "BR 41-140"}, beneficiary="Oslo Marathon")
    before = given.contents()
    shown = good(one.post(f"{MOVEMENTS}preview/", body))
    assert shown["lines"][0]["serials"] == ["BR 41-140"]
    assert (shown["units"], shown["share"]["units"], shown["passes"]) == ("100", "0", True)
    assert shown["share"]["none_because"].startswith("A share is taken when units are issued")
    assert "Nobody can undo this" in shown["warning"]
    assert given.contents() == before and not Movement.objects.exists()

    made = good(one.post(MOVEMENTS, body, idempotency_key="mine"), 201)
    assert good(one.post(MOVEMENTS, body, idempotency_key="mine"), 201)["id"] == made["id"]
    problem(one.post(MOVEMENTS, body | {"reason": "other"}, idempotency_key="mine"), 422, "key-reused")
    assert (made["state"], made["units"], made["transaction_type"]) == ("awaiting_approval", "100", 4)
    address = f"{MOVEMENTS}{made['id']}/"
    page = good(other.get(address))
    assert page["serials"] == ["BR 41-140"] and page["may"] == {
        "approve": True,
        "reject": True,
        "cancel": True,
    }
    assert [row["id"] for row in good(other.get(f"{MOVEMENTS}awaiting/"))["results"]] == [made["id"]]
    assert good(one.get(f"{MOVEMENTS}awaiting/"))["count"] == 0

    problem(one.post(f"{address}approve/"), 403, "denied")
    problem(other.post(f"{address}approve/", if_match='"2"'), 409, "stale")
    done = good(other.post(f"{address}approve/", if_match='"1"', idempotency_key="a"))
    assert done["state"] == "completed"
    again = other.post(f"{address}approve/", if_match='"1"', idempotency_key="a")
    assert good(again) == done and again["Idempotent-Replayed"] == "true"
    problem(other.post(f"{address}approve/"), 409, "not-open")
    assert good(other.get(address))["attestation"]
    assert queries.balance(source) == 900
    assert verify.verify_book().ok


@pytest.mark.parametrize(("act", "who"), [("reject", "buyer"), ("cancel", "developer")])
def test_it_is_rejected_or_taken_back_with_a_reason(
    program: Programs, source: Account, act: str, who: str
) -> None:
    made = good(program("developer").post(MOVEMENTS, cancellation(source)), 201)
    address = f"{MOVEMENTS}{made['id']}/{act}/"
    problem(program(who).post(address, {"reason": " "}), 422, "unmet")
    ended = good(program(who).post(address, {"reason": "A mistake"}))
    assert ended["state"] == {"reject": "rejected", "cancel": "cancelled"}[act]
    assert ended["transaction_status"] == {"reject": 6, "cancel": 7}[act]
    assert queries.balance(source) == 1000


def test_every_failed_check_is_an_entry_with_its_number(program: Programs, source: Account) -> None:
    stranger = given.holding(holder="Unknown", party="NL")
    body = cancellation(
        source, kind="internal_transfer", target=stranger.identifier, line={"quantity": "1001"}
    )
    refused = problem(program("developer").post(MOVEMENTS, body), 422, "unmet")
    # BR-0008 is no project of the life cycle, so nobody knows its participants
    assert [one["check"] for one in refused["problems"]] == [3001, 4003]
    assert refused["problems"][0]["sentence"] == (
        f"The account “{source}” holds only 1,000 of the 1,001 CERs of project BR-0008, period 1."
    )
    kept = good(program("developer").get(f"{MOVEMENTS}{refused['movement']}/"))
    assert kept["state"] == "terminated"
    assert {check["number"]: check["outcome"] for check in kept["checks"]}[4003] == "failed"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "issuance"}, "kind"),
        ({"source": "BR-100-1-0-99"}, "source"),
        ({"units": []}, ""),
        ({"line": {"quantity": "1.5"}}, "units.0.quantity"),
        ({"line": {"quantity": "1", "serials": "BR 1"}}, "units.0"),
        ({"line": {"serials": "BR 9-1"}}, "units.0.serials"),
        ({"line": {"quantity": "0"}}, ""),
        ({"basis": "EB 1"}, ""),
        ({"reason": ""}, "reason"),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(
    program: Programs, source: Account, change: dict[str, Any], field: str
) -> None:
    before = given.contents()
    refused = problem(program("developer").post(MOVEMENTS, cancellation(source, **change)), 422, "unmet")
    assert refused["problems"][0]["field"] == field
    assert given.contents() == before and not Movement.objects.exists()


def test_what_is_not_ones_own_is_not_there(program: Programs, source: Account) -> None:
    made = good(program("developer").post(MOVEMENTS, cancellation(source)), 201)
    stranger, nobody, keeper = program("validator"), program(), program("administrator")
    address = f"{MOVEMENTS}{made['id']}/"
    problem(stranger.get(address), 404, "not-found")
    problem(stranger.post(f"{address}approve/"), 404, "not-found")
    problem(stranger.post(MOVEMENTS, cancellation(source)), 403, "denied")
    problem(nobody.get(MOVEMENTS), 401, "not-signed-in")
    problem(nobody.post(MOVEMENTS, cancellation(source)), 401, "not-signed-in")
    problem(program("developer", may_write=False).post(MOVEMENTS, cancellation(source)), 403, "denied")
    assert good(stranger.get(MOVEMENTS))["count"] == 0
    assert good(keeper.get(MOVEMENTS, account=source.identifier))["count"] == 1
    assert good(keeper.get(MOVEMENTS, state="completed"))["count"] == 0
    problem(keeper.get(MOVEMENTS, account="BR-1"), 422, "unmet")
    assert good(keeper.post(f"{address}approve/"))["state"] == "completed"


def test_the_table_and_the_holdings_are_public(program: Programs, source: Account) -> None:
    table = good(program().get("registry/movement-kinds/"))
    assert [row["kind"] for row in table] == [kind.value for kind in KINDS]
    asked = {"party": "BR", "project_number": 8, "unit_type": "CER", "account_type": "holding"}
    assert good(program().get("registry/holdings/", **asked))["results"] == [
        {
            "party": "BR",
            "project_number": 8,
            "unit_type": "CER",
            "commitment_period": 1,
            "account_type": "holding",
            "units": "1000",
        }
    ]
    assert good(program().get("registry/holdings/", commitment_period=2))["count"] == 0
    problem(program().get("registry/holdings/", unit_type="EUA"), 422, "unmet")


def test_proposing_and_approving_ask_the_database_little(program: Programs, source: Account) -> None:
    """Counted with everything around them, the key of the program included; the bounds have no room to spare."""
    one, other = program("developer"), program("buyer")
    good(one.post(MOVEMENTS, cancellation(source)), 201)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        made = good(one.post(MOVEMENTS, cancellation(source), idempotency_key="k"), 201)
    proposing = [row["sql"] for row in asked.captured_queries]
    with CaptureQueriesContext(connection) as asked:
        good(other.post(f"{MOVEMENTS}{made['id']}/approve/"))
    approving = [row["sql"] for row in asked.captured_queries]
    assert len(proposing) <= 22, "\n".join(proposing)
    # three of them find who is told of the units that moved (rulebook 4.3)
    assert len(approving) <= 31, "\n".join(approving)


def test_an_approval_that_fails_its_checks_is_not_kept_as_an_answer_but_its_checks_are(
    program: Programs, source: Account
) -> None:
    """What it says now is on record; the same request goes through once the account is open again."""
    one, other = program("developer"), program("buyer")
    address = f"{MOVEMENTS}{good(one.post(MOVEMENTS, cancellation(source)), 201)['id']}/approve/"
    Account.objects.filter(pk=source.pk).update(state="suspended")
    failed = problem(other.post(address, idempotency_key="a"), 422, "unmet")
    assert [row["check"] for row in failed["problems"]] == [1001]
    assert not KeptAnswer.objects.exists()
    assert MovementCheck.objects.filter(stage="approval", outcome="failed", number=1001).count() == 1
    Account.objects.filter(pk=source.pk).update(state="open")
    assert good(other.post(address, idempotency_key="a"))["state"] == "completed"
    assert KeptAnswer.objects.get().status == 200


def test_an_answer_that_cannot_be_kept_leaves_the_work_undone(
    program: Programs, source: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are one transaction: a process that ends in between has done neither."""
    one, other = program("developer"), program("buyer")
    made = good(one.post(MOVEMENTS, cancellation(source)), 201)

    class Killed(BaseException):
        pass

    def killed(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(once, "_fill", killed)
    before = given.contents()
    with pytest.raises(Killed):
        other.post(f"{MOVEMENTS}{made['id']}/approve/", idempotency_key="a")
    assert given.contents() == before
    assert str(Movement.objects.get().state) == "awaiting_approval"
    assert not KeptAnswer.objects.exists()
