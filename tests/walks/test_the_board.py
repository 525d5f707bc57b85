"""The Board: its members and alternates, its meetings, quorum, consensus, votes and recusal (paras 7-15)."""

from __future__ import annotations

import datetime as dt

import pytest

from cdm import queries
from cdm.acts import board, matters, meetings, people, requests
from cdm.models import BoardMatter, BoardOffice, Meeting, Membership, Organisation, Record, Task, Vote
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.given import World
from tests.walks.days import first_second_after, last_second_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(world: World) -> BoardMatter:
    """A proposed rejection in 2019 to which a member objected, on the agenda of no meeting yet."""
    request = world.published_request(world.on("2018-03-01").validated(), "validator")
    world.under_review(request)
    found = world.proposed(request, "reject", "Not additional.")
    world.do(found, "object", "member 5", "The barrier is shown.")
    return found


def before_the_meeting(world: World, matter: BoardMatter, present: tuple[int, ...]) -> Meeting:
    """The first meeting that may have it, on its day, with these members in the room."""
    day = f"{world.at.date() + dt.timedelta(days=14)}"
    meeting = world.meeting(on=day, is_open=False)
    world.on(day).opened(meeting, present)
    matter.refresh_from_db()
    return meeting


EVERYBODY = tuple(range(1, 11))


def to_convene(matter: BoardMatter) -> bool:
    """Whether the secretariat has the task of convening a meeting for it."""
    tasks = Task.objects.filter(machine_name="board_matter", subject_id=matter.pk, closed_at__isnull=True)
    return tasks.filter(role="secretariat", what="Convene the meeting of the Board that decides it").exists()


# --- who sits there (paras 7-12) -------------------------------------------------------------------------------


def enter(world: World, who: str, **about: object) -> Membership:
    given: dict[str, object] = {
        "constituency": "african",
        "group": "non_annex_i",
        "starts_on": world.at.date(),
        "by": world.people["secretary"],
        "at": world.at,
    }
    return board.enter_member(user=world.people[who], **{**given, **about})  # type: ignore[arg-type]


def test_para_7_a_constituency_has_its_place_and_a_successor_takes_it(world: World) -> None:
    world.seat("newcomer", "African Group", Organisation.Kind.EXPERTS)
    with pytest.raises(Unmet, match="Every place of it is taken"):
        enter(world, "newcomer")
    assert not Membership.objects.filter(user=world.people["newcomer"]).exists()
    with pytest.raises(Unmet, match="members of Annex I"):
        enter(world, "newcomer", constituency="other_annex_i", succeeds=world.office("member 6"))
    came = enter(world, "newcomer", succeeds=world.office("member 1"))
    # a full term of two years, and the one before in office until the day before
    assert came.ends_on == dt.date(2021, 6, 2)
    left = Membership.objects.get(pk=world.office("member 1").pk)
    assert left.ended_on == world.at.date() - dt.timedelta(days=1)
    # the alternate stays, as the new member's
    assert Membership.objects.get(pk=world.office("alternate 1").pk).alternate_of == came


def test_para_8b_a_member_serves_two_terms_in_a_row_and_not_a_third(world: World) -> None:
    world.seat("newcomer", "African Group", Organisation.Kind.EXPERTS)
    with pytest.raises(Unmet, match="at most 2 years"):
        enter(
            world,
            "newcomer",
            succeeds=world.office("member 1"),
            ends_on=world.at.date() + dt.timedelta(days=731),
        )
    first = enter(world, "newcomer", succeeds=world.office("member 1"))
    world.on("2021-06-03")
    second = enter(world, "newcomer", succeeds=first)
    world.on("2023-06-03")
    with pytest.raises(Unmet, match="at most 2 terms in a row"):
        enter(world, "newcomer", succeeds=second)


def test_para_8b_terms_as_an_alternate_do_not_count(world: World) -> None:
    board.end_membership(
        world.office("alternate 1"), reason="Elected member.", by=world.people["secretary"], at=world.at
    )
    first = enter(world, "alternate 1", succeeds=world.office("member 1"))
    assert enter(world.on("2021-06-03"), "alternate 1", succeeds=first).starts_on == dt.date(2021, 6, 3)


def test_para_8e_without_the_oath_nobody_takes_up_the_duties(world: World) -> None:
    request = world.published_request(world.validated(), "validator")
    world.seat("newcomer", "African Group", Organisation.Kind.EXPERTS)
    came = enter(world, "newcomer", succeeds=world.office("member 1"))
    asking = {
        "grounds": ["additionality"],
        "reasons": "Not shown.",
        "by": world.people["newcomer"],
        "at": world.at,
    }
    with pytest.raises(Unmet, match="written oath"):
        requests.ask_for_review(request, **asking)  # type: ignore[arg-type]
    assert not request.review_requests.exists()
    board.record_oath(came, on=world.at.date(), by=world.people["secretary"], at=world.at)
    requests.ask_for_review(request, **asking)  # type: ignore[arg-type]
    assert request.review_requests.count() == 1


