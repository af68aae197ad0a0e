"""One month of a room or a facilitator: weeks of days, each with its meetings, what is off, and what is still free."""

from calendar import SUNDAY, Calendar
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from foundation.dates import local, time_span
from foundation.values.months import Month
from foundation.values.zones import zone_of
from sessions_app.concerns import DAY_BEGINS, DAY_ENDS, holiday_on
from sessions_app.models import Blackout, Meeting, Session
from sessions_app.models.venue import overlap

# A shorter time between two meetings is no room for another.
SHORTEST_FREE = timedelta(hours=1)
DRAWN = [Session.Status.DRAFT, Session.Status.OPEN, Session.Status.CONFIRMED, Session.Status.COMPLETED]


class Entry(NamedTuple):
    """One meeting of the day, its times on its own clock, and the others that are at the same time."""

    meeting: Meeting
    times: str
    clashes: tuple[str, ...]

    @property
    def beside(self) -> str:
        """What the page is not about anyway: who leads it and where it is."""
        led = ", ".join(one.name for one in self.meeting.session.led_by)
        return " · ".join(filter(None, (led, str(self.meeting.venue or "Online"))))

    @property
    def state(self) -> str:
        """“Draft” or “Open”; nothing of a session that is sure or over."""
        session = self.meeting.session
        sure = (Session.Status.CONFIRMED, Session.Status.COMPLETED)
        return "" if session.status in sure else str(session.get_status_display())


class Day(NamedTuple):
    """One day, what is off on it, its meetings, and between which times it is free where it has any."""

    day: date
    is_of_month: bool
    is_today: bool
    off: tuple[str, ...]
    entries: tuple[Entry, ...]
    free: str

    @property
    def words(self) -> str:
        return f"{self.day:%A, %B} {self.day.day}"

    @property
    def is_empty(self) -> bool:
        return not (self.off or self.entries)


def weeks(meetings: QuerySet[Meeting], month: Month, now: datetime) -> list[list[Day]]:
    """Return the weeks of `month`, from Sunday on, with those of `meetings` that are held or drafted. Three queries."""
    dates = Calendar(SUNDAY).monthdatescalendar(month.year, month.month)
    first, last = dates[0][0], dates[-1][-1]
    # A day more on either side, for meetings in other zones.
    since, until = (datetime.combine(day, time.min, zone_of(settings.TIME_ZONE)) for day in (first, last))
    found = meetings.filter(starts_at__gte=since - timedelta(days=1), starts_at__lt=until + timedelta(days=2))
    found = found.filter(session__status__in=DRAWN).select_related("session__workshop", "venue", "part")
    of_day: dict[date, list[Meeting]] = defaultdict(list)
    for meeting in found.prefetch_related("session__facilitators").order_by("starts_at", "pk"):
        of_day[local(meeting.starts_at, meeting.time_zone).date()].append(meeting)
    blackouts = list(Blackout.objects.between(first, last))
    today = local(now, settings.TIME_ZONE).date()

    def drawn(day: date) -> Day:
        if day.month != month.month:
            return Day(day, False, False, (), (), "")
        off = [holiday_on(day), *(each.words for each in blackouts if each.includes(day))]
        held = of_day[day]
        return Day(day, True, day == today, tuple(filter(None, off)), tuple(_entries(held)), free(held, day))

    return [[drawn(day) for day in week] for week in dates]


def _entries(held: Sequence[Meeting]) -> list[Entry]:
    return [
        Entry(
            one,
            time_span(one.starts_at, one.ends_at, one.time_zone),
            tuple(
                other.session.workshop.title
                for other in held
                if other.session_id != one.session_id and overlap(one, other)
            ),
        )
        for one in held
    ]


def free(held: Sequence[Meeting], day: date) -> str:
    """Return when a working day with meetings has an hour or more between them: “7:00 AM–Noon, 2:00–8:00 PM”.

    Nothing of a day without meetings, which is free as a whole, nor of one that is full. On the clock of the first.
    """
    if not held:
        return ""
    zone = held[0].time_zone
    begins, ends = (datetime.combine(day, at, zone_of(zone)) for at in (DAY_BEGINS, DAY_ENDS))
    taken = [(begins, begins), *sorted((one.starts_at, one.ends_at) for one in held), (ends, ends)]
    spans, until = [], begins
    for (_, ended), (starts, _) in pairwise(taken):
        until = max(until, ended)
        if min(starts, ends) - until >= SHORTEST_FREE:
            spans.append(time_span(until, min(starts, ends), zone))
    return ", ".join(spans)
