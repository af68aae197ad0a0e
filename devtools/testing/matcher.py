"""Somebody who has the whole database and wants to know who said what in an evaluation (G13)."""

import re
from collections.abc import Callable, Iterator
from itertools import product

from django.db import connection

# What each tests' answer says, and nothing else does: 12 letters of chance.
SAID = re.compile(r"said-[a-z]{12}")
Rows = list[tuple]
# Where a table keeps its rows, and which transaction wrote each, as the database shows them in SQL.
HIDDEN = {"postgresql": ("ctid::text", "xmin::text"), "sqlite": ("rowid",)}


def dump() -> dict[str, tuple[list[str], Rows]]:
    """Return every table as its columns and rows, with the hidden columns first, in the order of the disk."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return {table: _table(cursor, table) for table in tables}


def _table(cursor, table: str) -> tuple[list[str], Rows]:
    hidden = HIDDEN[connection.vendor]
    place = "ctid" if connection.vendor == "postgresql" else "rowid"
    try:
        cursor.execute(f'SELECT {", ".join(hidden)}, * FROM "{table}" ORDER BY {place}')
    except Exception as problem:  # a table of SQLite without row ids
        raise AssertionError(f"{table} cannot be read") from problem
    return [column[0] for column in cursor.description], cursor.fetchall()


def orders(columns: list[str], rows: Rows) -> Iterator[tuple[str, Rows]]:
    """Yield the rows in every order that the table itself suggests: of the disk, and by each of its columns."""
    yield "disk", rows
    for at, column in enumerate(columns):
        by = [str(row[at]) for row in rows]
        if len(set(by)) > 1:
            # Numbers as numbers; everything else as text, which for times is their order.
            key = int if all(value.isdigit() for value in by) else str
            yield column, [row for _, row in sorted(zip(map(key, by), rows, strict=True), key=lambda pair: pair[0])]


def in_order(tables: dict[str, tuple[list[str], Rows]], find: Callable[[str], list]) -> dict[tuple, str]:
    """Return each list of what `find` finds in the text of rows, once each, that some order of some table gives."""
    lists: dict[tuple, str] = {}
    for table, (columns, rows) in tables.items():
        if not any(find(str(row)) for row in rows):
            continue
        for name, ordered in orders(columns, rows):
            found = tuple(dict.fromkeys(one for row in ordered for one in find(str(row))))
            lists.setdefault(found, f"{table} by {name}")
    return lists


def best_match(truth: dict[int, str], tables: dict[str, tuple[list[str], Rows]], people_in: dict[str, str]) -> tuple:
    """Return in how many of `truth` (what each person said, by key) the best guess is right, and how it was made.

    Everything said is paired with the people of each table of `people_in` (its column with their keys), the first with
    the first and so on, in every order of each table, forward and backward.
    """
    said = in_order(tables, lambda text: SAID.findall(text))
    people: dict[tuple, str] = {}
    for table, column in people_in.items():
        columns, rows = tables[table]
        at = columns.index(column)
        for name, ordered in orders(columns, rows):
            keys = (int(row[at]) for row in ordered if row[at] is not None and str(row[at]).isdigit())
            people.setdefault(tuple(dict.fromkeys(key for key in keys if key in truth)), f"{table} by {name}")
    best: tuple = (0, "", "")
    for (words, of_words), (keys, of_people) in product(said.items(), people.items()):
        for way in (words, words[::-1]):
            right = sum(truth[key] == word for key, word in zip(keys, way, strict=False))
            best = max(best, (right, of_words, of_people))
    return best
