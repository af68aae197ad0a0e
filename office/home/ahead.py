"""What lies ahead: a few figures, what is decided soon, and who meets when and where in the next two weeks."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q, Sum

from foundation.dates import local, long_day, time_span, zone_words
from office.sessions.needs import DECIDED_SOON
from sessions_app.models import Meeting, Session

TWO_WEEKS = timedelta(days=14)
# So many are shown of each; a link leads to the others.
MOST = 20


class Figures(NamedTuple):
    """Counts of what is published and has not ended."""

    sessions: int
    confirmed: int
    gathering: int
    seats: int


def figures(now: datetime) -> Figures:
    """Return the figures of what lies ahead. One query."""
    ahead = Session.objects.filter(ends_at__gt=now, status__in=Session.RUNNING)
    return Figures(
        **ahead.aggregate(
            sessions=Count("pk"),
            confirmed=Count("pk", filter=Q(status=Session.Status.CONFIRMED)),
            gathering=Count("pk", filter=Q(status=Session.Status.OPEN)),
            seats=Sum("seats_taken", default=0),
        )
    )


def decided_soon(now: datetime) -> list[Session]:
    """Return the open sessions to be decided within ten days, the next first, and one more than are shown. A query."""
    due = Session.objects.filter(status=Session.Status.OPEN, confirm_by__lte=now + DECIDED_SOON)
    return list(due.select_related("workshop").order_by("confirm_by", "pk")[: MOST + 1])


class OnADay(NamedTuple):
    """A day of the next two weeks, in words on the portal's own calendar, and the meetings that begin on it."""

    words: str
    meetings: list[Meeting]


class Ahead(NamedTuple):
    """The meetings of the next two weeks by day, as many as are shown; whether there are more."""

    days: list[OnADay]
    more: bool


def two_weeks(now: datetime) -> Ahead:
    """Return the meetings of published sessions that have not ended and begin within two weeks. Three queries."""
    coming = Meeting.objects.filter(ends_at__gt=now, starts_at__lt=now + TWO_WEEKS, session__status__in=Session.RUNNING)
    coming = coming.select_related("session__workshop", "venue", "part").prefetch_related("session__facilitators")
    found = list(coming.order_by("starts_at", "pk")[: MOST + 1])
    this_year = local(now, settings.TIME_ZONE).year

    def day(meeting: Meeting) -> str:
        return long_day(meeting.starts_at, settings.TIME_ZONE, this_year)

    days = [OnADay(words, list(meetings)) for words, meetings in groupby(found[:MOST], key=day)]
    return Ahead(days, len(found) > MOST)


def times(meeting: Meeting) -> str:
    """Return “12:30–2:00 PM”; in another zone than the portal's with its name: “12:30–2:00 PM, Eastern time”."""
    span = time_span(meeting.starts_at, meeting.ends_at, meeting.time_zone)
    here = meeting.time_zone == settings.TIME_ZONE
    return span if here else f"{span}, {zone_words(meeting.time_zone, meeting.starts_at)}"
