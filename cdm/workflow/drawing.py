"""Draws a page of the law: as Markdown with a state diagram for docs/machines/, and as one line a rule."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Iterable, Iterator

from cdm.rules import scale as scales
from cdm.rules import sets
from cdm.rules.sets import RuleSet
from cdm.rules.windows import find_window
from cdm.workflow import conditions
from cdm.workflow.machine import Clock, Machine, Move, State, Wait
from cdm.workflow.machines import MACHINES
from cdm.workflow.roles import Role

DRAWN_BY = "Drawn from `cdm/workflow/{module}.py` by `manage.py draw_machines`. Do not edit."
KINDS = ("registration", "issuance")
_MODULES = {
    "project": "project",
    "letter_of_approval": "letter",
    "board_request": "board_request",
    "board_matter": "board_matter",
    "monitoring_period": "monitoring",
    "forwarding_request": "forwarding",
    "prior_consideration": "prior_consideration",
    "accreditation": "accreditation",
    "excess_issuance": "excess_issuance",
    "modalities_statement": "modalities",
    "participant_change": "participant_change",
    "registered_change": "registered_change",
    "risk_acknowledgement": "risk_acknowledgement",
    "transition": "transition",
}


def pages() -> dict[str, str]:
    """File name -> text of every drawn page, the list of them included."""
    drawn = {f"{name}.md": page(machine) for name, machine in MACHINES.items()}
    drawn["README.md"] = _contents()
    return drawn


def page(machine: Machine) -> str:
    """One machine as a Markdown page: diagram, states, moves."""
    lines = [
        f"# {machine.title}",
        "",
        DRAWN_BY.format(module=_MODULES[machine.name]),
        f"Law: {machine.law}.",
        "",
        *diagram(machine),
        "",
        "## States",
        "",
        "| state | public wording | stage | waits for | clocks |",
        "|---|---|---|---|---|",
        *(_state_row(machine, state) for state in machine.states),
        "",
        "## Moves",
        "",
        "| move | from | to | who | what must hold | what it does besides | law |",
        "|---|---|---|---|---|---|---|",
        *(_move_row(machine, move) for move in machine.moves),
        "",
    ]
    windows = list(_window_rows(machine))
    if windows:
        lines += [
            "## Windows",
            "",
            "How long each window is under each rule set; a request is judged by the set it was submitted under.",
            "",
            "| window | rule set | large scale | small scale | closes by itself | source |",
            "|---|---|---|---|---|---|",
            *windows,
            "",
        ]
    return "\n".join(lines)


def diagram(machine: Machine) -> list[str]:
    """The machine as a Mermaid state diagram in a fenced block."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {machine.initial}"]
    lines += [f"    {state.name} : {state.label.replace(':', ' –')}" for state in machine.states]
    edges: dict[tuple[str, str], list[str]] = {}
    for move in machine.moves:
        for source in move.source:
            edges.setdefault((source, move.target), []).append(move.name)
    lines += [
        f"    {source} --> {target} : {', '.join(dict.fromkeys(names))}"
        for (source, target), names in edges.items()
    ]
    lines += [f"    {state.name} --> [*]" for state in machine.states if state.ending]
    return [*lines, "```"]


def compact(machine: Machine) -> str:
    """Every rule of a machine on a line of its own, so that a changed rule is one changed line in a diff."""
    lines = [f"machine {machine.name}: starts in {machine.initial} [{machine.law}]"]
    for state in machine.states:
        words = [f"“{state.label}”", f"public “{state.public}”" if state.public else "", state.stage]
        words.append(f"{state.ending} end" if state.ending else "")
        lines.append(f"state {state.name}: " + ", ".join(word for word in words if word))
        lines += [f"wait in {state.name}: {_compact_wait(wait)}" for wait in state.waits]
        lines += [f"clock in {state.name}: {_compact_clock(clock)}" for clock in state.clocks]
    lines += [_compact_move(move) for move in machine.moves]
    return "\n".join(lines) + "\n"


def words_of_need(name: str) -> str:
    """What a condition demands, in words: the first sentence of its docstring, with its law."""
    documented = inspect.getdoc(conditions.named(name)) or ""
    first = " ".join(documented.split("\n\n", maxsplit=1)[0].split())
    said = _in_words(name)
    return f"{said} ({first.rstrip('.')})" if first else said


def _contents() -> str:
    lines = ["# The machines", "", "Every state and every move of the registry, drawn from the tables.", ""]
    lines += [
        f"- [{machine.title}]({machine.name}.md): {len(machine.states)} states, "
        f"{len(machine.move_names)} moves. {machine.law}."
        for machine in MACHINES.values()
    ]
    return "\n".join([*lines, ""])


