"""The life of an account: who asks, who approves, what is refused with which words, and what the database refuses."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django_fsm import TransitionNotAllowed

from cdm.models import Notice, Record, User
from registry import account_requests as doors
from registry import book, people
from registry.account_request_moves import OutsideTheDoor
from registry.accounts import Refused
from registry.codes import AccountState, AccountType
from registry.models import Account, AccountRecord
from registry.models_accounts import AccountRepresentative, AccountRequest, RequestedChange, TrustedAccount
from registry.serials import AccountIdentifier
from tests.given import World, instant
from tests.registry import given

pytestmark = pytest.mark.django_db

AT = instant("2009-03-02 10:00")
_keys: Iterator[int] = itertools.count(1)


@pytest.fixture
def world() -> World:
    made = World(at=AT)
    for name in ("ana", "bento", "carla", "davi"):
        made.people[name] = User.objects.create_user(email=f"{name}@example.org", name=name.title())
    return made


@pytest.fixture
def account(world: World) -> Account:
    """An open holding account for which Ana acts."""
    opened = approved(world, opening(world, representatives=["ana"])).opened
    assert opened is not None
    return opened


def opening(world: World, by: str = "administrator", **about: Any) -> AccountRequest:
    asked: dict[str, Any] = {
        "type": AccountType.HOLDING,
        "party": "BR",
        "holder": "NovaGerar",
        "reason": "Letter of 2 March",
        "key": f"open:{next(_keys)}",
    } | about
    asked["representatives"] = [world.people[name] for name in asked.get("representatives", ())]
    return doors.propose_opening(**asked, by=world.people[by], at=world.at)


def asked(world: World, account: Account, kind: str, by: str = "ana", **about: Any) -> AccountRequest:
    given_people = {
        name: [world.people[one] for one in about.pop(name, ())]
        for name in ("add_representatives", "end_representatives")
    }
    about = {"reason": "Our letter", "key": f"ask:{next(_keys)}"} | given_people | about
    return doors.propose_change(kind=kind, account=account, by=world.people[by], at=world.at, **about)


def approved(world: World, request: AccountRequest, by: str = "second administrator") -> AccountRequest:
    return doors.approve(request=request, by=world.people[by], at=world.at, reason="As asked.")


def contents() -> list[tuple[Any, ...]]:
    """Everything that a request could change."""
    tables = (
        Account,
        AccountRecord,
        AccountRepresentative,
        TrustedAccount,
        AccountRequest,
        RequestedChange,
        Record,
    )
    return [row for table in tables for row in table.objects.order_by("pk").values_list()]


def refused(says: str, act: Callable[[], Any], kind: type[Refused] = Refused) -> None:
    """Refused with these words, which end as a sentence does, and with nothing changed."""
    before = contents()
    with pytest.raises(kind, match=says) as caught:
        act()
    assert caught.value.sentence.endswith(".")
    assert contents() == before


def acts(account: Account) -> list[str]:
    return list(account.records.order_by("id").values_list("act", flat=True))


def names(account: Account, at: dt.datetime) -> list[str]:
    return [str(row.user) for row in people.representatives_of(account, at)]


# --- each request's way --------------------------------------------------------------------------------------


def test_an_account_is_opened_by_two_administrators(world: World) -> None:
    request = opening(world, representatives=["ana", "bento"], project_number=8)
    assert (request.state, Account.objects.count()) == ("awaiting_approval", 0)
    done = approved(world, request)
    account = Account.objects.get()
    assert done.opened == account
    assert (account.type, account.party, account.holder, account.project_number) == (
        "holding",
        "BR",
        "NovaGerar",
        8,
    )
    assert AccountIdentifier.parse(account.identifier).des_type == 100
    assert names(account, world.at) == ["Ana", "Bento"]
    assert acts(account) == ["opened", "representative_added", "representative_added"]
    record = account.records.first()
    assert record is not None
    assert record.by == world.people["second administrator"]
    assert record.reason == f"Letter of 2 March (request {request.pk}, asked for by Administrator)"
    assert (done.decided_by, done.decision_reason) == (world.people["second administrator"], "As asked.")
    assert list(
        Record.objects.filter(chain__name="accounts").values_list("verb", flat=True).order_by("id")
    ) == [
        "ask_about_account",
        "approve_account_request",
    ]
    told = Notice.objects.order_by("id").values_list("user", "sentence")
    assert list(told) == [
        (world.people["second administrator"].pk, "Asked for: Open an account (holding) for NovaGerar, BR"),
        (world.people["administrator"].pk, "Approved: Open an account (holding) for NovaGerar, BR"),
    ]


def test_suspended_reopened_emptied_and_closed(world: World, account: Account) -> None:
    approved(world, asked(world, account, "suspend"))
    account.refresh_from_db()
    assert account.state == AccountState.SUSPENDED
    approved(world, asked(world, account, "reopen", by="administrator"))
    approved(world, asked(world, account, "close"))
    account.refresh_from_db()
    assert account.state == AccountState.CLOSED
    assert acts(account)[2:] == ["suspended", "reopened", "closed"]
    refused("is closed", lambda: asked(world, account, "suspend"))
    refused(
        "is closed", lambda: asked(world, account, "change_representatives", add_representatives=["bento"])
    )


def test_representatives_change_and_what_was_stays_on_record(world: World, account: Account) -> None:
    request = asked(
        world,
        account,
        "change_representatives",
        add_representatives=["bento", "carla"],
        end_representatives=["ana"],
    )
    before, world.at = world.at, world.at + dt.timedelta(days=1)
    approved(world, request)
    assert names(account, before) == ["Ana"]
    assert names(account, world.at) == ["Bento", "Carla"]
    assert acts(account)[2:] == ["representative_ended", "representative_added", "representative_added"]
    refused("Only a registry administrator or a representative", lambda: asked(world, account, "close"))
    # who was ended may come back
    again = asked(world, account, "change_representatives", by="bento", add_representatives=["ana"])
    approved(world, again)
    assert names(account, world.at) == ["Bento", "Carla", "Ana"]


def test_where_an_account_may_send(world: World, account: Account) -> None:
    other, third = given.holding(holder="Other"), given.holding(party="HN", holder="Third")
    approved(world, asked(world, account, "change_trusted_accounts", add_trusted=[other, third]))
    assert people.trusts(account, other, world.at)
    assert not people.trusts(other, account, world.at)
    before, world.at = world.at, world.at + dt.timedelta(days=1)
    approved(world, asked(world, account, "change_trusted_accounts", end_trusted=[other]))
    assert people.trusts(account, other, before)
    assert not people.trusts(account, other, world.at)
    assert people.trusts(account, third, world.at)
    assert acts(account)[2:] == ["trusted_account_added", "trusted_account_added", "trusted_account_ended"]


def test_rejected_and_cancelled_change_nothing_but_themselves(world: World, account: Account) -> None:
    first = asked(world, account, "suspend")
    second = asked(world, account, "change_representatives", add_representatives=["bento"])
    doors.reject(request=first, by=world.people["administrator"], at=world.at, reason="Not signed.")
    doors.cancel(request=second, by=world.people["ana"], at=world.at, reason="Too early.")
    first.refresh_from_db()
    assert (first.state, first.decision_reason, first.decided_by) == (
        "rejected", "Not signed.", world.people["administrator"],
    )  # fmt: skip
    account.refresh_from_db()
    assert (account.state, acts(account)) == ("open", ["opened", "representative_added"])
    for done in (first, second):
        for act in (doors.approve, doors.reject):
            refused(
                "nothing more is done about it",
                lambda act=act, done=done: act(  # type: ignore[misc]
                    request=done, by=world.people["second administrator"], at=world.at, reason="x"
                ),
                doors.AlreadyDecided,
            )


def test_asked_twice_under_one_key_is_asked_once(world: World, account: Account) -> None:
    first = asked(world, account, "suspend", key="k")
    assert asked(world, account, "suspend", key="k") == first
    approved(world, first)
    # also when it has long been done: a program that repeats itself learns what became of it
    assert asked(world, account, "suspend", key="k").state == "approved"
    refused(
        "was sent before, with other contents",
        lambda: asked(world, account, "close", key="k"),
        book.KeyReused,
    )
    refused(
        "was sent before, with other contents",
        lambda: asked(world, account, "suspend", key="k", by="administrator"),
        book.KeyReused,
    )


# --- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "about"),
    [
        ("“savings” is not a type of account. Name one of these: holding, temporary_holding", {"type": "savings"}),
        ("keeps its one account “Pending” itself", {"type": "pending"}),
        ("keeps its one account “Voluntary cancellation” itself", {"type": "voluntary_cancellation"}),
        ("Name the holder", {"holder": " "}),
        ("not a Party's code", {"party": "Brazil"}),
        ("at most 200 characters", {"holder": "x" * 201}),
        ("not a project number", {"project_number": 0}),
        ("the reason is empty", {"reason": " "}),
        ("A key of 1 to 120 characters", {"key": ""}),
        ("“Retirement” is opened for Annex I Parties", {"type": "retirement"}),
        ("for expiry” is opened for Annex I", {"type": "tcer_expiry_replacement"}),
        ("for reversal of storage” is opened for Annex I", {"type": "lcer_reversal_replacement"}),
        ("in another registry” is opened for Annex I", {"type": "other_registry"}),
        ("“Temporary holding” is opened for Annex I", {"type": "temporary_holding"}),
        ("NL is an Annex I Party: whom it authorises is given a temporary", {"party": "NL"}),
        ("Ana is named twice", {"representatives": ["ana", "ana"]}),
        (
            "at most three representatives; it would have 4",
            {"type": "temporary_holding", "party": "NL", "representatives": ["ana", "bento", "carla", "davi"]},
        ),
    ],
)  # fmt: skip
def test_what_is_not_opened(world: World, says: str, about: dict[str, Any]) -> None:
    refused(says, lambda: opening(world, **about))


def test_for_annex_i_parties_every_account_of_theirs(world: World) -> None:
    """300, 411, 421, 422, 423 for the Netherlands; Malta was not in Annex I before 26 October 2010 (3/CP.15)."""
    codes = []
    for kind in ("retirement", "tcer_expiry_replacement", "lcer_expiry_replacement", "lcer_reversal_replacement",
                 "lcer_report_replacement", "temporary_holding"):  # fmt: skip
        opened = approved(world, opening(world, type=kind, party="NL", holder="Netherlands")).opened
        assert opened is not None
        codes.append(AccountIdentifier.parse(opened.identifier).des_type)
    assert codes == [300, 411, 421, 422, 423, 100]
    refused("MT is not one", lambda: opening(world, type="retirement", party="MT"))
    world.at = instant("2013-01-02")
    opening(world, type="retirement", party="MT")


def test_who_asks_and_who_approves(world: World, account: Account, settings: Any) -> None:
    for who in ("ana", "developer", "secretary", "dna BR"):
        refused("Only a registry administrator asks", lambda who=who: opening(world, who), doors.NotAllowed)
    for who in ("bento", "developer", "secretary"):
        refused(
            "or a representative of the account asks", lambda who=who: asked(world, account, "close", who)
        )
    request = opening(world, representatives=["ana"])
    refused(
        "another registry administrator has to approve", lambda: approved(world, request, "administrator")
    )
    for who in ("ana", "secretary", "member 1"):
        refused("Only a registry administrator decides", lambda who=who: approved(world, request, who))
    act = {"request": request, "at": world.at, "reason": "x"}
    refused("cancel it instead", lambda: doors.reject(by=world.people["administrator"], **act))
    refused("Only a registry administrator decides", lambda: doors.reject(by=world.people["ana"], **act))
    refused("may reject it", lambda: doors.cancel(by=world.people["second administrator"], **act))
    act["reason"] = " "
    refused("reason is empty", lambda: doors.cancel(by=world.people["administrator"], **act))
    # an administrator with a part in the account does not approve
    own = opening(world, representatives=["second administrator"])
    refused("You represent this account, or would", lambda: approved(world, own))
    approved(world, asked(world, account, "suspend"))
    refused("Only a registry administrator asks", lambda: asked(world, account, "reopen", "ana"))
    # where nobody says who keeps the registry, nobody does
    settings.REGISTRY_ADMINISTRATOR = ""
    refused("Only a registry administrator", lambda: approved(world, request))


def test_changes_that_do_not_fit(world: World, account: Account) -> None:
    def people_of(says: str, **about: Any) -> None:
        refused(says, lambda: asked(world, account, "change_representatives", **about), doors.DoesNotFit)

    def trusted(says: str, **about: Any) -> None:
        refused(says, lambda: asked(world, account, "change_trusted_accounts", **about), doors.DoesNotFit)

    other, closed = given.holding(holder="Other"), given.holding(holder="Closed")
    book.close_account(account=closed, by=None, at=world.at, reason="empty")
    people_of("Bento does not represent the account", end_representatives=["bento"])
    people_of("Ana represents the account already", add_representatives=["ana"])
    people_of("Bento is named twice", add_representatives=["bento", "bento"])
    people_of("Ana is named twice", add_representatives=["ana"], end_representatives=["ana"])
    people_of("Name at least one person")
    people_of("Trusted accounts are changed by a request of their own", add_trusted=[other])
    world.people["davi"].is_active = False
    world.people["davi"].save()
    people_of("Davi cannot sign in any more", add_representatives=["davi"])
    trusted("is not on its own list", add_trusted=[account])
    trusted(f"{closed.identifier} is closed", add_trusted=[closed])
    trusted(f"{other.identifier} is named twice", add_trusted=[other, other])
    trusted(f"{other.identifier} is not on the list", end_trusted=[other])
    trusted("Name at least one account")
    trusted("Representatives are changed by a request of their own", add_representatives=["bento"])
    refused(
        "Representatives are changed", lambda: asked(world, account, "suspend", add_representatives=["bento"])
    )
    for kind in ("open", "delete"):
        refused(f"“{kind}” is not asked of an account", lambda kind=kind: asked(world, account, kind))
    refused("is open", lambda: asked(world, account, "reopen", "administrator"))
    pending = book.own_account(AccountType.PENDING, at=world.at)
    refused("keeps the account", lambda: asked(world, pending, "close", "administrator"))


def test_a_temporary_account_has_three_representatives_at_most(world: World) -> None:
    request = opening(world, type="temporary_holding", party="NL", representatives=["ana", "bento", "carla"])
    account = approved(world, request).opened
    assert account is not None
    refused(
        "at most three representatives; it would have 4",
        lambda: asked(world, account, "change_representatives", add_representatives=["davi"]),
    )
    change = asked(
        world, account, "change_representatives", add_representatives=["davi"], end_representatives=["ana"]
    )
    approved(world, change)
    assert names(account, world.at) == ["Bento", "Carla", "Davi"]


def test_an_account_is_closed_empty_and_without_open_requests(world: World, account: Account) -> None:
    given.issued(100, 2, forward_to=[(account, 98)])
    refused("still holds units", lambda: asked(world, account, "close"))
    book.cancel(source=account, **given.asked(98))
    waiting = asked(world, account, "change_representatives", add_representatives=["bento"])
    refused("still has 1 open request;", lambda: asked(world, account, "close"))
    doors.cancel(request=waiting, by=world.people["ana"], at=world.at, reason="Closing.")
    closing = asked(world, account, "close")
    asked(world, account, "suspend")
    refused("still has 1 open request;", lambda: approved(world, closing))


def test_units_that_came_after_the_closing_was_asked_for(world: World, account: Account) -> None:
    closing = asked(world, account, "close")
    given.issued(100, 2, forward_to=[(account, 98)])
    refused("still holds units", lambda: approved(world, closing))


def test_what_was_asked_of_an_account_that_has_changed(world: World, account: Account) -> None:
    trusting = asked(world, account, "change_trusted_accounts", add_trusted=[given.holding(holder="Other")])
    approved(world, asked(world, account, "suspend"))
    refused("has changed since this was asked for", lambda: approved(world, trusting), doors.ChangedMeanwhile)
    doors.reject(request=trusting, by=world.people["administrator"], at=world.at, reason="Suspended.")


def test_a_state_is_changed_by_the_doors_only(world: World) -> None:
    request = opening(world)
    with pytest.raises(AttributeError):
        request.state = "approved"
    with pytest.raises(OutsideTheDoor):
        request.approve()
    done = approved(world, request)
    with pytest.raises(TransitionNotAllowed):
        done.cancel()


# --- people --------------------------------------------------------------------------------------------------


def test_who_is_who(world: World, account: Account) -> None:
    ana, bento = world.people["ana"], world.people["bento"]
    assert people.is_administrator(world.people["administrator"], world.at)
    assert not people.is_administrator(world.people["administrator"], instant("1999-01-01"))
    for nobody in (ana, world.people["secretary"], AnonymousUser(), None):
        assert not people.is_administrator(nobody, world.at)
    assert people.is_representative(ana, account, world.at)
    assert list(people.accounts_represented_by(ana, world.at)) == [account]
    assert not people.is_representative(ana, account, world.at - dt.timedelta(seconds=1))
    for nobody in (bento, AnonymousUser(), None):
        assert not people.is_representative(nobody, account, world.at)
        assert list(people.accounts_represented_by(nobody, world.at)) == []
    ana.is_active = False
    assert not people.is_representative(ana, account, world.at)


# --- the walls -----------------------------------------------------------------------------------------------

REQUEST = (
    "INSERT INTO registry_accountrequest (kind, account_id, type, party, holder, holder_reference, project_number,"
    " changes_asked, last_record_id, state, proposed_by_id, proposed_at, reason, decided_by_id, decided_at,"
    ' decision_reason, opened_id, "key", content) VALUES '
)
NOW = "'2009-03-02 10:00:00+00:00'"
UPDATE = "UPDATE registry_accountrequest SET "
DECIDED = f"decided_at = {NOW}, decision_reason = 'x'"
PERSON = "INSERT INTO registry_accountrepresentative (account_id, user_id, from_at, until_at) VALUES "
TRUST = "INSERT INTO registry_trustedaccount (account_id, trusted_id, from_at) VALUES"
CHANGE = "INSERT INTO registry_requestedchange (request_id, act, representative_id, trusted_id) VALUES "


def forged(
    state: str = "awaiting_approval", account: str = "{account}", key: str = "f", decided: str = "NULL"
) -> str:
    return (
        f"{REQUEST} ('suspend', {account}, '', '', '', '', NULL, 0, NULL, '{state}', {{ana}}, {NOW}, 'r', {decided},"
        f" NULL, '', NULL, '{key}', 'c')"
    )


ATTACKS = {
    # representatives and trusted accounts
    "delete a representative": "DELETE FROM registry_accountrepresentative",
    "make another of a representative": "UPDATE registry_accountrepresentative SET user_id = {davi}",
    "move a representative": "UPDATE registry_accountrepresentative SET account_id = {temporary}",
    "begin a representative earlier": f"UPDATE registry_accountrepresentative SET from_at = {NOW}",
    "revive a representative": "UPDATE registry_accountrepresentative SET until_at = NULL WHERE user_id = {carla}",
    "end a representative twice": 
        f"UPDATE registry_accountrepresentative SET until_at = {NOW} WHERE user_id = {{carla}}",
    "end a representative before the beginning":
        "UPDATE registry_accountrepresentative SET until_at = '2001-01-01 00:00:00+00:00' WHERE user_id = {ana}",
    "represent twice": f"{PERSON} ({{account}}, {{ana}}, {NOW}, NULL)",
    "be the fourth on a temporary account": f"{PERSON} ({{temporary}}, {{carla}}, {NOW}, NULL)",
    "delete a trusted account": "DELETE FROM registry_trustedaccount",
    "trust another account": "UPDATE registry_trustedaccount SET trusted_id = {third}",
    "trust oneself": f"{TRUST} ({{account}}, {{account}}, {NOW})",
    "trust twice": f"{TRUST} ({{account}}, {{temporary}}, {NOW})",
    # requests
    "delete a request": "DELETE FROM registry_accountrequest WHERE id = {open}",
    "approve one's own request":
        f"{UPDATE} state = 'approved', decided_by_id = {{ana}}, {DECIDED} WHERE id = {{open}}",
    "reject one's own request":
        f"{UPDATE} state = 'rejected', decided_by_id = {{ana}}, {DECIDED} WHERE id = {{open}}",
    "approve as nobody":
        f"{UPDATE} state = 'approved', decided_by_id = NULL, {DECIDED} WHERE id = {{open}}",
    "cancel another's request":
        f"{UPDATE} state = 'cancelled', decided_by_id = {{davi}}, {DECIDED} WHERE id = {{open}}",
    "reject without a reason":
        f"{UPDATE} state = 'rejected', decided_by_id = {{davi}}, decided_at = {NOW} WHERE id = {{open}}",
    "make up a state":
        f"{UPDATE} state = 'granted', decided_by_id = {{davi}}, {DECIDED} WHERE id = {{open}}",
    "open an account by a request to suspend":
        f"{UPDATE} state = 'approved', decided_by_id = {{davi}}, {DECIDED}, opened_id = {{third}} WHERE id = {{open}}",
    "ask for something else afterwards": UPDATE + "kind = 'close' WHERE id = {open}",
    "ask it of another account":
        f"{UPDATE} account_id = {{third}}, state = 'approved', decided_by_id = {{davi}}, {DECIDED} WHERE id = {{open}}",
    "change who asked":
        f"{UPDATE} proposed_by_id = {{davi}}, state = 'cancelled', decided_by_id = {{davi}}, {DECIDED}"
        " WHERE id = {open}",
    "decide again":
        f"{UPDATE} state = 'rejected' WHERE id = {{done}}",
    "decide for another": UPDATE + "decided_by_id = {davi} WHERE id = {done}",
    "take a decision back":
        f"{UPDATE} state = 'awaiting_approval', decided_by_id = NULL, decided_at = NULL,"
        " decision_reason = '' WHERE id = {done}",
    "be born decided": forged(state="approved", decided="{davi}"),
    "ask of no account": forged(account="NULL"),
    "ask without a key": forged(key=""),
    "use a key twice": forged(key="taken"),
    "add to what was asked": f"{CHANGE} ({{open}}, 'add', {{davi}}, NULL)",
    "add to what was decided": f"{CHANGE} ({{done}}, 'add', {{davi}}, NULL)",
    "change what was asked": "UPDATE registry_requestedchange SET representative_id = {davi}",
    "delete what was asked": "DELETE FROM registry_requestedchange",
    "change a record": "UPDATE registry_accountrecord SET act = 'closed'",
}  # fmt: skip


@pytest.fixture
def places(world: World, account: Account) -> dict[str, int]:
    """Ana's account trusts a temporary one with three people; Carla was ended; one request waits, others are done."""
    temporary = approved(
        world, opening(world, type="temporary_holding", party="NL", representatives=["ana", "bento", "davi"])
    ).opened
    assert temporary is not None
    approved(world, asked(world, account, "change_representatives", add_representatives=["carla"]))
    done = approved(world, asked(world, account, "change_representatives", end_representatives=["carla"]))
    approved(world, asked(world, account, "change_trusted_accounts", add_trusted=[temporary]))
    return {
        "account": account.pk,
        "temporary": temporary.pk,
        "third": given.holding(holder="Third").pk,
        "done": done.pk,
        "open": asked(world, account, "suspend", key="taken").pk,
        **{name: world.people[name].pk for name in ("ana", "carla", "davi")},
    }


