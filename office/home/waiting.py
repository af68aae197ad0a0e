"""What waits for the office: lines, each with its rows, the list that shows them, and the people who may see it.

A line stands beside its subject (`NEEDS_A_HAND` in `office/sessions/needs.py` and the like); `office/home/lines.py`
puts them in order. Whatever the number of lines and rows, they are counted in one query.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Func, IntegerField, QuerySet, Subquery
from django.urls import reverse

from accounts.models import Person


@dataclass(frozen=True)
class Line:
    """Something that may wait.

    `rows` are what waits at an instant, as a queryset. `may` is the permission that its list asks for, or a question
    about the person. `page` is the list, an admin URL's name, and `query` its filter, which shows those very rows.
    `one` is the sentence for one row, `many` that for several, with {count} in it.
    """

    rows: Callable[[datetime], QuerySet[Any]]
    may: str | Callable[[Person], bool]
    page: str
    query: str
    one: str
    many: str

    def is_for(self, person: Person) -> bool:
        return person.has_perm(self.may) if isinstance(self.may, str) else self.may(person)

    @property
    def address(self) -> str:
        return reverse(self.page) + (f"?{self.query}" if self.query else "")

    def words(self, count: int) -> str:
        return self.one if count == 1 else self.many.format(count=f"{count:,}")


class Waiting(NamedTuple):
    """One line, and how many rows wait, never 0."""

    line: Line
    number: int

    @property
    def words(self) -> str:
        return self.line.words(self.number)

    @property
    def address(self) -> str:
        return self.line.address


def waiting(lines: Iterable[Line], person: Person, now: datetime) -> list[Waiting] | None:
    """Return what of `lines` waits for `person`, in their order: None if none is for this person. One query."""
    own = [line for line in lines if line.is_for(person)]
    if not own:
        return None
    counts = _counts([line.rows(now) for line in own], person)
    return [Waiting(line, count) for line, count in zip(own, counts, strict=True) if count]


def _counts(every: Sequence[QuerySet[Any]], person: Person) -> Sequence[int]:
    """Return how many rows each has, in one query: a row of subqueries beside the row of `person`."""
    counts = {f"line_{number}": Subquery(_count(rows)) for number, rows in enumerate(every)}
    row: tuple[int, ...] = Person.objects.filter(pk=person.pk).annotate(**counts).values_list(*counts).get()
    return row


def _count(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return a queryset of one row, the number of `rows`. Count would group them, and so be empty where none is."""
    number = Func(F("pk"), function="COUNT", output_field=IntegerField())
    return rows.order_by().annotate(number_of_rows=number).values("number_of_rows")
