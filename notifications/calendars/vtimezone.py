"""Write a time zone in the form that calendar programs read (calendar.md 4.3): two yearly rules, not a list of dates.

Outlook misreads VTIMEZONEs made of RDATEs, which is what icalendar's own `add_missing_timezones` writes. The tz
database gives the rule of each zone in the last line of its file, a POSIX TZ string (RFC 8536 section 3.3) such as
`CET-1CEST,M3.5.0,M10.5.0/3`: summer time from the fifth, that is last, Sunday of March to that of October.
"""

import importlib.resources
import re
import zoneinfo
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property, lru_cache

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from foundation.values.zones import zone_names

FIRST_YEAR = 1970
WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
CLOCK = r"[+-]?\d{1,3}(?::\d\d){0,2}"
NAME = r"<[+-]?[A-Za-z0-9]+>|[A-Za-z]{3,}"
CHANGE = rf"M(\d+)\.(\d)\.(\d)(?:/({CLOCK}))?"
FOOTER = re.compile(rf"({NAME})({CLOCK})(?:({NAME})({CLOCK})?,{CHANGE},{CHANGE})?")


@dataclass(frozen=True)
class Change:
    """One yearly change of the clock, or (with month 0) the one offset of a zone that never changes.

    `at` is what the clock on the wall shows just before it is moved; `week` 5 means the last week of the month.
    """

    name: str
    offset_from: timedelta
    offset_to: timedelta
    month: int = 0
    week: int = 0
    weekday: int = 0
    at: timedelta = timedelta(0)

    def on_the_wall(self, year: int) -> datetime:
        """Return the naive local time at which the change happens in `year`."""
        first = date(year, self.month or 1, 1)
        day = first
        if self.month:
            day += timedelta(days=(self.weekday - first.isoweekday()) % 7 + 7 * (self.week - 1))
            if day.month != self.month:
                day -= timedelta(days=7)
        return datetime.combine(day, time()) + self.at

    def instant(self, year: int) -> datetime:
        """Return the aware instant at which the change happens in `year`."""
        return (self.on_the_wall(year) - self.offset_from).replace(tzinfo=UTC)


def zone(time_zone: str) -> zoneinfo.ZoneInfo:
    """Return the zone of this IANA name. Raises ValueError for any other name, other spellings included."""
    if time_zone not in zone_names():
        raise ValueError(f"There is no time zone named {time_zone!r}.")
    return zoneinfo.ZoneInfo(time_zone)


class SharedTimezone(Timezone):
    """A VTIMEZONE that is made and written once, and goes into calendars as it is."""

    @cached_property
    def lines(self) -> bytes:
        """Return the VTIMEZONE as it stands in a file: folded lines that end in CRLF."""
        return self.to_ical(sorted=False)


def vtimezone(time_zone: str, first: datetime, last: datetime) -> SharedTimezone | None:
    """Return the VTIMEZONE of a zone, right for every instant from the year of `first` to the year of `last`.

    Return None where times must be written in UTC: when the zone is UTC, when two yearly rules cannot say what it does,
    or when in those years they differ from the tz database (Ramadan in Morocco, a change of law). Raises ValueError for
    an unknown zone.
    """
    years = first.astimezone(UTC).year, last.astimezone(UTC).year
    zone(time_zone)
    return _component(time_zone, _changes(time_zone)) if _changes(time_zone) and _holds(time_zone, *years) else None


def utc() -> SharedTimezone:
    """Return the VTIMEZONE of UTC, the component of a calendar that has no entry."""
    return _component("Etc/UTC", (Change("UTC", timedelta(0), timedelta(0)),))


@cache
def _component(time_zone: str, changes: tuple[Change, ...]) -> SharedTimezone:
    component = SharedTimezone()
    component.add("tzid", time_zone)
    for change in sorted(changes, key=lambda change: change.offset_to):
        # tzdata calls Irish winter the exception; programs expect DAYLIGHT to be the clock that is ahead.
        kind = TimezoneDaylight if change.offset_to > change.offset_from else TimezoneStandard
        part = kind()
        part.add("dtstart", change.on_the_wall(FIRST_YEAR))
        if change.month:
            nth = -1 if change.week == 5 else change.week
            day = f"{nth}{WEEKDAYS[change.weekday]}"
            part.add("rrule", {"FREQ": "YEARLY", "BYMONTH": change.month, "BYDAY": day})
        part.add("tzoffsetfrom", change.offset_from)
        part.add("tzoffsetto", change.offset_to)
        part.add("tzname", change.name)
        component.add_component(part)
    return component


@cache
def _changes(time_zone: str) -> tuple[Change, ...]:
    """Return a zone's yearly changes (two, or one without a month), or none where two yearly rules cannot say them."""
    footer = FOOTER.fullmatch(_footer(time_zone))
    if not footer or footer[0] == "UTC0":
        return ()
    name, offset, other_name, other_offset = footer.groups()[:4]
    # POSIX counts offsets westward, and the second clock is one hour ahead unless it says otherwise.
    standard = -_clock(offset)
    if not other_name:
        return (Change(name.strip("<>"), standard, standard),)
    other = -_clock(other_offset) if other_offset else standard + timedelta(hours=1)
    begins, ends = footer.groups()[4:8], footer.groups()[8:12]
    changes = (
        Change(other_name.strip("<>"), standard, other, *_when(*begins)),
        Change(name.strip("<>"), other, standard, *_when(*ends)),
    )
    # BYDAY names the day itself: "the Saturday before, at 24:00" and "26 hours into Thursday" have no such form.
    return changes if all(timedelta(0) <= change.at < timedelta(days=1) for change in changes) else ()


def _footer(time_zone: str) -> str:
    """Return the last line of the zone's TZif file, from the package where zoneinfo finds it too (`settings.py`)."""
    found = importlib.resources.files("tzdata").joinpath("zoneinfo", time_zone)
    return found.read_bytes().rstrip(b"\n").rpartition(b"\n")[2].decode("ascii", "replace")


def _clock(text: str) -> timedelta:
    """Return the length of `-3:30` or `2`, in hours, minutes and seconds."""
    hours, minutes, seconds = (text.lstrip("+-").split(":") + ["0", "0"])[:3]
    length = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    return -length if text.startswith("-") else length


def _when(month: str, week: str, weekday: str, at: str | None) -> tuple[int, int, int, timedelta]:
    """Return month, week, weekday and time of a change; the time is 2:00 unless the rule says another."""
    return int(month), int(week), int(weekday), _clock(at or "2")


@lru_cache(maxsize=1024)
def _holds(time_zone: str, first_year: int, last_year: int) -> bool:
    """Tell whether the changes give the tz database's offset in every week of these years and around each change."""
    if not FIRST_YEAR < first_year <= last_year < 9999:
        return False
    changes, truth = _changes(time_zone), zone(time_zone)
    steps = sorted(
        (change.instant(year), change.offset_to) for change in changes for year in range(first_year - 1, last_year + 1)
    )
    instants = [instant for instant, _ in steps]
    begin, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    # Any exception so far has begun or ended with a change of the rule, or lasted for weeks.
    probes = [end] + [begin + timedelta(days=day) for day in range(0, (end - begin).days, 7)]
    for instant in instants:
        if begin <= instant:
            probes += [instant - timedelta(seconds=1), instant]
    return all(
        probe.astimezone(truth).utcoffset() == steps[max(bisect_right(instants, probe) - 1, 0)][1] for probe in probes
    )
