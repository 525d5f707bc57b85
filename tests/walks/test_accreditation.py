"""Accreditation of operational entities: each step and each way it can end (3/CMP.1 annex, paras 3, 20-27)."""

from __future__ import annotations

import datetime as dt

import pytest

from cdm.acts import accreditation as acts
from cdm.acts import people
from cdm.models import (
    BoardMatter,
    CmpDecision,
    EntityAccreditation,
    Notice,
    Organisation,
    Record,
    RecordChain,
    Task,
)
from cdm.workflow import recording
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests import entities
from tests.entities import NOTE
from tests.given import World
from tests.walks.days import first_second_after, last_second_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def entity(world: World) -> Organisation:
    """Carbon Check, without any scope yet."""
    return entities.entity(world)


def waiting(subject: EntityAccreditation | BoardMatter) -> list[tuple[str, str]]:
    """Who is asked for what about the term, or about what is before the Board."""
    tasks = Task.objects.filter(
        machine_name=subject.machine.name, subject_id=subject.pk, closed_at__isnull=True
    )
    return sorted(tasks.values_list("role", "what"))


def unchanged(term: EntityAccreditation) -> tuple[object, ...]:
    row = EntityAccreditation.objects.filter(pk=term.pk).values().get()
    return row, Record.objects.count(), Notice.objects.count(), Task.objects.count()


def test_para_20_an_applicant_is_assessed_accredited_by_the_board_and_designated_by_the_cmp(
    world: World, entity: Organisation
) -> None:
    term = entities.applied(world)
    assert term.state == "applied"
    assert waiting(term) == [("secretariat", "Take up the application for accreditation")]
    world.do(term, "take_up", "secretary")
    world.do(term, "record_assessment", "secretary", standards_are_met=True, assessment="All is met.")
    matter = entities.matter_of(term)
    assert waiting(matter) == [("secretariat", "Put the recommendation before the Board")]
    assert not entity.accreditations.exists(), "nothing is given before the Board gives it"

    entities.board_decides(world, term, "accredit", NOTE)

    assert (term.state, term.place.public) == ("accredited", "Accredited and provisionally designated")
    assert (term.accredited_on, term.last_day) == (dt.date(2019, 6, 3), dt.date(2024, 6, 2))
    held = sorted(term.scopes_held(world.at.date()).values_list("function", "sectoral_scope"))
    assert held == [("validation", 1), ("validation", 13), ("verification", 1), ("verification", 13)]
    assert waiting(term) == [("secretariat", "Record the designation by the CMP")]

    world.on("2019-12-20")
    term.refresh_from_db()
    world.do(term, "record_designation", "secretary", number="9/CMP.14", dated_on=dt.date(2019, 12, 15))

    assert (term.state, term.designated_on) == ("designated", dt.date(2019, 12, 15))
    decision = CmpDecision.objects.get()
    assert (decision.number, decision.kind, decision.entity_accreditation) == (
        "9/CMP.14",
        "designation",
        term,
    )
    chain = RecordChain.objects.get(name=f"organisation:{entity.pk}")
    assert list(recording.broken_links(chain)) == []
    assert [record.verb for record in chain.records.order_by("number")] == [
        "begin", "take_up", "record_assessment", "begin", "take_up", "recommend", "adopt_by_consensus", "accredit",
        "record_designation",
    ]  # fmt: skip
    told = (
        Notice.objects.filter(user=world.people["entity"]).order_by("id").values_list("sentence", flat=True)
    )
    assert list(told)[-2:] == [
        "Accredited and provisionally designated: Carbon Check",
        "Designated by the CMP: Carbon Check",
    ]


@pytest.mark.parametrize(
    ("on", "last_day"),
    [("2005-06-01", dt.date(2008, 5, 31)), ("2010-07-31", dt.date(2013, 7, 30)),
     ("2010-08-01", dt.date(2015, 7, 31))],
)  # fmt: skip
def test_para_20d_the_term_is_three_years_and_later_five(
    world: World, entity: Organisation, on: str, last_day: dt.date
) -> None:
    assert entities.accredited(world.on(on)).last_day == last_day


