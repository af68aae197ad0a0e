"""Tables for spreadsheet programs."""

import csv
import io
from collections.abc import Iterable

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> str:
    """Return `value` as text no spreadsheet runs: what looks like a formula gets an apostrophe in front.

    Programs look past leading space and full-width forms of the same signs, so those count too.
    """
    text = "" if value is None else str(value).replace("\0", "")
    start = text.lstrip(" \u00a0\u3000").translate(str.maketrans("＝＋－＠", "=+-@"))
    return f"'{text}" if start.startswith(FORMULA_STARTS) else text


def as_csv(rows: Iterable[Iterable]) -> bytes:
    """Return `rows` as CSV in UTF-8 with a byte order mark, without which Excel misreads every accent."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")
