"""Whether there is anything in the library: every page asks, so each process remembers the answer for some seconds."""

import time
from collections.abc import Callable

from django.db import Error, connection, models

from foundation.kept import forget_before_keeping

REMEMBERED = 10.0  # seconds

# By what was asked: the answer, and until when it holds (a monotonic time).
_answers: dict[str, tuple[bool, float]] = {}


def has_any(what: str, resources: "Callable[[], models.QuerySet[models.Model]]") -> bool:
    """Tell whether there is one of what `resources` returns, named `what`. Asks the database every ten seconds at most.

    While the database is away the last answer stands.
    """
    answer, until = _answers.get(what, (False, 0.0))
    if time.monotonic() >= until:
        try:
            answer = _ask(resources())
        except Error:
            return answer
        _answers[what] = (answer, time.monotonic() + REMEMBERED)
    return answer


@forget_before_keeping
def forget() -> None:
    """Ask again at the next page: the process that has changed the library shows it at once."""
    _answers.clear()


def _ask(resources: "models.QuerySet[models.Model]") -> bool:
    """Ask the database, past Django's log of queries: which page happens to be the one that asks means nothing."""
    sql, values = resources.order_by().values("pk")[:1].query.sql_with_params()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.execute(sql, values)
        return cursor.cursor.fetchone() is not None
