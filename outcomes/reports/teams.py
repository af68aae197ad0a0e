"""The attendance report of Microsoft Teams, in the three shapes it has had.

- Numbered sections: “1. Summary”, “2. Participants” (“Name”, “First Join”, “Last Leave”, “In-Meeting Duration”,
  “Email”, “Participant ID (UPN)”, “Role”), “3. In-Meeting Activities” (“Name”, “Join Time”, “Leave Time”, “Duration”,
  “Email”, “Role”, a row for each joining), perhaps “4. Meeting Engagement”.
- “Meeting Summary”, and below it “Full Name”, “Join Time”, “Leave Time”, “Duration”, “Email”, “Role”.
- The list that an organizer downloaded during the meeting: “Full Name”, “User Action” (“Joined”, “Joined before”,
  “Left”), “Timestamp”.

Cells are separated by tabs, in UTF-16; times are those of the organizer's country, without a zone.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from outcomes.reports.columns import ACTION, AT, JOINED, LEFT, LENGTH, LOGIN, ROLE, Columns
from outcomes.reports.report import Line, Report
from outcomes.reports.times import Moments, read_length, tidy
from sessions_app.models.venue import Span

SECTION = re.compile(r"[1-9]\. \w")
OUTER = ("first join", "first join time")

Row = Sequence[str]


def recognizes(row: Row) -> bool:
    """Tell whether this is a heading above people, of one of the three shapes."""
    columns = Columns.of(row)
    if not columns.name_people:
        return False
    return ACTION in columns or (JOINED in columns and LEFT in columns and (ROLE in columns or LOGIN in columns))


def read(rows: Sequence[Row], meeting: Span, zone: str) -> Report:
    """Return the report. Every joining and leaving counts where the file has them, else what Teams itself counted."""
    moments = Moments([cell for row in rows for cell in row if ":" in cell], meeting, zone)
    exact: list[Line] = []
    outer: list[Line] = []
    actions: list[tuple[Columns, Row]] = []
    for columns, row, is_outer in _people(rows):
        if ACTION in columns:
            actions.append((columns, row))
        else:
            (outer if is_outer else exact).append(_line(columns, row, moments, meeting, is_outer))
    exact += _of_actions(actions, moments, meeting)
    return Report.of_rows("Teams", _best(exact, outer), moments.is_day_first)


def _people(rows: Sequence[Row]) -> Iterator[tuple[Columns, Row, bool]]:
    """Yield each row about a person, with the columns above it and whether those are of the first and last minute."""
    columns, is_outer = Columns({}), False
    for row in rows:
        if recognizes(row):
            columns, is_outer = Columns.of(row), any(tidy(cell) in OUTER for cell in row)
        elif not any(row) or (SECTION.match(row[0]) and not any(row[1:])):
            columns = Columns({})
        elif columns.name_people:
            yield columns, row, is_outer


def _line(columns: Columns, row: Row, moments: Moments, meeting: Span, is_outer: bool) -> Line:
    joined, left = moments.read(columns.cell(row, JOINED)), moments.read(columns.cell(row, LEFT))
    length = read_length(columns.cell(row, LENGTH))
    if joined and left is None:
        # Who has not left is there until the end; with a length, as long as that.
        left = joined + length if length is not None else max(joined, meeting.ends_at)
    stretches = ((joined, max(joined, left)),) if joined and left else ()
    return Line(
        columns.names(row),
        columns.addresses(row),
        stretches,
        counted=length if is_outer or not stretches else None,
        is_host=tidy(columns.cell(row, ROLE)) in ("organizer", "co-organizer"),
    )


def _best(exact: list[Line], outer: list[Line]) -> Iterator[Line]:
    """Yield the lines with every joining, with all that the others say of the same people; then the other people."""
    known = {line.key: line for line in outer}
    seen = set()
    for line in exact:
        seen.add(line.key)
        also = known.get(line.key)
        yield line.with_more(replace(also, stretches=(), counted=None)) if also else line
    yield from (line for line in outer if line.key not in seen)


def _of_actions(rows: list[tuple[Columns, Row]], moments: Moments, meeting: Span) -> Iterator[Line]:
    """Yield a line for each stretch between a joining and a leaving. Who never left was there until the end."""
    actions: dict[tuple[str, ...], list[tuple[datetime, bool]]] = defaultdict(list)
    for columns, row in rows:
        at = moments.read(columns.cell(row, AT))
        actions[columns.names(row) or columns.addresses(row)] += (
            [(at, tidy(columns.cell(row, ACTION)).startswith("joined"))] if at else []
        )
    for names, moves in actions.items():
        since: datetime | None = None
        stretches = []
        for at, is_joining in sorted(moves):
            if is_joining:
                since = since or at
            elif since:
                stretches.append((since, at))
                since = None
        if since:
            stretches.append((since, max(since, meeting.ends_at)))
        yield Line(names, stretches=tuple(stretches))
