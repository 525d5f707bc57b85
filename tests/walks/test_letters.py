"""Letters of approval: what they need, and what their withdrawal brings about at every stage (para 40(a))."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cdm.acts import requests
from cdm.models import BoardRequest, LetterOfApproval, Project
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.given import World

pytestmark = pytest.mark.django_db


def letter_of(project: Project, party: str = "") -> LetterOfApproval:
    letter: LetterOfApproval = project.letters.get(party=party or project.host_party)
    return letter


def withdraw(world: World, project: Project, party: str = "") -> None:
    letter = letter_of(project, party)
    world.do(letter, "withdraw", f"dna {letter.party}", note="The concession was revoked.")
    project.refresh_from_db()


def issue(world: World, letter: LetterOfApproval, **changed: Any) -> None:
    given = {
        "number": "1/2019",
        "dated_on": world.at.date(),
        "is_voluntary": True,
        "contributes_to_sustainable_development": True,
        "participants": [world.organisations["developer"]],
    }
    world.do(letter, "issue", f"dna {letter.party}", **{**given, **changed})


def ask_for_review(world: World, request: BoardRequest) -> None:
    requests.ask_for_review(
        request, grounds=["additionality"], reasons="Not shown.", by=world.people["dna NL"], at=world.at
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        pytest.param({"is_voluntary": False}, "is_voluntary", id="para 40(a): voluntary participation"),
        pytest.param(
            {"contributes_to_sustainable_development": False},
            "contributes_to_sustainable_development",
            id="para 40(a): the host's sustainable development",
        ),
        pytest.param({"dated_on": dt.date(2019, 6, 4)}, "dated_on", id="a letter of tomorrow"),
        pytest.param({"number": ""}, "number", id="a letter without a number"),
    ],
)
def test_para_40a_a_letter_that_lacks_something_is_not_issued(
    world: World, changed: dict[str, Any], field: str
) -> None:
    project = world.on("2019-06-03").submitted()
    with pytest.raises(Unmet) as refused:
        issue(world, letter_of(project), **changed)
    assert field in {problem.field for problem in refused.value.problems}
    assert letter_of(project).state == "requested"


def test_para_33_a_party_authorises_only_who_asked_it(world: World) -> None:
    project = world.submitted()
    with pytest.raises(Unmet, match="did not ask Brazil"):
        issue(world, letter_of(project), participants=[world.organisations["buyer"]])


def test_a_dna_speaks_for_its_own_party_only(world: World) -> None:
    project = world.submitted()
    letter = letter_of(project)
    for who in ("dna NL", "dna HN", "developer", "secretary"):
        with pytest.raises(Denied):
            world.do(letter, "refuse", who, note="Not ours.")
    assert letter_of(project).state == "requested"


def test_eb_18_para_57_the_hosts_letter_is_enough(world: World) -> None:
    """Unilateral: no other Party at all, or one whose letter is still asked for."""
    for others in ((), ("NL",)):
        project = world.on("2019-03-04").registered(others=others)
        assert project.state == "registered"
    assert letter_of(project, "NL").state == "requested"
    # and the letter can still be given later, so that the buyer may receive units
    assert letter_of(project).state == "issued"


def test_withdrawn_before_publication_the_project_waits_again(world: World) -> None:
    project = world.submitted()
    world.approve(project)
    assert project.state == "host_approved"
    withdraw(world, project)
    assert project.state == "awaiting_host_approval"
    world.do(letter_of(project), "request_again", "developer", note="A new concession.")
    world.approve(project)
    assert project.state == "host_approved"


@pytest.mark.parametrize("stage", ["open_for_comments", "in_validation"])
def test_withdrawn_during_validation_there_is_no_positive_opinion(world: World, stage: str) -> None:
    project = world.on("2019-03-04").published()
    if stage == "in_validation":
        world.after_comments(project)
    withdraw(world, project)
    assert project.state == stage
    if stage == "open_for_comments":
        world.after_comments(project)
    world.attach(project, "validation_report", "validator")
    with pytest.raises(Unmet, match="host Party, Brazil, has not been issued"):
        world.do(project, "give_positive_opinion", "validator", opinion="Fine.")
    world.do(letter_of(project), "request_again", "developer", note="A new concession.")
    world.approve(project)
    world.do(project, "give_positive_opinion", "validator", opinion="Fine.")
    assert project.state == "validated"


def test_withdrawn_after_validation_registration_is_not_requested(world: World) -> None:
    project = world.on("2019-03-04").validated()
    withdraw(world, project)
    request = world.request_for(project, "validator")
    with pytest.raises(Unmet, match="host Party, Brazil"):
        world.do(request, "submit", "validator")
    project.refresh_from_db()
    assert (request.state, project.state) == ("being_prepared", "validated")


@pytest.mark.parametrize(
    "stage",
    ["being_prepared", "completeness_check", "information_check", "returned", "published", "review_requested",
     "under_review"],
)  # fmt: skip
def test_rulebook_2_5_withdrawn_before_registration_it_ends_the_request(world: World, stage: str) -> None:
    project = world.on("2019-03-04").validated()
    request = world.request_for(project, "validator")
    steps = {
        "completeness_check": lambda: world.do(request, "submit", "validator"),
        "information_check": lambda: world.do(request, "pass_completeness", "secretary"),
        "published": lambda: world.do(request, "pass_information", "secretary"),
        "review_requested": lambda: ask_for_review(world, request),
        "under_review": lambda: world.on(f"{world.at.date() + dt.timedelta(days=28)}"),
    }
    if stage == "returned":
        steps["completeness_check"]()
        world.do(request, "return", "secretary", sections=["d"], reasons="No analysis.")
    elif stage != "being_prepared":
        for name, step in steps.items():
            step()
            request.refresh_from_db()
            if name == stage:
                break
    assert request.state == stage
    withdraw(world, project)
    request.refresh_from_db()
    assert (request.state, project.state) == ("withdrawn", "validated")
    assert not project.deadlines.filter(closed_at=None).exists()
    # nothing is left for the clock to register
    world.on("2019-12-01")
    project.refresh_from_db()
    assert project.reference_number is None


def test_another_partys_letter_withdrawn_leaves_the_request(world: World) -> None:
    project = world.on("2019-03-04").validated()
    world.approve(project, "NL")
    request = world.published_request(project, "validator")
    withdraw(world, project, "NL")
    world.after_window(request)
    assert request.state == "registered"


def test_a_refused_letter_is_asked_for_again(world: World) -> None:
    project = world.submitted()
    letter = letter_of(project)
    with pytest.raises(Unmet, match="Reason"):
        world.do(letter, "refuse", "dna BR")
    world.do(letter, "refuse", "dna BR", note="The licence is missing.")
    with pytest.raises(NotOpen):
        issue(world, letter)
    world.do(letter, "request_again", "developer", note="The licence is attached.")
    issue(world, letter)
    project.refresh_from_db()
    assert project.state == "host_approved"
