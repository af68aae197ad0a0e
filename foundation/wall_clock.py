"""Turn a time on the wall clock of a zone into the instant it names.

Sessions are wall-clock events (calendar.md 4.1): a time that the spring change skips does not exist, one that the
fall change repeats is refused as well, because nobody can tell which of the two was meant. An end that is earlier than
the start is on the next day, where the whole is short enough to be meant.
"""

from datetime import UTC, date, datetime, time, timedelta

from foundation.dates import length_words
from foundation.values.zones import zone_of

# A longer meeting is taken for a typing error: 9:00 to 8:30 would last until the next morning.
LONGEST = timedelta(hours=12)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class NoSuchTime(ValueError):
    """The clock skips this time on that day."""


class AmbiguousTime(ValueError):
    """The clock shows this time twice on that day."""


def instant(day: date, at: time, zone: str) -> datetime:
    """Return the UTC instant of `day` `at` (naive local time) in `zone` (IANA name).

    Raises NoSuchTime or AmbiguousTime, both ValueError with a sentence for the page.
    """
    local = datetime.combine(day, at, zone_of(zone))
    utc = local.astimezone(UTC)
    if utc.astimezone(zone_of(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
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


def end_after(starts_at: datetime, ends: time, zone: str) -> datetime:
    """Return the UTC instant at which the clock of `zone` first shows `ends` after `starts_at` (aware).

    That is on the next day where `ends` is earlier than the start. Raises ValueError with a sentence for the page: for
    an end that is the start, for more than LONGEST between the two, and what `instant` raises.
    """
    start = starts_at.astimezone(zone_of(zone))
    if ends == start.time():
        raise ValueError(f"It ends at {ends:%H:%M}, which is not after its start at {start:%H:%M}.")
    is_next_day = ends < start.time()
    ends_at = instant(start.date() + timedelta(days=is_next_day), ends, zone)
    if ends_at - starts_at > LONGEST:
        lasts = length_words((ends_at - starts_at) // timedelta(minutes=1))
        if is_next_day:
            raise ValueError(
                f"It would end at {ends:%H:%M} on the next day and last {lasts}. A meeting lasts 12 hours at most: "
                "correct the start or the end."
            )
        raise ValueError(f"It would last {lasts}. A meeting lasts 12 hours at most: correct the start or the end.")
    return ends_at


def days_before(at: datetime, days: int, zone: str) -> datetime:
    """Return the instant `days` before `at` (aware) at the same time on the wall clock of `zone`.

    A time that the clock skips on that day becomes the one an hour later.
    """
    return (at.astimezone(zone_of(zone)) - timedelta(days=days)).astimezone(UTC)
