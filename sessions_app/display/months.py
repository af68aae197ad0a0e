"""The months of a list of sessions: their headings, the days under them, and the rail of links to each month.

A heading has the month of a session's own wall clock, as its rows have the day. The rail counts on the portal's clock:
both say the same of every session but one held about midnight in another zone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Expression, F, IntegerField, QuerySet

from foundation.dates import local
from foundation.kept.rows import until_written
from foundation.prepared import prepared
from foundation.values.days import FIRST_DAY, LAST_DAY
from foundation.values.zones import zone_of
from sessions_app.models import Session

PAGE_SIZE = 50
# A year and the number of a month in it; and how many sessions each of them has, in order.
YearAndMonth = tuple[int, int]
Counts = dict[YearAndMonth, int]


class Month(NamedTuple):
    """The heading of one month, its `sessions` on this page, and their `number` on all pages (None: not known)."""

    name: str
    anchor: str
    sessions: Sequence[Session]
    number: int | None


class Stop(NamedTuple):
    """A link of the rail, to where a month begins: “Jan”, how many sessions it has, and the address.

    `year` is said before the first month of another year than that of the month before.
    """

    name: str
    year: str
    number: int
    address: str


class Begun(Expression):
    """How many of the instants `begins`, which stand in order, are not after a field."""

    def __init__(self, field: str, begins: tuple[datetime, ...]) -> None:
        super().__init__(output_field=IntegerField())
        self.at: Any = F(field)
        self.begins = begins

    def get_source_expressions(self) -> list[Any]:
        return [self.at]

    def set_source_expressions(self, exprs: Any) -> None:
        [self.at] = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        field, _ = compiler.compile(self.at)
        if connection.vendor == "sqlite":
            begins = [connection.ops.adapt_datetimefield_value(each) for each in self.begins]
            return f"(SELECT COUNT(*) FROM json_each(%s) WHERE value <= {field})", (json.dumps(begins),)
        return f"width_bucket({field}, %s::timestamptz[])", (list(self.begins),)


@until_written
@prepared
def all_by_month(now: datetime, *, begins: tuple[datetime, ...]) -> "QuerySet[Session, tuple[int, int]]":
    return by_month(Session.objects.listed().upcoming(now), begins)


def by_month(sessions: QuerySet[Session], begins: tuple[datetime, ...]) -> "QuerySet[Session, tuple[int, int]]":
    """Return how many of `sessions` start in each month: after its number in `begins`, from 1. In no order."""
    return sessions.order_by().values_list(Begun("starts_at", begins)).annotate(many=Count("pk"))


@lru_cache(8)
def begins_of_months(first: YearAndMonth, last: YearAndMonth, zone: str) -> tuple[datetime, ...]:
    """Return when each month from `first` to `last` begins on the clock of `zone`."""
    numbers = range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1])
    return tuple(datetime(number // 12, number % 12 + 1, 1, tzinfo=zone_of(zone)) for number in numbers)


def count_by_month(now: datetime, sessions: QuerySet[Session] | None = None) -> Counts:
    """Count `sessions`, or all that are listed and have not ended, by the month in which they begin, in order.

    The month is that of the portal's clock, of the pinned tz database. One query; another one where a session begins
    years from now.
    """
    year, zone = local(now, settings.TIME_ZONE).year, settings.TIME_ZONE
    for first, last in ((year - 1, year + 3), (FIRST_DAY.year, LAST_DAY.year + 1)):
        begins = begins_of_months((first, 1), (last, 1), zone)
        counted = all_by_month(now, begins=begins) if sessions is None else list(by_month(sessions, begins))
        if all(0 < number < len(begins) for number, _ in counted):
            break
    return {(first + (number - 1) // 12, (number - 1) % 12 + 1): count for number, count in sorted(counted)}


def months(sessions: Iterable[Session], now: datetime, counts: Mapping[YearAndMonth, int]) -> list[Month]:
    """Group `sessions`, which stand in order, by the month on their own wall clock. Another year than this is said."""
    this_year = local(now, settings.TIME_ZONE).year
    found: dict[str, Month] = {}
    for when, group in groupby(sessions, key=lambda one: local(one.starts_at, one.time_zone).timetuple()[:2]):
        its = list(group)
        first, anchor = local(its[0].starts_at, its[0].time_zone), anchor_of(when)
        if anchor in found:
            # Two zones about midnight: the month comes once more, and no two headings have one id.
            anchor = f"{anchor}-{len(found)}"
        name = f"{first:%B}" if first.year == this_year else f"{first:%B %Y}"
        found[anchor] = Month(name, anchor, its, counts.get(when))
    return list(found.values())


def rail(
    counts: Mapping[YearAndMonth, int], now: datetime, home: str, query: Mapping[str, Any], page: int
) -> tuple[Stop, ...]:
    """Return a link to each month of `counts`, to the page of the list on which it begins.

    `home` and `query` are the address of the list. The links stand on its page number `page`; 0 is another page than
    those of the list. A list of a single month has no rail.
    """
    if page and len(counts) < 2:
        return ()
    stops, before, year = [], 0, local(now, settings.TIME_ZONE).year
    for when, count in counts.items():
        begins_on = before // PAGE_SIZE + 1
        first = datetime(*when, 1)
        asked = {**query, **({"page": str(begins_on)} if begins_on > 1 else {})}
        there = "" if begins_on == page else f"{home}?{urlencode(asked)}" if asked else home
        said = "" if first.year == year else f"{first.year}"
        stops.append(Stop(f"{first:%b}", said, count, f"{there}#{anchor_of(when)}"))
        before, year = before + count, first.year
    return tuple(stops)


def anchor_of(when: YearAndMonth) -> str:
    """Return the id of the heading of a month."""
    return f"month-{when[0]}-{when[1]:02}"