def test_para_20a_an_entity_that_does_not_meet_appendix_a_is_not_accredited(
    world: World, entity: Organisation
) -> None:
    term = entities.applied(world)
    world.do(term, "take_up", "secretary")
    world.do(term, "record_assessment", "secretary", standards_are_met=False, assessment="No insurance.")
    before = unchanged(term)
    with pytest.raises(Unmet, match=r"does not meet the standards of Appendix A\. Refuse"):
        entities.recommended(world, term, "accredit")
    assert unchanged(term) == before
    entities.board_decides(world, term, "assess_again", "They have insured themselves.")
    world.do(term, "record_assessment", "secretary", standards_are_met=False, assessment="Not enough.")
    entities.board_decides(world, term, "refuse", "No insurance.")
    assert (term.state, entity.accreditations.count()) == ("refused", 0)


def test_para_20a_an_application_is_withdrawn_by_the_entity(world: World, entity: Organisation) -> None:
    term = entities.applied(world)
    with pytest.raises(Unmet, match="still being decided on"):
        entities.applied(world, scopes=(3,))
    world.do(term, "withdraw_application", "entity", "Too early")
    assert (term.state, waiting(term)) == ("application_withdrawn", [])
    assert entities.applied(world).state == "applied"


def test_para_20a_an_application_names_scopes_that_exist_and_says_how_the_standards_are_met(
    world: World, entity: Organisation
) -> None:
    with pytest.raises(Unmet) as refused:
        acts.apply(
            doe=entity, asked=[("validation", 17), ("audit", 1)], statement=" ", by=world.people["entity"], at=world.at
        )  # fmt: skip
    assert [str(problem) for problem in refused.value.problems] == [
        "There is no function “audit”.",
        "There is no sectoral scope 17.",
        "Say how the entity meets the standards of Appendix A.",
    ]
    with pytest.raises(Denied, match="Only those who sit for Carbon Check"):
        acts.apply(doe=entity, asked=[], statement="", by=world.people["verifier"], at=world.at)
    assert not EntityAccreditation.objects.exists()


def test_para_20e_a_spot_check_that_finds_the_standards_met_changes_nothing(
    world: World, entity: Organisation
) -> None:
    term = entities.accredited(world)
    world.do(term, "order_spot_check", "member 1", "At random")
    assert term.scopes_held(world.at.date()).count() == 4, "it may work on while it is checked"
    world.do(term, "close_check", "member 1", "All is in order.")
    assert term.state == "accredited"
    entities.decided(world, term, "record_designation")
    world.do(term, "order_spot_check", "member 1", "At random")
    world.do(term, "close_check", "member 1", "All is in order.")
    assert term.state == "designated"


def test_para_21_nothing_is_taken_away_before_the_possibility_of_a_hearing(
    world: World, entity: Organisation
) -> None:
    term = entities.designated(world)
    world.do(term, "order_spot_check", "member 1", "Complaints")
    before = unchanged(term)
    with pytest.raises(Unmet, match=r"no possibility of a hearing .* para 21"):
        entities.brought(world, term)
    assert unchanged(term) == before
    world.do(term, "offer_hearing", "member 1", "No competent staff")
    before = unchanged(term)
    with pytest.raises(Unmet, match="hearing that was offered is still open"):
        entities.brought(world, term)
    with pytest.raises(NotOpen):
        world.do(term, "close_check", "member 1", NOTE)  # what was found is the Board's to undo
    assert unchanged(term) == before
    world.do(term, "decline_hearing", "entity")
    assert waiting(entities.matter_of(term)) == [("secretariat", "Put the recommendation before the Board")]


def test_para_21_the_hearing_ends_by_itself_after_its_last_day(world: World, entity: Organisation) -> None:
    term = entities.designated(world)
    world.do(term, "order_spot_check", "member 1", "Complaints")
    world.do(term, "offer_hearing", "member 1", "No competent staff")
    last_second_of(world, dt.date(2019, 6, 17))
    term.refresh_from_db()
    assert term.state == "hearing_offered"
    first_second_after(world, dt.date(2019, 6, 17))
    term.refresh_from_db()
    assert (term.state, term.hearing_settled_on) == ("hearing_over", dt.date(2019, 6, 18))
    entities.board_decides(world, term, "close_check", "They answered in writing.")
    assert term.state == "designated"
    world.do(term, "order_spot_check", "member 1", "Again")
    with pytest.raises(Unmet, match="no possibility of a hearing"):
        entities.brought(world, term)  # the hearing of the check before does not count


