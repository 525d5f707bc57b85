"""Requests: returned and submitted again, paid wrongly, withdrawn; numbers of projects (rulebook 2.6, 2.8)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from cdm.acts import accounts
from cdm.models import BoardRequest
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.given import World

pytestmark = pytest.mark.django_db


def returned(world: World, request: BoardRequest) -> None:
    world.do(request, "return", "secretary", sections=["d", "i"], reasons="(d) has no benchmark.")


@pytest.mark.parametrize("stage", ["completeness", "information"])
def test_rulebook_2_6_returned_with_reasons_and_submitted_again(world: World, stage: str) -> None:
    project = world.on("2019-03-04").validated()
    request = world.submitted_request(project, "validator")
    if stage == "information":
        world.do(request, "pass_completeness", "secretary")
    with pytest.raises(Unmet, match="Reasons"):
        world.do(request, "return", "secretary", sections=["d"])
    with pytest.raises(Unmet, match="Sections"):
        world.do(request, "return", "secretary", reasons="Something is wrong.")
    returned(world, request)
    check = request.checks.get(passed=False)
    assert (check.stage, check.sections, check.reasons) == (stage, ["d", "i"], "(d) has no benchmark.")
    assert not project.deadlines.filter(closed_at=None).exists()
    world.on("2019-05-20")
    world.do(request, "submit", "validator")
    assert request.state == "completeness_check"
    world.do(request, "pass_completeness", "secretary")
    world.do(request, "pass_information", "secretary")
    world.after_window(request)
    project.refresh_from_db()
    # effective on the day on which the complete request came in: the second submission
    assert project.registered_on == dt.date(2019, 5, 20)


@pytest.mark.parametrize(
    ("again_on", "rules"),
    [
        pytest.param("2018-03-31", "project-cycle-2017", id="within the same rules"),
        pytest.param("2019-01-30", "project-cycle-2017", id="EB93-A11: on the 90th day, the older rules"),
        pytest.param(
            "2019-01-31", "project-cycle-2019", id="EB93-A11: after 90 days, the rules then in force"
        ),
    ],
)
def test_a_request_keeps_the_rules_of_its_submission(world: World, again_on: str, rules: str) -> None:
    returned_on = "2018-03-01" if again_on < "2018-12-31" else "2018-11-01"
    world.on("2018-01-05" if again_on < "2018-12-31" else "2018-09-05")
    request = world.submitted_request(world.validated(), "validator")
    assert request.rule_set_key == "project-cycle-2017"
    world.on(returned_on)
    returned(world, request)
    world.on(again_on)
    world.do(request, "submit", "validator")
    assert request.rule_set_key == rules


PAYMENTS = [
    pytest.param({"amount_usd": Decimal("29999.99")}, "amount_usd", "is less than", id="a cent less"),
    pytest.param({"amount_usd": Decimal("30000.01")}, "amount_usd", "is more than", id="a cent more"),
    pytest.param({"paid_on": dt.date(2030, 1, 1)}, "paid_on", "in the future", id="in the future"),
    pytest.param({"paid_on": dt.date(2000, 1, 1)}, "paid_on", "cannot be older", id="before the invoice"),
    pytest.param({"bank_reference": ""}, "bank_reference", "needed", id="without a bank reference"),
]


@pytest.mark.parametrize(("changed", "field", "sentence"), PAYMENTS)
def test_a_fee_that_was_not_paid_as_invoiced_is_not_recorded(
    world: World, changed: dict[str, Any], field: str, sentence: str
) -> None:
    """670,133 t a year before March 2006: USD 30,000 by the fixed scale."""
    request = world.request_for(world.on("2005-03-01").validated(), "validator")
    world.do(request, "submit", "validator")
    given = {"amount_usd": Decimal(30_000), "paid_on": world.at.date(), "bank_reference": "REF 1"}
    with pytest.raises(Unmet, match=sentence) as refused:
        world.do(request, "record_fee", "secretary", **{**given, **changed})
    assert [problem.field for problem in refused.value.problems] == [field]
    request.refresh_from_db()
    assert request.state == "awaiting_fee"
    assert not request.invoices.get().payments.exists()
    world.do(request, "record_fee", "secretary", **given)
    assert request.state == "published"
    with pytest.raises(NotOpen):
        world.do(request, "record_fee", "secretary", **given)


def test_nothing_is_issued_before_the_administrative_share_is_paid(world: World) -> None:
    """7/CMP.1 para 37: 900 units at USD 0.10."""
    project = world.on("2017-03-01").registered(others=())
    starts_on = project.crediting_starts_on
    period = world.on("2019-03-01").certified(
        project, f"{starts_on}", f"{starts_on + dt.timedelta(days=200)}", {2: 900}
    )
    request = world.published_request(period, "verifier")
    world.after_window(request)
    with pytest.raises(Denied):
        world.do(request, "instruct_issuance", "secretary")
    world.do(request, "instruct_issuance", "member 1")
    assert request.state == "awaiting_share_of_proceeds"
    assert request.invoices.get().due_usd == Decimal("90.00")
    with pytest.raises(NotOpen):
        world.do(request, "issue", "administrator")
    world.pay(request, "record_share_of_proceeds")
    with pytest.raises(Denied):
        world.do(request, "issue", "secretary")
    world.do(request, "issue", "administrator")
    with pytest.raises(NotOpen):
        world.do(request, "issue", "administrator")
    assert request.state == "issued"


@pytest.mark.parametrize("who", ["validator", "developer"])
def test_rulebook_2_8_a_request_is_withdrawn_before_the_decision(world: World, who: str) -> None:
    project = world.on("2019-03-04").validated()
    request = world.published_request(project, "validator")
    world.do(request, "withdraw", who, note="The revised opinion is negative.")
    project.refresh_from_db()
    assert (request.state, project.state) == ("withdrawn", "validated")
    again = world.published_request(project, "validator")
    world.after_window(again)
    assert again.state == "registered"


def test_a_withdrawn_issuance_leaves_the_period_certified(world: World) -> None:
    project = world.on("2017-03-01").registered(others=())
    starts_on = project.crediting_starts_on
    period = world.on("2019-03-01").certified(
        project, f"{starts_on}", f"{starts_on + dt.timedelta(days=200)}", {2: 900}
    )
    request = world.published_request(period, "verifier")
    world.do(request, "withdraw", "verifier", note="A figure was wrong.")
    period.refresh_from_db()
    assert period.state == "certified"
    assert world.submitted_request(period, "verifier").state == "completeness_check"


def test_after_the_window_a_request_for_registration_is_not_withdrawn(world: World) -> None:
    project = world.on("2019-03-04").validated()
    request = world.published_request(project, "validator")
    world.at = dt.datetime.combine(request.window_last_day + dt.timedelta(days=1), dt.time(), dt.UTC)
    with pytest.raises(NotOpen):
        world.do(request, "withdraw", "developer", note="Too late.")
    request.refresh_from_db()
    assert request.state == "registered"


def test_numbers_follow_each_other_and_only_go_forward(world: World) -> None:
    by = world.people["secretary"]
    accounts.set_next_reference_number(number=4217, reason="As in life", by=by, at=world.at)
    first, second = (world.on(day).registered(others=()) for day in ("2018-01-05", "2018-06-05"))
    assert (first.reference, second.reference) == ("4217", "4218")
    with pytest.raises(Unmet, match="can only be raised"):
        accounts.set_next_reference_number(number=4218, reason="Again", by=by, at=world.at)
    with pytest.raises(Denied):
        accounts.set_next_reference_number(
            number=9000, reason="Mine", by=world.people["developer"], at=world.at
        )


def test_2_cmp_16_reductions_after_2020_are_not_taken(world: World) -> None:
    """A period that ends in 2021 has days in no commitment period."""
    project = world.on("2017-03-01").registered(others=())
    world.on("2023-07-01")
    with pytest.raises(Unmet, match="31 December 2020"):
        world.period(project, f"{project.crediting_starts_on}", "2021-03-31", {2: 1})


def test_rulebook_2_6_registration_is_not_requested_without_the_validation_report(world: World) -> None:
    project = world.on("2017-03-01").validated(others=())
    request = world.request_for(project, "validator")
    paper = project.documents.get(kind="validation_report")
    project.documents.filter(pk=paper.pk).update(kind="other")
    with pytest.raises(Unmet, match="The validation report is not attached to the project"):
        world.do(request, "submit", "validator")
    request.refresh_from_db()
    assert request.state == "being_prepared"
    project.documents.filter(pk=paper.pk).update(kind="validation_report")
    world.do(request, "submit", "validator")
    assert request.state == "completeness_check"


def test_rulebook_2_12_issuance_is_not_requested_without_its_reports(world: World) -> None:
    project = world.on("2017-03-01").registered(others=(), crediting_from="2018-01-01")
    period = world.on("2019-03-01").certified(project, "2018-01-01", "2018-12-31", {2: 900})
    request = world.request_for(period, "verifier")
    for kind, name in (
        ("verification_report", "verification and certification"),
        ("monitoring_report", "monitoring"),
    ):
        paper = period.documents.get(kind=kind)
        period.documents.filter(pk=paper.pk).update(kind="other")
        with pytest.raises(Unmet, match=f"The {name} report is not attached to the monitoring period"):
            world.do(request, "submit", "verifier")
        period.documents.filter(pk=paper.pk).update(kind=kind)
    request.refresh_from_db()
    assert request.state == "being_prepared"
    world.do(request, "submit", "verifier")
    assert request.state == "completeness_check"
