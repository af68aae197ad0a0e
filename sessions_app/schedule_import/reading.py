"""Read a schedule in CSV: bytes in, planned sessions and wrong rows out. Nothing here touches the database."""

import csv
import io
import re
import unicodedata
import zoneinfo
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import cast

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from catalog.models import Format, Workshop
from foundation.wall_clock import instant
from sessions_app.models import Meeting

REQUIRED = ("workshop", "date", "start", "end")
OPTIONAL = ("venue", "join_link", "time_zone", "format", "capacity", "minimum")
YEARS = range(2000, 2101)
MOST_SEATS = 32767  # what a PositiveSmallIntegerField holds
TITLE_LENGTH = cast(int, Workshop._meta.get_field("title").max_length)
LINK_LENGTH = cast(int, Meeting._meta.get_field("join_link").max_length)
FORMATS = {
    words.casefold(): value for value, label in Format.choices for words in (value, value.replace("_", " "), label)
}


@dataclass(frozen=True)
class PlannedSession:
    """One row that can be read: aware UTC instants; empty or None where the row says nothing."""

    row: int
    title: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    venue: str = ""
    join_link: str = ""
    format: str = ""
    capacity: int | None = None
    minimum: int | None = None


@dataclass(frozen=True, order=True)
class WrongRow:
    """What is wrong with a row, counted as a spreadsheet counts: the heading is row 1."""

    row: int
    sentence: str

    def __str__(self) -> str:
        return f"Row {self.row}: {self.sentence}"


def title_key(title: str) -> str:
    """Return what two spellings of one title share: neither case nor spacing counts."""
    return " ".join(unicodedata.normalize("NFC", title).split()).casefold()


def read_schedule(data: bytes, time_zone: str) -> tuple[list[PlannedSession], list[WrongRow]]:
    """Read a schedule in CSV: the rows that can be planned, and the wrong ones with a sentence each.

    `data` is UTF-8, with or without BOM, separated by commas, semicolons or tabs, with any line ending. Times are wall
    clock in the row's `time_zone`, else in the one given (IANA name). Never raises, whatever the bytes.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return [], [WrongRow(row, "This file is not UTF-8. Save it again as “CSV UTF-8” and import that.")]
    rows, broken = _cells(text)
    if not rows:
        return [], broken or [WrongRow(1, f"The file is empty. Its heading names the columns: {', '.join(REQUIRED)}.")]
    (number, heading), *rest = rows
    columns = [cell.strip().casefold().replace(" ", "_") for cell in heading]
    while columns and not columns[-1]:
        columns.pop()
    wrong = [WrongRow(number, sentence) for sentence in _heading_problems(columns)]
    if wrong:
        return [], wrong
    plans: list[PlannedSession] = []
    first_at: dict[tuple[str, datetime], int] = {}
    for number, cells in rest:
        try:
            plan = _plan(number, dict(zip(columns, _trimmed(cells, len(columns)), strict=True)), time_zone)
            first = first_at.setdefault((title_key(plan.title), plan.starts_at), number)
            if first != number:
                raise ValueError(f"This is the same workshop at the same time as row {first}.")
        except ValueError as error:
            wrong.append(WrongRow(number, str(error)))
        else:
            plans.append(plan)
    return plans, wrong + broken


def _cells(text: str) -> tuple[list[tuple[int, list[str]]], list[WrongRow]]:
    """Split into numbered rows of cells, blank ones left out; after a row that cannot be split, stop and say so."""
    first_line = text.lstrip("\r\n").splitlines()[:1]
    separator = max(",;\t", key=first_line[0].count) if first_line else ","
    rows, number = [], 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
            if any(cell.strip() for cell in cells):
                rows.append((number, cells))
    except csv.Error as error:
        return rows, [WrongRow(number + 1, f"This row and what follows cannot be read as CSV: {error}.")]
    return rows, []


def _heading_problems(columns: list[str]) -> list[str]:
    known = (*REQUIRED, *OPTIONAL)
    unknown = [name for name in dict.fromkeys(columns) if name not in known]
    sentences = [f"“{shown(name)}” is not a column. The columns are {', '.join(known)}." for name in unknown]
    sentences += [f"The column “{name}” is missing." for name in REQUIRED if name not in columns]
    sentences += [f"The column “{name}” stands there twice." for name in known if columns.count(name) > 1]
    return sentences


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Return the cells stripped, without the empty ones a spreadsheet adds at the end. Raises ValueError."""
    cells = [cell.strip() for cell in cells]
    while len(cells) > width and not cells[-1]:
        cells.pop()
    if len(cells) != width:
        raise ValueError(f"This row has {len(cells)} cells and the heading has {width}.")
    return cells


