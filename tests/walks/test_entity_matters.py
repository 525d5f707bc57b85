"""Operational entities before the Board: decided by silence or vote, refused, recused, lapsed (paras 14-21)."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil

import pytest
from django.apps import apps

from cdm import board, migrations, queries
from cdm.acts import entity_matters, matters, people
from cdm.models import BoardMatter, EntityAccreditation, Organisation, Record, Task
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests import entities
from tests.entities import NOTE
from tests.given import World
from tests.walks.days import first_second_after, last_second_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def entity(world: World) -> Organisation:
    return entities.entity(world)


def members(*numbers: int) -> list[str]:
    return [f"member {number}" for number in numbers]


def at_a_meeting(world: World, matter: BoardMatter, number: int = 300) -> BoardMatter:
    world.meeting(number)
    matter.refresh_from_db()
    return matter


def test_para_15_an_accreditation_put_to_the_members_is_given_where_nobody_objects_in_three_weeks(
    world: World, entity: Organisation
) -> None:
    term = entities.assessed(world)
    matter = entities.recommended(world, term, "accredit", "As the accreditation panel recommends.")
    assert (matter.state, matter.meeting, matter.entity, matter.project) == ("on_agenda", None, entity, None)
    asked = Task.objects.filter(machine_name="board_matter", closed_at__isnull=True).order_by("role")
    assert [(one.role, one.entity, one.project) for one in asked] == [
        ("board_member", entity, None),
        ("secretariat", entity, None),
    ], "the Board decides, and the secretariat convenes the meeting at which it does"
    with pytest.raises(Unmet, match="presides and does this for the Board"):
        world.do(matter, "decide_electronically", "member 2", "It cannot wait.")
    world.do(matter, "decide_electronically", world.chair, "No meeting before July.")

    last_second_of(world, dt.date(2019, 6, 23))
    term.refresh_from_db()
    assert (term.state, term.accredited_on) == ("assessed", None)
    first_second_after(world, dt.date(2019, 6, 23))

    term.refresh_from_db()
    matter.refresh_from_db()
    assert (matter.state, matter.decided_by, matter.decided_on) == (
        "decided",
        "silence",
        dt.date(2019, 6, 24),
    )
    assert (term.state, term.accredited_on) == ("accredited", dt.date(2019, 6, 24))
    given = Record.objects.get(verb="accredit")
    assert (given.actor, given.role, given.note) == (
        None, "consequence", "As the accreditation panel recommends."
    )  # fmt: skip


def test_para_15_an_objection_takes_it_to_a_meeting_and_a_vote_of_three_quarters_suspends_at_once(
    world: World, entity: Organisation
) -> None:
    term = entities.heard(world, entities.designated(world))
    world.on("2019-06-10")  # the meeting at which it was accredited is over
    matter = entities.recommended(world, term, "suspend", "No competent staff for scope 13.")
    world.do(matter, "decide_electronically", world.chair, "It cannot wait.")
    world.do(matter, "object", "member 5", "The staff was hired.")
    assert (matter.state, term.scopes_held(world.at.date()).count()) == ("on_agenda", 4)
    at_a_meeting(world, matter)

    world.vote(matter, "in_favour", *members(1, 2, 3, 4, 6))
    world.vote(matter, "against", *members(5, 7))
    before = (Record.objects.count(), term.state)
    with pytest.raises(Unmet, match="5 of 7 voted in favour; 6 are needed"):
        world.do(matter, "adopt_by_vote", world.chair)
    term.refresh_from_db()
    assert (Record.objects.count(), term.state) == before, "want of a majority changes nothing"

    world.vote(matter, "in_favour", *members(8))
    world.vote(matter, "abstain", *members(9, 10))
    world.do(matter, "adopt_by_vote", world.chair)

    term.refresh_from_db()
    assert (term.state, term.scopes_held(world.at.date()).count()) == ("suspended", 0)
    assert (matter.state, matter.decided_by) == ("decided", "vote")
    public = [record.verb for record in queries.history_of_entity(matter, None, world.at)]
    assert "adopt_by_vote" in public and "object" not in public
    decided = Record.objects.get(verb="adopt_by_vote")
    assert (decided.data["in_favour"], decided.data["against"], decided.data["abstaining"]) == (6, 2, 2)


def test_para_15_what_found_no_majority_is_decided_by_another_text(
    world: World, entity: Organisation
) -> None:
    """A withdrawal of the whole is refused; the withdrawal for one scope is carried."""
    term = entities.heard(world, entities.designated(world))
    matter = at_a_meeting(world.on("2019-06-10"), entities.recommended(world, term, "withdraw"))
    world.vote(matter, "against", *members(1, 2, 3))
    world.vote(matter, "in_favour", *members(5, 6, 7, 8, 9, 10))
    with pytest.raises(Unmet, match="6 of 9 voted in favour; 7 are needed"):
        world.do(matter, "adopt_by_vote", world.chair)
    by, at = world.people[world.chair], world.at
    with pytest.raises(Unmet) as refused:
        matters.put_motion(matter, outcome="withdraw_scopes", reasons=NOTE, excess=3, by=by, at=at)
    assert sorted(str(one) for one in refused.value.problems) == [
        "Functions and sectoral scopes: this is needed.",
        "“Withdraw the designation for some sectoral scopes” does not need this; leave it out.",
    ]
    with pytest.raises(Unmet, match=r"The Board decides there among: “Close the spot-check"):
        matters.put_motion(matter, outcome="lift_suspension", reasons=NOTE, by=by, at=at)
    matters.put_motion(
        matter, outcome="withdraw_scopes", reasons=NOTE, scopes=["validation:13"], by=by, at=at
    )
    matter.refresh_from_db()
    world.vote(matter, "in_favour", *members(1, 2, 3, 4, 5, 6, 7))
    world.do(matter, "adopt_by_vote", world.chair)
    term.refresh_from_db()
    held = sorted(term.scopes_held(world.at.date()).values_list("function", "sectoral_scope"))
    assert (term.state, held) == (
        "designated", [("validation", 1), ("verification", 1), ("verification", 13)],
    )  # fmt: skip


def test_para_14_without_a_quorum_nothing_is_decided_about_an_entity(
    world: World, entity: Organisation
) -> None:
    matter = entities.recommended(world, entities.assessed(world), "accredit")
    world.meeting(300, present=(1, 2, 3, 4, 5, 6))
    matter.refresh_from_db()
    with pytest.raises(Unmet, match="There is no quorum"):
        world.do(matter, "adopt_by_consensus", world.chair)
    with pytest.raises(Unmet, match="There is no quorum"):
        world.vote(matter, "in_favour", "member 1")
    assert EntityAccreditation.objects.get().state == "assessed"


def test_para_8f_a_member_with_a_conflict_about_the_entity_does_not_object_vote_or_preside_and_is_not_counted(
    world: World, entity: Organisation
) -> None:
    term = entities.assessed(world)
    chair, vice_chair = world.chair, "member 1"
    for who in (chair, "member 4"):
        people.record_conflict(
            user=world.people[who], organisation=entity, reason="Sat on its board",
            by=world.people[who], at=world.at,
        )  # fmt: skip
    matter = at_a_meeting(world, entities.recommended(world, term, "accredit"))
    for who in (chair, "member 4"):
        with pytest.raises(Denied, match="You have a recorded conflict of interest with this entity"):
            matters.vote(matter, choice="against", by=world.people[who], at=world.at)
        assert matter.pk in {*_not_listed(world, who)}, "it is not on their list"
    assert board.count(matter).may_vote == 8
    with pytest.raises(Denied):
        world.do(matter, "adopt_by_consensus", chair)
    world.vote(matter, "in_favour", *members(1, 2, 5, 6, 7, 8))
    world.vote(matter, "against", *members(9, 10))
    world.do(matter, "adopt_by_vote", vice_chair)  # 6 of 8 are three quarters; the vice-chair presides
    term.refresh_from_db()
    assert (term.state, matter.decided_by) == ("accredited", "vote")


def _not_listed(world: World, who: str) -> set[int]:
    waiting = Task.objects.filter(machine_name="board_matter", closed_at__isnull=True)
    seen = queries.inbox_for(world.people[who], world.at)
    return set(waiting.exclude(pk__in=seen.values("pk")).values_list("subject_id", flat=True))


def test_para_21_a_suspension_is_lifted_or_made_a_withdrawal_by_the_board_alone(
    world: World, entity: Organisation
) -> None:
    term = entities.suspended(world, entities.designated(world))
    with pytest.raises(Denied):
        entity_matters.bring(term, reason="Lift it", by=world.people["entity"], at=world.at)
    matter = entities.brought(world, term)
    with pytest.raises(Unmet, match="It is before the Board already"):
        entities.brought(world, term)
    entities.recommended(world, term, "lift_suspension")
    # the CMP decides first, and does not follow the recommendation: nothing is left for the Board
    entities.decided(world, term, "set_aside")
    matter.refresh_from_db()
    assert (matter.state, term.state) == ("lapsed", "designated")
    with pytest.raises(NotOpen, match="nothing is for the Board to decide"):
        entities.brought(world, term)


def test_what_stood_between_recommendation_and_decision_stands_in_the_way_of_the_decision(
    world: World, entity: Organisation
) -> None:
    """A further term is not given while a spot-check of the former runs, however long the silence was."""
    former = entities.designated(world)
    world.on("2019-06-05")
    further = entities.assessed(world, scopes=(13,), follows=former)
    matter = entities.recommended(world, further, "accredit")
    world.do(matter, "decide_electronically", world.chair, "It cannot wait.")
    world.do(former, "order_spot_check", "member 2", "At random")
    world.on("2019-07-01")
    matter.refresh_from_db()
    assert matter.state == "in_electronic_decision", "the clock could not act, and says why"
    former.refresh_from_db()
    world.do(former, "close_check", "member 2", "All is in order.")
    world.on("2019-07-02")
    further.refresh_from_db()
    assert further.state == "designated"


def test_what_waits_from_before_matters_were_the_boards_is_brought_there(world: World) -> None:
    """A term that was assessed, or a review that was open, when one member still decided."""
    entities.entity(world)
    term = entities.assessed(world)
    Task.objects.filter(machine_name="board_matter").update(
        machine_name="accreditation", subject_id=term.pk, key="assessed:0:board_member", role="board_member",
        organisation=Organisation.objects.get(kind="board"), what="Decide on the accreditation",
        assigned_to=world.people["member 1"],
    )  # fmt: skip
    BoardMatter.objects.all().delete()
    name = next(one.name for one in pkgutil.iter_modules(migrations.__path__) if "entity_matters" in one.name)
    importlib.import_module(f"cdm.migrations.{name}").hand_to_the_secretariat(apps, None)
    task = queries.inbox_for(world.people["secretary"], world.at).get()
    assert (task.what, task.subject, task.assigned_to) == ("Bring it before the Board", term, None)

    matter = entities.brought(world, term)

    task.refresh_from_db()
    assert task.closed_at == world.at
    assert (matter.state, str(matter)) == (
        "awaiting_recommendation", f"Decision on accreditation {term.pk} of Carbon Check",
    )  # fmt: skip
    entities.board_decides(world, term, "accredit")
    assert term.state == "accredited"
