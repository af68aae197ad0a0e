"""One month of sessions: weeks of days, each with the first few that meet on it and how many more there are."""

from calendar import SUNDAY, Calendar
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, cast

from django.conf import settings
from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from foundation.dates import clock, local, zone_words
from foundation.prepared import prepared
from foundation.values.months import Month
from sessions_app.display.meter import Meter, Seat, State, meter
from sessions_app.display.rows import COLUMNS
from sessions_app.filters import wall_clock
from sessions_app.models import Session

if TYPE_CHECKING:
    from typing import TypedDict

    from django_stubs_ext import WithAnnotations

    class OfOneMeeting(TypedDict):
        """What `meetings_of` adds to a session: when and where one of its meetings is, and what else is on its day."""

        title: str
        held_at: datetime
        held_zone: str
        day: int | None
        place: int
        of_day: int

    MeetingSession = WithAnnotations[Session, OfOneMeeting]

# So many are shown of one day; a link leads to the others.
MOST = 4
TINTS = {
    State.GATHERING: "is-short",
    State.REACHED: "is-short",
    State.PENDING: "is-short",
    State.CONFIRMED: "is-on",
    State.FULL: "is-on",
}


class Entry(NamedTuple):
    """Every value that one entry shows. `own` says what the viewer has there."""

    code: str
    title: str
    iso: str
    clock: str
    tint: str
    meter: Meter
    own: str

    @property
    def is_cancelled(self) -> bool:
        return self.meter.state is State.CANCELLED


class Day(NamedTuple):
    """One day, or in the first and the last week a cell of another month: that one has no number."""

    number: int = 0
    iso: str = ""
    weekday: str = ""
    words: str = ""
    is_today: bool = False
    entries: tuple[Entry, ...] = ()
    more: int = 0
    query: str = ""


class Shown(NamedTuple):
    """One month as it is asked for. `link` gives the query string of the list of one day."""

    month: Month
    now: datetime
    sessions: "Sequence[MeetingSession]"
    link: Callable[[date], str]

    @property
    def name(self) -> str:
        return self.month.name()

    @property
    def this_month(self) -> Month:
        return Month.of(local(self.now, settings.TIME_ZONE).date())

    @property
    def earlier(self) -> Month | None:
        """Return the month before, where something in it can be still to come."""
        return self.month.later(-1) if self.month > self.this_month else None

    @property
    def later(self) -> Month | None:
        return self.month.later(1)

    @property
    def turns(self) -> tuple[str, str]:
        """Return the names of the months before and after, with the year where it is another one."""
        earlier, later = self.earlier, self.later
        return earlier.name(self.month.year) if earlier else "", later.name(self.month.year) if later else ""

    @property
    def is_past(self) -> bool:
        return self.month < self.this_month

    @property
    def dates(self) -> int:
        """Return how many meetings there are in the month, those that are not shown too."""
        return sum({session.day: session.of_day for session in self.sessions}.values())

    def weeks(self, mine: Mapping[int, Seat]) -> tuple[tuple[Day, ...], ...]:
        """Return the weeks, from Sunday on. `mine` has the viewer's registrations by session id."""
        of_day: dict[int | None, list[MeetingSession]] = {}
        for session in self.sessions:
            of_day.setdefault(session.day, []).append(session)
        days = Calendar(SUNDAY).monthdatescalendar(self.month.year, self.month.month)
        return tuple(
            tuple(
                self.day(day, of_day.get(wall_clock.number_of(day), []), mine)
                if day.month == self.month.month
                else Day()
                for day in week
            )
            for week in days
        )

    def day(self, day: date, sessions: "Sequence[MeetingSession]", mine: Mapping[int, Seat]) -> Day:
        more = sessions[0].of_day - len(sessions) if sessions else 0
        return Day(
            day.day,
            day.isoformat(),
            f"{day:%a}",
            f"{day:%A, %B} {day.day}",
            day == local(self.now, settings.TIME_ZONE).date(),
            tuple(entry(session, self.now, mine.get(session.pk)) for session in sessions),
            more,
            self.link(day) if more else "",
        )


def shown(sessions: QuerySet[Session] | None, month: Month, now: datetime, link: Callable[[date], str]) -> Shown:
    """Return the `month` of `sessions`, or of all that are listed and have not ended.

    One query; more where it met a zone that is not known yet.
    """
    found = meetings(sessions, month, now)
    if any(session.day is None for session in found):
        wall_clock.learn(now)
        found = meetings(sessions, month, now)
    first, last = (wall_clock.number_of(day) for day in (month.first_day, last_day(month)))
    inside = [session for session in found if session.day is not None and first <= session.day <= last]
    return Shown(month, now, inside, link)


def meetings(sessions: QuerySet[Session] | None, month: Month, now: datetime) -> "list[MeetingSession]":
    """Return of each day around `month` the first few meetings, in order, each as its session. One query."""
    since, until = wall_clock.around(month.first_day, last_day(month))
    if sessions is None:
        return meetings_of_all(now, since, until, zones=wall_clock.known())
    return list(meetings_of(sessions, since, until, wall_clock.known()))


@prepared
def meetings_of_all(
    now: datetime, since: datetime, until: datetime, *, zones: wall_clock.Known
) -> "QuerySet[Session, MeetingSession]":
    return meetings_of(Session.objects.listed().upcoming(now), since, until, zones)


def meetings_of(
    sessions: QuerySet[Session], since: datetime, until: datetime, zones: wall_clock.Known
) -> "QuerySet[Session, MeetingSession]":
    """Return of each day the first few meetings of `sessions` that begin from `since` to `until`."""
    of_month = Q(meetings__cancelled_at=None, meetings__starts_at__gte=since, meetings__starts_at__lt=until)
    day = wall_clock.day_number("held__starts_at", "held__time_zone", zones)
    # The first line is for the index: a session's meetings are between its start and its end.
    found = (
        sessions.filter(starts_at__lt=until, ends_at__gt=since)
        .only(*COLUMNS)
        .annotate(held=FilteredRelation("meetings", condition=of_month), title=F("workshop__title"))
        .filter(held__isnull=False)
        .annotate(
            held_at=F("held__starts_at"),
            held_zone=F("held__time_zone"),
            day=day,
            place=Window(RowNumber(), partition_by=day, order_by=["held__starts_at", "pk"]),
            of_day=Window(Count("pk"), partition_by=day),
        )
    )
    return cast("QuerySet[Session, MeetingSession]", found.filter(place__lte=MOST).order_by("held_at", "pk"))


def last_day(month: Month) -> date:
    return (month.first_day + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def entry(session: "MeetingSession", now: datetime, own: Seat | None) -> Entry:
    """Return the values of one entry of `meetings_of`. A time outside the portal's zone names its zone."""
    at, zone = session.held_at, session.held_zone
    its = meter(session, now, own)
    return Entry(
        session.code,
        session.title,
        local(at, zone).isoformat(timespec="minutes"),
        clock(at, zone) if zone == settings.TIME_ZONE else f"{clock(at, zone)} {zone_words(zone, at)}",
        TINTS.get(its.state, "is-off"),
        its,
        own_words(own),
    )


def own_words(own: Seat | None) -> str:
    if own is None:
        return ""
    return "You’re registered" if own.is_registered else "You’re on the waitlist"
