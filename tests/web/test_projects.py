"""The list and the pages of projects: what each reader sees, how often the database is asked, what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cdm import queries, stages
from cdm.models import Document, DocumentVersion, Project
from tests.given import World

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]

EVERYBODY = ("", "developer", "buyer", "validator", "verifier", "secretary", "member 1", "administrator")
PARTS = (
    "project",
    "project_design",
    "project_documents",
    "comments",
    "project_units",
    "project_money",
    "project_history",
)


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def issued(world: World) -> Project:
    """NovaGerar with its first real amount issued: 67,303 t for 2004-07-01 to 2007-12-31."""
    world.on("2004-06-01")
    project = world.registered(started_on="2004-01-15", crediting_from="2004-07-01")
    world.on("2008-01-20")
    world.issued(project, "2004-07-01", "2007-12-31", {1: 67_303})
    project.refresh_from_db()
    return project


def test_a_draft_is_there_for_its_own_people_only(world: World, visit: Visit) -> None:
    project = world.draft()
    for who in EVERYBODY:
        expected = 200 if who == "developer" else 404
        for part in PARTS:
            url = reverse(f"cdm:{part}", args=[project.pk])
            assert visit(who).get(url).status_code == expected, (who, part)
    assert project.title in text(visit("developer"), "/projects/")
    assert project.title not in text(visit("buyer"), "/projects/")
    assert project.title not in text(visit(""), "/projects/")


def test_a_submitted_project_is_for_those_concerned_until_it_is_published(world: World, visit: Visit) -> None:
    project = world.submitted()
    url = project.get_absolute_url()
    for who in ("developer", "buyer", "dna BR", "dna NL", "secretary", "member 1"):
        assert visit(who).get(url).status_code == 200, who
    for who in ("", "validator", "dna UG"):
        assert visit(who).get(url).status_code == 404, who


def test_a_published_project_is_for_everybody_in_all_its_parts(world: World, visit: Visit) -> None:
    project = world.published()
    for who in EVERYBODY:
        for part in PARTS:
            url = reverse(f"cdm:{part}", args=[project.pk])
            assert visit(who).get(url).status_code == 200, (who, part)


def test_the_stepper_says_done_only_of_what_is_done(world: World, visit: Visit) -> None:
    project = world.submitted()
    world.engaged(project)
    world.do(project, "publish", "validator")

    def states(who: str) -> list[str]:
        found = visit(who).get(project.get_absolute_url()).context["stages"]
        return [stage.state for stage in found]

    # published before the host Party has approved: the host's stage is not done
    assert states("") == ["done", "current", "current", "waiting", "waiting", "waiting"]
    world.approve(project)
    assert states("developer") == ["done", "done", "current", "waiting", "waiting", "waiting"]


def test_the_stepper_of_an_issued_and_of_a_terminated_project(world: World, visit: Visit) -> None:
    project = issued(world)
    found = visit("").get(project.get_absolute_url()).context["stages"]
    assert [stage.state for stage in found] == ["done"] * 6
    assert found[-1].note == "67,303 units"
    other = world.published(crediting_from="2009-01-01", title="Another")
    world.do(other, "terminate_validation", "developer", note="No contract any more")
    states = [stage.state for stage in visit("").get(other.get_absolute_url()).context["stages"]]
    assert states == ["done", "done", "failed", "waiting", "waiting", "waiting"]


def test_the_stages_of_the_list_are_those_of_the_page(world: World) -> None:
    issued(world)
    world.on("2019-06-03")
    world.draft(title="A draft")
    world.published(title="Published")
    world.registered(title="Registered", others=())
    for project in stages.with_issuance(Project.objects.all()):
        assert stages.stage_key(project) == queries.stage_of(project)
        for key in stages.NAMES:
            is_in = stages.in_stage(stages.with_issuance(Project.objects.all()), key).filter(pk=project.pk)
            assert is_in.exists() == (key == queries.stage_of(project))


def test_the_pages_show_who_has_the_ball_and_until_when(world: World, visit: Visit) -> None:
    project = world.published()
    html = text(visit(""), project.get_absolute_url())
    # 30 days, the first counted, from 3 June 2019
    assert "2 July 2019" in html
    assert "29 days left" in html
    assert "/rules/project-cycle-2019/#window-global-stakeholder-comments" in html
    world.after_comments(project)
    html = text(visit(""), project.get_absolute_url())
    assert "Det Norske Veritas" in html
    assert "Answer the comments, close the findings and give the validation opinion" in html


def test_what_each_person_may_do_is_offered_and_no_more(world: World, visit: Visit) -> None:
    project = world.submitted()

    def offers(who: str) -> list[str]:
        return [one["label"] for one in visit(who).get(project.get_absolute_url()).context["offers"]]

    assert "Engage a DOE to validate" in offers("developer")
    assert "Take the document back to draft" in offers("developer")
    assert offers("member 1") == []
    assert offers("dna BR") == []
    world.approve(project)
    world.engaged(project)
    assert "Publish the document for comments" in offers("validator")
    assert "Publish the document for comments" not in offers("developer")


def test_units_and_serials_agree_with_the_book(world: World, visit: Visit) -> None:
    project = issued(world)
    html = text(visit(""), reverse("cdm:project_units", args=[project.pk]))
    # 2 per cent of 67,303 with the lowest serials (rulebook 0.3)
    for expected in ("67,303", "1,346", "65,957", "BR-5-1-1346-1-1-0-", "BR-5-1347-67303-1-1-0-"):
        assert expected in html
    assert "65,957 units still wait to be forwarded" in html


def test_money_shows_its_working(world: World, visit: Visit) -> None:
    project = issued(world)
    html = text(visit(""), reverse("cdm:project_money", args=[project.pk]))
    assert "USD 30,000" in html  # the fixed scale before March 2006, above 200,000 t a year
    assert "REF 1" not in html
    assert "REF 1" in text(visit("developer"), reverse("cdm:project_money", args=[project.pk]))


def test_the_list_is_searched_and_narrowed(world: World, visit: Visit) -> None:
    project = issued(world)
    world.on("2019-06-03")
    small = world.published(
        title="Rio Blanco Small Hydroelectric",
        host="HN",
        others=(),
        scale="small",
        methodology=("AMS-I.D", "18"),
        yearly_t=17_800,
    )
    client = visit("")

    def titles(query: str) -> set[str]:
        page = client.get(f"/projects/?{query}").context["page"]
        return {one.title for one in page.object_list}

    both = {project.title, small.title}
    assert titles("") == both
    assert titles("search=novagerar") == {project.title}
    assert titles(f"search={project.reference}") == {project.title}
    assert titles("host=HN") == {small.title}
    assert titles("scale=large") == {project.title}
    assert titles("scope=13") == {project.title}
    assert titles("scope=1") == {small.title}
    assert titles("stage=issuance") == {project.title}
    assert titles("status=Validation+Public") == {small.title}
    assert titles("status=Registered&stage=verification") == set()
    assert titles("stage=nonsense") == both
    assert "No project fits" in text(client, "/projects/?search=nowhere")


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    world: World, visit: Visit, django_assert_max_num_queries: Callable[..., object]
) -> None:
    world.published(title="One")
    client = visit("member 1")
    client.get("/projects/")
    with django_assert_max_num_queries(15) as few:  # type: ignore[attr-defined]
        client.get("/projects/")
    for number in range(6):
        world.published(title=f"Project {number}")
    with django_assert_max_num_queries(len(few)):  # type: ignore[attr-defined]
        client.get("/projects/")


def test_what_is_seen_is_what_may_be_read(world: World) -> None:
    """`queries.seen_of` answers for all rows at once what `may_see` and `may_read` answer one by one."""
    project = issued(world)
    world.attach(project, "other", "developer")
    period = world.period(project, "2008-01-01", "2008-01-31", {1: 1_000})
    people = [None, *(world.people[who] for who in world.people)]
    for user in people:
        seen = queries.seen_of(project, user, world.at)
        for rows, all_rows in (
            (seen.letters, project.letters),
            (seen.requests, project.requests),
            (seen.periods, project.monitoring_periods),
            (seen.forwardings, project.forwarding_requests),
        ):
            expected = {row.pk for row in all_rows.all() if queries.may_see(user, row, world.at)}
            assert {row.pk for row in rows} == expected, user
        for version in DocumentVersion.objects.all():
            is_listed = version.document_id in {document.pk for document in seen.documents}
            assert is_listed == queries.may_read(user, version, world.at), (user, version)
    assert period.pk not in {row.pk for row in queries.seen_of(project, None, world.at).periods}


def test_a_revision_is_not_public_before_it_is_published_again(world: World, visit: Visit) -> None:
    project = world.published()
    world.do(project, "terminate_validation", "developer", note="To be revised")
    world.do(project, "revise", "developer", note="A better baseline")
    world.attach(project, "calculation", "developer")
    version = DocumentVersion.objects.latest("pk")
    assert version.document.kind == Document.Kind.CALCULATION
    html = text(visit(""), reverse("cdm:project_design", args=[project.pk]))
    assert "revising" in html
    assert "What Additionality says." not in html
    assert visit("").get(version.get_absolute_url()).status_code == 404
    assert "What Additionality says." in text(
        visit("developer"), reverse("cdm:project_design", args=[project.pk])
    )


def test_filing_a_project(world: World, visit: Visit) -> None:
    client = visit("developer")
    own = world.organisations["developer"]
    answer = client.post("/projects/new/", {"title": "", "developer": own.pk})
    assert answer.status_code == 422
    assert "Enter the title of the project activity." in answer.content.decode()
    foreign = world.organisations["buyer"]
    answer = client.post("/projects/new/", {"title": "Mine", "developer": foreign.pk})
    assert answer.status_code == 422
    assert not Project.objects.exists()
    answer = client.post("/projects/new/", {"title": "Mine", "developer": own.pk})
    project = Project.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/projects/{project.pk}/design/"
    assert project.created_by == world.people["developer"]


def test_who_sits_for_no_participant_files_nothing(world: World, visit: Visit) -> None:
    answer = visit("member 1").get("/projects/new/")
    assert answer.status_code == 403
    assert "Only a person who sits for a project participant can file a project." in answer.content.decode()
    assert visit("").get("/projects/new/").status_code == 302


def test_the_front_page_leads_each_person_on(world: World, visit: Visit) -> None:
    project = world.published()
    html = text(visit(""), "/")
    assert project.title in html
    assert "Your next step" not in html
    world.after_comments(project)
    assert "Answer the comments, close the findings" in text(visit("validator"), "/")
    assert "The pipeline of Brazil" in text(visit("dna BR"), "/")
    world.attach(project, "validation_report", "validator")
    world.do(project, "give_positive_opinion", "validator", opinion="Yes.")
    request = world.published_request(project, "validator")
    html = text(visit("member 1"), "/")
    assert "Before the Board" in html
    assert request.get_absolute_url() in html
    assert "Before the Board" not in text(visit("developer"), "/")


def test_the_rules_say_what_applied_on_a_day(visit: Visit) -> None:
    client = visit("")
    html = text(client, "/rules/?on_day=1&on_month=6&on_year=2004")
    assert "Rules of 1 June 2004" in html
    assert client.get("/rules/?on_day=1&on_month=6&on_year=2004").context["rules"].key == "modalities-2005"
    assert "must be a real date" in text(client, "/rules/?on_day=31&on_month=2&on_year=2004")
    assert "No rules applied on 1 January 1995" in text(client, "/rules/?on_day=1&on_month=1&on_year=1995")
    html = text(client, "/rules/project-cycle-2019/")
    assert 'id="window-registration-request-for-review-large"' in html
    assert "28 days, the first day counted; closes by itself" in html
    assert client.get("/rules/no-such-set/").status_code == 404
    assert "sertifisert utslippsreduksjon" in text(client, "/glossary/")


def test_the_menu_counts_what_waits(world: World, visit: Visit) -> None:
    world.submitted()
    entries = {entry[0]: entry for entry in visit("dna BR").get("/projects/").context["navigation"]}
    assert entries["Tasks"][3] == 1
    # the document was submitted, and the letter asked for
    assert entries["Notices"][3] == 2
    assert entries["Projects"][2] is True
    anonymous = [entry[0] for entry in visit("").get("/projects/").context["navigation"]]
    assert "Tasks" not in anonymous
