"""The number that says how much was written to the watched tables, and the triggers that raise it.

It is a sum: each server process of PostgreSQL raises a row of its own, so that nobody waits for it. What is written and
its addend become visible at once, at the commit, and no addend ever falls. So two equal sums mean that nothing was
committed between them, to no watched table. An addend grows by a random step: where a database is put back to an older
state, the number does not come to stand where it stood before.

The triggers are no migrations: SQLite loses those of a table that it makes again for a changed column. They are put in
place after each `migrate`, and a process that misses one keeps nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from foundation.kept.watched import watched

TRIGGER = "written"
STEP = 1_000_000
FUNCTION = f"""
CREATE OR REPLACE FUNCTION kept_raise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kept_written AS kept (writer, number) VALUES (pg_backend_pid(), 1 + floor(random() * {STEP})::bigint)
    ON CONFLICT (writer) DO UPDATE SET number = kept.number + EXCLUDED.number;
    RETURN NULL;
END $$
"""
ON_POSTGRESQL = f"""
CREATE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{{table}}"
FOR EACH STATEMENT EXECUTE FUNCTION kept_raise()
"""
OPERATIONS = ("insert", "update", "delete")
ON_SQLITE = f"""
CREATE TRIGGER "{TRIGGER}_{{operation}}_{{table}}" AFTER {{operation}} ON "{{table}}" BEGIN
    INSERT OR IGNORE INTO kept_written (writer, number) VALUES (0, 0);
    UPDATE kept_written SET number = number + 1 + abs(random() % {STEP}) WHERE writer = 0;
END
"""
# Processes of the server that are gone: their rows into one, without the sum ever being another. One that writes just
# now has locked its row, and keeps it.
FOLD = """
WITH gone AS (
    DELETE FROM kept_written WHERE writer IN (SELECT writer FROM kept_written WHERE writer <> 0 FOR UPDATE SKIP LOCKED)
    RETURNING number
)
INSERT INTO kept_written AS kept (writer, number) SELECT 0, coalesce(sum(number), 0) FROM gone
ON CONFLICT (writer) DO UPDATE SET number = kept.number + EXCLUDED.number
"""
FOUND_ON_POSTGRESQL = """
SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgname = %s AND tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace
"""
FOUND_ON_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'written_%'"

_all_found = False
_of_page: ContextVar[list[int | None] | None] = ContextVar("the number of the page that is made", default=None)


def number() -> int | None:
    """Return the number now; None where a trigger is missing, and nothing may be kept. One small query."""
    global _all_found
    if not _all_found:
        _all_found = not missing()
        if not _all_found:
            return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(number) FROM kept_written")
        (found,) = cursor.fetchone()
    return int(found or 0)


def number_of_this_page() -> int | None:
    """Return the number that was read first while this page is made: one query, however often it is asked for."""
    its = _of_page.get()
    if its is None:
        return number()
    if not its:
        its.append(number())
    return its[0]


@contextmanager
def one_page(*known: int) -> Iterator[None]:
    """Have everything until the end of the block go by one number, read at the first question if it is not `known`."""
    token = _of_page.set([*known])
    try:
        yield
    finally:
        _of_page.reset(token)


def missing(using: str = "default") -> list[str]:
    """Return the watched tables that have no trigger.

    It asks past Django's log of queries: which page happens to be the first of its process means nothing.
    """
    on, names = connections[using], dict[str, list[str]]()
    for table in watched():
        names[table] = [table] if on.vendor == "postgresql" else [f"{TRIGGER}_{one}_{table}" for one in OPERATIONS]
    with on.cursor() as logged, on.wrap_database_errors:
        cursor = logged.cursor
        if on.vendor == "postgresql":
            cursor.execute(FOUND_ON_POSTGRESQL, [TRIGGER])
        else:
            cursor.execute(FOUND_ON_SQLITE)
        found = {name for (name,) in cursor.fetchall()}
    return [table for table, needed in names.items() if not found.issuperset(needed)]


def keep_triggers(using: str, **signal: Any) -> None:
    """Put the triggers that are missing in place: after each `migrate`, for which it holds each table for a moment."""
    on = connections[using]
    # A migration back to the beginning takes tables away.
    there = set(on.introspection.table_names())
    if "kept_written" not in there:
        return
    for table in there.intersection(missing(using)):
        # Each alone: two tables held at once are taken by somebody else in another order.
        with transaction.atomic(using):
            _put(on, table)


def _put(on: BaseDatabaseWrapper, table: str) -> None:
    with on.cursor() as cursor:
        if on.vendor == "postgresql":
            cursor.execute(FUNCTION)
            cursor.execute(f'DROP TRIGGER IF EXISTS {TRIGGER} ON "{table}"')
            cursor.execute(ON_POSTGRESQL.format(table=table))
            return
        for one in OPERATIONS:
            cursor.execute(f'DROP TRIGGER IF EXISTS "{TRIGGER}_{one}_{table}"')
            cursor.execute(ON_SQLITE.format(table=table, operation=one))


def fold() -> None:
    """Put the addends of server processes that are gone into one row, so that the sum stays a short one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(FOLD)


def public_tables_are_watched(now: datetime) -> Iterator[str]:
    """G28: each write to what public pages show raises the number. Yields a line for each table where it does not."""
    for table in missing():
        yield f"G28 table {table}: a write to it raises no number. Run migrate."
