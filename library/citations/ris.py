"""RIS, the format in which reference managers exchange citations, read and written by rispy.

The tags are those of the RIS format specification of Research Information Systems, as Zotero and EndNote use them.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import rispy
from django.core.exceptions import ValidationError

from foundation.text import shown
from foundation.values.dois import read_doi
from foundation.values.links import read_link

MOST_BYTES = 500_000
MOST_RECORDS = 200
TYPES = {
    "JOUR": "article-journal",
    "EJOUR": "article-journal",
    "MGZN": "article-journal",
    "NEWS": "article-journal",
    "INPR": "article-journal",
    "BOOK": "book",
    "EBOOK": "book",
    "EDBOOK": "book",
    "CHAP": "chapter",
    "ECHAP": "chapter",
    "RPRT": "report",
    "GOVDOC": "report",
    "VIDEO": "motion_picture",
    "MPCT": "motion_picture",
    "MULTI": "motion_picture",
}
WRITTEN_TYPES = {
    "article-journal": "JOUR",
    "book": "BOOK",
    "chapter": "CHAP",
    "report": "RPRT",
    "motion_picture": "VIDEO",
    "webpage": "ELEC",
}
TAG_LINE = re.compile(r"[A-Z][A-Z0-9]  -")
YEAR = re.compile(r"\s*(\d{4})(?!\d)", re.ASCII)


@dataclass(frozen=True)
class Record:
    """One record of a file: the fields of a Citation, and what in it could not be read, as sentences."""

    fields: dict[str, Any]
    problems: list[str] = field(default_factory=list)


class Unreadable(Exception):
    """A file that is no RIS as it should be; `str(error)` is the sentence that says what to do."""


# ---- reading ----


def text_of(content: bytes) -> str:
    """Return the text of a RIS file. Raises Unreadable for what is too large, and for what is not in UTF-8."""
    if len(content) > MOST_BYTES:
        raise Unreadable("This file has more than 500 kB. Export fewer records at once.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(
            f"Line {line} is not in UTF-8; the file is probably in Latin-1. Export it once more in UTF-8, or open it "
            "in a text editor and save it in that encoding."
        ) from None


def read_ris(text: str) -> list[Record]:
    """Return the records of a RIS file.

    Raises Unreadable, with a sentence, for what has no record, for a record without its end, as in a file that was cut
    off, and for more than two hundred.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")
    _refuse_broken(lines)
    try:
        found = rispy.loads("\n".join(lines))
    except (KeyError, ValueError, TypeError, AttributeError):
        # What rispy does not foresee, such as a line before the first tag of a record.
        raise Unreadable("This is not RIS as reference managers write it. Export it once more.") from None
    if len(found) > MOST_RECORDS:
        raise Unreadable(f"This file has {len(found)} records, and {MOST_RECORDS} is the most at once.")
    return [_record(one) for one in found]


def _refuse_broken(lines: list[str]) -> None:
    """Refuse what rispy would leave out without a word: a record that never ends, and text of no record."""
    begun, number, last = 0, 0, ""
    for line_number, line in enumerate(lines, 1):
        tag = line[:2] if TAG_LINE.match(line) else ""
        if begun and line.strip() and not tag and last == "TY":
            raise Unreadable(f"Line {line_number} belongs to no tag of its record. Export the file once more.")
        last = tag or last
        if tag == "TY":
            if begun:
                raise _without_end(number, begun)
            begun, number = line_number, number + 1
        elif tag == "ER":
            begun = 0
        elif tag and not begun:
            raise Unreadable(
                f"Line {line_number} belongs to no record: each begins with “TY  - ” and ends with “ER  - ”. Export "
                "the file once more."
            )
    if begun:
        raise _without_end(number, begun)
    if not number:
        raise Unreadable("There is no record in it. A RIS record begins with a line such as “TY  - JOUR”.")


def _without_end(number: int, begun: int) -> Unreadable:
    return Unreadable(
        f"Record {number}, which begins on line {begun}, has no end: the file seems to be cut off. Export it once more."
    )


def _record(tags: dict[str, Any]) -> Record:
    def first(*names: str) -> str:
        return next((" ".join(str(tags[name]).split()) for name in names if tags.get(name)), "")

    problems: list[str] = []
    year = YEAR.match(first("year", "publication_year", "date"))
    start, end = first("start_page"), first("end_page")
    pages = f"{start}-{end}" if start and end and end != start and "-" not in start else start
    journal = first("journal_name", "secondary_title", "alternate_title3", "alternate_title2", "alternate_title1")
    urls = tags.get("urls") or []
    fields = {
        "type": TYPES.get(tags.get("type_of_reference", ""), "webpage"),
        "authors": "\n".join(_names(tags)),
        "title": first("title", "primary_title", "short_title"),
        "journal": journal,
        "publisher": first("publisher"),
        "year": int(year.group(1)) if year else None,
        "volume": first("volume"),
        "issue": first("number"),
        "pages": pages,
        "doi": _value(read_doi, first("doi"), problems),
        "url": _value(read_link, str(urls[0]) if urls else "", problems),
    }
    return Record(fields, problems)


def _names(tags: dict[str, Any]) -> list[str]:
    names = [*(tags.get("first_authors") or []), *(tags.get("authors") or [])]
    plain = (" ".join(str(name).split()) for name in names)
    return list(dict.fromkeys(name for name in plain if name))


def _value(read: Any, typed: str, problems: list[str]) -> str:
    """Return a DOI or a link in its plain form. One that is none is left out, and said so."""
    if not typed:
        return ""
    try:
        return read(typed)
    except ValidationError as error:
        said = f"{error.message} It is left out."
        problems.append(said if shown(typed) in said else f"“{shown(typed)}” is no link. It is left out.")
        return ""


# ---- writing ----


class _Writer(rispy.RisWriter):
    """Write records that begin with their first tag: a number before it is no RIS."""

    def set_header(self, count: int) -> str:
        return ""


def write_ris(facts: dict[str, Any]) -> str:
    """Return one record for CSL's `facts` (Citation.facts), each line ended as the specification wants it (CRLF)."""
    start, _, end = str(facts.get("page", "")).replace("–", "-").partition("-")
    issued = facts.get("issued")
    tags = {
        "type_of_reference": WRITTEN_TYPES[facts["type"]],
        "authors": [_typed(name) for name in facts.get("author", [])],
        "title": facts.get("title"),
        "secondary_title": facts.get("container-title"),
        "publisher": facts.get("publisher"),
        "year": str(issued["date-parts"][0][0]) if issued else "",
        "volume": facts.get("volume"),
        "number": facts.get("issue"),
        "start_page": start.strip(),
        "end_page": end.strip(),
        "doi": facts.get("DOI"),
        "urls": [facts["URL"]] if facts.get("URL") else [],
    }
    written = rispy.dumps([{name: value for name, value in tags.items() if value}], implementation=_Writer)
    return written.replace("\n", "\r\n")


def _typed(name: dict[str, str]) -> str:
    return name.get("literal") or f"{name['family']}, {name['given']}"
