"""Turn a time on the wall clock of a zone into the instant it names.

Sessions are wall-clock events (calendar.md 4.1): a time that the spring change skips does not exist, one that the
fall change repeats is refused as well, because nobody can tell which of the two was meant.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class NoSuchTime(ValueError):
    """The clock skips this time on that day."""


class AmbiguousTime(ValueError):
    """The clock shows this time twice on that day."""


def instant(day: date, at: time, zone: str) -> datetime:
    """Return the UTC instant of `day` `at` (naive local time) in `zone` (IANA name).

    Raises NoSuchTime or AmbiguousTime, both ValueError with a sentence for the page.
    """
    local = datetime.combine(day, at, ZoneInfo(zone))
    utc = local.astimezone(UTC)
    if utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime(
            f"{at:%H:%M} does not exist on {day:%B} {day.day}, {day.year} in {zone}: the clock goes forward. "
            "Choose another time."
        )
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        raise AmbiguousTime(
            f"{at:%H:%M} happens twice on {day:%B} {day.day}, {day.year} in {zone}: the clock goes back. "
            "Choose another time."
        )
    return utc


def days_before(at: datetime, days: int, zone: str) -> datetime:
    """Return the instant `days` before `at` (aware) at the same time on the wall clock of `zone`.

    A time that the clock skips on that day becomes the one an hour later.
    """
    return (at.astimezone(ZoneInfo(zone)) - timedelta(days=days)).astimezone(UTC)
