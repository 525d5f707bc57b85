"""Modalities of communication (rulebook 2.4) and what they demand of forwarding (4.3): who signs, and what."""

from __future__ import annotations

import pytest

from cdm.acts import forwarding, modalities, requests
from cdm.models import BoardRequest, Organisation, Project, Record, Signature
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from registry import queries
from tests.given import World

pytestmark = pytest.mark.django_db
JOINT = ("joint", ("developer", "buyer"))
SHARED = ("shared", ("developer", "buyer"))


@pytest.fixture
def submitted(world: World) -> Project:
    return world.on("2019-03-04").submitted()


@pytest.fixture
def cast(world: World) -> World:
    """With a consultant that takes part in nothing."""
    world.seat("agent", "Carbon Agents", Organisation.Kind.PARTICIPANT, party="CH")
    return world


def issued(world: World, **scopes: tuple[str, tuple[str, ...]]) -> BoardRequest:
    """1,000 units of Brazil, 980 of them waiting; the Dutch letter issued; these modalities in force."""
    project = world.on("2017-03-01").validated(crediting_from="2018-01-01")
    world.approve(project, "NL")
    world.modalities(project, **scopes)
    world.after_window(world.published_request(project, "validator"))
    project.refresh_from_db()
    world.on("2019-03-01")
    return world.issued(project, "2018-01-01", "2018-12-31", {2: 1_000})


def nothing_changed(act: object, refusal: type[Exception], match: str) -> None:
    """The act is refused with this sentence, and no record and no signature is written."""
    before = (Record.objects.count(), Signature.objects.count())
    with pytest.raises(refusal, match=match):
        act()  # type: ignore[operator]
    assert (Record.objects.count(), Signature.objects.count()) == before


# --- the statement ---------------------------------------------------------------------------------------------


def test_2_4_in_force_when_all_participants_have_signed(world: World, submitted: Project) -> None:
    statement = world.stated(submitted)
    assert (statement.state, [str(one) for one in statement.still_to_sign()]) == (
        "being_signed",
        ["Netherlands Clean Development Facility"],
    )
    assert statement.form == "CDM-MOC-FORM"
    nothing_changed(
        lambda: world.sign(statement, "developer"), Unmet, "signed this on 4 March 2019. It is signed once"
    )
    nothing_changed(lambda: world.sign(statement, "verifier"), Denied, "Only a focal point")
    world.sign(statement, "buyer")
    assert (statement.state, statement.in_force_from) == ("in_force", world.at)
    nothing_changed(lambda: world.sign(statement, "buyer"), NotOpen, "In force")


def test_2_4_any_change_voids_the_signatures_given_and_the_earlier_text_cannot_be_signed(
    cast: World, submitted: Project
) -> None:
    statement = cast.stated(submitted, forwarding=("joint", ("developer", "buyer", "agent")))
    cast.sign(statement, "buyer")
    read_by_the_agent = statement.content_sha256
    scopes = {
        "forwarding": ("joint", [cast.organisations["developer"], cast.organisations["agent"]]),
        "participants": ("sole", [cast.organisations["developer"]]),
        "other": ("sole", [cast.organisations["developer"]]),
    }
    with pytest.raises(Unmet, match="what is changed"):
        modalities.change(statement, scopes=scopes, reason=" ", by=cast.people["developer"], at=cast.at)
    modalities.change(
        statement, scopes=scopes, reason="Without the fund.", by=cast.people["developer"], at=cast.at
    )
    nothing_changed(
        lambda: cast.sign(statement, "agent", read_by_the_agent), Unmet, "changed after you opened it"
    )
    assert {(str(row), row.void_because) for row in statement.signatures.exclude(voided_at=None)} == {
        ("EcoSecurities, Developer", "Without the fund."),
        ("Netherlands Clean Development Facility, Buyer", "Without the fund."),
    }
    assert statement.content_number == 2
    for who in ("buyer", "agent"):
        assert statement.state == "being_signed"
        cast.sign(statement, who)
    assert statement.state == "in_force"


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        (("sole", ("developer", "buyer")), "has one focal point"),
        (("joint", ("developer",)), "two focal points or more"),
        (("shared", ()), "name its focal points"),
        (("sole", ("verifier",)), "not registered as an organisation that can be a focal point"),
    ],
)
def test_2_4_a_scope_is_held_by_one_or_by_several(
    world: World, submitted: Project, scope: tuple[str, tuple[str, ...]], sentence: str
) -> None:
    nothing_changed(lambda: world.stated(submitted, forwarding=scope), Unmet, sentence)


