"""The whole chain, from the draft to units in the participant's account, with the amounts of real projects."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from cdm import queries as queries_of_cycle
from cdm.acts import accounts as account_acts
from cdm.models import RecordChain
from cdm.workflow import engine, recording
from registry import queries, verify
from registry.codes import AccountType
from registry.models import Account, Issuance
from tests.given import World, instant

pytestmark = pytest.mark.django_db


def numbered(world: World, number: int) -> None:
    account_acts.set_next_reference_number(
        number=number, reason="As in the real registry", by=world.people["secretary"], at=world.at
    )


def adaptation_account() -> Account:
    return Account.objects.get(type=AccountType.ADAPTATION_SHARE)


def assert_books_and_records_hold() -> None:
    assert verify.verify_book().ok, verify.verify_book()
    for chain in RecordChain.objects.all():
        assert list(recording.broken_links(chain)) == []


def test_novagerar_under_the_modalities_of_2005(world: World) -> None:
    """0008: 67,303 t for 2004-07-01 to 2007-12-31; 1,346 units for adaptation, 65,957 forwarded."""
    world.on("2004-06-01")
    numbered(world, 8)
    project = world.registered(started_on="2004-01-15", crediting_from="2004-07-01")
    assert project.state == "registered"
    assert project.reference == "0008"
    # the fee came in on the day of the request; final 56 days later, not counting that day
    request = project.requests.get()
    assert request.published_on == dt.date(2004, 7, 1)
    assert request.window_last_day == dt.date(2004, 8, 26)
    assert project.registered_on == dt.date(2004, 8, 27)
    # crediting began before registration by the early-start rule (17/CP.7 paras 12-13; Art. 12.10)
    assert project.crediting_starts_on == dt.date(2004, 7, 1)
    # the fixed scale before March 2006: above 200,000 t a year USD 30,000
    assert request.invoices.get().due_usd == Decimal(30_000)

    world.on("2008-01-20")
    request = world.issued(project, "2004-07-01", "2007-12-31", {1: 67_303})
    assert request.state == "issued"
    share = request.invoices.get()
    # 15,000 at 0.10 and 52,303 at 0.20, all of it prepaid with the registration fee
    assert (share.tariff_usd, share.due_usd) == (Decimal("11960.60"), Decimal(0))
    issuance = Issuance.objects.get()
    assert (issuance.quantity, str(issuance.serials)) == (67_303, "BR 1-67303")
    assert queries.balance(adaptation_account()) == 1_346

    account = world.account()
    forwarding = world.forwarding_asked(request, [(account, 1, 65_957)])
    world.do(forwarding, "carry_out", "administrator")
    assert forwarding.state == "forwarded"
    assert queries.balance(account) == 65_957
    assert queries.waiting(issuance) == 0
    assert_books_and_records_hold()


def test_rio_blanco_small_scale(world: World) -> None:
    """0028: small scale, 4 weeks; 7,304 gives 146 and 7,158."""
    world.on("2004-06-01")
    project = world.registered(
        title="RIO BLANCO Small Hydroelectric Project",
        host="HN",
        others=(),
        scale="small",
        methodology=("AMS-I.D", "4"),
        yearly_t=17_800,
        started_on="2004-01-15",
        crediting_from="2004-08-01",
    )
    request = project.requests.get()
    assert (request.window_last_day - request.published_on).days == 28
    world.on("2005-09-01")
    request = world.issued(project, "2004-08-01", "2004-12-31", {1: 7_304})
    assert queries.balance(adaptation_account()) == 146
    assert queries.waiting(Issuance.objects.get()) == 7_158
    assert_books_and_records_hold()


def test_least_developed_host_gives_no_share(world: World) -> None:
    """Bujagali, Uganda: least developed, so no registration fee, no administrative share, no adaptation share."""
    world.on("2011-06-01")
    project = world.registered(
        title="Bujagali Hydropower Project",
        host="UG",
        others=(),
        methodology=("ACM0002", "12"),
        yearly_t=858_173,
    )
    assert project.requests.get().invoices.get().due_usd == 0
    world.on("2013-02-01")
    start = project.crediting_starts_on
    assert start is not None
    request = world.issued(project, f"{start}", "2012-12-31", {1: 100_000})
    issuance = Issuance.objects.get()
    assert request.invoices.get().due_usd == 0
    assert queries.waiting(issuance) == 100_000
    assert issuance.deduction.units == 0
    assert "least developed" in issuance.deduction.exemption
    assert_books_and_records_hold()


def test_period_across_2012_gives_two_blocks_each_rounded_by_itself(world: World) -> None:
    """Rulebook 0.1 finding 3: 75 -> 1 and 76 -> 2 are shared block by block, not 151 -> 3 together."""
    world.on("2011-06-01")
    project = world.registered(yearly_t=10_000, crediting_from="2012-06-01", others=())
    world.on("2013-12-01")
    world.issued(project, "2012-06-01", "2013-06-30", {1: 75, 2: 75})
    first, second = Issuance.objects.order_by("commitment_period")
    assert (first.commitment_period, second.commitment_period) == (1, 2)
    assert (str(first.serials), str(second.serials)) == ("BR 1-75", "BR 76-150")
    # 1.5 is rounded to 1 in each block; the two together, 3.0, would have been 3
    assert queries.balance(adaptation_account()) == 2
    assert_books_and_records_hold()


def test_registration_under_the_present_procedure(world: World) -> None:
    """June 2019: fee, completeness, information, 28 days inclusive; effective on the day of the request."""
    world.on("2019-03-04")
    project = world.validated(yearly_t=100_000, others=())
    day = world.at.date()
    request = world.published_request(project, "validator")
    assert [invoice.due_usd for invoice in request.invoices.all()] in ([Decimal(18_500)], [Decimal(0)])
    assert request.window_last_day == request.published_on + dt.timedelta(days=27)
    world.on(f"{request.window_last_day} 23:59")
    request.refresh_from_db()
    assert request.state == "published"
    world.after_window(request)
    project.refresh_from_db()
    assert project.state == "registered"
    assert project.registered_on == day


def test_what_became_final_at_midnight_cannot_be_withdrawn_a_minute_later(world: World) -> None:
    """Para 41: final when the window closes, not when the beat comes round."""
    world.on("2019-03-04")
    project = world.validated(yearly_t=100_000, others=())
    request = world.published_request(project, "validator")
    # nobody has run the clocks since: the day after the last day, 00:01
    world.at = instant(f"{request.window_last_day + dt.timedelta(days=1)} 00:01")
    with pytest.raises(engine.NotOpen, match="Registered"):
        world.do(request, "withdraw", "validator", note="We think better of it.")
    project.refresh_from_db()
    assert project.state == "registered"


def test_the_public_history_keeps_what_the_pages_keep(world: World) -> None:
    """A refused letter and a payment's bank reference are for those concerned."""
    world.on("2019-03-04")
    project = world.validated(others=("NL",))
    letter = project.letters.get(party="NL")
    world.do(letter, "refuse", "dna NL", note="Not this one.")
    public = list(queries_of_cycle.history_of(project, None, world.at))
    concerned = list(queries_of_cycle.history_of(project, world.people["developer"], world.at))
    assert "refuse" not in {record.verb for record in public}
    assert "refuse" in {record.verb for record in concerned}
