"""The months of a list of sessions: their headings, the days under them, and the rail of links to each month.

A heading has the month of a session's own wall clock, as its rows have the day. The rail counts on the portal's clock:
both say the same of every session but one held about midnight in another zone.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from foundation.dates import local
from foundation.prepared import prepared
from foundation.values.zones import zone_of
from sessions_app.models import Session

PAGE_SIZE = 50
# A year and the number of a month in it; and how many sessions each of them has, in order.
YearAndMonth = tuple[int, int]
Counts = dict[YearAndMonth, int]
CountOfMonth = tuple[datetime, int]


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


@prepared
def all_by_month(now: datetime) -> "QuerySet[Session, CountOfMonth]":
    """Return the months in which listed sessions begin, each with their number. One query."""
    return by_month(Session.objects.listed().upcoming(now))


def by_month(sessions: QuerySet[Session]) -> "QuerySet[Session, CountOfMonth]":
    """Return the months in which `sessions` begin on the portal's clock, each with their number, in no order."""
    month = TruncMonth("starts_at", tzinfo=zone_of(settings.TIME_ZONE))
    return sessions.order_by().values_list(month).annotate(count=Count("pk"))


def in_order_of_months(counted: "Iterable[CountOfMonth]") -> Counts:
    """Return what `by_month` gives, in the order of time."""
    return dict(sorted(((month.year, month.month), count) for month, count in counted))


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
