"""DOEs: accredited on the day, independent, one at a time; findings closed by name (paras 20-27, 37, 62)."""

from __future__ import annotations

import datetime as dt

import pytest

from cdm.acts import engagement, findings, people
from cdm.models import Accreditation, Organisation, Project
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from tests.given import World

pytestmark = pytest.mark.django_db


def new_doe(
    world: World, *, scopes: list[int], until: str = "", function: str = "validation"
) -> Organisation:
    world.seat("third", "Third Certification", Organisation.Kind.DOE)
    doe = world.organisations["third"]
    people.accredit(
        doe=doe,
        function=function,
        sectoral_scopes=scopes,
        from_on=dt.date(2010, 1, 1),
        until_on=dt.date.fromisoformat(until) if until else None,
        by=world.people["secretary"],
        at=world.at,
    )
    return doe


def test_a_doe_without_the_sectoral_scope_is_not_engaged(world: World) -> None:
    """AM0003 lies in scope 13, waste."""
    project = world.submitted()
    new_doe(world, scopes=[1, 12, 14])
    with pytest.raises(Unmet, match="sectoral scope 13") as refused:
        world.engaged(project, "validation", "third")
    assert refused.value.problems[0].field == "doe"
    assert not project.engagements.exists()


def test_every_scope_of_several_methodologies_counts(world: World) -> None:
    """ACM0012 lies in scopes 1 and 4."""
    project = world.submitted(methodology=("ACM0012", "6"))
    new_doe(world, scopes=[1])
    with pytest.raises(Unmet, match="sectoral scope 4"):
        world.engaged(project, "validation", "third")


def test_accredited_for_the_other_function_is_not_enough(world: World) -> None:
    project = world.submitted()
    new_doe(world, scopes=list(range(1, 16)), function="verification")
    with pytest.raises(Unmet, match="not accredited"):
        world.engaged(project, "validation", "third")


def test_an_accreditation_holds_to_its_last_day(world: World) -> None:
    world.on("2019-06-01")
    in_time, late = world.submitted(), world.submitted()
    new_doe(world, scopes=[13], until="2019-06-20")
    world.on("2019-06-20")
    for project in (in_time, late):
        world.approve(project)
        world.engaged(project, "validation", "third")
    world.at = dt.datetime(2019, 6, 20, 23, 59, 59, tzinfo=dt.UTC)
    world.do(in_time, "publish", "third")
    assert in_time.state == "open_for_comments"
    world.on("2019-06-21")
    with pytest.raises(Denied, match="Your engagement ended on 21 June 2019: Expired"):
        world.do(late, "publish", "third")
    with pytest.raises(Unmet, match="its accreditation is “Expired” since 21 June 2019"):
        world.engaged(late, "validation", "third")


def test_only_the_doe_that_is_engaged_publishes(world: World) -> None:
    project = world.submitted()
    world.approve(project)
    world.engaged(project)
    with pytest.raises(Denied):
        world.do(project, "publish", "verifier")
    with pytest.raises(Unmet, match="is engaged for this already"):
        world.engaged(project, "validation", "verifier")
    standing = project.engagements.get()
    engagement.end_engagement(
        standing, reason="Another was chosen.", by=world.people["developer"], at=world.at
    )
    world.engaged(project, "validation", "verifier")
    with pytest.raises(Denied):
        world.do(project, "publish", "validator")
    world.do(project, "publish", "verifier")
    with pytest.raises(NotOpen, match="under way"):
        engagement.end_engagement(
            project.engagements.get(until_at=None), reason="x", by=world.people["developer"], at=world.at
        )


def test_para_27e_the_validator_of_a_large_project_does_not_verify_it(world: World) -> None:
    project = world.on("2017-03-01").registered(others=())
    with pytest.raises(Unmet, match="27\\(e\\)"):
        world.engaged(project, "verification", "validator")


def test_para_27e_the_boards_waiver_allows_it(world: World) -> None:
    project = world.on("2017-03-01").registered(others=())
    doe = world.organisations["validator"]
    for who in ("secretary", "developer", "validator"):
        with pytest.raises(Denied):
            engagement.waive_independence(
                project, doe=doe, reason="None else.", by=world.people[who], at=world.at
            )
    engagement.waive_independence(
        project, doe=doe, reason="No other is accredited.", by=world.people["member 1"], at=world.at
    )
    world.engaged(project, "verification", "validator")
    assert certified_by_the_validator(world, project) == "certified"


def test_4_cmp_1_annex_ii_for_small_scale_one_doe_may_do_both(world: World) -> None:
    project = world.on("2017-03-01").registered(
        others=(), scale="small", methodology=("AMS-I.D", "18"), yearly_t=20_000
    )
    world.engaged(project, "verification", "validator")
    assert certified_by_the_validator(world, project) == "certified"


