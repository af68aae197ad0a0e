"""A list of people: one to a line, by name or address or both, or a table with a heading.

The table may be that of another program for meetings: Google Meet writes “First name”, “Last name”, “Email”,
“Duration”, “Time joined”, “Time exited”.
"""

import re
from collections.abc import Iterator, Sequence

from foundation.values.pasted import read_addresses
from outcomes.reports.columns import JOINED, LEFT, LOOKED_AT, Columns, address_in, clean_name
from outcomes.reports.report import Line, Report
from outcomes.reports.times import Moments
from outcomes.reports.zoom import line_of
from sessions_app.models.venue import Span

# Where a list is numbered, or has a bullet before each.
BULLET = re.compile(r"^\s*(?:[-–—*•·▪]|\(?\d{1,4}[.):]|\[[ xX]?\])\s+")
ADDRESS = re.compile(r"[^\s<>()\[\]{}\"'“”;,|\t]+@[^\s<>()\[\]{}\"'“”;,|\t]+")
AROUND = " \t,;:<>()[]\"'“”|–—-=+"


def recognizes(row: Sequence[str]) -> bool:
    """Tell whether this is a heading: a row of columns that say who somebody is, with no person in it."""
    columns = Columns.of(row)
    if not columns.name_people or "@" in "".join(row):
        return False
    return len(columns) > 1 or len([cell for cell in row if cell.strip()]) == 1


def read_table(rows: Sequence[Sequence[str]], meeting: Span, zone: str) -> Report:
    """Return the people of the table below the heading, with their times where it has any."""
    moments = Moments([cell for row in rows for cell in row if ":" in cell], meeting, zone)
    columns, found = Columns({}), []
    for row in rows:
        if not columns.name_people:
            columns = Columns.of(row) if recognizes(row) else columns
        elif any(cell.strip() for cell in row):
            found.append(line_of(columns, row, moments))
    has_times = JOINED in columns or LEFT in columns
    return Report.of_rows("", found, has_times and moments.is_day_first)


def read_lines(lines: Sequence[str]) -> Report:
    """Return the people of a list without a heading."""
    return Report.of_rows("", (line for text in lines for line in _people(text)))


def _people(text: str) -> Iterator[Line]:
    """Yield whom one line names: “Ada Okafor <ada@example.edu>”, “Okafor, Ada”, or several addresses."""
    text = BULLET.sub("", text).strip()
    addresses = read_addresses(text).addresses if "@" in text else []
    if len(addresses) > 1:
        yield from (Line(addresses=(address,)) for address in addresses)
        return
    if addresses:
        name = clean_name(ADDRESS.sub(" ", text[:LOOKED_AT]).strip(AROUND))
        yield Line((name,) if name and not address_in(name) else (), (addresses[0],))
        return
    for name in map(clean_name, re.split(r"[;\t]", text)):
        if name.strip(AROUND):
            yield Line((name,))
