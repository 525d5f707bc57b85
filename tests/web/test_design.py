"""Filing the design document: every section saved as draft, every bad input refused with its sentence, nothing lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cdm import money
from cdm.acts import proposal
from cdm.design_document import FORM
from cdm.models import Project, Record
from cdm.rules import design_document as contents
from tests.given import World

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]


def url(project: Project, name: str) -> str:
    return reverse("cdm:design_section", args=[project.pk, name])


def rows(prefix: str, *filled: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The data of a table of rows, as a browser sends it."""
    data: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(filled), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(filled):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def day(name: str, text: str) -> dict[str, str]:
    year, month, number = text.split("-")
    return {f"{name}_day": number, f"{name}_month": month, f"{name}_year": year}


@pytest.fixture
def fresh(world: World) -> Project:
    """A draft of which only the title is there."""
    return proposal.file_project(
        title="NovaGerar",
        developer=world.organisations["developer"],
        by=world.people["developer"],
        at=world.at,
    )


def save(client: Client, project: Project, name: str, data: dict[str, Any], status: int = 302) -> str:
    """Post a section with the version it was drawn from; answers the page, or where it leads."""
    project.refresh_from_db()
    answer = client.post(url(project, name), {"expected_version": project.version, **data})
    assert answer.status_code == status, answer.content.decode()
    return str(answer["Location"]) if status == 302 else answer.content.decode()


def activity(**more: str) -> dict[str, str]:
    given = {
        "title": "NovaGerar",
        "scale": "large",
        "is_afforestation": "no",
        "operational_lifetime_years": "21",
    }
    return {**given, **day("started_on", "2020-01-15"), **more}


def crediting(start: str, *, kind: str = "renewable", length: str = "7", end: str = "") -> dict[str, str]:
    given = {"crediting_kind": kind, "length_years": length, **day("crediting_starts_on", start)}
    return {**given, **(day("crediting_ends_on", end) if end else {})}


def test_a_document_is_filled_in_section_by_section_and_submitted(
    world: World, visit: Visit, fresh: Project
) -> None:
    """NovaGerar's own facts: AM0003, 670,133 t a year over seven years."""
    client, project = visit("developer"), fresh
    assert save(client, project, "activity", activity()) == url(project, "parties")
    own = world.organisations["developer"].pk
    parties = {
        "host_party": "BR",
        **rows("other_parties", {"party": "NL"}),
        **rows("participants", {"organisation": own, "party": "BR"}),
    }
    assert (
        save(client, project, "parties", {**parties, "to_list": "yes"}) == f"/projects/{project.pk}/design/"
    )
    site = {"name": "Marambaia", "region": "Nova Iguaçu", "latitude": "-22.66", "longitude": "-43.47"}
    save(client, project, "sites", rows("sites", site))
    named = [{"code": "am0003", "version": "1"}, {"code": "", "version": ""}, {"code": "", "version": ""}]
    save(client, project, "methodology", rows("methodologies", *named))
    save(client, project, "crediting", crediting("2020-07-01"))
    project.refresh_from_db()
    assert project.crediting_ends_on == dt.date(2027, 6, 30)
    assert project.sectoral_scopes == [13]
    years = [{"year": year, "baseline_t": "670 133"} for year in range(2021, 2027)]
    halves = [{"year": 2020, "baseline_t": "335,066"}, {"year": 2027, "baseline_t": "335067"}]
    save(client, project, "estimates", rows("estimates", halves[0], *years, halves[1], initial=8))
    save(client, project, "funding", {"has_public_funding": "no"})
    check = reverse("cdm:design_check", args=[project.pk])
    assert "10 requirements are not met yet" in client.get(check).content.decode()
    for section in contents.SECTIONS:
        save(client, project, f"section-{section.letter}", {"text": f"About {section.title}."})
    project.refresh_from_db()
    assert money.estimated(project).total_t == 7 * 670_133
    assert money.average_annual_t(project) == 670_133
    html = client.get(check).content.decode()
    assert "Everything the rules ask for is there" in html
    assert "670,133 t CO2e" in html
    answer = client.post(check, {"expected_version": project.version})
    assert answer.status_code == 302
    project.refresh_from_db()
    assert project.state == "awaiting_host_approval"
    assert {letter.party for letter in project.letters.all()} == {"BR", "NL"}
    assert client.get(url(project, "activity")).status_code == 409