def certified_by_the_validator(world: World, project: Project) -> str:
    starts_on = project.crediting_starts_on
    world.on(f"{starts_on + dt.timedelta(days=400)}")
    period = world.period(project, f"{starts_on}", f"{starts_on + dt.timedelta(days=200)}", {2: 900})
    world.do(period, "submit", "developer")
    world.do(period, "publish_report", "validator")
    world.attach(period, "verification_report", "validator")
    amounts = {"verified": {2: 900}, "certified": {2: 900}}
    world.do(period, "certify", "validator", **amounts, visited_on=world.at.date(), opinion="Verified.")
    return period.state


def test_a_verifier_whose_accreditation_ran_out_does_not_certify(world: World) -> None:
    project = world.on("2017-03-01").registered(others=())
    starts_on = project.crediting_starts_on
    period = world.on("2019-06-03").in_verification(
        project, f"{starts_on}", f"{starts_on + dt.timedelta(days=200)}", {2: 900}
    )
    world.attach(period, "verification_report", "verifier")
    Accreditation.objects.filter(doe=world.organisations["verifier"]).update(until_on=dt.date(2019, 6, 2))
    with pytest.raises(Unmet, match="not accredited on 3 June 2019"):
        world.do(period, "certify", "verifier", verified={2: 900}, certified={2: 900}, opinion="Fine.")


def test_a_positive_opinion_needs_every_car_and_cl_closed_but_no_far(world: World) -> None:
    project = world.on("2019-03-01").published()
    raised = {kind: world.finding(project, "validator", kind) for kind in ("CAR", "CL", "FAR")}
    world.after_comments(project)
    world.attach(project, "validation_report", "validator")
    with pytest.raises(Unmet) as refused:
        world.do(project, "give_positive_opinion", "validator", opinion="Fine.")
    assert sorted(problem.sentence[:12] for problem in refused.value.problems) == [
        "CAR 1 is ope",
        "CL 1 is open",
    ]
    by = world.people["validator"]
    for kind in ("CAR", "CL"):
        with pytest.raises(Denied):
            findings.close(raised[kind], reason="Ours.", by=world.people["developer"], at=world.at)
        with pytest.raises(Unmet):
            findings.close(raised[kind], reason=" ", by=by, at=world.at)
        findings.close(raised[kind], reason="Shown in annex 3.", by=by, at=world.at)
        assert raised[kind].closed_by == by
    with pytest.raises(NotOpen, match="closed already, by Validator"):
        findings.close(raised["CAR"], reason="Again.", by=by, at=world.at)
    world.do(project, "give_positive_opinion", "validator", opinion="Fine.")
    assert project.state == "validated"


def test_a_negative_opinion_ends_the_validation_with_its_reasons(world: World) -> None:
    project = world.on("2019-03-01").published()
    world.finding(project, "validator")
    world.after_comments(project)
    with pytest.raises(Unmet, match="Attach the validation report"):
        world.do(project, "give_negative_opinion", "validator", opinion="Not additional.")
    world.attach(project, "validation_report", "validator")
    world.do(project, "give_negative_opinion", "validator", opinion="Not additional.")
    assert project.state == "validation_negative"
    opinion = project.opinions.get()
    assert (opinion.is_positive, opinion.given_by) == (False, world.people["validator"])


def test_a_terminated_validation_frees_the_project_of_its_doe(world: World) -> None:
    project = world.on("2019-03-01").published()
    world.do(project, "terminate_validation", "validator", note="No answers.")
    assert project.state == "validation_terminated"
    assert project.engagements.get().until_at == world.at
    world.do(project, "revise", "developer", note="With another DOE.")
    world.do(project, "submit", "developer")
    world.engaged(project, "validation", "verifier")
    world.do(project, "publish", "verifier")
    assert project.state == "open_for_comments"


def test_a_monitoring_report_is_handed_back_and_comes_again(world: World) -> None:
    project = world.on("2017-03-01").registered(others=())
    starts_on = project.crediting_starts_on
    period = world.on("2019-06-03").in_verification(
        project, f"{starts_on}", f"{starts_on + dt.timedelta(days=200)}", {2: 900}
    )
    world.do(period, "hand_back", "verifier", note="Table 3 is missing.")
    with pytest.raises(NotOpen):
        world.do(period, "certify", "verifier", verified={2: 900}, certified={2: 900}, opinion="Fine.")
    world.attach(period, "monitoring_report", "developer")
    assert period.documents.get(kind="monitoring_report").versions.count() == 2
    world.do(period, "submit", "developer")
    world.do(period, "publish_report", "verifier")
    assert period.state == "in_verification"


def test_para_62_a_negative_verification_is_revised(world: World) -> None:
    project = world.on("2017-03-01").registered(others=())
    starts_on = project.crediting_starts_on
    period = world.on("2019-06-03").in_verification(
        project, f"{starts_on}", f"{starts_on + dt.timedelta(days=200)}", {2: 900}
    )
    world.attach(period, "verification_report", "verifier")
    world.do(period, "refuse_certification", "verifier", opinion="The meter was not calibrated.")
    assert period.state == "verification_negative"
    world.do(period, "reopen", "developer", note="Calibrated now.")
    world.do(period, "submit", "developer")
    assert period.state == "submitted"
