"""The cache in the database, with one statement for each thing it does.

It holds throttles and what is remembered for some time, for all web processes. Django's own counts the whole table
before each write, looks for the row, and writes it inside a savepoint: a sign-in took forty statements, and the more
strangers had asked for codes, the longer each took.
"""

import base64
import contextlib
import copy
import pickle
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends import db
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.db import DatabaseError, connections, router, transaction

from foundation.verbs import limited_waiting

# After so many writes, more or less, the table is counted: so many rows more than MAX_ENTRIES it may have.
COUNTED_EACH = 1_000
UPSERT = """
INSERT INTO {table} (cache_key, value, expires) VALUES {rows}
ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires
"""
ONLY_IF_EXPIRED = " WHERE {table}.expires < %s"
# What is not there yet is put there, because there is nothing else to lock.
HOLD = """
INSERT INTO {table} AS held (cache_key, value, expires) VALUES {rows}
ON CONFLICT (cache_key) DO UPDATE SET cache_key = held.cache_key
RETURNING cache_key, value, expires >= %s
"""
ROW = "(%s, %s, %s)"
EXPIRED = "DELETE FROM {table} WHERE cache_key IN (SELECT cache_key FROM {table} WHERE expires < %s{passing})"
SOONEST = "DELETE FROM {table} WHERE cache_key IN (SELECT cache_key FROM {table} ORDER BY expires LIMIT %s{passing})"
SKIP = {True: " FOR UPDATE SKIP LOCKED", False: ""}


class OneStatementCache(db.DatabaseCache):
    """A DatabaseCache that writes with one statement, and is culled once in a while."""

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """Write `value` under `key`, and tell whether it was; `mode` is set, add (where there is none) or touch."""
        if mode == "touch":
            return super()._base_set(mode, key, value, timeout)  # type: ignore[misc] # the stubs lack it
        using = router.db_for_write(self.cache_model_class)
        on = connections[using]
        now = db.tz_now().replace(microsecond=0)  # type: ignore[attr-defined] # so has Django's own
        table = on.ops.quote_name(self._table)  # type: ignore[attr-defined]
        sql, values = UPSERT.format(table=table, rows=ROW), self._row(on, key, value, timeout)
        if mode == "add":
            sql += ONLY_IF_EXPIRED.format(table=table)
            values = [*values, on.ops.adapt_datetimefield_value(now)]
        # What is to be remembered may fail, as in Django's own; a transaction around it goes on.
        around = transaction.atomic(using=using) if on.in_atomic_block else contextlib.nullcontext()
        try:
            with around, on.cursor() as cursor:
                cursor.execute(sql, values)
                written = cursor.rowcount == 1
                self._cull_if_large(using, cursor, table, now)
        except DatabaseError:
            return False
        return written

    @contextlib.contextmanager
    def held(self, keys: Mapping[str, float]) -> Iterator[dict[str, Any]]:
        """Give what stands under `keys`, and write what changed at the end: in between nobody else holds one of them.

        `keys` say how many seconds each holds from then on. Two statements in a transaction, whatever their number, and
        a third where something was not set. A lock that is a row of its own outlives its process; this one does not.
        Waits as `lock_row` does.
        """
        using = router.db_for_write(self.cache_model_class)
        on = connections[using]
        table = on.ops.quote_name(self._table)  # type: ignore[attr-defined]
        # In one order, so that neither of two processes has the key that the other waits for.
        names = {self.make_and_validate_key(key): key for key in sorted(keys)}
        moment = db.tz_now().replace(microsecond=0)  # type: ignore[attr-defined] # so has Django's own
        now = on.ops.adapt_datetimefield_value(moment)
        rows = ", ".join([ROW] * len(names))
        with transaction.atomic(using=using), on.cursor() as cursor:
            empty = [value for name in names for value in (name, "", now)]
            with on.execute_wrapper(limited_waiting):
                cursor.execute(HOLD.format(table=table, rows=rows), [*empty, now])
            lines = cursor.fetchall()
            found = {
                names[name]: pickle.loads(base64.b64decode(said.encode()))
                for name, said, is_valid in lines
                if said and is_valid
            }
            before = copy.deepcopy(found)
            yield found
            changed = {name: key for name, key in names.items() if key in found and found[key] != before.get(key)}
            if changed:
                kept = [each for name, key in changed.items() for each in self._row(on, name, found[key], keys[key])]
                cursor.execute(UPSERT.format(table=table, rows=", ".join([ROW] * len(changed))), kept)
            # A request that is refused leaves no row behind: strangers could fill the table with them.
            if unset := [name for name, said, _ in lines if not said and name not in changed]:
                cursor.execute(f"DELETE FROM {table} WHERE cache_key IN ({', '.join(['%s'] * len(unset))})", unset)
        # Apart from what is held, and what cannot be tidied now is tidied another time.
        with contextlib.suppress(DatabaseError), on.cursor() as cursor:
            self._cull_if_large(using, cursor, table, moment)

    def _row(self, on: Any, name: str, value: Any, timeout: Any) -> list[Any]:
        """Return the three columns of what is kept under `name`."""
        until = self.get_backend_timeout(timeout)
        expires = datetime.max if until is None else datetime.fromtimestamp(until, tz=UTC)
        said = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("latin1")
        return [name, said, on.ops.adapt_datetimefield_value(expires.replace(microsecond=0))]

    def _cull_if_large(self, using: str, cursor: Any, table: str, now: datetime) -> None:
        """Take out what has expired, and more if that is not enough, once in COUNTED_EACH writes.

        It counts past Django's log of queries: which write happens to be the one means nothing.
        """
        if random.randrange(COUNTED_EACH):
            return
        with connections[using].wrap_database_errors:
            cursor.cursor.execute(f"SELECT COUNT(*) FROM {table}")
            (many,) = cursor.cursor.fetchone()
        if many > self._max_entries:
            self._cull(using, cursor, now, many)

    def _cull(self, db: str, cursor: Any, now: datetime, num: int) -> None:
        """Take out of `num` rows what has expired, and where too many are left, a third: those that expire soonest.

        It passes over rows that others hold (SKIP LOCKED): two that lock rows in two orders would wait for each other.
        """
        on = connections[db]
        table = on.ops.quote_name(self._table)  # type: ignore[attr-defined]
        passing = SKIP[on.features.has_select_for_update_skip_locked]
        cursor.execute(EXPIRED.format(table=table, passing=passing), [on.ops.adapt_datetimefield_value(now)])
        left = num - cursor.rowcount
        if left > self._max_entries:
            cursor.execute(SOONEST.format(table=table, passing=passing), [left // self._cull_frequency])
