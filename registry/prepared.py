"""Queries on the path that matters under load: written with the ORM, compiled once, planned once for a session.

Django builds and compiles a query anew each time it is asked, which takes longer than to answer it, and on PostgreSQL
writes the arguments into the text, so that the database reads and plans it anew too. A `Prepared` query is compiled
when it is first asked and after that only given its arguments; on PostgreSQL they travel apart from the statement,
which is prepared (where `prepare_threshold` allows it; behind PgBouncer it does not). What comes back is what the
query set would have given. `registry.written` writes in the same way.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final, Generic, TypeVar

import psycopg
import psycopg.adapt
import psycopg.errors
import psycopg.pq
import psycopg.sql
from django.db import OperationalError, connections, router
from django.db.models import Expression, Field, QuerySet
from django.db.models.query import ModelIterable, get_related_populators
from psycopg.types.numeric import Int2, Int4, Int8

Row = TypeVar("Row")


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
        return compiled.read(ask(connection, compiled.statement, values, reads=True))

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


def ask(
    connection: Any, statement: str, values: Sequence[Any], *, reads: bool = False
) -> list[tuple[Any, ...]]:
    """Run a statement with its arguments apart from it, and give all its rows.

    Django's own cursors on PostgreSQL write the arguments into the statement, and what they put around a cursor for
    logging takes longer than the driver itself; here it is put around only while somebody listens.

    Args:
        reads: it may be asked twice. Then it is itself the look at a kept connection with which a request begins, and
            is asked again on a new connection where the server has closed the old one.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    is_look = reads and _is_to_be_looked_at(connection)
    if is_look:
        connection.health_check_done = True
    try:
        return _asked(connection, statement, values)
    except OperationalError:
        if not is_look or not connection.connection.closed:
            raise
    connection.close()
    return _asked(connection, statement, values)


def _is_to_be_looked_at(connection: Any) -> bool:
    """Whether this request uses a connection of an earlier one, and has not used it yet."""
    return (
        connection.connection is not None
        and connection.health_check_enabled
        and not connection.health_check_done
        and not connection.in_atomic_block
    )


def _asked(connection: Any, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    plain = connection.connection
    if connection.execute_wrappers or connection.queries_logged:
        with connection._prepare_cursor(psycopg.Cursor(plain)) as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        texts = [_WRITTEN.get(type(value), _unknown)(value) for value in values]
        if plain.prepare_threshold is not None and _UNKNOWN not in texts:
            return _executed(plain, statement, texts)
        cursor = psycopg.Cursor(plain)
        cursor.execute(statement, values)
        return cursor.fetchall()


# --- below the driver's cursors: a statement under load needs a third of the time that they take for it

_UNKNOWN: Final = b"?"
_WRITTEN: Final[dict[type, Callable[[Any], bytes | None]]] = {
    type(None): lambda value: None,
    str: lambda value: value.encode(),
    # the last three are Django's, for the fields of that size
    **dict.fromkeys((int, Int2, Int4, Int8), lambda value: b"%d" % value),
    bool: lambda value: b"t" if value else b"f",
    dt.datetime: lambda value: value.isoformat().encode(),
    dt.date: lambda value: value.isoformat().encode(),
    uuid.UUID: lambda value: value.hex.encode(),
}
"""How PostgreSQL reads values of these types; what type a value is to have, the statement says."""

_OURS: Final = ("registry",)
_count: Final = itertools.count()


def _unknown(value: Any) -> bytes:
    return _UNKNOWN


def _executed(plain: Any, statement: str, texts: Sequence[bytes | None]) -> list[tuple[Any, ...]]:
    """All rows of a statement that is prepared in the session when it is first asked."""
    if not plain.autocommit and plain.pgconn.transaction_status == psycopg.pq.TransactionStatus.IDLE:
        # as the driver's cursor does before the first statement of a transaction
        _check(plain.pgconn, plain.pgconn.exec_(plain._get_tx_start_command()))
    # among the driver's own names, since it drops all that are prepared after a rollback, and the oldest of many
    prepared = plain._prepared._names
    key = (_numbered(statement), _OURS)
    name = prepared.get(key)
    if name is None:
        name = b"registry_%d" % next(_count)
        _check(plain.pgconn, plain.pgconn.prepare(name, key[0]))
        prepared[key] = name
    result = plain.pgconn.exec_prepared(name, texts)
    _check(plain.pgconn, result)
    reader = psycopg.adapt.Transformer(plain)
    reader.set_pgresult(result)
    rows: list[tuple[Any, ...]] = reader.load_rows(0, result.ntuples, tuple)
    return rows


def _check(link: Any, result: Any) -> None:
    """Raise what PostgreSQL refused, or that it is gone."""
    if result.status in (psycopg.pq.ExecStatus.TUPLES_OK, psycopg.pq.ExecStatus.COMMAND_OK):
        return
    if link.status == psycopg.pq.ConnStatus.BAD:
        raise psycopg.OperationalError(link.get_error_message())
    raise psycopg.errors.error_from_result(result)


@cache
def _numbered(statement: str) -> bytes:
    """The statement with its places as PostgreSQL numbers them."""
    numbers = itertools.count(1)
    return re.sub("%[%s]", lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", statement).encode()
