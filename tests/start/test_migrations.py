"""A database that stands, walls and all, is carried on by `migrate`."""

import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.house.sources import ROOT
from tests.processes import clean_environment
from tests.ready import write_database


def manage(var: Path, *words: str) -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env=clean_environment(CDM_VAR=str(var), CDM_DEMONSTRATION="yes"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def triggers(var: Path) -> set[str]:
    with sqlite3.connect(var / "demonstration" / "cdm.sqlite3") as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}


def test_tables_are_remade_under_the_walls_and_the_walls_stand_again(db: None, tmp_path: Path) -> None:
    write_database(tmp_path / "demonstration" / "cdm.sqlite3")
    before = triggers(tmp_path)
    assert before
    manage(tmp_path, "migrate", "--verbosity", "0", "registry", "0005")
    manage(tmp_path, "migrate", "--verbosity", "0")
    assert triggers(tmp_path) == before
