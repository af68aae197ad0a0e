"""Read times and lengths of time as programs for online meetings write them, in the ways of each country."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from foundation.values.days import FIRST_DAY, LAST_DAY
from foundation.values.zones import zone_of
from sessions_app.models.venue import Span
from sessions_app.schedule_import.days import MONTHS

YEARS = range(FIRST_DAY.year, LAST_DAY.year + 1)
CLOCK = r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d{1,9})?)?(?: ?([ap])\.? ?m\.?)?(?: ?(z|utc|gmt|[+-]\d{2}:?\d{2}))?"
BETWEEN = r"(?:,? (?:at )?|t)"
YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){BETWEEN}{CLOCK}")
IN_NUMBERS = re.compile(rf"(\d{{1,2}})[-/.] ?(\d{{1,2}})[-/.] ?(\d{{4}}|\d{{2}}){BETWEEN}{CLOCK}")
NAME_AND_DAY = re.compile(rf"(?:[a-z]{{3,9}},? )?([a-z]{{3,9}})\.? (\d{{1,2}}),? (\d{{4}}){BETWEEN}{CLOCK}")
DAY_AND_NAME = re.compile(rf"(?:[a-z]{{3,9}},? )?(\d{{1,2}})\.?[ -]([a-z]{{3,9}})\.?[ -](\d{{4}}){BETWEEN}{CLOCK}")
CLOCK_ALONE = re.compile(CLOCK)
SHORT_MONTHS = {month[:3].lower(): number for number, month in enumerate(MONTHS, 1)}

HOURS, MINUTES, SECONDS = "(?:h|hrs?|hours?)", "(?:m|mins?|minutes?)", "(?:s|secs?|seconds?)"
IN_UNITS = re.compile(rf"(?:(\d{{1,4}}) ?{HOURS} ?)?(?:(\d{{1,5}}) ?{MINUTES} ?)?(?:(\d{{1,6}}) ?{SECONDS})?")
ON_A_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})")
NUMBER = re.compile(r"(\d{1,6})(?:[.,]\d+)?")
LONGEST_TEXT = 60


def tidy(text: str) -> str:
    """Return a cell as it is compared: in lower case, with plain single spaces."""
    return " ".join(text.split()).lower()


class Moments:
    """Reads the times of one report, on the clock of `zone` where they name none.

    A day in numbers is read month first, as programs write it here; day first, if only then every time of the report is
    one, or only then any falls on a day of the meeting. A time without a day is on the day of the meeting.
    """

    def __init__(self, texts: Sequence[str], meeting: Span, zone: str) -> None:
        self.zone = zone_of(zone)
        self.day = meeting.starts_at.astimezone(self.zone).date()
        near = timedelta(days=1)
        self.earliest, self.latest = meeting.starts_at - near, meeting.ends_at + near
        self.is_day_first = False
        in_numbers = [text for text in dict.fromkeys(map(tidy, texts)) if IN_NUMBERS.fullmatch(text[:LONGEST_TEXT])]
        if in_numbers:
            self.is_day_first = self._fit(in_numbers, True) > self._fit(in_numbers, False)

    def _fit(self, texts: Sequence[str], day_first: bool) -> tuple[bool, bool]:
        """Return how well the texts can be read in that order: whether all are a time, and whether any is near."""
        found = [self._read(text, day_first) for text in texts]
        there = [moment for moment in found if moment is not None]
        return len(there) == len(found), any(self.earliest <= moment <= self.latest for moment in there)

    def read(self, text: str) -> datetime | None:
        """Return the instant a cell names, None where it names none."""
        return self._read(tidy(text), self.is_day_first)

    def _read(self, text: str, day_first: bool) -> datetime | None:
        if len(text) > LONGEST_TEXT:
            return None
        try:
            if found := YEAR_FIRST.fullmatch(text):
                return self._at(found[1], found[2], found[3], found.groups()[3:])
            if found := IN_NUMBERS.fullmatch(text):
                month, day = (found[2], found[1]) if day_first else (found[1], found[2])
                return self._at(found[3], month, day, found.groups()[3:])
            if found := NAME_AND_DAY.fullmatch(text):
                return self._at(found[3], SHORT_MONTHS[found[1][:3]], found[2], found.groups()[3:])
            if found := DAY_AND_NAME.fullmatch(text):
                return self._at(found[3], SHORT_MONTHS[found[2][:3]], found[1], found.groups()[3:])
            if found := CLOCK_ALONE.fullmatch(text):
                return self._at(self.day.year, self.day.month, self.day.day, found.groups())
        except (ValueError, KeyError):
            return None
        return None

    def _at(self, year: str | int, month: str | int, day: str | int, on_the_clock: Sequence[str | None]) -> datetime:
        """Return the instant of these numbers. Raises ValueError for what is none."""
        hours, minutes, seconds, half, offset = on_the_clock
        number, hour = int(year), int(hours or 0)
        number += 2000 if number < 100 else 0
        if number not in YEARS:
            raise ValueError("No meeting of ours was in that year.")
        if half:
            if not 1 <= hour <= 12:
                raise ValueError("No clock with two halves of the day shows that hour.")
            hour = hour % 12 + (12 if half == "p" else 0)
        at = datetime(number, int(month), int(day), hour, int(minutes or 0), int(seconds or 0))
        if offset is None:
            return at.replace(tzinfo=self.zone).astimezone(UTC)
        return at.replace(tzinfo=UTC) - _offset(offset)


def _offset(text: str) -> timedelta:
    if not text[1:3].isdigit():
        return timedelta()
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return -ahead if text[0] == "-" else ahead


def read_length(text: str) -> timedelta | None:
    """Return a length such as “1h 2m 3s”, “1:02:03” or “62”, a number alone being minutes; None for what is none."""
    text = tidy(text)
    if not text or len(text) > LONGEST_TEXT:
        return None
    if found := ON_A_CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(one or 0) for one in found.groups())
    elif found := NUMBER.fullmatch(text):
        return timedelta(minutes=int(found[1]))
    elif found := IN_UNITS.fullmatch(text):
        hours, minutes, seconds = (int(one or 0) for one in found.groups())
    else:
        return None
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def time_of_day(value: time) -> str:
    """Return the time of a spreadsheet's cell as a report writes it."""
    return f"{value:%H:%M:%S}"
