"""The participants' report of Zoom, as its portal writes it under Reports, Usage.

Its columns (“Name (Original Name)”, “User Email”, “Join Time”, “Leave Time”, “Duration (Minutes)”, “Guest”, “Recording
Consent” or “Recording Disclaimer Response”, “In Waiting Room”) may stand below a block about the meeting (“Meeting ID”,
“Topic”, “Start Time”, ...) and a blank line, or alone. A row is one joining and leaving. With “Show unique users” there
is one row for each person, with “Total Duration (Minutes)” and no times. The report of a webinar has “Attended”, and
rows of people who did not come. Zoom’s headings have been in title case, and later in sentence case.
"""

from collections.abc import Iterator, Sequence

from outcomes.reports.columns import CAME, JOINED, LEFT, LENGTH, NAME, WAITED, Columns
from outcomes.reports.report import Line, Report
from outcomes.reports.times import Moments, read_length, tidy
from sessions_app.models.venue import Span

NAMES = {"name (original name)", "user name (original name)"}


def recognizes(row: Sequence[str]) -> bool:
    """Tell whether this is the heading above the participants."""
    columns = Columns.of(row)
    return NAME in columns and bool(NAMES.intersection(map(tidy, row)))


def read(rows: Sequence[Sequence[str]], meeting: Span, zone: str) -> Report:
    """Return the report: a line for each person, joinings and leavings together."""
    times = [cell for row in rows for cell in row if ":" in cell]
    moments = Moments(times, meeting, zone)
    return Report.of_rows("Zoom", _people(rows, moments), moments.is_day_first)


def _people(rows: Sequence[Sequence[str]], moments: Moments) -> Iterator[Line]:
    columns = Columns({})
    for row in rows:
        if recognizes(row):
            columns = Columns.of(row)
        elif not any(row):
            columns = Columns({})
        elif columns.name_people and tidy(columns.cell(row, CAME)) != "no":
            yield line_of(columns, row, moments)


def line_of(columns: Columns, row: Sequence[str], moments: Moments, program: str = "") -> Line:
    """Return what one row with a joining and a leaving says. Who waited in the waiting room was not in the meeting."""
    names, addresses = columns.names(row), columns.addresses(row)
    joined, left = moments.read(columns.cell(row, JOINED)), moments.read(columns.cell(row, LEFT))
    length = read_length(columns.cell(row, LENGTH))
    if joined and length is not None and left is None:
        left = joined + length
    if joined and left:
        left = joined if tidy(columns.cell(row, WAITED)) == "yes" else max(joined, left)
        return Line(names, addresses, ((joined, left),))
    return Line(names, addresses, counted=length)
