"""`python3 manage.py up` on a machine that is not ready: one sentence, nothing half done."""

import runpy
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT
from tests.processes import clean_environment


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The start of a clone, in a folder whose name has a space: no environment yet."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    for name in ("manage.py", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


def up(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = clean_environment()
    del environment["CDM_NO_VENV"]
    return subprocess.run(
        [sys.executable, str(folder / "manage.py"), "up", *words],
        cwd="/",
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def assert_refused(ran: subprocess.CompletedProcess[str], folder: Path, *words: str) -> None:
    assert ran.returncode != 0
    assert len(ran.stderr.strip().splitlines()) == 1, ran.stderr
    for word in words:
        assert word in ran.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["manage.py", "requirements.txt"]


def test_a_port_that_is_taken(copy: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert_refused(up(copy, "--port", port), copy, f"Port {port}", "already taken", "--port")


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none(copy: Path, port: str) -> None:
    assert_refused(up(copy, f"--port={port}"), copy, "a number from 1 to 65535")


def test_an_address_of_another_machine(copy: Path) -> None:
    assert_refused(up(copy, "--bind", "192.0.2.1"), copy, "Cannot listen on 192.0.2.1")


def test_a_python_without_venv(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "ensurepip.py").write_text("raise ImportError")
    ran = up(copy, "--port", "8765", PYTHONPATH=str(tmp_path / "without"))
    assert_refused(ran, copy, "apt-get install python3-venv")


def test_an_old_python(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(sys, "argv", ["manage.py", "up"])
    with pytest.raises(SystemExit) as refused:
        runpy.run_path(str(copy / "manage.py"), run_name="__main__")
    assert "Python 3.11 or newer is needed; this is Python 3.9." in str(refused.value.code)


def test_an_old_python_can_read_it() -> None:
    import ast

    ast.parse((ROOT / "manage.py").read_text(), feature_version=(3, 5))


def test_options_that_make_no_sense_together(tmp_path: Path) -> None:
    """Past the environment: said by the command, before it has touched a database."""
    here = {"CDM_NO_VENV": "1", "CDM_VAR": str(tmp_path)}
    for words, sentence in (
        (["--no-demo", "--fresh"], "--fresh is only for the demonstration"),
        (["--no-demo", "--demo-date", "2004-01-01"], "--demo-date is only for the demonstration"),
        (["--workers", "4"], "Without a broker the registry is one web process"),
        (["--demo-date", "next June"], "is not a date like 2019-06-03"),
    ):
        ran = up(ROOT, "--port", "8766", *words, **here)
        assert ran.returncode != 0
        assert sentence in ran.stderr
    assert not list(tmp_path.rglob("*.sqlite3"))
