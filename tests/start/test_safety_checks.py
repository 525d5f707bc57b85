"""The demonstration and a real registry are kept apart by the checks, and by the web processes themselves."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from cdm.checks import demonstration_is_apart, refuse_unsafe_settings

SERVER = {"ENGINE": "django.db.backends.postgresql", "NAME": "cdm"}
FILE = {"ENGINE": "django.db.backends.sqlite3", "NAME": "cdm.sqlite3"}


@pytest.fixture(autouse=True)
def one_machine(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demonstration as `up` starts it: loopback, SQLite, letters into a folder."""
    settings.DEMONSTRATION, settings.DEMONSTRATION_ON_SERVER, settings.ONE_CLICK_SIGN_IN = True, False, True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    monkeypatch.setitem(settings.DATABASES, "default", FILE)
    settings.EMAIL_BACKEND = "cdm.mail_folder.EmailBackend"


def found() -> list[str]:
    return [str(message.id) for message in demonstration_is_apart()]


def test_the_demonstration_on_one_machine_is_safe() -> None:
    assert found() == []
    refuse_unsafe_settings()


def test_one_click_sign_in_cannot_be_on_in_a_registry(settings: Settings) -> None:
    settings.DEMONSTRATION = False
    assert found() == ["cdm.E001"]
    with pytest.raises(ImproperlyConfigured, match="anyone could sign in as anyone"):
        refuse_unsafe_settings()


def test_strangers_may_not_reach_the_demonstration(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "registry.example.org"]
    assert found() == ["cdm.E002"]


@pytest.mark.parametrize("hosts", [["*"], [".example.org"], ["0.0.0.0"]])
def test_a_wide_host_name_is_a_stranger_too(settings: Settings, hosts: list[str]) -> None:
    settings.ALLOWED_HOSTS = hosts
    assert found() == ["cdm.E002"]


def test_the_demonstration_may_not_write_into_a_server(settings: Settings) -> None:
    settings.DATABASES["default"] = SERVER
    assert found() == ["cdm.E003"]


def test_a_demonstration_on_a_server_says_so(settings: Settings) -> None:
    settings.DATABASES["default"], settings.ALLOWED_HOSTS = SERVER, ["demo.example.org"]
    settings.DEMONSTRATION_ON_SERVER = True
    assert found() == []


def test_real_letters_are_never_sent_from_a_demonstration(settings: Settings) -> None:
    settings.DEMONSTRATION_ON_SERVER = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert found() == ["cdm.E004"]


def test_a_registry_is_not_held_up_by_any_of_this(settings: Settings) -> None:
    settings.DEMONSTRATION = settings.ONE_CLICK_SIGN_IN = False
    settings.DATABASES["default"], settings.ALLOWED_HOSTS = SERVER, ["registry.example.org"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert found() == []
