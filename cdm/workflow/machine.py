"""The grammar the pages of the law are written in: states, moves, clocks, machines. No Django here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from cdm.workflow.roles import Role

# Pages name routes, conditions and effects; the functions of those names live in `routes`, `conditions` and
# `effects`, so a page can be read, drawn and tested without a database. A system check finds a wrong name.
Route = str
Condition = str
Effect = str

AskKind = Literal[
    "text",
    "line",
    "date",
    "yes_no",
    "affirm",
    "usd",
    "quantity",
    "organisations",
    "sections",
    "amounts",
    "file",
    "choice",
    "decision",
    "scopes",
    "holding",
]


@dataclass(frozen=True)
class Ask:
    """One thing a move asks of the person who makes it; draws the form field and the API field.

    `kind`: text (several lines), line, date, yes_no, affirm (must be ticked), usd (Decimal), quantity (whole
    tonnes), organisations (participants of the project), sections (document sections), amounts (tonnes for each
    commitment period), file (a document version of kind `document`), choice (one of `choices`, each with its label),
    decision (one of `choices`, of which only those that the state of the entity's affair allows are offered),
    scopes (functions and sectoral scopes held, as “function:number”), holding (units of one kind in an account, by the
    key of `units.holdings_of`).
    """

    name: str
    kind: AskKind
    label: str
    hint: str = ""
    required: bool = True
    document: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Wait:
    """What a state waits for: becomes a task row for the seat that must act."""

    role: Role
    what: str
    moves: tuple[str, ...] = ()
    clock: str = ""
    when: Route = ""


@dataclass(frozen=True)
class Clock:
    """A window that opens with a state. With `then` the law closes it by that move; without, it only turns overdue.

    `until` instead of a window: the rule that names the last day itself, where the law names a day and no length.
    """

    name: str
    window: str = ""
    then: str = ""
    when: Route = ""
    until: str = ""


@dataclass(frozen=True)
class State:
    """A place in the cycle: working label, the UNFCCC's own public wording, the stage of the stepper."""

    name: str
    label: str
    public: str = ""
    stage: str = ""
    waits: tuple[Wait, ...] = ()
    clocks: tuple[Clock, ...] = ()
    ending: Literal["", "good", "bad"] = ""


@dataclass(frozen=True)
class Move:
    """One row of a page: from where to where, by whom, what must hold, what it does, what law it rests on."""

    name: str
    source: tuple[str, ...]
    target: str
    by: tuple[Role, ...]
    label: str
    needs: tuple[Condition, ...] = ()
    then: tuple[Effect, ...] = ()
    when: Route = ""
    asks: tuple[Ask, ...] = ()
    note: Literal["none", "optional", "required"] = "optional"
    note_label: str = "Note for the record"
    tells: tuple[Role, ...] = ()
    law: str = ""
    warning: str = ""
    happened: str = ""
    # whether the public reads it in the history; False where the subject's page would not show it either
    public: bool = True

    @property
    def sentence(self) -> str:
        """What the history says when the move has been made."""
        return self.happened or self.label

    @property
    def method_name(self) -> str:
        """Name of the django-fsm transition made from this row."""
        return f"fsm_{self.name}_to_{self.target}"


@dataclass(frozen=True)
class Machine:
    """One page: a subject, its states and its moves."""

    name: str
    title: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    initial: str
    law: str = ""
    _by_name: dict[str, State] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_name.update({state.name: state for state in self.states})
        problems = list(self._problems())
        if problems:
            raise ValueError(f"{self.name}: " + " ".join(problems))

    def state(self, name: str) -> State:
        return self._by_name[name]

    @property
    def state_names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    @property
    def end_names(self) -> tuple[str, ...]:
        """The states in which nothing goes on any more."""
        return tuple(state.name for state in self.states if state.ending)

    @property
    def open_names(self) -> tuple[str, ...]:
        """The states that are no end."""
        return tuple(state.name for state in self.states if not state.ending)

    @property
    def move_names(self) -> tuple[str, ...]:
        """Each move's name once, in the order of the page."""
        return tuple(dict.fromkeys(move.name for move in self.moves))

    def rows(self, name: str) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.name == name)

    def rows_from(self, state: str) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if state in move.source)

    def choices(self) -> list[tuple[str, str]]:
        return [(state.name, state.label) for state in self.states]

    def _problems(self) -> Iterable[str]:
        """Mistakes that a page must not be started with."""
        names = set(self._by_name)
        if len(names) != len(self.states):
            yield "two states share a name."
        if self.initial not in names:
            yield f"the initial state {self.initial} is not on the page."
        methods: set[tuple[str, str]] = set()
        for move in self.moves:
            for place in (*move.source, move.target):
                if place not in names:
                    yield f"{move.name} names the unknown state {place}."
            for source in move.source:
                if (move.method_name, source) in methods:
                    yield f"{move.name} stands twice from {source} to {move.target}."
                methods.add((move.method_name, source))
                rows = [row for row in self.moves if row.name == move.name and source in row.source]
                if len(rows) > 1 and any(not row.when for row in rows):
                    yield f"{move.name} from {source} has several rows, so each needs a `when`."
        for state in self.states:
            out = self.rows_from(state.name)
            if not out and not state.ending:
                yield f"{state.name} has no way out and is not an end."
            for clock in state.clocks:
                if bool(clock.window) == bool(clock.until):
                    yield f"the clock {clock.name} of {state.name} has a window, or a rule that names its last day."
                if clock.then and not any(row.name == clock.then and Role.CLOCK in row.by for row in out):
                    yield f"the clock {clock.name} of {state.name} has no move {clock.then} by the clock."
            for wait in state.waits:
                for name in wait.moves:
                    if not any(row.name == name and wait.role in row.by for row in out):
                        yield f"{state.name} waits for {wait.role} to {name}, which is not on the page."
        reached = {self.initial}
        while True:
            more = {m.target for m in self.moves if set(m.source) & reached} - reached
            if not more:
                break
            reached |= more
        for name in names - reached:
            yield f"{name} can never be reached."
