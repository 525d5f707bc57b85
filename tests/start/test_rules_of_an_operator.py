"""An operator's own rule sets: taken from a folder at start-up, or the start refused with line and reason."""

import subprocess
import sys
from pathlib import Path

from tests.house.sources import ROOT
from tests.processes import clean_environment

EXAMPLE = ROOT / "docs" / "examples" / "mechanism"


def manage(place: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=clean_environment() | {"CDM_VAR": str(place), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_file_with_a_mistake_stops_the_start_with_its_line_and_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    text = (EXAMPLE / "example-mechanism.toml").read_text(encoding="utf-8")
    line = text.splitlines().index("value = 5") + 1
    (folder / "ours.toml").write_text(text.replace("value = 5\n", "value = 105\n"), encoding="utf-8")
    refused = manage(tmp_path, "check", CDM_RULES=str(folder), CDM_MECHANISM="example")
    assert refused.returncode != 0
    assert len(refused.stderr.strip().splitlines()) == 1, refused.stderr
    assert f"ours.toml, line {line}: " in refused.stderr
    assert "at most 100 per cent" in refused.stderr


def test_a_mechanism_nobody_wrote_is_refused_with_those_there_are(tmp_path: Path) -> None:
    refused = manage(tmp_path, "check", CDM_RULES=str(EXAMPLE), CDM_MECHANISM="exampel")
    assert refused.returncode != 0
    assert "There are: cdm, example." in refused.stderr


def test_the_example_starts_as_the_readme_says_and_says_from_which_day(tmp_path: Path) -> None:
    chosen = {"CDM_RULES": str(EXAMPLE), "CDM_MECHANISM": "example"}
    loaded = manage(
        tmp_path,
        "shell",
        "-c",
        "from cdm.workflow.roles import Role; print(Role.BOARD_MEMBER.label)",
        **chosen,
    )
    assert "Council member" in loaded.stdout
    refused = manage(tmp_path, "up", "--port", "8767", "--demo-date", "2018-12-31", **chosen)
    assert refused.returncode != 0
    assert "begin on 1 January 2019" in refused.stderr
