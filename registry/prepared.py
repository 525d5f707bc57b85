"""Queries on the path that matters under load: written with the ORM, compiled once, planned once for a session.

Django builds and compiles a query anew each time it is asked, which takes longer than to answer it, and on PostgreSQL
writes the arguments into the text, so that the database reads and plans it anew too. A `Prepared` query is compiled
when it is first asked and after that only given its arguments; on PostgreSQL they travel apart from the statement,
which is prepared (where `prepare_threshold` allows it; behind PgBouncer it does not). What comes back is what the
query set would have given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

import psycopg
import psycopg.sql
from django.db import DatabaseError, IntegrityError, connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Expression, Field, Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

Row = TypeVar("Row")
Written = TypeVar("Written", bound=Model)


class Given(Expression):
    """The place of an argument in a prepared query; `name` is that of the argument."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The statement for one database, its parameters in order, and how a row of it is read."""

    statement: str
    parameters: tuple[Any, ...]
    read: Callable[[list[tuple[Any, ...]]], list[Any]]


class Prepared(Generic[Row]):
    """A query set with arguments, asked by calling it.

    Args:
        rows: makes the query set from a place for each argument; it may be sliced, and may be a `values_list`.
        arguments: the field by which each argument is brought to the database, such as `BigIntegerField()`. None
            of them may be None, which is not compared with `=`.
    """

    def __init__(self, rows: Callable[..., QuerySet[Any, Row]], **arguments: Field[Any, Any]) -> None:
        self._rows, self._arguments = rows, arguments
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, **given: Any) -> list[Row]:
        """What the query set would give, read now."""
        using = router.db_for_read(self._query_set.model)
        compiled = self._compiled.get(using)
        if compiled is None:
            compiled = self._compiled[using] = self._compile(using)
        connection = connections[using]
        values = [
            one.field.get_db_prep_value(given[one.name], connection) if isinstance(one, Given) else one
            for one in compiled.parameters
        ]
        return compiled.read(ask(connection, compiled.statement, values))

    def first(self, **given: Any) -> Row | None:
        """The first row, None where there is none; the query set itself says how many it fetches."""
        found = self(**given)
        return found[0] if found else None

    def _compile(self, using: str) -> _Compiled:
        compiler = self._query_set.query.get_compiler(using)
        statement, parameters = compiler.as_sql()
        if connections[using].vendor == "postgresql":
            statement, parameters = _with_constants(statement, parameters)
        return _Compiled(statement, tuple(parameters), _reader(self._query_set, compiler, using))

    @cached_property
    def _query_set(self) -> QuerySet[Any, Row]:
        return self._rows(**{name: Given(name, field) for name, field in self._arguments.items()})


