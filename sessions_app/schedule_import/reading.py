"""Read a schedule in CSV: bytes in, planned sessions and wrong rows out. Nothing here touches the database."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from django.core.exceptions import ValidationError

from catalog.models import Format, Workshop
from foundation.files.rows import BrokenFile, is_filled, read_rows
from foundation.text import shown
from foundation.values.addresses import read_address
from foundation.values.lines import NOT_READABLE, line_key, read_line, without_invisible
from foundation.values.links import read_link
from foundation.values.zones import read_zone
from foundation.wall_clock import end_after, instant
from sessions_app.models import Meeting
from sessions_app.schedule_import.days import read_days, read_time

REQUIRED = ("workshop", "date", "start", "end")
OPTIONAL = (
    *("venue", "join_link", "time_zone", "format", "capacity", "minimum"),
    *("facilitators", "code", "attended", "attendees"),
)
MOST_SEATS = 32767  # what a PositiveSmallIntegerField holds
TITLE_LENGTH = cast(int, Workshop._meta.get_field("title").max_length)
NAME_LENGTH = 150  # what a name in the attendance holds
CODE = re.compile(r"[a-z0-9]{8}")
LINK_LENGTH = cast(int, Meeting._meta.get_field("join_link").max_length)
FORMATS = {
    words.casefold(): value for value, label in Format.choices for words in (value, value.replace("_", " "), label)
}


@dataclass(frozen=True)
class PlannedSession:
    """One row that can be read: aware UTC instants; empty or None where the row says nothing.

    `code` is that of a session that is there. `attended` and `attendees` (pairs of a name and an address, of which one
    may be empty) say who was at a session that is over.
    """

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
    facilitators: tuple[str, ...] = ()
    code: str = ""
    attended: int | None = None
    attendees: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, order=True)
class WrongRow:
    """What is wrong with a row, counted as a spreadsheet counts: the heading is row 1."""

    row: int
    sentence: str

    def __str__(self) -> str:
        return f"Row {self.row}: {self.sentence}"


def read_schedule(
    data: bytes, time_zone: str, zones: Mapping[str, str] | None = None
) -> tuple[list[PlannedSession], list[WrongRow]]:
    """Read a schedule in CSV: the rows that can be planned, and the wrong ones with a sentence each.

    Times are wall clock in the row's `time_zone`; where it has none, in that of its venue in `zones` (by `line_key` of
    its name), else in the one given (IANA names). An end before the start is on the next day. Never raises, whatever
    the bytes.
    """
    try:
        rows, broken = read_rows(data), []
    except BrokenFile as error:
        rows, broken = error.rows, [WrongRow(error.row, str(error))]
    if not rows:
        return [], broken or [WrongRow(1, f"The file is empty. Its heading names the columns: {', '.join(REQUIRED)}.")]
    (number, heading), *rest = rows
    columns = [without_invisible(cell).strip().casefold().replace(" ", "_") for cell in heading]
    while columns and not columns[-1]:
        columns.pop()
    wrong = [WrongRow(number, sentence) for sentence in _heading_problems(columns)]
    if wrong:
        return [], wrong
    sound: list[tuple[int, dict[str, str]]] = []
    for number, cells in rest:
        try:
            sound.append((number, dict(zip(columns, _trimmed(cells, len(columns)), strict=True))))
        except ValueError as error:
            wrong.append(WrongRow(number, str(error)))
    plans: list[PlannedSession] = []
    first_at: dict[tuple[str, datetime], int] = {}
    first_of: dict[str, int] = {}
    days = read_days([without_invisible(cells["date"]).strip() for _, cells in sound])
    for (number, named), day in zip(sound, days, strict=True):
        try:
            plan = _plan(number, named, day, zones or {}, time_zone)
            first = first_at.setdefault((line_key(plan.title), plan.starts_at), number)
            if first != number:
                raise ValueError(f"This is the same workshop at the same time as row {first}.")
            first = first_of.setdefault(plan.code, number) if plan.code else number
            if first != number:
                raise ValueError(f"This is the same session as row {first}: “{plan.code}”.")
        except ValueError as error:
            wrong.append(WrongRow(number, str(error)))
        else:
            plans.append(plan)
    return plans, sorted(wrong + broken)


def _heading_problems(columns: list[str]) -> list[str]:
    known = (*REQUIRED, *OPTIONAL)
    unknown = [name for name in dict.fromkeys(columns) if name not in known]
    sentences = [f"“{shown(name)}” is not a column. The columns are {', '.join(known)}." for name in unknown]
    sentences += [f"The column “{name}” is missing." for name in REQUIRED if name not in columns]
    sentences += [f"The column “{name}” stands there twice." for name in known if columns.count(name) > 1]
    return sentences


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Return the cells without the empty ones a spreadsheet adds at the end. Raises ValueError."""
    while len(cells) > width and not is_filled(cells[-1]):
        cells = cells[:-1]
    if len(cells) != width:
        raise ValueError(f"This row has {len(cells)} cells and the heading has {width}.")
    return cells


