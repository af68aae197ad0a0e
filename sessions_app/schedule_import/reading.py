"""Read a schedule in CSV: bytes in, planned sessions and wrong rows out. Nothing here touches the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from foundation.files.rows import BrokenFile, is_filled, read_rows
from foundation.files.spreadsheet import unguarded
from foundation.text import shown
from foundation.values.lines import line_key, without_invisible
from foundation.wall_clock import end_after, instant
from sessions_app.schedule_import.cells import (
    attendees_of,
    code_of,
    format_of,
    link_of,
    names_of,
    number_of,
    title_of,
    zone_named,
)
from sessions_app.schedule_import.days import read_days, read_time
from sessions_app.schedule_import.meetings import (
    EXAMPLE,
    PlannedMeeting,
    column_named,
    filled_in,
    is_of_a_meeting,
    numbers_in,
    problems_of,
    read_meeting,
    refuse_disorder,
)

REQUIRED = ("workshop", "date", "start", "end")
OPTIONAL = (
    *("venue", "join_link", "time_zone", "format", "capacity", "minimum"),
    *("facilitators", "code", "attended", "attendees"),
)

Days = dict[int, date | ValueError]  # the days of a row by the number of the meeting


@dataclass(frozen=True)
class PlannedSession:
    """One row that can be read: aware UTC instants; empty or None where the row says nothing.

    `code` is that of a session that is there. `attended` and `attendees` (pairs of a name and an address, of which one
    may be empty) say who was at a session that is over. `further` are the meetings after the first one, in the order of
    time; None where the file has no column for them.
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
    further: tuple[PlannedMeeting, ...] | None = None

    @property
    def over_at(self) -> datetime:
        """When its last meeting ends."""
        return self.further[-1].ends_at if self.further else self.ends_at


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
    columns = [column_named(without_invisible(cell).strip().casefold().replace(" ", "_")) for cell in heading]
    while columns and not columns[-1]:
        columns.pop()
    wrong = [WrongRow(number, sentence) for sentence in _heading_problems(columns)]
    if wrong:
        return [], wrong
    sound: list[tuple[int, dict[str, str]]] = []
    for number, cells in rest:
        try:
            typed = map(unguarded, _trimmed(cells, len(columns)))
            sound.append((number, dict(zip(columns, typed, strict=True))))
        except ValueError as error:
            wrong.append(WrongRow(number, str(error)))
    plans: list[PlannedSession] = []
    first_at: dict[tuple[str, datetime], int] = {}
    first_of: dict[str, int] = {}
    numbers = numbers_in(columns)
    for (number, named), days in zip(sound, _days([cells for _, cells in sound], numbers), strict=True):
        try:
            plan = _plan(number, named, days, numbers, zones or {}, time_zone)
            # Two groups may meet at once. Only a code says which of them a row means.
            at = (line_key(plan.title), plan.starts_at)
            first = number if plan.code else first_at.setdefault(at, number)
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
    once = dict.fromkeys(columns)
    unknown = [name for name in once if name not in known and not is_of_a_meeting(name)]
    sentences = [
        f"“{shown(name)}” is not a column. The columns are {', '.join(known)}; for a second meeting {EXAMPLE}."
        for name in unknown
    ]
    sentences += [f"The column “{name}” is missing." for name in REQUIRED if name not in columns]
    twice = [name for name in once if name not in unknown and columns.count(name) > 1]
    sentences += [f"The column “{name}” stands there twice." for name in twice]
    return sentences + problems_of(columns)


def _days(rows: Sequence[Mapping[str, str]], numbers: Sequence[int]) -> list[Days]:
    """Return the days of each row: those of all columns are read in one order of their numbers."""
    columns = {1: "date"} | {number: f"date_{number}" for number in numbers}
    texts = [
        (at, number, text)
        for at, cells in enumerate(rows)
        for number, column in columns.items()
        if (text := without_invisible(cells[column]).strip()) or number == 1
    ]
    found: list[Days] = [{} for _ in rows]
    for (at, number, _), day in zip(texts, read_days([text for _, _, text in texts]), strict=True):
        found[at][number] = day
    return found


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Return the cells without the empty ones a spreadsheet adds at the end. Raises ValueError."""
    while len(cells) > width and not is_filled(cells[-1]):
        cells = cells[:-1]
    if len(cells) != width:
        raise ValueError(f"This row has {len(cells)} cells and the heading has {width}.")
    return cells


def _plan(
    row: int, cells: dict[str, str], days: Days, numbers: Sequence[int], zones: Mapping[str, str], time_zone: str
) -> PlannedSession:
    """Turn one row's cells into a PlannedSession. Raises ValueError with a sentence."""
    title = title_of(cells["workshop"])
    # A title may hold marks that its script needs; what stands in the other cells needs none.
    cells = {column: without_invisible(cell).strip() for column, cell in cells.items()}
    venue = cells.get("venue", "")
    zone = zone_named(cells.get("time_zone") or zones.get(line_key(venue)) or time_zone)
    if isinstance(day := days[1], ValueError):
        raise day
    starts_at = instant(day, read_time(cells["start"], "start"), zone)
    ends_at = end_after(starts_at, read_time(cells["end"], "end"), zone)
    capacity, minimum = (number_of(cells.get(column, ""), column) for column in ("capacity", "minimum"))
    further = [read_meeting(number, cells, days[number], zones, zone) for number in filled_in(cells, numbers)]
    refuse_disorder(PlannedMeeting(starts_at, ends_at, zone), further)
    return PlannedSession(
        row=row,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=zone,
        venue=venue,
        join_link=link_of(cells.get("join_link", "")),
        format=format_of(cells.get("format", "")),
        capacity=capacity,
        minimum=minimum,
        facilitators=tuple(names_of(cells.get("facilitators", ""))),
        code=code_of(cells.get("code", "")),
        attended=number_of(cells.get("attended", ""), "attended", 0),
        attendees=tuple(attendees_of(cells.get("attendees", ""))),
        further=tuple(further) if numbers else None,
    )
