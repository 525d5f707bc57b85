"""A review by programs alone: assessed, proposed, objected to, put to a meeting, voted; and who is kept out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from cdm.acts import people
from cdm.models import Assessment, BoardMatter, Vote
from tests.api.conftest import Program, good, problem
from tests.given import World

pytestmark = pytest.mark.django_db
Programs = Callable[..., Program]


def test_a_review_from_the_assessments_to_the_vote(world: World, program: Programs) -> None:
    request = world.published_request(world.validated(others=()), "validator")
    matter = world.under_review(request)
    at = f"board-matters/{matter.pk}"
    secretary, anybody = program("secretary"), program()
    expert = next(who for who, user in world.people.items() if user == world.expert_of(matter))
    given = {"recommendation": "reject", "text": "Not shown."}
    problem(program("developer").post(f"{at}/assessments/", given), 403, "denied")
    problem(program(expert).post(f"{at}/assessments/", {**given, "recommendation": "perhaps"}), 422, "unmet")
    assert not Assessment.objects.exists()
    good(program(expert).post(f"{at}/assessments/", given), 201)
    good(secretary.post(f"{at}/assessments/", given), 201)
    text = {"outcome": "reject", "reasons": "Not additional."}
    good(secretary.post(f"{at}/moves/propose/", text))
    # what is not decided yet is read inside only
    assert good(anybody.get(f"{at}/"))["outcome"] == ""
    problem(program("developer").get(f"{at}/text/"), 403, "denied")
    assert good(program("member 2").get(f"{at}/text/"))["reasons"] == "Not additional."
    good(program("member 2").post(f"{at}/moves/object/", {"note": "It is shown."}))
    day = f"{world.at.date() + dt.timedelta(days=14)}"
    meeting = good(
        secretary.post("board/meetings/", {"number": 103, "starts_on": day, "ends_on": day, "place": "Bonn"}),
        201,
    )
    assert meeting["agenda"] == [matter.pk]
    world.on(day)
    room = f"board/meetings/{meeting['id']}/"
    for number in (1, 2, 4, 5, 6, 8):
        good(secretary.post(room, {"act": "come", "membership": world.office(f"member {number}").pk}))
    chair = program("member 3")
    good(chair.post(room, {"act": "come"}))
    good(chair.post(room, {"act": "open"}))
    people.record_conflict(
        user=world.people["member 8"],
        project=request.project,
        reason="Advised it.",
        by=world.people["member 8"],
        at=world.at,
    )
    problem(program("member 8").post(f"{at}/votes/", {"choice": "against"}), 403, "denied")
    problem(program("alternate 2").post(f"{at}/votes/", {"choice": "against"}), 422, "unmet")
    assert not Vote.objects.exists()
    good(chair.post(f"{at}/text/", {"outcome": "approve", "reasons": "Shown."}), 201)
    good(chair.post(f"{at}/votes/", {"choice": "in_favour"}), 201)
    good(chair.post(f"{at}/moves/adopt_by_vote/", {}))
    found = good(anybody.get(f"{at}/"))
    assert (found["outcome"], found["reasons"], found["decided_by"]) == ("approve", "Shown.", "vote")
    good(chair.post(room, {"act": "close"}))
    assert BoardMatter.objects.get().state == "decided"


def test_members_are_entered_and_elected(world: World, program: Programs) -> None:
    assert len(good(program().get("board/members/"))) == 20
    nobody = {"user": world.people["expert 1"].pk, "constituency": "african", "group": "non_annex_i",
              "starts_on": "2019-06-03"}  # fmt: skip
    problem(program("member 1").post("board/members/", nobody), 403, "denied")
    problem(program("secretary").post("board/members/", nobody), 422, "unmet")
    came = good(
        program("secretary").post("board/members/", {**nobody, "succeeds": world.office("member 1").pk}), 201
    )
    assert (came["ends_on"], came["oath_on"]) == ("2021-06-02", None)
    good(program("secretary").post(f"board/members/{came['id']}/oath/", {"on": "2019-06-03"}))
    elected = {"year": 2019, "chair": world.office("member 5").pk, "vice_chair": came["id"]}
    assert len(good(program("secretary").post("board/elections/", elected), 201)) == 2
