"""Find out what a file is, decode it, and have it read as what it is. Nothing here touches the database.

Any bytes give a Report or a Refused, whose sentence says what to do.
"""

import codecs
import csv
import re
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import datetime, time
from io import BytesIO
from typing import Any

import openpyxl

from outcomes.reports import plain, teams, zoom
from outcomes.reports.report import Refused, Report
from outcomes.reports.times import time_of_day
from sessions_app.models.venue import Span

MOST_BYTES = 5_000_000
MOST_ROWS, MOST_COLUMNS = 20_000, 60
# Teams gives two addresses in a row.
MOST_ADDRESSES = 2 * MOST_ROWS
MOST_UNPACKED = 50_000_000
# Where a heading is looked for: below Teams' summary, or below the lines that somebody wrote above a list.
HEAD = 60
SEPARATORS = ("\t", ";", ",")
SEPARATOR_LINE = re.compile(r'^"?sep=([,;\t|])"?[,;\t|]*$', re.IGNORECASE)
LINE_END = re.compile(r"\r\n|\r|\n")
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# What other files begin with, and what people call them.
OTHERS = {
    b"%PDF": "This is a PDF.",
    b"\xd0\xcf\x11\xe0": "This is a file of an old Excel (.xls).",
    b"\x89PNG": "This is a picture.",
    b"\xff\xd8\xff": "This is a picture.",
    b"GIF8": "This is a picture.",
    b"{\\rtf": "This is a text document.",
}
EXPORT = (
    "Download the report as CSV: in Zoom under Reports, Usage, the number of participants, Export; in Teams under "
    "Attendance, Download. Or paste the names or addresses."
)
EMPTY = "There is nobody in it. Choose the file again, or paste the names or addresses."

Rows = list[list[str]]
# The first whose heading is there: above the people, both programs have another table that names a person.
READERS = ((teams.read, teams.recognizes), (zoom.read, zoom.recognizes), (plain.read_table, plain.recognizes))
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


def read_file(data: bytes, meeting: Span, zone: str) -> Report:
    """Read an uploaded report of `meeting`, whose times are on the clock of `zone` (an IANA name). Raises Refused."""
    if len(data) > MOST_BYTES:
        size = f"{len(data) / 1_000_000:.1f}"
        raise Refused(f"This file has {size} MB, and 5 MB is the most. {EXPORT}")
    if data.startswith(b"PK\x03\x04"):
        return _read_rows(_rows_of_workbook(data), meeting, zone)
    for start, sentence in OTHERS.items():
        if data.startswith(start):
            raise Refused(f"{sentence} {EXPORT}")
    return read_text(_decoded(data), meeting, zone)


def read_text(text: str, meeting: Span, zone: str) -> Report:
    """Read the text of a report, or a list of people, as `read_file` does. Raises Refused."""
    lines = LINE_END.split(CONTROLS.sub("", text).lstrip("\ufeff"))
    if len(lines) > MOST_ROWS:
        raise Refused(f"This has {len(lines):,} lines, and {MOST_ROWS:,} are the most. It is no report of one meeting.")
    if text.count("@") > MOST_ADDRESSES:
        raise Refused(f"This has more than {MOST_ADDRESSES:,} addresses. It is no report of one meeting.")
    if found := SEPARATOR_LINE.match(lines[0].strip()):
        return _read_rows([_cells(line, found[1]) for line in lines[1:]], meeting, zone)
    for separator in SEPARATORS:
        if _reader_of([_cells(line, separator) for line in lines[:HEAD]]):
            return _read_rows([_cells(line, separator) for line in lines], meeting, zone)
    return _somebody(plain.read_lines(lines))


def _read_rows(rows: Rows, meeting: Span, zone: str) -> Report:
    """Read rows of cells as the heading among them says; without any, as a list."""
    if reader := _reader_of(rows[:HEAD]):
        return _somebody(reader(rows, meeting, zone))
    return _somebody(plain.read_lines(["\t".join(filter(None, row)) for row in rows]))


def _reader_of(head: Rows) -> Callable[[Rows, Span, str], Report] | None:
    """Return what reads a file that begins with these rows; None where none of them is a heading."""
    for reader, recognizes in READERS:
        if any(map(recognizes, head)):
            return reader
    return None


def _somebody(report: Report) -> Report:
    if not report.lines:
        raise Refused(EMPTY)
    return report


def _cells(line: str, separator: str) -> list[str]:
    """Take a line apart, each by itself: a quotation mark that nobody closes costs one line and not the file."""
    try:
        return next(csv.reader([line], delimiter=separator), [])[:MOST_COLUMNS]
    except csv.Error:
        return line.replace('"', "").split(separator)[:MOST_COLUMNS]


def _decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1252. Raises Refused for what is no text."""
    encoding = next((name for bom, name in BOMS.items() if data.startswith(bom)), "") or _utf_16_without_bom(data)
    for name in [encoding] if encoding else ["utf-8", "cp1252"]:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text
    raise Refused(f"This is no text that can be read. {EXPORT}")


def _utf_16_without_bom(data: bytes) -> str:
    """Return which UTF-16 this is where nothing at its start says so: every other byte of Latin letters is zero."""
    head = data[:2000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 < len(head):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_text(text: str) -> bool:
    """Tell whether hardly any of the characters are controls."""
    head = text[:20_000]
    controls = sum(unicodedata.category(letter) in ("Cc", "Cn") and letter not in "\t\r\n" for letter in head)
    return controls * 50 <= len(head)


def _rows_of_workbook(data: bytes) -> Rows:
    """Return the first sheet of an Excel file that has anything in it. Raises Refused."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise Refused(f"This Excel file is too large. {EXPORT}")
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            cells = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
            rows = [[_cell_words(value) for value in row] for row in cells]
            if any(any(row) for row in rows):
                return rows
    except Refused:
        raise
    except Exception:
        # openpyxl raises whatever it stumbles over in a broken file: KeyError, BadZipFile, ParseError and others.
        raise Refused(f"This Excel file cannot be read. {EXPORT}") from None
    raise Refused(EMPTY)


def _cell_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return time_of_day(value) if isinstance(value, time) else str(value)
