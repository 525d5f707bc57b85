"""Operational entities for programs: an application to its end, who sees what, refusals that change nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cdm import units
from cdm.acts import people
from cdm.models import EntityAccreditation, ExcessIssuance
from registry import book
from registry.models import Account
from tests import entities
from tests.api.conftest import good, problem
from tests.given import World

pytestmark = pytest.mark.django_db
Programs = Callable[..., Any]


def test_an_application_goes_its_whole_way_over_the_interface(world: World, program: Programs) -> None:
    doe = entities.entity(world)
    body = {"scopes": [{"function": "validation", "sectoral_scope": 13}], "statement": "As in Appendix A."}
    problem(program("verifier").post(f"entities/{doe.pk}/accreditations/", body), 403, "denied")
    wrong = {"scopes": [{"function": "validation", "sectoral_scope": 17}], "statement": "As in Appendix A."}
    refused = problem(program("entity").post(f"entities/{doe.pk}/accreditations/", wrong), 422, "unmet")
    assert "There is no sectoral scope 17." in str(refused)
    assert not EntityAccreditation.objects.exists()
    made = good(program("entity").post(f"entities/{doe.pk}/accreditations/", body), 201)
    at = f"accreditations/{made['id']}"
    problem(program("").get(f"{at}/"), 404, "not-found")
    good(program("secretary").post(f"{at}/moves/take_up/", {}))
    assessment = {"standards_are_met": True, "assessment": "All is met."}
    good(program("secretary").post(f"{at}/moves/record_assessment/", assessment))
    problem(program("member 1").post(f"{at}/moves/accredit/", {"note": "As recommended."}), 403, "denied")
    matter = good(program("secretary").get("board-matters/", entity=doe.pk))["results"][0]
    assert (matter["kind"], matter["accreditation"], matter["project"]) == ("accreditation", made["id"], None)
    before = f"board-matters/{matter['id']}"
    for who in ("", "verifier"):
        problem(program(who).get(f"{before}/"), 404, "not-found")
        assert good(program(who).get("board-matters/"))["results"] == []
    refused = program("secretary").post(
        f"{before}/moves/recommend/", {"outcome": "suspend", "reasons": "No."}
    )
    assert "The Board decides there among: “Accredit the entity”" in str(problem(refused, 422, "unmet"))
    body = {"outcome": "accredit", "reasons": "As recommended."}
    good(program("secretary").post(f"{before}/moves/recommend/", body))
    assert good(program("member 2").get(f"{before}/text/"))["outcome"] == "accredit"
    world.meeting(300)
    good(program("member 2").post(f"{before}/votes/", {"choice": "in_favour"}), 201)
    good(program("member 3").post(f"{before}/moves/adopt_by_vote/", {}))
    decided = good(program("").get(f"{before}/"))
    assert (decided["outcome"], decided["reasons"], decided["decided_by"]) == (
        "accredit", "As recommended.", "vote",
    )  # fmt: skip
    seen = good(program("").get(f"{at}/"))
    assert seen["standing"]["public"] == "Accredited and provisionally designated"
    assert seen["scopes"] == [
        {
            "function": "validation", "sectoral_scope": 13, "from_on": "2019-06-03", "until_on": "2024-06-02",
            "ended_on": None,
        }
    ]  # fmt: skip
    found = good(program("").get("accreditations/", sectoral_scope=13, state="accredited"))
    assert [one["id"] for one in found["results"]] == [made["id"]]
    deadlines = good(program("").get("deadlines/", machine="accreditation"))["results"]
    assert [(one["project"], one["last_day"]) for one in deadlines] == [(None, "2024-06-02")]
    order = {"note": "Complaints"}
    good(program("member 1").post(f"{at}/moves/order_spot_check/", order))
    refused = problem(program("secretary").post(f"{at}/matters/", {"reason": "Complaints"}), 422, "unmet")
    assert "no possibility of a hearing" in str(refused)


def test_an_applicant_is_seen_by_its_own_people_and_those_who_decide_without_a_conflict(
    world: World, program: Programs
) -> None:
    doe = entities.entity(world)
    entities.applied(world)
    people.record_conflict(
        user=world.people["member 4"], organisation=doe, reason="Shares", by=world.people["member 4"], at=world.at
    )  # fmt: skip
    seen = {
        who: good(program(who).get("accreditations/"))["count"]
        for who in (
            "",
            "developer",
            "verifier",
            "entity",
            "secretary",
            "member 1",
            "member 4",
            "administrator",
        )
    }
    assert seen == {
        "": 0, "developer": 0, "verifier": 0, "entity": 1, "secretary": 1, "member 1": 1, "member 4": 0,
        "administrator": 1,
    }  # fmt: skip


def test_an_excess_issuance_is_replaced_over_the_interface(world: World, program: Programs) -> None:
    world.on("2019-01-07")
    project = world.registered(crediting_from="2019-04-01")
    world.on("2020-02-03")
    request = world.issued(project, "2019-04-01", "2019-12-31", {2: 5_000})
    world.do(world.forwarding_asked(request, [(world.account(), 2, 4_900)]), "carry_out", "administrator")
    entities.suspended(world, entities.taken_over(world, "verifier"), "verifier")
    doe = world.organisations["verifier"]
    body = {"project": project.pk, "reason": "Meters were read twice."}
    problem(program("secretary").post(f"entities/{doe.pk}/excess-issuances/", body), 403, "denied")
    made = good(program("member 1").post(f"entities/{doe.pk}/excess-issuances/", body), 201)
    at = f"excess-issuances/{made['id']}"
    matter = good(program("").get("board-matters/", entity=doe.pk, state="awaiting_recommendation"))
    before = f"board-matters/{matter['results'][0]['id']}"
    found = {"outcome": "determine", "reasons": "Twice.", "excess": 8, "participants_could_be_heard": True}
    good(program("secretary").post(f"{before}/moves/recommend/", found))
    world.meeting(300)
    good(program("member 1").post(f"{before}/text/", {**found, "excess": "7"}), 201)
    good(program("member 1").post(f"{before}/moves/adopt_by_consensus/", {}))
    assert good(program("").get(f"{before}/"))["excess"] == "7"
    book.transfer(
        source=Account.objects.get(holder="EcoSecurities"), target=entities.account(world), party="BR",
        project_number=1, commitment_period=2, quantity=20, by=world.people["administrator"], at=world.at,
        reason="Sold", key="sale",
    )  # fmt: skip
    key = next(iter(units.holdings_of(doe)))
    refused = program("verifier").post(f"{at}/moves/cancel_units/", {"holding": key, "quantity": 8})
    assert "8 units are more than is due" in str(problem(refused, 422, "unmet"))
    good(program("verifier").post(f"{at}/moves/cancel_units/", {"holding": key, "quantity": "3"}))
    good(program("verifier").post(f"{at}/moves/cancel_units/", {"holding": key, "quantity": 4}))
    read = good(program("").get(f"{at}/"))
    assert (read["standing"]["state"], read["replaced"], read["remaining"]) == ("fulfilled", "7", "0")
    assert [one["quantity"] for one in read["cancellations"]] == ["3", "4"]
    assert ExcessIssuance.objects.get().cancellations.count() == 2
