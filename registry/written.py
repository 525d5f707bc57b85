"""Rows written on the path that matters under load: a statement made once for a model, and prepared.

On PostgreSQL a row and those that hang on it are one statement, so one round trip; elsewhere the ORM writes them one
after another. No signal is sent, as with `bulk_create`; the walls and constraints of the tables stand as ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import cache
from typing import Any, Final, TypeVar

from django.db import DatabaseError, IntegrityError, connections, models, router, transaction

from registry.prepared import ask

Written = TypeVar("Written", bound=models.Model)

# made once: json.dumps makes another at each call that is told how to write
as_json: Final = json.JSONEncoder(default=str, separators=(",", ":"), ensure_ascii=False).encode

PLAIN = (
    models.IntegerField,
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.DateField,
    models.UUIDField,
    models.ForeignKey,
)
"""Fields whose values the driver brings to PostgreSQL as they are; a text may be a member of a list of choices."""


def insert(rows: Sequence[Written], *, unless_there: bool = False) -> list[Written]:
    """Write new rows of one model as `bulk_create` does, and give them their keys.

    With `unless_there` a single row is not written where a unique constraint has another already; then gives nothing.
    """
    if not rows:
        return []
    model = type(rows[0])
    using = router.db_for_write(model)
    if connections[using].vendor != "postgresql":
        try:
            with transaction.atomic(using=using, savepoint=unless_there):
                return model._default_manager.using(using).bulk_create(rows)
        except IntegrityError:
            if unless_there:
                return []
            raise
    statement = _inserting(model, len(rows) > 1, unless_there)
    values = _values(rows[0], _fields(model)) if len(rows) == 1 else _columns(rows, _fields(model))
    keys = ask(connections[using], statement, values)
    if unless_there and not keys:
        return []
    for row, (key,) in zip(rows, keys, strict=True):
        _is_there(row, key, using)
    return list(rows)


def insert_with(row: Written, hanging: Sequence[models.Model]) -> Written:
    """Write a new row and those that hang on it by a foreign key; only the row itself is given its key."""
    model = type(row)
    using = router.db_for_write(model)
    if connections[using].vendor != "postgresql":
        row.save(using=using, force_insert=True)
        _hang(row, hanging)
        return row
    head = _inserting(model, False, False)
    groups = _grouped(hanging)
    statement = _with_hanging(head, model, tuple(groups))
    values = [*_values(row, _fields(model)), *_columns_of(model, groups)]
    ((key,),) = ask(connections[using], statement, values)
    _is_there(row, key, using)
    _hang(row, hanging, keep=False)
    return row


def update_with(row: models.Model, names: Sequence[str], hanging: Sequence[models.Model] = ()) -> None:
    """Write these fields of a row that is there, and new rows that hang on it by a foreign key."""
    model = type(row)
    using = router.db_for_write(model)
    if connections[using].vendor != "postgresql":
        row.save(using=using, update_fields=list(names))
        _hang(row, hanging)
        return
    head = _updating(model, tuple(names))
    groups = _grouped(hanging)
    statement = _with_hanging(head, model, tuple(groups))
    fields = tuple(model._meta.get_field(name) for name in names)
    values = [*_values(row, fields), row.pk, *_columns_of(model, groups)]
    if not ask(connections[using], statement, values):
        raise DatabaseError(f"There is no {model._meta.verbose_name} {row.pk} to write.")
    _hang(row, hanging, keep=False)


def call_with(function: str, asked: str, beside: Sequence[models.Model], *, using: str) -> list[int]:
    """Call a function of PostgreSQL that writes, and write these new rows beside it, all by one statement.

    The statement is a transaction of its own, or a savepoint within one that was opened. The function gives the
    numbers of the entries it wrote; where “{entry:1}” stands in a text of a row, the first of them is written.
    """
    connection = connections[using]
    groups = _grouped(beside)
    values = [asked, *(as_json([as_plain(row) for row in rows]) for rows in groups.values())]
    with transaction.atomic(using=using) if connection.in_atomic_block else nullcontext():
        ((entries,),) = ask(connection, _calling(function, tuple(groups)), values)
    found: list[int] = entries
    return found


def as_plain(row: models.Model) -> dict[str, Any]:
    """The values of a row by the names of their columns, as JSON takes them; without a key it has not got yet."""
    found = {column: getattr(row, name) for column, name in _names(type(row))}
    if row.pk is None:
        del found[str(row._meta.pk.column)]
    return found


# --- values


@cache
def _names(model: type[models.Model]) -> tuple[tuple[str, str], ...]:
    return tuple((str(field.column), field.attname) for field in model._meta.concrete_fields)


def _is_there(row: models.Model, key: Any, using: str) -> None:
    row.pk = key
    row._state.adding, row._state.db = False, using


def _grouped(rows: Sequence[models.Model]) -> dict[type[models.Model], list[models.Model]]:
    groups: dict[type[models.Model], list[models.Model]] = {}
    for row in rows:
        groups.setdefault(type(row), []).append(row)
    return groups


def _hang(row: models.Model, hanging: Sequence[models.Model], *, keep: bool = True) -> None:
    """Name the row in those that hang on it, and `keep` them."""
    for model, rows in _grouped(hanging).items():
        name = _link(model, type(row)).attname
        for one in rows:
            setattr(one, name, row.pk)
        if keep:
            model._default_manager.bulk_create(rows)


def _values(row: models.Model, fields: Sequence[Any]) -> list[Any]:
    return [value_of(row) for value_of in _readers(type(row), tuple(fields))]


def _columns(rows: Sequence[models.Model], fields: Sequence[Any]) -> list[list[Any]]:
    return [[value_of(row) for row in rows] for value_of in _readers(type(rows[0]), tuple(fields))]


def _columns_of(parent: type[models.Model], groups: dict[type[models.Model], list[Any]]) -> list[Any]:
    return [
        column for model, rows in groups.items() for column in _columns(rows, _hanging_fields(model, parent))
    ]


@cache
def _readers(model: type[models.Model], fields: tuple[Any, ...]) -> list[Callable[[models.Model], Any]]:
    """For each field, what brings its value from a row to the driver."""
    connection = connections[router.db_for_write(model)]

    def plain(field: Any) -> Callable[[models.Model], Any]:
        name = field.attname

        def value_of(row: models.Model) -> Any:
            value = getattr(row, name)
            return str(value) if isinstance(value, str) else value

        return value_of

    def other(field: Any) -> Callable[[models.Model], Any]:
        return lambda row: field.get_db_prep_save(field.pre_save(row, row._state.adding), connection)

    return [
        plain(field)
        if isinstance(field, PLAIN) and not getattr(field, "auto_now", False) and not _is_added(field)
        else other(field)
        for field in fields
    ]


def _is_added(field: Any) -> bool:
    return bool(getattr(field, "auto_now_add", False))


# --- statements, of the models' own names


def _name(text: str | None) -> str:
    return f'"{text}"'


def _fields(model: type[models.Model]) -> tuple[Any, ...]:
    """All but the key, which the database gives."""
    return tuple(field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField))


@cache
def _link(model: type[models.Model], parent: type[models.Model]) -> Any:
    """The one foreign key by which rows of the model hang on the parent."""
    (found,) = (field for field in model._meta.concrete_fields if field.related_model is parent)
    return found


@cache
def _hanging_fields(model: type[models.Model], parent: type[models.Model]) -> tuple[Any, ...]:
    return tuple(field for field in _fields(model) if field is not _link(model, parent))


def _places(model: type[models.Model], fields: Sequence[Any], ending: str = "") -> str:
    connection = connections[router.db_for_write(model)]
    return ", ".join(f"%s::{field.cast_db_type(connection)}{ending}" for field in fields)


def _into(model: type[models.Model], fields: Sequence[Any]) -> str:
    names = ", ".join(_name(field.column) for field in fields)
    return f"INSERT INTO {_name(model._meta.db_table)} ({names})"


@cache
def _inserting(model: type[models.Model], many: bool, unless_there: bool) -> str:
    fields, key = _fields(model), _name(model._meta.pk.column)
    back = f"{'ON CONFLICT DO NOTHING ' if unless_there else ''}RETURNING {key}"
    if not many:
        return f"{_into(model, fields)} VALUES ({_places(model, fields)}) {back}"
    # rows are numbered as they are written, so the keys come back in their order
    return f"{_into(model, fields)} SELECT * FROM unnest({_places(model, fields, '[]')}) {back}"  # noqa: S608


@cache
def _updating(model: type[models.Model], names: tuple[str, ...]) -> str:
    connection, key = connections[router.db_for_write(model)], _name(model._meta.pk.column)
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    sets = ", ".join(f"{_name(field.column)} = %s::{field.cast_db_type(connection)}" for field in fields)
    return f"UPDATE {_name(model._meta.db_table)} SET {sets} WHERE {key} = %s RETURNING {key}"  # noqa: S608


@cache
def _calling(function: str, beside: tuple[type[models.Model], ...]) -> str:
    """The statement that calls a function and writes rows of these models, with the numbers of its entries in them."""
    parts = [f"done (entries) AS MATERIALIZED (SELECT {function}(%s::jsonb))"]
    for number, model in enumerate(beside):
        fields, table = _fields(model), _name(model._meta.db_table)
        chosen = ", ".join(
            f"registry_numbered(each.{name}, done.entries)"
            if isinstance(field, models.TextField)
            else f"each.{name}"
            for field in fields
            for name in [_name(field.column)]
        )
        given = f"jsonb_populate_recordset(NULL::{table}, %s::jsonb) AS each"
        parts.append(f"beside_{number} AS ({_into(model, fields)} SELECT {chosen} FROM done, {given})")  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT entries FROM done"  # noqa: S608


@cache
def _with_hanging(head: str, parent: type[models.Model], hanging: tuple[type[models.Model], ...]) -> str:
    """The statement that writes a row, followed by those of each model that hang on it, in their order."""
    if not hanging:
        return head
    parts = [f"parent (key) AS ({head})"]
    for number, model in enumerate(hanging):
        link, fields = _link(model, parent), _hanging_fields(model, parent)
        names = [f"v{place}" for place in range(len(fields))]
        each = f"unnest({_places(model, fields, '[]')}) WITH ORDINALITY AS each ({', '.join([*names, 'n'])})"
        chosen = ", ".join(["parent.key", *(f"each.{name}" for name in names)])
        rows = f"{_into(model, [link, *fields])} SELECT {chosen} FROM parent, {each} ORDER BY each.n"  # noqa: S608
        parts.append(f"hanging_{number} AS ({rows})")
    return f"WITH {', '.join(parts)} SELECT key FROM parent"  # noqa: S608
