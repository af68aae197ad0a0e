"""The clock that senders go by: the database's, for it is one for all of them.

By their own clocks, where these differ, they would take what another holds for forgotten and send it once more, or
leave for later what is due.
"""

import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone


class Clock:
    """Read the database's clock once and count on from there, whatever becomes of this machine's own clock."""

    def __init__(self):
        self.read_at, self.since = database_now(), time.monotonic()

    def now(self) -> datetime:
        return self.read_at + timedelta(seconds=time.monotonic() - self.since)


def database_now() -> datetime:
    """Return the instant at the database. SQLite's clock is this machine's."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now
