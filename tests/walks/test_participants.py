"""Letters and participants after registration: added, renamed, withdrawn; letters lost (rulebook 2.4 and 2.5)."""

from __future__ import annotations

from typing import Any

import pytest

from cdm import units
from cdm.acts import participants
from cdm.models import Organisation, Project, Record
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.given import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def registered(world: World) -> Project:
    """Host Brazil alone has approved (unilateral): the Dutch fund waits for its Party's letter."""
    world.seat("tokyo", "Tokyo Carbon", Organisation.Kind.PARTICIPANT, party="JP")
    world.seat("dna JP", "DNA of JP", Organisation.Kind.DNA, party="JP")
    return world.on("2019-03-04").registered()


def names(project: Project) -> set[str]:
    return {row.organisation.name for row in project.participations.all()}


def test_2_4_a_participant_is_added_with_the_letter_of_its_party(world: World, registered: Project) -> None:
    change = world.change_asked(registered, "add", "tokyo", party="JP")
    assert [str(one) for one in change.still_to_sign()] == ["Tokyo Carbon"]
    world.sign(change, "tokyo")
    assert change.state == "submitted"
    before = Record.objects.count()
    with pytest.raises(Unmet, match="No standing letter of approval of Japan authorises Tokyo Carbon"):
        world.do(change, "carry_out", "secretary")
    assert (Record.objects.count(), names(registered)) == (
        before,
        {"EcoSecurities", "Netherlands Clean Development Facility"},
    )
    # Japan was asked for its letter when the change was asked for
    world.approve_added(registered, "JP", "tokyo")
    world.do(change, "carry_out", "secretary")
    assert "Tokyo Carbon" in names(registered)
    assert registered.involved_parties.filter(party="JP").exists()


def test_para_33_a_letter_that_stands_authorises_a_further_participant(
    world: World, registered: Project
) -> None:
    change = world.change_asked(registered, "add", "tokyo", party="BR")
    world.sign(change, "tokyo")
    letter = registered.letters.get(party="BR")
    assert letter.project.tasks.filter(what__contains="a further participant", closed_at=None).count() == 1
    with pytest.raises(Unmet, match="did not ask Brazil"):
        world.do(letter, "authorise_further", "dna BR", participants=[world.organisations["verifier"]])
    world.do(letter, "authorise_further", "dna BR", participants=[world.organisations["tokyo"]])
    assert not registered.tasks.filter(what__contains="a further participant", closed_at=None).exists()
    world.do(change, "carry_out", "secretary")
    assert names(registered) >= {"Tokyo Carbon", "EcoSecurities"}


def test_2_4_a_participant_is_renamed_and_an_altered_text_is_signed_anew(
    world: World, registered: Project
) -> None:
    change = world.change_asked(registered, "rename", "buyer", new_name="Dutch Carbon")
    world.sign(change, "buyer")
    participants.alter(
        change, new_name="Dutch Carbon B.V.", reason="In full.", by=world.people["developer"], at=world.at
    )
    assert (change.state, change.standing_signatures.count()) == ("being_signed", 1)
    world.sign(change, "buyer")
    world.do(change, "carry_out", "secretary")
    assert names(registered) == {"EcoSecurities", "Dutch Carbon B.V."}


def test_2_4_a_participant_withdraws_and_the_last_one_cannot(world: World, registered: Project) -> None:
    change = world.change_asked(registered, "withdraw", "buyer", who="buyer")
    assert change.state == "being_signed"
    world.sign(change, "developer")
    world.do(change, "carry_out", "secretary")
    assert names(registered) == {"EcoSecurities"}
    with pytest.raises(Unmet, match="one participant or more"):
        world.change_asked(registered, "withdraw", "developer")


def test_2_4_for_a_participant_that_has_ceased_the_focal_point_signs_alone(
    world: World, registered: Project
) -> None:
    change = world.change_asked(
        registered, "withdraw", "buyer", has_ceased=True, reason="Wound up by the court of The Hague."
    )
    assert change.state == "submitted"
    world.do(change, "refuse", "secretary", note="The court's order is missing.")
    assert (change.state, len(names(registered))) == ("refused", 2)


