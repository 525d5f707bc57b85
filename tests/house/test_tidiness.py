"""What a reader may expect of every file: length, a first line, no leftovers, nothing of one machine."""

import ast
import re

import pytest

from tests.house.sources import ROOT, kept_files, name_of, python_files, tree

LONGEST_FILE_LINES = 400
LONGEST_FUNCTION_LINES = 70
VAGUE_NAMES = re.compile(r"(^|_)(utils?|helpers?|misc|common|manager|service)s?$", re.IGNORECASE)
# written in two halves, so that this file does not find itself
LEFTOVERS = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error"]))
NO_RUN = re.compile(r"pytest\.(mark\.(skip|x" + r"fail)|sk" + r"ip\(|xf" + r"ail\()")
TEXT = {
    ".py",
    ".md",
    ".html",
    ".toml",
    ".txt",
    ".css",
    ".js",
    ".csv",
    ".json",
    ".cfg",
    ".yml",
    ".yaml",
    ".svg",
    "",
}


def own_files() -> list[str]:
    """Text files written here: not the vendored ones."""
    return [name_of(path) for path in kept_files() if path.suffix in TEXT and "/vendor/" not in name_of(path)]


def test_no_file_is_long() -> None:
    long = {
        name: lines
        for name, path in python_files("cdm/", "registry/", "manage.py")
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE_LINES
    }
    assert long == {}


def test_no_function_is_long() -> None:
    long = [
        f"{name}:{node.lineno} {node.name} has {lines} lines"
        for name, path in python_files("cdm/", "registry/", "manage.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION_LINES
    ]
    assert long == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name
        for name, path in python_files("cdm/", "registry/", "tests/", "manage.py")
        if path.read_text().strip() and not ast.get_docstring(tree(path))
    ]
    assert silent == []


def test_names_say_something() -> None:
    vague = []
    for name, path in python_files("cdm/", "registry/"):
        if VAGUE_NAMES.search(path.stem):
            vague.append(name)
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and re.search(r"(Manager|Service|Helper|Util)s?$", node.name):
                vague.append(f"{name}:{node.lineno} {node.name}")
    assert vague == []


def test_nothing_is_left_unfinished() -> None:
    found = [
        f"{name}:{number}"
        for name, path in python_files()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if LEFTOVERS.search(line) or NO_RUN.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a path of one machine", r"(?<![\w.$}])/(home|root|Users|work|mnt|private)/[\w.-]"),
        (
            "an address of a package index",
            r"https?://[\w.-]*(pypi|pythonhosted|artifactory|nexus|jfrog|devpi)\b",
        ),
        ("an option that names a package index", r"--(extra-)?index-url|--find-links|--trusted-host"),
        ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    ],
)
def test_nothing_of_one_machine_is_kept(what: str, pattern: str) -> None:
    this_file = name_of(ROOT / "tests" / "house" / "test_tidiness.py")
    found = [
        f"{name}:{number} {line.strip()[:120]}"
        for name in own_files()
        if name != this_file
        for number, line in enumerate((ROOT / name).read_text(errors="replace").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == [], what


def test_no_inline_script_or_style_in_a_template() -> None:
    """The content security policy refuses them, so a page that had one would be broken without saying so."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=[\"']|javascript:", re.IGNORECASE
    )
    found = [
        f"{name}:{number}"
        for name in own_files()
        if name.endswith(".html")
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
        if inline.search(line) and 'type="application/json"' not in line
    ]
    assert found == []


def test_no_page_loads_anything_from_elsewhere() -> None:
    elsewhere = re.compile(
        r"(<script[^>]*\ssrc|<link[^>]*\shref|<img[^>]*\ssrc)=[\"'](https?:)?//", re.IGNORECASE
    )
    found = [
        name for name in own_files() if name.endswith(".html") and elsewhere.search((ROOT / name).read_text())
    ]
    assert found == []
