"""docs/rulebook-coverage.md says what is tested and what is not: every test it names is there, and it is fresh."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cdm.management.commands import draw_coverage
from tests.house.sources import ROOT

HEADER = "id,rule,source,tests,not_yet\n"


def run(path: Path, text: str, into: Path, **options: bool) -> str:
    path.write_text(HEADER + text, encoding="utf-8")
    said = io.StringIO()
    call_command("draw_coverage", rules=path, into=into, stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    # the marks of the real tests are for the real rows
    monkeypatch.setattr(draw_coverage, "marked_tests", dict)
    return tmp_path / "rules.csv", tmp_path / "coverage.md"


def test_every_row_names_tests_that_exist_or_says_what_is_missing() -> None:
    assert list(draw_coverage.mistakes(draw_coverage.rules())) == []


def test_every_section_of_the_rulebook_is_listed() -> None:
    found = draw_coverage.rules()
    assert len(found) >= 150
    assert {rule.section for rule in found} == set("01234567")


def test_the_drawn_page_is_fresh() -> None:
    call_command("draw_coverage", check=True, stdout=io.StringIO())
    page = (ROOT / "docs" / "rulebook-coverage.md").read_text(encoding="utf-8")
    assert page.count("\n| ") >= len(draw_coverage.rules())


def test_a_marked_test_stands_in_the_row_it_names() -> None:
    (row,) = (rule for rule in draw_coverage.rules() if rule.id == "2.0-2")
    assert "walks/test_changing_rules.py::test_after_the_grace_period_the_new_windows_count" in row.tests


HERE = "rulebook/test_coverage.py::test_the_drawn_page_is_fresh"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "2.7-1,A rule.,PCP,walks/test_review.py::test_nobody_wrote,",
            "test_nobody_wrote, which does not exist",
        ),
        ("2.7-1,A rule.,PCP,walks/test_no_file.py::test_x,", "test_no_file.py::test_x, which does not exist"),
        ("2.7-1,A rule.,PCP,,", "names no test and does not say what is missing"),
        ("2.7-1,A rule.,,,Not built.", "needs a sentence and a source"),
        (f"2.7-1,A rule.,PCP,{HERE},\n2.7-1,Again.,PCP,{HERE},", "listed twice"),
        ("9.1-1,A rule.,PCP,,Not built.", "no section of the rulebook"),
    ],
)
def test_a_row_with_a_mistake_is_refused(files: tuple[Path, Path], text: str, sentence: str) -> None:
    path, into = files
    with pytest.raises(CommandError, match=sentence):
        run(path, text, into)
    assert not into.exists()


def test_a_stale_page_is_named_and_a_row_says_how_it_stands(files: tuple[Path, Path]) -> None:
    path, into = files
    rows = f"2.7-1,Tested rule.,PCP,{HERE},\n2.7-2,Half a rule.,PCP,{HERE},No page.\n2.7-3,No rule.,PCP,,Not built."
    run(path, rows, into)
    page = into.read_text(encoding="utf-8")
    assert "| 2.7-1 | Tested rule. | PCP | tested | [test_the_drawn_page_is_fresh]" in page
    assert "| **in part**: No page. |" in page
    assert "| **not yet**: Not built. |" in page
    assert "| all | 3 | 1 | 1 | 1 |" in page
    assert "fresh" in run(path, rows, into, check=True)
    with pytest.raises(CommandError, match="stale"):
        run(path, rows.replace("Tested rule", "Another rule"), into, check=True)


def test_a_mark_for_a_rule_that_is_not_listed_is_refused(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, into = files
    monkeypatch.setattr(draw_coverage, "marked_tests", lambda: {"8.8-8": [HERE]})
    with pytest.raises(CommandError, match=r"does not list: 8\.8-8"):
        run(path, f"2.7-1,A rule.,PCP,{HERE},", into)