def _with_constants(statement: str, parameters: Sequence[Any]) -> tuple[str, list[Given]]:
    """The statement with everything written out but what is given, so that an index with a condition can be used."""
    remaining = iter(parameters)
    given: list[Given] = []

    def written(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return found[0]
        value = next(remaining)
        if isinstance(value, Given):
            given.append(value)
            return found[0]
        text = psycopg.sql.quote(str(value) if isinstance(value, str) else value)
        return text.replace("%", "%%")

    return re.sub("%[%s]", written, statement), given


def _reader(
    query_set: QuerySet[Any, Any], compiler: Any, using: str
) -> Callable[[list[tuple[Any, ...]]], list[Any]]:
    """How rows become what the query set gives: objects with what was selected along, or plain tuples."""
    converters = compiler.get_converters([column[0] for column in compiler.select])

    def converted(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return list(map(tuple, compiler.apply_converters(rows, converters))) if converters else rows

    if query_set._iterable_class is not ModelIterable:
        flat = query_set._iterable_class.__name__ == "FlatValuesListIterable"
        return (lambda rows: [row[0] for row in converted(rows)]) if flat else converted
    about = compiler.klass_info
    start, end = about["select_fields"][0], about["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[start:end]]
    related = get_related_populators(about, compiler.select, using)  # type: ignore[call-arg]
    model = about["model"]

    def objects(rows: list[tuple[Any, ...]]) -> list[Any]:
        found = []
        for row in converted(rows):
            one = model.from_db(using, names, row[start:end])
            for populator in related:
                populator.populate(row, one)
            found.append(one)
        return found

    return objects


def ask(connection: BaseDatabaseWrapper, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement with its arguments apart from it, and give all its rows."""
    with open_cursor(connection) as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def open_cursor(connection: BaseDatabaseWrapper) -> Any:
    """A cursor that keeps arguments apart from the statement; Django's own on PostgreSQL write them into it."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection._prepare_cursor(psycopg.Cursor(connection.connection))  # type: ignore[attr-defined]


# --- writing


def insert(rows: Sequence[Written], *, unless_there: bool = False) -> list[Written]:
    """Write new rows of one model as `bulk_create` does, all in one prepared statement, and give them their keys.

    With `unless_there` a single row is not written where a unique constraint has another already; then gives nothing.
    """
    if not rows:
        return []
    model = type(rows[0])
    using = router.db_for_write(model)
    connection = connections[using]
    if connection.vendor != "postgresql":
        try:
            with transaction.atomic(using=using, savepoint=unless_there):
                return model._default_manager.using(using).bulk_create(rows)
        except IntegrityError:
            if unless_there:
                return []
            raise
    fields, one, many = _inserting(model, unless_there)
    columns = [
        [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows] for field in fields
    ]
    values: list[Any] = [column[0] for column in columns] if len(rows) == 1 else columns
    keys = ask(connection, one if len(rows) == 1 else many, values)
    if unless_there and not keys:
        return []
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, using
    return list(rows)


def update(row: Model, *names: str) -> None:
    """Write these fields of a row that is there, in one prepared statement."""
    model = type(row)
    using = router.db_for_write(model)
    connection = connections[using]
    if connection.vendor != "postgresql":
        row.save(using=using, update_fields=names)
        return
    fields, statement = _updating(model, names)
    values = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]
    with open_cursor(connection) as cursor:
        cursor.execute(statement, values)
        if cursor.rowcount != 1:
            raise DatabaseError(f"There is no {model._meta.verbose_name} {row.pk} to write.")


@cache
def _updating(model: type[Model], names: tuple[str, ...]) -> tuple[list[Any], str]:
    """The fields that are written, with the key last, and the statement."""
    connection = connections[router.db_for_write(model)]
    quote, meta = connection.ops.quote_name, model._meta
    fields: list[Any] = [meta.get_field(name) for name in names]
    sets = ", ".join(f"{quote(field.column)} = %s::{field.cast_db_type(connection)}" for field in fields)
    statement = f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {quote(meta.pk.column)} = %s"  # type: ignore[arg-type]  # noqa: S608
    return [*fields, meta.pk], statement


@cache
def _inserting(model: type[Model], unless_there: bool) -> tuple[list[Any], str, str]:
    """The fields that are written, and the statements that write one row of them, or many."""
    connection = connections[router.db_for_write(model)]
    quote, meta = connection.ops.quote_name, model._meta
    fields = [field for field in meta.concrete_fields if not isinstance(field, AutoField)]
    into = f"INSERT INTO {quote(meta.db_table)} ({', '.join(quote(field.column) for field in fields)})"  # type: ignore[arg-type]
    back = f"{'ON CONFLICT DO NOTHING ' if unless_there else ''}RETURNING {quote(meta.pk.column)}"  # type: ignore[arg-type]
    places = ", ".join(f"%s::{field.cast_db_type(connection)}" for field in fields)
    arrays = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in fields)
    # rows are numbered as they are written, so the keys come back in their order
    many = f"{into} SELECT * FROM unnest({arrays}) {back}"  # noqa: S608 the models' own names
    return fields, f"{into} VALUES ({places}) {back}", many
