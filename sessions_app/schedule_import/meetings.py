"""The further meetings of a row: the columns “date_2”, “start_2”, “end_2”, and 3, and so on."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from foundation.values.lines import line_key
from foundation.wall_clock import end_after, instant
from sessions_app.models.changes import MOST_MEETINGS
from sessions_app.models.venue import overlap
from sessions_app.schedule_import.cells import link_of, zone_named
from sessions_app.schedule_import.days import read_time

NEEDED = ("date", "start", "end")
MORE = ("venue", "join_link", "time_zone")
EXAMPLE = ", ".join(f"{name}_2" for name in (*NEEDED, *MORE))
NUMBERED = re.compile(rf"({'|'.join((*NEEDED, *MORE))})_?([0-9]{{1,3}})")


@dataclass(frozen=True)
class PlannedMeeting:
    """A meeting after the first one of a row: aware UTC instants; `venue` and `join_link` are "" if it says none."""

    starts_at: datetime
    ends_at: datetime
    time_zone: str
    venue: str = ""
    join_link: str = ""


def column_named(heading: str) -> str:
    """Return the name of a column as it is kept: “date2” is “date_2”."""
    found = NUMBERED.fullmatch(heading)
    return f"{found[1]}_{int(found[2])}" if found else heading


def numbers_in(columns: Collection[str]) -> list[int]:
    """Return the numbers of the meetings that `columns` are about, in order."""
    return sorted({number for _, number in _numbered(columns)})


def is_of_a_meeting(column: str) -> bool:
    """Tell whether this is a column of a further meeting, whatever its number."""
    return NUMBERED.fullmatch(column) is not None


def problems_of(columns: Sequence[str]) -> list[str]:
    """Return what is wrong with the columns of further meetings: a sentence each."""
    numbers = numbers_in(columns)
    wrong = [
        f"“{name}_{number}” is no column: further meetings are numbered from 2 to {MOST_MEETINGS}."
        for name, number in _numbered(columns)
        if not 2 <= number <= MOST_MEETINGS
    ]
    if wrong or not numbers:
        return wrong
    for number in range(2, numbers[-1] + 1):
        if number not in numbers:
            wrong.append(f"There is no column for meeting {number}, and one for a later meeting. Number them in order.")
        else:
            missing = [f"{name}_{number}" for name in NEEDED if f"{name}_{number}" not in columns]
            wrong += [f"The column “{name}” is missing." for name in missing]
    return wrong


def _numbered(columns: Collection[str]) -> Iterator[tuple[str, int]]:
    for column in columns:
        if found := NUMBERED.fullmatch(column):
            yield found[1], int(found[2])


def filled_in(cells: Mapping[str, str], numbers: Sequence[int]) -> list[int]:
    """Return the numbers of the meetings that a row has. Raises ValueError where one is half there, or left out."""
    filled: list[int] = []
    for number in numbers:
        empty = [f"“{name}_{number}”" for name in NEEDED if not cells[f"{name}_{number}"]]
        if len(empty) == len(NEEDED) and not any(cells.get(f"{name}_{number}") for name in MORE):
            continue
        if empty:
            raise ValueError(
                f"Meeting {number} is half filled in: {' and '.join(empty)} {'is' if len(empty) == 1 else 'are'} "
                "empty. Fill in date, start and end, or leave all cells of it empty."
            )
        if number != len(filled) + 2:
            raise ValueError(
                f"Meeting {number} is filled in, and meeting {len(filled) + 2} is not. Number them without a gap."
            )
        filled.append(number)
    return filled


def read_meeting(
    number: int, cells: Mapping[str, str], day: date | ValueError, zones: Mapping[str, str], time_zone: str
) -> PlannedMeeting:
    """Read the meeting of this number out of a row. Its clock is that of its own zone, of its venue, or `time_zone`.

    `zones` are those of the venues (by `line_key` of their names). Raises ValueError with a sentence.
    """
    venue = cells.get(f"venue_{number}", "")
    try:
        zone = zone_named(cells.get(f"time_zone_{number}") or zones.get(line_key(venue)) or time_zone)
        if isinstance(day, ValueError):
            raise day
        starts_at = instant(day, read_time(cells[f"start_{number}"], f"start_{number}"), zone)
        ends_at = end_after(starts_at, read_time(cells[f"end_{number}"], f"end_{number}"), zone)
        return PlannedMeeting(starts_at, ends_at, zone, venue, link_of(cells.get(f"join_link_{number}", "")))
    except ValueError as error:
        raise ValueError(f"Meeting {number}: {error}") from None


def refuse_disorder(first: PlannedMeeting, further: Sequence[PlannedMeeting]) -> None:
    """Raise ValueError where a meeting begins before the one before it has ended."""
    before = first
    for number, meeting in enumerate(further, 2):
        if overlap(before, meeting):
            raise ValueError(f"Meeting {number} overlaps meeting {number - 1}. Change one of their times.")
        if meeting.starts_at < before.ends_at:
            raise ValueError(f"Meeting {number} is before meeting {number - 1}. Write them in the order of time.")
        before = meeting
