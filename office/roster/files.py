"""The roster as a file."""

from collections.abc import Callable, Iterable

from foundation.files.spreadsheet import as_csv, as_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(rows: Iterable[Iterable]) -> bytes:
    """Return `rows` as an Excel file with one sheet."""
    return as_xlsx(rows, title="Roster")


# How each is written, and its content type.
FILES: dict[str, tuple[Callable[[Iterable[Iterable]], bytes], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (workbook, XLSX),
}
