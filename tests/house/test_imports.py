"""The arrow between the rooms: who may import whom (docs: house rules, section 1)."""

import ast
import subprocess
import sys

import pytest

from tests.house.sources import ROOT, imports, python_files, tree, under

# The room, and what its files may not import. Inside functions too: an arrow is an arrow.
FORBIDDEN = {
    "registry/": ("cdm",),
    "cdm/rules/": ("django", "cdm.models", "cdm.workflow", "cdm.views", "cdm.api", "registry", "celery"),
    "cdm/workflow/machine.py": ("django", "cdm.models"),
    "cdm/models/": ("cdm.views", "cdm.api", "cdm.forms", "cdm.tasks", "cdm.admin", "cdm.clock"),
    "cdm/workflow/": ("cdm.views", "cdm.api", "cdm.forms", "cdm.tasks", "cdm.admin", "cdm.clock"),
    "cdm/queries.py": ("cdm.views", "cdm.api", "cdm.forms", "cdm.tasks", "cdm.admin"),
    "cdm/permissions.py": ("cdm.views", "cdm.api", "cdm.forms", "cdm.tasks", "cdm.admin"),
}
# a domain room may wake a task that sweeps its rows; it never hands the task the work itself
WAKE_UPS = {("cdm/workflow/waiting.py", "cdm.tasks.assign_tasks"), ("cdm/notices.py", "cdm.tasks.send_mail")}
# these rooms are told the instant; they never read a clock
TOLD_THE_TIME = ("cdm/rules/", "cdm/workflow/", "cdm/models/", "registry/book.py", "registry/serials.py")
CLOCK_READERS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
                 ("timezone", "now"), ("timezone", "localdate"), ("time", "time")}  # fmt: skip


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_imports_only_what_is_below_it(room: str) -> None:
    wrong = [
        f"{name}:{line} imports {module}"
        for name, path in python_files(room)
        for line, module in imports(path)
        if under(module, *FORBIDDEN[room]) and (name, module) not in WAKE_UPS
    ]
    assert wrong == []


# what moves do, what people do beside moves, and two histories that are played through the public doors
WRITERS = (
    "cdm/workflow/effects",
    "cdm/acts/",
    "cdm/demonstration/",
    "cdm/management/commands/replay_history.py",
)


def test_only_effects_and_acts_write_in_the_book() -> None:
    """The other rooms of the life cycle read units through registry.queries."""
    wrong = [
        f"{name}:{line} imports {module}"
        for name, path in python_files("cdm/")
        for line, module in imports(path)
        if under(module, "registry.book") and not name.startswith(WRITERS)
    ]
    assert wrong == []


def test_the_rules_run_without_django() -> None:
    """Imported whole in a Python that has no Django at all."""
    modules = [
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for name, _ in python_files("cdm/rules/")
    ]
    blocked = "import sys, types; sys.modules['django'] = None; sys.modules['celery'] = None\n"
    # the package's own __init__ makes the Celery application, which the rules do not need
    blocked += (
        f"cdm = types.ModuleType('cdm'); cdm.__path__ = [{str(ROOT / 'cdm')!r}]; sys.modules['cdm'] = cdm\n"
    )
    program = blocked + "".join(f"import {module}\n" for module in modules)
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_the_domain_is_told_the_time() -> None:
    wrong = []
    for name, path in python_files(*TOLD_THE_TIME):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                if (owner, node.attr) in CLOCK_READERS:
                    wrong.append(f"{name}:{node.lineno} reads {owner}.{node.attr}")
    assert wrong == []
