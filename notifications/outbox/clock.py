"""The clock of the senders: the database's, so that all of them have the same one.

Senders whose own clocks differ would take a lease of another for one that has run out, and send the mail twice, or
would leave Notices that are due for later.
"""

import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone


class Clock:
    """Read the database's clock once and count on from there: a change of this machine's clock does not matter."""

    def __init__(self) -> None:
        self.read_at, self.since = database_now(), time.monotonic()

    def now(self) -> datetime:
        """Return the present instant at the database, aware."""
        return self.read_at + timedelta(seconds=time.monotonic() - self.since)


def database_now() -> datetime:
    """Return the present instant at the database, aware. SQLite's clock is this machine's."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now
