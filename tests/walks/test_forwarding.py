"""Forwarding: only to participants authorised by a standing letter, no more than waits (para 66(b); EB 25 para 108)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cdm.acts import accounts, forwarding
from cdm.models import BoardRequest, Organisation
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from registry import account_requests, queries, verify
from registry.accounts import own_account
from registry.codes import AccountType, UnitType
from registry.models import Account, Issuance
from registry.models_accounts import AccountRequest
from registry.movements import doors
from registry.movements.table import MovementKind
from tests.given import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(world: World) -> BoardRequest:
    """1,000 units of Brazil issued: 20 for adaptation, 980 wait."""
    project = world.on("2017-03-01").registered(crediting_from="2018-01-01")
    world.on("2019-03-01")
    return world.issued(project, "2018-01-01", "2018-12-31", {2: 1_000})


def waiting() -> int:
    return queries.waiting(Issuance.objects.get())


def test_in_parts_until_nothing_waits(world: World, issued: BoardRequest) -> None:
    account = world.account()
    for units, left in ((600, 380), (380, 0)):
        asked = world.forwarding_asked(issued, [(account, 2, units)])
        world.do(asked, "carry_out", "administrator")
        assert waiting() == left
    with pytest.raises(Unmet, match="0 wait"):
        world.forwarding_asked(issued, [(account, 2, 1)])
    assert queries.balance(account) == 980
    assert verify.verify_book().ok


def test_more_than_waits_is_refused_when_asked_and_when_carried_out(
    world: World, issued: BoardRequest
) -> None:
    account = world.account()
    with pytest.raises(Unmet, match="981 units of commitment period 2 are asked for, but 980 wait"):
        world.forwarding_asked(issued, [(account, 2, 981)])
    # two requests, each within what waits: the second is too much once the first is carried out
    first, second = (world.forwarding_asked(issued, [(account, 2, 600)]) for _ in range(2))
    world.do(first, "carry_out", "administrator")
    with pytest.raises(Unmet, match="600 units of commitment period 2 are asked for, but 380 wait"):
        world.do(second, "carry_out", "administrator")
    world.do(second, "refuse", "administrator", note="Not enough is left.")
    assert (second.state, waiting()) == ("refused", 380)


def test_units_of_another_commitment_period_do_not_wait(world: World, issued: BoardRequest) -> None:
    with pytest.raises(Unmet, match="commitment period 1 are asked for, but 0 wait"):
        world.forwarding_asked(issued, [(world.account(), 1, 10)])


@pytest.mark.parametrize("units", [0, -5, True])
def test_whole_units_of_1_or_more(world: World, issued: BoardRequest, units: int) -> None:
    with pytest.raises(Unmet, match="whole number of units"):
        world.forwarding_asked(issued, [(world.account(), 2, units)])


def test_not_to_the_account_of_a_stranger(world: World, issued: BoardRequest) -> None:
    world.seat("stranger", "Somebody Else", Organisation.Kind.PARTICIPANT, party="BR")
    with pytest.raises(Unmet, match="not a participant of this project"):
        world.forwarding_asked(issued, [(world.account("stranger"), 2, 10)])


def test_eb_25_para_108_a_participant_waits_for_its_partys_letter(world: World, issued: BoardRequest) -> None:
    fund = world.account("buyer", "NL")
    with pytest.raises(Unmet, match="authorised by a standing letter"):
        world.forwarding_asked(issued, [(fund, 2, 500)])
    assert issued.project.letters.get(party="NL").state == "requested"
    world.approve(issued.project, "NL")
    asked = world.forwarding_asked(issued, [(fund, 2, 500), (world.account(), 2, 480)])
    world.do(asked, "carry_out", "administrator")
    assert (queries.balance(fund), waiting()) == (500, 0)


def test_who_asks_and_who_carries_out(world: World, issued: BoardRequest) -> None:
    account = world.account()
    for who in ("verifier", "secretary", "administrator", "member 1", "dna BR"):
        with pytest.raises(Denied):
            forwarding.ask(issued, shares=[(account, 2, 10)], by=world.people[who], at=world.at)
    asked = world.forwarding_asked(issued, [(account, 2, 10)])
    for who in ("developer", "secretary", "member 1"):
        with pytest.raises(Denied):
            world.do(asked, "carry_out", who)
    world.do(asked, "carry_out", "administrator")
    with pytest.raises(NotOpen):
        world.do(asked, "carry_out", "administrator")
    assert queries.balance(account) == 10


def test_a_request_for_forwarding_is_withdrawn(world: World, issued: BoardRequest) -> None:
    asked = world.forwarding_asked(issued, [(world.account(), 2, 10)])
    world.do(asked, "withdraw", "developer", note="To another account.")
    with pytest.raises(NotOpen):
        world.do(asked, "carry_out", "administrator")
    assert waiting() == 980


def test_accounts_are_opened_for_participants_and_does_by_the_administrator(world: World) -> None:
    with pytest.raises(Denied):
        accounts.ask_for_account(
            organisation=world.organisations["developer"],
            party="BR",
            reason="Ours",
            by=world.people["developer"],
            at=world.at,
        )
    with pytest.raises(Unmet, match="neither a project participant nor a DOE"):
        world.account("secretary")


def test_eb_20_para_70_percentages_leave_units_over_for_the_account_named_or_for_adaptation(
    world: World, issued: BoardRequest
) -> None:
    """980 units wait; 12.5 and 87.5 per cent of them are 122.5 and 857.5, so that one unit is left over."""
    world.approve(issued.project, "NL")
    developer, other = world.account(), world.account("buyer", "NL")
    wanted = [(developer, Decimal("12.5")), (other, Decimal("87.5"))]
    shares = forwarding.by_percentage(issued, wanted, left_over_to=other, at=world.at)
    assert [(account, units) for account, _, units in shares] == [(developer, 122), (other, 858)]
    shares = forwarding.by_percentage(issued, wanted, left_over_to=None, at=world.at)
    assert [units for _, _, units in shares] == [122, 857, 1]
    request = world.forwarding_asked(issued, shares)
    world.do(request, "carry_out", "administrator")
    adaptation = own_account(AccountType.ADAPTATION_SHARE, at=world.at)
    assert [queries.balance(account) for account in (developer, other, adaptation)] == [122, 857, 21]
    assert verify.verify_book().ok


@pytest.mark.parametrize(
    ("percentages", "sentence"),
    [(["60", "40.5"], "cannot be more than 100"), (["0"], "above 0"), ([], "Name at least one")],
)
def test_eb_20_para_70_percentages_that_cannot_be(
    world: World, issued: BoardRequest, percentages: list[str], sentence: str
) -> None:
    account = world.account()
    asked = [(account, Decimal(one)) for one in percentages]
    with pytest.raises(Unmet, match=sentence):
        forwarding.by_percentage(issued, asked, left_over_to=None, at=world.at)


def test_participants_send_no_units_of_their_own_choice_to_adaptation(
    world: World, issued: BoardRequest
) -> None:
    adaptation = own_account(AccountType.ADAPTATION_SHARE, at=world.at)
    with pytest.raises(Unmet, match="Only units that rounding percentages leaves over"):
        world.forwarding_asked(issued, [(world.account(), 2, 100), (adaptation, 2, 2)])


def test_4_1_from_account_to_account_only_to_participants_of_the_project_with_a_letter(
    world: World, issued: BoardRequest
) -> None:
    world.seat("stranger", "Somebody Else", Organisation.Kind.PARTICIPANT, party="BR")
    own, fund, stranger = world.account(), world.account("buyer", "NL"), world.account("stranger")
    world.do(world.forwarding_asked(issued, [(own, 2, 100)]), "carry_out", "administrator")

    def failing(target: Account) -> set[int]:
        with pytest.raises(doors.ChecksFailed) as failed:
            doors.propose(
                kind=MovementKind.INTERNAL_TRANSFER,
                units=[
                    doors.Units(
                        party="BR",
                        project_number=issued.project.reference_number or 0,
                        unit_type=UnitType.CER,
                        period=2,
                        quantity=10,
                    )
                ],
                source=own,
                target=target,
                by=world.people["developer"],
                at=world.at,
                reason="Sold.",
                key=f"{target.pk}:{issued.project.letters.filter(state='issued').count()}",
            )
        return {one.number for one in failed.value.failures}

    issued.project.refresh_from_db()
    # 4001: a participant with a letter in force; 4003: the account is on no list of trusted ones
    assert failing(fund) == failing(stranger) == {4001, 4003}
    world.approve(issued.project, "NL")
    assert (failing(fund), failing(stranger)) == ({4003}, {4001, 4003})
    assert queries.balance(own) == 100


def test_an_account_that_units_are_still_to_come_to_is_not_closed(world: World, issued: BoardRequest) -> None:
    """Whoever asks for the closing, and whoever approves it later, is told which requests name the account."""
    first, other = world.account(), world.account()

    def closing(account: Account, key: str) -> AccountRequest:
        return account_requests.propose_change(
            kind="close", account=account, by=world.people["developer"], at=world.at, reason="Sold", key=key
        )

    early = closing(first, "early")
    asked = world.forwarding_asked(issued, [(first, 2, 10), (other, 2, 20)])
    named = rf"{asked} of project {issued.project.reference}\. Have that decided or withdrawn"
    with pytest.raises(account_requests.DoesNotFit, match=named):
        account_requests.approve(request=early, by=world.people["administrator"], at=world.at)
    with pytest.raises(account_requests.DoesNotFit, match=named):
        closing(other, "late")
    world.do(asked, "withdraw", "developer", note="To another account.")
    account_requests.approve(request=early, by=world.people["administrator"], at=world.at)
    # a movement that awaits approval is as good as a request
    world.do(world.forwarding_asked(issued, [(other, 2, 20)]), "carry_out", "administrator")
    empty, number = world.account(), issued.project.reference_number
    doors.propose(
        kind=MovementKind.INTERNAL_TRANSFER, source=other, target=empty, reason="Ours", key="transfer",
        units=[doors.Units(party="BR", project_number=number, unit_type=UnitType.CER, period=2, quantity=20)],
        by=world.people["developer"], at=world.at,
    )  # fmt: skip
    with pytest.raises(
        account_requests.DoesNotFit, match=r"to move into or out of .*: Transfer within this registry M\d+\."
    ):
        closing(empty, "empty")
