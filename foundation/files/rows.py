"""Take a CSV or XLSX file apart, in the ways spreadsheet programs write one: bytes in, numbered rows of cells out."""

import codecs
import csv
import io
import logging
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime, time

import openpyxl

from foundation.values.lines import without_invisible

logger = logging.getLogger(__name__)

# Excel's own first line, which says what separates the cells and is not shown as a row.
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?[,;\t|]*(?:\r\n|\r|\n|$)', re.IGNORECASE)

MOST_UNPACKED = 50_000_000  # bytes of an XLSX file
MOST_ROWS = 10_000  # besides the heading
MOST_COLUMNS = 150  # of a sheet; it may claim a million and hold three
TOO_MANY = "There are more than {most} rows. Take them in portions."
NOT_XLSX = "This file cannot be read as XLSX. Save it again, or as “CSV UTF-8”, and choose that."

Row = tuple[int, list[str]]


class BrokenFile(ValueError):
    """The file cannot be read from `row` on; `str(error)` says why. `rows` are those before it."""

    def __init__(self, row: int, sentence: str, rows: list[Row] | None = None):
        super().__init__(sentence)
        self.row, self.rows = row, rows or []


def read_rows(data: bytes, most: int = MOST_ROWS) -> list[Row]:
    """Return the rows that say something, each with its number as a spreadsheet counts: the heading is row 1.

    There are `most` of them at most, besides the heading.
    `data` is an XLSX file, of which the first sheet is read, or text: UTF-8, with or without BOM, or UTF-16 with one,
    separated by commas, semicolons or tabs, with any line ending. Space in a cell is single. Raises BrokenFile.
    """
    if data.startswith(b"PK\x03\x04"):
        return _rows_of_xlsx(data, most)
    text = _decoded(data)
    if found := SEPARATOR_LINE.match(text):
        separator, text = found[1], text[found.end() :]
    else:
        first_line = text.lstrip("\r\n").splitlines()[:1]
        separator = max(",;\t", key=first_line[0].count) if first_line else ","
    rows: list[Row] = []
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
            if len(rows) > most:
                raise BrokenFile(number, TOO_MANY.format(most=most), rows)
            if any(map(is_filled, cells)):
                rows.append((number, [" ".join(cell.split()) for cell in cells]))
    except csv.Error as error:
        sentence = f"This row and what follows cannot be read as CSV: {error}."
        if "field limit" in str(error):
            sentence = f"A cell of this row is longer than {csv.field_size_limit()} characters. Is it the right file?"
        raise BrokenFile(number + 1, sentence, rows) from None
    return rows


def _rows_of_xlsx(data: bytes, most: int) -> list[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise BrokenFile(1, f"This file holds more than {MOST_UNPACKED // 1_000_000} MB. Is it the right one?")
        sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        cells = sheet.iter_rows(max_row=most + 2, max_col=MOST_COLUMNS, values_only=True)
        rows = [(number, _filled(row)) for number, row in enumerate(cells, start=1)]
    except BrokenFile:
        raise
    except Exception as error:  # openpyxl raises whatever the file makes it stumble over
        logger.info("an XLSX file could not be read: %s", type(error).__name__)
        raise BrokenFile(1, NOT_XLSX) from None
    if len(rows) > most + 1:
        raise BrokenFile(most + 2, TOO_MANY.format(most=most), rows[:-1])
    found = [(number, cells) for number, cells in rows if any(map(is_filled, cells))]
    # Cells at the end of a row that hold nothing are there all the same, as many as the heading has.
    width = len(found[0][1]) if found else 0
    return [(number, cells + [""] * (width - len(cells))) for number, cells in found]


def _filled(row: Sequence[object]) -> list[str]:
    """Return what the cells of a row show, without those at its end that show nothing."""
    cells = [_words(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _words(cell: object) -> str:
    """Return what a cell of a spreadsheet shows: a day as 2027-05-14, a time as 13:30."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split()) if cell is not None else ""


def as_text(rows: list[Row]) -> str:
    """Return rows as text that `read_rows` reads as the same rows with the same numbers."""
    lines = [""] * max((number for number, _ in rows), default=0)
    for number, cells in rows:
        lines[number - 1] = "\t".join(_quoted(cell) if '"' in cell else cell for cell in cells)
    return "\n".join(lines)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def is_filled(cell: str) -> bool:
    """Tell whether there is anything to see in a cell."""
    return bool(without_invisible(cell).strip())


def _decoded(data: bytes) -> str:
    is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        sentence = "This file is not UTF-8. Save it again as “CSV UTF-8” and import that."
        raise BrokenFile(row, sentence) from None
