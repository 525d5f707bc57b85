"""A project under a mechanism that is not the CDM: one file an operator added, and not a line of code.

The numbers are those of docs/examples/mechanism/: 5 per cent for adaptation, 2 per cent cancelled for overall
mitigation, 14 days for requests for review, fees and names of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client

from cdm.rules import sets
from cdm.workflow.refusals import Denied
from cdm.workflow.roles import Role
from registry import queries, verify
from registry.codes import AccountType, EntryKind
from registry.models import Account, Block, Entry, Issuance
from tests.given import World
from tests.house.sources import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def example_mechanism() -> Iterator[None]:
    """What CDM_RULES and CDM_MECHANISM do at start-up."""
    sets.add_folder(ROOT / "docs" / "examples" / "mechanism")
    sets.choose("example")
    yield
    sets.built_in_only()


def holds(kind: AccountType) -> int:
    return sum(queries.balance(account) for account in Account.objects.filter(type=kind))


def test_a_project_walks_through_the_example_mechanism(world: World) -> None:
    world.on("2019-01-07")
    project = world.validated(yearly_t=3_000, crediting_from="2020-01-01", others=())
    assert project.rule_set_key == "example-2019"

    # schedule 1: 1,000 t at USD 0.05 and 2,000 t at USD 0.25
    request = world.published_request(project, "validator")
    assert request.rule_set_key == "example-2019"
    assert request.invoices.get().due_usd == Decimal("550.00")
    # section 12: 14 days, the day of publication being the first
    assert request.window_last_day == request.published_on + dt.timedelta(days=13)
    world.on(f"{request.window_last_day} 23:59")
    request.refresh_from_db()
    assert request.state == "published"
    world.after_window(request)
    project.refresh_from_db()
    assert project.state == "registered"

    world.on("2021-02-01")
    period = world.certified(project, "2020-01-01", "2020-12-31", {2: 2_930})
    request = world.published_request(period, "verifier")
    assert request.window_last_day == request.published_on + dt.timedelta(days=13)
    world.after_window(request)
    world.do(request, "instruct_issuance", "member 1")
    # 50.00 + 1,930 at 0.25 = 532.50, all of it paid in advance with the registration fee
    share = request.invoices.get()
    assert (share.tariff_usd, share.due_usd) == (Decimal("532.50"), Decimal(0))
    world.do(request, "issue", "administrator")

    # 2,930 units: 146.5 for adaptation, the half to the participants; 58.6 for overall mitigation
    issuance = Issuance.objects.get()
    assert str(issuance.serials) == "BR 1-2930"
    assert holds(AccountType.ADAPTATION_SHARE) == 146
    assert holds(AccountType.ADMINISTRATIVE_CANCELLATION) == 59
    assert queries.waiting(issuance) == 2_725
    movement = Entry.objects.get(kind=EntryKind.CANCELLATION)
    assert "Example Crediting Act, section 21" in movement.reason
    cancelled = Block.objects.get(account__type=AccountType.ADMINISTRATIVE_CANCELLATION)
    assert str(cancelled.serials) == "BR 147-205"

    account = world.account()
    world.do(world.forwarding_asked(request, [(account, 2, 2_725)]), "carry_out", "administrator")
    assert queries.balance(account) == 2_725
    assert verify.verify_book().ok, verify.verify_book()


def test_before_the_button_is_pressed_the_page_says_what_will_be_cancelled(
    world: World, client: Client
) -> None:
    world.on("2019-01-07")
    project = world.registered(yearly_t=3_000, crediting_from="2020-01-01", others=())
    world.on("2021-02-01")
    request = world.instructed(world.certified(project, "2020-01-01", "2020-12-31", {2: 2_930}))
    client.force_login(world.people["administrator"])
    page = " ".join(client.get(request.get_absolute_url()).content.decode().split())
    assert "Cancelled for overall mitigation" in page
    assert "2,725" in page
    assert "Example Crediting Act, section 21" in page


def test_seats_are_called_what_the_mechanism_calls_them(world: World, client: Client) -> None:
    assert Role.BOARD_MEMBER.label == "Council member"
    assert Role.DOE.label == "Accredited auditor"
    assert Role.DNA.label == "Approving ministry"
    assert Role.CLOCK.label == "The clock"
    project = world.on("2019-01-07").validated(yearly_t=3_000, others=())
    with pytest.raises(Denied, match="Only whoever sits as “Approving ministry” can do this"):
        world.do(project.letters.get(), "withdraw", "developer", note="Ours.")
    client.force_login(world.people["secretary"])
    assert "Mechanism office</a>" in client.get("/tasks/").content.decode().replace("\n", "")
    client.force_login(world.people["validator"])
    assert "(Accredited auditor)" in client.get("/tasks/").content.decode()
    history = client.get(f"{project.get_absolute_url()}history/").content.decode()
    assert "Approving ministry" in history
    assert "Designated national authority" not in history


def test_the_rules_page_and_the_calculator_speak_of_this_mechanism(world: World, client: Client) -> None:
    page = client.get("/rules/?on_day=1&on_month=3&on_year=2019").content.decode()
    assert "Example mechanism of 2019" in page
    assert "Project cycle procedure of 1 January 2019" not in page.partition('id="of-the-day"')[2]
    page = client.get("/rules/?on_day=31&on_month=12&on_year=2018").content.decode()
    assert "No rules applied on 31 December 2018" in page
    assert client.get("/calculator/").status_code == 200


def test_what_the_rules_did_not_cover_yet_is_refused_with_the_first_day(world: World) -> None:
    with pytest.raises(sets.NoSuchRule, match="they begin on 1 January 2019"):
        world.on("2018-12-31").published(yearly_t=3_000, others=())
