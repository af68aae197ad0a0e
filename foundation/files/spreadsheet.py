"""Tables for spreadsheet programs."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import tablib

# What XML 1.0 has no place for (its section 2.2).
NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> str:
    """Return `value` as text no spreadsheet runs: what looks like a formula gets an apostrophe in front.

    Programs look past leading space and full-width forms of the same signs, so those count too.
    """
    text = "" if value is None else str(value).replace("\0", "")
    start = text.lstrip(" \u00a0\u3000").translate(str.maketrans("＝＋－＠", "=+-@"))
    return f"'{text}" if start.startswith(FORMULA_STARTS) else text


def unguarded(text: str) -> str:
    """Return the text that `safe_cell` made `text` of: without the apostrophe before what looks like a formula."""
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text


def as_csv(rows: Iterable[Iterable]) -> bytes:
    """Return `rows` as CSV in UTF-8 with a byte order mark, without which Excel misreads every accent."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(rows: Iterable[Iterable], title: str = "Sheet1") -> bytes:
    """Return `rows`, of which the first is the heading, as an Excel file.

    Numbers stay numbers, dates and times without a zone dates, and all else is text that nothing runs.

    `title` names the sheet: 31 characters at most, none of []:*?/\\ (Excel's own rule).
    """
    heading, *others = [[_for_excel(value) for value in row] for row in rows]
    return tablib.Dataset(*others, headers=heading, title=title).export("xlsx")


def _for_excel(value: object) -> object:
    return value if isinstance(value, (int, Decimal, date)) else NOT_IN_XML.sub("", safe_cell(value))
