"""Verbs: the methods that change something, and the one way they lock a row (guarantees: Locks)."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.db import connection, models, transaction

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Row = TypeVar("Row", bound=models.Model)

SECONDS = 3


def verb(method: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Make `method` a verb: it runs in one transaction, and templates cannot call it (`alters_data`)."""
    return part_of_a_verb(transaction.atomic(method))


def part_of_a_verb(method: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Mark `method` as the part of a verb: it runs in the transaction of its caller, and templates cannot call it."""
    method.alters_data = True  # type: ignore[attr-defined] # an attribute that Django's templates look for
    return method


def lock_row(obj: models.Model, *related: str) -> None:
    """Lock the row of `obj` until the transaction ends and refresh it. Waits 3 s at most, then OperationalError.

    `related` are foreign keys to read with it, fresh but not locked. NO KEY UPDATE, so that rows pointing here can
    still be inserted. On SQLite the IMMEDIATE transaction already holds the one write lock.
    """
    rows = type(obj)._default_manager.select_for_update(no_key=True, of=("self",)).order_by()
    rows = rows.select_related(*related) if related else rows
    fields = None
    if obj.get_deferred_fields():
        # Also what `obj` was fetched without: a verb's caller needs only the key. And nothing prefetched from before.
        columns = [field.attname for field in obj._meta.concrete_fields]
        fields = [*columns, *getattr(obj, "_prefetched_objects_cache", ())]
    with connection.execute_wrapper(limited_waiting):
        obj.refresh_from_db(fields=fields, from_queryset=rows)


def lock_rows(rows: models.QuerySet[Row]) -> list[Row]:
    """Lock all of `rows` until the transaction ends, in ascending order, and return them. Waits as `lock_row` does."""
    with connection.execute_wrapper(limited_waiting):
        return list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def limited_waiting(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Let what is executed inside, and the rest of its transaction, wait for a lock no longer than SECONDS.

    An `execute_wrapper` of Django. The limit goes with the statement, because others wait for each way to the server.
    No option of the connection: PgBouncer refuses those, or drops them, and a pool that hands out another connection
    for each transaction forgets what was set on one.
    """
    if connection.vendor == "postgresql":
        sql = f"SET LOCAL lock_timeout = '{SECONDS}s'; {sql}"
    return execute(sql, params, many, context)