def _plan(
    number: int, cells: dict[str, str], day: date | ValueError, zones: Mapping[str, str], time_zone: str
) -> PlannedSession:
    """Turn one row's cells into a PlannedSession. Raises ValueError with a sentence."""
    title = _title(cells["workshop"])
    # A title may hold marks that its script needs; what stands in the other cells needs none.
    cells = {column: without_invisible(cell).strip() for column, cell in cells.items()}
    venue = cells.get("venue", "")
    zone = _zone(cells.get("time_zone") or zones.get(line_key(venue)) or time_zone)
    if isinstance(day, ValueError):
        raise day
    starts_at = instant(day, read_time(cells["start"], "start"), zone)
    ends_at = end_after(starts_at, read_time(cells["end"], "end"), zone)
    capacity, minimum = (_number(cells.get(column, ""), column) for column in ("capacity", "minimum"))
    return PlannedSession(
        row=number,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=zone,
        venue=venue,
        join_link=_link(cells.get("join_link", "")),
        format=_format(cells.get("format", "")),
        capacity=capacity,
        minimum=minimum,
        facilitators=tuple(_names(cells.get("facilitators", ""))),
        code=_code(cells.get("code", "")),
        attended=_number(cells.get("attended", ""), "attended", 0),
        attendees=tuple(_attendees(cells.get("attendees", ""))),
    )


def _title(text: str) -> str:
    try:
        title = read_line(text)
    except ValidationError as error:
        if error.message == NOT_READABLE:
            raise ValueError("The title has no letter that can be read. Type it again.") from None
        raise ValueError("The title contains a control character, such as NUL. Type it again.") from None
    if not title:
        raise ValueError("The workshop has no title.")
    if len(title) > TITLE_LENGTH:
        raise ValueError(f"The title has {len(title)} characters. Shorten it to {TITLE_LENGTH}.")
    return title


def _zone(name: str) -> str:
    try:
        return read_zone(name)
    except ValidationError as error:
        raise ValueError(error.message) from None


def _format(text: str) -> str:
    if not text:
        return ""
    if text.casefold() not in FORMATS:
        raise ValueError(
            f"“{shown(text)}” is not a format. Write {', '.join(Format.values[:-1])} or {Format.values[-1]}."
        )
    return FORMATS[text.casefold()]


def _number(text: str, column: str, least: int = 1) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text) or not least <= int(text) <= MOST_SEATS:
        raise ValueError(f"“{shown(text)}” is no number of people for “{column}”. Write a whole number from {least}.")
    return int(text)


def _code(text: str) -> str:
    """Return the code of a session as typed, or out of the address of its page."""
    code = text.rstrip("/").rpartition("/")[2].casefold()
    if code and not CODE.fullmatch(code):
        raise ValueError(f"“{shown(text)}” is not the code of a session: eight letters and digits, from its address.")
    return code


def _names(text: str) -> Iterator[str]:
    """Yield the names in a cell, with semicolons between them."""
    for part in filter(None, (part.strip() for part in text.split(";"))):
        try:
            yield read_line(part)
        except ValidationError:
            raise ValueError(f"“{shown(part)}” is not a name.") from None


def _attendees(text: str) -> Iterator[tuple[str, str]]:
    """Yield the people in a cell, with semicolons between them: “Ada Okafor”, an address, or both."""
    for part in _names(text):
        name, address = part, ""
        if "@" in part:
            before, _, last = part.rpartition(" ")
            name, address = before.strip(), last.strip("<>()")
            try:
                address = read_address(address)
            except ValidationError:
                raise ValueError(f"“{shown(last)}” is not an e-mail address. Write it like name@school.edu.") from None
        if len(name) > NAME_LENGTH:
            raise ValueError(f"“{shown(name)}” is too long for a name. Put semicolons between people.")
        yield name, address


def _link(text: str) -> str:
    if not text:
        return ""
    if len(text) > LINK_LENGTH:
        raise ValueError(f"The link has {len(text)} characters. Shorten it to {LINK_LENGTH}.")
    try:
        return read_link(text)
    except ValidationError:
        if not text.isprintable():
            raise ValueError(f"“{shown(text)}” contains a character no link has. Copy the link again.") from None
        raise ValueError(f"“{shown(text)}” is not a link. It starts with https://.") from None
