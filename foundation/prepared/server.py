"""What PostgreSQL keeps of a query: the statement, prepared on one connection, and with it how it is best read.

The server plans a statement each time it comes, which takes longer than reading a page's rows. One that is prepared is
planned at its first five calls, and from then on only where a plan for all values would be a worse one (PostgreSQL's
manual, "PREPARE"). It looks at its tables again after each ANALYZE.

A statement is prepared outside of transactions only. There it does no harm where the server has never heard of it: the
query is sent once more, whole. A pool that hands out another connection for each transaction makes that happen
(docs/deploy.md); then this process prepares nothing more.
"""

import hashlib
import logging
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection
from psycopg2.extensions import AsIs  # type: ignore[import-untyped] # its stubs are a package of their own

logger = logging.getLogger(__name__)

# What the server says (PostgreSQL's manual, appendix A): it knows no such statement; it knows one already, of which
# this connection does not know; the statement's columns are no longer of the types they had.
UNKNOWN, KNOWN, OUTDATED = "26000", "42P05", "0A000"

# The names of the statements that each connection knows.
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
_is_kept = True


class Numbered(AsIs):
    """The place of a value in a statement: `$1`."""

    def __init__(self, number: int) -> None:
        super().__init__(f"${number}")

    def __repr__(self) -> str:
        return str(self)


def may_prepare() -> bool:
    """Tell whether a query may be prepared here and now."""
    return _is_kept and connection.vendor == "postgresql" and not connection.in_atomic_block


def execution(sql: str, params: Sequence[Any], values: int) -> tuple[str, str]:
    """Return the name of a statement, by all that it says, and what executes it with so many values."""
    name = f"quorum_{hashlib.sha256(repr((sql, *map(repr, params))).encode()).hexdigest()[:20]}"
    return name, f"EXECUTE {name} ({', '.join(['%s'] * values)})" if values else f"EXECUTE {name}"


def prepare(name: str, sql: str, params: Sequence[Any]) -> None:
    """Prepare `sql` under `name` unless this connection knows it. Its `params` have a Numbered for each value."""
    # To open a cursor replaces a connection that has died.
    with connection.cursor() as cursor:
        known = _known.setdefault(connection.connection, set())
        if name not in known:
            cursor.execute(f"PREPARE {name} AS {sql}", params)
            known.add(name)


def has_lost(error: DatabaseError) -> bool:
    """Tell whether the error says that the server no longer has what was prepared, and act on it."""
    global _is_kept
    code = getattr(error.__cause__, "pgcode", None)
    if code == OUTDATED:
        forget()
    elif code in (UNKNOWN, KNOWN):
        _is_kept = False
        logger.warning("The database keeps no prepared statements (%s): none is prepared by this process.", code)
    return code in (UNKNOWN, KNOWN, OUTDATED)


def forget() -> None:
    """Let the server forget what is prepared on this connection."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
        _known.pop(connection.connection, None)