def test_2_4_before_13_february_2009_one_rule_is_stated_for_all_matters(world: World) -> None:
    project = world.on("2009-02-12").submitted()
    nothing_changed(
        lambda: world.stated(project, forwarding=JOINT), Unmet, "Until F-CDM-MOC of 13 February 2009"
    )
    assert world.stated(project).form == "Written statement of modalities of communication"
    other = world.on("2009-02-13").submitted()
    assert world.stated(other, forwarding=JOINT).form == "F-CDM-MOC"


def test_2_6_registration_is_requested_with_the_statement(world: World) -> None:
    project = world.on("2019-03-04").validated()
    statement = world.stated(project)
    request = modalities_less_request(world, project)
    with pytest.raises(Unmet, match="No statement of modalities of communication is in force"):
        world.do(request, "submit", "validator")
    world.sign(statement, "buyer")
    world.do(request, "submit", "validator")
    # the fee of the host's first projects is put off, so the checks begin
    assert request.state == "completeness_check"


def modalities_less_request(world: World, project: Project) -> BoardRequest:
    return requests.prepare(project, by=world.people["validator"], at=world.at)


def test_2_4_a_new_statement_takes_the_place_of_the_one_in_force(cast: World, submitted: Project) -> None:
    first = cast.modalities(submitted)
    second = cast.stated(submitted, other=("sole", ("agent",)))
    with pytest.raises(NotOpen, match="being signed already"):
        cast.stated(submitted)
    first.refresh_from_db()
    assert first.state == "in_force"
    cast.sign(second, "agent")
    cast.sign(second, "buyer")
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "in_force")
    # the agent speaks in scope (c) only, so it does not say who speaks
    scopes = {
        scope: ("sole", [cast.organisations["agent"]]) for scope in ("forwarding", "participants", "other")
    }
    nothing_changed(
        lambda: modalities.state(submitted, scopes=scopes, by=cast.people["agent"], at=cast.at),
        Denied,
        r"focal point for scope \(b\) states",
    )


def test_2_4_a_statement_is_withdrawn_before_all_have_signed(world: World, submitted: Project) -> None:
    statement = world.stated(submitted)
    world.do(statement, "withdraw", "buyer", note="We speak for ourselves.")
    nothing_changed(lambda: world.sign(statement, "buyer"), NotOpen, "Withdrawn")
    assert world.modalities(submitted).state == "in_force"


def test_2_4_a_draft_has_no_modalities(world: World) -> None:
    project = world.draft()
    nothing_changed(lambda: world.stated(project), NotOpen, "once the design document is submitted")


# --- what forwarding demands -----------------------------------------------------------------------------------


def test_4_3_sole_only_the_one_focal_point_asks(world: World) -> None:
    request = issued(world)
    shares = [(world.account(), 2, 100)]
    nothing_changed(
        lambda: forwarding.ask(request, shares=shares, by=world.people["buyer"], at=world.at),
        Denied,
        r"Only a focal point for scope \(a\) asks for forwarding \(rulebook 4.3\): EcoSecurities",
    )
    assert world.forwarding_asked(request, shares).state == "requested"


def test_4_3_shared_any_one_of_them_is_enough(world: World) -> None:
    request = issued(world, forwarding=SHARED)
    asked = forwarding.ask(
        request, shares=[(world.account("buyer", "NL"), 2, 100)], by=world.people["buyer"], at=world.at
    )
    assert asked.state == "requested"
    world.do(asked, "carry_out", "administrator")
    assert asked.state == "forwarded"


