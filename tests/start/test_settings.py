"""One settings file, moved from one machine to servers by environment variables alone."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.house.sources import ROOT

ASK = """
import json, sys
from cdm import settings
names = sys.argv[1:]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def settings_with(var: Path, *names: str, **variables: str) -> dict[str, Any]:
    """The named settings of a fresh process that has only these environment variables."""
    ran = run_with(var, *names, **variables)
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


def run_with(var: Path, *names: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "CDM_VAR": str(var), **variables}
    return subprocess.run(
        [sys.executable, "-c", ASK, *names],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_nothing_set_it_is_safe_and_needs_no_server(tmp_path: Path) -> None:
    names = ("DEBUG", "DEMONSTRATION", "ONE_CLICK_SIGN_IN", "EMBEDDED_WORKER", "ALLOWED_HOSTS")
    assert settings_with(tmp_path, *names) == {
        "DEBUG": False,
        "DEMONSTRATION": False,
        "ONE_CLICK_SIGN_IN": False,
        "EMBEDDED_WORKER": True,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
    }


def test_the_secret_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    first = settings_with(tmp_path, "SECRET_KEY")
    assert len(first["SECRET_KEY"]) >= 50
    assert settings_with(tmp_path, "SECRET_KEY") == first
    kept = tmp_path / "registry" / "secret-key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert sorted(path.name for path in kept.parent.iterdir()) == ["secret-key"]


def test_the_demonstration_and_the_registry_share_nothing(tmp_path: Path) -> None:
    registry = settings_with(tmp_path, "DATABASES", "MEDIA_ROOT", "SECRET_KEY", "EMAIL_FILE_PATH")
    demonstration = settings_with(
        tmp_path, "DATABASES", "MEDIA_ROOT", "SECRET_KEY", "EMAIL_FILE_PATH", CDM_DEMONSTRATION="yes"
    )
    assert registry["DATABASES"]["default"]["NAME"] != demonstration["DATABASES"]["default"]["NAME"]
    for name in ("MEDIA_ROOT", "SECRET_KEY", "EMAIL_FILE_PATH"):
        assert registry[name] != demonstration[name]


SERVERS = {"DATABASE_URL": "postgres://cdm:x@db.example.org/cdm", "REDIS_URL": "redis://cache.example.org/0"}


def test_servers_are_named_by_variables_alone(tmp_path: Path) -> None:
    found = settings_with(
        tmp_path, "DATABASES", "CELERY_BROKER_URL", "CACHES", "EMBEDDED_WORKER", **SERVERS, SECRET_KEY="k"
    )
    assert found["DATABASES"]["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert found["DATABASES"]["default"]["HOST"] == "db.example.org"
    assert found["CELERY_BROKER_URL"] == found["CACHES"]["default"]["LOCATION"] == SERVERS["REDIS_URL"]
    assert found["EMBEDDED_WORKER"] is False


def test_servers_need_a_shared_secret_key(tmp_path: Path) -> None:
    refused = run_with(tmp_path, "SECRET_KEY", **SERVERS)
    assert refused.returncode != 0
    assert "SECRET_KEY is not set. Several processes must share one" in refused.stderr


def test_a_public_name_means_secure_cookies(tmp_path: Path) -> None:
    names = ("BEHIND_TLS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    assert set(settings_with(tmp_path, *names, ALLOWED_HOSTS="cdm.example.org").values()) == {True}
    assert set(settings_with(tmp_path, *names).values()) == {False}


def test_behind_pgbouncer_nothing_outlives_a_transaction(tmp_path: Path) -> None:
    database = settings_with(tmp_path, "DATABASES", **SERVERS, SECRET_KEY="k", PGBOUNCER="yes")["DATABASES"]
    assert database["default"]["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert database["default"]["CONN_MAX_AGE"] == 0


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence() -> None:
    refused = run_with(Path("/proc/registry"), "DEBUG")
    assert refused.returncode != 0
    assert "cannot be written" in refused.stderr.strip().splitlines()[-1]
    assert "set CDM_VAR" in refused.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("word", ["maybe", "Production"])
def test_a_word_that_means_nothing_is_refused(tmp_path: Path, word: str) -> None:
    assert "must be yes, no or on-a-server" in run_with(tmp_path, "DEBUG", CDM_DEMONSTRATION=word).stderr


def test_passwords_are_hashed_with_argon2(tmp_path: Path) -> None:
    hashers = settings_with(tmp_path, "PASSWORD_HASHERS")["PASSWORD_HASHERS"]
    assert hashers[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"


def test_every_variable_is_explained_where_it_is_looked_up() -> None:
    read = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "cdm" / "settings.py").read_text()))
    assert len(read) > 25
    explained = set(re.findall(r"`([A-Z][A-Z_]+)", (ROOT / "docs" / "deploy.md").read_text()))
    assert read - explained == set()