def test_the_list_says_which_sections_are_complete(world: World, visit: Visit, fresh: Project) -> None:
    client = visit("developer")
    html = client.get(reverse("cdm:design", args=[fresh.pk])).content.decode()
    assert html.count("Incomplete") == len(FORM) - 1
    save(client, fresh, "funding", {"has_public_funding": "no"})
    html = client.get(reverse("cdm:design", args=[fresh.pk])).content.decode()
    assert html.count("Incomplete") == len(FORM) - 2
    for section in FORM:
        assert url(fresh, section.key) in html
        assert client.get(url(fresh, section.key)).status_code == 200


def test_nothing_is_submitted_while_something_is_missing(world: World, visit: Visit, fresh: Project) -> None:
    client = visit("developer")
    check = reverse("cdm:design_check", args=[fresh.pk])
    answer = client.post(check, {"expected_version": fresh.version})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Choose the host Party." in html
    assert f"{url(fresh, 'parties')}?check=yes" in html
    fresh.refresh_from_db()
    assert fresh.state == "draft"
    # the page of the section opens with its own requirements, each leading to its field
    html = client.get(url(fresh, "activity") + "?check=yes").content.decode()
    assert 'href="#id_started_on_0"' in html
    assert "Choose the host Party." not in html


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("activity", activity(title=""), "Enter the title of the project activity."),
        ("activity", activity(operational_lifetime_years="2.5"), "must be a whole number without decimals"),
        ("activity", activity(started_on_day="31", started_on_month="2"), "must be a real date."),
        ("activity", activity(capacity_mw="-3"), "Installed capacity must be 0 or more."),
        (
            "crediting",
            crediting("2020-07-01", length="8"),
            "A renewable crediting period of this project lasts at most 7 years: starting on 1 July 2020 it ends on "
            "30 June 2027 at the latest.",
        ),
        (
            "crediting",
            crediting("2020-07-01", kind="fixed", length="11"),
            "A fixed crediting period of this project lasts at most 10 years",
        ),
        (
            "crediting",
            crediting("2020-07-01", length="", end="2019-07-01"),
            "The crediting period ends before it starts. Check the two dates.",
        ),
        (
            "crediting",
            crediting("2020-07-01", length="7", end="2026-01-31"),
            "7 years from 1 July 2020 end on 30 June 2027, not on 31 January 2026.",
        ),
        (
            "sites",
            rows("sites", {"name": "Here", "region": "There", "latitude": "95", "longitude": "0"}),
            "Latitude must be 90 or less.",
        ),
        (
            "sites",
            rows("sites", {"name": "Here", "region": "", "latitude": "", "longitude": "0"}),
            "Enter the latitude.",
        ),
        (
            "methodology",
            rows("methodologies", {"code": "AM9999", "version": "1"}),
            "“AM9999” is not a methodology of the list.",
        ),
        (
            "methodology",
            rows("methodologies", {"code": "AM0003", "version": ""}),
            "Give the version of AM0003 that is applied.",
        ),
        (
            "methodology",
            rows("methodologies", {"code": "AM0003", "version": "1"}, {"code": "AM0003", "version": "2"}),
            "A methodology is named twice. Name each once.",
        ),
        (
            "estimates",
            rows("estimates", {"year": 2020, "baseline_t": "-5"}),
            "Baseline emissions 2020 must be 0 or more.",
        ),
        (
            "estimates",
            rows("estimates", {"year": 2020, "baseline_t": "1.5"}),
            "Baseline emissions 2020 must be a whole number without decimals, such as 67,303.",
        ),
        (
            "estimates",
            rows("estimates", {"year": 2020, "project_t": "5"}),
            "Enter the baseline emissions of 2020.",
        ),
        (
            "parties",
            {"host_party": "US", **rows("other_parties"), **rows("participants")},
            "United States of America is a Party included in Annex I and cannot host a project",
        ),
        (
            "parties",
            {"host_party": "XX", **rows("other_parties"), **rows("participants")},
            "“XX” is not the code of a Party. Choose the host Party from the list.",
        ),
        (
            "parties",
            {"host_party": "BR", **rows("other_parties", {"party": "US"}), **rows("participants")},
            "United States of America is not a Party to the Kyoto Protocol on 3 June 2019.",
        ),
    ],
)
def test_bad_input_is_refused_with_its_sentence_and_nothing_is_saved(
    world: World, visit: Visit, fresh: Project, name: str, data: dict[str, Any], sentence: str
) -> None:
    before = (Record.objects.count(), fresh.version)
    html = save(visit("developer"), fresh, name, data, status=422)
    assert sentence in html.replace("&#x27;", "'")
    assert "There is a problem" in html
    fresh.refresh_from_db()
    assert (Record.objects.count(), fresh.version) == before


