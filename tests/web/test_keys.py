"""The page on which a person issues keys for programs, and revokes them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from cdm.models import ApiKey
from tests.given import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def browser(world: World) -> Client:
    client = Client()
    client.force_login(world.people["developer"])
    return client


def test_a_key_is_shown_once_and_works(browser: Client) -> None:
    page = browser.post("/keys/", {"name": "Monthly report", "may_write": "no"}).content.decode()
    (text,) = re.findall(r"cdm_[0-9a-f]{8}_[\w-]{43}", page)
    answer = Client().get("/api/me/", headers={"authorization": f"Bearer {text}"})
    assert answer.json()["email"] == "developer@example.org"
    again = browser.get("/keys/").content.decode()
    assert text not in again
    assert "Monthly report" in again
    assert "only reads" in again


def test_revoking(browser: Client) -> None:
    browser.post("/keys/", {"name": "Monthly report", "may_write": "yes"})
    key = ApiKey.objects.get()
    assert browser.post(f"/keys/{key.pk}/revoke/").status_code == 302
    assert "Revoked" in browser.get("/keys/").content.decode()
    assert browser.post(f"/keys/{key.pk}/revoke/").status_code == 409


def test_a_key_needs_a_name_and_there_is_an_end_to_keys(browser: Client) -> None:
    assert browser.post("/keys/", {"name": "", "may_write": "no"}).status_code == 422
    for number in range(20):
        assert browser.post("/keys/", {"name": f"{number}", "may_write": "no"}).status_code == 200
    answer = browser.post("/keys/", {"name": "one more", "may_write": "no"})
    assert answer.status_code == 422
    assert "Revoke one" in answer.content.decode()
    assert ApiKey.objects.count() == 20


def test_keys_are_ones_own(browser: Client, world: World) -> None:
    browser.post("/keys/", {"name": "Monthly report", "may_write": "no"})
    other = Client()
    other.force_login(world.people["validator"])
    assert other.post(f"/keys/{ApiKey.objects.get().pk}/revoke/").status_code == 404
    assert "Monthly report" not in other.get("/keys/").content.decode()
    assert Client().get("/keys/").status_code == 302