def test_para_21_a_suspension_takes_effect_at_once_and_an_entity_in_mid_validation_submits_nothing(
    world: World,
) -> None:
    project = world.published()
    world.after_comments(project)
    world.attach(project, "validation_report", "validator")
    term = entities.taken_over(world, "validator")

    entities.suspended(world, term, "validator")

    engagement = project.engagements.get()
    assert engagement.until_at == world.at
    assert "Suspended; recommended to the CMP" in engagement.ended_because
    for who in ("developer", "buyer", "dna BR", "dna NL"):
        last = Notice.objects.filter(user=world.people[who]).latest("id")
        assert last.sentence.startswith("Engagement of Det Norske Veritas ended: validation."), who
    asked = Task.objects.filter(machine_name="project", project=project, closed_at__isnull=True).values_list(
        "role", "what"
    )
    assert list(asked) == [("participant", "Engage a DOE to validate the project")]

    state, records = project.state, Record.objects.count()
    with pytest.raises(
        Denied, match=r"Your engagement ended on 3 July 2019: Suspended; recommended to the CMP"
    ):
        world.do(project, "give_positive_opinion", "validator", opinion="All is met.")
    with pytest.raises(Unmet, match="its accreditation is “Suspended” since"):
        world.engaged(project)
    project.refresh_from_db()
    assert (project.state, Record.objects.count()) == (state, records)

    world.engaged(project, "validation", "verifier")
    world.do(project, "give_positive_opinion", "verifier", opinion="All is met.")
    assert project.state == "validated"


def test_paras_21_and_40f_a_suspended_entity_does_not_submit_the_request_it_was_preparing(
    world: World,
) -> None:
    project = world.validated()
    request = world.request_for(project, "validator")
    term = entities.suspended(world, entities.taken_over(world, "validator"), "validator")
    version, records = request.version, Record.objects.count()
    with pytest.raises(Unmet, match="may not work on validation: its accreditation is “Suspended”"):
        world.do(request, "submit", "validator")
    request.refresh_from_db()
    assert (request.state, request.version, Record.objects.count()) == ("being_prepared", version, records)
    entities.lifted(world, term)
    world.do(request, "submit", "validator")
    assert request.state != "being_prepared"


def test_para_22_a_registered_project_is_not_affected_by_the_suspension(world: World) -> None:
    project = world.registered()
    period_of = (project.state, project.reference_number, project.registered_on, project.version)
    entities.suspended(world, entities.taken_over(world, "validator"), "validator")
    project.refresh_from_db()
    assert (project.state, project.reference_number, project.registered_on, project.version) == period_of
    world.engaged(project, "verification", "verifier")


def test_para_21_the_cmp_confirms_the_suspension_or_does_not_follow_it(
    world: World, entity: Organisation
) -> None:
    term = entities.suspended(world, entities.designated(world))
    day = world.at.date()
    assert (term.scopes_held(day).count(), waiting(term)) == (
        0, [("secretariat", "Record the CMP's decision on the suspension")],
    )  # fmt: skip
    with pytest.raises(Unmet, match="has not come yet"):
        world.do(term, "confirm", "secretary", number="5/CMP.15", dated_on=day + dt.timedelta(days=1))
    entities.decided(world, term, "set_aside", "5/CMP.15")
    assert (term.state, term.scopes_held(day).count()) == ("designated", 4)
    entities.suspended(world, term)
    entities.decided(world, term, "confirm", "6/CMP.16")
    assert (term.state, term.scopes_held(day).count()) == ("suspension_confirmed", 0)
    kinds = CmpDecision.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["designation", "not_followed", "confirmation"]
    world.on("2019-09-02")
    entities.lifted(world, term)
    assert term.state == "designated"
    assert (term.scopes_held(dt.date(2019, 9, 1)).count(), term.scopes_held(dt.date(2019, 9, 2)).count()) == (
        0,
        4,
    )