def test_para_8f_who_sits_for_an_operational_entity_is_no_member(world: World) -> None:
    with pytest.raises(Unmet, match="no member has an interest"):
        enter(world, "validator", succeeds=world.office("member 1"))


def test_para_9_an_alternate_is_of_the_members_constituency(world: World) -> None:
    world.seat("newcomer", "African Group", Organisation.Kind.EXPERTS)
    with pytest.raises(Unmet, match="same constituency"):
        enter(world, "newcomer", alternate_of=world.office("member 3"), succeeds=world.office("alternate 3"))


def test_para_9_an_alternate_does_not_ask_for_a_review(world: World) -> None:
    request = world.published_request(world.validated(), "validator")
    with pytest.raises(Unmet, match="alternate of Member 2"):
        requests.ask_for_review(
            request, grounds=["additionality"], reasons="?", by=world.people["alternate 2"], at=world.at
        )


def test_para_12_chair_and_vice_chair_come_from_both_groups_and_alternate(world: World) -> None:
    def elect(chair: str, vice_chair: str) -> list[BoardOffice]:
        return board.elect(
            chair=world.office(chair),
            vice_chair=world.office(vice_chair),
            year=2019,
            by=world.people["secretary"],
            at=world.at,
        )

    # in 2018 the chair was from outside Annex I
    with pytest.raises(Unmet, match="different groups"):
        elect("member 3", "member 5")
    with pytest.raises(Unmet, match="the other's turn"):
        elect("member 2", "member 3")
    with pytest.raises(Unmet, match="an alternate"):
        elect("alternate 3", "member 2")
    elect("member 5", "member 2")
    assert BoardOffice.objects.get(year=2019, office="chair").membership == world.office("member 5")


def test_only_the_secretariat_and_the_administrator_keep_the_list_of_members(world: World) -> None:
    with pytest.raises(Denied):
        board.end_membership(world.office("member 2"), reason="No.", by=world.people["member 1"], at=world.at)
    board.end_membership(
        world.office("member 2"), reason="Resigned.", by=world.people["secretary"], at=world.at
    )
    assert Record.objects.filter(verb="end_membership", chain__name="board").count() == 1


# --- the agenda ------------------------------------------------------------------------------------------------


def test_rulebook_2_7_an_objection_goes_to_the_next_meeting_14_days_away(
    world: World, matter: BoardMatter
) -> None:
    near = world.meeting(100, on=f"{world.at.date() + dt.timedelta(days=13)}", is_open=False)
    matter.refresh_from_db()
    assert (matter.state, matter.meeting) == ("on_agenda", None)
    far = world.meeting(101, on=f"{world.at.date() + dt.timedelta(days=14)}", is_open=False)
    matter.refresh_from_db()
    assert matter.meeting == far
    assert not near.matters.exists()


def test_what_was_for_a_meeting_that_was_never_held_goes_to_the_next(
    world: World, matter: BoardMatter
) -> None:
    world.meeting(100, on=f"{world.at.date() + dt.timedelta(days=20)}", is_open=False)
    world.on(f"{world.at.date() + dt.timedelta(days=21)}")
    after = world.meeting(101, on=f"{world.at.date() + dt.timedelta(days=30)}", is_open=False)
    matter.refresh_from_db()
    assert matter.meeting == after


def test_what_a_meeting_did_not_decide_goes_to_the_next(world: World, matter: BoardMatter) -> None:
    meeting = before_the_meeting(world, matter, EVERYBODY)
    after = world.meeting(101, on="2018-12-03", is_open=False)
    meetings.close_meeting(meeting, by=world.people[world.chair], at=world.at)
    matter.refresh_from_db()
    assert matter.meeting == after
    with pytest.raises(Unmet, match="is not open"):
        world.do(matter, "adopt_by_consensus", world.chair)
    assert not to_convene(matter)


def test_what_was_left_over_waits_for_the_secretariat_to_convene_a_meeting(
    world: World, matter: BoardMatter
) -> None:
    assert to_convene(matter), "it came on the agenda of a meeting that is still to be convened"
    meeting = before_the_meeting(world, matter, EVERYBODY)
    assert not to_convene(matter)
    meetings.close_meeting(meeting, by=world.people[world.chair], at=world.at)
    matter.refresh_from_db()
    assert matter.meeting is None
    assert to_convene(matter)
    after = world.meeting(101, on=f"{world.at.date() + dt.timedelta(days=30)}", is_open=False)
    matter.refresh_from_db()
    assert matter.meeting == after
    assert not to_convene(matter)


