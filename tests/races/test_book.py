"""Real threads at the doors of the book, on PostgreSQL; and the proof that each lock is what makes them safe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from registry import book, guards, queries, verify
from registry.codes import AccountType
from registry.models import Account, Block, Entry, Issuance, PartyCounter
from tests.races.at_once import at_once
from tests.registry import given

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8


def issuing(n: int, **extra: Any) -> Callable[[], book.Issued]:
    """An act that issues 100 units for a project of its own."""
    return lambda: given.issued(100, 2, **{"project_number": n + 1, "key": f"issue {n}"} | extra)


def succeeded(results: list[Any]) -> list[Any]:
    """The results that are none of an exception; a refusal is no result, and any other exception is a fault."""
    faults = [r for r in results if isinstance(r, Exception) and not isinstance(r, book.Refused)]
    assert not faults, faults
    return [r for r in results if not isinstance(r, Exception)]


def assert_true() -> None:
    result = verify.verify_book()
    assert result.ok, result.findings


def test_issuances_of_one_party_follow_each_other() -> None:
    for round_ in range(3):
        done = succeeded(at_once([issuing(round_ * THREADS + n) for n in range(THREADS)]))
        assert len(done) == THREADS
    runs = sorted((i.first, i.last) for i in Issuance.objects.all())
    assert runs == [(n * 100 + 1, n * 100 + 100) for n in range(3 * THREADS)]
    assert_true()


@pytest.fixture
def broken_writer() -> Iterator[Callable[[str, str], None]]:
    """Puts another text into the writer's functions, and afterwards the right one back."""
    right = guards.statements("postgresql", "book")

    def put(text: str, instead: str) -> None:
        assert right.count(text) >= 1
        with connection.cursor() as cursor:
            cursor.execute(right.replace(text, instead))

    yield put
    guards.install()


def test_without_the_lock_on_the_counter_issuances_collide(broken_writer: Callable[[str, str], None]) -> None:
    """The canary of the test above: nothing else makes it pass. The walls still keep the book true."""
    given.issued(100, 2, project_number=99)
    broken_writer("WHERE party = host FOR NO KEY UPDATE;", "WHERE party = host;\n    PERFORM pg_sleep(0.3);")
    results = at_once([issuing(n) for n in range(THREADS)])
    # on a busy machine a thread may come after another has ended; that two meet is what the lock prevents
    assert any(isinstance(r, IntegrityError) for r in results)
    assert_true()


def test_two_transfers_of_one_balance_never_both_happen() -> None:
    source, target = given.held(100), given.holding(holder="Another")
    acts = [lambda: book.transfer(source=source, target=target, **given.asked(60)) for _ in range(THREADS)]
    assert len(succeeded(at_once(acts))) == 1
    assert (queries.balance(source), queries.balance(target)) == (40, 60)
    assert_true()


def test_without_the_lock_on_the_account_transfers_collide(
    broken_writer: Callable[[str, str], None],
) -> None:
    source, target = given.held(100), given.holding(holder="Another")
    broken_writer("WHERE id = source FOR NO KEY UPDATE;", "WHERE id = source;\n    PERFORM pg_sleep(0.3);")
    acts = [lambda: book.transfer(source=source, target=target, **given.asked(60)) for _ in range(THREADS)]
    results = at_once(acts)
    assert any(isinstance(r, IntegrityError) for r in results)
    assert (queries.balance(source), queries.balance(target)) == (40, 60)
    assert_true()


