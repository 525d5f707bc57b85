"""Reads one rule set from a TOML file and refuses it, with file, line and reason, where it has a mistake."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from cdm.rules.confidence import Confidence, confidence
from cdm.rules.errors import RuleFileError
from cdm.rules.schema import PARAMETERS, ROLES
from cdm.rules.values import Value, read, read_date


@dataclass(frozen=True)
class Row:
    """One statement of a parameter: its value from `starts_on` to `ends_on` (None: as the set)."""

    key: str
    value: Value
    unit: str
    source: str
    confidence: Confidence
    words: str
    starts_on: date | None
    ends_on: date | None
    line: int
    path: Path


@dataclass(frozen=True)
class Draft:
    """A rule set as its file states it, before what it is based on is carried over."""

    key: str
    title: str
    mechanism: str
    based_on: str
    valid_from: date
    valid_until: date | None
    source: str
    confidence: Confidence
    words: str
    names: dict[str, str]
    rows: tuple[Row, ...]
    path: Path


_HEAD = {
    "key",
    "title",
    "mechanism",
    "based_on",
    "valid_from",
    "valid_until",
    "source",
    "confidence",
    "words",
    "names",
    "parameter",
}
_ROW = {"value", "none", "unit", "source", "confidence", "words", "from", "until"}


def draft(path: Path) -> Draft:
    """The rule set in the file. Raises RuleFileError with line and reason at the first mistake."""
    return _Reader(path).draft()


class _Reader:
    """Reads a file and remembers where its lines are, since tomllib does not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text(encoding="utf-8")
            self.data = tomllib.loads(self.text, parse_float=Decimal)
        except UnicodeDecodeError as error:
            raise RuleFileError(path, 1, f"the file is not UTF-8 text ({error.reason}).") from None
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line (\d+)", str(error))
            line = int(found.group(1)) if found else self.text.count("\n") + 1
            raise RuleFileError(path, line, f"this is not TOML: {error}.") from None
        self.lines = self.text.splitlines()

    def line_of(self, name: str, after: int = 1) -> int:
        """The first line from `after` on that sets `name`, before the next header; else `after` itself."""
        for number in range(after, len(self.lines) + 1):
            line = self.lines[number - 1].lstrip()
            if number > after and line.startswith("["):
                break
            if re.match(rf'"?{re.escape(name)}"?\s*=', line):
                return number
        return after

    def headers_of(self, key: str) -> list[int]:
        """The lines of the headers of a parameter, in order."""
        wanted = re.compile(rf'\s*\[\[?\s*parameter\s*\.\s*["\']{re.escape(key)}["\']\s*\]\]?')
        return [number for number, line in enumerate(self.lines, start=1) if wanted.match(line)] or [1]

    def fail(self, line: int, reason: str) -> RuleFileError:
        return RuleFileError(self.path, line, reason)

    def text_in(self, table: dict[str, object], name: str, line: int) -> str:
        found = table.get(name)
        if not isinstance(found, str) or not found.strip():
            raise self.fail(
                self.line_of(name, line), f"“{name}” is missing or empty; every rule must state it."
            )
        return " ".join(found.split())

    def confidence_in(self, table: dict[str, object], line: int) -> Confidence:
        try:
            return confidence(self.text_in(table, "confidence", line))
        except ValueError as error:
            if isinstance(error, RuleFileError):
                raise
            raise self.fail(self.line_of("confidence", line), str(error)) from None

    def day_in(self, table: dict[str, object], name: str, line: int) -> date | None:
        if name not in table:
            return None
        try:
            return read_date(table[name])
        except ValueError as error:
            raise self.fail(self.line_of(name, line), f"“{name}”: {error}") from None

    def draft(self) -> Draft:
        unknown = sorted(set(self.data) - _HEAD)
        if unknown:
            line = self.line_of(unknown[0])
            raise self.fail(line, f"“{unknown[0]}” is not known at the head of a rule set.")
        valid_from = self.day_in(self.data, "valid_from", 1)
        valid_until = self.day_in(self.data, "valid_until", 1)
        if valid_from is None:
            raise self.fail(1, "“valid_from” is missing: say from which day the set applies.")
        if valid_until is not None and valid_until < valid_from:
            line = self.line_of("valid_until")
            raise self.fail(line, f"“valid_until” ({valid_until}) is before “valid_from” ({valid_from}).")
        key = self.text_in(self.data, "key", 1)
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
            raise self.fail(
                self.line_of("key"), f"“{key}” must be small letters and digits joined by hyphens."
            )
        based_on = self.text_in(self.data, "based_on", 1) if "based_on" in self.data else ""
        return Draft(
            key=key,
            title=self.text_in(self.data, "title", 1),
            mechanism=self.text_in(self.data, "mechanism", 1),
            based_on=based_on,
            valid_from=valid_from,
            valid_until=valid_until,
            source=self.text_in(self.data, "source", 1),
            confidence=self.confidence_in(self.data, 1),
            words=self.text_in(self.data, "words", 1),
            names=self.names(),
            rows=self.rows(),
            path=self.path,
        )

    def names(self) -> dict[str, str]:
        names = self.data.get("names", {})
        if not isinstance(names, dict):
            raise self.fail(self.line_of("names"), "“names” must be a table of roles and their names.")
        for role, name in names.items():
            line = next((n for n, text in enumerate(self.lines, 1) if re.match(rf"\s*{role}\s*=", text)), 1)
            if role not in ROLES:
                raise self.fail(line, f"“{role}” is not a role; roles are {', '.join(ROLES)}.")
            if not isinstance(name, str) or not name.strip():
                raise self.fail(line, f"the name of the role “{role}” must be a text that is not empty.")
        return dict(names)

    def rows(self) -> tuple[Row, ...]:
        parameters = self.data.get("parameter", {})
        if not isinstance(parameters, dict):
            raise self.fail(
                1, 'a parameter is headed [parameter."its.name"], with the name in quotation marks.'
            )
        rows: list[Row] = []
        for key, stated in parameters.items():
            lines = self.headers_of(key)
            if key not in PARAMETERS:
                raise self.fail(
                    lines[0], f"“{key}” is not a parameter. docs/rules.md lists those that exist."
                )
            for number, table in enumerate(stated if isinstance(stated, list) else [stated]):
                rows.append(self.row(key, table, lines[min(number, len(lines) - 1)]))
        return tuple(rows)

    def row(self, key: str, table: object, line: int) -> Row:
        if not isinstance(table, dict):
            raise self.fail(
                line, f"the parameter “{key}” must be a table with value, unit, source and so on."
            )
        unknown = sorted(set(table) - _ROW)
        if unknown:
            raise self.fail(self.line_of(unknown[0], line), f"“{unknown[0]}” is not known in a parameter.")
        spec = PARAMETERS[key]
        value: Value = None
        if table.get("none") is True:
            if "value" in table:
                raise self.fail(self.line_of("none", line), f"“{key}” has both a value and none = true.")
        elif "none" in table or "value" not in table:
            raise self.fail(self.line_of("none", line), f"“{key}” needs a value, or none = true.")
        else:
            unit = self.text_in(table, "unit", line)
            if unit != spec.unit:
                reason = f"the unit of “{key}” must be “{spec.unit}”, not “{unit}”."
                raise self.fail(self.line_of("unit", line), reason)
            try:
                value = read(spec.kind, key, table["value"])
            except ValueError as error:
                raise self.fail(self.line_of("value", line), f"“{key}”: {error}") from None
        starts_on, ends_on = self.day_in(table, "from", line), self.day_in(table, "until", line)
        if starts_on is not None and ends_on is not None and ends_on < starts_on:
            raise self.fail(self.line_of("until", line), f"“{key}”: until is before from.")
        return Row(
            key=key,
            value=value,
            unit=spec.unit,
            source=self.text_in(table, "source", line),
            confidence=self.confidence_in(table, line),
            words=self.text_in(table, "words", line),
            starts_on=starts_on,
            ends_on=ends_on,
            line=line,
            path=self.path,
        )
