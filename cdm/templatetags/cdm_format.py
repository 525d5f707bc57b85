"""How days, instants, quantities, money and file sizes are written on pages, and small aids of the parts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils.dateparse import parse_date, parse_datetime

from cdm.workflow.roles import Role

register = template.Library()

NOTHING = "–"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _as_utc(value: Any) -> date | None:
    """The value as a date or an aware UTC datetime; ISO text is read; None for nothing or unreadable."""
    if isinstance(value, str):
        value = parse_datetime(value) or parse_date(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return value if isinstance(value, date) else None


@register.filter
def day(value: Any) -> str:
    """A date as '18 June 2019'; a datetime is read in UTC; nothing gives '–'."""
    on = _as_utc(value)
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}" if on else NOTHING


@register.filter
def instant(value: Any) -> str:
    """A datetime as '18 June 2019, 14:05 UTC'; a plain date as a day; nothing gives '–'."""
    at = _as_utc(value)
    if isinstance(at, datetime):
        return f"{day(at)}, {at:%H:%M} UTC"
    return day(at)


@register.filter
def iso_day(value: Any) -> str:
    """A date as '2019-06-18', for the datetime attribute of <time>."""
    on = _as_utc(value)
    if isinstance(on, datetime):
        on = on.date()
    return on.isoformat() if on else ""


@register.filter
def quantity(value: Any) -> str:
    """A number with its thousands apart: 67303 gives '67,303'. Decimals are kept; nothing gives '–'."""
    if value is None or value == "":
        return NOTHING
    number = value if isinstance(value, (int, Decimal)) else Decimal(str(value))
    if isinstance(number, Decimal):
        number = number.to_integral_value() if number == number.to_integral_value() else number.normalize()
    return f"{number:,}".replace("-", "−")


@register.filter
def tonnes(value: Any) -> str:
    """A quantity in tonnes of carbon dioxide equivalent: '67,303 t CO2e'."""
    written = quantity(value)
    return written if written == NOTHING else f"{written} t CO2e"


@register.filter
def usd(value: Any) -> str:
    """An amount in United States dollars: 'USD 18,500' in whole dollars, else with both cents: 'USD 0.50'."""
    if value is None or value == "":
        return NOTHING
    amount = Decimal(str(value))
    written = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return f"USD {written}".replace("-", "−")


@register.filter
def file_size(size_bytes: int | None) -> str:
    """Bytes as people read them: '312 KB', '1.4 MB'. One KB is 1,000 bytes."""
    if size_bytes is None:
        return NOTHING
    if size_bytes < 1000:
        return f"{size_bytes} bytes"
    if size_bytes < 1_000_000:
        return f"{round(size_bytes / 1000)} KB"
    return f"{size_bytes / 1_000_000:.1f} MB"


@register.filter
def short_hash(value: str | None) -> str:
    """The first twelve signs of a hash, enough for the eye."""
    return (value or "")[:12]


@register.filter
def days_until(last_day: Any, today: Any) -> int | None:
    """Whole days from today to the last day; negative once it has passed; None where either is missing."""
    end, start = _as_utc(last_day), _as_utc(today)
    if end is None or start is None:
        return None
    end = end.date() if isinstance(end, datetime) else end
    start = start.date() if isinstance(start, datetime) else start
    return (end - start).days


@register.filter
def days_left_sentence(days_left: int | None) -> str:
    """Days left in words: 'Last day today', '1 day left', '12 days left', '3 days overdue'."""
    if days_left is None:
        return ""
    if days_left == 0:
        return "Last day today"
    count = abs(days_left)
    days = "1 day" if count == 1 else f"{count:,} days"
    return f"{days} left" if days_left > 0 else f"{days} overdue"


@register.filter
def working_parts(line: Any) -> tuple[str, str]:
    """Splits a line of working at its last ' = ' into what was counted and what came of it."""
    if not isinstance(line, str):
        left, right = line
        return str(left), str(right)
    left, sign, right = line.rpartition(" = ")
    return (left, right) if sign else (line, "")


@register.filter
def with_columns(row: Any, columns: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """The cells of a table row, each with its column. A row is a list of cells or a mapping with 'cells'."""
    cells: Iterable[Any] = row["cells"] if isinstance(row, Mapping) else row
    return zip(cells, columns, strict=False)


@register.filter
def is_mapping(value: Any) -> bool:
    """Whether a table cell is a mapping (text, url, html, tag) and not a plain value."""
    return isinstance(value, Mapping)


@register.filter
def form_problems(form: Any) -> list[tuple[str, str]]:
    """Every error of a form or formset as (sentence, link to its field), in the order of the page."""
    if form is None or not getattr(form, "is_bound", False):
        return []
    if hasattr(form, "forms") and hasattr(form, "non_form_errors"):
        found = [(str(sentence), "") for sentence in form.non_form_errors()]
        for number, row in enumerate(form.forms, start=1):
            found += [(f"Row {number}: {sentence}", link) for sentence, link in form_problems(row)]
        return found
    if not hasattr(form, "errors"):
        return []
    found = [(str(sentence), "") for sentence in form.non_field_errors()]
    for bound in form:
        found += [
            (str(sentence), f"#{getattr(bound, 'first_input_id', bound.auto_id)}")
            for sentence in bound.errors
        ]
    return found


@register.filter
def forms_problems(forms_shown: Any) -> list[tuple[str, str]]:
    """Every error of several forms or formsets, in their order."""
    return [problem for form in forms_shown or () for problem in form_problems(form)]


@register.filter
def problem_pairs(problems: Any) -> list[tuple[str, str]]:
    """Problems as (sentence, link): from pairs, plain sentences, or objects with sentence and url or field."""
    pairs = []
    for problem in problems or ():
        if isinstance(problem, str):
            pairs.append((problem, ""))
        elif isinstance(problem, (tuple, list)):
            pairs.append((str(problem[0]), str(problem[1] or "")))
        else:
            field = getattr(problem, "field", "")
            link = getattr(problem, "url", "") or (f"#id_{field}" if field else "")
            pairs.append((str(problem.sentence), link))
    return pairs


@register.filter
def number_or_text(value: Any) -> str:
    """A cell of a numeric column: whole and decimal numbers with separators, anything else as it is."""
    is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    return quantity(value) if is_number or value is None else str(value)


@register.filter
def role_label(role: Any) -> str:
    """The name of a seat for people: 'dna' is 'Designated national authority'."""
    try:
        return Role(role).label
    except ValueError:
        return str(role)


@register.filter
def page_numbers(page: Page[Any]) -> Iterator[int | str]:
    """The page numbers to show, with '…' where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def initial_capital(value: Any) -> str:
    """The text with its first letter as a capital, the rest untouched."""
    text = str(value or "")
    return text[:1].upper() + text[1:]