def test_the_walls_hold(places: dict[str, int]) -> None:
    """One test for all attacks: what stands is made once, and each attack is undone."""
    for name, statement in ATTACKS.items():
        before = contents()
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(**places))
            pytest.fail(f"{name}: the database let it happen")
        assert contents() == before, name


def test_replacing_is_no_way_around(places: dict[str, int]) -> None:
    """INSERT OR REPLACE of SQLite, ON CONFLICT DO UPDATE of PostgreSQL."""
    rows = "(id, account_id, user_id, from_at, until_at)"
    if connection.vendor == "sqlite":
        statement = (
            f"INSERT OR REPLACE INTO registry_accountrepresentative {rows} SELECT id, account_id, {{davi}}, from_at,"
            " NULL FROM registry_accountrepresentative WHERE user_id = {carla}"
        )
    else:
        statement = (
            f"INSERT INTO registry_accountrepresentative {rows} SELECT id, account_id, {{davi}}, from_at, NULL"
            " FROM registry_accountrepresentative WHERE user_id = {carla}"
            " ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id"
        )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(**places))


def test_what_the_walls_let_through(places: dict[str, int]) -> None:
    """The same statements, rightly made: so the walls above refuse what is wrong, not everything."""
    for statement in (
        "UPDATE registry_accountrepresentative SET until_at = '2030-01-01 00:00:00+00:00' WHERE user_id = {ana}",
        f"{PERSON} ({{temporary}}, {{carla}}, {NOW}, NULL)",
        f"{UPDATE} state = 'approved', decided_by_id = {{davi}}, {DECIDED} WHERE id = {{open}}",
        forged(),
        f"{PERSON} ({{third}}, {{ana}}, {NOW}, NULL)",
    ):
        with connection.cursor() as cursor:
            cursor.execute(statement.format(**places))
            assert cursor.rowcount >= 1, statement
