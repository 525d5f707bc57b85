"""Every address of the site as every seat, against a reviewed table; an address that is not in it fails the test.

The API's addresses are reviewed in tests/api/.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cdm.acts import people
from cdm.models import (
    BoardRequest,
    Comment,
    Engagement,
    MemberSuspension,
    Notice,
    Project,
    RegisteredChange,
    RiskAcknowledgement,
    Task,
    Transition,
    User,
)
from registry import account_requests, book
from registry.models import Account
from registry.models_movements import Movement
from registry.movements import doors
from registry.movements.table import MovementKind
from registry.queries import issuances_of
from tests import entities
from tests.given import World
from tests.registry import given as registry_given

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).parent / "every_url.csv"
SEATS = (
    "anonymous",
    "no seat",
    "participant",
    "dna",
    "doe",
    "secretariat",
    "board member",
    "registry administrator",
)
WHO = {
    "participant": "developer",
    "dna": "dna BR",
    "doe": "verifier",
    "secretariat": "secretary",
    "board member": "member 1",
    "registry administrator": "administrator",
}
NOT_HERE = ("api:",)


def names(patterns: list[Any] | None = None, namespace: str = "") -> Iterator[str]:
    """The name of every address, with its namespace."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern.url_patterns, inside)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def reviewed() -> dict[str, dict[str, str]]:
    """Name -> seat -> the status that a GET has to have."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(list(row) == ["address", *SEATS] for row in rows), "the columns are the seats"
    table = {row.pop("address"): row for row in rows}
    assert len(table) == len(rows), "an address stands twice"
    return table


def _proposed(world: World, account: Account) -> Movement:
    """A cancellation that the developer proposed for an account with units of its own."""
    book.issue(
        party="BR", project_number=99, commitment_period=1, quantity=10,
        share=registry_given.share(0, exemption="a test"), monitoring_start=world.at.date(),
        monitoring_end=world.at.date(), forward_to=[(account, 10)], by=None, at=world.at, reason="a test",
        key="every url",
    )  # fmt: skip
    registry_given.People().represented_by(account, world.people["developer"])
    return doors.propose(
        kind=MovementKind.VOLUNTARY_CANCELLATION,
        units=[doors.Units(party="BR", project_number=99, unit_type=5, period=1, quantity=1)],
        source=account,
        by=world.people["developer"],
        at=world.at,
        reason="asked for",
        key="every url",
    )


@pytest.fixture
def arguments(world: World) -> dict[str, list[Any]]:
    """NovaGerar with units forwarded, a period in verification, a letter asked for, and what else an address needs."""
    world.on("2004-06-01")
    project = world.registered(started_on="2004-01-15", crediting_from="2004-07-01")
    world.on("2008-01-20")
    request = world.issued(project, "2004-07-01", "2006-12-31", {1: 67_303})
    account = world.account()
    forwarding = world.forwarding_asked(request, [(account, 1, 10)])
    changing = account_requests.propose_change(
        kind="suspend",
        account=account,
        by=world.people["developer"],
        at=world.at,
        reason="A lost key",
        key="suspend",
    )
    statement = world.stated(project)
    changed = world.change_asked(project, "rename", "buyer", new_name="Dutch Carbon")
    period = world.in_verification(project, "2007-01-01", "2007-12-31", {1: 100})
    finding = world.finding(period, "verifier")
    # by the rules of 2008 nobody could ask for a change yet
    correction = RegisteredChange.objects.create(
        project=project,
        number=1,
        kind=RegisteredChange.Kind.CORRECTION,
        track=RegisteredChange.Track.PRIOR_APPROVAL,
        doe=world.organisations["verifier"],
        description="A figure was wrong.",
        created_at=world.at,
    )
    reviewed_one = world.published_request(world.validated(others=(), title="Under review"), "validator")
    matter = world.under_review(reviewed_one)
    meeting = world.meeting(40, on="2008-12-01", is_open=False)
    suspension = MemberSuspension.objects.create(
        membership=world.office("alternate 10"), meeting=meeting, cause="other", reason="It", in_favour=9, against=0,
        from_on=world.at.date(), by=world.people["member 1"], at=world.at,
    )  # fmt: skip
    draft = world.draft(title="A draft")
    considered = world.notified(draft, started_on="2009-01-05")
    commented = world.published(others=(), title="Open for comments")
    comment = world.comment(commented)
    assert isinstance(comment, Comment)
    asked = world.submitted(others=(), title="Letter asked for")
    conflict = people.record_conflict(
        user=world.people["member 4"],
        party="BR",
        reason="National",
        by=world.people["member 4"],
        at=world.at,
    )
    task = Task.objects.get(project=asked, what="Decide on the letter of approval")
    notice = Notice.objects.filter(user=world.people["dna BR"]).first()
    assert notice is not None
    engagement = Engagement.objects.get(project=project, function="verification")
    document = period.documents.get().latest
    assert document is not None
    doe, seat = world.organisations["verifier"], world.people["buyer"].seats.get()
    assert issuances_of(party="BR", project_number=1).exists()
    movement = _proposed(world, account)
    term = entities.suspended(world, entities.taken_over(world, "validator"), "validator")
    excess = entities.review(world, project, "validator")
    acknowledged, moving = _later_texts(project, request)
    found: dict[str, list[Any]] = {
        "cdm:project": [project.pk],
        "cdm:design": [draft.pk],
        "cdm:notify_consideration": [draft.pk],
        "cdm:prior_consideration": [considered.pk],
        "cdm:design_check": [draft.pk],
        "cdm:design_totals": [draft.pk],
        "cdm:design_section": [draft.pk, "activity"],
        "cdm:attach": ["monitoring_period", period.pk],
        "cdm:document": [document.pk],
        "cdm:answer_comment": [comment.pk],
        "cdm:judge_comment": [comment.pk],
        "cdm:comment_confirm": ["no-such-token"],
        "cdm:rule_set": ["modalities-2005"],
        "cdm:archived_project": [1],
        "cdm:letter": [asked.letters.get().pk],
        "cdm:request": [request.pk],
        "cdm:request_review": [request.pk],
        "cdm:request_reply": [request.pk],
        "cdm:ask_forwarding": [request.pk],
        "cdm:matter": [matter.pk],
        "cdm:assess": [matter.pk],
        "cdm:put_motion": [matter.pk],
        "cdm:vote": [matter.pk],
        "cdm:meeting": [meeting.pk],
        "cdm:open_meeting": [meeting.pk],
        "cdm:close_meeting": [meeting.pk],
        "cdm:attend_meeting": [meeting.pk],
        "cdm:leave_meeting": [meeting.pk],
        "cdm:enter_attendance": [meeting.pk, world.office("member 2").pk],
        "cdm:record_oath": [world.office("member 2").pk],
        "cdm:end_membership": [world.office("member 2").pk],
        "cdm:suspend_member": [world.office("member 2").pk],
        "cdm:justify_absence": [world.office("member 2").pk],
        "cdm:end_suspension": [suspension.pk],
        "cdm:end_engagement": [engagement.pk],
        "cdm:monitoring": [period.pk],
        "cdm:change_days": [period.pk],
        "cdm:state_amounts": [period.pk],
        "cdm:prepare_issuance": [period.pk],
        "cdm:period_findings": [period.pk],
        "cdm:finding_raise": ["monitoring_period", period.pk],
        "cdm:finding": [finding.pk],
        "cdm:finding_write": [finding.pk],
        "cdm:finding_close": [finding.pk],
        "cdm:forwarding": [forwarding.pk],
        "cdm:change_forwarding": [forwarding.pk],
        "cdm:modalities_statement": [statement.pk],
        "cdm:change_modalities": [statement.pk],
        "cdm:acknowledge_risk": [request.pk],
        "cdm:risk_acknowledgement": [acknowledged.pk],
        "cdm:transition": [moving.pk],
        "cdm:leave_office": [statement.pk],
        "cdm:sign": ["modalities_statement", statement.pk],
        "cdm:ask_participant_change": [project.pk, "add"],
        "cdm:participant_change": [changed.pk],
        "cdm:alter_participant_change": [changed.pk],
        "cdm:registered_change": [correction.pk],
        "cdm:state_change": [correction.pk],
        "cdm:prepare_change": [project.pk, "correction"],
        "cdm:prepare_approval": [correction.pk],
        "cdm:registry_account": [account.identifier],
        "cdm:task_claim": [task.pk],
        "cdm:task_hand_over": [task.pk],
        "cdm:notice_read": [notice.pk],
        "cdm:person": [world.people["buyer"].pk],
        "cdm:record_conflict": [world.people["buyer"].pk],
        "cdm:end_conflict": [conflict.pk],
        "cdm:end_seat": [seat.pk],
        "cdm:organisation": [doe.pk],
        "cdm:grant_seat": [doe.pk],
        "cdm:accredit": [doe.pk],
        "cdm:take_over": [doe.pk],
        "cdm:entity": [doe.pk],
        "cdm:apply_as_entity": [doe.pk],
        "cdm:report_activities": [doe.pk],
        "cdm:open_excess_review": [term.doe_id],
        "cdm:accreditation": [term.pk],
        "cdm:excess_issuance": [excess.pk],
        "cdm:bring_before_board": ["excess_issuance", excess.pk],
        "cdm:key_revoke": [1],
        "cdm:monitoring_check": [period.pk],
        "cdm:request_check": [request.pk],
        "cdm:move": ["forwarding_request", forwarding.pk, "carry_out"],
        "registry:report": ["issuances"],
        "registry:report_file": ["issuances", "csv"],
        "registry:statement_file": [account.identifier, "csv"],
        "registry:attestation_file": ["NOSUCHCODE"],
        "registry:account_request": [changing.pk],
        "registry:decide_account_request": [changing.pk, "approve"],
        "registry:ask_about_account": [account.identifier, "suspend"],
        "registry:propose_kind": ["arrival"],
        "registry:movement": [movement.pk],
        "registry:decide": [movement.pk, "approve"],
        "account_confirm_email": ["no-such-key"],
        "account_reset_password_from_key": ["1", "wrong"],
    }
    for name in names():
        if name.startswith("cdm:") and name not in found and _is_of_a_project(name):
            found[name] = [project.pk]
    return found


def _later_texts(project: Project, request: BoardRequest) -> tuple[RiskAcknowledgement, Transition]:
    """Rows alone: what they are about belongs to years in which this world does not live."""
    statement = project.modalities_statements.filter(state="in_force").get()
    acknowledged = RiskAcknowledgement.objects.create(
        project=project, request=request, modalities=statement, form="CDM-RAA-FORM"
    )
    moving = Transition.objects.create(
        project=project,
        modalities=statement,
        effective_on=dt.date(2021, 1, 1),
        asked_at=dt.datetime(2023, 7, 3, tzinfo=dt.UTC),
    )
    return acknowledged, moving


def _is_of_a_project(name: str) -> bool:
    """Whether an address stands below a project and takes nothing but its key."""
    resolver = get_resolver().namespace_dict["cdm"][1]
    path, takes = resolver.reverse_dict.getlist(name.removeprefix("cdm:"))[0][0][0]
    return path.startswith("projects/%(key)s/") and takes == ["key"]


def statuses(world: World, arguments: dict[str, list[Any]]) -> dict[str, dict[str, str]]:
    """What a GET of every address answers, for every seat."""
    nobody = User.objects.create_user(email="no.seat@example.org", name="No Seat")
    clients = {seat: Client() for seat in SEATS}
    for seat, client in clients.items():
        if seat != "anonymous":
            client.force_login(nobody if seat == "no seat" else world.people[WHO[seat]])
    found: dict[str, dict[str, str]] = {}
    for name in sorted(set(names())):
        if not name.startswith(NOT_HERE):
            url = reverse(name, args=arguments.get(name, []))
            found[name] = {}
            for seat, client in clients.items():
                cache.clear()  # throttles count there, and all seats ask from one place
                found[name][seat] = str(client.get(url).status_code)
    return found


def test_every_address_answers_every_seat_as_reviewed(world: World, arguments: dict[str, list[Any]]) -> None:
    table = reviewed()
    unknown = {name for name in names() if not name.startswith(NOT_HERE)} - table.keys()
    assert not unknown, f"Review these and add them to {TABLE.name}: {sorted(unknown)}"
    seen = statuses(world, arguments)
    differing = {
        f"{name} as {seat}": (status, table[name][seat])
        for name, row in seen.items()
        for seat, status in row.items()
        if status != table[name][seat]
    }
    assert differing == {}, "(answered, reviewed)"
    assert table.keys() == seen.keys(), "the table knows addresses that are gone"


def test_no_address_fails_on_a_key_that_cannot_be(world: World, arguments: dict[str, list[Any]]) -> None:
    """A number larger than the database holds is not found; it is no error of the server."""
    client = Client()
    client.force_login(world.people["administrator"])
    for name, given in arguments.items():
        if any(isinstance(one, int) for one in given):
            huge = [10**30 if isinstance(one, int) else one for one in given]
            assert client.get(reverse(name, args=huge)).status_code in (302, 403, 404, 405), name
