"""The check on its pages, with real uploads: who sees it, what it finds, and that it stops nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from cdm.acts import papers
from cdm.models import Accreditation, BoardRequest, MonitoringPeriod, Project, Record
from cdm.presubmission import Severity, findings_for
from tests.given import World
from tests.presubmission.workbooks import estimates, monitored, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr("cdm.clock.now", lambda: made.at)
    return made


def attach(world: World, subject: Any, who: str, file: Any, kind: str = "other", title: str = "") -> None:
    papers.attach(subject, kind=kind, title=title, file=file, by=world.people[who], at=world.at)


def asked(world: World, who: str, address: str) -> Any:
    client = Client()
    if who:
        client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
    return client.get(address)


@pytest.fixture
def period(world: World) -> MonitoringPeriod:
    """In verification: 2020-06-03 to 2020-12-31, 67,303 t reported, with its spreadsheet attached."""
    project = world.registered()
    world.on("2021-02-01")
    world.engaged(project, "verification", "verifier")
    made = world.period(project, f"{project.crediting_starts_on}", "2020-12-31", {2: 67_303})
    figures = monitored(made.starts_on, made.ends_on, 67_303)
    attach(world, made, "developer", uploaded("ER calculation.xlsx", ER=figures), title="Spreadsheet")
    world.do(made, "submit", "developer")
    world.do(made, "publish_report", "verifier")
    return made


def request_for(world: World, period: MonitoringPeriod) -> BoardRequest:
    """Certified for what was reported, the request being prepared."""
    world.attach(period, "verification_report", "verifier")
    amounts = {"verified": {2: 67_303}, "certified": {2: 67_303}}
    world.do(period, "certify", "verifier", **amounts, visited_on=world.at.date(), opinion="Verified.")
    return world.request_for(period, "verifier")


# the world's project applies AM0003, which was withdrawn; that stays in doubt in every case below
DOUBT = ("methodology_version_in_doubt", Severity.LOOK_AGAIN)


def told(subject: Any, world: World) -> list[tuple[str, Severity]]:
    return [(finding.key, finding.severity) for finding in findings_for(subject, at=world.at)]


def test_a_sound_request_for_issuance_has_no_finding(world: World, period: MonitoringPeriod) -> None:
    assert told(request_for(world, period), world) == []


def test_a_wrong_spreadsheet_is_found_and_stops_nobody(world: World, period: MonitoringPeriod) -> None:
    wrong = monitored(dt.date(2019, 1, 1), dt.date(2019, 12, 31), 67_330)
    attach(world, period, "developer", uploaded("ER calculation v2.xlsx", ER=wrong), title="Spreadsheet")
    request = request_for(world, period)
    assert told(request, world) == [
        ("totals_differ", Severity.RETURNED),
        ("period_differs", Severity.RETURNED),
    ]
    world.do(request, "submit", "verifier")
    assert request.state == "completeness_check"


def test_a_doe_that_lost_its_scope_is_named(world: World, period: MonitoringPeriod) -> None:
    request = request_for(world, period)
    lost = Accreditation.objects.filter(doe=world.organisations["verifier"], function="verification")
    lost.filter(sectoral_scope=13).update(until_on=world.at.date() - dt.timedelta(days=1))
    (finding,) = findings_for(request, at=world.at)
    assert finding.key == "entity" and "scope 13" in finding.sentence
    assert finding.section == "Designated operational entity"


def test_a_request_without_its_papers(world: World, period: MonitoringPeriod) -> None:
    request = request_for(world, period)
    period.documents.filter(kind="verification_report").update(kind="other")
    (finding,) = findings_for(request, at=world.at)
    assert (finding.key, finding.severity) == ("missing", Severity.RETURNED)
    assert (
        finding.sentence
        == "The verification and certification report is not attached to the monitoring period."
    )


def test_a_draft_is_held_against_its_spreadsheet(world: World) -> None:
    project = world.draft(yearly_t=670_133)
    years = {year: 670_133 for year in range(2020, 2028)}
    good = estimates(years, total=5_361_064, average=765_866)
    attach(world, project, "developer", uploaded("CERs.xlsx", ER=good), "calculation")
    assert told(project, world) == [DOUBT]
    bad = estimates({**years, 2021: 670_331}, total=5_361_262, average=765_894)
    attach(world, project, "developer", uploaded("CERs v2.xlsx", ER=bad), "calculation")
    assert told(project, world) == [
        ("totals_differ", Severity.RETURNED),
        ("averages_differ", Severity.RETURNED),
        ("years_differ", Severity.RETURNED),
        DOUBT,
    ]


def test_a_draft_with_an_empty_section_leads_to_it(world: World) -> None:
    project = world.draft()
    project.sections.filter(key="monitoring_plan").delete()
    found = [finding for finding in findings_for(project, at=world.at) if finding.key == "missing"]
    assert found[0].section == "(h) Monitoring plan"
    assert found[0].url == f"/projects/{project.pk}/design/section-h/"
    assert found[0].severity is Severity.RETURNED


def test_crediting_that_would_begin_before_registration(world: World) -> None:
    project = world.validated()
    world.at = dt.datetime.combine(
        project.crediting_starts_on or world.at, dt.time(12), dt.UTC
    ) + dt.timedelta(days=1)
    found = [one for one in findings_for(project, at=world.at) if one.key == "dates_out_of_order"]
    assert [one.severity for one in found] == [Severity.RETURNED]
    assert "before the effective date of registration" in found[0].sentence


def test_only_participants_and_the_doe_see_it(world: World, period: MonitoringPeriod) -> None:
    request = request_for(world, period)
    own, whole = f"/requests/{request.pk}/check/", f"/projects/{request.project_id}/check/"
    for who in ("developer", "buyer", "verifier"):
        assert asked(world, who, own).status_code == 200
    for who in ("secretary", "member 1", "dna BR", "administrator"):
        answer = asked(world, who, own)
        assert answer.status_code == 403
        assert (
            "Only a participant of the project or the designated operational entity"
            in answer.content.decode()
        )
    world.seat("stranger", "Another developer", "participant", party="BR")
    assert asked(world, "stranger", own).status_code == 404, "being prepared: not public"
    assert asked(world, "stranger", whole).status_code == 403, "the project is public, its check is not"
    assert asked(world, "", own).status_code == 302
    assert asked(world, "developer", "/requests/999999/check/").status_code == 404


def test_a_draft_of_others_does_not_exist(world: World) -> None:
    project = world.draft()
    assert asked(world, "developer", f"/projects/{project.pk}/check/").status_code == 200
    assert asked(world, "verifier", f"/projects/{project.pk}/check/").status_code == 404


def test_the_page_names_document_section_rule_and_what_was_read(
    world: World, period: MonitoringPeriod
) -> None:
    wrong = monitored(period.starts_on, period.ends_on, 67_330)
    attach(world, period, "developer", uploaded("ER v2.xlsx", ER=wrong), title="Spreadsheet")
    request = request_for(world, period)
    page = asked(world, "verifier", f"/requests/{request.pk}/check/").content.decode()
    assert "Will be returned (1)" in page
    assert "Spreadsheet (“ER v2.xlsx”)" in page and "Sheet “ER”, cell B4" in page
    assert "67,330 t there; the request says 67,303 t" in page
    assert "rulebook 2.12" in page
    assert "Read: 1 total, 1 monitoring period recognised." in page
    assert "only spreadsheets (.xlsx) are" in page


def test_a_registered_project_leads_to_its_requests(world: World, period: MonitoringPeriod) -> None:
    request = request_for(world, period)
    page = asked(world, "developer", f"/projects/{request.project_id}/check/").content.decode()
    assert f"/requests/{request.pk}/check/" in page
    assert asked(world, "developer", f"/monitoring/{period.pk}/check/").status_code == 200


def test_looking_changes_nothing(world: World, period: MonitoringPeriod) -> None:
    request = request_for(world, period)

    def standing() -> Any:
        return (Record.objects.count(), [*BoardRequest.objects.values()], [*Project.objects.values()])

    before = standing()
    asked(world, "verifier", f"/requests/{request.pk}/check/")
    assert standing() == before


def test_a_file_is_read_once(
    world: World,
    period: MonitoringPeriod,
    django_assert_max_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = request_for(world, period)
    findings_for(request, at=world.at)
    monkeypatch.setattr("cdm.presubmission.spreadsheet.sheets_of", None)
    with django_assert_max_num_queries(30):
        assert findings_for(BoardRequest.objects.get(pk=request.pk), at=world.at) == []


def test_it_is_offered_where_one_submits(world: World, period: MonitoringPeriod) -> None:
    request = request_for(world, period)
    address = f"/requests/{request.pk}/check/"
    assert address in asked(world, "verifier", request.get_absolute_url()).content.decode()
    assert address not in asked(world, "secretary", request.get_absolute_url()).content.decode()
    draft = world.draft(title="A draft")
    assert (
        f"/projects/{draft.pk}/check/" in asked(world, "developer", draft.get_absolute_url()).content.decode()
    )
    world.do(request, "submit", "verifier")
    assert address not in asked(world, "verifier", request.get_absolute_url()).content.decode()
