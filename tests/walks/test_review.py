"""Reviews: who can bring one about, replies, the Board's decision, and what follows from it (paras 41, 42, 65)."""

from __future__ import annotations

import datetime as dt

import pytest

from cdm.acts import comments, people, requests
from cdm.models import BoardRequest
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.given import World, instant
from tests.walks.days import first_second_after, last_second_of

pytestmark = pytest.mark.django_db


def ask(world: World, request: BoardRequest, who: str, *grounds: str) -> None:
    requests.ask_for_review(
        request,
        grounds=grounds or ["additionality"],
        reasons="It is not shown.",
        by=world.people[who],
        at=world.at,
    )
    request.refresh_from_db()


def reply(world: World, request: BoardRequest, who: str) -> None:
    requests.reply(request, text="It is shown in annex 3.", by=world.people[who], at=world.at)
    request.refresh_from_db()


@pytest.fixture
def request_(world: World) -> BoardRequest:
    """A request for registration in its window, in 2019."""
    return world.published_request(world.on("2019-03-01").validated(), "validator")


def under_review(world: World, request: BoardRequest) -> None:
    ask(world, request, "dna BR")
    reply(world, request, "developer")
    reply(world, request, "validator")


def test_para_41_one_party_involved_is_enough(world: World, request_: BoardRequest) -> None:
    ask(world, request_, "dna NL")
    assert request_.state == "review_requested"


def test_para_41_two_members_are_not_enough_and_the_third_is(world: World, request_: BoardRequest) -> None:
    ask(world, request_, "member 1")
    ask(world, request_, "member 2")
    assert request_.state == "published"
    last_second_of(world, request_.window_last_day)
    ask(world, request_, "member 3")
    assert request_.state == "review_requested"


def test_para_41_the_third_member_is_too_late_the_day_after(world: World, request_: BoardRequest) -> None:
    ask(world, request_, "member 1")
    ask(world, request_, "member 2")
    first_second_after(world, request_.window_last_day, clocks_run=False)
    with pytest.raises(NotOpen):
        ask(world, request_, "member 3")
    request_.refresh_from_db()
    assert request_.state == "registered"


def test_a_member_asks_once(world: World, request_: BoardRequest) -> None:
    ask(world, request_, "member 1")
    with pytest.raises(Unmet, match="You have asked for a review already"):
        ask(world, request_, "member 1")


def test_para_8f_a_member_with_a_conflict_of_interest_is_refused(
    world: World, request_: BoardRequest
) -> None:
    people.record_conflict(
        user=world.people["member 1"],
        organisation=world.organisations["developer"],
        reason="Owns shares.",
        by=world.people["secretary"],
        at=world.at,
    )
    with pytest.raises(Denied, match="recorded conflict of interest"):
        ask(world, request_, "member 1")
    for member in ("member 2", "member 3", "member 4"):
        ask(world, request_, member)
    reply(world, request_, "developer")
    reply(world, request_, "validator")
    matter = world.proposed(request_, "reject")
    with pytest.raises(Denied, match="recorded conflict of interest"):
        world.do(matter, "object", "member 1", "No.")


@pytest.mark.parametrize("who", ["dna HN", "developer", "validator", "secretary", "administrator"])
def test_para_41_others_cannot_ask_for_a_review(world: World, request_: BoardRequest, who: str) -> None:
    """The DNA of a Party that is not involved is nobody here."""
    with pytest.raises(Denied):
        ask(world, request_, who)
    assert not request_.review_requests.exists()


def test_para_41a_only_permitted_grounds(world: World, request_: BoardRequest) -> None:
    with pytest.raises(Unmet, match="at least one ground"):
        requests.ask_for_review(
            request_, grounds=[], reasons="Why not.", by=world.people["dna BR"], at=world.at
        )
    with pytest.raises(Unmet, match="not a permitted ground"):
        ask(world, request_, "dna BR", "fraud")


def test_rulebook_2_7_replies_until_the_28th_day_the_notice_counted(
    world: World, request_: BoardRequest
) -> None:
    ask(world, request_, "dna BR")
    last_day = world.at.date() + dt.timedelta(days=27)
    last_second_of(world, last_day)
    reply(world, request_, "developer")
    assert request_.state == "review_requested"
    with pytest.raises(Unmet, match="replied already"):
        reply(world, request_, "developer")
    first_second_after(world, last_day)
    request_.refresh_from_db()
    assert request_.state == "under_review"
    with pytest.raises(NotOpen):
        reply(world, request_, "validator")


def test_4_cmp_1_annex_iii_replies_within_five_working_days_in_2005(world: World) -> None:
    request = world.published_request(world.on("2005-03-01").validated(), "validator")
    world.at = instant("2005-04-08")  # a Friday
    ask(world, request, "dna BR")
    last_second_of(world, dt.date(2005, 4, 15))
    request.refresh_from_db()
    assert request.state == "review_requested"
    first_second_after(world, dt.date(2005, 4, 15))
    request.refresh_from_db()
    assert request.state == "under_review"


