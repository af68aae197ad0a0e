"""What a session's own wall clock shows, for the database: which day it is, and which time of the week.

The pinned tz database says what the time is in a zone, never the database's own: it gives the offsets of the zones that
sessions are in, and the database adds them. Which zones and years those are is remembered in the process. A row of
another zone or year has no day and no time: a query that gives one is asked once more, after `learn`.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any

from django.conf import settings
from django.db.models import Expression, F, IntegerField, Max, Min, Value

from foundation.values.zones import zone_of
from sessions_app.forms import WEEKDAYS
from sessions_app.models import Meeting, Session

# The half hour of the day with which each begins: 11:30 AM, 1 PM, 5 PM.
PARTS = {"morning": 0, "noon": 23, "afternoon": 26, "evening": 34}
DAYS = tuple(WEEKDAYS)
HALF_HOUR, HALF_HOURS, DAY = 1800, 48, 86400
EPOCH = date(1970, 1, 1)


def part_of(half_hour: int) -> str:
    """Return the part of the day that a half hour (0 to 47) is in."""
    return [part for part, first in PARTS.items() if first <= half_hour][-1]


# The weekday and the part of the day of each half hour of a week that begins as the epoch does, on a Thursday.
WEEK = tuple(
    (DAYS[(EPOCH.weekday() + half_hour // HALF_HOURS) % 7], part_of(half_hour % HALF_HOURS))
    for half_hour in range(7 * HALF_HOURS)
)

# Each zone that sessions are in, with the first and the last year for which its offsets are known.
Known = tuple[tuple[str, tuple[int, int]], ...]
_known: dict[str, tuple[int, int]] = {}


class WallSeconds(Expression):
    """The seconds from the epoch to what the wall clock of `zone` shows `at` an instant: both are names of fields.

    It has the offsets of the zones that are `known`.
    """

    def __init__(self, at: str, zone: str, known: Known) -> None:
        super().__init__(output_field=IntegerField())
        self.parts: list[Any] = [F(at), F(zone)]
        self.known = known

    def get_source_expressions(self) -> list[Any]:
        return self.parts

    def set_source_expressions(self, exprs: Any) -> None:
        self.parts = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        at, zone = (compiler.compile(part)[0] for part in self.parts)
        epoch = f"date_part('epoch', {at})::bigint"
        if connection.vendor == "sqlite":
            epoch = f"CAST(strftime('%%s', {at}) AS integer)"
        cases, params = [], []
        for name, years in self.known:
            lasting, values = [], []
            for until, offset in offsets(name, *years):
                lasting.append(f"WHEN {at} < %s THEN {'NULL' if offset is None else offset}")
                values.append(connection.ops.adapt_datetimefield_value(until))
            cases.append(f"WHEN %s THEN CASE {' '.join(lasting)} END")
            params += [name, *values]
        return f"({epoch} + CASE {zone} {' '.join(cases)} END)", tuple(params)


def known() -> Known:
    """Return what is known now: a query that is kept is kept for these zones and years."""
    return tuple(_known.items())


def half_hour(at: str = "starts_at", zone: str = "time_zone", zones: Known | None = None) -> Any:
    """Return the half hour of the week, its place in WEEK, of the field `at` on the clock of the field `zone`.

    `zones` are those that are known, where the query is kept.
    """
    return WallSeconds(at, zone, known() if zones is None else zones) / Value(HALF_HOUR) % Value(len(WEEK))


def day_number(at: str, zone: str, zones: Known | None = None) -> Any:
    """Return the days from the epoch to the day of the field `at` on the clock of the field `zone`, as `half_hour`."""
    return WallSeconds(at, zone, known() if zones is None else zones) / Value(DAY)


def number_of(day: date) -> int:
    return (day - EPOCH).days


def around(first: date, last: date) -> tuple[datetime, datetime]:
    """Return two instants between which these days are, on whatever clock."""
    start, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (first, last))
    return start - timedelta(days=1), end + timedelta(days=2)


def know(now: datetime) -> None:
    """Know the portal's own zone for the months before and the year after, without asking."""
    _add([(settings.TIME_ZONE, now - timedelta(days=90), now + timedelta(days=400))])


def learn(now: datetime) -> None:
    """Know the zones and years of all sessions ahead and of their meetings. Two queries."""
    first, last = Min("starts_at"), Max("starts_at")
    sessions = Session.objects.listed().upcoming(now).order_by().values_list("time_zone").annotate(first, last)
    meetings = Meeting.objects.filter(session__ends_at__gt=now).order_by().values_list("time_zone")
    _add(chain(sessions, meetings.annotate(first, last)))


def _add(spans: Iterable[tuple[str, datetime, datetime]]) -> None:
    global _known
    known = dict(_known)
    for zone, first, last in spans:
        begin, end = known.get(zone, (first.year, last.year))
        known[zone] = min(begin, first.year), max(end, last.year)
    _known = known


@lru_cache(1024)
def offsets(zone: str, first_year: int, last_year: int) -> tuple[tuple[datetime, int | None], ...]:
    """Return until when (UTC) each offset of `zone` lasts, in seconds, in these years; before them it is None."""
    at, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    found: list[tuple[datetime, int | None]] = [(at, None)]
    offset = seconds_ahead(at, zone)
    while at < end:
        day = at + timedelta(days=1)
        if seconds_ahead(day, zone) != offset:
            found.append((_change(at, day, zone), offset))
            offset = seconds_ahead(day, zone)
        at = day
    return (*found, (end, offset))


def _change(before: datetime, after: datetime, zone: str) -> datetime:
    """Return the first second at which the offset is no longer the one of `before`."""
    offset = seconds_ahead(before, zone)
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        before, after = (middle, after) if seconds_ahead(middle, zone) == offset else (before, middle)
    return after


def seconds_ahead(at: datetime, zone: str) -> int:
    """Return by how much the clock of `zone` is ahead of UTC, on the portal's for a name that is no zone."""
    return int((at.astimezone(zone_of(zone)).utcoffset() or timedelta(0)).total_seconds())
