"""Lists show what the pages show: the rule for one row and the rule for all rows agree, for every seat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cdm import queries
from cdm.acts import people, provisional
from cdm.api import visible
from cdm.models import Deadline
from cdm.workflow.machines import MACHINES, model_of
from tests.api.conftest import Program, good
from tests.given import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(world: World) -> World:
    """Projects at several places of the cycle, one of them with everything, and a conflict of interest."""
    world.on("2019-01-07")
    world.draft()
    refused = world.submitted()
    world.do(refused.letters.get(party="NL"), "refuse", "dna NL", "Not now.")
    world.published()
    done = world.registered(crediting_from="2019-04-01")
    world.request_for(world.validated(), "validator")
    world.on("2020-02-03")
    issued = world.issued(done, "2019-04-01", "2019-12-31", {2: 5_000})
    account = world.account()
    world.do(world.forwarding_asked(issued, [(account, 2, 100)]), "carry_out", "administrator")
    world.forwarding_asked(issued, [(account, 2, 100)])
    world.period(done, "2020-01-01", "2020-01-31", {2: 10})
    later = world.on("2020-09-01").validated(crediting_from="2021-01-01", others=())
    unsent = world.validated(crediting_from="2021-01-01", others=(), title="Not submitted yet")
    world.on("2021-02-01").provisional_submission(later, "validator")
    provisional.acknowledge_risk(
        world.request_for(unsent, "validator"), by=world.people["developer"], at=world.at
    )
    world.on("2023-07-03")
    provisional.request_transition(
        done, effective_on=dt.date(2021, 1, 1), by=world.people["developer"], at=world.at
    )
    for project in (done, refused):
        people.record_conflict(
            user=world.people["member 4"],
            project=project,
            reason="Kin",
            by=world.people["secretary"],
            at=world.at,
        )
    return world


def test_the_list_and_the_row_agree_for_every_seat(lived: World) -> None:
    for who, user in [("nobody", None), *lived.people.items()]:
        seen = set()
        for name in MACHINES:
            model = model_of(name)
            listed = set(visible.subjects(model, user, lived.at).values_list("pk", flat=True))
            alone = {row.pk for row in model._default_manager.all() if queries.may_see(user, row, lived.at)}
            assert listed == alone, (who, name)
            seen |= {(name, key) for key in listed}
        deadlines = visible.deadlines(user, lived.at)
        due = Deadline.objects.filter(closed_at__isnull=True)
        assert {row.pk for row in deadlines} == {
            row.pk for row in due if (row.machine_name, row.subject_id) in seen
        }


def test_those_concerned_see_what_is_not_public(lived: World, program: Callable[..., Program]) -> None:
    counts = {
        who: good(program(who).get("letters-of-approval/", state="refused"))["count"]
        for who in ("", "developer", "dna HN", "secretary", "member 1", "member 4")
    }
    assert counts == {"": 0, "developer": 1, "dna HN": 0, "secretary": 1, "member 1": 1, "member 4": 0}


def test_accounts_are_ones_own(lived: World, program: Callable[..., Program]) -> None:
    (account,) = good(program("developer").get("registry/accounts/"))["results"]
    address = f"registry/accounts/{account['identifier']}/statement/"
    assert good(program("developer").get(address))
    assert program("buyer").get(address).status_code == 404
    assert program().get(address).status_code == 401
    assert good(program("buyer").get("registry/accounts/"))["count"] == 0
    assert good(program("administrator").get("registry/accounts/"))["count"] > 1


@pytest.mark.parametrize("path", ["projects/", "letters-of-approval/", "board-requests/", "monitoring-periods/",
                                  "forwarding-requests/", "deadlines/", "tasks/", "registry/issuances/"])  # fmt: skip
def test_a_list_asks_the_database_a_bounded_number_of_times(
    lived: World, program: Callable[..., Program], path: str
) -> None:
    secretary = program("secretary")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        good(secretary.get(path))
    assert len(asked) <= 30, [query["sql"][:80] for query in asked]


@pytest.mark.parametrize(
    "path", ["projects/?foo=1", "registry/issuances/?partty=BR", "registry/holdings/?foo=1"]
)
def test_a_filter_that_means_nothing_is_refused_and_not_ignored(
    program: Callable[..., Program], path: str
) -> None:
    answer = program("developer").get(path)
    assert answer.status_code == 422
    assert "There is no filter" in answer.content.decode()
