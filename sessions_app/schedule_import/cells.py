"""Take a CSV file apart, in the ways spreadsheet programs write one: bytes in, numbered rows of cells out."""

import codecs
import csv
import io
import re

from foundation.values.lines import without_invisible

# Excel's own first line, which says what separates the cells and is not shown as a row.
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?[,;\t|]*(?:\r\n|\r|\n|$)', re.IGNORECASE)

Row = tuple[int, list[str]]


class BrokenFile(ValueError):
    """The file cannot be read from `row` on; `str(error)` says why. `rows` are those before it."""

    def __init__(self, row: int, sentence: str, rows: list[Row] | None = None):
        super().__init__(sentence)
        self.row, self.rows = row, rows or []


def read_rows(data: bytes) -> list[Row]:
    """Return the rows that say something, each with its number as a spreadsheet counts: the heading is row 1.

    `data` is UTF-8, with or without BOM, or UTF-16 with one, separated by commas, semicolons or tabs, with any line
    ending. Space in a cell is single. Raises BrokenFile.
    """
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
            if any(map(is_filled, cells)):
                rows.append((number, [" ".join(cell.split()) for cell in cells]))
    except csv.Error as error:
        sentence = f"This row and what follows cannot be read as CSV: {error}."
        raise BrokenFile(number + 1, sentence, rows) from None
    return rows


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
