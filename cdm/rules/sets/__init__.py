"""The dated rule sets: which rules applied on a day, each with value, unit, source and confidence.

The built-in sets are the TOML files beside this module. An operator's own folder of sets is added with
`add_folder(path)`; a mistake in a file raises RuleFileError with file, line and reason. One installation holds one
mechanism (Kyoto Protocol, Article 12.1): the CDM, or the one chosen with `choose(mechanism)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Final

from cdm.rules.confidence import Confidence
from cdm.rules.days import ONE_DAY, in_words
from cdm.rules.errors import NoSuchRule, RuleError, RuleFileError
from cdm.rules.loading import Draft, Row, draft
from cdm.rules.schema import PARAMETERS
from cdm.rules.values import Period, Steps, Value

FOLDER: Final = Path(__file__).resolve().parent
CDM: Final = "cdm"


@dataclass(frozen=True)
class RuleParam:
    """One value of a rule set with what it rests on. `value` None: no such rule in these days."""

    key: str
    value: Value
    unit: str
    source: str
    confidence: Confidence
    words: str
    starts_on: date
    ends_on: date | None

    @property
    def note(self) -> str:
        """The source with the confidence spelled out: "3/CMP.1 annex, para 41 (read in a text)"."""
        return f"{self.source} ({self.confidence.value})"

    def covers(self, day: date) -> bool:
        """Whether this value applied on the day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class RuleSet:
    """The rules of a mechanism between two days, both inside (`valid_until` None: still in force)."""

    key: str
    title: str
    mechanism: str
    valid_from: date
    valid_until: date | None
    source: str
    confidence: Confidence
    words: str
    names: dict[str, str] = field(hash=False)
    params: dict[str, tuple[RuleParam, ...]] = field(hash=False, repr=False)

    def covers(self, day: date) -> bool:
        """Whether the set was in force on the day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def param(self, key: str, on: date | None = None) -> RuleParam:
        """The parameter with its source. `on` chooses among values that changed while the set was in force;
        a day before or after the set takes its first or last value (a request keeps its set for life).

        Raises NoSuchRule for a rule the set does not have, RuleError where a day is needed.
        """
        if key not in PARAMETERS:
            raise NoSuchRule(f"There is no rule called “{key}”. docs/rules.md lists those that exist.")
        rows = self.params.get(key, ())
        if len(rows) > 1 and on is None:
            raise RuleError(
                f"“{key}” changed while “{self.title}” was in force: say for which day it is asked."
            )
        found = next((row for row in rows if on is None or row.covers(on)), None)
        if found is None and rows and on is not None:
            found = rows[0] if on < rows[0].starts_on else rows[-1]
        if found is None or found.value is None:
            raise NoSuchRule(f"“{self.title}” has no rule called “{key}”.")
        return found

    def has(self, key: str, on: date | None = None) -> bool:
        """Whether the set has this rule (on the day)."""
        rows = self.params.get(key, ())
        if len(rows) > 1 and on is None:
            return any(row.value is not None for row in rows)
        try:
            return self.param(key, on).value is not None
        except NoSuchRule:
            return False

    def value(self, key: str, on: date | None = None) -> Value:
        """The typed value of a parameter; see `param` for `on` and the errors."""
        return self.param(key, on).value

    def integer(self, key: str, on: date | None = None) -> int:
        """The value of a parameter that is a whole number."""
        value = self.value(key, on)
        if isinstance(value, bool) or not isinstance(value, int):
            raise RuleError(f"“{key}” is not a whole number.")
        return value

    def decimal(self, key: str, on: date | None = None) -> Decimal:
        """The value of a parameter that is a number, exactly."""
        value = self.value(key, on)
        if not isinstance(value, Decimal):
            raise RuleError(f"“{key}” is not a decimal number.")
        return value

    def yes(self, key: str, on: date | None = None) -> bool:
        """The value of a parameter that is yes or no."""
        return self.value(key, on) is True

    def day(self, key: str, on: date | None = None) -> date:
        """The value of a parameter that is a date."""
        value = self.value(key, on)
        if not isinstance(value, date):
            raise RuleError(f"“{key}” is not a date.")
        return value

    def text(self, key: str, on: date | None = None) -> str:
        """The value of a parameter that is a word or a text."""
        value = self.value(key, on)
        if not isinstance(value, str):
            raise RuleError(f"“{key}” is not a text.")
        return value

    def fraction(self, key: str, on: date | None = None) -> Fraction:
        """The value of a parameter that is a fraction."""
        value = self.value(key, on)
        if not isinstance(value, Fraction):
            raise RuleError(f"“{key}” is not a fraction.")
        return value

    def steps(self, key: str, on: date | None = None) -> Steps:
        """The value of a parameter that is a scale of steps or bands."""
        value = self.value(key, on)
        if not isinstance(value, tuple):
            raise RuleError(f"“{key}” is not a scale.")
        return value

    def period(self, key: str, on: date | None = None) -> Period:
        """The value of a parameter that is a window."""
        value = self.value(key, on)
        if not isinstance(value, Period):
            raise RuleError(f"“{key}” is not a window.")
        return value

    def name_of(self, role: str, otherwise: str) -> str:
        """What this mechanism calls a role, or `otherwise`."""
        return self.names.get(role, otherwise)

    def listed(self) -> tuple[RuleParam, ...]:
        """Every parameter row in the order of the schema, for a page that shows the rules."""
        return tuple(row for key in PARAMETERS for row in self.params.get(key, ()))


class RuleBook:
    """All rule sets of one or more folders, checked against each other."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(folders)
        drafts: dict[str, Draft] = {}
        for folder in self.folders:
            if not folder.is_dir():
                raise RuleError(f"The folder of rule sets “{folder}” does not exist or is not a folder.")
            for path in sorted(folder.glob("*.toml")):
                stated = draft(path)
                if stated.key in drafts:
                    other = drafts[stated.key].path.name
                    raise RuleFileError(
                        path, _line(path, "key"), f"“{stated.key}” is already the key of {other}."
                    )
                drafts[stated.key] = stated
        self._sets = {key: _resolved(stated, drafts) for key, stated in drafts.items()}
        _check_time_is_covered(drafts)
        ordered = sorted(
            self._sets.values(), key=lambda each: (each.mechanism != CDM, each.mechanism, each.valid_from)
        )
        self.all: tuple[RuleSet, ...] = tuple(ordered)

    def get(self, key: str) -> RuleSet:
        """The rule set of that key. Raises NoSuchRule."""
        if key not in self._sets:
            known = ", ".join(each.key for each in self.all)
            raise NoSuchRule(f"There is no rule set “{key}”. There are: {known}.")
        return self._sets[key]

    def on(self, day: date, mechanism: str = CDM) -> RuleSet:
        """The rule set in force on the day. Raises NoSuchRule with the days that are covered."""
        for each in self.all:
            if each.mechanism == mechanism and each.covers(day):
                return each
        starts = [each.valid_from for each in self.all if each.mechanism == mechanism]
        if not starts:
            raise NoSuchRule(f"There are no rules of a mechanism called “{mechanism}”.")
        raise NoSuchRule(f"No rules applied on {in_words(day)}: they begin on {in_words(min(starts))}.")


