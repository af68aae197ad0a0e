"""The cache in the database, with one statement for each thing it does.

It holds throttles and what is remembered for some time, for all web processes. Django's own counts the whole table
before each write, looks for the row, and writes it inside a savepoint: a sign-in took forty statements, and the more
strangers had asked for codes, the longer each took.
"""

import base64
import contextlib
import pickle
import random
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends import db
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.db import DatabaseError, connections, router, transaction

# After so many writes, more or less, the table is counted: so many rows more than MAX_ENTRIES it may have.
COUNTED_EACH = 1_000
UPSERT = """
INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s)
ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires
"""
ONLY_IF_EXPIRED = " WHERE {table}.expires < %s"


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
        until = self.get_backend_timeout(timeout)
        expires = datetime.max if until is None else datetime.fromtimestamp(until, tz=UTC)
        said = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("latin1")
        sql, at = UPSERT.format(table=table), on.ops.adapt_datetimefield_value
        values = [key, said, at(expires.replace(microsecond=0))]
        if mode == "add":
            sql, values = sql + ONLY_IF_EXPIRED.format(table=table), [*values, at(now)]
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
            self._cull(using, cursor, now, many)  # type: ignore[attr-defined]
