"""The next few dates of each workshop, however many it has: chosen by the database, in one query for all of them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from django.conf import settings
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from foundation.prepared import Among, prepared
from sessions_app.display.meter import Seat
from sessions_app.display.rows import Row, date_words, listed, row
from sessions_app.models import Session
from sessions_app.models.changes import ChangesQuerySet

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from sessions_app.display.rows import FromOtherTables

    class Counted(FromOtherTables):
        """What `ranked` adds to a listed session."""

        place: int
        dates: int

    RankedSession = WithAnnotations[Session, Counted]

MOST = 6


class Few(NamedTuple):
    """The dates of one workshop: in words, how many there are in all, the rows shown, and what the viewer has there."""

    words: str
    many: int
    rows: tuple[Row, ...]
    own: str = ""

    @property
    def has_more(self) -> bool:
        return self.many > len(self.rows)


@prepared
def ranked(now: datetime, mine: list[int]) -> "ChangesQuerySet[RankedSession]":
    """Return the first listed sessions of each workshop that may still be held, and those of `mine`, given by key.

    Each has its `place` among the `dates` of its workshop. One query.
    """
    place = Window(RowNumber(), partition_by="workshop", order_by=["starts_at", "pk"])
    dates = listed().running().upcoming(now).annotate(place=place, dates=Window(Count("pk"), partition_by="workshop"))
    found = dates.annotate(is_mine=Among(F("pk"), mine)).filter(Q(place__lte=MOST) | Q(is_mine=True))
    return cast("ChangesQuerySet[RankedSession]", found)


def few_dates(now: datetime, mine: Mapping[int, Seat]) -> dict[int, Few]:
    """Return the next dates of each workshop that has any, by its key: the first six, and those the viewer is in.

    `mine` has the viewer's registrations by session id. One query.
    """
    of_workshop: dict[int, list[RankedSession]] = defaultdict(list)
    for session in ranked(now, list(mine)):
        of_workshop[session.workshop_id].append(session)
    return {pk: _few(sessions, now, mine) for pk, sessions in of_workshop.items()}


def _few(sessions: "list[RankedSession]", now: datetime, mine: Mapping[int, Seat]) -> Few:
    first, zone = sessions[0], settings.TIME_ZONE
    rows = tuple(row(each, now, mine.get(each.pk), zone, by_workshop=True, level=5) for each in sessions)
    seats = [mine[each.pk] for each in sessions if each.pk in mine]
    own = ""
    if any(seat.is_registered for seat in seats):
        own = "You’re registered"
    elif seats:
        own = "You’re on the waitlist"
    return Few(date_words(first.dates, first.starts_at, now), first.dates, rows, own)
