"""Renewal and post-registration changes through the API."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from tests.given import World, pdf

pytestmark = pytest.mark.django_db


def client_of(world: World, who: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(world.people[who])
    return client


def test_a_renewal_is_begun_stated_and_requested(world: World) -> None:
    project = world.on("2011-03-01").registered(others=(), crediting_from="2012-01-01")
    world.on("2018-05-02")
    developer, validator = client_of(world, "developer"), client_of(world, "validator")
    assert validator.post(f"/api/projects/{project.pk}/renewals/", {}, format="json").status_code == 403
    made = developer.post(f"/api/projects/{project.pk}/renewals/", {}, format="json").json()
    assert (made["kind"], made["expires_on"], made["is_late"]) == ("renewal", "2018-12-31", False)
    again = developer.post(f"/api/projects/{project.pk}/renewals/", {}, format="json")
    assert again.status_code == 409
    at = f"/api/registered-changes/{made['id']}"
    stated = {
        "baseline": "updated",
        "description": "Determined anew.",
        "methodologies": [{"code": "ACM0001", "version": "15.0"}],
        "estimates": [{"year": year, "reductions_t": 600_000} for year in range(2019, 2026)],
        "doe": world.organisations["validator"].pk,
    }
    wrong = developer.post(
        f"{at}/renewal/", {**stated, "estimates": [{"year": 2030, "reductions_t": 1}]}, format="json"
    )
    assert wrong.status_code == 422 and "outside the renewed period" in str(wrong.json())
    assert developer.post(f"{at}/renewal/", stated, format="json").status_code == 201
    paper = {"kind": "project_design", "title": "", "file": pdf()}
    assert developer.post(f"{at}/documents/", paper, format="multipart").status_code == 201
    assert developer.post(f"{at}/moves/submit/", {}, format="json").status_code == 200
    report = {"kind": "validation_report", "title": "", "file": pdf()}
    assert validator.post(f"{at}/documents/", report, format="multipart").status_code == 201
    unconfirmed = validator.post(
        f"{at}/moves/give_positive_opinion/", {"opinion": "Fine.", "confirmed": False}, format="json"
    )
    assert unconfirmed.status_code == 422
    validator.post(
        f"{at}/moves/give_positive_opinion/", {"opinion": "Fine.", "confirmed": True}, format="json"
    )
    request = validator.post(f"{at}/requests/", {}, format="json")
    assert request.status_code == 201 and request.json()["kind"] == "renewal"
    assert APIClient().get(f"{at}/").status_code == 404
    periods = APIClient().get(f"/api/projects/{project.pk}/crediting-periods/").json()["results"]
    assert [(row["number"], row["credited_from"]) for row in periods] == [(1, "2012-01-01")]
    assert (
        developer.get("/api/registered-changes/?kind=renewal").json()["results"][0][
            "state" if False else "id"
        ]
        == made["id"]
    )


def test_a_change_is_begun_and_stated_anew(world: World) -> None:
    project = world.on("2017-03-01").registered(others=(), crediting_from="2018-01-01")
    world.on("2019-06-03")
    developer = client_of(world, "developer")
    asked = {
        "kind": "correction",
        "track": "prior_approval",
        "description": "A figure.",
        "applies_from": "2018-01-01",
    }
    url = f"/api/projects/{project.pk}/changes/"
    assert developer.post(url, {**asked, "kind": "renewal"}, format="json").status_code == 422
    assert developer.post(url, {**asked, "applies_from": None}, format="json").status_code == 422
    made = developer.post(url, asked, format="json").json()
    assert made["standing"]["state"] == "being_prepared"
    del asked["kind"], asked["track"]
    stated = developer.post(
        f"/api/registered-changes/{made['id']}/change/",
        {**asked, "description": "Two figures."},
        format="json",
    )
    assert stated.status_code == 201 and stated.json()["description"] == "Two figures."
