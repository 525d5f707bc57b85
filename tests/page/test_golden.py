"""A golden copy of every page of the law: a changed rule is a changed line here, and somebody has looked at it.

After a wanted change `REWRITE_GOLDEN=yes pytest tests/page` writes the copies anew; read the diff before it is kept.
"""

from __future__ import annotations

import difflib
import io
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cdm.workflow import drawing
from cdm.workflow.machines import MACHINES
from registry.movements import drawing as movements
from registry.movements.checks import CHECKS
from registry.movements.table import KINDS

GOLDEN = Path(__file__).parent / "golden"


def copies() -> dict[str, str]:
    return {f"{name}.txt": drawing.compact(machine) for name, machine in MACHINES.items()}


@pytest.mark.parametrize("name", sorted(copies()))
def test_the_page_is_as_it_was(name: str) -> None:
    now = copies()[name]
    if os.environ.get("REWRITE_GOLDEN"):
        (GOLDEN / name).write_text(now, encoding="utf-8")
    kept = (GOLDEN / name).read_text(encoding="utf-8")
    changed = list(difflib.unified_diff(kept.splitlines(), now.splitlines(), lineterm="", n=0))
    assert not changed, "\n".join(changed)


def test_there_is_a_copy_of_each_page_and_of_nothing_else() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(copies())


@pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: machine.name)
def test_every_rule_has_a_line_of_its_own(machine: object) -> None:
    """So that two changed rules are two changed lines."""
    lines = drawing.compact(machine).splitlines()  # type: ignore[arg-type]
    assert len(lines) == len(set(lines))
    assert sum(line.startswith("move ") for line in lines) == len(machine.moves)  # type: ignore[attr-defined]


def test_the_drawn_pages_are_fresh() -> None:
    call_command("draw_machines", check=True, stdout=io.StringIO())


def test_a_stale_page_is_named(tmp_path: Path) -> None:
    call_command("draw_machines", into=str(tmp_path), stdout=io.StringIO())
    call_command("draw_machines", into=str(tmp_path), check=True, stdout=io.StringIO())
    page = tmp_path / "project.md"
    page.write_text(page.read_text().replace("Draft", "Sketch"))
    with pytest.raises(CommandError, match=r"Stale.*project\.md"):
        call_command("draw_machines", into=str(tmp_path), check=True, stdout=io.StringIO())
    (tmp_path / "project.md").unlink()
    (tmp_path / "afterthought.md").write_text("left over")
    with pytest.raises(CommandError, match=r"project\.md, afterthought\.md"):
        call_command("draw_machines", into=str(tmp_path), check=True, stdout=io.StringIO())


def test_the_drawing_shows_every_state_and_move() -> None:
    for machine in MACHINES.values():
        page = drawing.page(machine)
        for state in machine.states:
            assert f"`{state.name}`" in page
            assert f"    {state.name} : " in page
        for move in machine.move_names:
            assert f"| `{move}`: " in page


def test_the_drawn_movements_show_every_kind_and_check() -> None:
    page = movements.page()
    for row in KINDS.values():
        assert f"(`{row.kind.value}`)" in page
        assert row.law in page
    for number, check in CHECKS.items():
        assert f"| {number} | {check.demands} |" in page


def test_a_stale_page_of_movements_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "machines"
    call_command("draw_machines", into=str(folder), stdout=io.StringIO())
    page = tmp_path / "movements.md"
    page.write_text(page.read_text().replace("Retirement", "Pension"))
    with pytest.raises(CommandError, match=r"Stale.*movements\.md"):
        call_command("draw_machines", into=str(folder), check=True, stdout=io.StringIO())
