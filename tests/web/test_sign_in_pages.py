"""Sign-in, forgotten password and refusals, as allauth and Django really answer them."""

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from tests.web.test_parts import Page

pytestmark = pytest.mark.django_db

PASSWORD = "a long and quiet river"
ADDRESS = "ana@novagerar.example"


@pytest.fixture
def ana() -> object:
    return get_user_model().objects.create_user(email=ADDRESS, name="Ana Ribeiro", password=PASSWORD)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    html = answer.content.decode()
    page = Page(html)
    assert page.inline == []
    assert page.headings.count("h1") == 1
    return html


def test_the_sign_in_page(client: Client) -> None:
    html = text_of(client, "/accounts/login/")
    assert "<title>Sign in – CDM Registry</title>" in html
    assert 'autocomplete="current-password"' in html
    assert "sign up" not in html.lower()
    assert "demonstration" not in html.lower()


def test_a_wrong_password_is_said_and_the_address_kept(client: Client, ana: object) -> None:
    answer = client.post("/accounts/login/", {"login": ADDRESS, "password": "wrong"})
    html = answer.content.decode()
    assert "govuk-error-summary" in html
    assert f'value="{ADDRESS}"' in html
    assert "wrong" not in html.split("<main")[1].split("</main>")[0]
    assert Page(html).referred - set(Page(html).ids) == set()


def test_signing_in_and_out(client: Client, ana: object) -> None:
    answer = client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    assert answer.status_code == 302
    html = text_of(client, "/accounts/password/change/")
    assert "Ana Ribeiro" in html
    assert "Sign out" in html
    assert "Do you want to sign out?" in text_of(client, "/accounts/logout/")
    assert client.post("/accounts/logout/").status_code == 302
    assert "Sign out" not in text_of(client, "/accounts/login/")


def test_too_many_attempts_are_stopped(client: Client, ana: object) -> None:
    for _ in range(12):
        answer = client.post("/accounts/login/", {"login": ADDRESS, "password": "wrong"})
    right = client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    assert right.status_code != 302
    assert "Too many" in answer.content.decode()


def test_a_forgotten_password(client: Client, ana: object) -> None:
    assert "Forgotten password" in text_of(client, "/accounts/password/reset/")
    answer = client.post("/accounts/password/reset/", {"email": ADDRESS}, follow=True)
    assert "Look in your mailbox" in answer.content.decode()
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]
    (link,) = [line for line in str(mail.outbox[0].body).splitlines() if "/password/reset/key/" in line]
    path = "/" + link.strip().split("/", 3)[3]
    html = text_of(client, path)
    assert "Choose a new password" in html
    assert "The link no longer works" in text_of(client, "/accounts/password/reset/key/1-wrong/")


def test_nobody_opens_an_account_alone(client: Client) -> None:
    assert "Accounts are made by the administrator" in text_of(client, "/accounts/signup/")


def test_the_e_mail_page_wears_the_same_clothes(client: Client, ana: object) -> None:
    client.force_login(ana)  # type: ignore[arg-type]
    html = client.get("/accounts/email/").content.decode()
    assert "cdm-header" in html
    assert "govuk-button" in html


def test_an_unknown_address_is_a_page_of_ours(client: Client) -> None:
    answer = client.get("/no-such-place/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": ADDRESS})
    assert answer.status_code == 403
    assert "The page had become too old" in answer.content.decode()
