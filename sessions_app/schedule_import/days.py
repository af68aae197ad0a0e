"""Read days and times as people type them and as Excel rewrites them, where they mean one day or one time."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, time

from foundation.text import shown
from foundation.values.days import FIRST_DAY, LAST_DAY

YEARS = range(FIRST_DAY.year, LAST_DAY.year + 1)
MONTHS = ["January", "February", "March", "April", "May", "June", "July"]
MONTHS += ["August", "September", "October", "November", "December"]
# Programs write the midnight behind a day whose cell could hold a time.
MIDNIGHT = re.compile(r"(?:[ T]0?0:00(?::00)?| 12:00(?::00)? ?AM)$", re.IGNORECASE)
YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
IN_NUMBERS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
DAY_AND_NAME = re.compile(r"([0-9]{1,2})[- ]([A-Za-z]{3,9})\.?,?[- ]([0-9]{4}|[0-9]{2})")
NAME_AND_DAY = re.compile(r"(?:([A-Za-z]{6,9}), )?([A-Za-z]{3,9})\.? ([0-9]{1,2}), ([0-9]{4})")
CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?(?: ?([AaPp])\.?[Mm]\.?)?")

# The orders in which programs write the numbers of a day: where each of year, month and day stands. Only a year of two
# figures can be mistaken for a day, so only then may it come first.
MONTH_FIRST, DAY_FIRST, SHORT_YEAR_FIRST = (2, 0, 1), (2, 1, 0), (0, 1, 2)

Order = tuple[int, int, int]


def read_days(texts: Sequence[str]) -> list[date | ValueError]:
    """Return the day of each of `texts`, a column of a file; or a ValueError with the sentence that says what is wrong.

    A day in numbers is read in the one order (month or day first) in which every day of the column that is written
    with the same sign can be one: 5/6/2027 is May 6 where 5/14/2027 stands above it. Without such a neighbor nobody
    can tell, and it is refused.
    """
    found = [_readings(text) for text in texts]
    orders: dict[str, set[Order]] = defaultdict(lambda: {MONTH_FIRST, DAY_FIRST, SHORT_YEAR_FIRST})
    for text, readings in zip(texts, found, strict=True):
        if isinstance(readings, dict):
            orders[_sign(text)] &= readings.keys()
    return [_chosen(text, readings, orders[_sign(text)]) for text, readings in zip(texts, found, strict=True)]


def _sign(text: str) -> str:
    """Return what stands between the numbers of a day."""
    return next((letter for letter in text if not letter.isdecimal()), "")


def _chosen(text: str, readings: "dict[Order, date] | date | ValueError", fitting: set[Order]) -> date | ValueError:
    if not isinstance(readings, dict):
        return readings
    days = sorted({day for order, day in readings.items() if order in fitting} or set(readings.values()))
    if len(days) == 1:
        return days[0]
    return ValueError(f"“{shown(text)}” may mean {' or '.join(map(str, days))}. Write the one you mean like that.")


def _readings(text: str) -> "dict[Order, date] | date | ValueError":
    """Return the one day that `text` names, or the days it may name by the order of its numbers."""
    text = MIDNIGHT.sub("", text)
    try:
        if match := YEAR_FIRST.fullmatch(text):
            return _day(text, match[1], int(match[2]), match[3])
        if match := DAY_AND_NAME.fullmatch(text):
            return _day(text, match[3], _month(text, match[2]), match[1])
        if match := NAME_AND_DAY.fullmatch(text):
            return _on_weekday(text, _day(text, match[4], _month(text, match[2]), match[3]), match[1] or "")
        if match := IN_NUMBERS.fullmatch(text):
            return _in_each_order(text, (match[1], match[3], match[4]))
    except ValueError as error:
        return error
    return ValueError(f"“{shown(text)}” is not a date. Write it like 2024-05-14.")


def _in_each_order(text: str, numbers: tuple[str, str, str]) -> dict[Order, date]:
    found, error = {}, ValueError()
    for order in (MONTH_FIRST, DAY_FIRST, *([SHORT_YEAR_FIRST] if len(numbers[2]) == 2 else [])):
        year, month, day = (numbers[place] for place in order)
        try:
            found[order] = _day(text, year, int(month), day)
        except ValueError as wrong:
            error = wrong
    if not found:
        raise error
    return found


def _day(text: str, year: str, month: int, day: str) -> date:
    number = int(year) + (2000 if len(year) <= 2 else 0)
    if number not in YEARS:
        raise ValueError(f"The year {number} is outside {YEARS[0]} to {YEARS[-1]}.")
    try:
        return date(number, month, int(day))
    except ValueError:
        raise ValueError(f"There is no day {text}.") from None


def _month(text: str, name: str) -> int:
    """Return the number of a month by its name, which may be cut short."""
    for number, month in enumerate(MONTHS, 1):
        if month.casefold().startswith(name.casefold()):
            return number
    raise ValueError(f"“{shown(text)}” is not a date. Write it like 2024-05-14.")


def _on_weekday(text: str, day: date, weekday: str) -> date:
    if weekday.casefold() not in ("", f"{day:%A}".casefold()):
        raise ValueError(f"“{shown(text)}” is a {day:%A}. Correct the day, or write it like 2024-05-14.")
    return day


def read_time(text: str, column: str) -> time:
    """Return the time of a cell in the column of that name: “13:30”, “1:30 PM”, “1:30:00 PM”. Raises ValueError."""
    match = CLOCK.fullmatch(text)
    hour, minute = (int(match[1]), int(match[2])) if match else (99, 99)
    if match and match[3]:
        hour = hour % 12 + (12 if match[3] in "Pp" else 0) if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59:
        raise ValueError(f"“{shown(text)}” is not a time for “{column}”. Write it like 13:30.")
    return time(hour, minute)
