"""Every numbered check by example: one movement that passes it and one that fails it, with the whole sentence.

An example is a sentence in words, what is asked, and what is answered; a number without both kinds fails the test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from registry import book
from registry.codes import AccountType, UnitType
from registry.models import Account, Issuance
from registry.models_movements import AssignedAmount, Movement, MovementLine
from registry.movements import doors
from registry.movements.checks import CHECKS, NotEvaluated
from registry.movements.facts import Facts, Found
from registry.movements.table import KINDS, MovementKind, Role
from registry.serials import SerialRange
from tests.registry import given

pytestmark = pytest.mark.django_db

AT = given.AT
Kind = MovementKind
EXPIRY = dt.date(2017, 12, 31)
PASSES = ""
NOBODY_PARTICIPATES = {"REGISTRY_PARTICIPANT": "tests.registry.given.nobody_participates"}
ALL_PARTICIPATE = {"REGISTRY_PARTICIPANT": "tests.registry.given.everybody_participates"}
OWES_A_THOUSAND = {"REGISTRY_UNITS_TO_REPLACE": "tests.registry.given.owes_a_thousand"}
NONE_ELIGIBLE = {"REGISTRY_ELIGIBILITY": "tests.registry.given.nobody_is_eligible"}
ALL_ELIGIBLE = {"REGISTRY_ELIGIBILITY": "tests.registry.given.everybody_is_eligible"}


@dataclass(frozen=True)
class Example:
    """`said` is the whole sentence, empty where the check passes; the accounts are named in it by their places."""

    number: int
    words: str
    asked: Callable[[given.People], Facts]
    said: str = PASSES
    settings: tuple[tuple[str, str], ...] = ()
    not_evaluated: bool = False


def line(quantity: int = 100, **other: Any) -> MovementLine:
    about = {"party": "BR", "project_number": 8, "unit_type": UnitType.CER, "period": 1}
    return MovementLine(quantity=quantity, **(about | other))


def facts(
    kind: MovementKind,
    source: Account | None = None,
    target: Account | None = None,
    *lines: MovementLine,
    at: dt.datetime = AT,
    approver: Any = None,
    **told: Any,
) -> Facts:
    """A movement that nobody has kept, as the doors put it before the checks."""
    asked = lines or (line(),)
    movement = Movement(
        kind=kind,
        source=source,
        target=target,
        units=sum(one.quantity for one in asked),
        **({"proposed_as": Role.REPRESENTATIVE} | told),
    )
    return Facts(movement, list(asked), at, approver=approver)


def buyer(party: str = "NL") -> Account:
    return given.holding(party, "Buyer")


def kept_for(party: str, type: AccountType = AccountType.RETIREMENT) -> Account:
    return book.open_account(type=type, holder=party, party=party, by=None, at=AT, reason="Annex I Party")


def suspended(account: Account) -> Account:
    book.suspend_account(account=account, by=None, at=AT, reason="phishing")
    account.refresh_from_db()
    return account


def own(type: AccountType) -> Account:
    return book.own_account(type, at=AT)


def temporary() -> Account:
    """100 tCERs of BR-0008 that expire at the end of 2017."""
    account = given.holding()
    given.issued(
        100, 0, share=given.share(0, exemption="a test"), unit_type=UnitType.TCER, expires_on=EXPIRY,
        forward_to=[(account, 100)],
    )  # fmt: skip
    return account


TCERS = {"unit_type": UnitType.TCER}


def moving(source: Account, target: Account | None = None, *lines: MovementLine, **other: Any) -> Facts:
    return facts(Kind.INTERNAL_TRANSFER, source, target or buyer(), *lines, **other)


def reserved(people: given.People) -> Account:
    """1,000 units, 950 of them held for a movement that awaits approval."""
    source = given.held(1000)
    people.represents(source, "first")
    units = [doors.Units(party="BR", project_number=8, unit_type=5, period=1, quantity=950)]
    doors.propose(
        kind=Kind.VOLUNTARY_CANCELLATION, units=units, source=source, by=people["first"], at=AT,
        reason="asked for", key=given.key(),
    )  # fmt: skip
    return source


def in_blocks(blocks: int) -> Facts:
    asked = moving(given.held(1000))
    asked.found[0] = Found(held=100, available=100, blocks=blocks, expires_on=None)
    return asked


def arriving(serials: SerialRange, **other: Any) -> Facts:
    about = {"party": serials.party, "first": serials.first, "last": serials.last, "unit_type": UnitType.AAU}
    return facts(Kind.ARRIVAL, None, buyer(), line(serials.units, **(about | {"project_number": 0} | other)))


def arriving_here() -> Facts:
    given.held(1000)
    return arriving(SerialRange("BR", 951, 1050))


def issued_here() -> Facts:
    given.held(1000)
    return arriving(SerialRange("BR", 5001, 5100), unit_type=UnitType.CER, project_number=8)


def trusted(people: given.People) -> Facts:
    source, target = given.held(1000), buyer()
    people.trusted(source, target)
    return moving(source, target)


def of_one_holder() -> Facts:
    source = given.holding(holder_reference="organisation:1")
    return moving(source, given.holding(holder_reference="organisation:1"))


def carrying(units: int) -> Facts:
    AssignedAmount.objects.create(party="BR", period=1, units=4000, source="a test", at=AT)
    return facts(Kind.CARRY_OVER, given.held(1000), None, line(units))


def retiring(units: int) -> Facts:
    AssignedAmount.objects.create(
        party="BR", period=1, units=10**6, base_year_units=1099, source="a test", at=AT
    )
    return facts(Kind.RETIREMENT, temporary(), kept_for("BR"), line(units, **TCERS))


def reissue(units: int = 1000, *, cancelled: int = 0) -> Facts:
    source = given.held(1000)
    issuance = Issuance.objects.get()
    if cancelled:
        book.cancel(source=source, kind=AccountType.ADMINISTRATIVE_CANCELLATION, **given.asked(cancelled))
    return facts(Kind.REISSUE, None, own(AccountType.PENDING), line(units), corrects=issuance)


EXAMPLES = [
    Example(1001, "an open account", lambda _: moving(given.held(1000))),
    Example(
        1001,
        "an account that was suspended",
        lambda _: moving(suspended(given.held(1000))),
        "The account “{source}” is suspended; units neither leave nor enter it.",
    ),
    Example(1002, "into an open account", lambda _: moving(given.held(1000))),
    Example(
        1002,
        "into an account that was suspended",
        lambda _: moving(given.held(1000), suspended(buyer())),
        "The account “{target}” is suspended; units neither leave nor enter it.",
    ),
    Example(1003, "a transfer out of a holding account", lambda _: moving(given.held(1000))),
    Example(
        1003,
        "a transfer out of the pending account, which only a forwarding empties",
        lambda _: moving(own(AccountType.PENDING)),
        "Transfer within this registry is not possible from the account “{source}”.",
    ),
    Example(1004, "a transfer into a holding account", lambda _: moving(given.held(1000))),
    Example(
        1004,
        "a transfer into the account of voluntary cancellations",
        lambda _: moving(given.held(1000), own(AccountType.VOLUNTARY_CANCELLATION)),
        "Transfer within this registry is not possible into the account “{target}”.",
    ),
    Example(1005, "from one account to another", lambda _: moving(given.held(1000))),
    Example(
        1005,
        "from an account to itself",
        lambda _: moving(account := given.held(1000), account),
        "The units are in that account already; name another account to receive them.",
    ),
    Example(
        1006,
        "retired by the Party whose account it is",
        lambda _: facts(Kind.RETIREMENT, given.held(1000), kept_for("BR")),
    ),
    Example(
        1006,
        "retired for another Party",
        lambda _: facts(Kind.RETIREMENT, given.held(1000), kept_for("NL")),
        "The account “{target}” is kept for NL, the units lie in one for BR; a Party retires and replaces in its "
        "own accounts.",
    ),
    Example(2001, "CERs carried over", lambda _: facts(Kind.CARRY_OVER, given.held(1000))),
    Example(
        2001,
        "tCERs carried over, which expire instead (13/CMP.1 annex, paragraph 16)",
        lambda _: facts(Kind.CARRY_OVER, given.held(1000), None, line(**TCERS)),
        "Carry-over to the next commitment period is not open to tCERs, only to AAU, ERU (from AAU), CER.",
    ),
    Example(
        2002,
        "CERs of two projects",
        lambda _: moving(given.held(1000), None, line(), line(project_number=28)),
    ),
    Example(
        2002,
        "CERs and tCERs at once",
        lambda _: moving(given.held(1000), None, line(), line(**TCERS)),
        "One movement has units of one type, not of CER and tCER; propose one movement for each.",
    ),
    Example(
        2003,
        "two projects, one period",
        lambda _: moving(given.held(1000), None, line(), line(project_number=28)),
    ),
    Example(
        2003,
        "units of both periods at once",
        lambda _: moving(given.held(1000), None, line(), line(period=2)),
        "One movement has units of one applicable commitment period, not of 1 and 2; propose one for each.",
    ),
    Example(2004, "the second period", lambda _: moving(given.held(1000), None, line(period=2))),
    Example(
        2004,
        "a third period, which there is none of",
        lambda _: moving(given.held(1000), None, line(period=3)),
        "There is no commitment period 3.",
    ),
    Example(
        2005,
        "tCERs on their last day",
        lambda _: facts(
            Kind.RETIREMENT,
            temporary(),
            kept_for("BR"),
            line(**TCERS),
            at=dt.datetime(2017, 12, 31, 23, 59, tzinfo=dt.UTC),
        ),
    ),
    Example(
        2005,
        "tCERs a minute later",
        lambda _: facts(
            Kind.RETIREMENT,
            temporary(),
            kept_for("BR"),
            line(**TCERS),
            at=dt.datetime(2018, 1, 1, tzinfo=dt.UTC),
        ),
        "The tCERs of BR-0008 expired on 31 December 2017; expired units are not used.",
    ),
    Example(2006, "from the first period", lambda _: facts(Kind.CARRY_OVER, given.held(1000))),
    Example(
        2006,
        "from the second period",
        lambda _: facts(Kind.CARRY_OVER, given.held(1000), None, line(period=2)),
        "There is no commitment period after 2 to carry units over to.",
    ),
    Example(
        2007,
        "one day later",
        lambda _: facts(
            Kind.EXPIRY_DATE_CHANGE, temporary(), None, line(**TCERS), expires_on=dt.date(2018, 1, 1)
        ),
    ),
    Example(
        2007,
        "the same day",
        lambda _: facts(Kind.EXPIRY_DATE_CHANGE, temporary(), None, line(**TCERS), expires_on=EXPIRY),
        "The units of BR-0008 expire on 31 December 2017; 31 December 2017 is no later.",
    ),
    Example(
        2007,
        "no day at all",
        lambda _: facts(Kind.EXPIRY_DATE_CHANGE, temporary(), None, line(**TCERS)),
        "Name the new expiry date.",
    ),
    Example(
        2008,
        "a project and its track",
        lambda _: facts(Kind.CONVERSION, given.held(1000), project_number=77, track=2),
    ),
    Example(
        2008,
        "no project",
        lambda _: facts(Kind.CONVERSION, given.held(1000), track=2),
        "Name the number of the joint implementation project, of one to seven digits.",
    ),
    Example(
        2008,
        "a third track",
        lambda _: facts(Kind.CONVERSION, given.held(1000), project_number=77, track=3),
        "Name the track: 1 for verification by the Party, 2 for independent verification.",
    ),
    Example(3001, "all that is held", lambda _: moving(given.held(1000), None, line(1000))),
    Example(
        3001,
        "one more than is held",
        lambda _: moving(given.held(1000), None, line(1001)),
        "The account “{source}” holds only 1,000 of the 1,001 CERs of project BR-0008, period 1.",
    ),
    Example(
        3001,
        "serials of which the last is not held",
        lambda _: moving(given.held(1000), None, line(2, first=1000, last=1001)),
        "The account “{source}” holds only 1 of the 2 CERs BR 1000-1001 of project BR-0008, period 1.",
    ),
    Example(3002, "all that is free", lambda people: moving(reserved(people), None, line(50))),
    Example(
        3002,
        "one more than is free",
        lambda people: moving(reserved(people), None, line(51)),
        "Of the CERs of project BR-0008, period 1, 950 are reserved for another movement that awaits approval; 50 "
        "are free.",
    ),
    Example(3003, "3,000 blocks", lambda _: in_blocks(3000)),
    Example(
        3003,
        "one block more",
        lambda _: in_blocks(3001),
        "This takes more than 3,000 blocks of units; move them in several parts.",
    ),
    Example(3004, "units that were never here", lambda _: arriving(SerialRange("NL", 1, 100))),
    Example(
        3004,
        "units of which some are here",
        lambda _: arriving_here(),
        "Some of the units BR 951-1050 lie in this registry already.",
    ),
    Example(3005, "AAUs of a Party", lambda _: arriving(SerialRange("NL", 1, 100))),
    Example(
        3005,
        "CERs, wherever they say they were issued",
        lambda _: issued_here(),
        "CERs come into being by an issuance of this registry only (3/CMP.1 annex, para 66); those of BR cannot arrive "
        "from elsewhere.",
    ),
    Example(
        4001,
        "to a participant of the project",
        lambda _: moving(given.held(1000)),
        settings=tuple(ALL_PARTICIPATE.items()),
    ),
    Example(
        4001,
        "to somebody else",
        lambda _: moving(given.held(1000)),
        "“Buyer” is not a participant of project BR-0008 with a letter of approval in force; units move between "
        "participants of their project only.",
        settings=tuple(NOBODY_PARTICIPATES.items()),
    ),
    Example(
        4001,
        "to an entity that owes as many for an excess issuance",
        lambda _: moving(given.held(1000), None, line(1000)),
        settings=tuple({**NOBODY_PARTICIPATES, **OWES_A_THOUSAND}.items()),
    ),
    Example(
        4001,
        "to an entity, more than it owes",
        lambda _: moving(given.held(1001), None, line(1001)),
        "“Buyer” is no participant; to replace an excess issuance it may acquire 1,000 more CERs, ERUs, AAUs or RMUs, "
        "and no other units.",
        settings=tuple({**NOBODY_PARTICIPATES, **OWES_A_THOUSAND}.items()),
    ),
    Example(
        4001,
        "of a project that nobody here knows",
        lambda _: moving(given.held(1000)),
        "The participants of the project are not known to this registry.",
        not_evaluated=True,
    ),
    Example(
        4002,
        "authorised by an eligible Party",
        lambda _: moving(given.held(1000)),
        settings=tuple(ALL_ELIGIBLE.items()),
    ),
    Example(
        4002,
        "authorised by a Party that is not eligible",
        lambda _: moving(given.held(1000)),
        "NL does not meet the eligibility requirements of paragraphs 31 to 33 on 8 May 2008; entities it authorised "
        "cannot receive units until it does.",
        settings=tuple(NONE_ELIGIBLE.items()),
    ),
    Example(4003, "to a trusted account", trusted),
    Example(4003, "to another account of the same holder", lambda _: of_one_holder()),
    Example(
        4003,
        "to an account that is not on the list",
        lambda _: moving(given.held(1000)),
        "The account “{target}” is not on the list of trusted accounts of {source_identifier}; have it added first, "
        "which another person approves.",
    ),
    Example(5001, "a representative moves units", lambda _: moving(given.held(1000))),
    Example(
        5001,
        "a representative cancels administratively",
        lambda _: facts(Kind.ADMINISTRATIVE_CANCELLATION, given.held(1000)),
        "Only a registry administrator can propose this.",
    ),
    Example(
        5002,
        "another person approves",
        lambda people: moving(given.held(1000), proposed_by_id=people["first"].pk, approver=people["second"]),
    ),
    Example(
        5002,
        "the same person approves",
        lambda people: moving(given.held(1000), proposed_by_id=people["first"].pk, approver=people["first"]),
        "You proposed this movement yourself; another person has to approve it.",
    ),
    Example(
        5002,
        "nobody has approved yet",
        lambda people: moving(given.held(1000), proposed_by_id=people["first"].pk),
        "Nobody has approved yet.",
        not_evaluated=True,
    ),
    Example(6001, "2.5 per cent of 4,000", lambda _: carrying(100)),
    Example(
        6001,
        "one unit more",
        lambda _: carrying(101),
        "BR may carry over 100 such units (2.5 per cent of 4,000); 0 are carried over already, so 100 remain.",
    ),
    Example(6002, "five times 1 per cent of 1,099", lambda _: retiring(50)),
    Example(
        6002,
        "one unit more",
        lambda _: retiring(51),
        "BR may use 50 tCERs and lCERs in a commitment period (1 per cent of base year emissions, five times); 0 are "
        "retired already.",
    ),
    Example(
        6003, "a decision is named", lambda _: facts(Kind.ARRIVAL, None, buyer(), basis="Notification 7")
    ),
    Example(
        6003,
        "only spaces are given",
        lambda _: facts(Kind.ARRIVAL, None, buyer(), basis="  "),
        "Name the notification or decision this rests on, so that anyone can find it again.",
    ),
    Example(7001, "all its units were cancelled administratively", lambda _: reissue(cancelled=1000)),
    Example(
        7001,
        "all but one",
        lambda _: reissue(cancelled=999),
        "Of the 1,000 units BR 1-1000, 999 are cancelled administratively; first cancel the rest, in whichever "
        "account it lies.",
    ),
    Example(7002, "as many units as it had", lambda _: reissue(1000)),
    Example(
        7002,
        "one unit more",
        lambda _: reissue(1001),
        "The issuance BR 1-1000 had 1,000 units; 1,001 cannot come in their place.",
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.number} {one.words}")
def test_each_example(example: Example, settings: Any) -> None:
    for name, value in example.settings:
        setattr(settings, name, value)
    asked = example.asked(given.People())
    assert example.number in KINDS[MovementKind(asked.movement.kind)].checks, "its kind asks this"
    answer = CHECKS[example.number].ask(asked)
    source, target = asked.movement.source, asked.movement.target
    names = {"source": source, "target": target, "source_identifier": source and source.identifier}
    if example.not_evaluated:
        assert answer == NotEvaluated(example.said)
    else:
        assert (answer or PASSES) == example.said.format(**names)


def test_every_check_has_an_example_that_passes_and_one_that_fails() -> None:
    passing = {one.number for one in EXAMPLES if one.said == PASSES}
    failing = {one.number for one in EXAMPLES if one.said and not one.not_evaluated}
    assert passing == failing == set(CHECKS)


def test_every_check_is_asked_of_some_kind() -> None:
    assert {number for row in KINDS.values() for number in row.checks} == set(CHECKS)
