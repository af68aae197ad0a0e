"""Campus: one of the places the institution works at; and whether there is more than one, which pages then say."""

import time
from typing import Any

from django.db import Error, connection, models, transaction

from foundation.kept import forget_before_keeping
from foundation.naming import Named
from foundation.values.lines import LineField
from foundation.values.zones import validate_time_zone

REMEMBERED = 10.0  # seconds
# The answer, and until when it holds (a monotonic time).
_answer: tuple[bool, float] = (False, 0.0)


class Campus(Named):
    """A place where the institution works; its zone is the default for sessions held there."""

    name = LineField(max_length=80, unique=True)
    time_zone = models.CharField(max_length=60, default="America/Chicago", validators=[validate_time_zone])

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "campuses"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        forget()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        forget()
        return deleted


def several_campuses() -> bool:
    """Tell whether there is more than one campus: only then is the campus of a place said.

    Every list asks, so each process remembers the answer for ten seconds. While the database is away the last one
    stands.
    """
    global _answer
    several, until = _answer
    if time.monotonic() >= until:
        try:
            several = _ask()
        except Error:
            return several
        _answer = several, time.monotonic() + REMEMBERED
    return several


def forget() -> None:
    """Ask again where it is next needed: now in this transaction, and after its commit."""
    _forget_now()
    transaction.on_commit(_forget_now)


@forget_before_keeping
def _forget_now() -> None:
    global _answer
    _answer = _answer[0], 0.0


def _ask() -> bool:
    """Ask the database, past Django's log of queries: which page happens to be the one that asks means nothing."""
    sql, values = Campus.objects.order_by().values("pk")[1:2].query.sql_with_params()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.execute(sql, values)
        return cursor.cursor.fetchone() is not None
