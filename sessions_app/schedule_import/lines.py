"""Read the dates of one workshop as people type them, a line each: “Tue May 14 12:30-2:00 PM”."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from foundation.text import shown
from foundation.values.lines import without_invisible
from foundation.wall_clock import end_after, instant
from sessions_app.schedule_import.days import MONTHS, read_days, read_time
from sessions_app.schedule_import.reading import PlannedSession, WrongRow

MOST = 500  # lines
LIKE = "Write it like Tue May 14 12:30-2:00 PM."
CLOCK = r"(?:12 ?)?noon|[0-9]{1,2}(?:[:.][0-9]{2})?(?: ?[ap]\.?m\.?)?"
SPAN = re.compile(
    rf"(?P<day>.*?)[ ,;|@]*(?:\bat )?\b(?P<starts>{CLOCK}) ?(?:-|–|—|to|until) ?(?P<ends>{CLOCK})", re.IGNORECASE
)
TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(?: ?([ap])\.?m\.?)?", re.IGNORECASE)
WEEKDAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? (.+)", re.IGNORECASE)
NAMED = re.compile(r"([a-z]{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?(?:,? ([0-9]{4}))?", re.IGNORECASE)
NAMED_LAST = re.compile(r"([0-9]{1,2})\.? ([a-z]{3,9})\.?(?:,? ([0-9]{4}))?", re.IGNORECASE)
SHORT = re.compile(r"([0-9]{1,2})([/.])([0-9]{1,2})")
MORNING = range(7, 12)  # hours that mean the morning where neither AM nor PM is said


@dataclass(frozen=True)
class _Line:
    """What one line says: the day as `read_days` takes it, the weekday beside it, and the two times."""

    number: int
    day: str
    weekday: str
    starts: time
    ends: time


def read_lines(
    text: str, title: str, time_zone: str, today: date, span: tuple[time, time] | None = None, **more: Any
) -> tuple[list[PlannedSession], list[WrongRow]]:
    """Read dates of the workshop called `title`: the sessions that can be planned, and a sentence for each other line.

    Times are those of the wall clock of `time_zone` (IANA). A day without a year is the next such day from `today` on.
    Where neither AM nor PM is said, a session begins between 7 in the morning and 6 in the evening, and ends within 12
    hours. With `span` a line may be a day alone, which has these times. Empty lines count, and say nothing. `more` are
    further fields of each PlannedSession. Never raises, whatever the text.
    """
    lines, wrong = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        line = " ".join(without_invisible(line).split())
        if not line:
            continue
        if number > MOST:
            wrong.append(WrongRow(number, f"There are more than {MOST} lines. Take them in portions."))
            break
        try:
            lines.append(_read_line(number, line, today, span))
        except ValueError as error:
            wrong.append(WrongRow(number, str(error)))
    plans: dict[object, PlannedSession] = {}
    for read, day in zip(lines, read_days([each.day for each in lines]), strict=True):
        try:
            plan = replace(_plan(read, day, title, time_zone), **more)
            if plan.starts_at in plans:
                raise ValueError(f"This is the same time as line {plans[plan.starts_at].row}.")
            plans[plan.starts_at] = plan
        except ValueError as error:
            wrong.append(WrongRow(read.number, str(error)))
    return list(plans.values()), sorted(wrong)


def _read_line(number: int, line: str, today: date, span: tuple[time, time] | None) -> _Line:
    """Take a line apart. Raises ValueError with a sentence."""
    found = SPAN.fullmatch(line)
    if found:
        starts, ends = _span(found["starts"], found["ends"])
    elif span:
        starts, ends = span
    else:
        raise ValueError(f"“{shown(line)}” is not a date with a start and an end. {LIKE}")
    weekday, day = "", (found["day"] if found else line).strip(" ,;|@")
    if named := WEEKDAY.fullmatch(day):
        weekday, day = named[1].casefold(), named[2]
    if not day:
        raise ValueError(f"“{shown(line)}” names no day. {LIKE}")
    return _Line(number, _with_year(day, today), weekday, starts, ends)


def _with_year(day: str, today: date) -> str:
    """Return a day as `read_days` takes it; without a year it gets that of the next such day from `today` on."""
    if named := NAMED.fullmatch(day):
        month, number, year = named.groups()
    elif named := NAMED_LAST.fullmatch(day):
        number, month, year = named.groups()
    elif short := SHORT.fullmatch(day):
        first, sign, second = short.groups()
        month = first if int(first) <= 12 else second
        return f"{first}{sign}{second}{sign}{_year(month, second if month == first else first, today)}"
    else:
        return day
    return f"{month} {number}, {year or _year(_month_number(month), number, today)}"


def _month_number(name: str) -> str:
    """Return the number of a month by its name, which may be cut short; "0" where there is none."""
    return next((str(at) for at, month in enumerate(MONTHS, 1) if month.casefold().startswith(name.casefold())), "0")


def _year(month: str, day: str, today: date) -> int:
    """Return the year of the next such day from `today` on."""
    return today.year + ((int(month), int(day)) < (today.month, today.day))


def _span(starts: str, ends: str) -> tuple[time, time]:
    """Return the two times. Raises ValueError with a sentence."""
    first, first_half = _time(starts, "start")
    last, last_half = _time(ends, "end")
    if not first_half and not last_half:
        return _afternoon(first) if first.hour not in MORNING else first, _next(last, first)
    if not first_half:
        same = _half(first, last_half)
        return (same if same < last else _half(first, "a" if last_half == "p" else "p")), last
    if not last_half:
        same = _half(last, first_half)
        return first, (same if same > first else _half(last, "p" if first_half == "a" else "a"))
    return first, last


def _time(text: str, column: str) -> tuple[time, str]:
    """Return a time and "a" or "p" if it says which half of the day it means; "-" for one of a clock of 24 hours."""
    if text.casefold().endswith("noon"):
        return time(12), "p"
    hour, minute, half = TIME.fullmatch(text).groups(default="")  # type: ignore[union-attr] # SPAN has looked
    at = read_time(f"{hour}:{minute or '00'}{' ' + half + 'm' if half else ''}", column)
    if half:
        return at, half.casefold()
    return at, "" if 1 <= at.hour <= 12 else "-"


def _afternoon(at: time) -> time:
    return _half(at, "p") if 1 <= at.hour <= 12 else at


def _half(at: time, half: str) -> time:
    """Return the time in the half of the day that `half` names, "-" being the one it is in."""
    if half == "-" or not 1 <= at.hour <= 12:
        return at
    return at.replace(hour=at.hour % 12 + (12 if half == "p" else 0))


def _next(last: time, first: time) -> time:
    """Return the first reading of an end without AM or PM that is after the start."""
    start = _afternoon(first) if first.hour not in MORNING else first
    readings = [_half(last, "a"), _half(last, "p")]
    return next((one for one in readings if one > start), readings[0])


def _plan(line: _Line, day: date | ValueError, title: str, time_zone: str) -> PlannedSession:
    if isinstance(day, ValueError):
        raise day
    if line.weekday and f"{day:%a}".casefold() != line.weekday:
        raise ValueError(f"{day:%B} {day.day}, {day.year} is a {day:%A}. Correct the day, or write its year too.")
    starts_at = instant(day, line.starts, time_zone)
    return PlannedSession(
        line.number, title, starts_at, end_after(starts_at, line.ends, time_zone), time_zone=time_zone
    )


def lines_of(days: Sequence[date], starts: time, ends: time) -> str:
    """Return the lines that `read_lines` reads as sessions on `days` at these times."""
    return "\n".join(f"{day:%a} {day:%b} {day.day}, {day.year} {starts:%H:%M}-{ends:%H:%M}" for day in days)