def _plan(number: int, cells: dict[str, str], time_zone: str) -> PlannedSession:
    """Turn one row's cells into a PlannedSession. Raises ValueError with a sentence."""
    zone = _zone(cells.get("time_zone") or time_zone)
    title = _title(cells["workshop"])
    day = _day(cells["date"])
    starts_at = instant(day, _time(cells["start"], "start"), zone)
    ends_at = instant(day, _time(cells["end"], "end"), zone)
    if ends_at <= starts_at:
        raise ValueError(f"It ends at {cells['end']}, which is not after its start at {cells['start']}.")
    capacity, minimum = (_number(cells.get(column, ""), column) for column in ("capacity", "minimum"))
    return PlannedSession(
        row=number,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=zone,
        venue=cells.get("venue", ""),
        join_link=_link(cells.get("join_link", "")),
        format=_format(cells.get("format", "")),
        capacity=capacity,
        minimum=minimum,
    )


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title:
        raise ValueError("The workshop has no title.")
    if len(title) > TITLE_LENGTH:
        raise ValueError(f"The title has {len(title)} characters. Shorten it to {TITLE_LENGTH}.")
    if any(unicodedata.category(character) == "Cc" for character in title):
        raise ValueError("The title contains a control character, such as NUL. Type it again.")
    return title


def _day(text: str) -> date:
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    if not match:
        raise ValueError(f"“{shown(text)}” is not a date. Write it like 2024-05-14.")
    year, month, day = (int(part) for part in match.groups())
    if year not in YEARS:
        raise ValueError(f"The year {year} is outside {YEARS[0]} to {YEARS[-1]}.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"There is no day {text}.") from None


def _time(text: str, column: str) -> time:
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(:00)?", text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"“{shown(text)}” is not a time for “{column}”. Write it like 13:30.")
    return time(int(match[1]), int(match[2]))


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _zone(name: str) -> str:
    if name not in _zone_names():
        raise ValueError(f"“{shown(name)}” is not a time zone. Use a name like America/Chicago.")
    return name


def _format(text: str) -> str:
    if not text:
        return ""
    if text.casefold() not in FORMATS:
        raise ValueError(
            f"“{shown(text)}” is not a format. Write {', '.join(Format.values[:-1])} or {Format.values[-1]}."
        )
    return FORMATS[text.casefold()]


def _number(text: str, column: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,4}", text) or int(text) > MOST_SEATS:
        raise ValueError(f"“{shown(text)}” is no number of people for “{column}”. Write a whole number from 1.")
    return int(text)


def _link(text: str) -> str:
    if not text:
        return ""
    if len(text) > LINK_LENGTH:
        raise ValueError(f"The link has {len(text)} characters. Shorten it to {LINK_LENGTH}.")
    try:
        URLValidator(["http", "https"])(text)
    except ValidationError:
        raise ValueError(f"“{shown(text)}” is not a link. It starts with https://.") from None
    if not text.isprintable():
        raise ValueError(f"“{shown(text)}” contains a character no link has. Copy the link again.")
    return text


def shown(text: str) -> str:
    """Return what somebody typed so that it can be repeated on one line: short, and printable throughout."""
    text = text if len(text) <= 60 else text[:59] + "…"
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
