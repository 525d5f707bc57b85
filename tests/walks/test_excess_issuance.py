"""Excess issuance: a withdrawn or suspended entity replaces it to the unit in 30 days (3/CMP.1 annex, paras 22-24)."""

from __future__ import annotations

import datetime as dt

import pytest

from cdm import board
from cdm.acts import accreditation as acts
from cdm.acts import matters, people
from cdm.models import Deadline, ExcessIssuance, Notice, Project, Record, ReplacementCancellation, Task
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from registry import book
from registry import queries as book_queries
from registry.codes import AccountType, UnitType
from registry.models import Account, Entry
from registry.models_accounts import TrustedAccount
from registry.movements import doors
from registry.movements.table import MovementKind
from registry.serials import SerialRange, UnitBlockIdentifier
from registry.verify import verify_book
from tests import entities
from tests.entities import NOTE
from tests.given import World
from tests.walks.days import first_second_after, last_second_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(world: World) -> Project:
    """5,000 units issued on SGS's certification, forwarded to EcoSecurities; then SGS is suspended."""
    world.on("2019-01-07")
    project = world.registered(crediting_from="2019-04-01")
    world.on("2020-02-03")
    request = world.issued(project, "2019-04-01", "2019-12-31", {2: 5_000})
    forwarding = world.forwarding_asked(request, [(world.account(), 2, 4_900)])
    world.do(forwarding, "carry_out", "administrator")
    entities.suspended(world, entities.taken_over(world, "verifier"), "verifier")
    project.refresh_from_db()
    return project


def acquired(world: World, project: Project, quantity: int) -> Account:
    """SGS buys units of the project from EcoSecurities."""
    target = Account.objects.filter(holder="SGS United Kingdom").first() or entities.account(world)
    book.transfer(
        source=Account.objects.get(holder="EcoSecurities"), target=target, party="BR",
        project_number=project.reference_number or 0, commitment_period=2, quantity=quantity,
        by=world.people["administrator"], at=world.at, reason="Sold", key=f"sale:{quantity}:{world.at}",
    )  # fmt: skip
    return target


def arrived(world: World, account: Account, kind: UnitType, number: int, quantity: int) -> None:
    """Units of another registry come into the account."""
    block = UnitBlockIdentifier(
        serials=SerialRange("DE", number, number + quantity - 1), unit_type=int(kind), original_period=2,
        applicable_period=2, project_number=0, lulucf=1 if kind == UnitType.RMU else 0, track=0,
    )  # fmt: skip
    book.receive(
        account=account, units=block, by=world.people["administrator"], at=world.at, reason="Bought",
        key=f"arrival:{number}",
    )  # fmt: skip


def due(world: World, project: Project, excess: int) -> ExcessIssuance:
    return entities.determined(world, project, excess)


def cancelled_units() -> int:
    account = Account.objects.filter(type=AccountType.EXCESS_ISSUANCE_CANCELLATION).first()
    return book_queries.balance(account) if account is not None else 0


def test_para_22_a_review_without_deficiencies_ends_without_an_obligation(
    world: World, issued: Project
) -> None:
    before = (issued.state, issued.reference_number, issued.registered_on, issued.version)
    found = entities.review(world, issued)
    assert found.state == "under_review"
    for who in ("developer", "buyer", "dna BR", "verifier"):
        assert "review" in Notice.objects.filter(user=world.people[who]).latest("id").sentence.lower(), who
    entities.board_decides(world, found, "find_none", "The meters were read once.")
    assert (found.state, found.quantity) == ("no_excess", None)
    issued.refresh_from_db()
    assert (issued.state, issued.reference_number, issued.registered_on, issued.version) == before


def test_para_22_only_reports_of_suspended_or_withdrawn_entities_on_registered_projects_are_reviewed(
    world: World, issued: Project
) -> None:
    with pytest.raises(Unmet, match="Det Norske Veritas is neither suspended nor withdrawn"):
        entities.review(world, issued, "validator")
    other = world.submitted()
    with pytest.raises(Unmet) as refused:
        entities.review(world, other)
    assert [str(problem) for problem in refused.value.problems] == [
        f"{other} is not registered, so nothing was issued for it.",
        f"SGS United Kingdom has reported on nothing of {other}.",
    ]
    unused = world.on("2020-03-02").registered(crediting_from="2020-04-01", others=())
    entities.suspended(world, entities.taken_over(world, "validator"), "validator")
    with pytest.raises(Unmet, match=f"No unit has been issued for {unused}, so none was issued in excess"):
        entities.review(world, unused, "validator")
    assert not ExcessIssuance.objects.exists()
    entities.review(world, issued)
    with pytest.raises(Unmet, match="is open already"):
        entities.review(world, issued)
    with pytest.raises(Denied):
        acts.open_review(
            doe=world.organisations["verifier"], project=issued, reason="It",
            by=world.people["secretary"], at=world.at,
        )  # fmt: skip
    assert ExcessIssuance.objects.count() == 1