def test_para_21_the_cmp_confirms_the_withdrawal_or_does_not_follow_it(
    world: World, entity: Organisation
) -> None:
    term = entities.accredited(world)
    day = world.at.date()
    entities.board_decides(world, entities.heard(world, term), "withdraw", NOTE)
    assert (term.state, term.scopes_held(day).count()) == ("withdrawn", 0)
    entities.decided(world, term, "set_aside")
    assert (term.state, term.scopes_held(day).count()) == ("accredited", 4), "it was never designated"
    entities.brought(world, entities.suspended(world, term))
    entities.board_decides(world, term, "withdraw", "Nothing was put right.")
    entities.decided(world, term, "confirm")
    assert (term.state, term.place.ending, term.scopes_held(day).count()) == (
        "withdrawal_confirmed",
        "bad",
        0,
    )


def test_para_21_a_partial_withdrawal_ends_the_engagements_that_need_the_scope_and_no_other(
    world: World,
) -> None:
    waste = world.published(title="In scope 13")
    energy = world.published(title="In scope 1", methodology=("ACM0002", "19"))
    term = entities.taken_over(world, "validator")
    entities.heard(world, term, "validator")
    with pytest.raises(Unmet, match="“validation:16” is not held now"):
        entities.recommended(world, term, "withdraw_scopes", scopes=["validation:16"])
    everything = [f"{row.function}:{row.sectoral_scope}" for row in term.scopes_held(world.at.date())]
    with pytest.raises(Unmet, match="all the scopes held"):
        entities.recommended(world, term, "withdraw_scopes", scopes=everything)

    entities.board_decides(world, term, "withdraw_scopes", NOTE, scopes=["validation:13"])

    assert term.state == "designated"
    assert waste.engagements.get().until_at == world.at
    assert energy.engagements.get().until_at is None
    world.do(waste, "withdraw", "developer", NOTE)
    another = world.submitted(title="Also in scope 13")
    world.approve(another)
    with pytest.raises(Unmet, match="not accredited on 3 June 2019 for validation in sectoral scope 13"):
        world.engaged(another)


def test_para_21_the_cmp_decides_on_the_scopes_that_were_withdrawn(
    world: World, entity: Organisation
) -> None:
    term = entities.designated(world)
    with pytest.raises(Unmet, match="No sectoral scope waits for a decision of the CMP"):
        entities.decided(world, term, "confirm_scopes")
    for move, held_after in (("set_aside_scopes", 4), ("confirm_scopes", 3)):
        entities.board_decides(
            world, entities.heard(world, term), "withdraw_scopes", NOTE, scopes=["validation:13"]
        )
        assert term.scopes_held(world.at.date()).count() == 3, "at once"
        assert waiting(term) == [("secretariat", "Record the CMP's decision on the scopes withdrawn")]
        entities.decided(world, term, move)
        assert (term.state, term.scopes_held(world.at.date()).count()) == ("designated", held_after)
        assert waiting(term) == []
    entities.board_decides(world, entities.heard(world, term), "withdraw", NOTE)
    entities.decided(world, term, "set_aside")
    assert term.scopes_held(world.at.date()).count() == 3, (
        "what the CMP took is not given back by another decision"
    )


def test_para_27_an_entity_is_engaged_only_in_its_functions_and_scopes(
    world: World, entity: Organisation
) -> None:
    entities.designated(world, functions=("validation",), scopes=(1,))
    project = world.submitted()  # AM0003 lies in scope 13
    with pytest.raises(Unmet, match="not accredited on 3 June 2019 for validation in sectoral scope 13"):
        world.engaged(project, "validation", "entity")
    registered = world.registered(methodology=("ACM0002", "19"))
    with pytest.raises(Unmet, match="for verification and certification in sectoral scope 1 "):
        world.engaged(registered, "verification", "entity")
    assert not project.engagements.exists()


