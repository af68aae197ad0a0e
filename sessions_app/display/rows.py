"""Lists of dates and workshops. A row's HTML is remembered in the process under exactly the values it shows.

Nothing is remembered by time or by address: a row that shows anything else is another Row, so it is never stale.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypedDict, cast

from django.conf import settings
from django.db.models import Count, F, FilteredRelation, Min, Q, QuerySet
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from catalog.models import Format, Workshop
from foundation.dates import clock, length_words, local, month_day, plain_day, short_day, time_span, zone_words
from foundation.portal.reader import found
from sessions_app.display.meter import Meter, Seat, State, meter
from sessions_app.models import Session, SessionQuerySet, Venue
from sessions_app.models.changes import ChangesQuerySet
from sessions_app.models.venue import venue_words

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class FromOtherTables(TypedDict):
        """What `listing` adds to a session."""

        title: str
        slug: str
        first_ends_at: datetime | None
        building: str | None
        room: str | None
        campus: str | None

    class Dates(TypedDict):
        """What `with_dates` adds to a workshop."""

        dates: int
        first_date: datetime | None

    ListedSession = WithAnnotations[Session, FromOtherTables]
    DatedWorkshop = WithAnnotations[Workshop, Dates]

REMEMBERED = 4096
WHITE = re.compile(r"\s+")
COLUMNS = [
    *("code", "status", "format", "minimum", "capacity", "seats_taken", "waiting_count", "starts_at", "ends_at"),
    *("time_zone", "confirm_by", "registration_opens_at", "registration_closes_at", "merge_by"),
    *("cancelled_count", "cancelled_by_rule", "cancel_reason"),
    *("room_capacity", "room_taken", "room_waiting", "online_capacity", "online_taken", "online_waiting"),
    *("attended", "workshop_id"),
]
TAKING = (State.GATHERING, State.PENDING, State.REACHED, State.CONFIRMED)


def listing(sessions: SessionQuerySet) -> "ChangesQuerySet[ListedSession]":
    """Add to `sessions`, in the same query, what a row shows of the workshop and of the first meeting."""
    found = sessions.only(*COLUMNS).annotate(
        first=FilteredRelation(
            "meetings", condition=Q(meetings__starts_at=F("starts_at"), meetings__cancelled_at=None)
        ),
        title=F("workshop__title"),
        slug=F("workshop__slug"),
        first_ends_at=F("first__ends_at"),
        building=F("first__venue__building"),
        room=F("first__venue__room"),
        campus=F("first__venue__campus__name"),
    )
    return cast("ChangesQuerySet[ListedSession]", found)


def listed() -> "ChangesQuerySet[ListedSession]":
    """Return `listing()` of the sessions that are listed for the reader."""
    return _listed(found())


@cache
def _listed(postures: tuple[str, ...]) -> "ChangesQuerySet[ListedSession]":
    """Build it once for each sort of reader: copying it for a filter is quicker than building it."""
    return listing(Session.objects.listed())


class Row(NamedTuple):
    """Every value a date row shows, and nothing else. The button leads to the page named `leads_to`, of `key`.

    `span` is the time that never breaks, `rest` what follows it. A row of the `same_day` as the one above it stands
    under that one's day block.
    """

    code: str
    title: str
    weekday: str
    day: int
    month: str
    year: str
    iso: str
    date: str
    span: str
    rest: str
    place: str
    meter: Meter
    action: str
    leads_to: str
    key: str
    by_workshop: bool
    level: int
    same_day: bool = False

    @property
    def times(self) -> str:
        """Return all that is said of the times, in a row."""
        return self.span + self.rest


def row(
    session: "ListedSession",
    now: datetime,
    own: Seat | None = None,
    home_zone: str = "",
    by_workshop: bool = False,
    button: bool = True,
    months: bool = False,
    level: int = 0,
) -> Row:
    """Return the values of one row of `listing()`. Times outside `home_zone` name their zone.

    `by_workshop` is for a list of one workshop's dates: titled by the time instead of the workshop. There, and with
    `months`, the day block names the month, and the year if it is not the present one, because no heading above it
    does. `level` is that of the title as a heading: 3 in such a list and 4 elsewhere, where nothing is said.
    """
    zone = session.time_zone
    starts = local(session.starts_at, zone)
    shown = meter(session, now, own, says_year=False)
    where = place_of(session.format, session.building, session.room, session.campus)
    names_month = by_workshop or months
    this_year = local(now, zone).year
    return Row(
        session.code,
        session.title,
        f"{starts:%a}",
        starts.day,
        f"{starts:%b}" if names_month else "",
        f"{starts.year}" if names_month and starts.year != this_year else "",
        starts.isoformat(timespec="minutes"),
        plain_day(session.starts_at, zone, this_year if names_month else None),
        *times_of(session, home_zone),
        f"{where} · {session.capacity} seats" if by_workshop and shown.state in TAKING else where,
        shown,
        *(action_of(session, shown.state, own, now, by_workshop) if button else ("", "", "")),
        by_workshop,
        level or (3 if names_month else 4),
    )


def day_by_day(shown: Iterable[Row]) -> Iterator[Row]:
    """Give rows in their order, each that is on the day of the one before it under that one's day block."""
    before = ""
    for one in shown:
        day = one.iso[: len("2024-05-14")]
        yield one._replace(same_day=True) if day == before else one
        before = day


