"""Verbs: the methods that change something, and the one way they lock a row (guarantees: Locks)."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

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
    _limit_waiting()
    rows = type(obj)._default_manager.select_for_update(no_key=True, of=("self",)).order_by()
    rows = rows.select_related(*related) if related else rows
    if not obj.get_deferred_fields():
        obj.refresh_from_db(from_queryset=rows)
        return
    # Also what `obj` was fetched without: a verb's caller needs only the key. And nothing prefetched from before.
    fields = [field.attname for field in obj._meta.concrete_fields]
    obj.refresh_from_db(fields=[*fields, *getattr(obj, "_prefetched_objects_cache", ())], from_queryset=rows)


def lock_rows(rows: models.QuerySet[Row]) -> list[Row]:
    """Lock all of `rows` until the transaction ends, in ascending order, and return them. Waits as `lock_row` does."""
    _limit_waiting()
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def _limit_waiting() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{SECONDS}s'")
