"""What became of sessions, in numbers. Each is what its own page says to everybody, so nothing of it is hidden."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from foundation.dates import local, months_later
from office.figures.ranges import year_words
from outcomes.figures.hiding import Told, tell
from outcomes.models.kept_figures import year_of_day
from outcomes.record.windows import Span
from sessions_app.models import Session
from sessions_app.models.deciding import AT_RISK

DAY = timedelta(days=1)
# As many months as a chart has room for.
MOST_BARS = 14
Status = Session.Status


class Became(NamedTuple):
    """How many sessions of a time became what. `offered` are all that were published, `confirmed` by the rule.

    Of the confirmed so many were `rescued`: short of their minimum when the call for people went out. `held` are over
    and took place, those `put_on_record` later among them.
    """

    offered: int = 0
    confirmed: int = 0
    rescued: int = 0
    run_anyway: int = 0
    cancelled_by_rule: int = 0
    cancelled_by_office: int = 0
    undecided: int = 0
    held: int = 0
    put_on_record: int = 0


class Bar(NamedTuple):
    """The sessions of one month, or of one academic year: held, to come and cancelled."""

    label: str
    held: int
    to_come: int
    cancelled: int


class Sessions(NamedTuple):
    """The sessions of a time: what became of them, their seats, and how they spread over it."""

    became: Became
    seats: Told
    seats_taken: Told
    bars: list[Bar]


COLUMNS = (
    "status",
    "ends_at",
    "time_zone",
    "published_at",
    "confirmed_at",
    "confirm_by",
    "run_anyway_reason",
    "cancelled_by_rule",
    "capacity",
    "seats_taken",
)


def sessions_in(span: Span) -> Sessions:
    """Return the figures of the sessions whose last day is in `span`, each in its own zone. One query."""
    near = Session.objects.exclude(status=Status.DRAFT).filter(ends_at__date__range=(span.first - DAY, span.last + DAY))
    found: Counter[str] = Counter()
    months: dict[date, Counter[str]] = {}
    for row in near.order_by().values(*COLUMNS):
        day = local(row["ends_at"], row["time_zone"]).date()
        if not span.holds(day):
            continue
        month = months.setdefault(day.replace(day=1), Counter())
        for word in _words(row):
            found[word] += 1
            month[word] += 1
        if row["status"] == Status.COMPLETED and row["published_at"]:
            found["seats"] += row["capacity"]
            found["seats_taken"] += row["seats_taken"]
    became = Became(**{name: found[name] for name in Became._fields})
    return Sessions(became, tell(found["seats"]), tell(found["seats_taken"]), _bars(span, months))


def _words(row: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the figures that a session counts in."""
    if row["status"] == Status.COMPLETED:
        yield "held"
    if not row["published_at"]:
        yield "put_on_record"
        return
    yield "offered"
    if row["status"] == Status.OPEN:
        yield "undecided"
    elif row["run_anyway_reason"]:
        yield "run_anyway"
    elif row["confirmed_at"]:
        yield "confirmed"
        if is_rescued(row["published_at"], row["confirmed_at"], row["confirm_by"]):
            yield "rescued"
    if row["status"] == Status.CANCELLED:
        yield "cancelled_by_rule" if row["cancelled_by_rule"] else "cancelled_by_office"


def is_rescued(published_at: datetime, confirmed_at: datetime, confirm_by: datetime) -> bool:
    """Tell whether a session that the rule confirmed was short when people were asked to make it enough.

    They are asked three days before its decision date, and it is confirmed at the moment in which it has enough: so it
    was short then if it was there, and was confirmed later.
    """
    asked_at = confirm_by - AT_RISK
    return published_at <= asked_at < confirmed_at


def _bars(span: Span, months: dict[date, Counter[str]]) -> list[Bar]:
    """Return a bar for each month of `span`, or of each academic year where there are more than MOST_BARS months."""
    firsts, month = [], span.first.replace(day=1)
    while month <= span.last:
        firsts.append(month)
        month = months_later(month, 1)
    if len(firsts) <= MOST_BARS:
        return [_bar(f"{first:%b}", months.get(first, Counter())) for first in firsts]
    years: dict[int, Counter[str]] = {year_of_day(first): Counter() for first in firsts}
    for first, counts in months.items():
        years[year_of_day(first)].update(counts)
    return [_bar(year_words(year), counts) for year, counts in years.items()]


def _bar(label: str, counts: Counter[str]) -> Bar:
    cancelled = counts["cancelled_by_rule"] + counts["cancelled_by_office"]
    to_come = counts["offered"] + counts["put_on_record"] - counts["held"] - cancelled
    return Bar(label, counts["held"], to_come, cancelled)