def test_a_withdrawn_letter_comes_before_the_board_by_itself(world: World) -> None:
    request = world.published_request(world.on("2019-03-01").validated(), "validator")
    letter = request.project.letters.get(party="BR")
    world.do(letter, "withdraw", "dna BR", "The licence was revoked.")
    matter = BoardMatter.objects.get()
    assert (matter.kind, matter.state) == ("withdrawn_letter", "on_agenda")
    before_the_meeting(world, matter, EVERYBODY)
    world.do(matter, "adopt_by_consensus", world.chair)
    assert (matter.state, matter.outcome, matter.decided_by) == ("decided", "take_note", "consensus")


# --- quorum, consensus, votes (paras 14-15) --------------------------------------------------------------------


def test_para_14_no_vote_and_no_decision_without_a_quorum(world: World, matter: BoardMatter) -> None:
    """Seven members, a majority of the four of Annex I (3, 5, 6, 7), a majority of the six others."""
    meeting = before_the_meeting(world, matter, (1, 2, 4, 5, 6, 8))
    # who comes, who leaves, and what is then missing
    for comes, leaves, missing in (
        ((), (), "6 members are present; 7 are needed"),
        ((9,), (), "2 of 4 Annex I"),
        ((3, 7), (8, 9), "3 of 6 non-Annex I"),
    ):
        for number in comes:
            world.comes(meeting, f"member {number}")
        for number in leaves:
            office = world.office(f"member {number}")
            meetings.leave(meeting, membership=office, by=office.user, at=world.at)
        with pytest.raises(Unmet, match=missing):
            matters.vote(matter, choice="in_favour", by=world.people["member 1"], at=world.at)
        assert not Vote.objects.exists()
        with pytest.raises(Unmet, match="There is no quorum"):
            world.do(matter, "adopt_by_consensus", world.chair)
        matter.refresh_from_db()
        assert matter.state == "on_agenda"
    world.comes(meeting, "member 10")
    world.do(matter, "adopt_by_consensus", world.chair)
    assert matter.state == "awaiting_ruling_note"


def test_para_14_an_alternate_counts_for_the_absent_member(world: World, matter: BoardMatter) -> None:
    meeting = before_the_meeting(world, matter, (1, 2, 3, 4, 5, 8))
    with pytest.raises(Unmet, match="There is no quorum"):
        world.do(matter, "adopt_by_consensus", world.chair)
    world.comes(meeting, "alternate 6")
    world.do(matter, "adopt_by_consensus", world.chair)
    assert (matter.state, matter.decided_by) == ("awaiting_ruling_note", "consensus")


def test_para_15_three_quarters_of_those_present_and_voting(world: World, matter: BoardMatter) -> None:
    """Five of seven do not carry, six of eight do; the two who abstain do not vote."""
    before_the_meeting(world, matter, EVERYBODY)
    world.vote(matter, "in_favour", *(f"member {number}" for number in (1, 2, 3, 4, 5)))
    world.vote(matter, "against", "member 6", "member 7")
    world.vote(matter, "abstain", "member 8", "member 9")
    with pytest.raises(Unmet, match="there is no consensus"):
        world.do(matter, "adopt_by_consensus", world.chair)
    with pytest.raises(Unmet, match="5 of 7 voted in favour; 6 are needed"):
        world.do(matter, "adopt_by_vote", world.chair)
    matter.refresh_from_db()
    assert matter.state == "on_agenda"
    world.vote(matter, "in_favour", "member 10")
    world.do(matter, "adopt_by_vote", world.chair)
    assert (matter.state, matter.decided_by) == ("awaiting_ruling_note", "vote")


def test_para_15_another_text_is_put_and_voted_anew(world: World, matter: BoardMatter) -> None:
    before_the_meeting(world, matter, EVERYBODY)
    world.vote(matter, "against", "member 2", "member 4")
    with pytest.raises(Unmet, match="Member 1 presides"):
        matters.put_motion(
            matter, outcome="approve", reasons="Shown.", by=world.people["member 2"], at=world.at
        )
    matters.put_motion(matter, outcome="approve", reasons="Shown.", by=world.people["member 1"], at=world.at)
    matter.refresh_from_db()
    world.vote(matter, "in_favour", "member 2", "member 4", "member 6")
    world.do(matter, "adopt_by_vote", "member 1")
    assert (matter.state, matter.outcome) == ("decided", "approve")
    matter.project.refresh_from_db()
    assert matter.project.state == "registered"


