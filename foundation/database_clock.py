"""The one clock that every decision goes by: the database's, so that all machines have the same one.

Web processes and workers whose own clocks differ would decide a session early, take another's lease for one that has
run out, or let people in where registration is over. Each process asks the database once a minute and counts on from
there by its monotonic clock, which nobody can set. No other module asks for the time (config/tests/test_house.py).
"""

import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import Error, connection
from django.utils import timezone

from foundation.dates import length_words

MINUTE = timedelta(minutes=1)
ASKED_EVERY = MINUTE
# A machine's clock that was set, or that went on while its processes slept, is no longer where it was left.
MOST_SLACK = timedelta(seconds=1)
MOST_OFF = MINUTE


@dataclass(frozen=True)
class Reading:
    """What the database's clock (`database`) and this machine's (`machine`) said at `at`, a monotonic time."""

    at: float
    database: datetime
    machine: datetime

    @property
    def age(self) -> timedelta:
        """Return how long ago it was taken."""
        return timedelta(seconds=time.monotonic() - self.at)

    @property
    def is_stale(self) -> bool:
        """True after a minute, and as soon as this machine's clock has not gone as far as the time that passed."""
        return self.age >= ASKED_EVERY or abs(timezone.now() - self.machine - self.age) > MOST_SLACK


_last: Reading | None = None


def now() -> datetime:
    """Return the present instant by the database's clock, aware. On SQLite that clock is this machine's.

    Asks the database where the last reading is stale, and goes on with that reading where it cannot answer. Raises
    django.db.Error only in a process that never had an answer.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    reading = _reading()
    if reading.is_stale:
        return reading.database + reading.age
    # The same, and to the microsecond this machine's own time where its clock is right.
    return timezone.now() + (reading.database - reading.machine)


def offset() -> timedelta:
    """Return how far this machine's clock is ahead of the database's; negative where it is behind. Raises as `now`."""
    if connection.vendor != "postgresql":
        return timedelta(0)
    return timezone.now() - now()


def problem(owner: str) -> str:
    """Return a sentence for the operator while the clock is wrong that `owner` ("the worker") goes by, else "".

    It has the name of this machine. Raises as `now`.
    """
    ahead = offset()
    if abs(ahead) <= MOST_OFF:
        return ""
    by, here = length_words(max(2, round(abs(ahead) / MINUTE))), socket.gethostname()
    if ahead > timedelta(0):
        return f"The clock of {owner} on {here} is {by} ahead of the database’s."
    return f"The clock of {owner} on {here} is {by} behind the database’s."


def _reading() -> Reading:
    global _last
    if _last is None or _last.is_stale:
        try:
            _last = _ask()
        except Error:
            # A lost connection is given up here too, for beat has no requests at whose end that happens.
            connection.close_if_unusable_or_obsolete()
            if _last is None:
                raise
    return _last


def _ask() -> Reading:
    """Ask the database, past Django's log of queries: which page happens to be the one that asks means nothing.

    The answer was given at some moment between question and reply. Of the instants it can be now, the one nearest to
    this machine's clock is taken: so a clock that is right counts as exactly right.
    """
    asked_at = time.monotonic()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.execute("SELECT clock_timestamp()")
        (earliest,) = cursor.cursor.fetchone()
    at, machine = time.monotonic(), timezone.now()
    latest = earliest + timedelta(seconds=at - asked_at)
    return Reading(at, min(max(machine, earliest), latest).astimezone(UTC), machine)