def _resolved(stated: Draft, drafts: dict[str, Draft]) -> RuleSet:
    """The set with what it is based on carried over, every parameter covering all its days exactly once."""
    rows: dict[str, list[Row]] = {}
    for level in reversed(_ancestry(stated, drafts)):
        own: dict[str, list[Row]] = {}
        for row in level.rows:
            own.setdefault(row.key, []).append(row)
        rows.update(own)
    params: dict[str, tuple[RuleParam, ...]] = {}
    for key, spec in PARAMETERS.items():
        covering = _covering(stated, key, rows.get(key, []))
        if spec.required and (not covering or any(row.value is None for row in covering)):
            line = rows[key][0].line if rows.get(key) and rows[key][0].path == stated.path else 1
            raise RuleFileError(stated.path, line, f"“{key}” is missing: every rule set must state it.")
        if covering:
            params[key] = covering
    return RuleSet(
        key=stated.key,
        title=stated.title,
        mechanism=stated.mechanism,
        valid_from=stated.valid_from,
        valid_until=stated.valid_until,
        source=stated.source,
        confidence=stated.confidence,
        words=stated.words,
        names=stated.names,
        params=params,
    )


def _ancestry(stated: Draft, drafts: dict[str, Draft]) -> list[Draft]:
    """The set itself, then what it is based on, then what that is based on."""
    line, chain = [stated], {stated.key}
    while line[-1].based_on:
        base = line[-1].based_on
        where = _line(line[-1].path, "based_on")
        if base not in drafts:
            raise RuleFileError(line[-1].path, where, f"it is based on “{base}”, which is not a rule set.")
        if base in chain:
            raise RuleFileError(
                line[-1].path, where, f"“{base}” is based on itself, over {', '.join(sorted(chain))}."
            )
        chain.add(base)
        line.append(drafts[base])
    return line


