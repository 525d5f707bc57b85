"""Renewal and post-registration changes on the web, in every seat, with their refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cdm.models import BoardRequest, CreditingPeriod, RegisteredChange
from tests import changes
from tests.given import World, pdf
from tests.web.reading import count, words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]


def test_a_renewal_goes_from_the_notice_to_the_renewed_period_on_the_pages(
    world: World, visit: Visit
) -> None:
    project = world.on("2011-03-01").registered(others=(), crediting_from="2012-01-01")
    world.on("2018-04-04")
    overview = reverse("cdm:project_changes", args=[project.pk])
    assert "is notified from 5 April 2018 on" in words(visit("developer").get(overview))
    notify = reverse("cdm:prepare_renewal", args=[project.pk])
    answer = visit("developer").post(notify)
    assert answer.status_code == 409 and count(RegisteredChange) == 0

    world.on("2018-05-02")
    assert "In time until 4 July 2018" in words(visit("developer").get(overview))
    answer = visit("developer").post(notify, follow=True)
    assert "State the baseline and the estimates next" in words(answer)
    change = RegisteredChange.objects.get()
    page, state = change.get_absolute_url(), reverse("cdm:state_change", args=[change.pk])
    form = {
        "baseline": "updated",
        "description": "The emission factor of the grid was determined anew.",
        "methodologies": "ACM0001 version 15.0",
        "doe": str(world.organisations["validator"].pk),
        "expected_version": str(change.version),
        **{f"year_{year}": "600,000" for year in range(2019, 2026)},
    }
    answer = visit("developer").post(state, {**form, "methodologies": "ACM 1"})
    assert answer.status_code == 422 and "is not a methodology" in words(answer)
    # any version passes; of one that is not the version on the list it is said, on the form and before submission
    newer = (
        "ACM0002 version 99.0 is newer than the latest version on the list here, 20.0. It can be stated so"
    )
    older = "A later version, 20.0, is on the list here."
    for version, sentence in (("99.0", newer), ("12.0", older), ("20.0", "")):
        answer = visit("developer").post(
            state, {**form, "methodologies": f"ACM0002 version {version}"}, follow=True
        )
        form["expected_version"] = str(RegisteredChange.objects.get().version)
        for shown in (words(answer), words(visit("developer").get(state))):
            assert ("on the list here" in shown) is bool(sentence) and sentence in shown, version
    answer = visit("developer").post(state, form, follow=True)
    assert "4,200,000 t" in words(answer)
    attach = reverse("cdm:attach", args=["registered_change", change.pk])
    answer = visit("developer").post(
        attach, {"kind": "project_design", "title": "", "file": pdf()}, follow=True
    )
    assert "is attached, version 1" in words(answer)

    def move(who: str, name: str, **given: str) -> str:
        change.refresh_from_db()
        url = reverse("cdm:move", args=["registered_change", change.pk, name])
        answer = visit(who).post(url, {"expected_version": str(change.version), **given}, follow=True)
        return words(answer)

    assert "Handed to the DOE" in move("developer", "submit")
    visit("validator").post(attach, {"kind": "validation_report", "title": "", "file": pdf()})
    refused = move("validator", "give_positive_opinion", opinion="Fine.")
    assert "The original baseline is still valid, or has been updated" in refused
    assert "Additionality, the scale" not in refused
    assert RegisteredChange.objects.get().state == "in_validation"
    assert "Validated" in move("validator", "give_positive_opinion", opinion="Fine.", confirmed="on")
    answer = visit("validator").post(reverse("cdm:prepare_approval", args=[change.pk]), follow=True)
    assert "Request for renewal of the crediting period" in words(answer)
    request = BoardRequest.objects.get(kind="renewal")
    check = reverse("cdm:request_check", args=[request.pk])
    RegisteredChange.objects.update(methodologies=[["ACM0002", "99.0"]])
    assert newer.partition(" It can")[0] in words(visit("validator").get(check))
    RegisteredChange.objects.update(methodologies=[["ACM0001", "15.0"]])
    world.do(request, "submit", "validator")
    world.do(request, "pass_completeness", "secretary")
    world.do(request, "pass_information", "secretary")
    assert "Renewal" in words(Client().get(reverse("cdm:requests") + "?kind=renewal"))
    world.after_window(request)
    shown = words(Client().get(page))
    assert "Approved" in shown and "The emission factor of the grid" in shown
    shown = words(Client().get(overview))
    assert "1 January 2019" in shown and "31 December 2025" in shown
    assert count(CreditingPeriod) == 2
    # the estimates on the project's page are those of the period that runs: seven years of 670,133 t, of 600,000 t
    for day, total, period in (
        ("2018-12-31", "4,690,931", "Crediting period 1, 1 January 2012 to 31 December 2018"),
        ("2019-01-01", "4,200,000", "Crediting period 2, 1 January 2019 to 31 December 2025"),
        ("2026-01-01", "4,200,000", "1 January 2019 to 31 December 2025, which is over"),
    ):
        shown = words(world.on(day) and Client().get(project.get_absolute_url()))
        assert total in shown and period in shown, day
    world.on("2019-01-01")
    # the next one is years away, and the page says when
    assert "is notified from" in words(Client().get(overview))


def test_a_change_of_the_start_date_is_notified_on_the_pages(world: World, visit: Visit) -> None:
    project = world.on("2017-03-01").registered(others=(), crediting_from="2018-01-01")
    world.on("2017-09-01")
    choose = reverse("cdm:choose_change", args=[project.pk])
    url = reverse("cdm:prepare_change", args=[project.pk, "start_date"])
    assert visit("developer").post(choose, {"kind": "start_date"})["Location"] == url
    assert (
        visit("developer").get(reverse("cdm:prepare_change", args=[project.pk, "renewal"])).status_code == 404
    )
    form = {
        "track": "notification",
        "description": "The turbines come later.",
        "new_starts_on_day": "1",
        "new_starts_on_month": "1",
        "new_starts_on_year": "2020",
    }
    answer = visit("developer").post(url, form)
    assert answer.status_code == 422 and "by 1 year at most here" in words(answer)
    assert count(RegisteredChange) == 0
    answer = visit("developer").post(
        url, {**form, "new_starts_on_month": "7", "new_starts_on_year": "2018"}, follow=True
    )
    assert "Notified to the secretariat" in words(answer)
    change = RegisteredChange.objects.get()
    notify = reverse("cdm:move", args=["registered_change", change.pk, "notify"])
    assert "The crediting period starts on the new day" in words(visit("developer").get(notify))
    visit("developer").post(notify, {"expected_version": str(change.version)})
    assert "1 July 2018" in words(Client().get(reverse("cdm:project_changes", args=[project.pk])))


def test_what_is_not_asked_of_the_board_yet_is_not_public(world: World, visit: Visit) -> None:
    project = world.on("2017-03-01").registered(others=(), crediting_from="2018-01-01")
    world.on("2019-06-03")
    made = changes.change(world, project)
    assert Client().get(made.get_absolute_url()).status_code == 404
    paper = made.documents.get().latest
    assert paper is not None
    assert Client().get(paper.get_absolute_url()).status_code == 404
    assert visit("validator").get(made.get_absolute_url()).status_code == 200
    assert "None has been asked for" in words(Client().get(reverse("cdm:project_changes", args=[project.pk])))
    world.do(made, "submit", "developer")
    world.attach(made, "validation_report", "validator")
    opinion = reverse("cdm:move", args=["registered_change", made.pk, "give_positive_opinion"])
    asked = words(visit("validator").get(opinion))
    assert "Additionality, the scale of the activity and the applicability of its methodology" in asked
    assert "baseline" not in asked
    world.do(made, "give_positive_opinion", "validator", opinion="Met.", confirmed=True)
    changes.requested(world, made)
    assert Client().get(made.get_absolute_url()).status_code == 200
    assert Client().get(paper.get_absolute_url()).status_code == 200