def test_4_3_joint_all_sign_the_same_text_and_a_change_voids_what_was_signed(world: World) -> None:
    request = issued(world, forwarding=JOINT)
    account, by, at = world.account(), world.people["developer"], world.at
    asked = world.forwarding_asked(request, [(account, 2, 100)])
    assert asked.state == "being_signed"
    with pytest.raises(NotOpen):
        world.do(asked, "carry_out", "administrator")
    read_by_the_buyer = asked.content_sha256
    forwarding.change(asked, shares=[(account, 2, 900)], reason="All of it.", by=by, at=at)
    assert world.people["buyer"].notices.filter(sentence__endswith="changed, to be signed anew").exists()
    nothing_changed(
        lambda: world.sign(asked, "buyer", read_by_the_buyer), Unmet, "changed after you opened it"
    )
    nothing_changed(lambda: world.sign(asked, "developer"), Unmet, "signed once")
    world.sign(asked, "buyer")
    assert asked.state == "requested"
    # changed once more after it was handed in: back to be signed, by all
    forwarding.change(asked, shares=[(account, 2, 500)], reason="Half.", by=by, at=at)
    assert (asked.state, [str(one) for one in asked.still_to_sign()]) == (
        "being_signed",
        ["Netherlands Clean Development Facility"],
    )
    world.sign(asked, "buyer")
    world.do(asked, "carry_out", "administrator")
    assert queries.balance(account) == 500
    assert asked.signatures.count() == 5 and asked.standing_signatures.count() == 2


def test_4_1_the_statement_in_force_when_it_was_asked_for_says_who_signs(cast: World) -> None:
    request = issued(cast, forwarding=JOINT)
    asked = cast.forwarding_asked(request, [(cast.account(), 2, 100)])
    cast.modalities(request.project, forwarding=("sole", ("agent",)))
    nothing_changed(lambda: cast.sign(asked, "agent"), Denied, "Only a focal point")
    cast.sign(asked, "buyer")
    assert asked.state == "requested"
    with pytest.raises(Denied, match="Carbon Agents"):
        cast.forwarding_asked(request, [(cast.account(), 2, 100)])


# --- who may receive (3/CMP.1 annex, paras 31 to 34; EB 25 para 108) ---------------------------------------------


def test_para_33_a_party_that_is_not_eligible_on_the_day_receives_nothing(world: World) -> None:
    """Bulgaria could not acquire units from 28 June 2010; on 4 February 2011 it could again."""
    world.seat("sofia", "Sofia Carbon", Organisation.Kind.PARTICIPANT, party="BG")
    world.seat("dna BG", "DNA of BG", Organisation.Kind.DNA, party="BG")
    project = world.on("2007-03-01").registered(crediting_from="2008-01-01")
    change = world.change_asked(project, "add", "sofia", party="BG")
    world.approve_added(project, "BG", "sofia")
    world.sign(change, "sofia")
    world.do(change, "carry_out", "secretary")
    request = world.on("2010-05-03").issued(project, "2008-01-01", "2008-12-31", {1: 1_000})
    account = world.account("sofia", "BG")
    world.on("2010-06-27")
    asked = world.forwarding_asked(request, [(account, 1, 10)])
    for day in ("2010-06-28", "2011-02-03"):
        world.on(day)
        with pytest.raises(Unmet, match=r"Sofia Carbon cannot receive units now\. Bulgaria is not eligible"):
            world.do(asked, "carry_out", "administrator")
        nothing_changed(
            lambda: world.forwarding_asked(request, [(account, 1, 10)]), Unmet, "Bulgaria is not eligible"
        )
    assert (asked.state, queries.balance(account)) == ("requested", 0)
    world.on("2011-02-04")
    world.do(asked, "carry_out", "administrator")
    assert queries.balance(account) == 10