def _covering(stated: Draft, key: str, rows: list[Row]) -> tuple[RuleParam, ...]:
    """The rows cut to the days of the set. Raises RuleFileError where they overlap or leave a gap."""
    wanted: date | None = stated.valid_from
    kept: list[RuleParam] = []
    for row in sorted(rows, key=lambda each: each.starts_on or date.min):
        starts_on = max(row.starts_on or date.min, stated.valid_from)
        ends_on = min((day for day in (row.ends_on, stated.valid_until) if day is not None), default=None)
        if ends_on is not None and ends_on < starts_on:
            continue
        if wanted is None or starts_on < wanted:
            raise RuleFileError(row.path, row.line, f"“{key}” has two values on {in_words(starts_on)}.")
        if starts_on > wanted:
            raise RuleFileError(row.path, row.line, f"“{key}” has no value from {in_words(wanted)} on.")
        kept.append(
            RuleParam(key, row.value, row.unit, row.source, row.confidence, row.words, starts_on, ends_on)
        )
        wanted = None if ends_on is None else ends_on + ONE_DAY
    end = stated.valid_until
    if kept and wanted is not None and (end is None or wanted <= end):
        last = rows[-1]
        raise RuleFileError(last.path, last.line, f"“{key}” has no value from {in_words(wanted)} on.")
    return tuple(kept)


def _check_time_is_covered(drafts: dict[str, Draft]) -> None:
    """The sets of one mechanism follow each other without overlap or gap. Raises RuleFileError."""
    for mechanism in sorted({each.mechanism for each in drafts.values()}):
        line = sorted((d for d in drafts.values() if d.mechanism == mechanism), key=lambda d: d.valid_from)
        for before, after in pairwise(line):
            where = _line(after.path, "valid_from")
            if before.valid_until is None or before.valid_until >= after.valid_from:
                reason = (
                    f"on {in_words(after.valid_from)} “{before.key}” still applies: the two sets overlap."
                )
                raise RuleFileError(after.path, where, reason)
            if before.valid_until + ONE_DAY != after.valid_from:
                gap = in_words(before.valid_until + ONE_DAY)
                raise RuleFileError(after.path, where, f"no set applies from {gap} on: there is a gap.")


def _line(path: Path, name: str) -> int:
    """The line of a name at the head of a file."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text.split("=")[0].strip() == name:
            return number
    return 1


_BUILT_IN: Final = RuleBook([FOLDER])
ALL: Final[tuple[RuleSet, ...]] = _BUILT_IN.all
_book = [_BUILT_IN]
_chosen = [CDM]


def add_folder(folder: Path) -> RuleBook:
    """Adds an operator's folder of rule sets for this process and answers the whole book.

    Raises RuleFileError where a file has a mistake; the book is then as it was.
    """
    if folder not in _book[0].folders:
        _book[0] = RuleBook([*_book[0].folders, folder])
    return _book[0]


def built_in_only() -> RuleBook:
    """Forgets the folders that were added and the mechanism that was chosen. For tests."""
    _book[0] = _BUILT_IN
    _chosen[0] = CDM
    return _BUILT_IN


def choose(mechanism: str) -> RuleSet:
    """From now on, in this process, requests are judged by the rules of this mechanism; answers its newest set.

    Raises NoSuchRule with the mechanisms there are.
    """
    own = [each for each in all_sets() if each.mechanism == mechanism]
    if not own:
        known = ", ".join(sorted({each.mechanism for each in all_sets()}))
        raise NoSuchRule(f"There are no rules of a mechanism called “{mechanism}”. There are: {known}.")
    _chosen[0] = mechanism
    return own[-1]


def mechanism_in_force() -> str:
    """The mechanism of this installation: "cdm", or the one that was chosen."""
    return _chosen[0]


def begins_on() -> date:
    """The first day on which rules of this installation's mechanism applied."""
    return min(each.valid_from for each in all_sets() if each.mechanism == _chosen[0])


def name_of_role(role: str, otherwise: str) -> str:
    """What this installation's mechanism calls a role today (its newest set), or `otherwise`."""
    own = [each for each in all_sets() if each.mechanism == _chosen[0]]
    return own[-1].name_of(role, otherwise)


def all_sets() -> tuple[RuleSet, ...]:
    """Every rule set, also those of folders that were added."""
    return _book[0].all


def rule_set_on(day: date, *, mechanism: str = "") -> RuleSet:
    """The rule set in force on the day: of this installation's mechanism, or of another. Raises NoSuchRule."""
    return _book[0].on(day, mechanism or _chosen[0])


def rule_set(key: str) -> RuleSet:
    """The rule set of that key. Raises NoSuchRule."""
    return _book[0].get(key)