def test_rulebook_7_4_an_entity_gives_up_some_scopes_or_all(world: World) -> None:
    project = world.published()
    term = entities.taken_over(world, "validator")
    world.do(term, "give_up_scopes", "validator", "No staff", scopes=["validation:1", "verification:1"])
    assert (term.state, term.scopes_held(world.at.date()).count()) == ("designated", 28)
    assert project.engagements.get().until_at is None, "it lies in scope 13"
    world.do(term, "give_up", "validator", "We close the business.")
    assert (term.state, term.scopes_held(world.at.date()).count()) == ("given_up", 0)
    assert project.engagements.get().until_at == world.at


def test_para_20d_an_accreditation_expires_after_the_last_day_of_its_term(
    world: World, entity: Organisation
) -> None:
    world.on("2014-06-02")
    term = entities.designated(world)
    project = world.on("2019-05-20").submitted()
    world.approve(project)
    world.engaged(project, "validation", "entity")
    last_second_of(world, dt.date(2019, 6, 1))
    term.refresh_from_db()
    assert (term.state, term.scopes_held(dt.date(2019, 6, 1)).count()) == ("designated", 4)
    first_second_after(world, dt.date(2019, 6, 1))
    term.refresh_from_db()
    assert (term.state, term.scopes_held(dt.date(2019, 6, 2)).count()) == ("expired", 0)
    assert project.engagements.get().until_at == world.at
    told = Notice.objects.filter(user=world.people["developer"]).latest("id").sentence
    assert told.startswith("Engagement of Carbon Check ended: validation.")
    with pytest.raises(Denied, match="Your engagement ended on 2 June 2019: Expired"):
        world.do(project, "publish", "entity")


def test_para_20d_a_reaccredited_entity_goes_on_in_a_new_term(world: World, entity: Organisation) -> None:
    world.on("2014-06-02")
    term = entities.designated(world)
    world.on("2019-05-20")
    project = world.published()
    world.do(project, "terminate_validation", "developer", NOTE)
    again = world.submitted()
    world.approve(again)
    world.engaged(again, "validation", "entity")
    further = entities.assessed(world, scopes=(13,), follows=term)
    world.do(term, "order_spot_check", "member 1", "At random")
    with pytest.raises(Unmet, match=r"is in the state “Under spot-check”\. Decide on that first"):
        entities.recommended(world, further, "accredit")
    world.do(term, "close_check", "member 1", "All is in order.")

    entities.board_decides(world, further, "accredit", NOTE)

    term.refresh_from_db()
    assert (term.state, term.place.ending) == ("reaccredited", "good")
    assert (further.state, further.last_day) == ("designated", dt.date(2024, 5, 19)), "the designation stands"
    held = further.scopes_held(world.at.date()).values_list("sectoral_scope", flat=True)
    assert set(held) == {13} and not term.scopes_held(world.at.date()).exists()
    assert again.engagements.get().until_at is None, "scope 13 goes on without a gap"
    world.on("2019-06-02")
    further.refresh_from_db()
    assert further.state == "designated"


def test_para_21_the_list_keepers_cannot_give_back_what_the_board_took(world: World) -> None:
    entities.suspended(world, entities.taken_over(world, "validator"), "validator")
    doe = world.organisations["validator"]
    with pytest.raises(Unmet, match="Only the Board accredits it again"):
        people.accredit(
            doe=doe, function="validation", sectoral_scopes=[1], from_on=world.at.date(),
            by=world.people["secretary"], at=world.at,
        )  # fmt: skip
    with pytest.raises(Unmet, match="belong to a term already"):
        entities.taken_over(world, "validator")


def test_nobody_but_the_board_suspends_and_what_is_over_is_over(world: World, entity: Organisation) -> None:
    term = entities.heard(world, entities.designated(world))
    for who in ("member 1", "secretary", "entity", "administrator", "developer", "dna BR"):
        with pytest.raises(Denied, match="Nobody does this alone: it follows"):
            world.do(term, "suspend", who, NOTE)
    matter = entities.recommended(world, term, "suspend")
    world.do(term, "give_up", "entity", NOTE)
    matter.refresh_from_db()
    assert (matter.state, matter.decided_on) == ("lapsed", None)
    with pytest.raises(NotOpen, match="nothing is for the Board to decide"):
        entities.brought(world, term)
