"""The days that sessions are planned for: outside of them a date is a typing error, and near the ends of the calendar
the arithmetic of time zones fails."""

from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
# What the database allows: the same days on any clock of the world, and what begins on the last of them and ends later.
EARLIEST = datetime.combine(FIRST_DAY - timedelta(days=1), time(), UTC)
LATEST = datetime.combine(LAST_DAY + timedelta(days=3), time(), UTC)


def validate_day(day: date) -> None:
    """Refuse, with ValidationError, a day (or an aware instant) that nobody plans a session for."""
    if day.year < FIRST_DAY.year:
        raise ValidationError(f"Choose a date from the year {FIRST_DAY.year} on.")
    if day.year > LAST_DAY.year:
        raise ValidationError(f"Choose a date before the year {LAST_DAY.year + 1}.")
