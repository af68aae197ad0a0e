"""What Django builds once: the SQL of a queryset, with a `Given` among its parameters for each value to come."""

import copy
import inspect
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import DatabaseError, connection, connections
from django.db.models import Expression, Lookup, Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.sql import Query

from foundation.kept.reads import note
from foundation.portal.reader import found
from foundation.prepared import server
from foundation.prepared.rows import PlainIterable, is_plain

Asked = ParamSpec("Asked")
Row = TypeVar("Row")
MOST_SHAPES = 64


class Given(Expression):
    """The place of a value in a query that is built before the value is known. It goes into the query as it is."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)

    def _combine(self, other: Any, connector: str, reversed: bool) -> Any:
        # The database would have to guess what it is: an instant less twelve hours, or a duration.
        raise TypeError(f"{self.name} is a value to come: give the query what follows from it as a value of its own.")


class Among(Lookup):
    """That a key is one of a list, which comes as one value: `In` makes other SQL for each length of the list."""

    lookup_name = "among"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        (left, params), (right, values) = self.process_lhs(compiler, connection), self.process_rhs(compiler, connection)
        if connection.vendor == "sqlite":
            return f"{left} IN (SELECT value FROM json_each({right}))", (*params, *values)
        return f"{left} = ANY ({right})", (*params, *values)


class Sent:
    """The query of a queryset as the iterator over its rows sees it: it has the one compiler that knows the values."""

    def __init__(self, query: Query, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


class Statement:
    """One query as Django built it."""

    # What makes rows of a queryset the objects they are.
    OF_ROWS = ("_fields", "_known_related_objects", "_prefetch_related_lookups")

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self.queryset = queryset
        self.compiler: Any = queryset.query.get_compiler(using=queryset.db)
        self.sql, self.params = self.compiler.as_sql()
        columns = [column for column, _, _ in self.compiler.select[: self.compiler.col_count]]
        self.converters = self.compiler.get_converters(columns)
        its, is_model = queryset._iterable_class, queryset._iterable_class is ModelIterable
        known = queryset._known_related_objects  # type: ignore[attr-defined] # of a related manager
        self.iterable = PlainIterable if is_model and not known and is_plain(self.compiler) else its
        # In the order in which they are numbered on the server.
        self.names = list(dict.fromkeys(place.name for place in self.params if isinstance(place, Given)))
        self.numbered = self.filled({name: server.Numbered(number) for number, name in enumerate(self.names, start=1)})
        self.name, self.execution = server.execution(self.sql, self.numbered, len(self.names))

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the parameters with these values in their places."""
        return [values[each.name] if isinstance(each, Given) else each for each in self.params]

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the rows for these values, read from the database. One query."""
        note(self.sql)
        if server.may_prepare():
            try:
                server.prepare(self.name, self.sql, self.numbered)
                return self._rows(self.execution, [values[name] for name in self.names])
            except DatabaseError as error:
                if not server.has_lost(error):
                    raise
        return self._rows(self.sql, self.filled(values))

    def _rows(self, sql: str, params: list[Any]) -> list[Any]:
        compiler = copy.copy(self.compiler)
        # The one of this thread.
        compiler.connection = connections[self.queryset.db]
        compiler.as_sql = lambda: (sql, params)
        compiler.get_converters = lambda expressions: self.converters
        of = self.queryset
        asked: QuerySet[Any, Any] = QuerySet(of.model, Sent(of.query, compiler), of.db)  # type: ignore[arg-type]
        asked._iterable_class = self.iterable
        for name in self.OF_ROWS:
            setattr(asked, name, getattr(of, name))
        return list(asked)


def prepared(build: Callable[Asked, QuerySet[Any, Row]]) -> Callable[Asked, list[Row]]:
    """Make a function that returns a queryset return its rows, from a query that is built once for each shape.

    The parameters of `build` are values, and those that can only be named are its shape, which is hashable.
    """
    parameters = inspect.signature(build).parameters.values()
    names = [one.name for one in parameters if one.kind is not one.KEYWORD_ONLY]

    @lru_cache(MOST_SHAPES)
    def statement(postures: tuple[str, ...], **shape: Any) -> Statement:
        return Statement(build(*map(Given, names), **shape))  # type: ignore[arg-type] # in place of values

    @wraps(build)
    def rows(*values: Asked.args, **shape: Asked.kwargs) -> list[Row]:
        given = {name: sent(value) for name, value in zip(names, values, strict=True)}
        # What a list shows depends on its reader too: of each sort it has a query of its own.
        return statement(found(), **shape).rows(given)  # type: ignore[arg-type] # a shape that is not hashable is refused

    return rows


def sent(value: Any) -> Any:
    """Return a value as the driver of this database takes it."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if connection.vendor != "sqlite":
        return list(value) if isinstance(value, tuple) else value
    if isinstance(value, UUID):
        return value.hex
    return json.dumps(value) if isinstance(value, list | tuple) else value
