"""A sentence writes a day as people read it, “1 March 2021”: no f-string shows a bare date."""

from __future__ import annotations

import ast
import re

from tests.house.sources import python_files, tree

# names that hold a day wherever they stand
A_DAY = re.compile(r"(^|_)(on|day|today|since)$")
# made-up worlds, commands, and rule files, whose days are written as in the file
NOT_FOR_READERS = (
    "cdm/simulation/",
    "cdm/management/",
    "cdm/rules/loading.py",
    "cdm/demonstration/loading.py",
)
# where it is written in words
THE_WRITERS = ("cdm/rules/days.py", "cdm/templatetags/cdm_format.py")
# words, made of a day by `in_words`
ALREADY_WORDS = {("cdm/views/provisional.py", "since"), ("cdm/rules/adaptation.py", "day")}


def bare_days(text: ast.AST) -> list[tuple[int, str]]:
    """Line and name of each day that an f-string shows as it is."""
    found = []
    for node in ast.walk(text):
        if not isinstance(node, ast.FormattedValue):
            continue
        name = getattr(node.value, "attr", getattr(node.value, "id", ""))
        is_instant = isinstance(node.format_spec, ast.JoinedStr) and "%Y-%m" in ast.unparse(node.format_spec)
        if is_instant or (node.format_spec is None and A_DAY.search(name)):
            found.append((node.lineno, name))
    return found


def test_a_bare_day_is_found() -> None:
    text = 'f"until {row.last_day}, {at:%Y-%m-%d}, {in_words(row.last_day)}, {row.day_of_week}, {year}"'
    assert bare_days(ast.parse(text)) == [(1, "last_day"), (1, "at")]


def test_no_sentence_shows_a_bare_day() -> None:
    found = [
        f"{name}:{line} {day}"
        for name, path in python_files("cdm/")
        if not name.startswith((*NOT_FOR_READERS, *THE_WRITERS))
        for line, day in bare_days(tree(path))
        if (name, day) not in ALREADY_WORDS
    ]
    assert found == [], "write it with cdm.rules.days.in_words"