def test_2_4_the_developer_withdraws_and_another_participant_files_on(
    world: World, registered: Project
) -> None:
    world.do(world.change_asked(registered, "withdraw", "developer"), "carry_out", "secretary")
    registered.refresh_from_db()
    assert (registered.developer.name, names(registered)) == (
        "Netherlands Clean Development Facility",
        {"Netherlands Clean Development Facility"},
    )


def test_2_4_who_is_not_asked_cannot_ask(world: World, registered: Project) -> None:
    for who in ("buyer", "verifier", "tokyo", "dna BR"):
        with pytest.raises(Denied):
            world.change_asked(registered, "add", "tokyo", who=who, party="JP") if who != "tokyo" else (
                world.change_asked(registered, "rename", "developer", who=who, new_name="Mine")
            )
    world.change_asked(registered, "add", "tokyo", party="JP")
    with pytest.raises(NotOpen, match="under way already"):
        world.change_asked(registered, "add", "tokyo", party="JP")


def test_2_4_a_withdrawn_change_leaves_no_letter_waiting(world: World, registered: Project) -> None:
    change = world.change_asked(registered, "add", "tokyo", party="JP")
    assert registered.letters.get(party="JP").state == "requested"
    world.do(change, "withdraw", "tokyo", note="Not now.")
    assert registered.letters.get(party="JP").state == "lapsed"


def test_2_4_before_registration_the_design_document_is_revised_instead(world: World) -> None:
    project = world.submitted()
    world.modalities(project)
    with pytest.raises(NotOpen, match="before it, revise the design document"):
        world.change_asked(project, "withdraw", "buyer")


# --- letters after registration ----------------------------------------------------------------------------------


def test_2_5_the_hosts_letter_withdrawn_after_registration_leaves_it_registered(
    world: World, registered: Project
) -> None:
    letter = registered.letters.get(party="BR")
    world.do(letter, "withdraw", "dna BR", note="The licence has expired.")
    registered.refresh_from_db()
    assert (letter.state, registered.state) == ("withdrawn", "registered")
    world.do(letter, "request_again", "developer", note="The licence is renewed.")
    assert letter.state == "requested"


def test_eb_25_para_108_a_letter_withdrawn_while_forwarding_is_open_refuses_it(world: World) -> None:
    project = world.on("2017-03-01").registered(crediting_from="2018-01-01")
    world.approve(project, "NL")
    request = world.on("2019-03-01").issued(project, "2018-01-01", "2018-12-31", {2: 1_000})
    fund, own = world.account("buyer", "NL"), world.account()
    asked = world.forwarding_asked(request, [(fund, 2, 500)])
    other = world.forwarding_asked(request, [(own, 2, 100)])
    letter = project.letters.get(party="NL")
    world.do(letter, "withdraw", "dna NL", note="No longer voluntary.")
    asked.refresh_from_db()
    other.refresh_from_db()
    assert (asked.state, other.state) == ("refused", "requested")
    last = Record.objects.filter(machine_name="forwarding_request", subject_id=asked.pk).latest("pk")
    assert last.note == "Netherlands withdrew its letter of approval."
    with pytest.raises(Unmet, match="authorised by a standing letter of approval"):
        world.forwarding_asked(request, [(fund, 2, 500)])


def test_para_33_who_takes_part_by_a_letter_is_one_question(
    world: World, registered: Project, django_assert_num_queries: Any
) -> None:
    """However many take part; the Dutch fund does once its own Party's letter authorises it, the host's does not."""
    with django_assert_num_queries(1):
        found = units.authorised_holders(registered)
    assert {organisation.name for organisation in found.values()} == {"EcoSecurities"}
    world.approve(registered, "NL")
    with django_assert_num_queries(1):
        found = units.authorised_holders(registered)
    assert {organisation.name for organisation in found.values()} == names(registered)
    assert set(found) == {f"organisation:{organisation.pk}" for organisation in found.values()}
