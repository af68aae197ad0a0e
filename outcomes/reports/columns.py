"""The columns of a report by their headings, under the names that programs have given them over the years."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from foundation.text import one_line
from foundation.values.addresses import read_address
from foundation.values.lines import plain_line
from outcomes.reports.times import tidy

NAME, FIRST_NAME, LAST_NAME, ADDRESS, LOGIN, ROLE = "name", "first name", "last name", "address", "login", "role"
JOINED, LEFT, LENGTH, ACTION, AT, WAITED, CAME = "joined", "left", "length", "action", "at", "waited", "came"
HEADINGS = {
    NAME: ["name", "name (original name)", "user name (original name)", "full name", "participant", "display name"],
    FIRST_NAME: ["first name", "given name"],
    LAST_NAME: ["last name", "family name", "surname"],
    ADDRESS: ["user email", "email", "e-mail", "email address", "e-mail address", "address", "mail"],
    LOGIN: ["participant id (upn)", "upn", "user principal name"],
    ROLE: ["role"],
    JOINED: ["join time", "first join", "first join time", "time joined", "joined"],
    LEFT: ["leave time", "last leave", "last leave time", "time exited", "left"],
    LENGTH: [
        "duration",
        "duration (minutes)",
        "total duration (minutes)",
        "time in session (minutes)",
        "in-meeting duration",
        "attendance duration",
    ],
    ACTION: ["user action"],
    AT: ["timestamp"],
    WAITED: ["in waiting room"],
    CAME: ["attended"],
}
COLUMN_OF = {heading: column for column, headings in HEADINGS.items() for heading in headings}
WHO = {NAME, FIRST_NAME, LAST_NAME, ADDRESS, LOGIN}
# What is longer than a name is cut: a walk-in's name is a line of the database.
LONGEST_NAME = 150
# What programs write behind a name, of people without an account of the organization.
MARKS = re.compile(r"\s*[(（](?:unverified|external|guest|host|co-host|me|host, me)[)）]", re.IGNORECASE)
# What is longer is no name: so much of a cell is looked at.
LOOKED_AT = 600


@dataclass(frozen=True)
class Columns:
    """Where each column of a table stands, by its name here; the first of several that mean the same."""

    places: dict[str, int]

    @classmethod
    def of(cls, row: Sequence[str]) -> "Columns":
        """Return the columns that a row of headings names; without any where it is no heading."""
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            if column := COLUMN_OF.get(tidy(cell)):
                places.setdefault(column, place)
        return cls(places)

    def __contains__(self, column: str) -> bool:
        return column in self.places

    def __len__(self) -> int:
        return len(self.places)

    @property
    def name_people(self) -> bool:
        return bool(WHO.intersection(self.places))

    def cell(self, row: Sequence[str], column: str) -> str:
        """Return the cell of `row` below that column; "" where it is shorter, or there is no such column."""
        place = self.places.get(column, len(row))
        return row[place] if place < len(row) else ""

    def addresses(self, row: Sequence[str]) -> tuple[str, ...]:
        """Return the addresses of a row, each once. What is none is nobody's."""
        cells = (self.cell(row, column) for column in (ADDRESS, LOGIN))
        return tuple(dict.fromkeys(address for address in map(address_in, cells) if address))

    def names(self, row: Sequence[str]) -> tuple[str, ...]:
        """Return the names of a row: the one that was shown, and behind it the one Zoom gives in brackets."""
        name = clean_name(self.cell(row, NAME))
        if not name:
            name = clean_name(f"{self.cell(row, FIRST_NAME)} {self.cell(row, LAST_NAME)}")
        return tuple(filter(None, (name, original_name(name))))


def address_in(cell: str) -> str:
    """Return the address in a cell in its plain form; "" for what is none."""
    try:
        return read_address(cell) if "@" in cell else ""
    except ValidationError:
        return ""


def clean_name(text: str) -> str:
    """Return a name on one line, without the marks that programs write behind it, and no longer than a row holds."""
    return plain_line(MARKS.sub("", one_line(text[:LOOKED_AT])))[:LONGEST_NAME].strip()


def original_name(name: str) -> str:
    """Return what stands in brackets behind a name: in Zoom, what its account is called; "" for none."""
    shown, opened, original = name.removesuffix(")").rpartition("(")
    return original.strip() if opened and name.endswith(")") and shown.strip() else ""