def test_crossed_transfers_do_not_wait_for_each_other_for_ever() -> None:
    one, two = given.held(1_000), given.held(1_000)
    acts = [
        lambda a=a, b=b: [book.transfer(source=a, target=b, **given.asked(7)) for _ in range(20)]
        for a, b in [(one, two), (two, one)] * (THREADS // 2)
    ]
    assert len(succeeded(at_once(acts))) == THREADS
    assert queries.balance(one) + queries.balance(two) == 2_000
    assert_true()


def test_forwarding_cancelling_and_issuing_meet_in_the_pending_account() -> None:
    pending = book.own_account(AccountType.PENDING, at=given.AT)
    book.own_account(AccountType.VOLUNTARY_CANCELLATION, at=given.AT)
    holder = given.holding()
    issuance = given.issued(100, 2).issuance
    acts: list[Callable[[], Any]] = [
        *[lambda: given.forwarded(issuance, (holder, 30)) for _ in range(3)],
        *[lambda: book.cancel(source=pending, **given.asked(30)) for _ in range(3)],
        *[issuing(100 + n) for n in range(2)],
    ]
    results = at_once(acts)
    assert len(succeeded(results[:6])) == 3
    assert len(succeeded(results[6:])) == 2
    assert queries.waiting(issuance) == 8
    assert_true()


def test_the_same_request_from_all_sides_is_done_once() -> None:
    source, target = given.held(100), given.holding(holder="Another")
    issuance = given.issued(100, 2, project_number=55).issuance
    acts: dict[str, Callable[[], Any]] = {
        "issue": issuing(1, monitoring_start=(day := issuance.monitoring_start), monitoring_end=day),
        "transfer": lambda: book.transfer(source=source, target=target, **given.asked(10, key="transfer")),
        "cancel": lambda: book.cancel(source=source, **given.asked(10, key="cancel")),
        "forward": lambda: given.forwarded(issuance, (target, 10), key="forward"),
    }
    for name, act in acts.items():
        done = succeeded(at_once([act] * THREADS))
        assert sum(result.again for result in done) == THREADS - 1, name
    assert Entry.objects.filter(key__in=["issue 1", "transfer", "cancel", "forward"]).count() == 4
    assert_true()


def test_one_key_for_different_things_is_used_by_one() -> None:
    sources = [given.held(100, project_number=n + 1) for n in range(THREADS)]
    target = given.holding(holder="Another")
    acts = [
        lambda a=a, n=n: book.transfer(
            source=a, target=target, **given.asked(1, project_number=n + 1, key="one")
        )
        for n, a in enumerate(sources)
    ]
    results = at_once(acts)
    assert len(succeeded(results)) == 1
    assert sum(isinstance(r, book.KeyReused) for r in results) == THREADS - 1
    assert_true()


def test_a_suspension_waits_for_a_movement_and_the_next_movement_for_it() -> None:
    source, target = given.held(100), given.holding(holder="Another")
    moved, suspended, may_end = threading.Event(), threading.Event(), threading.Event()

    def move() -> book.Moved:
        with transaction.atomic():
            result = book.transfer(source=source, target=target, **given.asked(10))
            moved.set()
            assert not suspended.wait(0.5), "The suspension did not wait."
            return result

    def suspend() -> Account:
        assert moved.wait(30)
        result = book.suspend_account(account=target, by=None, at=given.AT, reason="ordered")
        suspended.set()
        may_end.set()
        return result

    def move_later() -> Any:
        assert suspended.wait(30)
        return book.transfer(source=source, target=target, **given.asked(10))

    results = at_once([move, suspend, move_later])
    assert isinstance(results[2], book.AccountNotOpen)
    assert len(succeeded(results)) == 2
    assert queries.balance(target) == 10


@pytest.mark.parametrize("kind", [AccountType.PENDING, AccountType.ADAPTATION_SHARE])
@pytest.mark.parametrize("party", ["BR", "KH"])
def test_a_suspension_of_an_account_all_share_waits_for_issuances(kind: AccountType, party: str) -> None:
    """An issuance locks its Party alone, whose row may be as new as the issuance."""
    given.issued(100, 2, project_number=99)
    issued, suspended = threading.Event(), threading.Event()

    def issue() -> Any:
        with transaction.atomic():
            result = issuing(1, party=party)()
            issued.set()
            assert not suspended.wait(0.5), "The suspension did not wait."
            return result

    def suspend() -> Account:
        assert issued.wait(30)
        account = book.own_account(kind, at=given.AT)
        result = book.suspend_account(account=account, by=None, at=given.AT, reason="ordered")
        suspended.set()
        return result

    def issue_later() -> Any:
        assert suspended.wait(30)
        return issuing(2, party=party)()

    results = at_once([issue, suspend, issue_later])
    assert isinstance(results[2], book.AccountNotOpen)
    assert len(succeeded(results)) == 2
    assert_true()


def test_the_registrys_own_accounts_are_opened_once() -> None:
    kinds = list(AccountType)[5:11]
    results = at_once([lambda: [book.own_account(k, at=given.AT).pk for k in kinds] for _ in range(THREADS)])
    assert len({tuple(ids) for ids in succeeded(results)}) == 1
    assert Account.objects.count() == len(kinds)


def test_first_issuances_of_a_party_meet() -> None:
    book.own_account(AccountType.PENDING, at=given.AT)
    assert len(succeeded(at_once([issuing(n, party="KH") for n in range(THREADS)]))) == THREADS
    assert PartyCounter.objects.get(pk="KH").last_serial == 100 * THREADS
    assert_true()


def test_a_backend_that_dies_leaves_nothing_half_written() -> None:
    source, target = given.held(100), given.holding(holder="Another")
    before = given.contents()
    with pytest.raises(Exception, match=r"terminat|closed"), transaction.atomic():
        book.transfer(source=source, target=target, **given.asked(10, key="lost"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert given.contents() == before
    assert not book.transfer(source=source, target=target, **given.asked(10, key="lost")).again
    assert Block.objects.filter(account=target).count() == 1