def _state_row(machine: Machine, state: State) -> str:
    ending = {"good": " (an end)", "bad": " (an end)"}.get(state.ending, "")
    start = " (the start)" if state.name == machine.initial else ""
    return _row(
        f"`{state.name}`: {state.label}{start}{ending}",
        state.public,
        _in_words(state.stage),
        "; ".join(_wait_words(wait) for wait in state.waits),
        "; ".join(_clock_words(clock) for clock in state.clocks),
    )


def _wait_words(wait: Wait) -> str:
    when = f", when {_in_words(wait.when)}" if wait.when else ""
    return f"{wait.role.label}: {wait.what}{when}"


def _clock_words(clock: Clock) -> str:
    then = f"then `{clock.then}`" if clock.then else "a target: turns overdue, nothing closes by itself"
    when = f", when {_in_words(clock.when)}" if clock.when else ""
    length = f"until the day of `{clock.until}`" if clock.until else f"`{clock.window}`"
    return f"{_in_words(clock.name)} ({length}){when}: {then}"


def _move_row(machine: Machine, move: Move) -> str:
    needs = [f"this row when {_in_words(move.when)}"] if move.when else []
    needs += [words_of_need(name) for name in move.needs]
    needs += [f"asked: {ask.label}{'' if ask.required else ' (where it applies)'}" for ask in move.asks]
    if move.note == "required":
        needs.append(f"a note: {move.note_label}")
    effects = [_in_words(name) for name in move.then]
    if move.tells:
        effects.append("tells " + ", ".join(role.label for role in move.tells))
    return _row(
        f"`{move.name}`: {move.label}",
        ", ".join(f"`{source}`" for source in move.source),
        f"`{move.target}`",
        ", ".join(role.label for role in move.by),
        "; ".join(needs),
        "; ".join(effects),
        move.law,
    )


def _window_rows(machine: Machine) -> Iterator[str]:
    names = dict.fromkeys(
        clock.window.format(kind=kind)
        for state in machine.states
        for clock in state.clocks
        if clock.window
        for kind in KINDS
    )
    for name in names:
        for rules in sets.ALL:
            yield from _window_rows_of(name, rules)


def _window_rows_of(name: str, rules: RuleSet) -> Iterator[str]:
    day: dt.date = rules.valid_from
    large = find_window(rules, name, scale=scales.LARGE, on=day)
    small = find_window(rules, name, scale=scales.SMALL, on=day)
    if large is None and small is None:
        yield _row(f"`{name}`", rules.key, "no such window", "no such window", "", "")
        return
    afforestation = find_window(rules, name, scale=scales.LARGE, is_afforestation=True, on=day)
    large_words = _length(large)
    if afforestation is not None and large is not None and afforestation.length != large.length:
        large_words += f"; {_length(afforestation)} for afforestation and reforestation"
    known = large or small
    yield _row(
        f"`{name}`",
        rules.key,
        large_words,
        _length(small),
        "yes" if known is not None and known.is_law else "no",
        known.source if known is not None else "",
    )


def _length(window: object) -> str:
    length = getattr(window, "length", "")
    if not length:
        return "no such window"
    return f"{length}, {'the first day counted' if getattr(window, 'inclusive', False) else 'after the first day'}"


def _compact_wait(wait: Wait) -> str:
    parts = [f"{wait.role}: {wait.what}", f"by {', '.join(wait.moves)}" if wait.moves else ""]
    parts += [f"within {wait.clock}" if wait.clock else "", f"when {wait.when}" if wait.when else ""]
    return " | ".join(part for part in parts if part)


def _compact_clock(clock: Clock) -> str:
    length = f"until {clock.until}" if clock.until else clock.window
    parts = [f"{clock.name}: {length}", f"then {clock.then}" if clock.then else "target"]
    parts.append(f"when {clock.when}" if clock.when else "")
    return " | ".join(part for part in parts if part)


def _compact_move(move: Move) -> str:
    parts = [
        f"move {move.name}: {', '.join(move.source)} -> {move.target}",
        f"by {_names(move.by)}",
        f"when {move.when}" if move.when else "",
        f"needs {', '.join(move.needs)}" if move.needs else "",
        f"then {', '.join(move.then)}" if move.then else "",
        "asks "
        + ", ".join(f"{ask.name} ({ask.kind}{'' if ask.required else ', optional'})" for ask in move.asks)
        if move.asks
        else "",
        f"note {move.note}",
        f"tells {_names(move.tells)}" if move.tells else "",
        f"[{move.law}]" if move.law else "",
    ]
    return " | ".join(part for part in parts if part)


def _names(roles: Iterable[Role]) -> str:
    return ", ".join(str(role) for role in roles)


def _in_words(name: str) -> str:
    return re.sub(r"\bdoe\b", "DOE", name.replace("_", " "))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