def test_para_9_an_alternate_votes_only_while_the_member_is_absent(world: World, matter: BoardMatter) -> None:
    meeting = before_the_meeting(world, matter, EVERYBODY)
    world.comes(meeting, "alternate 2")
    with pytest.raises(Unmet, match="alternate of Member 2, who is present"):
        matters.vote(matter, choice="in_favour", by=world.people["alternate 2"], at=world.at)
    assert not Vote.objects.exists()
    meetings.leave(meeting, membership=world.office("member 2"), by=world.people["member 2"], at=world.at)
    with pytest.raises(Unmet, match="not entered as present"):
        matters.vote(matter, choice="in_favour", by=world.people["member 2"], at=world.at)
    world.vote(matter, "in_favour", "alternate 2")
    vote = Vote.objects.get()
    assert (vote.seat, vote.by) == (world.office("member 2"), world.people["alternate 2"])
    # the member is back: the vote of the seat stays the one that was cast
    meetings.come(meeting, membership=world.office("member 2"), by=world.people["member 2"], at=world.at)
    with pytest.raises(Unmet, match="on record already"):
        matters.vote(matter, choice="against", by=world.people["member 2"], at=world.at)


def test_para_8f_a_member_with_a_conflict_neither_votes_nor_presides(
    world: World, matter: BoardMatter
) -> None:
    people.record_conflict(
        user=world.people["member 1"],
        organisation=world.organisations["developer"],
        reason="Owns shares.",
        by=world.people["member 1"],
        at=world.at,
    )
    before_the_meeting(world, matter, EVERYBODY)
    records = Record.objects.count()
    with pytest.raises(Denied, match="recorded conflict of interest"):
        matters.vote(matter, choice="in_favour", by=world.people["member 1"], at=world.at)
    with pytest.raises(Denied, match="recorded conflict of interest"):
        world.do(matter, "adopt_by_consensus", "member 1")
    assert (Vote.objects.count(), Record.objects.count()) == (0, records)
    # the vice-chair presides over this one
    world.do(matter, "adopt_by_consensus", "member 3")
    assert matter.state == "awaiting_ruling_note"


def test_who_is_not_in_the_room_does_not_vote_and_who_is_no_member_does_not_at_all(
    world: World, matter: BoardMatter
) -> None:
    with pytest.raises(NotOpen, match="no meeting"):
        matters.vote(matter, choice="in_favour", by=world.people["member 1"], at=world.at)
    before_the_meeting(world, matter, EVERYBODY)
    for who in ("secretary", "expert 1", "developer", "dna BR"):
        with pytest.raises(Denied):
            matters.vote(matter, choice="in_favour", by=world.people[who], at=world.at)
    with pytest.raises(Denied, match="the secretariat enters that of others"):
        meetings.leave(
            matter.meeting,  # type: ignore[arg-type]
            membership=world.office("member 4"),
            by=world.people["member 2"],
            at=world.at,
        )


# --- electronic decisions --------------------------------------------------------------------------------------


def test_rules_of_procedure_an_electronic_decision_is_final_after_three_weeks(
    world: World, matter: BoardMatter
) -> None:
    with pytest.raises(Unmet, match="Member 1 presides"):
        world.do(matter, "decide_electronically", "member 2", "The licence runs out.")
    world.do(matter, "decide_electronically", "member 1", "The licence runs out.")
    last_day = world.at.date() + dt.timedelta(days=20)
    last_second_of(world, last_day)
    matter.refresh_from_db()
    assert matter.state == "in_electronic_decision"
    first_second_after(world, last_day)
    matter.refresh_from_db()
    assert (matter.state, matter.decided_by) == ("awaiting_ruling_note", "silence")


def test_rules_of_procedure_an_objection_takes_it_back_to_a_meeting(
    world: World, matter: BoardMatter
) -> None:
    world.do(matter, "decide_electronically", "member 1", "The licence runs out.")
    with pytest.raises(Unmet, match="acts only in a meeting"):
        world.do(matter, "object", "alternate 4", "I object.")
    world.do(matter, "object", "member 4", "It needs a discussion.")
    assert matter.state == "on_agenda"
    assert matter.objections.count() == 2


def test_para_17_a_decision_is_public_with_its_reasons(world: World, matter: BoardMatter) -> None:
    before_the_meeting(world, matter, EVERYBODY)
    world.do(matter, "adopt_by_consensus", world.chair)
    record = queries.history_of(matter.project, None, world.at).get(verb="adopt_by_consensus")
    assert (record.data["outcome"], record.data["reasons"]) == ("reject", "Not additional.")


def test_para_12_until_there_is_an_election_last_years_chair_presides(
    world: World, matter: BoardMatter
) -> None:
    """In 2018 member 1 was elected, in 2017 member 3."""
    BoardOffice.objects.filter(year__gte=2018).delete()
    with pytest.raises(Unmet, match="Member 3 presides"):
        world.do(matter, "decide_electronically", "member 1", "The licence runs out.")
    board.end_membership(
        world.office("member 3"), reason="Resigned.", by=world.people["secretary"], at=world.at
    )
    # the chair has left the Board: the vice-chair of that year
    world.do(matter, "decide_electronically", "member 1", "The licence runs out.")
    assert matter.state == "in_electronic_decision"
