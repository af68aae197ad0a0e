"""The record as files that its person hands over themself: a table, and a document."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from accounts.models import Person
from foundation.files.later import later
from foundation.files.spreadsheet import as_csv
from outcomes.models.credit import hours_words
from outcomes.record.lines import Line, lines_of
from outcomes.record.whole import Record

HEADING = ["Day", "What", "Where it is from", "Hours", "Credit"]


def neutral_for(person: Person, asked: str) -> bool:
    """Tell whether a file for `person` leaves out what sessions were about: as they `asked`, or else as they chose."""
    return asked == "neutral" if asked in ("neutral", "full") else person.discreet_titles


def as_table(record: Record, neutral: bool, now: datetime) -> bytes:
    """Return every line that counts, with a heading, as CSV."""
    return as_csv(_rows(record, neutral))


def _rows(record: Record, neutral: bool) -> Iterator[Sequence[object]]:
    yield HEADING
    for line in lines_of(record, neutral):
        yield cells_of(line)


def cells_of(line: Line) -> list[object]:
    return [line.on.isoformat(), line.title, line.source, hours_words(line.hours), line.credit]


FORMS: dict[str, tuple[str, Callable[[Record, bool, datetime], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_table),
    "pdf": ("application/pdf", later("outcomes.record.document.as_pdf")),
}
