"""Draws docs/rulebook-coverage.md from the tests: every rule, the tests that show it, and what is not built yet."""

import argparse
import ast
import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

TESTS = settings.ROOT / "tests"
RULES = TESTS / "rulebook" / "rules.csv"
COLUMNS = ["id", "rule", "source", "tests", "not_yet"]
SECTIONS = {
    "0": "What was found in the real data",
    "1": "Decision 3/CMP.1 and its companions",
    "2": "The project cycle procedure and the standards",
    "3": "Money",
    "4": "Registry operations",
    "5": "Lists",
    "6": "Article 12, clause by clause",
    "7": "Dated rule sets, days and seats",
}
MARK = "rule"


@dataclass(frozen=True)
class Rule:
    """One rule in our own words. `tests` are “room/file.py::name”; `not_yet` says what is missing, or nothing."""

    id: str
    rule: str
    source: str
    tests: tuple[str, ...]
    not_yet: str

    @property
    def section(self) -> str:
        return self.id[0]

    @property
    def standing(self) -> str:
        if not self.tests:
            return "not yet"
        return "in part" if self.not_yet else "tested"


class Command(BaseCommand):
    help = "Draws docs/rulebook-coverage.md from tests/rulebook/rules.csv and the tests marked with a rule."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if the page is stale")
        parser.add_argument("--rules", type=Path, default=RULES, help="the file of rules")
        parser.add_argument("--into", type=Path, default=settings.ROOT / "docs" / "rulebook-coverage.md")

    def handle(self, *args: Any, **options: Any) -> None:
        found = rules(options["rules"])
        if wrong := list(mistakes(found)):
            raise CommandError("\n".join(wrong))
        page, path = drawn(found), options["into"]
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != page:
                raise CommandError(f"{path} is stale. Run `manage.py draw_coverage` and commit the result.")
            self.stdout.write(f"{len(found)} rules; the drawn page is fresh.")
            return
        path.write_text(page, encoding="utf-8")
        self.stdout.write(f"drawn: {path.name}, {len(found)} rules")


def rules(path: Path = RULES) -> list[Rule]:
    """The rows of the file, each with the tests it names and those that are marked with its id."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != COLUMNS:
            raise CommandError(f"{path.name}: the columns must be {', '.join(COLUMNS)}.")
        rows = list(reader)
    marked = marked_tests()
    if unknown := sorted(set(marked) - {row["id"] for row in rows}):
        raise CommandError(
            f"Tests are marked with rules that {path.name} does not list: {', '.join(unknown)}."
        )
    return [
        Rule(
            row["id"],
            row["rule"],
            row["source"],
            tuple(dict.fromkeys([*row["tests"].split(), *marked.get(row["id"], ())])),
            row["not_yet"],
        )
        for row in rows
    ]


def marked_tests() -> dict[str, list[str]]:
    """Tests with `@pytest.mark.rule("2.0-2")`, by the id they name."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.glob("**/test_*.py")):
        text = path.read_text(encoding="utf-8")
        if f"mark.{MARK}(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            for decorator in getattr(node, "decorator_list", ()):
                if (
                    isinstance(decorator, ast.Call)
                    and isinstance(decorator.func, ast.Attribute)
                    and decorator.func.attr == MARK
                ):
                    for argument in decorator.args:
                        found[ast.literal_eval(argument)].append(f"{path.relative_to(TESTS)}::{node.name}")  # type: ignore[attr-defined]
    return found


def mistakes(found: list[Rule]) -> Iterator[str]:
    """What is wrong with the rules, in sentences: ids twice, tests that do not exist, rows that say nothing."""
    names: dict[str, set[str]] = {}
    seen: set[str] = set()
    for rule in found:
        if rule.id in seen:
            yield f"{rule.id} is listed twice."
        seen.add(rule.id)
        if rule.section not in SECTIONS:
            yield f"{rule.id} belongs to no section of the rulebook."
        if not rule.rule or not rule.source:
            yield f"{rule.id} needs a sentence and a source."
        if not rule.tests and not rule.not_yet:
            yield f"{rule.id} names no test and does not say what is missing."
        for test in rule.tests:
            file, _, name = test.partition("::")
            if file not in names:
                names[file] = _names_in(TESTS / file)
            if name not in names[file]:
                yield f"{rule.id} names the test {test}, which does not exist."


def _names_in(path: Path) -> set[str]:
    """The tests and classes of tests of a file."""
    if not path.is_file():
        return set()
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {name.id for name in node.targets if isinstance(name, ast.Name)}
    return {name for name in found if name.startswith(("test_", "Test"))}


def drawn(found: list[Rule]) -> str:
    """The page as Markdown."""
    lines = [
        "# The rulebook and its tests",
        "",
        "Drawn by `manage.py draw_coverage` from `tests/rulebook/rules.csv` and the tests; do not edit it here. Every",
        "rule a system must keep stands here in our own words, with the tests that show it. **Not yet** is what is not",
        "built; **in part** is what is built and tested with the exception that is named. To bring a row up to date,",
        'change its cells in the file, or mark the test with `@pytest.mark.rule("…")`, and draw again.',
        "",
        "| section | rules | tested | in part | not yet |",
        "|---|---|---|---|---|",
    ]
    for number, title in SECTIONS.items():
        lines.append(_sum_line(f"[{number} {title}](#{_anchor(number, title)})", number, found))
    lines += [_sum_line("all", "", found), ""]
    for number, title in SECTIONS.items():
        lines += [
            f"## {number} {title}",
            "",
            "| id | rule | source | standing | shown by |",
            "|---|---|---|---|---|",
        ]
        lines += [_line(rule) for rule in found if rule.section == number]
        lines.append("")
    return "\n".join(lines)


def _sum_line(title: str, section: str, found: list[Rule]) -> str:
    own = [rule.standing for rule in found if rule.section.startswith(section)]
    return (
        f"| {title} | {len(own)} | {own.count('tested')} | {own.count('in part')} | {own.count('not yet')} |"
    )


def _anchor(number: str, title: str) -> str:
    return f"{number} {title}".lower().replace(",", "").replace("/", "").replace(".", "").replace(" ", "-")


def _line(rule: Rule) -> str:
    tests = [
        f"[{name if name.startswith('test_') else file.partition('/')[0]}](../tests/{file})"
        for file, _, name in (test.partition("::") for test in rule.tests)
    ]
    standing = "tested" if rule.standing == "tested" else f"**{rule.standing}**: {rule.not_yet}"
    cells = (rule.id, rule.rule, rule.source, standing, "<br>".join(tests))
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
