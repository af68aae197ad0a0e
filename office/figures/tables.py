"""The tables of a report: the same rows on the page, in a chart beside them, and in a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.safestring import SafeString

from foundation.files.spreadsheet import as_csv, as_xlsx
from outcomes.figures.hiding import Told, Why


class Row(NamedTuple):
    """One row: what it is about, what is told of it in each column, and how deep it stands among units."""

    label: str
    cells: Sequence[Told | str | int | float]
    depth: int = 0
    is_own: bool = False


@dataclass(frozen=True)
class Table:
    """One table: `key` is its anchor on the page and on the page that says how each is counted."""

    key: str
    title: str
    first: str
    columns: Sequence[str]
    rows: list[Row] = field(default_factory=list)
    note: str = ""
    chart: SafeString = SafeString()
    legend: Sequence[tuple[str, str]] = ()

    @property
    def has_rows(self) -> bool:
        return bool(self.rows)


def number(told: object) -> int | None:
    """Return a count that is told, None for a word in its place."""
    return told if isinstance(told, int) else None


def hours_words(minutes_or_hours: int | None, people: Told) -> Told | int:
    """Return hours, or what stands in place of the people whose hours they are."""
    return minutes_or_hours if minutes_or_hours is not None else people


def as_rows(tables: Iterable[Table]) -> list[list[object]]:
    """Return every figure of `tables` in a row of its own, under a heading: table, what of, column, figure."""
    rows: list[list[object]] = [["Table", "Of", "Column", "Figure"]]
    for table in tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                rows.append([table.title, row.label, column, str(cell) if isinstance(cell, Why) else cell])
    return rows


def as_file(tables: Iterable[Table], form: str, title: str) -> bytes:
    """Return the figures of `tables` as “csv” or “xlsx”."""
    rows = as_rows(tables)
    return as_csv(rows) if form == "csv" else as_xlsx(rows, title)
