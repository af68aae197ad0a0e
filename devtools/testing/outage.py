"""A database that goes away in the middle of an answer, with the errors that a real one raises."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator

from django.db import Error, OperationalError, connection, transaction

# What a transaction needs to go back; a server that is away is not asked for it either.
GOING_BACK = ("SAVEPOINT", "ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT")


def postgresql_error(code: str) -> Error:
    """Return what PostgreSQL raises with this code (its manual, appendix A), from the server itself."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'as in an outage' USING ERRCODE = '{code}'; END $$")
    except Error as error:
        return error
    raise AssertionError("PostgreSQL raised nothing")


def sqlite_disk_full() -> Error:
    """Return what SQLite raises when there is no room for another page, from SQLite itself."""
    try:
        with contextlib.closing(sqlite3.connect(":memory:")) as small:
            small.execute("PRAGMA max_page_count = 1")
            small.execute("CREATE TABLE words (word)")
            small.execute("INSERT INTO words VALUES (zeroblob(100000))")
    except sqlite3.Error as cause:
        error = OperationalError(str(cause))
        error.__cause__ = cause
        return error
    raise AssertionError("SQLite raised nothing")


def disk_full() -> Error:
    """Return what the database of the tests raises when its disk is full."""
    return postgresql_error("53100") if connection.vendor == "postgresql" else sqlite_disk_full()


@contextlib.contextmanager
def away_from(number: int, error: Error) -> Iterator[list[str]]:
    """Let the `number`th query from here on, counted from 0, and all after it raise `error`. Yields those asked."""
    asked: list[str] = []

    def answer(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        if not sql.startswith(GOING_BACK):
            asked.append(sql)
            if len(asked) > number:
                raise type(error)(*error.args) from error.__cause__
        return execute(sql, params, many, context)

    with connection.execute_wrapper(answer):
        yield asked