def test_what_was_typed_stays_on_the_page_that_refuses(world: World, visit: Visit, fresh: Project) -> None:
    html = save(
        visit("developer"),
        fresh,
        "activity",
        activity(title="", operational_lifetime_years="a lot"),
        status=422,
    )
    assert 'value="a lot"' in html
    assert 'value="2020"' in html


def test_a_stale_page_is_told_so_and_shows_what_was_typed(world: World, visit: Visit, fresh: Project) -> None:
    client = visit("developer")
    drawn_from = fresh.version
    save(client, fresh, "funding", {"has_public_funding": "no"})
    text = "Sales of electricity alone do not carry the investment."
    answer = client.post(url(fresh, "section-d"), {"expected_version": drawn_from, "text": text})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "You have changed this already" in html
    assert text in html
    assert not fresh.sections.exists()
    # a table too
    site = {"name": "Marambaia", "region": "Nova Iguaçu", "latitude": "-22.66", "longitude": "-43.47"}
    data = {"expected_version": drawn_from, **rows("sites", site)}
    answer = client.post(url(fresh, "sites"), data)
    assert answer.status_code == 409
    assert "Nova Iguaçu" in answer.content.decode()
    assert not fresh.sites.exists()
    # and the submission
    answer = client.post(reverse("cdm:design_check", args=[fresh.pk]), {"expected_version": drawn_from})
    assert answer.status_code == 409


def test_a_longer_length_counts_more_than_the_old_last_day(
    world: World, visit: Visit, fresh: Project
) -> None:
    client = visit("developer")
    save(client, fresh, "crediting", crediting("2020-07-01", length="5"))
    save(client, fresh, "crediting", crediting("2020-07-01", length="6", end="2025-06-30"))
    fresh.refresh_from_db()
    assert fresh.crediting_ends_on == dt.date(2026, 6, 30)
    save(client, fresh, "crediting", crediting("2020-07-01", length="6", end="2026-03-31"))
    fresh.refresh_from_db()
    assert fresh.crediting_ends_on == dt.date(2026, 3, 31)


def test_a_row_is_added_without_scripts_and_removed(world: World, visit: Visit, fresh: Project) -> None:
    client = visit("developer")
    site = {"name": "Marambaia", "region": "Nova Iguaçu", "latitude": "-22.66", "longitude": "-43.47"}
    answer = client.post(url(fresh, "sites"), {**rows("sites", site), "add_row": "sites"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Marambaia"' in html
    assert 'name="sites-1-name"' in html
    assert "There is a problem" not in html
    assert not fresh.sites.exists()
    save(client, fresh, "sites", rows("sites", site, {**site, "name": "Adrianópolis"}))
    assert fresh.sites.count() == 2
    save(client, fresh, "sites", rows("sites", {**site, "DELETE": "on"}, {**site, "name": "Two"}, initial=2))
    assert [one.name for one in fresh.sites.all()] == ["Two"]


def test_the_sums_are_shown_while_one_types(world: World, visit: Visit, fresh: Project) -> None:
    client = visit("developer")
    save(client, fresh, "crediting", crediting("2020-01-01", length="2"))
    typed = rows(
        "estimates", {"year": 2020, "baseline_t": "1,000", "leakage_t": "10"}, {"year": 2021}, initial=2
    )
    answer = client.post(reverse("cdm:design_totals", args=[fresh.pk]), typed)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "990 t CO2e" in html  # the total
    assert "495 t CO2e" in html  # a year, over two years
    assert "1 of 2 years are filled in" in html
    assert 'id="reductions-2020"' in html
    assert not fresh.estimates.exists()


def test_only_the_developers_people_fill_in_the_draft(world: World, visit: Visit) -> None:
    project = world.draft()
    addresses = [url(project, section.key) for section in FORM]
    addresses += [reverse("cdm:design", args=[project.pk]), reverse("cdm:design_check", args=[project.pk])]
    for who, expected in (("", 302), ("buyer", 404), ("secretary", 404), ("dna BR", 404), ("developer", 200)):
        for address in addresses:
            assert visit(who).get(address).status_code == expected, (who, address)
    assert visit("developer").get(url(project, "nonsense")).status_code == 404
    world.do(project, "submit", "developer")
    answer = visit("dna BR").get(url(project, "activity"))
    assert answer.status_code == 403
    assert "Only a participant of the project can do this." in answer.content.decode()