def times_of(session: "ListedSession", home_zone: str) -> tuple[str, str]:
    """Return “12:30–2:00 PM” of the first meeting, and what follows it.

    That is the zone if it is not `home_zone`, and the last day if there are more meetings: “ Eastern time, several
    meetings until Wed, Jan 13”.
    """
    zone = session.time_zone
    ends_at = session.first_ends_at or session.ends_at
    rest = "" if zone == home_zone else f" {zone_words(zone, session.starts_at)}"
    if ends_at != session.ends_at:
        rest += f", several meetings until {short_day(session.ends_at, zone)}"
    return time_span(session.starts_at, ends_at, zone), rest


def place_of(format: str, building: str | None, room: str | None, campus: str | None = None) -> str:
    """“Online”, “Learning Commons 210”, or both for a hybrid session; with the campus where there are several."""
    if format == Format.ONLINE:
        return "Online"
    if not building:
        return f"{Format.IN_PERSON.label} or online" if format == Format.HYBRID else Format.IN_PERSON.label
    where = venue_words(building, room or "", campus or "")
    if format != Format.HYBRID:
        return where
    return f"{where}, or online" if "," in where else f"{where} or online"


def place_in(format: str, venue: Venue | None) -> str:
    """Return the same of a venue that was read with its campus, or of none."""
    return place_of(format, venue.building, venue.room, venue.campus.name) if venue else place_of(format, None, None)


def action_of(
    session: "ListedSession", state: State, own: Seat | None, now: datetime, by_workshop: bool
) -> tuple[str, str, str]:
    """Return the word on a row's button, the name of the page it leads to and that page's key; empty for no button."""
    if own is not None and own.is_waitlisted and session.has_seat_for_the_quickest(now, own.mode):
        return "Take the seat", "seat", str(own.uuid)
    if own is not None and session.is_running:
        return "Manage", "registration", str(own.uuid)
    if session.takes_registrations(now):
        return "Join the waitlist" if state is State.FULL else "Register", "register", session.code
    return ("", "", "") if by_workshop else ("Other dates", "workshop", session.slug)


def tight(html: str) -> SafeString:
    """Return `html` without the white space of its templates, of which a page would have much. None counts there."""
    return mark_safe(WHITE.sub(" ", html).replace("> <", "><"))


@lru_cache(REMEMBERED)
def row_html(row: Row) -> SafeString:
    """Render one date row."""
    return tight(get_template("sessions_app/_date_row.html").render({"row": row}))


class Card(NamedTuple):
    """Every value a session card shows."""

    code: str
    title: str
    iso: str
    starts: str
    about: str
    meter: Meter


def card(session: "ListedSession", now: datetime, own: Seat | None = None) -> Card:
    """Return the values of one card of `listing()`."""
    zone = session.time_zone
    minutes = int(((session.first_ends_at or session.ends_at) - session.starts_at).total_seconds() // 60)
    return Card(
        session.code,
        session.title,
        local(session.starts_at, zone).isoformat(timespec="minutes"),
        f"{short_day(session.starts_at, zone, local(now, zone).year)} · {clock(session.starts_at, zone)}",
        f"{length_words(minutes)} · {place_of(session.format, session.building, session.room, session.campus)}",
        meter(session, now, own, says_year=False),
    )


@lru_cache(REMEMBERED)
def card_html(card: Card) -> SafeString:
    """Render one session card."""
    return tight(get_template("sessions_app/_session_card.html").render({"card": card}))


def with_dates(workshops: QuerySet[Workshop], now: datetime) -> "QuerySet[DatedWorkshop]":
    """Add to `workshops`, in the same query, how many listed `dates` they have ahead, and the `first_date` of them."""
    ahead = Q(sessions__ends_at__gt=now, sessions__status__in=Session.RUNNING, sessions__listed=True)
    found = workshops.annotate(ahead=FilteredRelation("sessions", condition=ahead))
    counted = found.annotate(dates=Count("ahead"), first_date=Min("ahead__starts_at"))
    return cast("QuerySet[DatedWorkshop]", counted)


def date_words(count: int, first: datetime | None, now: datetime) -> str:
    """“4 dates from May 14”, “Next date May 14”, “No dates yet”."""
    if first is None:
        return "No dates yet"
    zone = settings.TIME_ZONE
    day = month_day(first, zone, local(now, zone).year)
    return f"{count} dates from {day}" if count > 1 else f"Next date {day}"
