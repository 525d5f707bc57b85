"""Monitoring, verification, findings, forwarding and accounts on the web, with their refusals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cdm.models import Accreditation, Engagement, Finding, ForwardingRequest, MonitoringPeriod, Project
from registry import queries as book_queries
from registry.models import Account
from registry.models_accounts import AccountRequest
from tests.given import Kind, World
from tests.web.reading import count, standing, words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]


@pytest.fixture
def project(world: World) -> Project:
    """NovaGerar, registered in 2004; today is in 2008."""
    world.on("2004-06-01")
    made = world.registered(started_on="2004-01-15", crediting_from="2004-07-01")
    world.on("2008-01-20")
    return made


def days(start: str, end: str, **more: object) -> dict[str, object]:
    """Two days as the form sends them."""
    sent: dict[str, object] = dict(more)
    for name, text in (("starts_on", start), ("ends_on", end)):
        sent[f"{name}_year"], sent[f"{name}_month"], sent[f"{name}_day"] = text.split("-")
    return sent


# --- periods -------------------------------------------------------------------------------------------------


def test_a_period_is_opened_stated_and_split_over_commitment_periods(world: World, visit: Visit) -> None:
    world.on("2011-06-01")
    project = world.registered(yearly_t=10_000, crediting_from="2012-06-01", others=())
    world.on("2013-12-01")
    url = reverse("cdm:open_monitoring", args=[project.pk])
    page = words(visit("developer").get(url))
    assert "The crediting period is 1 June 2012 to 31 May 2019." in page
    answer = visit("developer").post(url, days("2012-06-01", "2013-06-30"), follow=True)
    assert "Monitoring period 1 is open." in words(answer)
    assert "31 December 2012" in words(answer)
    period = MonitoringPeriod.objects.get()
    stating = reverse("cdm:state_amounts", args=[period.pk])
    sent = {"amounts_1": "75", "amounts_2": "1,200", "expected_version": period.version}
    answer = visit("developer").post(stating, sent, follow=True)
    assert "Stated: 1,275 t CO2e." in words(answer)
    assert [amount.reported_t for amount in period.amounts.all()] == [75, 1200]


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("2004-07-01", "2004-06-30", "before it starts on 1 July 2004. Give the later day as its end."),
        ("2004-06-30", "2005-06-30", "The period must lie inside the crediting period"),
        ("2004-07-01", "2008-06-30", "which is not over yet. Choose days that have passed."),
        ("2005-01-01", "2005-12-31", "this one has to start on 1 July 2004"),
        ("2004-13-01", "2005-12-31", "First day must be a real date."),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(
    visit: Visit, project: Project, start: str, end: str, sentence: str
) -> None:
    before = standing(project)
    answer = visit("developer").post(reverse("cdm:open_monitoring", args=[project.pk]), days(start, end))
    assert answer.status_code == 422
    assert sentence in words(answer)
    # what was typed is still there
    assert f'value="{start[:4]}"' in answer.content.decode()
    assert count(MonitoringPeriod) == 0
    assert standing(project) == before


def test_periods_do_not_overlap(world: World, visit: Visit, project: Project) -> None:
    world.period(project, "2004-07-01", "2005-06-30", {1: 100})
    url = reverse("cdm:open_monitoring", args=[project.pk])
    answer = visit("developer").post(url, days("2005-06-30", "2006-06-30"))
    assert answer.status_code == 422
    assert "The period overlaps monitoring period 1" in words(answer)
    assert 'value="2005"' in visit("developer").get(url).content.decode()  # the next day is filled in
    assert count(MonitoringPeriod) == 1


def test_only_participants_open_a_period(visit: Visit, project: Project) -> None:
    url = reverse("cdm:open_monitoring", args=[project.pk])
    for who in ("validator", "verifier", "dna BR", "secretary", "member 1", "administrator"):
        answer = visit(who).post(url, days("2004-07-01", "2005-06-30"))
        assert answer.status_code == 403, who
        assert "Only a participant of the project can do this." in words(answer)
    assert visit("").get(url).status_code == 302
    assert count(MonitoringPeriod) == 0


def test_amounts_are_whole_and_a_stale_form_is_refused(world: World, visit: Visit, project: Project) -> None:
    period = world.period(project, "2004-07-01", "2005-06-30", {1: 100})
    url = reverse("cdm:state_amounts", args=[period.pk])
    for value, sentence in (
        ("-1", "must be 0 or more"),
        ("1.5", "without decimals"),
        ("", "Enter the reductions"),
    ):
        answer = visit("developer").post(url, {"amounts_1": value, "expected_version": period.version})
        assert answer.status_code == 422
        assert sentence in words(answer)
    answer = visit("developer").post(url, {"amounts_1": "5", "expected_version": period.version - 1})
    assert answer.status_code == 409
    assert "You have changed this already" in words(answer)
    assert [amount.reported_t for amount in period.amounts.all()] == [100]


def test_days_are_changed_while_the_report_is_prepared(world: World, visit: Visit, project: Project) -> None:
    period = world.period(project, "2004-07-01", "2005-06-30", {1: 100})
    url = reverse("cdm:change_days", args=[period.pk])
    assert "Reductions that were stated have to be stated again." in words(visit("developer").get(url))
    visit("developer").post(url, days("2004-07-01", "2005-12-31", expected_version=period.version))
    period.refresh_from_db()
    assert period.ends_on == dt.date(2005, 12, 31)
    assert period.reported_t == 0


def test_a_period_is_public_once_its_report_is_published(
    world: World, visit: Visit, project: Project
) -> None:
    world.engaged(project, "verification", "verifier")
    period = world.period(project, "2004-07-01", "2005-06-30", {1: 100})
    assert visit("").get(period.get_absolute_url()).status_code == 404
    world.do(period, "submit", "developer")
    world.do(period, "publish_report", "verifier")
    page = words(visit("").get(period.get_absolute_url()))
    assert "In verification" in page
    assert "UNFCCC: Monitoring report published" in page
    assert "What you can do now" not in page


def test_what_each_seat_may_do_on_a_period(world: World, visit: Visit, project: Project) -> None:
    period = world.period(project, "2004-07-01", "2005-06-30", {1: 100})
    page = words(visit("developer").get(period.get_absolute_url()))
    for label in ("State the reductions", "Attach the monitoring report", "Engage a DOE to verify"):
        assert label in page
    assert "Hand the monitoring report to the DOE: not yet" in page
    assert "No DOE is engaged to verify this project. Engage one first." in page


# --- engagements ---------------------------------------------------------------------------------------------


def test_does_that_may_not_be_engaged_are_named_with_the_reason(
    world: World, visit: Visit, project: Project
) -> None:
    world.seat("newcomer", "Newcomer Certification", Kind.DOE)
    url = reverse("cdm:engage_verifier", args=[project.pk])
    page = words(visit("developer").get(url))
    assert "sectoral scope 13 Waste handling and disposal" in page
    assert "Det Norske Veritas validated this large-scale project, so it may not verify it" in page
    assert "Newcomer Certification is not accredited on 20 January 2008 for verification" in page
    for who, sentence in (
        ("validator", "may not verify it (3/CMP.1 annex, para 27(e))"),
        ("newcomer", "is not accredited"),
    ):
        answer = visit("developer").post(url, {"doe": str(world.organisations[who].pk)})
        assert answer.status_code == 422
        assert sentence in words(answer)
    assert not project.engagements.filter(function="verification").exists()
    answer = visit("developer").post(url, {"doe": str(world.organisations["verifier"].pk)}, follow=True)
    assert "SGS United Kingdom is engaged to verify the project." in words(answer)


def test_the_board_lets_one_doe_do_both(world: World, visit: Visit, project: Project) -> None:
    url = reverse("cdm:waive", args=[project.pk])
    doe = world.organisations["validator"]
    assert visit("secretary").get(url).status_code == 403
    assert "Enter the Board's reasons." in words(
        visit("member 1").post(url, {"doe": str(doe.pk), "reason": ""})
    )
    visit("member 1").post(url, {"doe": str(doe.pk), "reason": "No other DOE in the region."})
    engaging = reverse("cdm:engage_verifier", args=[project.pk])
    visit("developer").post(engaging, {"doe": str(doe.pk)})
    assert project.engagements.get(function="verification").doe == doe


def test_an_engagement_ends_with_a_reason(world: World, visit: Visit, project: Project) -> None:
    world.engaged(project, "verification", "verifier")
    engagement = Engagement.objects.get(function=Accreditation.Function.VERIFICATION)
    url = reverse("cdm:end_engagement", args=[engagement.pk])
    assert visit("secretary").post(url, {"reason": "No"}).status_code == 403
    assert visit("developer").post(url, {"reason": ""}).status_code == 422
    visit("developer").post(url, {"reason": "The contract ended."})
    engagement.refresh_from_db()
    assert engagement.until_at is not None
    again = visit("developer").post(url, {"reason": "Again"})
    assert again.status_code == 409
    assert "This engagement has ended already." in words(again)


# --- findings ------------------------------------------------------------------------------------------------


def test_a_finding_is_raised_discussed_and_closed(world: World, visit: Visit) -> None:
    project = world.published(others=())
    url = reverse("cdm:finding_raise", args=["project", project.pk])
    assert visit("developer").get(url).status_code == 403
    answer = visit("validator").post(url, {"kind": "XX", "text": ""})
    assert answer.status_code == 422
    assert "Enter the what was found." not in words(answer)
    visit("validator").post(url, {"kind": "CAR", "section": "(d)", "text": "Show the barrier analysis."})
    finding = Finding.objects.get()
    page = reverse("cdm:finding", args=[finding.pk])
    register = reverse("cdm:findings", args=[project.pk])
    assert "Show the barrier analysis." in words(visit("developer").get(register))
    assert visit("").get(register).status_code == 404
    assert visit("").get(page).status_code == 404
    writing = reverse("cdm:finding_write", args=[finding.pk])
    visit("developer").post(writing, {"text": "It is in annex 3."})
    assert visit("secretary").post(writing, {"text": "Mine"}).status_code == 403
    assert "It is in annex 3." in words(visit("validator").get(page))
    closing = reverse("cdm:finding_close", args=[finding.pk])
    assert visit("developer").post(closing, {"reason": "Done"}).status_code == 403
    assert visit("validator").post(closing, {"reason": ""}).status_code == 422
    visit("validator").post(closing, {"reason": "Annex 3 shows it."})
    assert "Annex 3 shows it." in words(visit("developer").get(page))
    answer = visit("developer").post(writing, {"text": "Thanks"})
    assert answer.status_code == 409
    assert "CAR 1 is closed. Nothing more can be written to it." in words(answer)


def test_findings_of_a_verification_stand_in_its_own_register(
    world: World, visit: Visit, project: Project
) -> None:
    period = world.in_verification(project, "2004-07-01", "2005-06-30", {1: 100})
    visit("verifier").post(
        reverse("cdm:finding_raise", args=["monitoring_period", period.pk]),
        {"kind": "CL", "text": "Which meter?"},
    )
    assert "Which meter?" in words(visit("developer").get(reverse("cdm:period_findings", args=[period.pk])))
    assert "Which meter?" not in words(visit("developer").get(reverse("cdm:findings", args=[project.pk])))
    assert (
        visit("verifier").get(reverse("cdm:finding_raise", args=["letter_of_approval", 1])).status_code == 404
    )


# --- forwarding and accounts ---------------------------------------------------------------------------------


def test_units_are_forwarded_from_the_form_to_the_account(
    world: World, visit: Visit, project: Project
) -> None:
    """65,957 units wait after the share of 1,346; all are filled in for the developer's account."""
    request = world.issued(project, "2004-07-01", "2007-12-31", {1: 67_303})
    url = reverse("cdm:ask_forwarding", args=[request.pk])
    page = words(visit("developer").get(url))
    assert "has an account. Ask the registry administrator to open one." in page
    opening = reverse("cdm:open_account")
    assert visit("developer").get(opening).status_code == 403
    sent = {
        "organisation": str(world.organisations["developer"].pk),
        "party": "BR",
        "reason": "Letter of 3 May",
    }
    answer = visit("administrator").post(opening, sent, follow=True)
    assert "Asked for: an account for EcoSecurities." in words(answer)
    asked_for = AccountRequest.objects.get()
    approving = reverse("registry:decide_account_request", args=[asked_for.pk, "approve"])
    assert visit("administrator").post(approving, {"reason": ""}).status_code == 403
    visit("second administrator").post(approving, {"reason": ""})
    account = Account.objects.get(holder="EcoSecurities")
    assert 'value="65,957"' in visit("developer").get(url).content.decode()
    box = f"units_1_{account.pk}"
    for value, sentence in (
        ("65,958", "65,958 units of commitment period 1 are asked for, but 65,957 wait"),
        ("-1", "must be 0 or more"),
        ("0", "Say how many units go to which account."),
        ("1.5", "without decimals"),
    ):
        answer = visit("developer").post(url, {box: value})
        assert answer.status_code == 422, value
        assert sentence in words(answer)
    assert count(ForwardingRequest) == 0
    for who in ("verifier", "secretary", "administrator", "dna BR"):
        assert visit(who).post(url, {box: "1"}).status_code == 403
    answer = visit("developer").post(url, {box: "65,957"}, follow=True)
    assert "Asked for: 65,957 units." in words(answer)
    asked = ForwardingRequest.objects.get()
    assert visit("").get(asked.get_absolute_url()).status_code == 404
    carrying = reverse("cdm:move", args=["forwarding_request", asked.pk, "carry_out"])
    assert visit("developer").post(carrying, {}).status_code == 403
    visit("administrator").post(carrying, {"expected_version": asked.version})
    assert book_queries.balance(account) == 65_957
    assert visit("").get(asked.get_absolute_url()).status_code == 200
    page = words(visit("developer").get(url))
    assert "No units wait in the pending account any more." in page


