"""The kinds of value a parameter can have, and how each is read from a file: strictly or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from cdm.rules.schema import CHOICES


@dataclass(frozen=True)
class Period:
    """A length of time as a file gives it: either `days` or `months`; `kind` is "law" or "target"."""

    days: int
    months: int
    working_days: bool
    inclusive: bool
    kind: str


@dataclass(frozen=True)
class Step:
    """One step of a scale: up to and including `up_to` (None: no upper end) the value is `amount`."""

    up_to: int | None
    amount: Decimal


Steps = tuple[Step, ...]
Value = int | Decimal | bool | date | str | Fraction | Period | Steps | None


def read(kind: str, key: str, raw: object) -> Value:
    """The typed value. Raises ValueError with the reason where `raw` is not of the kind."""
    return _READERS[kind](key, raw)


def _integer(key: str, raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError(f"the value must be a whole number, not {_shown(raw)}.")
    if raw < 0:
        raise ValueError(f"the value must not be negative; it is {raw}.")
    return raw


def _decimal(key: str, raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal)):
        raise ValueError(f"the value must be a number, not {_shown(raw)}.")
    number = Decimal(raw)
    if not number.is_finite() or number < 0:
        raise ValueError(f"the value must be a number of 0 or more; it is {raw}.")
    if key.endswith("_percent") and number > 100:
        raise ValueError(f"the value must be at most 100 per cent; it is {raw}.")
    return number


def _yes_no(key: str, raw: object) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(f"the value must be true or false, not {_shown(raw)}.")
    return raw


def read_date(raw: object) -> date:
    """A TOML date (2019-01-31), not a date with a time."""
    if isinstance(raw, datetime) or not isinstance(raw, date):
        raise ValueError(
            f"the value must be a date such as 2019-01-31, without quotation marks, not {_shown(raw)}."
        )
    return raw


def _date(key: str, raw: object) -> date:
    return read_date(raw)


def _text(key: str, raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(f"the value must be a text that is not empty, not {_shown(raw)}.")
    return raw


def _choice(key: str, raw: object) -> str:
    known = CHOICES[key]
    if raw not in known:
        raise ValueError(f"the value must be one of {', '.join(known)}; it is {_shown(raw)}.")
    return str(raw)


def _fraction(key: str, raw: object) -> Fraction:
    try:
        fraction = Fraction(str(raw))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f'the value must be a fraction such as "2/3", not {_shown(raw)}.') from None
    if not isinstance(raw, str) or not 0 < fraction <= 1:
        raise ValueError(
            f'the value must be a fraction above 0 and up to 1, such as "2/3", not {_shown(raw)}.'
        )
    return fraction


def _window(key: str, raw: object) -> Period:
    fields = _table(raw, {"days", "months", "working_days", "inclusive", "kind"})
    if ("days" in fields) == ("months" in fields):
        raise ValueError("a window has either days or months.")
    length = fields.get("days", fields.get("months"))
    if isinstance(length, bool) or not isinstance(length, int) or length < 1:
        raise ValueError(f"the length of a window must be a whole number of 1 or more, not {_shown(length)}.")
    if fields.get("kind") not in ("law", "target"):
        raise ValueError(f'kind must be "law" or "target", not {_shown(fields.get("kind"))}.')
    inclusive, working_days = fields.get("inclusive"), fields.get("working_days", False)
    if not isinstance(inclusive, bool) or not isinstance(working_days, bool):
        raise ValueError("inclusive must be given as true or false, and working_days too where it is given.")
    if working_days and (inclusive or "months" in fields):
        raise ValueError("working days are counted in days after the opening: inclusive must be false.")
    return Period(
        days=length if "days" in fields else 0,
        months=length if "months" in fields else 0,
        working_days=working_days,
        inclusive=inclusive,
        kind=str(fields["kind"]),
    )


def _scale_reader(amount_name: str) -> Callable[[str, object], Steps]:
    """A reader of rows {up_to = 15000, <amount_name> = 0.10}, the last without up_to."""

    def reader(key: str, raw: object) -> Steps:
        name = "percent" if key.startswith("materiality.") else amount_name
        if not isinstance(raw, list) or not raw:
            raise ValueError("the value must be a list of rows that is not empty.")
        rows: list[Step] = []
        for number, row in enumerate(raw, start=1):
            fields = _table(row, {"up_to", name})
            amount = _decimal("", fields.get(name))
            if number == len(raw):
                if "up_to" in fields:
                    raise ValueError("the last row has no upper end: leave out its up_to.")
                rows.append(Step(None, amount))
                continue
            up_to = _integer("", fields.get("up_to"))
            if rows and rows[-1].up_to is not None and up_to <= rows[-1].up_to:
                raise ValueError(f"the upper ends must rise; row {number} has {up_to}.")
            rows.append(Step(up_to, amount))
        return tuple(rows)

    return reader


def _table(raw: object, allowed: set[str]) -> dict[str, object]:
    if not isinstance(raw, dict):
        raise ValueError(f"a table with {', '.join(sorted(allowed))} is expected here, not {_shown(raw)}.")
    unknown = set(raw) - allowed
    if unknown:
        raise ValueError(
            f"“{sorted(unknown)[0]}” is not known here; expected are {', '.join(sorted(allowed))}."
        )
    return raw


def _shown(raw: object) -> str:
    return "nothing" if raw is None else f"“{raw}”"


_READERS: dict[str, Callable[[str, object], Value]] = {
    "integer": _integer,
    "decimal": _decimal,
    "yes_no": _yes_no,
    "date": _date,
    "choice": _choice,
    "text": _text,
    "fraction": _fraction,
    "window": _window,
    "steps": _scale_reader("usd"),
    "bands": _scale_reader("usd"),
}