def test_para_22_the_board_may_appoint_another_entity_to_review_the_report(
    world: World, issued: Project
) -> None:
    def open_with(who: str) -> ExcessIssuance:
        return acts.open_review(
            doe=world.organisations["verifier"], project=issued, reviewer=world.organisations[who],
            reason="It", by=world.people["member 1"], at=world.at,
        )  # fmt: skip

    entities.entity(world)
    entities.designated(world, scopes=(1,))
    with pytest.raises(Unmet, match="does not review its own report"):
        open_with("verifier")
    with pytest.raises(Unmet, match=r"Carbon Check is not accredited .* in sectoral scope 13"):
        open_with("entity")
    found = open_with("validator")
    assert found.reviewer == world.organisations["validator"]
    assert (
        "appointed you to review"
        in Notice.objects.filter(user=world.people["validator"]).latest("id").sentence
    )


def test_para_8f_a_member_with_a_conflict_in_the_project_or_with_the_entity_determines_nothing(
    world: World, issued: Project
) -> None:
    found = entities.review(world, issued)
    conflicts = [("member 3", {"project": issued}), ("member 4", {"organisation": found.doe})]
    for who, about in conflicts:
        people.record_conflict(
            user=world.people[who], **about, reason="Shares", by=world.people[who], at=world.at
        )
    matter = entities.recommended(world, found, "find_none")
    world.meeting(300)
    matter.refresh_from_db()
    for who, _ in conflicts:
        with pytest.raises(Denied, match="conflict of interest with this entity"):
            matters.vote(matter, choice="in_favour", by=world.people[who], at=world.at)
    assert board.count(matter).may_vote == 8, "they are not among those present and voting"
    world.vote(matter, "in_favour", *(f"member {one}" for one in (1, 2, 5, 6, 7, 8)))
    world.vote(matter, "against", "member 9", "member 10")
    # in 2020 member 1 presides; 6 of 8 are three quarters
    world.do(matter, "adopt_by_vote", "member 1")
    found.refresh_from_db()
    assert (found.state, matter.decided_by) == ("no_excess", "vote")
    with pytest.raises(Denied):
        acts.open_review(doe=found.doe, project=issued, reason="It", by=world.people["member 4"], at=world.at)


def test_para_23_the_excess_is_determined_after_the_participants_could_be_heard_and_is_no_more_than_was_issued(
    world: World, issued: Project
) -> None:
    found = entities.review(world, issued)
    records = Record.objects.count()
    with pytest.raises(Unmet, match=r"had the possibility of a hearing .*this is needed"):
        entities.recommended(world, found, "determine", excess=10)
    with pytest.raises(Unmet, match=r"5,000 units were issued for the project\. No more than 5,000"):
        entities.recommended(world, found, "determine", excess=5_001, participants_could_be_heard=True)
    assert Record.objects.count() == records
    matter = entities.recommended(world, found, "determine", excess=5_000, participants_could_be_heard=True)
    found.refresh_from_db()
    assert (found.state, found.quantity) == ("under_review", None), "it is the Board that determines"
    world.meeting(300)
    matter.refresh_from_db()
    world.do(matter, "adopt_by_consensus", world.chair)
    found.refresh_from_db()
    assert (found.state, found.quantity) == ("due", 5_000)
    assert found.review_ended_on == world.at.date(), "the review ends with the finding, and the days run"
    assert issued.records.filter(verb="determine_excess_issuance", note=NOTE).exists()


def test_para_22_an_equal_amount_is_cancelled_within_30_days_counted_to_the_unit(
    world: World, issued: Project
) -> None:
    world.on("2020-03-02")
    found = due(world, issued, 1_000)
    deadline = Deadline.objects.get(machine_name="excess_issuance", closed_at__isnull=True)
    assert (deadline.last_day, deadline.kind, deadline.project) == (dt.date(2020, 4, 1), "law", None)
    task = Task.objects.get(machine_name="excess_issuance", closed_at__isnull=True)
    assert (task.organisation, task.due_on) == (found.doe, dt.date(2020, 4, 1))
    with pytest.raises(Unmet, match="No account of SGS United Kingdom holds"):
        world.do(found, "cancel_units", "verifier", holding="x", quantity=1)

    acquired(world, issued, 1_200)
    world.do(found, "cancel_units", "verifier", holding=entities.holding(found), quantity=999)
    assert (found.state, found.replaced, found.remaining) == ("due", 999, 1)
    assert (
        Deadline.objects.get(machine_name="excess_issuance", closed_at__isnull=True).last_day
        == deadline.last_day
    )
    entries, records = Entry.objects.count(), Record.objects.count()
    with pytest.raises(Unmet, match="2 units are more than is due: 1 of 1,000 are still to be cancelled"):
        world.do(found, "cancel_units", "verifier", holding=entities.holding(found), quantity=2)
    assert (Entry.objects.count(), Record.objects.count(), cancelled_units()) == (entries, records, 999)

    world.do(found, "cancel_units", "verifier", holding=entities.holding(found), quantity=1)

    assert (found.state, found.remaining, cancelled_units()) == ("fulfilled", 0, 1_000)
    linked = ReplacementCancellation.objects.filter(excess_issuance=found)
    assert [one.quantity for one in linked] == [999, 1]
    for one in linked:
        account, serials = book.Moved(one.entry, one.quantity).parts[0]
        assert account.account_type == AccountType.EXCESS_ISSUANCE_CANCELLATION
        assert (str(serials), serials.units) == (one.serials, one.quantity)
    assert not Deadline.objects.filter(machine_name="excess_issuance", closed_at__isnull=True).exists()
    assert verify_book().ok
    with pytest.raises(NotOpen):
        world.do(found, "cancel_units", "verifier", holding=entities.holding(found), quantity=1)