def test_an_account_is_seen_by_its_holder_and_the_administrator(
    world: World, visit: Visit, project: Project
) -> None:
    request = world.issued(project, "2004-07-01", "2007-12-31", {1: 67_303})
    account = world.account()
    world.do(world.forwarding_asked(request, [(account, 1, 65_957)]), "carry_out", "administrator")
    url = reverse("cdm:registry_account", args=[account.identifier])
    for who in ("developer", "administrator"):
        page = words(visit(who).get(url))
        assert "Units in this account 65,957" in page
        assert "BR 1347-67303" in page
    for who in ("buyer", "validator", "secretary", "dna BR"):
        assert visit(who).get(url).status_code == 404, who
    assert visit("").get(url).status_code == 302
    assert visit("developer").get(url.replace(account.identifier, "BR-100-1-0-11")).status_code == 404
    mine = words(visit("developer").get(reverse("cdm:registry_accounts")))
    assert account.identifier in mine
    assert "CDM-110" not in mine
    assert "CDM-110" in words(visit("administrator").get(reverse("cdm:registry_accounts")))
    assert account.identifier not in words(visit("validator").get(reverse("cdm:registry_accounts")))
    assert visit("secretary").get(reverse("cdm:registry_accounts")).status_code == 403


def test_an_account_is_not_opened_for_others_than_participants_and_does(world: World, visit: Visit) -> None:
    opening = reverse("cdm:open_account")
    sent = {"organisation": str(world.organisations["secretary"].pk), "party": "BR", "reason": "Letter"}
    assert visit("administrator").post(opening, sent).status_code == 422
    sent = {"organisation": str(world.organisations["developer"].pk), "party": "", "reason": ""}
    page = words(visit("administrator").post(opening, sent))
    assert "Select the Party." in page
    assert "Enter the reason." in page
    assert count(Account) == count(AccountRequest) == 0


def test_the_registry_in_a_few_numbers(world: World, visit: Visit, project: Project) -> None:
    assert "No account has been opened" in words(visit("").get("/registry/"))
    world.issued(project, "2004-07-01", "2007-12-31", {1: 67_303})
    page = words(visit("").get("/registry/"))
    for number in ("67,303", "1,346", "65,957"):
        assert number in page
    page = words(visit("").get(reverse("cdm:issuances", args=[project.pk])))
    assert "BR 1-67303" in page
    assert "1,346" in page
