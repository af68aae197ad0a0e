"""Rows that many pages count alike, kept in the process until something is written to a watched table.

A page of somebody who is signed in is made for them each time. What it counts over every session ahead is the same for
all of them, and costs the more the more sessions there are.

    @until_written
    @prepared
    def counts_of_all(now: datetime, *, status: str | None) -> QuerySet[Session]: ...
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

from foundation.kept import reads, written
from foundation.kept.memory import Memory
from foundation.kept.pages import EPOCH, MINUTE
from foundation.kept.watched import are_watched
from foundation.portal.reader import found

Asked = ParamSpec("Asked")
Row = TypeVar("Row")
MOST_BYTES = 2_000_000


class Rows(NamedTuple):
    """The rows as they were read: at which number, in which minute, and from which tables."""

    number: int
    minute: int
    tables: frozenset[str]
    rows: list[Any]

    @property
    def size(self) -> int:
        """Return about how many bytes they take."""
        return 1_000 + 1_000 * len(self.rows)


kept_rows: Memory[Rows] = Memory(MOST_BYTES)


def until_written(read: Callable[Asked, list[Row]]) -> Callable[Asked, list[Row]]:
    """Keep what `read(now, ...)` returns, by all it is given but `now`, for each sort of reader.

    It is right for as long as nothing is written, and for up to a minute, as pages are that are kept whole. Nobody
    changes the rows: the next page gets the same ones.
    """

    @wraps(read)
    def rows(*values: Asked.args, **shape: Asked.kwargs) -> list[Row]:
        number = written.number_of_this_page()
        if number is None:
            return read(*values, **shape)
        key = (read.__module__, read.__qualname__, found(), values[1:], tuple(sorted(shape.items())))
        minute = (cast(datetime, values[0]) - EPOCH) // MINUTE
        its = kept_rows.get(key)
        if its is None or (its.number, its.minute) != (number, minute):
            with reads.noted() as tables:
                its = Rows(number, minute, frozenset(), read(*values, **shape))
            its = its._replace(tables=frozenset(tables))
            if are_watched(tables):
                kept_rows.put(key, its)
        # The page that shows them is kept only if these tables are watched, too.
        reads.add(its.tables)
        return its.rows

    return rows