def test_para_22_the_entity_acquires_existing_units_of_the_project_from_an_account_that_holds_them(
    world: World, issued: Project
) -> None:
    """It takes no part in the project, so that nothing but what it owes lets units come to it."""
    seller, buyer = Account.objects.get(holder="EcoSecurities"), entities.account(world)
    TrustedAccount.objects.create(account=seller, trusted=buyer, from_at=world.at)

    def sold(quantity: int) -> None:
        line = doors.Units(
            party="BR", project_number=issued.reference_number or 0, unit_type=5, period=2, quantity=quantity
        )
        movement = doors.propose(
            kind=MovementKind.INTERNAL_TRANSFER, units=[line], source=seller, target=buyer, reason="Sold",
            by=world.people["developer"], at=world.at, key=f"sale:{quantity}:{world.at}",
        )  # fmt: skip
        doors.approve(movement=movement, by=world.people["second developer"], at=world.at)

    world.on("2020-03-02")
    with pytest.raises(doors.ChecksFailed, match="is not a participant of project"):
        sold(600)
    found = due(world, issued, 1_000)
    world.on("2020-03-03")
    sold(600)
    with pytest.raises(doors.ChecksFailed, match="it may acquire 400 more CERs, ERUs, AAUs or RMUs"):
        sold(401)
    world.do(found, "cancel_units", "verifier", holding=entities.holding(found), quantity=600)
    sold(400)
    world.do(found, "cancel_units", "verifier", holding=entities.holding(found), quantity=400)
    assert (found.state, cancelled_units()) == ("fulfilled", 1_000)
    world.on("2020-03-04")
    with pytest.raises(doors.ChecksFailed, match="is not a participant of project"):
        sold(1)


def test_para_22_after_the_30th_day_it_is_overdue_and_still_owed(world: World, issued: Project) -> None:
    world.on("2020-03-02")
    found = due(world, issued, 10)
    acquired(world, issued, 10)
    last_second_of(world, dt.date(2020, 4, 1))
    found.refresh_from_db()
    assert found.state == "due"
    first_second_after(world, dt.date(2020, 4, 1))
    found.refresh_from_db()
    assert found.state == "overdue"
    world.do(found, "cancel_units", "verifier", holding=entities.holding(found), quantity=4)
    assert (found.state, found.remaining) == ("overdue", 6)
    world.do(found, "cancel_units", "verifier", holding=entities.holding(found), quantity=6)
    assert (found.state, cancelled_units()) == ("fulfilled", 10)


def test_appendix_d_units_of_other_kinds_replace_it_but_only_those_of_the_entity(
    world: World, issued: Project
) -> None:
    world.on("2020-03-02")
    found = due(world, issued, 100)
    account = entities.account(world)
    arrived(world, account, UnitType.AAU, 1_000, 30)
    arrived(world, account, UnitType.RMU, 5_000, 30)
    own = entities.holding(found, UnitType.AAU)
    with pytest.raises(Unmet, match="Only 30 of these units lie there"):
        world.do(found, "cancel_units", "verifier", holding=own, quantity=31)
    with pytest.raises(Unmet, match="no such units in an account of the entity"):
        stranger = Account.objects.get(holder="EcoSecurities")
        of_another = own.replace(account.identifier, stranger.identifier)
        world.do(found, "cancel_units", "verifier", holding=of_another, quantity=1)
    with pytest.raises(Denied):
        world.do(found, "cancel_units", "validator", holding=own, quantity=1)
    world.do(found, "cancel_units", "verifier", holding=own, quantity=30)
    world.do(found, "cancel_units", "verifier", holding=entities.holding(found, UnitType.RMU), quantity=30)
    acquired(world, issued, 40)
    world.do(found, "cancel_units", "verifier", holding=entities.holding(found), quantity=40)
    assert found.state == "fulfilled"
    kinds = [(one.unit_type, one.quantity) for one in found.cancellations.all()]
    assert kinds == [("AAU", 30), ("RMU", 30), ("CER", 40)]
