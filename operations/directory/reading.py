"""Read a table of people or of units: bytes in, lines and wrong cells out. Nothing here touches the database."""

from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import ValidationError

from accounts.models import Person, Unit
from accounts.models.units import MOST_HEADS
from foundation.files.rows import BrokenFile, is_filled, read_rows
from foundation.text import shown
from foundation.values.addresses import ADDRESS_WRONG, read_address
from foundation.values.lines import line_key, read_line, without_invisible

MOST_PEOPLE = 100_000
NAME_LENGTH = Person._meta.get_field("name").max_length or 0
UNIT_LENGTH = Unit._meta.get_field("name").max_length or 0
# What directories call their columns, by what we call them.
COLUMNS = {
    "email": ("email", "e-mail", "address", "e-mail address", "email address", "mail"),
    "name": ("name", "full name", "display name"),
    "role": ("role", "affiliation", "primary affiliation"),
    "unit": ("unit", "department"),
    "campus": ("campus", "location"),
    "part_of": ("part of", "parent"),
    "head_count": ("head count", "headcount", "heads"),
}
KNOWN = {called: column for column, names in COLUMNS.items() for called in names}
ROLES = {str(label).casefold(): value for value, label in Person.Role.choices} | {
    **{value: value for value in Person.Role.values},
    "employee": "staff",
    "resident": "resident",
    "fellow": "resident",
    "affiliate": "other",
}
FORMULA = "This is a formula. Save the table with its values, and choose that."
NO_HEADING = (
    "The first row names the columns: email, and if you like name, role, unit and campus; or, for units, unit, part of "
    "and head count. It names {found}."
)


class WrongCell(NamedTuple):
    """What is wrong in a row, counted as a spreadsheet counts, and in which column; "" for the row as a whole."""

    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        where = f"Row {self.row}, column “{self.column}”" if self.column else f"Row {self.row}"
        return f"{where}: {self.sentence}"


@dataclass(frozen=True)
class PersonLine:
    """One row about a person: `email` in its plain form, the others as the directory has them, "" for nothing."""

    row: int
    email: str
    name: str = ""
    role: str = ""
    unit: str = ""
    campus: str = ""


@dataclass(frozen=True)
class UnitLine:
    """One row about a unit. `part_of` is the name of another one; None says that the table has no such column."""

    row: int
    name: str
    part_of: str | None = None
    head_count: int | None = None


@dataclass
class Directory:
    """What a table says. `mentioned` are the addresses of all rows that have one, wrong ones too.

    `is_unsure` is True where a row has no address that can be read: then nobody knows who is missing.
    """

    people: list[PersonLine] = field(default_factory=list)
    units: list[UnitLine] = field(default_factory=list)
    wrong: list[WrongCell] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)
    is_unsure: bool = False
    is_of_people: bool = False


class Unreadable(Exception):
    """Nothing of the table can be read; `str(error)` says why, with row and column."""


def read_directory(data: bytes, most: int = MOST_PEOPLE) -> Directory:
    """Read a table of people, or of units where it has no column of addresses. Raises Unreadable."""
    try:
        rows = read_rows(data, most)
    except BrokenFile as error:
        raise Unreadable(str(WrongCell(error.row, "", str(error)))) from None
    if not rows:
        raise Unreadable("The file is empty. " + NO_HEADING.format(found="nothing"))
    (number, heading), *rest = rows
    called = [line_key(cell).replace("_", " ") for cell in heading]
    columns = [KNOWN.get(each, "") for each in called]
    for place, column in enumerate(columns):
        if column and column in columns[:place]:
            raise Unreadable(str(WrongCell(number, shown(heading[place]), f"Two columns are the {column}.")))
    if "email" not in columns and "unit" not in columns and "name" not in columns:
        found = ", ".join(f"“{shown(cell)}”" for cell in heading if is_filled(cell)) or "nothing"
        raise Unreadable(str(WrongCell(number, "", NO_HEADING.format(found=found))))
    if not rest:
        raise Unreadable("The file has a heading, and no row below it.")
    said = Directory(is_of_people="email" in columns)
    names = dict(zip(columns, heading, strict=True))
    said.unread = [cell for cell, column in zip(heading, columns, strict=True) if is_filled(cell) and not column]
    first_row: dict[str, int] = {}
    for number, cells in rest:
        named = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
        line = _person(said, number, named, names) if said.is_of_people else _unit(said, number, named, names)
        if line is None:
            continue
        key = line.email if isinstance(line, PersonLine) else line_key(line.name)
        first = first_row.setdefault(key, number)
        if first != number:
            column = names["email"] if said.is_of_people else names.get("unit", names.get("name", ""))
            said.wrong.append(WrongCell(number, column, f"Row {first} has the same one already."))
        elif isinstance(line, PersonLine):
            said.people.append(line)
        else:
            said.units.append(line)
    said.wrong.sort()
    return said


def _person(said: Directory, row: int, cells: dict[str, str], names: dict[str, str]) -> PersonLine | None:
    try:
        email = read_address(cells.get("email", ""))
    except ValidationError:
        said.is_unsure = True
        said.wrong.append(WrongCell(row, names["email"], ADDRESS_WRONG))
        return None
    said.mentioned.add(email)
    found = {}
    for column in ("name", "role", "unit", "campus"):
        try:
            found[column] = _line(cells.get(column, ""), NAME_LENGTH)
        except ValueError as error:
            said.wrong.append(WrongCell(row, names[column], str(error)))
            return None
    return PersonLine(row, email, **found)


def _unit(said: Directory, row: int, cells: dict[str, str], names: dict[str, str]) -> UnitLine | None:
    column = "unit"
    try:
        name = _line(cells.get("unit") or cells.get("name", ""), UNIT_LENGTH)
        if not name:
            raise ValueError("This row names no unit.")
        column = "part_of"
        part_of = _line(cells["part_of"], UNIT_LENGTH) if "part_of" in cells else None
        column = "head_count"
        heads = _heads(cells.get("head_count", ""))
    except ValueError as error:
        said.wrong.append(WrongCell(row, names.get(column, names.get("name", "")), str(error)))
        return None
    return UnitLine(row, name, part_of, heads)


def _line(cell: str, longest: int) -> str:
    """Return the plain line in a cell. Raises ValueError for a formula, and for what no name can be."""
    if cell.startswith(("=", "+", "@")):
        raise ValueError(FORMULA)
    try:
        line = read_line(cell)
    except ValidationError as error:
        raise ValueError(f"{error.message}.") from None
    if len(line) > longest:
        raise ValueError(f"This is longer than {longest} characters.")
    return line


def _heads(cell: str) -> int | None:
    text = without_invisible(cell).strip().replace(",", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= MOST_HEADS or len(text) > 9:
        raise ValueError(f"A head count is a number from 1 to {MOST_HEADS:,}, or empty.")
    return int(text)
