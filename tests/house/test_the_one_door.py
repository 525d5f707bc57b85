"""State changes through the engine only: nothing else assigns or updates a state."""

import ast

from tests.house.sources import python_files, tree

# the life cycle's door, and the registry's own: an account is blocked and closed in one function
THE_DOOR = ("cdm/workflow/binding.py", "cdm/workflow/engine.py", "registry/accounts.py")
STATE = "state"


def hands_on_state(module: ast.Module) -> list[int]:
    """Lines that write a state past the door: by assignment, `.update(state=...)` or `setattr`."""
    found = []
    for node in ast.walk(module):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        # a dataclass may hold a field of that name: only an attribute of something else is a hand on a state
        found += [
            part.lineno
            for target in targets
            for part in ast.walk(target)
            if isinstance(part, ast.Attribute) and part.attr == STATE
        ]
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"update", "bulk_update", "update_or_create"}:
                named = {keyword.arg for keyword in node.keywords}
                texts = {
                    part.value
                    for word in node.args
                    for part in ast.walk(word)
                    if isinstance(part, ast.Constant)
                }
                if STATE in named or (called != "update" and STATE in texts):
                    found.append(node.lineno)
            if called in {"setattr", "__setattr__"} and any(
                isinstance(word, ast.Constant) and word.value == STATE for word in node.args
            ):
                found.append(node.lineno)
    return found


def test_nothing_but_the_door_writes_a_state() -> None:
    wrong = [
        f"{name}:{line}"
        for name, path in python_files("cdm/", "registry/")
        if name not in THE_DOOR
        for line in hands_on_state(tree(path))
    ]
    assert wrong == []


def test_the_watch_sees_every_kind_of_hand() -> None:
    past_the_door = """
project.state = "registered"
project.state, other = "registered", 1
projects.filter(pk=1).update(state="registered")
Project.objects.bulk_update(rows, ["state"])
setattr(project, "state", "registered")
"""
    assert hands_on_state(ast.parse(past_the_door)) == [2, 3, 4, 5, 6]
    assert hands_on_state(ast.parse("print(project.state)\nrows.filter(state='draft')\n")) == []