def test_both_replies_start_the_review_at_once(world: World, request_: BoardRequest) -> None:
    under_review(world, request_)
    assert request_.state == "under_review"


def test_para_41b_the_board_registers_with_reasons(world: World, request_: BoardRequest) -> None:
    submitted_on = world.at.date()
    under_review(world, request_)
    world.decided(request_, "approve", "Annex 3 shows it.")
    project = request_.project
    project.refresh_from_db()
    assert (request_.state, project.state) == ("registered", "registered")
    assert project.registered_on == submitted_on
    decision = request_.decisions.get()
    assert (decision.outcome, decision.reasons) == ("approve", "Annex 3 shows it.")


def test_in_2005_effective_on_the_day_of_the_boards_decision(world: World) -> None:
    project = world.on("2005-03-01").validated()
    request = world.published_request(project, "validator")
    under_review(world, request)
    world.on("2005-06-20").decided(request, "approve", "Shown.")
    project.refresh_from_db()
    assert project.registered_on == dt.date(2005, 6, 20)


def test_para_42_rejected_revised_and_validated_again_with_new_comments(
    world: World, request_: BoardRequest
) -> None:
    project = request_.project
    under_review(world, request_)
    world.decided(request_, "reject", "Not additional.")
    project.refresh_from_db()
    assert (project.state, project.reference_number) == ("rejected", None)
    with pytest.raises(Unmet, match="How the reasons will be addressed"):
        world.do(project, "revise", "developer")
    world.do(project, "revise", "developer", note="A new investment analysis.")
    assert (project.state, project.round) == ("draft", 2)
    world.do(project, "submit", "developer")
    # the letter of the host stands; the document is published and commented again
    assert project.state == "host_approved"
    world.do(project, "publish", "validator")
    assert project.comments_close_on == world.at.date() + dt.timedelta(days=29)
    second = world.comment(project, "The new analysis is better.")
    assert second.round == 2
    world.after_comments(project)
    with pytest.raises(Unmet) as refused:
        world.do(project, "give_positive_opinion", "validator", opinion="Fine.")
    # the report of the first round does not count for the second
    assert {problem.field for problem in refused.value.problems} == {"comments", "documents"}
    comments.answer(second, text="Noted.", by=world.people["validator"], at=world.at)
    world.attach(project, "validation_report", "validator")
    world.do(project, "give_positive_opinion", "validator", opinion="All requirements are met.")
    again = world.published_request(project, "validator")
    assert again.pk != request_.pk
    world.after_window(again)
    project.refresh_from_db()
    assert project.state == "registered"


def test_para_65_a_rejected_issuance_is_revised_and_requested_again(world: World) -> None:
    project = world.on("2017-03-01").registered(others=())
    starts_on = project.crediting_starts_on
    period = world.on("2019-09-02").certified(
        project, f"{starts_on}", f"{starts_on + dt.timedelta(days=200)}", {2: 900}
    )
    request = world.published_request(period, "verifier")
    ask(world, request, "dna BR", "certification")
    reply(world, request, "developer")
    reply(world, request, "verifier")
    world.decided(request, "reject", "The meter was not calibrated.")
    period.refresh_from_db()
    assert (request.state, period.state) == ("rejected", "rejected")
    world.do(period, "reopen", "developer", note="The meter's error is taken off.")
    world.do(period, "submit", "developer")
    world.do(period, "publish_report", "verifier")
    world.attach(period, "verification_report", "verifier")
    amounts = {"verified": {2: 880}, "certified": {2: 880}}
    world.do(period, "certify", "verifier", **amounts, visited_on=world.at.date(), opinion="Verified.")
    again = world.instructed(period)
    world.do(again, "issue", "administrator")
    period.refresh_from_db()
    assert (again.requested_t, period.state) == (880, "issued")


def test_para_65_an_issuance_under_review_is_approved(world: World) -> None:
    project = world.on("2017-03-01").registered(others=())
    starts_on = project.crediting_starts_on
    period = world.on("2019-09-02").certified(
        project, f"{starts_on}", f"{starts_on + dt.timedelta(days=200)}", {2: 900}
    )
    request = world.published_request(period, "verifier")
    for member in ("member 1", "member 2", "member 3"):
        ask(world, request, member, "amount_of_reductions")
    reply(world, request, "developer")
    reply(world, request, "verifier")
    world.decided(request, "approve", "The amount is right.")
    assert request.state == "awaiting_instruction"
    world.do(request, "instruct_issuance", "member 1")
    world.pay(request, "record_share_of_proceeds")
    world.do(request, "issue", "administrator")
    assert request.state == "issued"
