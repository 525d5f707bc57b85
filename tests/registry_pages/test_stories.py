"""The story of serials: what is told, to whom, how it is cut, and that it costs the same in any book."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry import book
from registry.codes import UnitType
from registry.models import Account
from registry.serials import SerialRange, UnitBlockIdentifier
from registry.stories import PUBLIC, Story, Viewer, story
from tests.registry import given

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

DAY = dt.timedelta(days=1)


def told(found: Story) -> list[tuple[int, str, int, int, str]]:
    """Depth, what happened, first, last and the kind of account of every part."""
    return [
        (depth, part.sentence, part.serials.first, part.serials.last, part.account.type)
        for depth, part in found.walk()
    ]


@pytest.fixture
def two_issuances() -> tuple[Account, Account]:
    """BR 1-1346 and BR 1347-1446, each with its share; from the first, 100 cancelled and 200 transferred."""
    one, other = given.holding(), given.holding(holder="Another")
    first = given.issued(1346, 27).issuance
    given.forwarded(first, (one, 1319), at=given.AT + DAY)
    book.cancel(source=one, **given.asked(100, at=given.AT + 2 * DAY))
    book.transfer(source=one, target=other, **given.asked(200, at=given.AT + 3 * DAY))
    given.issued(100, 2, project_number=9)
    return one, other


def test_a_run_over_two_issuances_and_beyond_what_was_issued(two_issuances: tuple[Account, Account]) -> None:
    found = story(SerialRange("BR", 1, 2000))
    assert told(found) == [
        (0, "Issued", 1, 1346, "pending"),
        (1, "Taken as share of proceeds for adaptation", 1, 27, "adaptation_share"),
        (1, "Forwarded", 28, 1346, "holding"),
        (2, "Cancelled", 28, 127, "voluntary_cancellation"),
        (2, "Transferred", 128, 327, "holding"),
        (2, "Remained", 328, 1346, "holding"),
        (0, "Issued", 1347, 1446, "pending"),
        (1, "Taken as share of proceeds for adaptation", 1347, 1348, "adaptation_share"),
        (1, "Remained", 1349, 1446, "pending"),
    ]
    assert [part.is_split for _, part in found.walk()][:4] == [True, False, True, False]
    assert found.never_here == (SerialRange("BR", 1447, 2000),)
    assert (found.units_here, found.units_never_here) == (1446, 554)
    assert {(fate.account.type, fate.account.holder): fate.units for fate in found.fates} == {
        ("pending", "CDM Executive Board"): 98,
        ("adaptation_share", "CDM Executive Board"): 29,
        ("holding", "NovaGerar Eco-Energy"): 1019,
        ("holding", "Another"): 200,
        ("voluntary_cancellation", "CDM Executive Board"): 100,
    }
    assert found.rest is None


def test_a_run_inside_one_block_is_told_from_its_issuance_on(two_issuances: tuple[Account, Account]) -> None:
    found = story(SerialRange("BR", 120, 130))
    assert [(sentence, first) for _, sentence, first, _, _ in told(found)] == [
        ("Issued", 1),
        ("Forwarded", 28),
        ("Cancelled", 28),
        ("Transferred", 128),
    ]
    assert [part.units for _, part in found.walk()] == [11, 11, 8, 3]
    assert [fate.units for fate in found.fates] == [3, 8] or [fate.units for fate in found.fates] == [8, 3]


def test_one_serial(two_issuances: tuple[Account, Account]) -> None:
    found = story(SerialRange("BR", 55, 55))
    assert [sentence for _, sentence, *_ in told(found)] == ["Issued", "Forwarded", "Cancelled"]
    assert found.roots[0].issuance is not None
    assert found.roots[0].issuance.deduction.units == 27


def test_what_was_never_issued_has_no_story(two_issuances: tuple[Account, Account]) -> None:
    for run in (SerialRange("BR", 1447, 1447), SerialRange("BR", 5000, 10**15 - 1), SerialRange("HN", 1, 9)):
        found = story(run)
        assert (found.roots, found.fates, found.never_here) == ((), (), (run,))
        assert found.units_never_here == run.units


def test_units_that_came_back_are_told_at_each_station() -> None:
    one, other = given.held(50), given.holding(holder="Another")
    for source, target in ((one, other), (other, one), (one, other)):
        book.transfer(source=source, target=target, **given.asked(50))
    found = story(SerialRange("BR", 1, 50))
    assert [(depth, part.account.holder) for depth, part in found.walk()] == [
        (0, "CDM Executive Board"),
        (1, "NovaGerar Eco-Energy"),
        (2, "Another"),
        (3, "NovaGerar Eco-Energy"),
        (4, "Another"),
    ]
    assert [part.is_here_now for _, part in found.walk()] == [False, False, False, False, True]


def test_reasons_and_people_are_for_the_holder_and_the_administrator(
    two_issuances: tuple[Account, Account],
) -> None:
    one, other = two_issuances

    def reasons(viewer: Viewer) -> list[str]:
        return [part.reason for _, part in story(SerialRange("BR", 28, 327), viewer=viewer).walk()]

    assert reasons(PUBLIC) == ["", "", "", ""]
    assert reasons(Viewer(frozenset({other.pk}))) == ["", "", "", "asked by the holder"]
    assert reasons(Viewer(frozenset({one.pk}))) == [
        "",
        "asked by the focal point",
        "asked by the holder",
        "asked by the holder",
    ]
    assert all(reasons(Viewer(is_administrator=True)))


def test_a_long_story_ends_before_a_serial_and_goes_on_there() -> None:
    account = given.held(100)
    for _ in range(20):
        book.cancel(source=account, **given.asked(2))
    whole = story(SerialRange("BR", 1, 100))
    seen, run = [], SerialRange("BR", 1, 100)
    pieces = 0
    while True:
        piece = story(run, most=6)
        seen += [part.serials for _, part in piece.walk() if part.is_here_now]
        assert piece.fates
        assert piece.told.first == run.first
        pieces += 1
        if piece.rest is None:
            break
        assert piece.rest.first == piece.told.last + 1
        run = piece.rest
    assert pieces > 2
    assert seen == [part.serials for _, part in whole.walk() if part.is_here_now]
    assert sum(part.units for part in seen) == 100


def test_a_serial_that_moved_more_often_than_is_told_at_once() -> None:
    one, other = given.held(9), given.holding(holder="Another")
    for _ in range(4):
        book.transfer(source=one, target=other, **given.asked(9))
        book.transfer(source=other, target=one, **given.asked(9))
    found = story(SerialRange("BR", 1, 9), most=3)
    assert len(list(found.walk())) == 10
    assert found.told == SerialRange("BR", 1, 1)
    assert found.rest == SerialRange("BR", 2, 9)
    assert len(list(story(SerialRange("BR", 2, 9), most=3).walk())) == 10


def test_the_same_queries_whatever_was_done() -> None:
    account = given.held(2_000)

    def cost(run: SerialRange) -> int:
        with CaptureQueriesContext(connection) as queries:
            story(run)
        return len(queries)

    before = cost(SerialRange("BR", 1, 2_000))
    for _ in range(40):
        book.cancel(source=account, **given.asked(3))
    for number in range(10, 14):
        given.issued(50, 1, project_number=number)
    assert cost(SerialRange("BR", 1, 2_200)) == before == cost(SerialRange("BR", 1_900, 2_050)) <= 5


def test_every_serial_agrees_with_the_one_serial_look_up() -> None:
    """Told another way: each serial's own blocks, in order, without those that only stayed."""
    from registry import queries

    account, other = given.holding(), given.holding(holder="Another")
    given.forwarded(given.issued(60, 1).issuance, (account, 59))
    for serials in (SerialRange("BR", 20, 24), SerialRange("BR", 40, 50)):
        book.cancel(source=account, **given.asked(None, serials=serials))
    book.transfer(source=account, target=other, **given.asked(None, serials=SerialRange("BR", 15, 19)))
    for serial in range(1, 61):
        steps = queries.story_of(party="BR", serial=serial)
        stations = [steps[0].account.pk]
        for step in steps[1:]:
            if step.account.pk != stations[-1]:
                stations.append(step.account.pk)
        parts = [part for _, part in story(SerialRange("BR", serial, serial)).walk() if not part.remained]
        assert [part.account.pk for part in parts] == stations
        last = [part for _, part in story(SerialRange("BR", serial, serial)).walk()][-1]
        assert last.serials == steps[-1].serials
        assert last.is_here_now


def test_units_of_another_registry_have_gaps_around_them() -> None:
    """The real case: a block of Romanian ERUs of a project under joint implementation."""
    account = given.holding(party="RO", holder="A holder in Romania")
    arrived = SerialRange("RO", 3319283423, 3319454772)
    book.receive(
        account=account,
        units=UnitBlockIdentifier(
            arrived, UnitType.ERU_FROM_RMU, 1, 1, lulucf=1, project_number=1_000_080, track=1
        ),
        by=None,
        at=given.AT,
        reason="came by the transaction log",
        key=given.key(),
    )
    found = story(SerialRange("RO", arrived.first - 5, arrived.last + 5))
    assert told(found) == [(0, "Arrived from another registry", arrived.first, arrived.last, "holding")]
    assert [run.units for run in found.never_here] == [5, 5]
    assert found.roots[0].issuance is None
