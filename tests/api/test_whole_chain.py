"""NovaGerar by programs alone: eight seats, one key each, from the draft to units in an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cdm.acts import accounts, comments
from cdm.models import Comment
from cdm.rules import design_document
from registry import verify
from tests.api.conftest import Program, good, problem
from tests.given import World, pdf

pytestmark = pytest.mark.django_db
Programs = Callable[..., Program]


def draft(world: World, developer: Program) -> int:
    """Files the design document part by part, each with the version read before."""
    body = {"title": "Brazil NovaGerar Landfill Gas to Energy Project",
            "developer": world.organisations["developer"].pk}  # fmt: skip
    answer = developer.post("projects/", body)
    key = good(answer, 201)["id"]
    etag = answer["ETag"]
    details = {
        "scale": "large", "started_on": "2004-01-15", "operational_lifetime_years": 21,
        "crediting_kind": "renewable", "crediting_starts_on": "2004-07-01",
        "crediting_ends_on": "2011-06-30", "has_public_funding": False,
    }  # fmt: skip
    answer = developer.patch(f"projects/{key}/", details, if_match=etag)
    good(answer)
    participants = [
        {"organisation": world.organisations["developer"].pk, "party": "BR"},
        {"organisation": world.organisations["buyer"].pk, "party": "NL"},
    ]
    parts = {
        "parties": {"host_party": "BR", "other_parties": ["NL"], "participants": participants},
        "sites": {"sites": [{"name": "Marambaia", "region": "Nova Iguaçu", "latitude": "-22.66",
                             "longitude": "-43.47"}]},
        "methodologies": {"methodologies": [{"code": "AM0003", "version": "1"}]},
        "estimates": {"estimates": [{"year": year, "baseline_t": "671133", "project_t": 1000}
                                    for year in range(2004, 2012)]},
    }  # fmt: skip
    for part, body in parts.items():
        answer = developer.put(f"projects/{key}/{part}/", body, if_match=answer["ETag"])
        good(answer)
    for section in design_document.SECTIONS:
        text = {"key": section.key, "text": f"What {section.title} says."}
        answer = developer.put(f"projects/{key}/sections/", text, if_match=answer["ETag"])
        good(answer)
    assert good(answer)["design_document"]["estimates"][0]["reductions_t"] == "670133"
    return key


def approve(world: World, dna: Program, key: int, party: str, participant: str) -> None:
    (letter,) = good(dna.get("letters-of-approval/", project=key, party=party))["results"]
    body = {
        "number": f"{party}-1", "dated_on": f"{world.at.date()}", "is_voluntary": True,
        "contributes_to_sustainable_development": party == "BR",
        "participants": [world.organisations[participant].pk],
    }  # fmt: skip
    done = good(dna.post(f"letters-of-approval/{letter['id']}/moves/issue/", body))
    assert done["standing"]["state"] == "issued"
    assert done["record"]["sentence"].endswith("Letter of approval issued")


def say_who_speaks(world: World, developer: Program, buyer: Program, key: int) -> None:
    """The developer speaks for both; the fund signs the text it has read, and no other."""
    scopes = [
        {"scope": scope, "held": "sole", "focal_points": [world.organisations["developer"].pk]}
        for scope in ("forwarding", "participants", "other")
    ]
    stated = good(developer.post(f"projects/{key}/modalities-statements/", {"scopes": scopes}), 201)
    place = f"modalities-statements/{stated['id']}/signatures/"
    problem(buyer.post(place, {"content_sha256": "0" * 64}), 422, "unmet")
    good(buyer.post(place, {"content_sha256": stated["content_sha256"]}), 201)
    (found,) = good(buyer.get("modalities-statements/", project=key))["results"]
    assert (found["standing"]["state"], found["still_to_sign"]) == ("in_force", [])


def move(program: Program, place: str, key: int, name: str, **body: Any) -> str:
    return str(good(program.post(f"{place}/{key}/moves/{name}/", body))["standing"]["state"])


def pay(secretary: Program, world: World, key: int, name: str, due: str) -> None:
    body = {"amount_usd": due, "paid_on": f"{world.at.date()}", "bank_reference": f"REF {name}"}
    good(secretary.post(f"board-requests/{key}/moves/{name}/", body))


def test_novagerar_by_programs(world: World, program: Programs) -> None:
    world.on("2004-06-01")
    accounts.set_next_reference_number(
        number=8, reason="As it was", by=world.people["secretary"], at=world.at
    )
    seats = (
        "developer",
        "buyer",
        "validator",
        "verifier",
        "secretary",
        "administrator",
        "second administrator",
        "dna BR",
        "dna NL",
        "member 1",
    )
    people = {who: program(who) for who in seats}
    developer, validator, secretary = people["developer"], people["validator"], people["secretary"]
    nobody = program()

    key = draft(world, developer)
    assert nobody.get(f"projects/{key}/").status_code == 404
    assert move(developer, "projects", key, "submit") == "awaiting_host_approval"
    approve(world, people["dna BR"], key, "BR", "developer")
    approve(world, people["dna NL"], key, "NL", "buyer")
    doe = {"doe": world.organisations["validator"].pk, "function": "validation"}
    good(developer.post(f"projects/{key}/engagements/", doe), 201)
    assert move(validator, "projects", key, "publish") == "open_for_comments"

    said = {"name": "Ana", "organisation": "Neighbours", "email": "ana@example.org", "text": "We live there."}
    taken = good(nobody.post(f"projects/{key}/comments/", said), 201)
    assert taken["standing"] == "unconfirmed"
    comments.confirm(comments.token(Comment.objects.get()), at=world.at)
    (comment,) = good(nobody.get(f"projects/{key}/comments/"))["results"]
    assert "email" not in comment
    good(validator.post(f"comments/{comment['id']}/answer/", {"text": "Taken into account."}))
    finding = good(
        validator.post(f"projects/{key}/findings/", {"kind": "CAR", "section": "(d)", "text": "Show it."}),
        201,
    )

    world.on("2004-07-01")
    report = {"kind": "validation_report", "title": "", "file": pdf()}
    good(validator.upload(f"projects/{key}/documents/", report), 201)
    opinion = {"opinion": "All requirements are met."}
    refused = problem(validator.post(f"projects/{key}/moves/give_positive_opinion/", opinion), 422, "unmet")
    assert refused["problems"] == [
        {
            "sentence": "CAR 1 is open. Close it with a reason, or give a negative opinion.",
            "field": "findings",
        }
    ]
    good(developer.post(f"findings/{finding['id']}/messages/", {"text": "Here it is."}))
    good(validator.post(f"findings/{finding['id']}/close/", {"reason": "Shown."}))
    assert move(validator, "projects", key, "give_positive_opinion", **opinion) == "validated"

    request = good(validator.post(f"projects/{key}/requests/"), 201)["id"]
    refused = problem(validator.post(f"board-requests/{request}/moves/submit/", {}), 422, "unmet")
    assert [one["field"] for one in refused["problems"]] == ["modalities"]
    say_who_speaks(world, developer, people["buyer"], key)
    assert move(validator, "board-requests", request, "submit") == "awaiting_fee"
    (invoice,) = good(secretary.get(f"board-requests/{request}/"))["invoices"]
    assert invoice["due_usd"] == "30000.00"
    pay(secretary, world, request, "record_fee", "30000.00")
    (window,) = good(nobody.get("deadlines/", project=key))["results"]
    assert (window["clock"], window["last_day"], window["then"]) == (
        "review_window",
        "2004-08-26",
        "close_window",
    )
    world.on("2004-08-27")
    project = good(nobody.get(f"projects/{key}/"))
    assert (project["reference"], project["standing"]["state"]) == ("0008", "registered")

    world.on("2008-01-20")
    doe = {"doe": world.organisations["verifier"].pk, "function": "verification"}
    good(developer.post(f"projects/{key}/engagements/", doe), 201)
    days = {"starts_on": "2004-07-01", "ends_on": "2007-12-31"}
    period = good(developer.post(f"projects/{key}/monitoring-periods/", days), 201)["id"]
    good(developer.put(f"monitoring-periods/{period}/amounts/", {"reported": {"1": "67303"}}))
    report = {"kind": "monitoring_report", "file": pdf()}
    good(developer.upload(f"monitoring-periods/{period}/documents/", report), 201)
    move(developer, "monitoring-periods", period, "submit")
    verifier = people["verifier"]
    move(verifier, "monitoring-periods", period, "publish_report")
    report = {"kind": "verification_report", "file": pdf()}
    good(verifier.upload(f"monitoring-periods/{period}/documents/", report), 201)
    amounts = {"verified": {"1": 67303}, "certified": {"1": "67303"}, "opinion": "Verified."}
    assert move(verifier, "monitoring-periods", period, "certify", **amounts) == "certified"
    request = good(verifier.post(f"monitoring-periods/{period}/requests/"), 201)["id"]
    move(verifier, "board-requests", request, "submit")
    world.on("2008-02-05")
    move(people["member 1"], "board-requests", request, "instruct_issuance")
    assert move(people["administrator"], "board-requests", request, "issue") == "issued"

    (issued,) = good(nobody.get("registry/issuances/", project_number=8))["results"]
    assert (issued["quantity"], issued["adaptation_share"], issued["first"]) == ("67303", "1346", "1")
    body = {"organisation": world.organisations["developer"].pk, "party": "BR", "reason": "To receive units"}
    asked_for = good(people["administrator"].post("registry/accounts/", body), 201)["id"]
    approving = f"registry/account-requests/{asked_for}/approve/"
    account = good(people["second administrator"].post(approving))["opened"]
    share = {"account": account, "commitment_period": 1, "quantity": "65957"}
    asked = good(developer.post(f"board-requests/{request}/forwarding-requests/", {"shares": [share]}), 201)
    assert move(people["administrator"], "forwarding-requests", asked["id"], "carry_out") == "forwarded"

    (holding,) = good(developer.get(f"registry/accounts/{account}/holdings/"))
    assert holding == {"party": "BR", "project_number": 8, "unit_type": "CER", "commitment_period": 1,
                       "units": "65957"}  # fmt: skip
    (line,) = good(developer.get(f"registry/accounts/{account}/statement/"))
    assert (line["units_in"], line["balance"], line["serials"]) == ("65957", "65957", ["BR 1347-67303"])
    story = good(nobody.get("registry/serials/BR/1347/"))
    assert [step["is_here_now"] for step in story][-1] is True
    assert story[-1]["account"] == account
    assert good(nobody.get("registry/serials/BR/1/"))[-1]["holder"]
    assert verify.verify_book().ok
    history = good(nobody.get(f"projects/{key}/history/", limit=200))
    assert history["count"] > 20
    assert {"issue", "publish", "carry_out"} <= {record["verb"] for record in history["results"]}
