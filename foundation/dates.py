"""Dates and times as people here say them (design.md section 6). Pure functions of an instant and a zone, remembered.

Every page, mail and calendar takes its words from here: “Tue, May 14”, “12:30–2:00 PM”, “Noon–1:30 PM”.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import lru_cache

from foundation.values.zones import zone_of

REMEMBERED = 8192


@lru_cache(REMEMBERED)
def local(instant: datetime, zone: str) -> datetime:
    """Return `instant` (aware) on the wall clock of `zone`, on the portal's for a name that is no zone."""
    return instant.astimezone(zone_of(zone))


@lru_cache(REMEMBERED)
def short_day(instant: datetime, zone: str, this_year: int | None = None) -> str:
    """“Tue, May 14”; with the year unless it is `this_year` (None: never)."""
    day = local(instant, zone)
    return f"{day:%a, %b} {day.day}{_year(day, this_year)}"


def day_words(day: date) -> str:
    """“Tue, May 14, 2024”."""
    return f"{day:%a, %b} {day.day}, {day.year}"


def plain_date(day: date) -> str:
    """“May 14, 2024”."""
    return f"{day:%b} {day.day}, {day.year}"


@lru_cache(REMEMBERED)
def plain_day(instant: datetime, zone: str, this_year: int | None = None) -> str:
    """“Tue May 14”, for a list; with the year unless it is `this_year` (None: never)."""
    day = local(instant, zone)
    return f"{day:%a %b} {day.day}{_year(day, this_year)}"


@lru_cache(REMEMBERED)
def month_day(instant: datetime, zone: str, this_year: int | None = None) -> str:
    """“May 14”; with the year unless it is `this_year` (None: never)."""
    day = local(instant, zone)
    return f"{day:%b} {day.day}{_year(day, this_year)}"


@lru_cache(REMEMBERED)
def long_day(instant: datetime, zone: str, this_year: int | None = None) -> str:
    """“Tuesday, May 14”; with the year unless it is `this_year` (None: never)."""
    day = local(instant, zone)
    return f"{day:%A, %B} {day.day}{_year(day, this_year)}"


def _year(day: datetime, this_year: int | None) -> str:
    return "" if this_year in (None, day.year) else f", {day.year}"


@lru_cache(REMEMBERED)
def clock(instant: datetime, zone: str, noon: str = "Noon") -> str:
    """“12:30 PM”, “Noon”; within a sentence `noon` is “noon”."""
    at = local(instant, zone)
    if (at.hour, at.minute) == (12, 0):
        return noon
    return f"{at.hour % 12 or 12}:{at:%M} {'AM' if at.hour < 12 else 'PM'}"


@lru_cache(REMEMBERED)
def time_span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """“12:30–2:00 PM”, “11:00 AM–12:30 PM”, “Noon–1:30 PM”: the half of the day is said once where it can be."""
    first, last = clock(starts_at, zone), clock(ends_at, zone)
    if first[-2:] == last[-2:] and first[-2:] in ("AM", "PM"):
        first = first[:-3]
    return f"{first}–{last}"


def long_day_and_time(instant: datetime, zone: str, now: datetime) -> str:
    """“Monday, May 6 at 9:00 AM”; with the year unless it is the one of `now`."""
    return f"{long_day(instant, zone, local(now, zone).year)} at {clock(instant, zone)}"


def deadline(instant: datetime, zone: str, now: datetime) -> str:
    """“5:00 PM today”, “Friday at 5:00 PM” within a week of `now`, “Friday, May 10 at 5:00 PM” later."""
    day, today = local(instant, zone).date(), local(now, zone).date()
    if day == today:
        return f"{clock(instant, zone)} today"
    if day - today < timedelta(days=7):
        return f"{day:%A} at {clock(instant, zone)}"
    return long_day_and_time(instant, zone, now)


def day_and_time(instant: datetime | None, zone: str) -> str:
    """“Tue, May 14, 2024, 12:30 PM”, always with the year; nothing for no instant."""
    return f"{short_day(instant, zone, 0)}, {clock(instant, zone)}" if instant else ""


@lru_cache(512)
def zone_words(zone: str, instant: datetime) -> str:
    """“Central time” for a zone of the United States, otherwise the name the tz database uses at `instant`."""
    american = {"CST": "Central", "CDT": "Central", "EST": "Eastern", "EDT": "Eastern", "MST": "Mountain"}
    american |= {"MDT": "Mountain", "PST": "Pacific", "PDT": "Pacific", "AKST": "Alaska", "AKDT": "Alaska"}
    read = zone_of(zone).key
    name = local(instant, zone).tzname() or read
    return f"{american[name]} time" if read.startswith("America/") and name in american else f"{read} time"


def months_later(day: date, months: int) -> date:
    """Return the same day of the month so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(512)
def length_words(minutes: int) -> str:
    """“90 minutes”, “2 hours”, “2 hours 30 minutes”."""
    hours, rest = divmod(minutes, 60)
    if minutes < 120:
        return "1 hour" if minutes == 60 else f"{minutes} minutes"
    return f"{hours} hours" if not rest else f"{hours} hours {rest} minutes"
