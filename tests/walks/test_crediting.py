"""Crediting periods at submission and at registration: length, start, the early start of the first projects."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from cdm.acts import proposal
from cdm.models import Project
from cdm.rules import crediting
from cdm.workflow.refusals import NotOpen, Unmet
from registry.models import Block
from tests.given import World

pytestmark = pytest.mark.django_db

D = dt.date.fromisoformat


def save(world: World, project: Project, **details: Any) -> None:
    proposal.save_details(project, by=world.people["developer"], at=world.at, **details)


@pytest.mark.parametrize(
    ("kind", "years", "is_afforestation"),
    [
        pytest.param("renewable", 7, False, id="para 49(a): 7 years"),
        pytest.param("fixed", 10, False, id="para 49(b): 10 years"),
        pytest.param("renewable", 20, True, id="5/CMP.1 para 23: 20 years"),
        pytest.param("fixed", 30, True, id="5/CMP.1 para 23: 30 years"),
    ],
)
def test_para_49_the_longest_is_taken_and_a_day_more_is_not(
    world: World, kind: str, years: int, is_afforestation: bool
) -> None:
    about: dict[str, Any] = {}
    if is_afforestation:
        about = {"methodology": ("AR-ACM0003", "2"), "is_afforestation": True, "removal_unit": "lCER"}
    project = world.on("2019-03-01").draft(kind=kind, years=years, crediting_from="2019-07-01", **about)
    last = dt.date(2019 + years, 6, 30)
    assert project.crediting_ends_on == last
    save(world, project, crediting_ends_on=last + dt.timedelta(days=1))
    with pytest.raises(Unmet, match=f"at most {years} years"):
        world.do(project, "submit", "developer")
    save(world, project, crediting_ends_on=last)
    world.do(project, "submit", "developer")
    assert project.state == "awaiting_host_approval"


def test_an_end_before_the_start_is_not_even_saved(world: World) -> None:
    project = world.on("2019-03-01").draft(crediting_from="2019-07-01")
    with pytest.raises(Unmet, match="ends before it starts") as refused:
        save(world, project, crediting_ends_on=D("2019-06-30"))
    assert refused.value.problems[0].field == "crediting_ends_on"
    project.refresh_from_db()
    assert project.crediting_ends_on == D("2026-06-30")


@pytest.mark.parametrize(
    ("day", "crediting_from", "started_on", "sentence"),
    [
        pytest.param("2019-03-01", "2019-02-28", "2019-01-01", "before the effective date", id="before today"),
        pytest.param("2019-03-01", "2019-07-01", "2019-07-02", "cannot start before the project", id="too soon"),
        pytest.param("2005-03-01", "1999-12-31", "1999-01-01", "before 1 January 2000", id="Art. 12.10"),
        pytest.param("2005-03-01", "2004-07-01", "1999-12-31", "before 1 January 2000", id="17/CP.7 para 13"),
        pytest.param("2007-06-01", "2005-07-01", "2004-01-15", "before the effective date", id="after March 2007"),
    ],
)  # fmt: skip
def test_a_start_that_nothing_allows_is_refused_with_its_reason(
    world: World, day: str, crediting_from: str, started_on: str, sentence: str
) -> None:
    project = world.on(day).draft(crediting_from=crediting_from, started_on=started_on)
    with pytest.raises(Unmet, match=sentence) as refused:
        world.do(project, "submit", "developer")
    assert {problem.field.partition("#")[0] for problem in refused.value.problems} == {"crediting"}


def test_every_unmet_requirement_is_said_at_once_with_its_field(world: World) -> None:
    """3/CMP.1 annex, Appendix B, para 2: (a) to (j), and the fields each rests on."""
    project = proposal.file_project(
        title="Empty",
        developer=world.organisations["developer"],
        by=world.people["developer"],
        at=world.at,
    )
    with pytest.raises(Unmet) as refused:
        world.do(project, "submit", "developer")
    fields = {problem.field for problem in refused.value.problems}
    assert fields >= {f"section-{letter}#text" for letter in "abcdefghij"}
    assert fields >= {
        "activity#scale",
        "activity#started_on",
        "activity#operational_lifetime_years",
        "parties#host_party",
        "sites#sites",
        "methodology#methodologies",
        "crediting#crediting_kind",
        "crediting#crediting_starts_on",
        "estimates#estimates",
        "funding#has_public_funding",
    }
    project.refresh_from_db()
    assert (project.state, project.submitted_at) == ("draft", None)


def test_public_funding_needs_its_affirmation(world: World) -> None:
    """Appendix B, para 2(f)."""
    project = world.draft()
    save(world, project, has_public_funding=True)
    with pytest.raises(Unmet, match="Affirm") as refused:
        world.do(project, "submit", "developer")
    assert [problem.field for problem in refused.value.problems] == ["funding#public_funding_affirmed"]
    save(world, project, public_funding_affirmed=True)
    world.do(project, "submit", "developer")


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        pytest.param("NL", "included in Annex I and cannot host", id="para 30: an Annex I Party"),
        pytest.param("US", "Annex I", id="a State that never ratified"),
        pytest.param("XX", "not the code", id="no State"),
    ],
)
def test_para_28_who_cannot_host(world: World, host: str, sentence: str) -> None:
    project = world.draft()
    with pytest.raises(Unmet, match=sentence):
        proposal.save_parties(
            project,
            host_party=host,
            other_parties=[],
            participants=[],
            by=world.people["developer"],
            at=world.at,
        )


def test_canada_left_the_protocol_on_15_december_2012(world: World) -> None:
    by = world.people["developer"]
    project = world.on("2012-12-14").draft(others=())
    proposal.save_parties(
        project,
        host_party="BR",
        other_parties=["CA"],
        participants=[(project.developer, "BR")],
        by=by,
        at=world.at,
    )
    world.on("2012-12-15")
    with pytest.raises(Unmet, match="Canada is not a Party"):
        world.do(project, "submit", "developer")


def test_too_large_for_small_scale(world: World) -> None:
    """1/CMP.2 para 28: 15 MW."""
    project = world.draft(scale="small", methodology=("AMS-I.D", "18"), yearly_t=20_000)
    save(world, project, capacity_mw=Decimal("15.001"))
    with pytest.raises(Unmet, match="Declare the project large-scale"):
        world.do(project, "submit", "developer")
    save(world, project, capacity_mw=Decimal("15"))
    world.do(project, "submit", "developer")


def test_a_large_project_cannot_use_a_small_scale_methodology(world: World) -> None:
    project = world.draft(methodology=("AMS-I.D", "18"))
    with pytest.raises(Unmet, match="for small-scale projects"):
        world.do(project, "submit", "developer")


def test_rulebook_1_o_crediting_began_before_registration_and_the_record_says_why(world: World) -> None:
    project = world.on("2004-06-01").registered(started_on="2004-01-15", crediting_from="2004-07-01")
    assert project.registered_on > project.crediting_starts_on == D("2004-07-01")
    record = project.records.get(verb="register")
    assert "crediting may begin before registration" in record.data["crediting_before_registration"]


def test_1_cmp_2_prepared_in_2005_and_registered_by_31_march_2007(world: World) -> None:
    """Submitted for validation before the end of 2005; the request came in 2006."""
    world.on("2005-11-01")
    project = world.published(started_on="2004-01-15", crediting_from="2005-01-01")
    world.after_comments(project)
    world.on("2006-09-04")
    world.attach(project, "validation_report", "validator")
    world.do(project, "give_positive_opinion", "validator", opinion="All requirements are met.")
    world.after_window(world.published_request(project, "validator"))
    project.refresh_from_db()
    assert project.registered_on <= D("2007-03-31")
    assert project.crediting_starts_on == D("2005-01-01")


def test_1_cmp_2_registered_after_31_march_2007_crediting_is_moved(world: World) -> None:
    world.on("2005-11-01")
    project = world.published(started_on="2004-01-15", crediting_from="2005-01-01")
    world.after_comments(project)
    world.on("2007-02-19")
    world.attach(project, "validation_report", "validator")
    world.do(project, "give_positive_opinion", "validator", opinion="All requirements are met.")
    world.after_window(world.published_request(project, "validator"))
    project.refresh_from_db()
    assert project.crediting_starts_on == project.registered_on == D("2007-04-17")
    assert project.crediting_ends_on == crediting.last_day(D("2007-04-17"), years=7)


def test_rulebook_2_6_point_14_crediting_is_moved_to_the_effective_date(world: World) -> None:
    """Filed to start in May; the complete request came in July."""
    project = world.on("2019-03-01").validated(crediting_from="2019-05-01")
    world.on("2019-07-15")
    world.after_window(world.published_request(project, "validator"))
    project.refresh_from_db()
    assert project.registered_on == project.crediting_starts_on == D("2019-07-15")
    # still seven years: to the day before the seventh anniversary
    assert project.crediting_ends_on == D("2026-07-14")
    assert project.records.get(verb="register").data["crediting_moved_to"] == "2019-07-15"


def test_a_later_start_stays_where_it_is(world: World) -> None:
    project = world.on("2019-03-01").registered(crediting_from="2020-01-01")
    assert project.crediting_starts_on == D("2020-01-01")


def test_5_cmp_1_para_23_afforestation_is_credited_from_its_own_start(world: World) -> None:
    """Trees planted in 2012 and registered in 2019 are credited from 2012; nothing moves."""
    project = world.on("2019-03-01").registered(
        methodology=("AR-ACM0003", "2"),
        is_afforestation=True,
        removal_unit="lCER",
        kind="fixed",
        years=30,
        yearly_t=30_691,
        started_on="2012-05-01",
        crediting_from="2012-05-01",
        others=(),
    )
    assert (project.crediting_starts_on, project.crediting_ends_on) == (D("2012-05-01"), D("2042-04-30"))


@pytest.mark.parametrize(("unit", "expires_on"), [("tCER", "2020-12-31"), ("lCER", "2042-04-30")])
def test_5_cmp_1_paras_1_and_38_removal_units_are_chosen_once_and_carry_their_expiry(
    world: World, unit: str, expires_on: str
) -> None:
    """tCERs expire at the end of the commitment period after the one of issue, lCERs with the crediting period."""
    project = world.on("2019-03-01").registered(
        methodology=("AR-ACM0003", "2"),
        is_afforestation=True,
        removal_unit=unit,
        kind="fixed",
        years=30,
        yearly_t=30_691,
        started_on="2012-05-01",
        crediting_from="2012-05-01",
        others=(),
    )
    other = "lCER" if unit == "tCER" else "tCER"
    with pytest.raises(NotOpen):
        proposal.save_details(project, by=world.people["developer"], at=world.at, removal_unit=other)
    project.refresh_from_db()
    assert project.removal_unit == unit
    world.issued(project, "2012-05-01", "2012-12-31", {1: 1_000})
    unspent = Block.objects.filter(spent_by=None)
    assert {block.expires_on for block in unspent} == {D(expires_on)}
    assert sum(block.last - block.first + 1 for block in unspent) == 1_000
